/** What all steps of a case share: which one is meant, writing it, who hears of it, what its records are. */
import type { Act, Subject } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { recordOperation, recordsOf } from '../../bot/turn/records.ts';
import { judge, may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, Doing, World } from '../../bot/world.ts';
import { numbered } from '../../lib/recordnumber.ts';
import type { Tx } from '../../store/store.ts';
import { knowsRecord } from '../analysis/index.ts';
import { profiles } from '../branches/index.ts';
import { briefOf, issueNumbers, issueRights, seesIssue } from '../issues/index.ts';
import { peopleOf, ROLE_NAMES, type Teller, tellPeople, tellPerson, tellStaff } from '../members/index.ts';
import { allStars, getUnit, organiser, type Unit, unitName, units } from '../orgs/index.ts';
import { caseNumbers, cases, rectificationRights } from '../rectification/index.ts';
import { seesTask, taskFor, taskNumbers, taskRights } from '../tasks/index.ts';
import { type Example, examples, type Origin, type StoredExample, UNDER_WAY } from './model.ts';
import { rights } from './rights.ts';
import { PROFILE } from './words.ts';

export const numbers = numbered('DX');
/** Cases of one branch that are looked at, the latest first. */
const MOST = 50;

const records = recordsOf({ kind: 'example', table: examples, numbers, word: '典型' });
export const { load: loadExample, fromNumber, wordsFor, numberAndWords, changed } = records;

export const exampleCard = ({ id }: Pick<Example, 'id'>): Subject => ({ kind: 'example', id });

/** An operation on one case; words behind its number go into a field. */
export const exampleOperation = (field?: string) =>
  recordOperation<StoredExample>(loadExample, field ? wordsFor(field) : fromNumber);

/** Write a case; its cards follow. */
export async function saveExample(
  doing: Pick<Doing, 'tx' | 'refresh'>,
  row: Example & { readonly rev?: number },
): Promise<StoredExample> {
  const saved = await doing.tx.table(examples).put(row);
  doing.refresh(exampleCard(saved));
  return saved;
}

/** The cases of a branch, the latest first. */
export async function examplesOf(tx: Tx, branch: string): Promise<readonly StoredExample[]> {
  const query = { where: { branch }, order: 'on', desc: true, limit: MOST } as const;
  return (await tx.table(examples).find(query)).rows;
}

/** Those of a branch that somebody is at. */
export async function underWay(tx: Tx, branch: string): Promise<readonly StoredExample[]> {
  return (await examplesOf(tx, branch)).filter(({ state }) => UNDER_WAY.includes(state));
}

/** The unit that verifies what is about a star: its lead, without one the organiser. */
export async function leadOf(tx: Tx, star: string | null): Promise<string> {
  const led = (await allStars(tx)).find(({ id }) => id === star)?.lead;
  return led ?? (await organiser(tx)).id;
}

/** A new clue about a branch. @param waits the unit that is to write it or to leave it */
export async function begin(
  doing: Pick<Doing, 'tx' | 'today' | 'refresh'>,
  branch: Unit,
  clue: { readonly origin: Origin; readonly star: string | null; readonly reasons: Example['reasons'] },
  waits?: string,
): Promise<StoredExample> {
  const { tx, today } = doing;
  const township = await getUnit(tx, branch.parent ?? '');
  return saveExample(doing, {
    id: await numbers.next(tx, today),
    ...{ branch: branch.id, township: township.id, county: township.parent ?? '' },
    ...{ ...clue, lead: await leadOf(tx, clue.star), state: 'clue', on: today, waits: waits ?? township.id },
    ...{ title: '', words: [], writer: '', reason: '', verified: null, published: null, publishedOn: null },
    ...{ tellOn: null, revisitOn: null, doubt: '', revisits: [], delivery: null },
  });
}

/** The sender as a post, and today. */
export async function signedBy({ tx, me, today }: Pick<Ctx, 'tx' | 'me' | 'today'>) {
  return { who: `${await unitName(tx, me.unit)}${ROLE_NAMES[me.role]}`, on: today };
}

/** Ask a unit for one of some steps, once for each change: whoever of it may not take it is not asked. */
export async function askUnit(
  ctx: Teller & World,
  row: StoredExample,
  unit: string,
  text: string,
  of: readonly [Right<Example>, ...Right<Example>[]],
): Promise<void> {
  const notice = { text, card: { subject: exampleCard(row) }, key: `example:${row.id}:${row.rev}` };
  for (const { id, name, role } of await peopleOf(ctx.tx, unit))
    if (await may(of[0], row, ctx, { id, name, role, unit }))
      tellPerson(ctx, id, { ...notice, asks: { unit, of } });
}

/** Let a unit know what became of a case, with the reminders where that can wait. */
export async function tellNews(ctx: Teller, row: StoredExample, unit: string, text: string): Promise<void> {
  const line = { reminder: 'notice', title: text, ask: '进展', due: null, op: rights.show };
  const card = { subject: exampleCard(row) };
  const notice = {
    text,
    card,
    key: `example:${row.id}:${row.rev}`,
    calm: { ...line, data: { example: row.id } },
  };
  await (unit === row.branch ? tellPeople : tellStaff)(ctx, unit, notice);
}

/** A record behind a figure: what it is, how it stands, and what opens it. */
export interface Basis {
  readonly number: string;
  readonly title: string;
  readonly stands: string;
  readonly op: Act | null;
  readonly data: Readonly<Record<string, string>>;
}

/** Whether somebody may open the record of a number: what a case rests on is not for everybody who reads the case. */
export async function seesRecord(world: World, actor: Actor, number: string): Promise<boolean> {
  if (issueNumbers.read(number)) return seesIssue(world, actor, number);
  if (taskNumbers.read(number)) return seesTask(world, actor, number);
  const one = caseNumbers.read(number) ? await world.tx.table(cases).get(number) : undefined;
  return one !== undefined && (await judge(rectificationRights.show, one, world, actor)) === true;
}

/** What a number stands for, if it is a record of this branch. */
export async function basisOf(tx: Tx, branch: string, number: string): Promise<Basis | undefined> {
  if (number === PROFILE) {
    const known = await tx.table(profiles).get(branch);
    return known && { number, title: await unitName(tx, branch), stands: '', op: null, data: {} };
  }
  if (issueNumbers.read(number)) {
    const issue = await briefOf(tx, number);
    if (issue?.branch !== branch) return undefined;
    const stands = [issue.stateName, issue.verdict ?? ''].filter(Boolean).join('，');
    return { number, title: issue.title, stands, op: issueRights.show, data: { issue: number } };
  }
  if (taskNumbers.read(number)) {
    const unit = await tx.table(units).get(branch);
    const title = unit && (await taskFor(tx, number, unit));
    return title === undefined
      ? undefined
      : { number, title, stands: '任务', op: taskRights.show, data: { task: number } };
  }
  const one = caseNumbers.read(number) ? await tx.table(cases).get(number) : undefined;
  if (one?.branch !== branch) return undefined;
  return {
    number,
    title: await unitName(tx, branch),
    stands: '整顿',
    op: rectificationRights.show,
    data: { case: number },
  };
}

/** Whether somebody knows of all that is known of a branch, that it was on the list among it. */
export async function isInside(world: World, row: Example, viewer: Actor | null): Promise<boolean> {
  return viewer !== null && (await knowsRecord(viewer, row, world));
}

/** Those of some numbers that somebody may read: that a branch was on the list is not for everybody. */
export async function readable(world: World, row: Example, all: readonly string[], viewer: Actor | null) {
  const inside = await isInside(world, row, viewer);
  return all.filter((number) => inside || !caseNumbers.read(number));
}

/** All records behind a case, each once. */
export const recordsIn = ({ words, reasons }: Pick<Example, 'words' | 'reasons'>): readonly string[] => [
  ...new Set([...words, ...reasons].flatMap((one) => one.records)),
];
