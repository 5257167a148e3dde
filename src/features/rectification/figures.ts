/** How the cases of a township stood on any day, and who had been sent then: what figures are counted from. */
import type { World } from '../../bot/world.ts';
import type { Tx } from '../../store/store.ts';
import { type Case, cases, DISPATCH_KINDS, type Dispatch, SENDER_KINDS, STATES } from './model.ts';
import { dispatchesOf } from './record.ts';

/** Cases of one township over the years. */
const MOST = 1000;

/** Where a case stood at the end of a day: on the list or left; undefined: not listed yet. */
export type Stand = 'active' | 'settling' | 'closed';

export function standOn(
  { listedOn, closedOn, checks, answers }: Pick<Case, 'listedOn' | 'closedOn' | 'checks' | 'answers'>,
  day: string,
): Stand | undefined {
  if (listedOn > day) return undefined;
  if (closedOn !== null && closedOn <= day) return 'closed';
  // Who passed is in 巩固期 until a relapse begins another round.
  const passed = checks.filter((check) => check.passed && check.on <= day);
  return passed.length > relapsesOf({ answers }).filter((on) => on <= day).length ? 'settling' : 'active';
}

/** Who was sent and who helps stays until the branch leaves the list. */
export const isOpenOn = ({ closedOn }: Pick<Case, 'closedOn'>, day: string): boolean =>
  closedOn === null || closedOn > day;

/** The days on which a case began again. */
export const relapsesOf = ({ answers }: Pick<Case, 'answers'>): readonly string[] =>
  answers.flatMap(({ relapse, at }) => (relapse ? at : []));

/** All cases of a township that there ever were, by the day on which they are due. */
export async function casesOf(tx: Tx, township: string): Promise<readonly Case[]> {
  const where = { township, state: STATES };
  return (await tx.table(cases).find({ where, order: 'deadline', limit: MOST })).rows;
}

/** The people who are in the villages of a township on a day: how they were sent and by whom. */
export async function sentOn(
  { tx }: Pick<World, 'tx'>,
  township: string,
  day: string,
): Promise<readonly Dispatch[]> {
  const found: Dispatch[] = [];
  for (const one of (await casesOf(tx, township)).filter((of) => isOpenOn(of, day)))
    for (const sent of await dispatchesOf(tx, one)) if (sent.from <= day && sent.to >= day) found.push(sent);
  return found;
}

/** How people are sent, and by what kinds of units. */
export const sendKinds = { how: DISPATCH_KINDS, by: SENDER_KINDS } as const;
