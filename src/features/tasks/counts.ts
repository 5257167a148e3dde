/** How the branches of a township kept to their days in a period of time: what figures are counted from. */
import type { World } from '../../bot/world.ts';
import { addDays, instant } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { type Unit, unitsAbove } from '../orgs/index.ts';
import { NO_SUMS, type StoredTask, TASK_STATES, tallies, targets } from './model.ts';
import { type Period, roundsBack } from './periods.ts';
import { keysFor, tasksNumbered } from './record.ts';

/** The newest tasks of one kind that are looked at. */
const MOST_TASKS = 200;
/** Tasks that have ended are looked at when they were handed out so many days before, or later. */
const BACK_DAYS = 730;

/** One period of a task that was due, for the branches of one township. */
export interface Due {
  readonly task: StoredTask;
  readonly round: Period;
  /** Branches of which it is asked, and of those how many said something in time, or late; the rest did not. */
  readonly asked: number;
  readonly timely: number;
  readonly late: number;
}

/** What was due from a day on and until another one, both included, and is over: the earliest first. */
export async function dueIn(
  { tx, today, workdays }: Pick<World, 'tx' | 'today' | 'workdays'>,
  township: Unit,
  branches: readonly Unit[],
  from: string,
  until: string,
): Promise<readonly Due[]> {
  const yesterday = addDays(today, -1);
  const last = until < yesterday ? until : yesterday;
  const line = [township, ...(await unitsAbove(tx, township))].map(({ id }) => id);
  const found: Due[] = [];
  for (const task of await tasksFor(tx, line, branches, from, last)) {
    const { below, kinds, units } = task.scope;
    const all = below.some((id) => line.includes(id));
    const asked = branches.filter(
      ({ id, kind }) => units.includes(id) || (all && kinds.some((one) => one === kind)),
    ).length;
    if (asked === 0) continue;
    for (const round of roundsIn(task, from, last, workdays)) {
      const sums = (await tx.table(tallies).get(`${round.id}|${township.id}`)) ?? NO_SUMS;
      found.push({ task, round, asked, timely: sums.in - sums.late, late: sums.late });
    }
  }
  return found.sort((a, b) => (a.round.due < b.round.due ? -1 : 1));
}

/** Tasks that may be for a branch of a township. */
async function tasksFor(
  tx: Tx,
  line: readonly string[],
  branches: readonly Unit[],
  from: string,
  until: string,
): Promise<readonly StoredTask[]> {
  const end = { lt: instant(addDays(until, 1)).toISOString() };
  const begin = { gte: instant(addDays(from, -BACK_DAYS)).toISOString() };
  const ids = new Set<string>();
  for (const key of keysFor(line, branches)) {
    for (const state of TASK_STATES) {
      const range = state === 'open' ? end : { ...end, ...begin };
      const query = {
        where: { key, state },
        order: 'handedAt',
        desc: true,
        range,
        limit: MOST_TASKS,
      } as const;
      for (const { task } of (await tx.table(targets).find(query)).rows) ids.add(task);
    }
  }
  return tasksNumbered(tx, ids);
}

/** The periods of a task that were due in this time, and before it ended. */
function roundsIn(task: StoredTask, from: string, until: string, workdays: World['workdays']): Period[] {
  const end = task.endedOn !== null && task.endedOn < until ? task.endedOn : until;
  const found: Period[] = [];
  for (const round of roundsBack(task, end, workdays)) {
    if (round.due < from) break;
    if (round.due <= end) found.push(round);
  }
  return found;
}
