/**
 * Forgets people who left: some time afterwards what is kept about them goes, and what is about the public matter stays
 * with their post in place of their name. Which is which, each table says.
 */
import { z } from 'zod';
import settings from '../../../data/privacy.json' with { type: 'json' };
import { defineTable, type Row, type Store, type Stored, type Tx } from '../../store/store.ts';
import { conversations } from '../delivery/conversations.ts';
import { chatsOf, type Lookup, rowsAbout, type Whose } from './people.ts';

const DAY_MS = 86_400_000;
/** How long after somebody left; a setting of the deployment. */
export const DAYS_AFTER_LEAVING = z.number().int().positive().parse(settings.daysAfterLeaving);
/** What stands in the place of the id of somebody who is forgotten: the id of nobody. */
export const FORGOTTEN = 'left';
/** Rows changed in one transaction: whoever chats meanwhile waits for one of these. */
const AT_ONCE = 100;
/** Transactions in one go. */
const ROUNDS = 10;

const leaverRow = z.object({
  /** The person. */
  id: z.string(),
  ids: z.array(z.string()),
  chats: z.array(z.string()),
  /** `柳湾村党支部支部书记`: what records say from then on. */
  post: z.string(),
  /** When they left; '' until the next tick writes it down. */
  since: z.string(),
});
type Leaver = z.infer<typeof leaverRow>;

/** Those who have left and are not forgotten yet. */
export const leavers = defineTable<Leaver>({
  name: 'leavers',
  schema: leaverRow,
  indexes: [{ on: [], order: 'since' }],
  keep: 'for ever: because a row goes when what is kept about the person has gone',
  people: 'not listed: because nobody who is in it can ask',
});

/** Somebody leaves: called while their chats and accounts are still theirs. */
export async function noteLeaving(
  tx: Tx,
  id: string,
  accounts: readonly string[],
  post: string,
): Promise<void> {
  const known = await tx.table(leavers).get(id);
  const ids = [...new Set([id, ...(known?.ids ?? []), ...accounts])];
  const chats = [...new Set([...(known?.chats ?? []), ...(await chatsOf(tx, id))])];
  await tx.table(leavers).put({ ...known, id, ids, chats, post, since: '' });
}

export interface Forgetting {
  readonly store: Pick<Store, 'transaction'>;
  readonly lookups: readonly Lookup[];
  /** Whether this person is on the list (again). */
  readonly isHere: (tx: Tx, person: string) => Promise<boolean>;
  readonly now: () => Date;
}

/** Go on forgetting those whose time has come, some thousand rows at most. */
export async function forgetLeavers({ store, lookups, isHere, now }: Forgetting): Promise<void> {
  for (let round = 0, more = true; more && round < ROUNDS; round += 1) {
    more = await store.transaction(async (tx) => {
      await dateThem(tx, now());
      const lt = new Date(now().getTime() - DAYS_AFTER_LEAVING * DAY_MS).toISOString();
      const due = { order: 'since', range: { gt: '', lt }, limit: 1, claim: true } as const;
      const [leaver] = (await tx.table(leavers).find(due)).rows;
      if (!leaver) return false;
      const done = (await isHere(tx, leaver.id)) || (await forgetSome(tx, leaver, lookups));
      if (done) await tx.table(leavers).delete(leaver);
      return true;
    });
  }
}

/** Write down when they left. */
async function dateThem(tx: Tx, now: Date): Promise<void> {
  const fresh = { order: 'since', range: { lte: '' }, limit: AT_ONCE, claim: true } as const;
  for (const row of (await tx.table(leavers).find(fresh)).rows)
    await tx.table(leavers).put({ ...row, since: now.toISOString() });
}

/** Resolves to whether nothing is left. */
async function forgetSome(tx: Tx, leaver: Leaver, lookups: readonly Lookup[]): Promise<boolean> {
  const whose: Whose = { ids: leaver.ids, chats: await stillNobodys(tx, leaver.chats) };
  let room = AT_ONCE;
  for (const lookup of lookups) {
    if (lookup.field.left === 'term') continue;
    const { rows } = await rowsAbout(tx, { ...lookup, earlier: [] }, whose, room);
    for (const row of rows) await forgetRow(tx, lookup, row, leaver.post);
    room -= rows.length;
    if (room <= 0) return false;
  }
  return true;
}

async function forgetRow(tx: Tx, { table, field }: Lookup, row: Stored<Row>, post: string): Promise<void> {
  if (field.left === 'nameless') {
    const name = field.name && { [field.name]: post };
    await tx.table(table).put({ ...row, [field.field]: FORGOTTEN, ...name });
    return;
  }
  if (typeof table.keep === 'object') await table.keep.along?.(tx, row);
  await tx.table(table).delete(row);
}

/** Without the chats that are somebody's again. */
async function stillNobodys(tx: Tx, chats: readonly string[]): Promise<readonly string[]> {
  const rows = await Promise.all(chats.map((id) => tx.table(conversations).get(id)));
  return chats.filter((_, n) => !rows[n]?.person);
}
