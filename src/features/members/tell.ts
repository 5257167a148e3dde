/** How a unit and its people are told something, and which lines of reminders they get. */
import { wasSeenIn } from '../../bot/delivery/viewers.ts';
import type { Ctx } from '../../bot/operation.ts';
import type { PlannedLine } from '../../bot/reminders/reminder.ts';
import type { Doing, Notice } from '../../bot/world.ts';
import { groupsOf, type Member, peopleOf, staffOf } from './model.ts';

/** Who tells something: an operation, or a job that goes on after it. */
export type Teller = Pick<Doing, 'tx' | 'now' | 'notify'> & Partial<Pick<Ctx, 'sender' | 'place'>>;

/**
 * Tell a unit: in the groups that belong to it, and each of its people but the sender.
 * @param once who reads one of those groups finds it there, and is not told a second time
 */
export async function tellUnit(
  ctx: Teller,
  unit: string,
  notice: Omit<Notice, 'to'>,
  once = false,
): Promise<void> {
  const [people, groups] = await Promise.all([peopleOf(ctx.tx, unit), tellGroups(ctx, unit, notice)]);
  for (const { id: person } of people)
    if (!once || !(await isInOne(ctx, groups, person))) tellPerson(ctx, person, notice);
}

/** Tell the groups that belong to a unit, but the one in which it was said; resolves to those that are told. */
export async function tellGroups(
  ctx: Teller,
  unit: string,
  notice: Omit<Notice, 'to'>,
): Promise<readonly string[]> {
  const groups = (await groupsOf(ctx.tx, unit)).filter((place) => place !== ctx.place?.id);
  for (const place of groups) ctx.notify({ ...notice, to: { place }, key: `${notice.key}@${place}` });
  return groups;
}

/** Tell the people of a unit, each in their personal chat: its groups are for others too. */
export async function tellPeople(ctx: Teller, unit: string, notice: Omit<Notice, 'to'>): Promise<void> {
  for (const { id } of await peopleOf(ctx.tx, unit)) tellPerson(ctx, id, notice);
}

/** The same for those alone who answer for its work. */
export async function tellStaff(ctx: Teller, unit: string, notice: Omit<Notice, 'to'>): Promise<void> {
  for (const { id } of await staffOf(ctx.tx, unit)) tellPerson(ctx, id, notice);
}

/** Whether the person was seen in one of these groups not long ago. */
async function isInOne(
  { tx, now }: Pick<Teller, 'tx' | 'now'>,
  groups: readonly string[],
  person: string,
): Promise<boolean> {
  for (const group of groups) if (await wasSeenIn({ tx, now }, group, person)) return true;
  return false;
}

/** Tell one person, unless it is the sender. */
export function tellPerson(ctx: Teller, person: string, notice: Omit<Notice, 'to'>): void {
  if (person !== ctx.sender?.id) ctx.notify({ ...notice, to: { person }, key: `${notice.key}@${person}` });
}

/** One line of a reminder for each of these people. */
export const linesFor = (people: readonly Pick<Member, 'id'>[], line: PlannedLine['line']): PlannedLine[] =>
  people.map(({ id: person }) => ({ person, line }));
