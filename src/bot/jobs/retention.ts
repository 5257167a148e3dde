/** Drops rows of the kernel and of the channels that nobody can ask for again, a few at a time, so that the store stays small. */
import type { Store, Stored, Table, Tx } from '../../store/store.ts';
import { forms } from '../cards/form-rows.ts';
import { lives } from '../cards/live.ts';
import { subjectKey } from '../cards/spec.ts';
import type { Keep } from '../delivery/channel.ts';
import { outbox } from '../delivery/tables.ts';
import { passes, sessions } from '../turn/page-sessions.ts';
import { turns } from '../turn/tables.ts';

const DAY_MS = 86_400_000;
/** Teams repeats a message for minutes; a form is forgotten after a month; sent messages are kept for the ledger. */
const KEEP_DAYS = { turns: 2, forms: 31, outbox: 100, passes: 1, sessions: 1 };
const AT_ONCE = 200;
/** Rounds in one go: with a tick every five seconds, more than comes in on the busiest day. */
const ROUNDS = 10;

/**
 * Delete outdated rows of each table, some thousand at most; cost does not depend on how many rows there are.
 * @param theirs what the channels keep
 */
export async function sweep(store: Store, now: Date, theirs: readonly Keep[]): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
  for (let round = 0, more = true; more && round < ROUNDS; round += 1) {
    more = await store.transaction(async (tx) => {
      const dropped = [
        await drop(tx, turns, before(KEEP_DAYS.turns)),
        await drop(tx, forms, before(KEEP_DAYS.forms), ({ id }) => dropLives(tx, id)),
        await dropSent(tx, before(KEEP_DAYS.outbox)),
        await drop(tx, passes, before(KEEP_DAYS.passes)),
        await drop(tx, sessions, before(KEEP_DAYS.sessions)),
      ];
      for (const { table, days } of theirs) dropped.push(await drop(tx, table, before(days)));
      return dropped.some((count) => count === AT_ONCE);
    });
  }
}

async function drop<T extends { id: string; at: string }>(
  tx: Tx,
  table: Table<T>,
  before: string,
  along?: (row: Stored<T>) => Promise<void>,
): Promise<number> {
  const { rows } = await tx.table(table).find({ order: 'at', range: { lt: before }, limit: AT_ONCE });
  for (const row of rows) {
    await along?.(row);
    await tx.table(table).delete(row);
  }
  return rows.length;
}

/** Messages that are over; what is still to be sent stays, however old it is or the clock says it is. */
async function dropSent(tx: Tx, before: string): Promise<number> {
  const where = { state: ['sent', 'merged', 'void', 'failed', 'unsure'] as const };
  const { rows } = await tx
    .table(outbox)
    .find({ where, order: 'due', range: { lt: before }, limit: AT_ONCE });
  for (const row of rows) await tx.table(outbox).delete(row);
  return rows.length;
}

/** The cards that showed a form are nothing without it. */
async function dropLives(tx: Tx, form: string): Promise<void> {
  const subject = subjectKey({ kind: 'form', id: form });
  const { rows } = await tx.table(lives).find({ where: { subject }, order: 'at', limit: AT_ONCE });
  for (const row of rows) await tx.table(lives).delete(row);
}
