/** What is meant by the words behind 公开: a unit, a quarter, a figure; any of them may be left out. */
import type { Ctx } from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { readPeriod } from '../../lib/periods.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import { allStars, getUnit, isBranch, meantUnit, organiser, type Unit } from '../orgs/index.ts';
import { type Figure, namedFigure } from './figures.ts';
import { quarterOf } from './model.ts';

/** The longest that is looked at. */
const MOST_WORDS = 100;
const WHOLE = /^(?:全市|市里|本市)$/;

interface Named {
  readonly unit: string;
  readonly quarter: string;
  readonly figure: Figure | undefined;
}

export async function readWords({ tx, today }: World, words: string): Promise<Named> {
  const said = foldWidth(words).trim();
  // Nothing that is meant is as long: what it is shall be said by the field that takes it.
  if (said.length > MOST_WORDS) return { unit: said, quarter: quarterOf(today), figure: undefined };
  const stars = await allStars(tx);
  const parts = said.split(/\s+/);
  const figure = parts.map((part) => namedFigure(stars, part)).find((found) => found !== undefined);
  if (figure) {
    const rest = parts.filter((part) => namedFigure(stars, part)?.key !== figure.key).join(' ');
    return { ...split(rest, today), figure };
  }
  const glued = split(said, today);
  const last = await gluedFigure(tx, stars, glued.unit);
  return { ...glued, ...(last ?? { figure }) };
}

/** 青山县五星: a unit and, right behind it, a figure, where the whole is no unit. */
async function gluedFigure(tx: World['tx'], stars: Parameters<typeof namedFigure>[0], words: string) {
  if (words === '' || (await meantUnit(tx, words))) return undefined;
  for (let at = 2; at <= words.length - 2; at++) {
    const figure = namedFigure(stars, words.slice(at));
    if (figure) return { unit: words.slice(0, at), figure };
  }
  return undefined;
}

/** The quarter that words at the end name, and what stands before it. */
function split(said: string, today: string): Pick<Named, 'unit' | 'quarter'> {
  const now = quarterOf(today);
  const [whole = '', words = ''] =
    /(?:^|\s)(\S*季度|[本上]个?季|\d{4}年\S{1,2}季|\S*q[1-4])$/i.exec(said) ?? [];
  const [first] = readPeriod(words, today) ?? [];
  if (!first) return { unit: said, quarter: now };
  return { unit: said.slice(0, -whole.length).trim(), quarter: quarterOf(first) };
}

/**
 * The unit whose figures are meant; of a branch its township, of a department the whole city, without a name one's own.
 * @throws AppError `not_found`
 */
export async function unitNamed(ctx: Ctx, named: string): Promise<Unit> {
  const { tx, me } = ctx;
  if (WHOLE.test(named)) return organiser(tx);
  const unit = named === '' ? await getUnit(tx, me.unit) : await meantUnit(tx, named);
  if (!unit)
    throw new AppError(
      'not_found',
      `没有找到“${named.slice(0, 20)}”。可以写：公开 青山县，公开 石桥镇，公开 全市。`,
    );
  if (isBranch(unit) && unit.parent) return getUnit(tx, unit.parent);
  return unit.kind === 'county' || unit.kind === 'township' ? unit : organiser(tx);
}

/** @throws AppError `invalid` for one that has not begun */
export function begunQuarter(quarter: string, today: string): string {
  if (quarter > quarterOf(today)) throw new AppError('invalid', `${sayDatedPeriod(quarter)}还没有到。`);
  return quarter;
}
