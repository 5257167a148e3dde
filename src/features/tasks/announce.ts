/**
 * What a task sends out. To some hundreds a message each, page by page as a job; a province hears of it in
 * digests, planned as reminders like everything that very many are told at once.
 */

import type { Raw } from '../../bot/cards/spec.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import type { Ctx } from '../../bot/operation.ts';
import { remindNow } from '../../bot/reminders/plan.ts';
import type { Doing, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { type Teller, tellGroups, tellUnit } from '../members/index.ts';
import { getUnit, type Unit, unitName, unitsBelow } from '../orgs/index.ts';
import { isMissing } from './assignment.ts';
import { attachmentsOf } from './attachments.ts';
import { type StoredTask, tasks } from './model.ts';
import { type Period, periodOf, sayRhythm } from './periods.ts';
import { cardOf, checkinOf, sayTask } from './record.ts';
import { rights } from './rights.ts';
import { chatUnitsOf, walk } from './scope.ts';

/** What is sent, for which period; `stamp` tells one nudge from the next. */
type Sending = {
  readonly task: string;
  readonly period: string;
  readonly stamp: string;
};
const sendingOf = (data: Raw): Sending => ({
  task: String(data.task),
  period: String(data.period),
  stamp: String(data.stamp),
});

/** The reminder that says that a period has begun. */
export const OPENING = 'tasks.opening';

/** More units than this are told in digests. */
const WIDE = 500;

/** Tell those whom a task is for that it is theirs now. */
export async function tellHandedOut(ctx: Ctx, task: StoredTask, period: string): Promise<void> {
  const job = { task: task.id, period, stamp: '' };
  if (task.size > WIDE) return remindNow(ctx, OPENING, `${task.id}|${period}`);
  const next = await handOutPage(ctx, job);
  if (next) ctx.start(handOutJob, job, { cursor: next });
}

/** Nudge those who are missing, and nobody else; `later` in the next digest, those who still are by then. */
export async function tellMissing(ctx: Ctx, task: StoredTask, period: string, later: boolean): Promise<void> {
  const job = { task: task.id, period, stamp: ctx.now.toISOString() };
  if (later || task.size > WIDE) return remindNow(ctx, 'tasks.asking', `${task.id}|${period}|${job.stamp}`);
  const next = await nudgePage(ctx, job);
  if (next) ctx.start(nudgeJob, job, { cursor: next });
}

type Doer = Teller & Doing;

/** Tell the next page of the units that the task is for them; resolves to where the one after begins. */
async function handOutPage(
  doing: Doer,
  { task: id, period }: Sending,
  after?: string,
): Promise<string | undefined> {
  const task = await doing.tx.table(tasks).get(id);
  if (task?.state !== 'open') return undefined;
  const round = periodOf(task, period, doing.workdays);
  const text = await handOutText(doing, task, round);
  const line = {
    title: sayTask(task, round.period),
    ask: '新任务，请报进展',
    due: round.due,
    op: rights.checkin,
  };
  const calm = { ...line, reminder: OPENING, data: { task: task.id, period: round.period } };
  const tell = (unit: string, how: typeof tellUnit | typeof tellGroups) =>
    how(
      doing,
      unit,
      { text, card: { subject: cardOf(task, round, unit) }, key: `task:${id}:out`, calm },
      true,
    );
  if (after === undefined) for (const { id: unit } of await above(doing, task)) await tell(unit, tellGroups);
  const page = await walk(doing, task.scope, after);
  for (const siblings of page.families) {
    const own = new Set(siblings.units.map(({ id: unit }) => unit));
    for (const unit of chatUnitsOf(siblings)) await tell(unit, own.has(unit) ? tellUnit : tellGroups);
  }
  return page.next;
}

export async function handOutText(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  task: StoredTask,
  round: Period,
): Promise<string> {
  const what = task.standard ? `${task.title}（${task.standard}）` : task.title;
  const when = task.rhythm === 'once' ? '' : `${sayRhythm(task)}，这次`;
  const proof = task.evidence ? `要佐证：${task.evidence}。` : '';
  const { length } = await attachmentsOf(tx, task);
  const attached = length > 0 ? `有${length}个附件，打开任务就能看。` : '';
  return `${await unitName(tx, task.issuer)}下达任务：${what}，${when}${sayDay(round.due, today)}前报进展。${attached}${proof}`;
}

/** The counties that have branches below them in the task. */
export async function above({ tx }: Pick<World, 'tx'>, { scope }: StoredTask): Promise<readonly Unit[]> {
  const found: Unit[] = [];
  for (const id of scope.below) {
    const top = await getUnit(tx, id);
    if (top.kind === 'county') found.push(top);
    if (top.kind === 'city')
      found.push(...(await unitsBelow(tx, top.id)).filter(({ kind }) => kind === 'county'));
  }
  return found;
}

/** Nudge the next page of those who are missing. */
async function nudgePage(
  doing: Doer,
  { task: id, period, stamp }: Sending,
  after?: string,
): Promise<string | undefined> {
  const task = await doing.tx.table(tasks).get(id);
  if (task?.state !== 'open') return undefined;
  const round = periodOf(task, period, doing.workdays);
  const late = doing.today > round.due;
  const when = late ? '已经超期，请尽快报进展' : `请在${sayDay(round.due, doing.today)}前报进展`;
  const text = `${await unitName(doing.tx, task.issuer)}催办：${sayTask(task, period)}，${when}。`;
  const page = await walk(doing, task.scope, after);
  for (const unit of page.families.flatMap(({ units }) => units)) {
    if (!isMissing(await checkinOf(doing.tx, round, unit.id))) continue;
    const card = { subject: cardOf(task, round, unit.id) };
    // Who is of two of them hears it once.
    await tellUnit(doing, unit.id, { text, card, key: `task:${id}:${period}:nudge:${stamp}` });
  }
  return page.next;
}

export const handOutJob: JobKind = {
  kind: 'tasks.handOut',
  step: (doing, { data, cursor }) => handOutPage(doing, sendingOf(data), cursor ?? undefined),
};

export const nudgeJob: JobKind = {
  kind: 'tasks.nudge',
  step: (doing, { data, cursor }) => nudgePage(doing, sendingOf(data), cursor ?? undefined),
};
