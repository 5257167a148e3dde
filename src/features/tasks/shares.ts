/** How many branches of a township are missing in a period: asked of the sums of each period, never of all check-ins. */

import type { World } from '../../bot/world.ts';
import type { Page, Tx } from '../../store/store.ts';
import { getUnit, isBranch, townshipsOf, type Unit, units } from '../orgs/index.ts';
import { type StoredTask, type Task, tallies, tasks } from './model.ts';
import { type Period, periodBefore, periodOf, roundsBack, sayPeriod } from './periods.ts';
import { progressOf } from './record.ts';
import { scopeWithin, sizeOf } from './scope.ts';

/** Missing is at least this part of the branches, of a hundred. */
const SHORT_PERCENT = 30;
/** Periods that are looked back at: who looks every day needs one. */
const MOST_PERIODS = 60;

/** A page of the tasks that are open and come back. */
export async function dueTasks(tx: Tx, limit: number, after?: string): Promise<Page<Task>> {
  const query = { where: { state: 'open' as const }, order: 'handedAt' as const, limit };
  const page = await tx.table(tasks).find({ ...query, after });
  return { ...page, rows: page.rows.filter(({ rhythm }) => rhythm !== 'once') };
}

/** The periods of a task that were due in the half-open span (from, until], the latest first. */
export function dueBetween(
  task: StoredTask,
  [from, until]: readonly [string, string],
  { workdays }: Pick<World, 'workdays'>,
): readonly Period[] {
  const found: Period[] = [];
  let looked = 0;
  for (const round of roundsBack(task, until, workdays)) {
    if (round.due <= from || looked++ === MOST_PERIODS) break;
    if (round.due <= until) found.push(round);
  }
  return found;
}

/** `11月报了7/9`: how far a task was in a period. */
export async function sayRound({ tx }: Pick<World, 'tx'>, task: Task, round: Period): Promise<string> {
  const { in: came, size } = await progressOf(tx, task, round);
  return `${sayPeriod(round.period)}报了${came}/${size}`;
}

/** What was missing in two periods of a task, in words. */
export interface Short {
  readonly township: string;
  /** `入户走访：10月缺4/9，11月缺3/9` */
  readonly words: string;
}

/** Whether 30 % of a township’s branches or more are missing in a period and in the one before. */
export async function isShort(
  { tx, workdays }: Pick<World, 'tx' | 'workdays'>,
  task: Task,
  period: string,
  township: Unit,
): Promise<Short | undefined> {
  const before = periodBefore(task, period);
  if (before === null) return undefined;
  const scope = await scopeWithin(tx, task.scope, township);
  const chosen = [];
  for (const id of scope.units) if (isBranch(await getUnit(tx, id))) chosen.push(id);
  const size = await sizeOf(tx, { ...scope, units: chosen });
  const said: string[] = [];
  for (const name of [before, period]) {
    const { id } = periodOf(task, name, workdays);
    const missing = size - ((await tx.table(tallies).get(`${id}|${township.id}`))?.in ?? 0);
    if (missing <= 0 || missing * 100 < SHORT_PERCENT * size) return undefined;
    said.push(`${sayPeriod(name)}缺${missing}/${size}`);
  }
  return { township: township.id, words: `${task.title}：${said.join('，')}` };
}

/** Townships of a task, some at a time, that were short in a period and in the one before. */
export async function shortOf(
  world: Pick<World, 'tx' | 'workdays'>,
  task: Task,
  period: string,
  limit: number,
  after = '0',
): Promise<{ readonly short: readonly Short[]; readonly next?: string }> {
  const { tx } = world;
  const [at = '0', ...cursor] = after.split(' ');
  const top = task.scope.below[Number(at)];
  const page: Awaited<ReturnType<typeof townshipsOf>> = top
    ? await townshipsOf(tx, await getUnit(tx, top), limit, cursor.join(' ') || undefined)
    : { rows: await townshipsAbove(tx, task.scope.units) };
  const short: Short[] = [];
  for (const township of page.rows) {
    const found = await isShort(world, task, period, township);
    if (found) short.push(found);
  }
  if (page.next) return { short, next: `${at} ${page.next}` };
  return top ? { short, next: String(Number(at) + 1) } : { short };
}

/** The townships of branches that were chosen one by one. */
async function townshipsAbove(tx: Tx, chosen: readonly string[]): Promise<readonly Unit[]> {
  const found = new Map<string, Unit>();
  for (const id of chosen) {
    const unit = await getUnit(tx, id);
    const above = isBranch(unit) && unit.parent ? await tx.table(units).get(unit.parent) : undefined;
    if (above) found.set(above.id, above);
  }
  return [...found.values()];
}
