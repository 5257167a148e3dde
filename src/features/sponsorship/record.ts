/** What all of 分包 shares: which leader, which target, what is written when one begins and ends. */
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Doing, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/store.ts';
import { personalOnly } from '../analysis/index.ts';
import { actorIn, isSameName, peopleOf } from '../members/index.ts';
import { allStars, findStar, isBranch, meantUnit, type Unit, unitName, unitsAbove } from '../orgs/index.ts';
import { taskNumbers, taskRows } from '../tasks/index.ts';
import {
  type Leader,
  leaders,
  OPEN_END,
  type Sponsorship,
  type StoredSponsorship,
  sponsorships,
} from './model.ts';
import { NO_SPONSORSHIP, type OfLeader, type One, rights, type Target } from './rights.ts';

/** Of one leader, or of one target. */
export const MOST = 50;

export const card = ({ id }: Pick<Sponsorship, 'id'>) => ({ kind: 'sponsorship', id });

/** The changes of a quarter for one leader. */
export const quarterCard = (leader: string, quarter: string) => ({
  kind: 'sponsored',
  id: `${leader}|${quarter}`,
});

/** What people mean by these words: a branch, a township, a star, the number of a task. */
export async function targetOf(tx: Tx, words: string): Promise<Target | undefined> {
  const number = taskNumbers.read(words)?.number;
  const task = number ? await tx.table(taskRows).get(number) : undefined;
  if (task)
    return {
      kind: 'task',
      id: task.id,
      name: `${task.id} ${task.title}`,
      unit: undefined,
      answers: task.issuer,
    };
  const star = findStar(await allStars(tx), words);
  if (star) return { kind: 'star', id: star.id, name: star.name, unit: undefined, answers: star.lead };
  const unit = await meantUnit(tx, words);
  if (!unit || !(isBranch(unit) || unit.kind === 'township')) return undefined;
  const kind = isBranch(unit) ? 'branch' : 'township';
  return { kind, id: unit.id, name: unit.name, unit, answers: unit.id };
}

/** What is sponsored, by its name. */
export async function targetName(tx: Tx, { kind, target }: Sponsorship): Promise<string> {
  if (kind === 'star') return (await allStars(tx)).find(({ id }) => id === target)?.name ?? target;
  if (kind === 'task') return `${target} ${(await tx.table(taskRows).get(target))?.title ?? ''}`.trim();
  return unitName(tx, target);
}

/** The one person of a unit who is called so. */
async function personCalled(tx: Tx, unit: string, name: string): Promise<string | null> {
  const alike = (await peopleOf(tx, unit)).filter((one) => isSameName(one.name, name));
  const [only, another] = alike;
  return only && !another ? only.id : null;
}

/** Who the leader is among the people of the programme, now. */
export async function personOf({ tx }: Pick<World, 'tx'>, leader: Leader): Promise<string | null> {
  if (leader.person && (await actorIn(tx, leader.person, leader.unit))) return leader.person;
  return personCalled(tx, leader.unit, leader.name);
}

/** The row of a leader, by the name; one of the programme by the person. */
export async function leaderCalled(
  { tx, newId }: Pick<Doing, 'tx' | 'newId'>,
  unit: string,
  name: string,
): Promise<Leader> {
  const known = (await tx.table(leaders).find({ where: { unit, name }, limit: 1 })).rows[0];
  if (known) return known;
  const person = await personCalled(tx, unit, name);
  return tx.table(leaders).put({ id: newId(), unit, name, person });
}

/** What runs of one leader, the first to end first. */
export async function runningOf(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  leader: string,
): Promise<readonly StoredSponsorship[]> {
  const query = { where: { leader }, order: 'to', range: { gte: today }, limit: MOST } as const;
  return (await tx.table(sponsorships).find(query)).rows;
}

/** Who sponsors something now. */
export async function sponsorsOf(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  target: string,
): Promise<readonly StoredSponsorship[]> {
  const query = { where: { target }, order: 'to', range: { gte: today }, limit: MOST } as const;
  return (await tx.table(sponsorships).find(query)).rows;
}

/** Write a sponsorship that begins today. */
export async function begin(
  doing: Pick<Doing, 'tx' | 'today' | 'newId' | 'refresh'>,
  leader: Leader,
  { kind, id: target, unit }: Pick<Target, 'kind' | 'id' | 'unit'>,
  more: Partial<Pick<Sponsorship, 'case' | 'to' | 'county' | 'township'>> = {},
): Promise<StoredSponsorship> {
  const { tx, today, newId } = doing;
  const line = unit ? [unit, ...(await unitsAbove(tx, unit))] : [];
  const of = (wanted: Unit['kind']) => line.find((one) => one.kind === wanted)?.id ?? null;
  const saved = await tx.table(sponsorships).put({
    ...{ id: newId(), leader: leader.id, unit: leader.unit, kind, target },
    ...{ county: of('county'), township: of('township'), case: null },
    ...{ from: today, to: OPEN_END, instructions: [], ...more },
  });
  doing.refresh(card(saved));
  return saved;
}

/** @param to the last day */
export async function finish(
  { tx, refresh }: Pick<Doing, 'tx' | 'refresh'>,
  row: StoredSponsorship,
  to: string,
): Promise<void> {
  await tx.table(sponsorships).put({ ...row, to });
  refresh(card(row));
}

/** The leader of a row; a row without one is of another server’s making. @throws AppError `not_found` */
export async function leaderOf(tx: Tx, row: Pick<Sponsorship, 'leader'>): Promise<Leader> {
  const leader = await tx.table(leaders).get(row.leader);
  if (!leader) throw new AppError('not_found', NO_SPONSORSHIP);
  return leader;
}

/** The sponsorship that a press names, or that words name by what is sponsored: the sender’s own first. */
export async function loadOne(ctx: Ctx, raw: Raw): Promise<One> {
  personalOnly(ctx);
  const { tx, me } = ctx;
  if (typeof raw.sponsorship === 'string') {
    const row = await tx.table(sponsorships).get(raw.sponsorship);
    const one = row && { row, leader: await leaderOf(tx, row) };
    if (!one || !(await may(rights.show, one, ctx, me))) throw new AppError('not_found', NO_SPONSORSHIP);
    return one;
  }
  const target = typeof raw.target === 'string' ? await targetOf(tx, raw.target) : undefined;
  if (!target) throw new AppError('not_found', `请写上支部、乡镇、星或者任务编号。${NO_SPONSORSHIP}`);
  const found: One[] = [];
  // Whoever may not know of one hears what is said where there is none.
  for (const row of await sponsorsOf(ctx, target.id)) {
    const one = { row, leader: await leaderOf(tx, row) };
    if (await may(rights.show, one, ctx, me)) found.push(one);
  }
  const mine = found.find(({ leader }) => leader.person === me.id);
  const one = mine ?? found.find(({ leader }) => leader.unit === me.unit) ?? found[0];
  if (!one) throw new AppError('not_found', NO_SPONSORSHIP);
  return one;
}

/** The leader whose card was pressed, or the one sponsorship that is named. */
export async function loadLeader(ctx: Ctx, raw: Raw): Promise<OfLeader> {
  if (typeof raw.leader !== 'string') {
    const { leader, row } = await loadOne(ctx, raw);
    return { leader, rows: [row] };
  }
  personalOnly(ctx);
  const leader = await ctx.tx.table(leaders).get(raw.leader);
  if (!leader) throw new AppError('not_found', NO_SPONSORSHIP);
  return { leader, rows: await runningOf(ctx, leader.id) };
}
