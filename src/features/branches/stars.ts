/**
 * The stars of a branch as dated rows. What it holds on any day is computed from them; the row of the unit keeps what it
 * holds now, for lists and counts over very many branches, and is written here and in no other place.
 */
import { defineEvent } from '../../bot/turn/events.ts';
import type { Doing } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { pages } from '../../lib/pages.ts';
import type { Tx } from '../../store/store.ts';
import { allStars, getUnit, isBranch, type Unit, units } from '../orgs/index.ts';
import { awards, type StarAward, type StoredAward, starsOn } from './model.ts';

/** Most rows of one branch: five stars, given and lost a few times each. */
const MOST = 200;

/** A branch was given a star or lost one; `day` is the first on which it is so. */
export const starsChanged = defineEvent<{
  readonly branch: string;
  readonly star: string;
  readonly held: boolean;
  readonly day: string;
}>('branches.starsChanged');

/** Everything that a branch was given, the oldest first. What stood in the list of units from the start has no day. */
export async function awardsOf(tx: Tx, { id, stars }: Unit): Promise<readonly StarAward[]> {
  const { rows } = await tx.table(awards).find({ where: { branch: id }, order: 'from', limit: MOST });
  return rows.length > 0 ? rows : stars.map((star) => undated(id, star));
}

function undated(branch: string, star: string): StarAward {
  const unknown = { document: '', by: '', endDocument: '', endBy: '', reason: '' };
  return { id: `${branch}|${star}|`, branch, star, from: '', to: null, ...unknown };
}

/** The stars that a branch holds on a day, as far as is known today. */
export async function starsHeld(tx: Tx, branch: Unit, day: string): Promise<readonly string[]> {
  return starsOn(await awardsOf(tx, branch), day);
}

/** What a branch lost from `since` on and not later than `until`, and was not given again at once. */
export async function starsLost(
  tx: Tx,
  branch: Unit,
  since: string,
  until: string,
): Promise<readonly StarAward[]> {
  const all = await awardsOf(tx, branch);
  return all.filter(
    ({ star, to }) => to !== null && to >= since && to <= until && !starsOn(all, to).includes(star),
  );
}

const PAGE = 500;

/** How many branches were given a star from one day to another, both included, and how many lost it. */
export async function starMoves(
  tx: Tx,
  star: string,
  from: string,
  until: string,
): Promise<{ readonly given: number; readonly lost: number }> {
  const range = { gte: from, lte: until };
  let [given, lost] = [0, 0];
  const begun = { where: { star }, order: 'from', range, limit: PAGE } as const;
  for await (const { rows } of pages((after) => tx.table(awards).find({ ...begun, ...after })))
    given += rows.length;
  const ended = { order: 'to', range, limit: PAGE } as const;
  for await (const { rows } of pages((after) => tx.table(awards).find({ ...ended, ...after })))
    lost += rows.filter((row) => row.star === star).length;
  return { given, lost };
}

export interface Awarded {
  /** The unit. */
  readonly branch: string;
  readonly star: string;
  /** `YYYY-MM-DD`, today or earlier. */
  readonly from: string;
  readonly document: string;
  /** Who decided, as people read it. */
  readonly by: string;
}

/** Give a branch a star. @throws AppError `invalid` when it cannot hold it, holds it already, or the day is to come */
export async function awardStar(doing: Doing, { branch: id, ...given }: Awarded): Promise<void> {
  const { tx, today } = doing;
  const branch = await getUnit(tx, id);
  const star = (await allStars(tx)).find((one) => one.id === given.star);
  if (!isBranch(branch) || !star?.kinds.some((kind) => kind === branch.kind))
    throw new AppError('invalid', `${branch.name}没有创建${star?.name ?? '这颗星'}。`);
  if (given.from > today) throw new AppError('invalid', '命名的日子不能在今天以后。');
  const history = await keptAwards(tx, branch);
  const same = history.filter((award) => award.star === star.id);
  if (same.some(({ to }) => to === null || to > given.from))
    throw new AppError('invalid', `${branch.name}那一天已经有${star.name}。`);
  const row = { ...undated(id, star.id), ...given, id: `${id}|${star.id}|${given.from}` };
  await keep(doing, branch, [...history, await tx.table(awards).put(row)]);
  doing.emit(starsChanged, { branch: id, star: star.id, held: true, day: given.from });
}

export interface Ended {
  readonly branch: string;
  readonly star: string;
  /** The first day without it: `YYYY-MM-DD`, today or earlier. */
  readonly to: string;
  readonly document: string;
  readonly by: string;
  readonly reason: string;
}

/** Take a star away. @throws AppError `stale` when the branch does not hold it, `invalid` when the day does not fit */
export async function endStar(doing: Doing, { branch: id, star, ...end }: Ended): Promise<void> {
  const { tx, today } = doing;
  const branch = await getUnit(tx, id);
  const history = await keptAwards(tx, branch);
  const held = history.find((award) => award.star === star && award.to === null);
  if (!held) throw new AppError('stale', `${branch.name}现在没有这颗星。`);
  if (end.to > today || end.to <= held.from)
    throw new AppError('invalid', '摘星的日子要在得星以后、今天或以前。');
  const { to, document: endDocument, by: endBy, reason } = end;
  const saved = await tx.table(awards).put({ ...held, to, endDocument, endBy, reason });
  await keep(doing, branch, [...history.filter(({ id: other }) => other !== saved.id), saved]);
  doing.emit(starsChanged, { branch: id, star, held: false, day: to });
}

/** The rows of a branch; what had no row because it stood in the list of units has one from now on. */
async function keptAwards(tx: Tx, branch: Unit): Promise<readonly StoredAward[]> {
  const kept: StoredAward[] = [];
  for (const award of await awardsOf(tx, branch)) {
    kept.push('rev' in award ? (award as StoredAward) : await tx.table(awards).put(award));
  }
  return kept;
}

/** The row of the unit follows. */
async function keep(doing: Doing, branch: Unit, history: readonly StarAward[]): Promise<void> {
  await doing.tx.table(units).put({ ...branch, stars: [...starsOn(history, doing.today)] });
  doing.refresh({ kind: 'branch', id: branch.id });
}
