/** 审核: what waits for the issuer's side, page by page with its photos, to be passed several at a time. */
import { z } from 'zod';
import { photosOf } from '../../bot/cards/album.ts';
import { nextPage } from '../../bot/cards/page.ts';
import { type Button, button, listCard, note, type RowSpec, subjectKey } from '../../bot/cards/spec.ts';
import { textOf } from '../../bot/cards/text.ts';
import { filesAbout } from '../../bot/files/files.ts';
import type { FileRow } from '../../bot/files/tables.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor } from '../../lib/inputs.ts';
import { shorten } from '../../lib/text.ts';
import type { Where } from '../../store/store.ts';
import { findUnit, getUnit, type Unit, unitName } from '../orgs/index.ts';
import { type Checkin, checkins, type Proofs, type StoredCheckin, type StoredTask, tasks } from './model.ts';
import { currentPeriod, type Period, periodBefore, periodOf } from './periods.ts';
import {
  checkinCard,
  loadRound,
  numberAndWords,
  proofsOf,
  sayAmount,
  sayTask,
  type TaskRound,
} from './record.ts';
import { rights } from './rights.ts';
import { handsOut } from './whom.ts';

const PAGE = 10;
/** Most open tasks of a unit that are looked at. */
const MOST = 50;
const WORDS = 30;

/** Parts of what waits, as people call them. */
const ALL = '全部待审核';
const LACKING = '缺佐证';
const PICTURED = '有照片';
const TOWNSHIPS = '按乡镇';
const PROOFS = new Map<string, Proofs>(Object.entries({ [LACKING]: 'none', [PICTURED]: 'photos' }));

/** Which part of what waits is looked at, and from where on. */
export const reviewPart = {
  part: z.string().trim().max(100).catch('').default(''),
  after: cursor.catch(undefined),
};
export type ReviewPart = z.infer<z.ZodObject<typeof reviewPart>>;

/** A row among those that are ticked: whose it is, and as which version it was looked at. */
export const tickOf = ({ unit, version }: Pick<Checkin, 'unit' | 'version'>) => `${unit}~${version}`;

/** 审核 without a task: the one in which something waits, or all of those to choose from. */
export const reviews = operation<TaskRound | null, ReviewPart>({
  right: rights.review,
  words: ['审核', '待审核'],
  help: '看报上来的进展，一份一份或一次几份通过',
  offered: handsOut,
  example: 'RW-2026-0001 缺佐证',
  glued: 'number',
  fromText(rest) {
    const { task, words } = numberAndWords(rest);
    return { ...(task && { task }), ...(words && { part: words }) };
  },
  record: async (ctx, raw) => (raw.task ? loadRound(ctx, raw) : null),
  input: z.object(reviewPart),
  async run(ctx, part, round) {
    if (round) return reviewPage(ctx, round, part);
    const waiting = await waitingOf(ctx, await getUnit(ctx.tx, ctx.me.unit));
    const [only, other] = waiting;
    if (!only) {
      const none = '没有等本单位审核的进展：下达的任务有人报了才有。报得怎么样，发送“任务”看。';
      return { text: '', card: note(none, [button(rights.list)]), mine: true };
    }
    if (!other) return reviewPage(ctx, only, part);
    const rows = waiting.map(({ task, round: { period }, count }) => ({
      mark: '待审核',
      title: sayTask(task, period),
      sub: `${task.id} · ${count}份`,
      op: rights.review,
      data: { task: task.id, period, part: part.part },
    }));
    return {
      text: '',
      card: listCard('审核', `${rows.length}项任务有等您审核的，点一下看。`, rows, []),
      mine: true,
    };
  },
});

/** Periods of a unit's open tasks in which check-ins wait for it, the newest task first. */
export async function waitingOf(
  { tx, today, workdays }: World,
  unit: Unit,
): Promise<readonly (TaskRound & { readonly count: number })[]> {
  const waiting = [];
  const given = await tx
    .table(tasks)
    .find({ where: { issuer: unit.id, state: 'open' }, order: 'handedAt', desc: true, limit: MOST });
  for (const task of given.rows) {
    const current = currentPeriod(task, today);
    for (const period of [periodBefore(task, current), current]) {
      if (!period) continue;
      const round = periodOf(task, period, workdays);
      const count = await countWaiting(tx, round);
      if (count > 0) waiting.push({ task, round, count });
    }
  }
  return waiting;
}

export function countWaiting(tx: World['tx'], { id }: Period): Promise<number> {
  return tx.table(checkins).count({ round: id, state: 'in' });
}

/** A page of what waits. @param said what came of the press before, said above it */
export async function reviewPage(
  ctx: Ctx,
  { task, round }: TaskRound,
  { part, after }: ReviewPart,
  said = '',
): Promise<Outcome> {
  const count = await countWaiting(ctx.tx, round);
  const title = `审核：${sayTask(task, round.period)}`;
  const lines = [said, count > 0 ? `${count}份等您审核。` : '现在没有等您审核的，别的任务发送“审核”看。'];
  const data = { task: task.id, period: round.period };
  const chosen = part === ALL ? '' : part;
  const keep = { ...data, ...(chosen && { part: chosen }) };
  const turn = (next: string | undefined) => nextPage(rights.review, next && { ...keep, after: next });
  if (chosen === TOWNSHIPS) {
    const { rows, next } = await townships(ctx, task, round, after);
    const sub = [...lines, '点一个乡镇看它的。'].filter(Boolean).join('\n');
    const all = button(rights.review, data, 'default', ALL);
    return { text: '', card: listCard(title, sub, rows, [...turn(next), all]), mine: true };
  }
  const { name, rows, next, ticks } = await rowsOf(ctx, task, round, chosen, after);
  // Everything from here on is done: what was left before it comes again.
  if (after && rows.length === 0 && !next) return reviewPage(ctx, { task, round }, { part }, said);
  if (name) lines.push(`这里是${name}的${rows.length > 0 || next ? '' : '，没有了'}。`);
  if (rows.length > 0) lines.push('勾上的一次通过，点一份看详情。');
  const here = { ...keep, ...(after && { after }) };
  const page = { ...here, page: ticks.join() };
  const buttons = [
    ...(rows.length > 0 ? [button(rights.passSome, page, 'default', `通过本页${rows.length}份`)] : []),
    ...turn(next),
    ...(count > 1 && !chosen ? [button(rights.passAll, data)] : []),
    button(rights.show, data, 'default', '回到任务'),
  ];
  const card = listCard(title, lines.filter(Boolean).join('\n'), rows, buttons, {
    tabs: count > 1 || chosen ? await tabsOf(ctx, task, round, chosen) : [],
    ticked: rows.length > 0 ? [button(rights.passSome, here)] : [],
  });
  const names = rows.slice(0, 2).map((row) => row.title);
  const typed = names.length > 0 ? `\n打字：${rights.passSome.title} ${task.id} ${names.join('、')}` : '';
  return { text: textOf(card) + typed, card, mine: true };
}

/** A page of one part, with what each is called among the ticked ones. */
async function rowsOf(ctx: Ctx, task: StoredTask, round: Period, part: string, after: string | undefined) {
  const { name, where } = await whereOf(ctx, task, round, part);
  const page = await ctx.tx.table(checkins).find({ where, order: 'at', limit: PAGE, after });
  const added = await evidenceOf(ctx, page.rows);
  const wanted = PROOFS.get(part);
  // What the version before wrote does not say what it has: the files do.
  const shown = page.rows.filter((row) => !wanted || wanted === proofsOf(added.get(row.id) ?? []));
  const rows: RowSpec[] = [];
  for (const row of shown) rows.push(await rowOf(ctx, task, row, added.get(row.id) ?? []));
  return { name, rows, next: page.next, ticks: shown.map(tickOf) };
}

/** @throws AppError `not_found` for what is neither a part nor a township */
async function whereOf(
  { tx }: Ctx,
  task: StoredTask,
  { id }: Period,
  part: string,
): Promise<{ readonly name: string; readonly where: Where<Checkin> }> {
  const where = { round: id, state: 'in' } as const;
  const proof = PROOFS.get(part);
  if (part === LACKING && task.evidence === '')
    throw new AppError('invalid', `${task.id} 没有要求佐证，没有缺佐证的。`);
  if (proof) return { name: part, where: { ...where, proof: [proof, ''] } };
  if (part === '') return { name: '', where };
  const unit = await findUnit(tx, part);
  if (unit) return { name: unit.name, where: { ...where, parent: unit.id } };
  throw new AppError(
    'not_found',
    `没有“${part.slice(0, 20)}”这一类。可以写 ${LACKING}、${PICTURED}，或者乡镇（街道）的名称`,
  );
}

/** The other parts that this task can have. */
async function tabsOf(
  { tx }: Ctx,
  task: StoredTask,
  { id, period }: Period,
  part: string,
): Promise<Button[]> {
  const issuer = await getUnit(tx, task.issuer);
  // One with a photo is enough, and those of which the version before did not say.
  const pictured = { round: id, state: 'in', proof: ['photos', ''] } as const;
  const { rows } = await tx.table(checkins).find({ where: pictured, order: 'at', limit: 1 });
  const parts = [
    ALL,
    ...(task.evidence ? [LACKING] : []),
    ...(rows.length > 0 ? [PICTURED] : []),
    ...(issuer.kind !== 'township' && task.scope.below.length > 0 ? [TOWNSHIPS] : []),
  ];
  const data = { task: task.id, period };
  return parts
    .filter((one) => one !== (part || ALL))
    .map((one) => button(rights.review, { ...data, ...(one !== ALL && { part: one }) }, 'default', one));
}

/** How many wait below each unit, the most first; `after` counts units. */
async function townships({ tx }: Ctx, task: StoredTask, { id, period }: Period, after: string | undefined) {
  const counts = await tx.table(checkins).countBy('parent', { round: id, state: 'in' });
  const sorted = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const from = Number(after ?? 0) || 0;
  const rows: RowSpec[] = [];
  for (const [unit, count] of sorted.slice(from, from + PAGE)) {
    if (unit === '') continue;
    const data = { task: task.id, period, part: unit };
    const title = await unitName(tx, unit);
    rows.push({ mark: '待审核', title, sub: `${count}份`, op: rights.review, data });
  }
  return { rows, next: from + PAGE < sorted.length ? String(from + PAGE) : undefined };
}

/** The files of these check-ins, by check-in. */
async function evidenceOf(
  ctx: Ctx,
  rows: readonly StoredCheckin[],
): Promise<ReadonlyMap<string, readonly FileRow[]>> {
  if (rows.length === 0) return new Map();
  const files = await filesAbout(ctx, rows.map(checkinCard));
  return new Map(
    rows.map((row) => [row.id, files.filter(({ about }) => about === subjectKey(checkinCard(row)))]),
  );
}

async function rowOf(
  ctx: Ctx,
  task: StoredTask,
  checkin: StoredCheckin,
  added: readonly FileRow[],
): Promise<RowSpec> {
  const photos = photosOf(ctx, added, ctx.me);
  const parts = [
    sayAmount(task, checkin),
    checkin.late ? '超期' : '',
    checkin.difficulty ? '有困难' : '',
    photos.length > 1 ? `照片${photos.length}张` : '',
    checkin.name,
    shorten(checkin.words, WORDS),
  ];
  return {
    mark: '',
    title: await unitName(ctx.tx, checkin.unit),
    sub: parts.filter(Boolean).join(' · '),
    lack: lacks(task, added) ? LACKING : '',
    photo: photos[0]?.url ?? '',
    tick: tickOf(checkin),
    op: rights.sheet,
    data: { checkin: checkin.id },
  };
}

/** Evidence is wanted, and there is none. */
export function lacks({ evidence }: Pick<StoredTask, 'evidence'>, added: readonly FileRow[]): boolean {
  return evidence !== '' && added.length === 0;
}
