/** People, their roles and chat accounts: who writes, and who is in a unit. */
import { z } from 'zod';
import type { Platform } from '../../bot/delivery/channel.ts';
import { conversations } from '../../bot/delivery/conversations.ts';
import type { Actor } from '../../bot/world.ts';
import { initialTerms } from '../../lib/pinyin.ts';
import { defineTable, type Stored, type Tx } from '../../store/store.ts';
import { askForUnits, unitsOfKind } from '../orgs/index.ts';

export const ROLE_NAMES = { head: '负责人', liaison: '联络员', secretary: '支部书记' } as const;

const role = z.enum(['head', 'liaison', 'secretary']);

const memberRow = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  /** The post in which the person acts now. */
  unit: z.string().min(1),
  role,
  /** Shown to who decides on a request, to ask by phone whether it is really them. */
  phone: z.string().exactOptional(),
});
export type Member = Stored<z.infer<typeof memberRow>>;
export const members = defineTable<z.infer<typeof memberRow>>({
  name: 'members',
  schema: memberRow,
  indexes: [{ on: ['unit'] }, { on: ['name'] }, { on: [] }, { on: [], order: 'name' }],
  terms: { of: ({ name }) => new Set(initialTerms(name)), version: 1 },
  keep: 'for ever: because it is one row for each person',
  people: {
    title: '名单',
    fields: [{ field: 'id', left: 'goes' }],
    labels: {
      typed: { phone: '手机' },
    },
    words: { role: ROLE_NAMES },
  },
});

/** The other posts of people who have several; nobody is twice in one unit. */
const postRow = z.object({
  /** `<person>|<unit>` */
  id: z.string(),
  person: z.string(),
  unit: z.string(),
  role,
});
export const posts = defineTable<z.infer<typeof postRow>>({
  name: 'posts',
  schema: postRow,
  indexes: [{ on: ['unit'] }, { on: ['person'] }],
  keep: 'for ever: because it is one row for each post',
  people: {
    title: '兼任的岗位',
    fields: [{ field: 'person', left: 'goes' }],
    words: { role: ROLE_NAMES },
  },
});
/** What somebody is in one unit. */
export type Post = Pick<Member, 'unit' | 'role'>;

const accountRow = z.object({
  /** `<channel>:<account>` */
  id: z.string(),
  person: z.string(),
});
export const accounts = defineTable<z.infer<typeof accountRow>>({
  name: 'accounts',
  schema: accountRow,
  indexes: [{ on: ['person'] }],
  keep: 'for ever: because it is one row for each account',
  people: {
    title: '绑定的账号',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      channel: { id: '平台' },
    },
  },
});

/** A row of members.json. */
export const memberFile = memberRow.extend({ accounts: z.record(z.string(), z.string().min(1)).default({}) });

/** How an account that somebody wrote into a list is kept: such ids are the same in any case. */
export function listedAccount(channel: string, account: string): string {
  return `${channel}:${account.includes(':') ? account : account.toLowerCase()}`;
}

/** Who an account belongs to; null when it is nobody's. */
export async function identify(
  tx: Tx,
  { name: channel, people }: Pick<Platform, 'name' | 'people'>,
  account: string,
): Promise<Actor | null> {
  return actorOf(tx, (await holderOf(tx, channel, account)) ?? (people === 'local' ? account : ''));
}

/** The id of the person who has bound this account. */
export async function holderOf(tx: Tx, channel: string, account: string): Promise<string | undefined> {
  const [own, listed] = [`${channel}:${account}`, listedAccount(channel, account)];
  const row =
    (await tx.table(accounts).get(own)) ??
    (listed === own ? undefined : await tx.table(accounts).get(listed));
  return row?.person;
}

/** A person as somebody who acts; null when there is no such person (any more). */
export async function actorOf(tx: Tx, person: string): Promise<Actor | null> {
  const member = await tx.table(members).get(person);
  // Nearly all that follows needs them, and so they come with what is asked next.
  if (member) askForUnits(tx, member.unit);
  return member ? { id: member.id, name: member.name, unit: member.unit, role: member.role } : null;
}

/** Most people of a unit, and most posts of a person; a unit has a handful. */
const MOST = 100;

/** Those who answer for a unit's work, as against the secretary of a branch. */
export const staffOf = async (tx: Tx, unit: string): Promise<readonly Member[]> =>
  (await peopleOf(tx, unit)).filter(({ role }) => role !== 'secretary');

/** The people of a unit in their roles there, also those who act for another of their units now. */
export async function peopleOf(tx: Tx, unit: string): Promise<readonly Member[]> {
  const [{ rows }, elsewhere] = await Promise.all([
    tx.table(members).find({ where: { unit }, limit: MOST }),
    tx.table(posts).find({ where: { unit }, limit: MOST }),
  ]);
  const people = [...rows];
  for (const { person, role: here } of elsewhere.rows) {
    const member = await tx.table(members).get(person);
    if (member) people.push({ ...member, unit, role: here });
  }
  return people;
}

/** All posts of a person, the one in which they act first. */
export async function postsOf(tx: Tx, { id: person, unit, role: here }: Actor): Promise<readonly Post[]> {
  const others = await tx.table(posts).find({ where: { person }, limit: MOST });
  return [{ unit, role: here }, ...others.rows.map((post) => ({ unit: post.unit, role: post.role }))];
}

/** The units that a person has a post in; none when there is no such person (any more). */
export async function unitsOf(tx: Tx, person: string): Promise<readonly string[]> {
  const actor = await actorOf(tx, person);
  return actor ? (await postsOf(tx, actor)).map(({ unit }) => unit) : [];
}

/** A person as one of this unit; undefined when they have no post there. */
export async function actorIn(tx: Tx, person: string, unit: string): Promise<Actor | undefined> {
  const actor = await actorOf(tx, person);
  const post = actor && (await postsOf(tx, actor)).find((one) => one.unit === unit);
  return actor && post ? { id: actor.id, name: actor.name, ...post } : undefined;
}

/** How a person is mentioned on a channel. */
export async function mentionOf(tx: Tx, channel: string, person: string) {
  const account = (await accountsOf(tx, person)).find((one) => one.channel === channel)?.id;
  const member = await tx.table(members).get(person);
  return account && member ? { name: member.name, account } : undefined;
}

/** The accounts of a person. */
export async function accountsOf(tx: Tx, person: string) {
  const { rows } = await tx.table(accounts).find({ where: { person }, limit: MOST });
  return rows.map((row) => {
    const [channel = ''] = row.id.split(':', 1);
    return { row, channel, id: row.id.slice(channel.length + 1) };
  });
}

/** The people of the unit that leads the programme. */
export async function organisers(tx: Tx): Promise<readonly Member[]> {
  const [root] = await unitsOfKind(tx, ['city']);
  return root ? peopleOf(tx, root.id) : [];
}

/** The groups that belong to a unit and that the bot is in. */
export async function groupsOf(tx: Tx, unit: string): Promise<readonly string[]> {
  const { rows } = await tx.table(conversations).find({ where: { unit }, limit: 20 });
  return rows.filter(({ gone }) => !gone).map(({ id }) => id);
}

/** Who is told when a person cannot be reached: the groups of the unit, and its head. */
export async function standIns(tx: Tx, person: string) {
  const member = await tx.table(members).get(person);
  if (!member) return { name: '', groups: [], heads: [] };
  const heads = (await peopleOf(tx, member.unit)).filter(({ id, role }) => role === 'head' && id !== person);
  return {
    name: member.name,
    groups: await groupsOf(tx, member.unit),
    heads: heads.map(({ id }) => id),
  };
}
