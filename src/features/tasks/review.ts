/** What the issuer's side does: 通过, 通过并看下一份, 通过选中的, 退回, 全部通过, 催办, 结束任务. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Raw } from '../../bot/cards/spec.ts';
import { USUAL_HOURS, withinHours } from '../../bot/delivery/digest.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import { defineEvent } from '../../bot/turn/events.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { judge } from '../../bot/turn/rights.ts';
import type { Actor, Doing } from '../../bot/world.ts';
import { sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { tellUnit } from '../members/index.ts';
import { findUnit, getUnit, unitName } from '../orgs/index.ts';
import { tellMissing } from './announce.ts';
import { checkins, type StoredCheckin, type StoredTask, TASK_NAMES, targets, tasks } from './model.ts';
import { type Period, periodOf } from './periods.ts';
import {
  cardOf,
  checkinCard,
  keepEvent,
  loadTask,
  numberAndWords,
  periodFor,
  progressOf,
  putCheckin,
  refreshCards,
  roundOperation,
  sayTask,
  type TaskRound,
} from './record.ts';
import { countWaiting, reviewPage, reviewPart, tickOf } from './review-list.ts';
import { rights } from './rights.ts';

/** The missing are nudged by hand at most this often. */
const NUDGE_MS = 4 * 3_600_000;
/** Check-ins that are passed in one transaction. */
const PASSED = 50;

/** A check-in as the issuer's side has it before itself. */
export interface SubmittedCheckin extends TaskRound {
  readonly checkin: StoredCheckin;
}

/** The check-in that a press names by its id, or words by task and unit: `RW-2026-0001 柳湾村 理由`. */
export async function loadCheckin(ctx: Ctx, raw: Raw): Promise<SubmittedCheckin> {
  const [number, period, unit] = typeof raw.checkin === 'string' ? raw.checkin.split('|') : [];
  const task = await loadTask(ctx, number ? { task: number } : raw);
  const round = periodFor(ctx, task, period ? { period } : raw);
  const named = unit ?? (typeof raw.unit === 'string' ? raw.unit : '');
  const found = named ? await findUnit(ctx.tx, named) : undefined;
  if (!found) throw new AppError('not_found', '请写上任务编号和单位。点“查看明细”可以一个一个看。');
  const checkin = await ctx.tx.table(checkins).get(`${round.id}|${found.id}`);
  if (!checkin) {
    // Who has not reported yet is for those to know whom the task concerns.
    const seen = await judge(rights.show, { task }, ctx, ctx.me);
    throw new AppError('not_found', seen === true ? `${found.name}还没有报进展。` : seen);
  }
  return { task, round, checkin };
}

/** An operation on one check-in. */
export const checkinOperation = recordOperation(loadCheckin, (rest) => {
  const { task, words: typed } = numberAndWords(rest);
  const [unit = '', ...more] = typed.split(/\s+/);
  return { ...(task && { task }), unit, ...(more.length > 0 && { reason: more.join(' ') }) };
});

async function reviewed(
  ctx: Ctx,
  { task, round, checkin }: SubmittedCheckin,
  text: string,
): Promise<Outcome> {
  await refreshCards(ctx, task, round, await getUnit(ctx.tx, checkin.unit));
  return { text, card: { subject: checkinCard(checkin) }, did: { kind: 'task', id: task.id } };
}

const BETWEEN = /[,，、;；]/;

export const pass = checkinOperation(rights.pass, {
  words: ['通过'],
  example: 'RW-2026-0001 柳湾村',
  /** Several units are named: 通过 RW-2026-0001 柳湾村、青石村. */
  open: async (_ctx, { task, period, unit }) =>
    typeof unit === 'string' && BETWEEN.test(unit)
      ? { op: passSome, raw: { task, period, ticked: unit } }
      : undefined,
  run: (ctx, _input, submitted) => passOne(ctx, submitted),
});

async function passOne(ctx: Ctx, submitted: SubmittedCheckin): Promise<Outcome> {
  const { task, round, checkin } = submitted;
  await putCheckin(ctx, checkin, { ...checkin, state: 'passed' });
  await keepEvent(ctx, ctx.me, checkin, '通过');
  await endIfDone(ctx, task, round);
  return reviewed(ctx, submitted, `${await unitName(ctx.tx, checkin.unit)}已通过。`);
}

/** In the place of the one that passed comes the one that waits longest; after the last one, the task. */
export const passOn = checkinOperation(rights.passOn, {
  words: ['通过并看下一份'],
  example: 'RW-2026-0001 柳湾村',
  async run(ctx, _input, submitted) {
    const { task, round } = submitted;
    const passed = await passOne(ctx, submitted);
    const did = { kind: 'task', id: task.id };
    const where = { round: round.id, state: 'in' as const };
    const [next] = (await ctx.tx.table(checkins).find({ where, order: 'at', limit: 1 })).rows;
    if (!next)
      return { text: `${passed.text}都看完了。`, card: { subject: cardOf(task, round, task.issuer) }, did };
    const left = await countWaiting(ctx.tx, round);
    const text = `${passed.text}下一份是${await unitName(ctx.tx, next.unit)}的，还有${left}份。`;
    return { text, card: { subject: checkinCard(next) }, did };
  },
});

/** Why a check-in that was ticked or named cannot pass; else the check-in. */
async function passable(
  ctx: Ctx,
  { task, round }: TaskRound,
  ticked: string,
): Promise<{ readonly checkin: StoredCheckin } | { readonly why: string }> {
  const [named = '', version] = ticked.split('~');
  const unit = await findUnit(ctx.tx, named);
  if (!unit) return { why: `“${named.slice(0, 20)}”没有找到这个单位` };
  const checkin = await ctx.tx.table(checkins).get(`${round.id}|${unit.id}`);
  if (!checkin) return { why: `${unit.name}没有报进展，或者撤销了` };
  if (version !== undefined && ticked !== tickOf(checkin)) return { why: `${unit.name}刚改过，请再看一遍` };
  const verdict = await judge(rights.pass, { task, round, checkin }, ctx, ctx.me);
  return verdict === true ? { checkin } : { why: `${unit.name}：${verdict.replace(/。$/, '')}` };
}

/** Those that are ticked, or all of the page that was looked at; what could not pass is named. */
export const passSome = roundOperation(rights.passSome, {
  words: ['通过选中的', '批量通过'],
  example: 'RW-2026-0001 柳湾村、后麦仓村',
  fromText(rest) {
    const { task, words: ticked } = numberAndWords(rest);
    return { ...(task && { task }), ticked };
  },
  input: z.object({
    ticked: z.string().max(4_000).default(''),
    page: z.string().max(4_000).optional(),
    ...reviewPart,
  }),
  async run(ctx, { ticked, page, ...part }, { task, round }) {
    const names = [...new Set((page ?? ticked).split(BETWEEN).map((one) => one.trim()))].filter(Boolean);
    if (names.length === 0) throw new AppError('invalid', '请先勾上要通过的，再点“通过选中的”。');
    if (names.length > PASSED) throw new AppError('invalid', `一次最多通过${PASSED}份，请分几次。`);
    const passing = new Map<string, StoredCheckin>();
    const left: string[] = [];
    for (const name of names) {
      const found = await passable(ctx, { task, round }, name);
      if ('why' in found) left.push(found.why);
      else passing.set(found.checkin.id, found.checkin);
    }
    const passed = [...passing.values()];
    await passRows(ctx, ctx.me, { task, round }, passed);
    await endIfDone(ctx, task, round);
    const said = [
      passed.length > 0 ? `已通过${passed.length}份。` : '一份也没有通过。',
      left.length > 0 ? `没有通过的${left.length}份：${left.join('；')}。` : '',
    ].join('');
    const did = { kind: 'task', id: task.id };
    if ((await countWaiting(ctx.tx, round)) > 0)
      return { ...(await reviewPage(ctx, { task, round }, part, said)), did };
    return { text: `${said}都看完了。`, card: { subject: cardOf(task, round, task.issuer) }, did };
  },
});

async function passRows(
  doing: Doing,
  reviewer: Pick<Actor, 'id' | 'name'>,
  { task, round }: TaskRound,
  rows: readonly StoredCheckin[],
): Promise<void> {
  for (const row of rows) {
    await putCheckin(doing, row, { ...row, state: 'passed' });
    await keepEvent(doing, reviewer, row, '通过');
    await refreshCards(doing, task, round, await getUnit(doing.tx, row.unit));
  }
}

export const sendBack = checkinOperation(rights.return, {
  words: ['退回', '退回进展', '退回打卡'],
  example: 'RW-2026-0001 柳湾村 请写清哪几户',
  input: z.object({
    reason: words('原因', 300, '请写退回的原因，还差什么'),
  }),
  form: async (ctx, { task, round, checkin }) => ({
    intro: `${await unitName(ctx.tx, checkin.unit)}：${sayTask(task, round.period)}`,
    fields: [field.lines('reason', '为什么退回', 300, { required: true, hint: '还差什么，一两句话就行' })],
    submit: { op: rights.return, data: { checkin: checkin.id }, style: 'destructive' },
  }),
  async run(ctx, { reason }, submitted) {
    const { task, round, checkin } = submitted;
    const saved = await putCheckin(ctx, checkin, { ...checkin, state: 'returned', reason });
    await keepEvent(ctx, ctx.me, checkin, '退回', reason);
    if (task.decision) ctx.emit(decisionReturned, { decision: task.decision });
    await tellUnit(ctx, checkin.unit, {
      text: `${sayTask(task, round.period)} 的进展退回了：${reason}。请您再报一次。`,
      card: { subject: checkinCard(checkin) },
      key: `checkin:${checkin.id}:${saved.rev}`,
    });
    return reviewed(ctx, submitted, `已退回给${await unitName(ctx.tx, checkin.unit)}。`);
  },
});

/** The task that a decision became has ended, so the decision is done; `words` say how. */
export const decisionDone = defineEvent<{ readonly decision: string; readonly words: string }>(
  'tasks.decisionDone',
);

/** The check-in of the task of a decision was returned. */
export const decisionReturned = defineEvent<{ readonly decision: string }>('tasks.decisionReturned');

/** Everybody who is in has passed and nothing comes after: the task has ended by itself. */
async function endIfDone(doing: Doing, task: StoredTask, round: Period): Promise<void> {
  if (task.rhythm !== 'once' || task.state !== 'open') return;
  const { passed, size } = await progressOf(doing.tx, task, round);
  if (passed < size) return;
  await closeTask(doing, task);
  if (task.decision) doing.emit(decisionDone, { decision: task.decision, words: `${task.id} 已通过` });
}

/** No more check-ins, no more periods. */
export async function closeTask(doing: Doing, task: StoredTask): Promise<void> {
  await doing.tx.table(tasks).put({ ...task, state: 'ended', endedOn: doing.today });
  const { rows } = await doing.tx.table(targets).find({ where: { task: task.id }, limit: 1000 });
  for (const row of rows) await doing.tx.table(targets).put({ ...row, state: 'ended' });
}

interface PassJob {
  readonly task: string;
  readonly period: string;
  /** What came in later has not been looked at. */
  readonly until: string;
  readonly id: string;
  readonly name: string;
}

/** Pass the next check-ins of a period; resolves to whether there may be more. */
async function passPage(doing: Doing, { task: id, period, until, ...reviewer }: PassJob): Promise<boolean> {
  const task = await doing.tx.table(tasks).get(id);
  if (!task) return false;
  const round = periodOf(task, period, doing.workdays);
  const { rows } = await doing.tx
    .table(checkins)
    .find({ where: { round: round.id, state: 'in' }, order: 'at', range: { lte: until }, limit: PASSED });
  await passRows(doing, reviewer, { task, round }, rows);
  if (rows.length === PASSED) return true;
  await endIfDone(doing, task, round);
  return false;
}

export const passJob: JobKind = {
  kind: 'tasks.passAll',
  async step(doing, { data }) {
    const text = (key: string) => String(data[key]);
    const job = {
      task: text('task'),
      period: text('period'),
      until: text('until'),
      id: text('id'),
      name: text('name'),
    };
    return (await passPage(doing, job)) ? 'more' : undefined;
  },
};

export const passAll = roundOperation(rights.passAll, {
  words: ['全部通过'],
  async preview(ctx, _input, { task, round }) {
    const waiting = await countWaiting(ctx.tx, round);
    if (waiting === 0) return undefined;
    return {
      text: `${sayTask(task, round.period)}，${waiting}份待审核的一次通过。`,
    };
  },
  async run(ctx, _input, { task, round }) {
    const waiting = await countWaiting(ctx.tx, round);
    if (waiting === 0) return { text: '现在没有待审核的，别的任务发送“审核”看。' };
    const { id, name } = ctx.me;
    const job = { task: task.id, period: round.period, until: ctx.now.toISOString(), id, name };
    if (await passPage(ctx, job)) ctx.start(passJob, job);
    const did = { kind: 'task', id: task.id };
    return { text: `好，${waiting}份都通过。`, card: { subject: cardOf(task, round, task.issuer) }, did };
  },
});

export const nudge = roundOperation(rights.nudge, {
  words: ['催办', 'nudge'],
  async run(ctx, _input, { task, round }) {
    const out = withinHours(ctx.now, USUAL_HOURS, ctx.workdays);
    const next = task.nudgedAt ? new Date(Date.parse(task.nudgedAt) + NUDGE_MS) : ctx.now;
    if (next > ctx.now) {
      const [last, again] = [task.nudgedAt ?? '', next.toISOString()].map((at) => sayTime(at, ctx.today));
      const said = new Date(task.nudgedAt ?? '') > ctx.now ? `已经催办，${last}发出` : `${last}刚催过`;
      throw new AppError('stale', `${said}，${again}以后可以再催。`);
    }
    const { size, in: came } = await progressOf(ctx.tx, task, round);
    if (came >= size) return { text: '都报齐了，不用催。' };
    await ctx.tx.table(tasks).put({ ...task, nudgedAt: out.toISOString() });
    await tellMissing(ctx, task, round.period, out > ctx.now);
    const text =
      out > ctx.now
        ? `现在不在提醒时段，${sayTime(out.toISOString(), ctx.today)}再催，只催到那时还没报的单位（现在${size - came}个）。`
        : `已催办，只催还没报的${size - came}个单位。4小时后可以再催。`;
    // The card stays as it is: what happened is said in words, or nobody would see that anything did.
    return { text, did: { kind: 'task', id: task.id } };
  },
});

export const end = roundOperation(rights.end, {
  words: ['结束任务'],
  preview: async (_ctx, _input, { task, round }) => ({
    text: `${sayTask(task, round.period)}：结束后不能再报，也不能再审核。`,
    style: 'destructive',
  }),
  async run(ctx, _input, { task, round }) {
    await closeTask(ctx, task);
    const subject = cardOf(task, round, task.issuer);
    ctx.refresh(subject);
    return {
      text: `${task.id} ${TASK_NAMES.ended}。`,
      card: { subject },
      did: { kind: 'task', id: task.id },
    };
  },
});
