/** What all operations on tasks share: loading for the sender, who may see, which cards show what, the sums. */
import { isPhoto } from '../../bot/cards/album.ts';
import type { Raw, Subject } from '../../bot/cards/spec.ts';
import { filesOf } from '../../bot/files/files.ts';
import type { FileRow } from '../../bot/files/tables.ts';
import type { Ctx } from '../../bot/operation.ts';
import { recordOperation, recordsOf } from '../../bot/turn/records.ts';
import type { Actor, Doing, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { pages, parts } from '../../lib/pages.ts';
import { numbered } from '../../lib/recordnumber.ts';
import type { Tx } from '../../store/store.ts';
import { getUnit, isBranch, type Unit, unitsAbove } from '../orgs/index.ts';
import {
  addSums,
  type Checkin,
  checkinEvents,
  checkins,
  NO_SUMS,
  type Proofs,
  type Said,
  type StoredCheckin,
  type StoredTask,
  type Sums,
  sumsOf,
  type Task,
  takenBack,
  tallies,
  targets,
  tasks,
} from './model.ts';
import { currentPeriod, isPeriodOf, type Period, periodOf, sayPeriod } from './periods.ts';
import { covers, scopeWithin, sizeOf } from './scope.ts';

export const numbers = numbered('RW');
export const { load: loadTask, numberAndWords } = recordsOf({
  kind: 'task',
  table: tasks,
  numbers,
  word: '任务',
});

/** Up to this many units all cards of a task show the whole of it; beyond, each shows its own part of the tree. */
export const SHARED = 30;

/** `200户`, `85%`. */
export function sayAmount(
  { measure }: Pick<Task, 'measure'>,
  { amount, percent }: Pick<Checkin, 'amount' | 'percent'>,
): string {
  if (amount !== null) return `${amount}${measure ?? ''}`;
  return percent === null || percent === 100 ? '已完成' : `完成${percent}%`;
}

/** The title with its period: `入户走访（11月）`. */
export function sayTask({ title }: Pick<Task, 'title'>, period: string): string {
  const part = sayPeriod(period);
  return part ? `${title}（${part}）` : title;
}

/** `11月25日前`. */
export function sayDue({ due }: Period, { today }: Pick<World, 'today'>): string {
  return `${sayDay(due, today)}前`;
}

/** True when this person's unit has to do with the task: it gave it, has to do it, or stands above one that has. */
export async function maySee(tx: Tx, task: Task, actor: Actor): Promise<boolean> {
  if (task.visible === 'all' || actor.unit === task.issuer) return true;
  const unit = await getUnit(tx, actor.unit);
  if (unit.kind === 'city' || (await covers(tx, task.scope, unit))) return true;
  return !isBranch(unit) && (await hasPart(tx, task, unit));
}

/** True when something of the task is asked of this unit or below it. */
export async function hasPart(tx: Tx, task: Task, unit: Unit): Promise<boolean> {
  const { below, units } = await scopeWithin(tx, task.scope, unit);
  return below.length + units.length > 0;
}

/** The period that a press names, or the one that runs now. */
export function periodFor(world: World, task: Task, raw: Raw): Period {
  const named =
    typeof raw.period === 'string' && isPeriodOf(task, raw.period, world.today) ? raw.period : null;
  return periodOf(task, named ?? currentPeriod(task, world.today), world.workdays);
}

export interface TaskRound {
  readonly task: StoredTask;
  readonly round: Period;
}

/** A task in the period that a press names. */
export async function loadRound(ctx: Ctx, raw: Raw): Promise<TaskRound> {
  const task = await loadTask(ctx, raw);
  return { task, round: periodFor(ctx, task, raw) };
}

/** An operation on a task in one period. */
export const roundOperation = recordOperation(loadRound, numberAndWords);

/** Only the unit that gave a task out judges, nudges and ends it. */
export function isIssuer({ issuer }: Pick<Task, 'issuer'>, { unit }: Actor): boolean {
  return issuer === unit;
}

/** What a unit has said in a period. */
export function checkinOf(tx: Tx, { id }: Period, unit: string): Promise<StoredCheckin | undefined> {
  return tx.table(checkins).get(`${id}|${unit}`);
}

/** The card of a task for one unit's chats: of the whole task while it is small, else of the unit's part of it. */
export function cardOf({ id, size, issuer }: Task, { period }: Period, unit: string): Subject {
  const part = size <= SHARED || unit === issuer ? '' : unit;
  return { kind: 'task', id: `${id}@${part}@${period}` };
}

export function checkinCard({ id }: Pick<Checkin, 'id'>): Subject {
  return { kind: 'checkin', id };
}

/** Redraw what shows this unit's state: its own cards, those of the units above it, and the issuer's. */
export async function refreshCards(doing: Doing, task: Task, round: Period, unit: Unit): Promise<void> {
  const line = task.size <= SHARED ? [] : [unit, ...(await unitsAbove(doing.tx, unit))].map(({ id }) => id);
  const cards = [...line, task.issuer].map((id) => cardOf(task, round, id));
  for (const card of new Map(cards.map((subject) => [subject.id, subject])).values()) doing.refresh(card);
  doing.refresh(checkinCard({ id: `${round.id}|${unit.id}` }));
}

/** What the sender says for a unit in a period, as the first that was said there. */
export function newCheckin(
  { me, now, today }: Ctx,
  { id: task, issuer }: Task,
  { id: round, period, due }: Period,
  unit: Unit,
  said: Said,
): Checkin {
  return {
    ...{ ...said, id: `${round}|${unit.id}`, round, task, period, unit: unit.id, parent: unit.parent ?? '' },
    ...{ issuer, state: 'in', late: today > due, person: me.id, name: me.name, at: now.toISOString() },
    // What evidence there is, is looked up as it is written: photos may have come along.
    ...{ version: 1, before: null, reason: '', issue: null, marks: [], proof: '' },
  };
}

/** Write a check-in, and the sums of its period with it. */
export async function putCheckin(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  before: StoredCheckin | undefined,
  after: Checkin,
): Promise<StoredCheckin> {
  await changeSums(tx, after, sumsOf(before), sumsOf(after));
  const mark = { at: now.toISOString(), state: after.state };
  const marks = before && before.state === after.state ? after.marks : [...after.marks, mark];
  const proof = after.proof || (await proofOf(tx, after));
  return tx.table(checkins).put({ ...before, ...after, marks, proof });
}

/** What evidence these files are. */
export function proofsOf(added: readonly Pick<FileRow, 'kind'>[]): Proofs {
  if (added.length === 0) return 'none';
  return added.some(({ kind }) => isPhoto(kind)) ? 'photos' : 'files';
}

async function proofOf(tx: Tx, checkin: Pick<Checkin, 'id'>): Promise<Proofs> {
  return proofsOf(await filesOf({ tx }, checkinCard(checkin)));
}

/** Keep with a check-in what evidence it has now; nothing where it is not there yet. */
export async function noteProof(tx: Tx, { id }: Pick<Checkin, 'id'>): Promise<void> {
  const row = await tx.table(checkins).get(id);
  if (row) await tx.table(checkins).put({ ...row, proof: await proofOf(tx, row) });
}

/** Take a check-in out again. */
export async function dropCheckin(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  checkin: StoredCheckin,
): Promise<void> {
  await changeSums(tx, checkin, sumsOf(checkin), NO_SUMS);
  const { id, round, parent, unit, marks } = checkin;
  if ((await tx.table(tasks).get(checkin.task))?.major) {
    const until = now.toISOString();
    await tx.table(takenBack).put({ id: `${id}|${until}`, round, parent, unit, marks, until });
  }
  await tx.table(checkins).delete(checkin);
}

/** One line of the history of a check-in: who did what. */
export async function keepEvent(
  doing: Doing,
  { id: person, name }: Pick<Actor, 'id' | 'name'>,
  { id }: Pick<Checkin, 'id'>,
  what: string,
  words = '',
  undone?: Said,
): Promise<void> {
  const at = doing.now.toISOString();
  const row = { id: doing.newId(), checkin: id, at, person, name, what, words };
  await doing.tx.table(checkinEvents).put({ ...row, ...(undone && { undone }) });
}

async function changeSums(tx: Tx, { round, parent }: Checkin, before: Sums, after: Sums): Promise<void> {
  const rows = tx.table(tallies);
  const id = `${round}|${parent}`;
  const known = await rows.get(id);
  const top = known ? known.top : parent ? ((await getUnit(tx, parent)).parent ?? '') : '';
  const now = addSums(addSums(known ?? NO_SUMS, before, -1), after);
  await rows.put({ ...known, id, round, parent, top, ...now });
}

/** Rows of sums read at once. */
const SUMS_PAGE = 1000;

/** The sums of a period by the unit above those that are counted: one row for each township. */
export async function sumsBelow(tx: Tx, round: Period, top?: string) {
  const where = top === undefined ? { round: round.id } : { round: round.id, top };
  const found = [];
  for await (const { rows } of pages((from) => tx.table(tallies).find({ where, limit: SUMS_PAGE, ...from })))
    found.push(...rows);
  return found;
}

/** How far a part of a task is: how many units it has, and the sums of what they said. */
export interface Progress extends Sums {
  readonly size: number;
}

/** How far a task is, as a whole or (with `unit`) in that unit's part of the tree. */
export async function progressOf(tx: Tx, task: Task, round: Period, unit?: Unit): Promise<Progress> {
  if (!unit || unit.kind === 'city') {
    const sums = (await sumsBelow(tx, round)).reduce<Sums>((sum, row) => addSums(sum, row), NO_SUMS);
    return { size: await sizeOf(tx, task.scope), ...sums };
  }
  const scope = await scopeWithin(tx, task.scope, unit);
  const own = sumsOf(await checkinOf(tx, round, unit.id));
  const rows = unit.kind === 'county' ? await sumsBelow(tx, round, unit.id) : [];
  const direct = await tx.table(tallies).get(`${round.id}|${unit.id}`);
  const sums = [...rows, ...(direct ? [direct] : [])].reduce<Sums>((sum, row) => addSums(sum, row), own);
  return { size: await sizeOf(tx, scope), ...sums };
}

/** Open tasks that may concern a unit or what is below it, the newest first; whether they do is asked of each. */
export async function tasksAround(tx: Tx, unit: Unit, limit: number): Promise<readonly StoredTask[]> {
  const line = [unit, ...(await unitsAbove(tx, unit))].map(({ id }) => `below:${id}`);
  const { rows } = await tx.table(targets).find({
    where: { key: [`unit:${unit.id}`, ...line], state: 'open' },
    order: 'handedAt',
    desc: true,
    limit,
  });
  const found = new Map<string, StoredTask>();
  for (const { task: id } of rows) {
    const task = found.has(id) ? undefined : await tx.table(tasks).get(id);
    if (task) found.set(id, task);
  }
  return [...found.values()];
}

/** Units that one query names. */
const AT_ONCE = 50;

/** What the targets of tasks for branches of a township are called, some at a time; `line` is the township and what is above it. */
export function keysFor(line: readonly string[], branches: readonly Unit[]): Iterable<readonly string[]> {
  return parts([...line.map((id) => `below:${id}`), ...branches.map(({ id }) => `unit:${id}`)], AT_ONCE);
}

/** Tasks by their numbers, in the order of those. */
export async function tasksNumbered(tx: Tx, numbers: ReadonlySet<string>): Promise<readonly StoredTask[]> {
  const found = await Promise.all([...numbers].sort().map((number) => tx.table(tasks).get(number)));
  return found.filter((task) => task !== undefined);
}

/** Whether somebody may look at the task of a number. */
export async function seesTask({ tx }: Pick<World, 'tx'>, actor: Actor, number: string): Promise<boolean> {
  const task = await tx.table(tasks).get(number);
  return task !== undefined && maySee(tx, task, actor);
}
