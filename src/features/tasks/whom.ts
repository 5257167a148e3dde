/** Whom a unit may ask: the choices of 下达任务, units by their names, and all branches below one. */
import { z } from 'zod';
import type { Choice, FieldError } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import {
  allStars,
  findUnit,
  getUnit,
  isBranch,
  isWithin,
  organiser,
  type Star,
  type Unit,
  unitsBelow,
  unitsOfKind,
} from '../orgs/index.ts';
import { rights } from './rights.ts';
import { BRANCHES, scopeOf, sizeOf } from './scope.ts';

const MOST_UNITS = 200;
const TOO_MANY = `一个一个选的单位最多${MOST_UNITS}个，多了请选“下面全部支部”`;

/** Who hands out: the unit, and the stars that it leads. */
export interface IssuingUnit {
  readonly unit: Unit;
  readonly stars: readonly Star[];
}

export async function issuingUnit({ tx, me }: Pick<Ctx, 'tx' | 'me'>): Promise<IssuingUnit> {
  const unit = await getUnit(tx, me.unit);
  return { unit, stars: (await allStars(tx)).filter(({ lead }) => lead === unit.id) };
}

/** Whether somebody hands out tasks: `offered` of commands about them. */
export async function handsOut(world: World, me: Actor): Promise<boolean> {
  return may(rights.assign, await issuingUnit({ ...world, me }), world, me);
}

/** Empty, or why a unit may not ask another one for something. */
export async function mayAsk(ctx: Ctx, issuer: string, asked: Unit): Promise<string> {
  const unit = await getUnit(ctx.tx, issuer);
  const stars = (await allStars(ctx.tx)).filter(({ lead }) => lead === unit.id);
  return whyNot(ctx, { unit, stars }, asked, false);
}

/** Units, ticked or written by their names. */
export const unitList = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[,，、;；/／|｜\n]/) : value),
  z
    .array(z.string().trim().max(100, '单位名称最多100个字'))
    .default([])
    .transform((all) => all.filter(Boolean))
    .refine((all) => all.length <= MOST_UNITS, TOO_MANY),
);

/** Whom this unit may ask, as choices; `below:`, `star:` and `duty:` stand for many. */
export async function choicesOf(ctx: Ctx, { unit, stars }: IssuingUnit): Promise<readonly Choice[]> {
  const { tx } = ctx;
  const one = ({ id, name }: Unit): Choice => ({ title: name, value: id });
  const all = ({ id, name }: Unit): Choice => ({ title: `${name}下面全部支部`, value: `below:${id}` });
  if (unit.kind === 'township') return [all(unit), ...(await unitsBelow(tx, unit.id)).map(one)];
  if (unit.kind === 'county') {
    const next = await unitsBelow(tx, unit.id);
    return [all(unit), ...next.map(one), ...next.filter((u) => !isBranch(u)).map(all)];
  }
  const departments = await unitsOfKind(tx, ['lead', 'responsible']);
  const ofStars = stars.flatMap(({ id, name }): Choice[] => [
    { title: `${name}：全部支部`, value: `star:${id}` },
    { title: `${name}：责任单位`, value: `duty:${id}` },
  ]);
  if (unit.kind !== 'city') {
    const duty = departments.filter(
      (u) => u.id !== unit.id && u.stars.some((id) => stars.some((s) => s.id === id)),
    );
    return [...ofStars, ...duty.map(one)];
  }
  const counties = await unitsOfKind(tx, ['county']);
  return [all(unit), ...ofStars, ...counties.map(one), ...counties.map(all), ...departments.map(one)];
}

/** The units that were chosen, and what is wrong with the choice. */
export async function checkUnits(
  ctx: Ctx,
  target: IssuingUnit,
  { units, more }: { readonly units: readonly string[]; readonly more: readonly string[] },
) {
  const { tx } = ctx;
  const { unit, stars } = target;
  const choices = await choicesOf(ctx, target);
  const below: string[] = [];
  const chosen: string[] = [];
  const errors: FieldError[] = [];
  // What a lead asks of all branches below a unit, it asks of those that pursue its stars.
  let kinds = BRANCHES.filter(
    (kind) => unit.kind !== 'lead' || stars.some((star) => star.kinds.includes(kind)),
  );
  const wrong = (field: string, message: string) => errors.push({ field, message });
  for (const [field, words] of [
    ...units.map((w) => ['units', w] as const),
    ...more.map((w) => ['more', w] as const),
  ]) {
    const value = choices.find((c) => c.value === words || c.title === words)?.value ?? words;
    const [how = '', id = ''] = value.includes(':') ? value.split(':') : ['', ''];
    const star = stars.find((s) => s.id === id);
    if (how === 'star' && star) {
      below.push((await organiser(tx)).id);
      kinds = [...star.kinds];
      if (units.length + more.length > 1) wrong(field, `“${star.name}：全部支部”请单独下达`);
    } else if (how === 'duty' && star) {
      const duty = (await unitsOfKind(tx, ['responsible'])).filter((u) => u.stars.includes(star.id));
      chosen.push(...duty.map((u) => u.id));
    } else {
      const [, named] = /^(.+?)(?:下面|下辖|所属)?的?(?:全部|所有)支部$/.exec(value) ?? [];
      const found = await findUnit(tx, how === 'below' ? id : (named ?? value));
      const all = found && !isBranch(found) && (how === 'below' || named || found.id === unit.id);
      const why = found
        ? await whyNot(ctx, target, found, all === true)
        : `没有找到“${words.slice(0, 20)}”这个单位`;
      if (!found || why) wrong(field, why);
      else if (all) below.push(found.id);
      else chosen.push(found.id);
    }
  }
  if (units.length + more.length === 0) wrong('units', '请至少选一个单位');
  if (chosen.length > MOST_UNITS) wrong('units', TOO_MANY);
  const scope = errors.length === 0 ? await scopeOf(tx, below, kinds, chosen) : undefined;
  if (scope && (await sizeOf(tx, scope)) === 0) wrong('units', '选的单位下面没有支部，请重新选');
  return { scope, errors };
}

/** Empty, or why this unit may not ask that one: everybody asks below, a lead only units of its stars. */
async function whyNot(ctx: Ctx, { unit, stars }: IssuingUnit, asked: Unit, all: boolean): Promise<string> {
  if (unit.kind === 'city' || (unit.kind === 'lead' && all && asked.id !== unit.id)) return '';
  if (unit.kind !== 'lead') {
    return (await isWithin(ctx.tx, asked, unit.id)) ? '' : `${asked.name}不归您单位管，请选自己下面的单位`;
  }
  const fits = isBranch(asked)
    ? stars.some(({ kinds }) => kinds.some((kind) => kind === asked.kind))
    : asked.kind === 'responsible' && asked.stars.some((id) => stars.some((star) => star.id === id));
  return fits ? '' : `${asked.name}不在您牵头的星里，请选这几颗星的支部或责任单位`;
}
