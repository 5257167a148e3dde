/** 任务: one task, a page of those that this unit has to do with, the details of one; and what waits for a person. */
import { z } from 'zod';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import { type Button, button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { foldHan } from '../../lib/han.ts';
import { findUnit, getUnit, isBranch, type Unit, unitName } from '../orgs/index.ts';
import { assignmentsOf, isMissing } from './assignment.ts';
import {
  CHECKIN_NAMES,
  type Checkin,
  type CheckinState,
  type StoredTask,
  TASK_NAMES,
  tasks,
} from './model.ts';
import { type Part, partsOf, sayPart } from './parts.ts';
import { type Period, periodBefore, sayPeriod } from './periods.ts';
import {
  cardOf,
  checkinCard,
  hasPart,
  isIssuer,
  loadRound,
  numberAndWords,
  periodFor,
  progressOf,
  roundOperation,
  sayAmount,
  sayTask,
  type TaskRound,
  tasksAround,
} from './record.ts';
import { checkinOperation } from './review.ts';
import { countWaiting, reviews, waitingOf } from './review-list.ts';
import { rights } from './rights.ts';
import { handsOut } from './whom.ts';

const PAGE = 6;
/** Most open tasks that are looked at for one unit. */
const MOST = 50;

const ENDED = TASK_NAMES.ended;
const FILTERS = ['', '本单位下达的', ENDED] as const;
type Filter = (typeof FILTERS)[number];
const ALIASES = new Map<string, Filter>(
  Object.entries({
    下达: '本单位下达的',
    我单位下达的: '本单位下达的',
    下达的: '本单位下达的',
    结束: ENDED,
    本单位: '',
    清单: '',
    全部: '',
  }),
);

const filterOf = (said: string): Filter | undefined =>
  ALIASES.get(said) ?? FILTERS.find((one) => one === said);

/** The card that shows a person a task: the whole for who gave it or sees all, else the part of the person's unit. */
async function openTask(ctx: Ctx, { task, round }: TaskRound): Promise<Outcome> {
  const unit = await getUnit(ctx.tx, ctx.me.unit);
  const part = unit.kind === 'city' || !(await hasPart(ctx.tx, task, unit)) ? task.issuer : unit.id;
  return {
    text: `${task.id} ${sayTask(task, round.period)}`,
    card: { subject: cardOf(task, round, part) },
    mine: true,
  };
}

export const list = operation<TaskRound | null, { filter: Filter; from: number }>({
  right: rights.list,
  words: ['任务', 'task', 'tasks', '任务清单', '我的任务'],
  help: '看任务：编号、下达的、已结束',
  record: async (ctx, raw) => (raw.task ? loadRound(ctx, raw) : null),
  fromText(rest): Raw {
    const { task } = numberAndWords(rest);
    if (task) return { task };
    const filter = filterOf(foldHan(rest));
    return filter === undefined ? { task: rest } : { filter };
  },
  input: z.object({
    filter: z
      .string()
      .transform((said) => filterOf(said) ?? '')
      .catch('')
      .default(''),
    from: z.number().int().min(0).catch(0).default(0),
  }),
  async run(ctx, { filter, from }, one) {
    if (one) return openTask(ctx, one);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const all = await tasksOf(ctx, unit, filter);
    const rows = [];
    for (const task of all.slice(from, from + PAGE)) rows.push(await rowOf(ctx, task, unit));
    const title = filter === '' ? '任务清单' : filter === ENDED ? `${ENDED}的任务` : `${filter}任务`;
    const sub =
      all.length === 0 ? noneOf(filter, await handsOut(ctx, ctx.me)) : `共${all.length}项，点一下打开。`;
    const more = nextPage(rights.list, from + PAGE < all.length && { filter, from: from + PAGE });
    const others = FILTERS.filter((f) => f !== filter).map((f) =>
      button(rights.list, { filter: f }, 'default', f || `${TASK_NAMES.open}的`),
    );
    const text = inLines(`${title}：${sub}`, rows);
    return { text, card: listCard(title, sub, rows, [...more, ...others]), mine: true };
  },
});

/** Why a list is empty, and what to do. */
function noneOf(filter: Filter, hands: boolean): string {
  if (filter === ENDED) return '还没有本单位下达、已经结束的任务。进行中的，发送“任务”看。';
  const none =
    filter === '' ? '没有进行中的任务，本单位要办的和下达的都在这里。' : '没有本单位下达、还在办的任务。';
  return `${none}${hands ? '要下达，发送“下达任务”。' : '有了会通知您；有事要反映，发送“上报”。'}`;
}

/** Open ones that the unit gave or that concern it; or those it gave; or those it gave that have ended. */
async function tasksOf({ tx }: World, unit: Unit, filter: Filter): Promise<readonly StoredTask[]> {
  const state = filter === ENDED ? 'ended' : 'open';
  const given = await tx
    .table(tasks)
    .find({ where: { issuer: unit.id, state }, order: 'handedAt', desc: true, limit: MOST });
  if (filter !== '') return given.rows;
  const found = [...given.rows];
  for (const task of await tasksAround(tx, unit, MOST)) {
    if (!isIssuer(task, { unit: unit.id } as Actor) && (await hasPart(tx, task, unit))) found.push(task);
  }
  return found;
}

async function rowOf(world: World, task: StoredTask, unit: Unit): Promise<RowSpec> {
  const round = periodFor(world, task, {});
  const whole = isIssuer(task, { unit: unit.id } as Actor);
  const { in: came, size } = await progressOf(world.tx, task, round, whole ? undefined : unit);
  const single = !whole && isBranch(unit);
  const late = task.state === 'open' && world.today > round.due && came < size;
  return {
    mark:
      task.state !== 'open'
        ? TASK_NAMES[task.state]
        : single
          ? came > 0
            ? '已报'
            : late
              ? '超期'
              : '请报进展'
          : `已报 ${came}/${size}`,
    title: sayTask(task, round.period),
    sub: `${task.id} · ${sayDay(round.due, world.today)}前`,
    op: rights.show,
    data: { task: task.id, period: round.period },
  };
}

/** A number typed alone, a row of a list. */
export const show = roundOperation(rights.show, {
  run: (ctx, _input, one) => openTask(ctx, one),
});

/** One check-in, for those who may see the task. */
export const showCheckin = checkinOperation(rights.sheet, {
  run: async (ctx, _input, { task, round, checkin }) => ({
    text: `${await unitName(ctx.tx, checkin.unit)} ${sayTask(task, round.period)}`,
    card: { subject: checkinCard(checkin) },
    mine: true,
  }),
});

interface Details extends TaskRound {
  readonly at: Unit | undefined;
}

/** 查看明细: the parts of a task below one unit, and those that wait for review. */
export const detail = operation<
  Details,
  { only?: 'in' | undefined; from: number; after?: string | undefined }
>({
  right: rights.detail,
  words: ['查看明细', '明细'],
  fromText(rest) {
    const { task, words } = numberAndWords(rest);
    return { ...(task && { task }), ...(words && { at: words }) };
  },
  async record(ctx, raw) {
    const words = typeof raw.at === 'string' ? raw.at : '';
    const at = words ? await findUnit(ctx.tx, words) : undefined;
    if (words && !at) throw new AppError('not_found', `没有找到“${words.slice(0, 20)}”这个单位。`);
    return { ...(await loadRound(ctx, raw)), at };
  },
  /** So said the cards of the version before what is 审核 now. */
  open: async (_ctx, { only, ...raw }) => (only === 'in' ? { op: reviews, raw } : undefined),
  input: z.object({ from: z.number().int().min(0).catch(0).default(0) }),
  async run(ctx, { from }, { task, round, at }) {
    const data = { task: task.id, period: round.period };
    const here = { ...data, ...(at && { at: at.id }) };
    const waiting = isIssuer(task, ctx.me) ? await countWaiting(ctx.tx, round) : 0;
    const { rows, more } = await partRows(ctx, task, round, at, from);
    const progress = await progressOf(ctx.tx, task, round, at);
    const title = `${at ? `${at.name} ` : ''}${sayTask(task, round.period)}`;
    const sub = `${sayPart(task, progress)}。`;
    const before = periodBefore(task, round.period);
    const buttons: Button[] = [
      ...nextPage(rights.detail, more && { ...here, ...more }),
      ...(waiting > 0
        ? [button(rights.review, data, 'positive', `待审核${waiting}份`), button(rights.passAll, data)]
        : []),
      ...((await may(rights.export, { task, round }, ctx, ctx.me)) ? [button(rights.export, data)] : []),
      ...(before
        ? [button(rights.detail, { ...here, period: before }, 'default', `看${sayPeriod(before)}`)]
        : []),
      button(rights.show, data, 'default', '回到任务'),
    ];
    const text = inLines(`${title}：${sub}`, rows);
    return { text, card: listCard(title, sub, rows, buttons.slice(0, 5)), mine: true };
  },
});

async function partRows(ctx: Ctx, task: StoredTask, round: Period, at: Unit | undefined, from: number) {
  const parts = [...(await partsOf(ctx, task, round, at))].sort((a, b) => urgency(a) - urgency(b));
  const rows = parts.slice(from, from + PAGE).map((part): RowSpec => {
    if (!part.leaf) {
      return {
        mark: part.in >= part.size ? '已报齐' : `缺${part.size - part.in}`,
        title: part.unit.name,
        sub: sayPart(task, part),
        op: rights.detail,
        data: { task: task.id, period: round.period, at: part.unit.id },
      };
    }
    return leafRow(ctx, task, round, part.unit.name, part.checkin);
  });
  return { rows, more: from + PAGE < parts.length ? { from: from + PAGE } : undefined };
}

const URGENCY: Readonly<Record<CheckinState, number>> = { returned: 1, in: 2, passed: 3 };
/** The missing first, then what was returned, what waits, what has passed. */
function urgency(part: Part): number {
  if (!part.leaf) return part.in / part.size;
  return part.checkin ? URGENCY[part.checkin.state] : 0;
}

function leafRow(
  { today }: World,
  task: StoredTask,
  round: Period,
  name: string,
  known: Checkin | undefined,
): RowSpec {
  const late = known?.late ? ' · 超期' : '';
  const missing = today > round.due ? '超期未报' : '未报';
  return {
    mark: known ? CHECKIN_NAMES[known.state] : missing,
    title: name,
    sub: known
      ? `${sayAmount(task, known)}${late} · ${known.name}${known.difficulty ? ' · 有困难' : ''}`
      : `${sayDay(round.due, today)}前`,
    op: known ? rights.sheet : rights.show,
    data: known ? { checkin: known.id } : { task: task.id, period: round.period },
  };
}

/** What waits for a person: check-ins of the unit, and those of others to review. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const { tx } = world;
  const unit = await getUnit(tx, actor.unit);
  const waiting: Todo[] = [];
  for (const { task, round, checkin } of await assignmentsOf(world, unit)) {
    // What was decided in a meeting is on the list as that.
    if (!isMissing(checkin) || task.decision) continue;
    waiting.push({
      number: task.id,
      title: sayTask(task, round.period),
      ask: checkin ? '退回了，请再报' : '请报进展',
      due: round.due,
      op: rights.checkin,
      data: { task: task.id, period: round.period },
    });
  }
  if (isBranch(unit)) return waiting;
  for (const { task, round, count } of await waitingOf(world, unit)) {
    waiting.push({
      number: task.id,
      title: sayTask(task, round.period),
      ask: `${count}份待审核，请审核`,
      due: null,
      op: rights.review,
      data: { task: task.id, period: round.period },
    });
  }
  return waiting;
}
