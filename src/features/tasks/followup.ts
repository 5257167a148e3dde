/**
 * What a unit has to do because of another record, as a task of its own: decisions of a joint meeting (each settles the
 * other), measures of a plan.
 */
import type { Ctx } from '../../bot/operation.ts';
import type { Doing, World } from '../../bot/world.ts';
import { dayOf, sayDay } from '../../lib/dates.ts';
import { getUnit } from '../orgs/index.ts';
import { tellHandedOut } from './announce.ts';
import { createTask, type TaskDraft } from './create.ts';
import {
  type Checkin,
  type StoredCheckin,
  type StoredTask,
  type TaskState,
  targets,
  tasks,
} from './model.ts';
import { ONCE, periodOf } from './periods.ts';
import { checkinOf, keepEvent, newCheckin, putCheckin, refreshCards } from './record.ts';
import { closeTask } from './review.ts';

/** What a task has to know of a decision; a measure has no `id`. */
interface Decided {
  readonly id: string | null;
  readonly lead: string;
  readonly unit: string;
  readonly text: string;
  readonly deadline: string;
  /** The units that help, in words; the task is for the one that leads. */
  readonly helpers?: string;
  /** The number of its task, once it has one. */
  readonly task: string | null;
}

/** What is too long for a title is said by the standard, too. */
const wordsOf = (text: string) =>
  text.length > 60 ? { title: `${text.slice(0, 59)}…`, standard: text } : { title: text, standard: '' };

/** A task for one unit, once, done or not done. */
const draftOf = ({ id, lead, unit, text, deadline }: Omit<Decided, 'task'>, details: string): TaskDraft => ({
  ...{ ...wordsOf(text), details, target: null, measure: null },
  ...{ scope: { below: [], kinds: [], units: [unit] }, rhythm: 'once', day: deadline, evidence: '' },
  ...{ visible: 'parties', issuer: lead, decision: id, major: false },
});

/** The task of a decision: a new one, or the one that it has, as the decision is now. Resolves to its number. */
async function open(
  ctx: Ctx,
  { id, lead, unit, text, deadline, helpers, task: number }: Decided,
): Promise<string> {
  const known = number ? await ctx.tx.table(tasks).get(number) : undefined;
  const details = helpers ? `配合单位：${helpers}` : '';
  if (known?.scope.units.includes(unit)) {
    await ctx.tx
      .table(tasks)
      .put({ ...known, ...wordsOf(text), details, day: deadline, state: 'open', endedOn: null });
    await setTargets(ctx, known, 'open');
    await refreshUnit(ctx, known, unit);
    return known.id;
  }
  if (known) await closeTask(ctx, known);
  const task = await createTask(ctx, draftOf({ id, lead, unit, text, deadline }, details));
  return task.id;
}

/** A task of its own for one unit, which is told of it at once. Resolves to its number. */
async function handOut(ctx: Ctx, asked: Omit<Decided, 'id' | 'task'>, details: string): Promise<string> {
  const task = await createTask(ctx, draftOf({ ...asked, id: null }, details));
  await tellHandedOut(ctx, task, ONCE);
  return task.id;
}

async function setTargets({ tx }: Doing, { id }: StoredTask, state: TaskState): Promise<void> {
  const { rows } = await tx.table(targets).find({ where: { task: id }, limit: 10 });
  for (const row of rows) await tx.table(targets).put({ ...row, state });
}

async function refreshUnit(doing: Doing, task: StoredTask, unit: string): Promise<void> {
  await refreshCards(doing, task, periodOf(task, ONCE, doing.workdays), await getUnit(doing.tx, unit));
}

/** The decision was dropped: nobody has to do it any more. */
async function drop(doing: Doing, { task: number, unit }: Pick<Decided, 'task' | 'unit'>): Promise<void> {
  const task = number ? await doing.tx.table(tasks).get(number) : undefined;
  if (task?.state !== 'open') return;
  await closeTask(doing, task);
  await refreshUnit(doing, task, unit);
}

/**
 * What is said of a decision is said of the check-in of its task: `in`, the unit says that it is done; `passed`, the
 * convener confirms it; `returned`, it is not.
 */
async function say(
  ctx: Ctx,
  { task: number, unit: id }: Decided,
  state: Checkin['state'],
  words: string,
): Promise<void> {
  const task = number ? await ctx.tx.table(tasks).get(number) : undefined;
  if (task?.state !== 'open') return;
  const round = periodOf(task, ONCE, ctx.workdays);
  const unit = await getUnit(ctx.tx, id);
  const known = await checkinOf(ctx.tx, round, id);
  const row =
    known ?? newCheckin(ctx, task, round, unit, { amount: null, percent: null, words, difficulty: '' });
  const reason = state === 'returned' ? words : row.reason;
  const saved = await putCheckin(ctx, known, { ...row, state, reason });
  const what = { in: '已落实', passed: '确认落实', returned: '没有落实' }[state];
  await keepEvent(ctx, ctx.me, saved, what, words);
  if (state === 'passed') await closeTask(ctx, task);
  await refreshCards(ctx, task, round, unit);
}

/** What the unit has said of it. */
async function checkin(
  { tx, workdays }: World,
  { task: number, unit }: Pick<Decided, 'task' | 'unit'>,
): Promise<StoredCheckin | undefined> {
  const task = number ? await tx.table(tasks).get(number) : undefined;
  return task && checkinOf(tx, periodOf(task, ONCE, workdays), unit);
}

/** How the task of a decision stands, in a few words for an agenda; empty while nothing was said. */
async function standing(world: World, decided: Pick<Decided, 'task' | 'unit'>): Promise<string> {
  const { today } = world;
  const said = await checkin(world, decided);
  if (!said) return '';
  const when = sayDay(dayOf(new Date(said.at)), today);
  const how = said.percent === null || said.percent === 100 ? '' : `完成${said.percent}%`;
  const state = { in: '待审核', passed: '已通过', returned: '已退回' }[said.state];
  return [`${when}报了`, how, state].filter(Boolean).join('，');
}

export const followup = { open, handOut, drop, say, standing, checkin };
