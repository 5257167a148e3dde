/** What changed in a quarter at what a leader sponsors; nothing is said of what did not. */
import type { World } from '../../bot/world.ts';
import { addDays, dayOf, dayOfIso, sayDay } from '../../lib/dates.ts';
import { periodEnd } from '../../lib/schedule.ts';
import { awardsOf, starMoves } from '../branches/index.ts';
import { type IssueRecord, issuesOn } from '../issues/index.ts';
import { allStars, unitName, units } from '../orgs/index.ts';
import { type Case, cases, planOf, STATES } from '../rectification/index.ts';
import { dueBetween, followup, sayRound, taskRows } from '../tasks/index.ts';
import type { Leader, Sponsorship } from './model.ts';
import { runningOf, targetName } from './record.ts';

export const QUARTER = /^20\d\d-Q[1-4]$/;
const MOST = 200;

/** Days of a quarter, both included. */
interface Span {
  readonly from: string;
  readonly until: string;
}

/** `2026-Q4` */
export function spanOf(quarter: string): Span {
  const month = Number(quarter.slice(6)) * 3 - 2;
  return {
    from: `${quarter.slice(0, 4)}-${String(month).padStart(2, '0')}-01`,
    until: dayOf(periodEnd(quarter)),
  };
}

/** Something that is sponsored, with what changed there, in sentences; never none. */
export interface Change {
  readonly row: Sponsorship;
  readonly name: string;
  readonly said: readonly string[];
}

/** What was read of a township once, for all branches of it that are asked for. */
export type Seen = Map<string, Promise<readonly IssueRecord[]>>;

/** What changed for a leader in a quarter, as far as it is known today. */
export async function changesOf(
  world: World,
  leader: Leader,
  quarter: string,
  seen: Seen = new Map(),
): Promise<readonly Change[]> {
  const whole = spanOf(quarter);
  const found: Change[] = [];
  for (const row of await runningOf(world, leader.id)) {
    // What was before the leader came is not his or her doing.
    const span = row.from > whole.from ? { ...whole, from: row.from } : whole;
    if (span.from > span.until) continue;
    const said = [...(await saidOf(world, row, span, seen)), ...(await doneOf(world, row, span))];
    if (said.length > 0) found.push({ row, name: await targetName(world.tx, row), said });
  }
  return found;
}

function saidOf(world: World, row: Sponsorship, span: Span, seen: Seen): Promise<readonly string[]> {
  if (row.kind === 'branch') return branchChanges(world, row, span, seen);
  if (row.kind === 'township') return townshipChanges(world, row, span, seen);
  return row.kind === 'task' ? taskChanges(world, row, span) : starChanges(world, row, span);
}

const within =
  ({ from, until }: Span) =>
  (day: string | null | undefined) =>
    typeof day === 'string' && day >= from && day <= until;

/** How a case went on, the oldest first. */
function caseSteps(one: Case, { from, until }: Span, today: string): readonly string[] {
  const plan = planOf(one);
  const steps: (readonly [string | null | undefined, string])[] = [
    [one.listedOn, '列入整顿'],
    [plan?.on, '定了方案'],
    ...one.checks.map(({ on, passed }) => [on, passed ? '验收合格' : '验收不合格'] as const),
    ...one.answers.map(({ at, relapse }) => [at, relapse ? '反弹，重新整顿' : '不算反弹'] as const),
    [one.closedOn, '销号'],
  ];
  const is = within({ from, until });
  const known = steps.flatMap(([day, what]) => (is(day) ? [{ day: String(day), what }] : []));
  return known
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
    .map(({ day, what }) => `${sayDay(day, today)}${what}`);
}

function counted(all: readonly IssueRecord[], span: Span): readonly string[] {
  const is = within(span);
  const reported = all.filter(({ reportedOn }) => is(reportedOn));
  const closed = all.filter(({ standings }) => {
    const last = standings.at(-1);
    return last?.state === 'closed' && is(last.on);
  });
  const again = reported.filter(({ recurrenceOf }) => recurrenceOf !== null);
  return [
    reported.length > 0 ? `新报问题${reported.length}件` : '',
    again.length > 0 ? `其中又反映的${again.length}件` : '',
    closed.length > 0 ? `销号${closed.length}件` : '',
  ].filter(Boolean);
}

function issuesIn({ tx, today }: World, township: string, { from, until }: Span, seen: Seen) {
  const key = `${township}|${from}`;
  const known = seen.get(key) ?? issuesOn(tx, township, from, until < today ? until : today);
  seen.set(key, known);
  return known;
}

async function branchChanges(
  world: World,
  { target, township }: Sponsorship,
  span: Span,
  seen: Seen,
): Promise<readonly string[]> {
  const { tx, today } = world;
  const said: string[] = [];
  const of = await tx
    .table(cases)
    .find({ where: { branch: target }, order: 'listedOn', desc: true, limit: 5 });
  for (const one of [...of.rows].reverse()) said.push(...caseSteps(one, span, today));
  const all = township ? await issuesIn(world, township, span, seen) : [];
  said.push(
    ...counted(
      all.filter(({ branch }) => branch === target),
      span,
    ),
  );
  const branch = await tx.table(units).get(target);
  const stars = await allStars(tx);
  const is = within(span);
  for (const { star, from, to } of branch ? await awardsOf(tx, branch) : []) {
    const name = stars.find(({ id }) => id === star)?.name ?? star;
    if (is(from)) said.push(`得${name}`);
    if (is(to)) said.push(`失${name}`);
  }
  return said;
}

async function townshipChanges(
  world: World,
  { target }: Sponsorship,
  span: Span,
  seen: Seen,
): Promise<readonly string[]> {
  const { tx, today } = world;
  const said = [...counted(await issuesIn(world, target, span, seen), span)];
  const query = { where: { township: target, state: STATES }, order: 'deadline', limit: MOST } as const;
  for (const one of (await tx.table(cases).find(query)).rows) {
    const steps = caseSteps(one, span, today);
    if (steps.length > 0) said.push(`${await unitName(tx, one.branch)}${steps.join('、')}`);
  }
  return said;
}

async function taskChanges(world: World, { target }: Sponsorship, span: Span): Promise<readonly string[]> {
  const task = await world.tx.table(taskRows).get(target);
  if (!task) return [];
  const said: string[] = [];
  for (const round of [...dueBetween(task, [addDays(span.from, -1), span.until], world)].reverse())
    said.push(await sayRound(world, task, round));
  if (within(span)(task.endedOn)) said.push('任务结束');
  return said;
}

/** Who was given the star, and who lost it. */
async function starChanges({ tx }: World, { target }: Sponsorship, span: Span): Promise<readonly string[]> {
  const { given, lost } = await starMoves(tx, target, span.from, span.until);
  return [given > 0 ? `得星${given}个支部` : '', lost > 0 ? `失星${lost}个支部` : ''].filter(Boolean);
}

/** What came of instructions. */
async function doneOf(world: World, row: Sponsorship, span: Span): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { task, unit, on } of row.instructions) {
    const checkin = await followup.checkin(world, { task, unit });
    const moved = within(span)(checkin && dayOfIso(checkin.at));
    if (moved || within(span)(on)) {
      const standing = await followup.standing(world, { task, unit });
      said.push(`批示 ${task}${standing ? `：${standing}` : '：还没有报'}`);
    }
  }
  return said;
}
