/** What all operations on a case share: which one is meant, writing it, who hears of it, how far it is. */
import type { Raw, Subject } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { defineEvent } from '../../bot/turn/events.ts';
import { changedCard, recordOperation } from '../../bot/turn/records.ts';
import type { Doing, World } from '../../bot/world.ts';
import { dayOfIso } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { numbered } from '../../lib/recordnumber.ts';
import type { Tx } from '../../store/store.ts';
import { personalOnly } from '../analysis/index.ts';
import { briefOf, type IssueBrief } from '../issues/index.ts';
import { peopleOf, ROLE_NAMES, type Teller, tellPerson, tellStaff } from '../members/index.ts';
import { findUnit, getUnit, isBranch, isWithin, type Unit, unitName } from '../orgs/index.ts';
import { followup } from '../tasks/index.ts';
import {
  type Case,
  cases,
  type Dispatch,
  dispatches,
  IN_WORK,
  OPEN,
  type Plan,
  planOf,
  type Signed,
  type StoredCase,
  team,
} from './model.ts';
import { involved, MOST_DISPATCHES, notFound } from './rights.ts';

export const numbers = numbered('ZD');
/** Something about a case has changed. */
export const caseSaved = defineEvent<{ readonly township: string }>('rectification.saved');
/** Cases of one branch over the years. */
const MOST = 50;

export const caseCard = ({ id }: Pick<Case, 'id'>): Subject => ({ kind: 'case', id });

/** The case of a branch that is not closed. */
export async function openCase(tx: Tx, branch: string): Promise<StoredCase | undefined> {
  const query = { where: { branch, state: OPEN }, order: 'deadline', limit: 1 } as const;
  return (await tx.table(cases).find(query)).rows[0];
}

/** The last case of a branch, whatever became of it. */
export async function lastCase(tx: Tx, branch: string): Promise<StoredCase | undefined> {
  const query = { where: { branch }, order: 'listedOn', desc: true, limit: MOST } as const;
  const { rows } = await tx.table(cases).find(query);
  return rows.find(({ state }) => state !== 'closed') ?? rows[0];
}

/** Who is in the team of a case now. */
export async function teamOf({ tx, today }: World, { id }: Pick<Case, 'id'>): Promise<readonly string[]> {
  const { rows } = await tx.table(team).find({ where: { case: id }, limit: MOST_DISPATCHES });
  return rows.filter(({ to }) => to >= today).map(({ person }) => person);
}

export async function dispatchesOf(tx: Tx, { id }: Pick<Case, 'id'>): Promise<readonly Dispatch[]> {
  return (await tx.table(dispatches).find({ where: { case: id }, order: 'from', limit: MOST_DISPATCHES }))
    .rows;
}

/** The open cases of a unit of the tree or a branch, the first deadline first. */
async function openBelow(tx: Tx, unit: Unit): Promise<readonly StoredCase[]> {
  if (isBranch(unit)) {
    const own = await openCase(tx, unit.id);
    return own ? [own] : [];
  }
  const state = OPEN;
  const where = unit.kind === 'township' ? { township: unit.id, state } : { county: unit.id, state };
  return (await tx.table(cases).find({ where, order: 'deadline', limit: 2 })).rows;
}

/** The case that a press or words name by its number or its branch; without, the only one of the sender’s unit. */
export async function loadCase(ctx: Ctx, raw: Raw): Promise<StoredCase> {
  personalOnly(ctx);
  const { tx, me } = ctx;
  const typed = typeof raw.case === 'string' ? raw.case.trim() : '';
  const own = await getUnit(tx, me.unit);
  if (typed === '') {
    const [only, another] = await openBelow(tx, own);
    if (only && !another) return only;
    throw new AppError('invalid', '请写上整顿的编号或支部的名字。发送“整顿”可以看到编号。');
  }
  const number = numbers.read(typed)?.number;
  const found = number ? await tx.table(cases).get(number) : await namedCase(tx, own, typed);
  if (!found || !(await involved.holds(me, found, ctx))) throw new AppError('not_found', notFound(typed));
  return found;
}

/** By the name of its branch, below the sender’s unit. */
async function namedCase(tx: Tx, own: Unit, words: string): Promise<StoredCase | undefined> {
  const branch = await findUnit(tx, words);
  if (!branch || !isBranch(branch)) return undefined;
  if (own.kind !== 'lead' && !(await isWithin(tx, branch, own.id))) return undefined;
  return lastCase(tx, branch.id);
}

/** The number or the branch in its field, and the words behind it in another one. */
export function caseAnd(field: string) {
  return (rest: string): Raw => {
    const { number, words } = numbers.split(rest);
    const [first = '', ...more] = words.split(/\s+/);
    const said = number ? words : more.join(' ');
    const named = number || first;
    return { ...(named && { case: named }), ...(said && { [field]: said }) };
  };
}

/** An operation on one case; words behind its number go into a field. */
export const caseOperation = (field = 'words') =>
  recordOperation<Case & { rev: number }>(loadCase, caseAnd(field));

/** Write a case; its cards follow. */
export async function saveCase(
  doing: Pick<Doing, 'tx' | 'refresh' | 'emit'>,
  one: Case & { readonly rev?: number },
): Promise<StoredCase> {
  const saved = await doing.tx.table(cases).put(one);
  doing.refresh(caseCard(saved));
  doing.emit(caseSaved, saved);
  return saved;
}

/** Say which branch helps. */
export async function setHelper(
  doing: Pick<Doing, 'tx' | 'refresh' | 'emit'>,
  id: string,
  helper: string,
): Promise<void> {
  const one = await doing.tx.table(cases).get(id);
  if (one) await saveCase(doing, { ...one, helper });
}

/** The county leader is somebody else from now on. */
export async function setCountyLeader(
  doing: Pick<Doing, 'tx' | 'refresh' | 'emit'>,
  id: string,
  countyLeader: string,
): Promise<void> {
  const one = await doing.tx.table(cases).get(id);
  const plan = one && planOf(one);
  if (plan) await saveCase(doing, { ...one, plan: { ...plan, countyLeader } });
}

export const changed = (ctx: Ctx, one: Pick<Case, 'id'>, text: string) =>
  changedCard(ctx, caseCard(one), text);

/** The sender as a post, and today. */
export async function signedBy({ tx, me, today }: Pick<Ctx, 'tx' | 'me' | 'today'>): Promise<Signed> {
  return { who: `${await unitName(tx, me.unit)}${ROLE_NAMES[me.role]}`, on: today };
}

/** Tell those who answer for units, and single people, about a case, once for each change of it. */
export async function tellAbout(
  teller: Teller,
  one: StoredCase,
  text: string,
  to: { readonly units?: readonly string[]; readonly people?: readonly string[]; readonly branch?: boolean },
): Promise<void> {
  const notice = { text, card: { subject: caseCard(one) }, key: `case:${one.id}:${one.rev}` };
  for (const unit of new Set(to.units)) await tellStaff(teller, unit, notice);
  const branch = to.branch ? (await peopleOf(teller.tx, one.branch)).map(({ id }) => id) : [];
  for (const person of new Set([...(to.people ?? []), ...branch])) tellPerson(teller, person, notice);
}

export interface Measure {
  readonly text: string;
  readonly task: string;
  readonly done: boolean;
  /** What the unit last said of it, in a few words. */
  readonly standing: string;
}

/** How far a case is, as its records say. */
export interface Progress {
  readonly issues: readonly IssueBrief[];
  readonly measures: readonly Measure[];
  /** The last day on which anything moved. */
  readonly movedOn: string;
}

export async function progressOf(world: World, one: Case): Promise<Progress> {
  const { tx } = world;
  const issues: IssueBrief[] = [];
  for (const number of one.issues) {
    const issue = await briefOf(tx, number);
    if (issue) issues.push(issue);
  }
  const plan = planOf(one);
  const over = !IN_WORK.includes(one.state);
  const measures: Measure[] = [];
  const moved = [one.since, one.applied?.on, plan?.on, one.notes.at(-1)?.on, one.checks.at(-1)?.on];
  for (const { text, task } of plan?.measures ?? []) {
    const of = { task, unit: plan?.unit ?? '' };
    const said = await followup.checkin(world, of);
    if (said) moved.push(dayOfIso(said.at));
    const done = said?.state === 'passed';
    const ended = !over || done ? '' : said?.state === 'in' ? '随验收结束' : '没有完成，随验收结束';
    const standing = [await followup.standing(world, of), ended].filter(Boolean).join('，');
    measures.push({ text, task, done, standing });
  }
  moved.push(...issues.map(({ movedOn }) => movedOn), ...(await dispatchesOf(tx, one)).map(({ on }) => on));
  return {
    issues,
    measures,
    movedOn: moved.reduce<string>((last, day) => (day && day > last ? day : last), ''),
  };
}

/**
 * The measures of a round end with it: nobody is asked for them any more. Resolves to what is said of those that were
 * not done; '' when all were.
 */
export async function endMeasures(doing: Doing, one: Case): Promise<string> {
  const { measures } = await progressOf(doing, one);
  for (const { task } of measures) await followup.drop(doing, { task, unit: planOf(one)?.unit ?? '' });
  const undone = measures.filter(({ done }) => !done).length;
  return undone > 0 ? `没有完成的措施${undone}条随验收结束，台账里看得到。` : '';
}

/** `问题已销号2/3，措施完成1/4`; '' when there is nothing to count. */
export function sayProgress({ issues, measures }: Progress): string {
  const closed = issues.filter(({ open }) => !open).length;
  const done = measures.filter((measure) => measure.done).length;
  return [
    issues.length > 0 ? `问题已销号${closed}/${issues.length}` : '',
    measures.length > 0 ? `措施完成${done}/${measures.length}` : '',
  ]
    .filter(Boolean)
    .join('，');
}

/** `柳湾村两委`: the unit and the person who answer for the plan. */
export const responsible = ({ unit, person }: Plan, name: string) =>
  unit === '' ? person : `${name}${person ? `（${person}）` : ''}`;
