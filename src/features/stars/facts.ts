/** What records say of a branch and a star: pure functions over the records as they stood on a day, and finding those. */
import type { World } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { starsHeld } from '../branches/index.ts';
import { branchIssuesOn, type IssueRecord } from '../issues/index.ts';
import { discussedOn, type MeetingRecord } from '../meetings/index.ts';
import type { Star, Unit } from '../orgs/index.ts';
import { type Case, cases } from '../rectification/index.ts';
import { type CheckinRecord, checkinsOn } from '../tasks/index.ts';

/** So many came back within so many days: the lead is asked to look. */
export const RECURRENCES = { count: 2, days: 180 } as const;
/** Numbers of one kind that a sentence names. */
const NAMED = 5;
const MOST_CASES = 20;

/** What is known of one branch. */
export interface Material {
  readonly issues: readonly IssueRecord[];
  readonly checkins: readonly CheckinRecord[];
  /** Of the star. */
  readonly meetings: readonly MeetingRecord[];
  readonly cases: readonly Pick<Case, 'id' | 'listedOn' | 'closedOn'>[];
  /** How many stars it holds. */
  readonly held: number;
}

export interface Facts {
  /** One sentence each, for everybody who may see the application. */
  readonly facts: readonly string[];
  /** For those who may know which branches are weak. */
  readonly inside: readonly string[];
  /** The numbers of all records behind them. */
  readonly records: readonly string[];
}

const stateOf = ({ standings }: IssueRecord) => standings.at(-1)?.state;
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

/** `（WT-2026-0001、WT-2026-0002等）` */
export function sayNumbers(numbers: readonly string[]): string {
  if (numbers.length === 0) return '';
  return `（${numbers.slice(0, NAMED).join('、')}${numbers.length > NAMED ? '等' : ''}）`;
}

/** The issues of a star that came back, were not said to be something else, and were reported after `since`. */
export function recurrencesOn(issues: readonly IssueRecord[], star: string, since: string) {
  return issues.filter(
    (issue) =>
      issue.star === star &&
      issue.recurrenceOf !== null &&
      issue.standings.at(-1)?.recurs !== false &&
      stateOf(issue) !== 'withdrawn' &&
      issue.reportedOn > since,
  );
}

/** What the records of a year say up to a day. Where there is no record, that is said: it is no good news. */
export function factsOn(
  { issues, checkins, meetings, cases: all, held }: Material,
  { id: star, name, lead }: Pick<Star, 'id' | 'name' | 'lead'>,
  year: string,
  day: string,
): Facts {
  const own = issues.filter((issue) => issue.star === star && stateOf(issue) !== 'withdrawn');
  const closed = ids(own.filter((issue) => stateOf(issue) === 'closed'));
  const open = ids(own.filter((issue) => stateOf(issue) !== 'closed'));
  const again = ids(recurrencesOn(own, star, `${Number(year) - 1}-12-31`));
  const handed = checkins.filter(({ issuer }) => issuer === lead);
  const late = handed.filter((one) => one.late).map(({ task }) => task);
  const passed = handed.filter(({ state }) => state === 'passed').length;
  const numbers = new Set(ids(own));
  const spoke = ids(meetings.filter(({ about }) => about.some((number) => numbers.has(number))));
  const weak = all.filter(({ listedOn }) => listedOn <= day);
  const tasks = [...new Set(handed.map(({ task }) => task))];
  return {
    facts: [
      own.length === 0
        ? `${year}年没有${name}的问题记录`
        : `${year}年${name}的问题已销号${closed.length}件${sayNumbers(closed)}，未销号${open.length}件${sayNumbers(open)}`,
      ...(again.length > 0 ? [`反弹${again.length}件${sayNumbers(again)}`] : []),
      handed.length === 0
        ? '没有牵头单位下达的任务记录'
        : `牵头单位的任务报了${handed.length}次${sayNumbers(tasks)}，通过${passed}次，超期${late.length}次`,
      ...(spoke.length > 0 ? [`会商研究过${spoke.length}次${sayNumbers(spoke)}`] : []),
      `现在有${held}颗星`,
    ],
    inside: weak.map(
      ({ id, closedOn }) => `${id} ${closedOn && closedOn <= day ? '整顿后已销号' : '在整顿'}`,
    ),
    records: [...new Set([...ids(own), ...tasks, ...spoke, ...ids(weak)])],
  };
}

/** What the records say today of a branch and a star. */
export async function factsOf(world: World, branch: Unit, star: Star, year: string): Promise<Facts> {
  const { tx, today } = world;
  const since = `${year}-01-01`;
  const listed = { where: { branch: branch.id }, order: 'listedOn', desc: true, limit: MOST_CASES } as const;
  const material: Material = {
    issues: await branchIssuesOn(tx, branch.id, since, today),
    checkins: await checkinsOn(tx, branch.id, since, today),
    meetings: await discussedOn(tx, star.id, since, today),
    cases: (await tx.table(cases).find(listed)).rows.filter(
      ({ closedOn }) => closedOn === null || closedOn >= since,
    ),
    held: (await starsHeld(tx, branch, today)).length,
  };
  return factsOn(material, star, year, today);
}

/** What came back lately. */
export async function recurrencesOf({ tx, today }: World, branch: string, star: string) {
  const since = addDays(today, -RECURRENCES.days);
  return recurrencesOn(await branchIssuesOn(tx, branch, since, today), star, since);
}
