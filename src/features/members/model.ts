/** People, their roles and chat accounts: who writes, who is in a unit, and how a unit is told something. */
import { z } from 'zod';
import type { Actor, Ctx, Doing, Notice } from '../../bot/feature.ts';
import { places } from '../../bot/tables.ts';
import { defineTable, type Stored, type Tx } from '../../store/store.ts';

const memberRow = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  unit: z.string().min(1),
  role: z.enum(['head', 'liaison', 'secretary']),
});
export type Member = Stored<z.infer<typeof memberRow>>;
export const members = defineTable<z.infer<typeof memberRow>>({
  name: 'members',
  schema: memberRow,
  indexes: [{ on: ['unit'] }, { on: [] }],
});

const accountRow = z.object({
  /** `<channel>:<account>` */
  id: z.string(),
  person: z.string(),
});
export const accounts = defineTable<z.infer<typeof accountRow>>({
  name: 'accounts',
  schema: accountRow,
  indexes: [{ on: ['person'] }],
});

/** A row of members.json. */
export const memberFile = memberRow.extend({ accounts: z.record(z.string(), z.string().min(1)).default({}) });

export const ROLE_NAMES = { head: '负责人', liaison: '联络员', secretary: '支部书记' } as const;

/** The local page, whose accounts are the people themselves. */
const LOCAL = 'webchat';

/** Who an account belongs to; null when nobody has put it on the list. */
export async function identify(tx: Tx, channel: string, account: string): Promise<Actor | null> {
  const person =
    channel === LOCAL ? account : (await tx.table(accounts).get(`${channel}:${account}`))?.person;
  return person ? actorOf(tx, person) : null;
}

/** A person as somebody who acts; null when there is no such person (any more). */
export async function actorOf(tx: Tx, person: string): Promise<Actor | null> {
  const member = await tx.table(members).get(person);
  return member ? { id: member.id, name: member.name, unit: member.unit, role: member.role } : null;
}

/** The people of a unit; a unit has a handful. */
export async function peopleOf(tx: Tx, unit: string): Promise<readonly Member[]> {
  return (await tx.table(members).find({ where: { unit }, limit: 100 })).rows;
}

/** How a person is mentioned on a channel. */
export async function mentionOf(tx: Tx, channel: string, person: string) {
  const { rows } = await tx.table(accounts).find({ where: { person }, limit: 20 });
  const account = rows.find(({ id }) => id.startsWith(`${channel}:`))?.id.slice(channel.length + 1);
  const member = await tx.table(members).get(person);
  return account && member ? { name: member.name, account } : undefined;
}

/** Who is told when a person cannot be reached: the groups of the unit, and its head. */
export async function standIns(tx: Tx, person: string) {
  const member = await tx.table(members).get(person);
  if (!member) return { name: '', groups: [], heads: [] };
  const groups = await tx.table(places).find({ where: { unit: member.unit }, limit: 20 });
  const heads = (await peopleOf(tx, member.unit)).filter(({ id, role }) => role === 'head' && id !== person);
  return { name: member.name, groups: groups.rows.map(({ id }) => id), heads: heads.map(({ id }) => id) };
}

/** Who tells something: an operation, or an errand that goes on after it. */
export type Teller = Pick<Doing, 'tx' | 'notify'> & Partial<Pick<Ctx, 'sender' | 'place'>>;

/** Tell a unit: in the groups that belong to it, and each of its people but the sender. */
export async function tellUnit(ctx: Teller, unit: string, notice: Omit<Notice, 'to'>): Promise<void> {
  await tellGroups(ctx, unit, notice);
  for (const { id: person } of await peopleOf(ctx.tx, unit)) tellPerson(ctx, person, notice);
}

/** Tell the groups that belong to a unit, but the one in which it was said. */
export async function tellGroups(ctx: Teller, unit: string, notice: Omit<Notice, 'to'>): Promise<void> {
  const groups = await ctx.tx.table(places).find({ where: { unit }, limit: 20 });
  for (const { id: place } of groups.rows) {
    if (place !== ctx.place?.id) ctx.notify({ ...notice, to: { place }, key: `${notice.key}@${place}` });
  }
}

/** Tell one person, unless it is the sender. */
export function tellPerson(ctx: Teller, person: string, notice: Omit<Notice, 'to'>): void {
  if (person !== ctx.sender?.id) ctx.notify({ ...notice, to: { person }, key: `${notice.key}@${person}` });
}
