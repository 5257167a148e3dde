/** How many issues a township has, by how they stand: over its open ones and those of a period, each found by an index. */
import type { World } from '../../bot/world.ts';
import { addDays, dayOf, daysBetween, instant } from '../../lib/dates.ts';
import { pages } from '../../lib/pages.ts';
import { colour, issues, OPEN, type VERDICTS } from './model.ts';

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
  const query = { where: { township, state: OPEN }, order: 'deadline', limit: PAGE } as const;
  for await (const { rows } of pages((from) => tx.table(issues).find({ ...query, ...from }))) {
    for (const issue of rows) {
      counts.open += 1;
      if (issue.recurrenceOf) counts.recurring += 1;
      const found = colour(issue, today, workdays);
      if (found) counts[found] += 1;
    }
  }
  return counts;
}

/** Of those closed in a period. */
export interface ClosedIssues {
  /** By verdict of residents; `none`: verified by who reported them. */
  readonly verdicts: Readonly<Record<(typeof VERDICTS)[number] | 'none', number>>;
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
  const range = { gte: instant(from).toISOString(), lt: instant(addDays(until, 1)).toISOString() };
  const query = { where: { township, state: 'closed' }, order: 'closedAt', range, limit: PAGE } as const;
  for await (const { rows } of pages((after) => tx.table(issues).find({ ...query, ...after }))) {
    for (const { verdict, reportedAt, closedAt } of rows) {
      verdicts[verdict ?? 'none'] += 1;
      if (closedAt) days.push(daysBetween(dayOf(new Date(reportedAt)), dayOf(new Date(closedAt))));
    }
  }
  return { verdicts, days };
}
