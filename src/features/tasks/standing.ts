/** How 重点任务 stood on any day, branch by branch: what facts about a branch are computed from. */

import type { World } from '../../bot/world.ts';
import { dayOfIso, instant } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { type Unit, unitsAbove } from '../orgs/index.ts';
import {
  type Checkin,
  type CheckinState,
  checkins,
  type StoredTask,
  takenBack,
  targets,
  tasks,
} from './model.ts';
import { type Period, roundsBack, sayPeriod } from './periods.ts';
import { keysFor, tasksNumbered } from './record.ts';
import { covers, coversBelow } from './scope.ts';

/** Periods of a task that are looked at, the last ones that were due. */
const PERIODS = 2;
/** Tasks that are looked at. */
const MOST_TASKS = 200;
const MOST_ROWS = 1000;

/** One period of a 重点任务, due before some day, as one branch stood in it on that day. */
export interface MajorRecord {
  /** `RW-YYYY-NNNN` */
  readonly task: string;
  readonly title: string;
  readonly branch: string;
  /** `once` for what does not come back. */
  readonly period: string;
  /** `第3季度`; '' for what does not come back. */
  readonly label: string;
  readonly due: string;
  /** The task has ended by that day: nothing can be made up for any more. */
  readonly ended: boolean;
  readonly state: 'missing' | 'late' | 'returned' | 'done';
}

/** The last periods of every 重点任务 of these branches of a township that were due before `day`, the latest first. */
export async function majorOn(
  { tx, workdays }: Pick<World, 'tx' | 'workdays'>,
  township: Unit,
  branches: readonly Unit[],
  day: string,
): Promise<readonly MajorRecord[]> {
  const found: MajorRecord[] = [];
  const line = [township, ...(await unitsAbove(tx, township))].map(({ id }) => id);
  for (const task of await majorTasks(tx, line, branches)) {
    if (dayOfIso(task.handedAt) > day) continue;
    const meant = branches.filter((branch) => coversBelow(task.scope, branch, line));
    const rounds = lastRounds(task, day, workdays);
    if (rounds.length === 0 || meant.length === 0) continue;
    const round = rounds.map(({ id }) => id);
    const where = { round, parent: township.id };
    const { rows } = await tx.table(checkins).find({ where, limit: MOST_ROWS });
    const said = new Map(rows.map((one) => [`${one.round}|${one.unit}`, one]));
    const gone = (await tx.table(takenBack).find({ where, limit: MOST_ROWS })).rows.filter(
      ({ until }) => dayOfIso(until) > day,
    );
    const ended = task.endedOn !== null && task.endedOn <= day;
    for (const { id, period, due } of rounds) {
      for (const { id: branch } of meant) {
        const back = gone.filter(({ round: of, unit }) => of === id && unit === branch);
        const state = stateOn(said.get(`${id}|${branch}`), back, due, day);
        const { id: number, title } = task;
        found.push({ task: number, title, branch, period, label: sayPeriod(period), due, ended, state });
      }
    }
  }
  return found;
}

/** A check-in as it stood on some day. */
export interface CheckinRecord {
  /** `RW-YYYY-NNNN` */
  readonly task: string;
  readonly issuer: string;
  readonly late: boolean;
  readonly state: CheckinState;
}

/** What a unit checked in from `since` on, as it stood at the end of `day`; the latest first. */
export async function checkinsOn(
  tx: Tx,
  unit: string,
  since: string,
  day: string,
): Promise<readonly CheckinRecord[]> {
  const range = { gte: instant(since).toISOString() };
  const query = { where: { unit }, order: 'at', desc: true, range, limit: MOST_ROWS } as const;
  const found: CheckinRecord[] = [];
  for (const row of (await tx.table(checkins).find(query)).rows) {
    const last = marksOf(row).findLast(({ at }) => dayOfIso(at) <= day);
    if (last) found.push({ task: row.task, issuer: row.issuer, late: row.late, state: last.state });
  }
  return found;
}

/** The 重点任务 that may be for a branch of this township, ended ones too. */
async function majorTasks(
  tx: Tx,
  line: readonly string[],
  branches: readonly Unit[],
): Promise<readonly StoredTask[]> {
  const ids = new Set<string>();
  for (const key of keysFor(line, branches)) {
    const where = { key, major: true };
    const page = await tx.table(targets).find({ where, order: 'handedAt', desc: true, limit: MOST_TASKS });
    for (const { task } of page.rows) ids.add(task);
  }
  return tasksNumbered(tx, ids);
}

/** The last periods that were due before `day`, and before the task ended; the latest first. */
function lastRounds(task: StoredTask, day: string, workdays: World['workdays']): readonly Period[] {
  const found: Period[] = [];
  const end = task.endedOn !== null && task.endedOn < day ? task.endedOn : day;
  for (const round of roundsBack(task, end, workdays)) {
    if (found.length === PERIODS) break;
    if (round.due < end) found.push(round);
  }
  return found;
}

/** How a check-in stood at the end of a day. */
function stateOn(
  now: Checkin | undefined,
  gone: readonly Pick<Checkin, 'marks'>[],
  due: string,
  day: string,
): MajorRecord['state'] {
  for (const { marks } of [...(now ? [{ marks: marksOf(now) }] : []), ...gone]) {
    const until = marks.filter(({ at }) => dayOfIso(at) <= day);
    const [first] = until;
    const last = until.at(-1);
    if (!first || !last) continue;
    if (last.state === 'returned') return 'returned';
    return dayOfIso(first.at) > due ? 'late' : 'done';
  }
  return 'missing';
}

/** What was kept without marks stands as it does since it was said. */
function marksOf({ marks, at, state }: Checkin): Checkin['marks'] {
  return marks.length > 0 ? marks : [{ at, state }];
}

/** The title of a task that is for this unit; undefined when there is none of this number. */
export async function taskFor(tx: Tx, number: string, unit: Unit): Promise<string | undefined> {
  const task = await tx.table(tasks).get(number);
  return task && (await covers(tx, task.scope, unit)) ? task.title : undefined;
}
