/** Issues that are overdue for long, by who has them: found by their deadlines, however many issues there are. */
import type { World } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import type { Workdays } from '../../lib/workdays.ts';
import type { Page } from '../../store/store.ts';
import { type Issue, issues, RUNNING } from './model.ts';

/** The last deadline that is so many working days past on `day`. */
export function deadlineBefore(day: string, days: number, workdays: Workdays): string {
  return addDays(workdays.add(addDays(day, 1), -days), -1);
}

type Late = Pick<Issue, 'id' | 'title' | 'owner' | 'deadline'>;

/**
 * What a unit has and should have done on `until` or before, the oldest first, at most `most`. A deadline that was put
 * off, or renewed for who took it over, counts as it is now.
 */
export async function lateIssues(
  { tx }: Pick<World, 'tx'>,
  owner: string,
  until: string,
  most: number,
): Promise<readonly Late[]> {
  const query = { where: { owner, state: RUNNING }, order: 'deadline', range: { lte: until } } as const;
  return (await tx.table(issues).find({ ...query, limit: most })).rows;
}

/** A page of the issues that still run and whose deadline lies in the half-open span (from, until]; '' is the beginning. */
export async function lateWithin(
  { tx }: Pick<World, 'tx'>,
  [from, until]: readonly [string, string],
  limit: number,
  after?: string,
): Promise<Page<Late>> {
  const query = { where: { state: RUNNING }, order: 'deadline', range: { gt: from, lte: until } } as const;
  return tx.table(issues).find({ ...query, limit, after });
}
