/** How many issues a township has, by how they stand: over its open ones and those of a period, each found by an index. */
import type { World } from '../../bot/world.ts';
import { addDays, dayOf, daysBetween, instant } from '../../lib/dates.ts';
import { type From, pages } from '../../lib/pages.ts';
import type { Query, Tx } from '../../store/store.ts';
import { allStars } from '../orgs/index.ts';
import {
  ASPECTS,
  type Colour,
  colour,
  type Issue,
  issues,
  OPEN,
  type StoredIssue,
  type VERDICTS,
} from './model.ts';

const PAGE = 500;

/** Of those that are open now, the colours as of today. */
export interface OpenIssues {
  readonly open: number;
  readonly red: number;
  readonly yellow: number;
  readonly blue: number;
  /** That came back within 180 days. */
  readonly recurring: number;
}

export async function openIssues({ tx, today, workdays }: World, township: string): Promise<OpenIssues> {
  const counts = { open: 0, red: 0, yellow: 0, blue: 0, recurring: 0 };
  for await (const { rows } of pages((from) => openPage(tx, township, { limit: PAGE, ...from }))) {
    for (const issue of rows) {
      counts.open += 1;
      if (issue.recurrenceOf) counts.recurring += 1;
      const found = colour(issue, today, workdays);
      if (found) counts[found] += 1;
    }
  }
  return counts;
}

type Part = Pick<Query<Issue>, 'limit' | 'after'>;

const openPage = (tx: Tx, township: string, part: Part) =>
  tx.table(issues).find({ where: { township, state: OPEN }, order: 'deadline', ...part });

function closedPage(tx: Tx, township: string, from: string, until: string, part: Part) {
  const range = { gte: instant(from).toISOString(), lt: instant(addDays(until, 1)).toISOString() };
  return tx.table(issues).find({ where: { township, state: 'closed' }, order: 'closedAt', range, ...part });
}

/** Which issues a figure is made of: those that are open (of one colour), or closed in a period (with one verdict). */
export type IssueSet =
  | { readonly open: Colour | 'any' }
  | { readonly from: string; readonly until: string; readonly verdict: ClosedVerdict | 'any' };
type ClosedVerdict = (typeof VERDICTS)[number] | 'none';

/** A page of the issues that openIssues or closedIssues count; of `limit` that are looked at, those that belong to it. */
export async function countedIssues(
  { tx, today, workdays }: World,
  township: string,
  set: IssueSet,
  part: Part,
): Promise<{ readonly rows: readonly StoredIssue[]; readonly next?: string | undefined }> {
  if ('open' in set) {
    const page = await openPage(tx, township, part);
    const belongs = (one: StoredIssue) => set.open === 'any' || colour(one, today, workdays) === set.open;
    return { rows: page.rows.filter(belongs), next: page.next };
  }
  const page = await closedPage(tx, township, set.from, set.until, part);
  const belongs = (one: StoredIssue) => set.verdict === 'any' || (one.verdict ?? 'none') === set.verdict;
  return { rows: page.rows.filter(belongs), next: page.next };
}

/** Of those closed in a period. */
export interface ClosedIssues {
  /** By verdict of residents; `none`: verified by who reported them. */
  readonly verdicts: Readonly<Record<ClosedVerdict, number>>;
  /** How many days each took, from its report. */
  readonly days: readonly number[];
}

/** @param from and `until` are days, both included */
export async function closedIssues(
  { tx }: World,
  township: string,
  from: string,
  until: string,
): Promise<ClosedIssues> {
  const verdicts = { 满意: 0, 基本满意: 0, 不满意: 0, none: 0 };
  const days: number[] = [];
  const page = (after: From) => closedPage(tx, township, from, until, { limit: PAGE, ...after });
  for await (const { rows } of pages(page)) {
    for (const { verdict, reportedAt, closedAt } of rows) {
      verdicts[verdict ?? 'none'] += 1;
      if (closedAt) days.push(daysBetween(dayOf(new Date(reportedAt)), dayOf(new Date(closedAt))));
    }
  }
  return { verdicts, days };
}

/** What residents of a branch were satisfied with in so many days, the latest first; and whether anything came back. */
export interface Satisfied {
  readonly closed: readonly Pick<Issue, 'id' | 'star'>[];
  readonly recurring: boolean;
}

/** What may have come back counts as long as nobody has said that it did not. Looks at most at 500 that are closed. */
export async function satisfiedIssues(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  branch: string,
  days: number,
): Promise<Satisfied> {
  const star = (await allStars(tx)).map(({ id }) => id);
  const where = { branch, star, aspect: ASPECTS, state: 'closed' } as const;
  const range = { gte: instant(addDays(today, -days)).toISOString() };
  const query = { where, order: 'closedAt', desc: true, range, limit: PAGE } as const;
  const closed = (await tx.table(issues).find(query)).rows;
  const running = { where: { branch, state: OPEN }, order: 'deadline', limit: PAGE } as const;
  const open = (await tx.table(issues).find(running)).rows;
  return {
    closed: closed.filter(({ verdict }) => verdict === '满意'),
    recurring: [...closed, ...open].some(
      ({ recurrenceOf, recurs }) => recurrenceOf !== null && recurs !== false,
    ),
  };
}
