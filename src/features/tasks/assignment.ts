/** One period of a task as one unit stands in it; and what a press or a line of that unit may mean. */

import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { getUnit, type Unit } from '../orgs/index.ts';
import type { Reading } from './checkin-line.ts';
import type { Checkin, StoredCheckin, StoredTask } from './model.ts';
import { currentPeriod, type Period, periodBefore, periodOf } from './periods.ts';
import { checkinOf, loadTask, periodFor, tasksAround } from './record.ts';
import { covers } from './scope.ts';

/** Most tasks that are open for one unit at a time. */
const MOST_OPEN = 50;

/** A period of a task as one unit stands in it. */
export interface Assignment {
  readonly unit: Unit;
  readonly task: StoredTask;
  readonly round: Period;
  readonly checkin: StoredCheckin | undefined;
}

/** What is asked of a unit now: each task in the period that runs, and in the one before while that is missing. */
export async function assignmentsOf(world: World, unit: Unit): Promise<readonly Assignment[]> {
  const { tx, today, workdays } = world;
  const assignments: Assignment[] = [];
  for (const task of await tasksAround(tx, unit, MOST_OPEN)) {
    if (!(await covers(tx, task.scope, unit))) continue;
    const current = currentPeriod(task, today);
    const before = periodBefore(task, current);
    for (const period of before ? [before, current] : [current]) {
      const round = periodOf(task, period, workdays);
      const checkin = await checkinOf(tx, round, unit.id);
      if (period === current || isMissing(checkin)) assignments.push({ unit, task, round, checkin });
    }
  }
  return assignments.sort((a, b) => (a.round.due < b.round.due ? -1 : a.round.due > b.round.due ? 1 : 0));
}

/** True while the unit has to do something: nothing came in, or it was returned. */
export function isMissing(checkin: Pick<Checkin, 'state'> | undefined): boolean {
  return !checkin || checkin.state === 'returned';
}

/** What a press or a line asks for. */
export type CheckinTarget =
  | { readonly kind: 'list'; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'choose'; readonly assignments: readonly Assignment[]; readonly reading: Reading }
  /** `unclear`: what was said of how much, where it could mean several things. */
  | { readonly kind: 'form'; readonly assignment: Assignment; readonly unclear?: string };

/** The task and period that a press names, for the unit of the sender or another one. */
export async function loadAssignment(ctx: Ctx, raw: Raw, of = ctx.me.unit): Promise<Assignment> {
  const task = await loadTask(ctx, raw);
  const round = periodFor(ctx, task, raw);
  const unit = await getUnit(ctx.tx, of);
  return { unit, task, round, checkin: await checkinOf(ctx.tx, round, unit.id) };
}
