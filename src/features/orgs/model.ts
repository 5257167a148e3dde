/** The tree of units and the stars: rows, and the questions that every feature asks of them. */

import { z } from 'zod';
import type { Actor, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { pages, parts } from '../../lib/pages.ts';
import { initialTerms, inNameOrder } from '../../lib/pinyin.ts';
import { termsOf } from '../../lib/terms.ts';
import { defineTable, type Page, type Stored, type Tx, type Where } from '../../store/store.ts';

/** `city` is the organiser; `lead` and `responsible` are city departments; `village` and `community` are branches. */
export const UNIT_KINDS = [
  'city',
  'lead',
  'responsible',
  'county',
  'township',
  'village',
  'community',
] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export const unitRow = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  kind: z.enum(UNIT_KINDS),
  parent: z.string().nullable(),
  /** Branches: stars held. Responsible units: stars they work for. */
  stars: z.array(z.string()).default([]),
});
export type Unit = Stored<z.infer<typeof unitRow>>;
export const units = defineTable<z.infer<typeof unitRow>>({
  name: 'units',
  schema: unitRow,
  indexes: [
    { on: ['parent'], order: 'name' },
    { on: ['kind'], order: 'name' },
    { on: ['kind', 'parent'] },
    { on: [], order: 'name' },
  ],
  // By any part of its name, and by the first letters of its pinyin.
  terms: { of: ({ name }) => new Set([...termsOf(name), ...initialTerms(name)]), version: 1 },
  keep: 'for ever: because it is one row for each unit',
});

export const starRow = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  kinds: z.array(z.enum(['village', 'community'])).min(1),
  /** The unit that leads this star. */
  lead: z.string(),
});
export type Star = Stored<z.infer<typeof starRow>>;
export const stars = defineTable<z.infer<typeof starRow>>({
  name: 'stars',
  schema: starRow,
  indexes: [{ on: [] }],
  keep: 'for ever: because it is one row for each star',
});

/** Most units of one list; a city has far fewer stars, departments or branches of one township. */
const LIST = 1000;
/** The tree is city, county, township, branch; deeper means that the data runs in a circle. */
const MAX_DEPTH = 8;

/** @throws AppError `not_found` */
export async function getUnit(tx: Tx, id: string): Promise<Unit> {
  const unit = await tx.table(units).get(id);
  if (!unit) throw new AppError('not_found', '没有找到这个单位，可能已经撤并。');
  return unit;
}

/** The name of a unit, or its id when it is gone. */
export async function unitName(tx: Tx, id: string): Promise<string> {
  return (await tx.table(units).get(id))?.name ?? id;
}

/** What stood above each unit when it was last looked: so that all above one are asked for at once, not one by one. */
const parents = new Map<string, string | null>();

/** Ask for a unit and for what stood above it, without waiting: whoever needs them finds them, or hears what failed. */
export function askForUnits(tx: Tx, id: string): void {
  for (let next: string | null | undefined = id, depth = 0; next && depth <= MAX_DEPTH; depth += 1) {
    tx.table(units)
      .get(next)
      .catch(() => {});
    next = parents.get(next);
  }
}

/** The units above, nearest first. */
export async function unitsAbove(tx: Tx, unit: Unit): Promise<readonly Unit[]> {
  parents.set(unit.id, unit.parent);
  if (unit.parent !== null) askForUnits(tx, unit.parent);
  const above: Unit[] = [];
  for (let id = unit.parent; id !== null && above.length < MAX_DEPTH; ) {
    const next: Unit = await getUnit(tx, id);
    above.push(next);
    parents.set(next.id, next.parent);
    id = next.parent;
  }
  return above;
}

/** The units directly below, by the pinyin of their names. */
export async function unitsBelow(tx: Tx, parent: string): Promise<readonly Unit[]> {
  return inNameOrder((await tx.table(units).find({ where: { parent }, order: 'name', limit: LIST })).rows);
}

/** All units of some kinds, by the pinyin of their names; at most 1000. */
export async function unitsOfKind(tx: Tx, kinds: readonly UnitKind[]): Promise<readonly Unit[]> {
  return inNameOrder(
    (await tx.table(units).find({ where: { kind: kinds }, order: 'name', limit: LIST })).rows,
  );
}

/** How many branches hold so many stars: `[none, one, …, five]`; and the townships whose branches all hold three or more. */
export async function starCounts(tx: Tx): Promise<{ branches: readonly number[]; townships: number }> {
  const branches = [0, 0, 0, 0, 0, 0];
  const least = new Map<string | null, number>();
  const query = { where: { kind: ['village', 'community'] }, order: 'name', limit: LIST } as const;
  for await (const { rows } of pages((from) => tx.table(units).find({ ...query, ...from }))) {
    for (const { parent, stars: held } of rows) {
      const stars = Math.min(held.length, branches.length - 1);
      branches[stars] = (branches[stars] ?? 0) + 1;
      least.set(parent, Math.min(least.get(parent) ?? stars, stars));
    }
  }
  return { branches, townships: [...least.values()].filter((n) => n >= 3).length };
}

export function isBranch({ kind }: Pick<Unit, 'kind'>): boolean {
  return kind === 'village' || kind === 'community';
}

/** Whether a branch is in the care of a unit: itself, one above it, or any of the city's departments. */
export async function caresFor(tx: Tx, { id, kind }: Unit, branch: Unit): Promise<boolean> {
  return kind === 'lead' || kind === 'responsible' || isWithin(tx, branch, id);
}

/** The first branches in the care of a unit; of the whole city in the store's order. */
export async function branchesOf(tx: Tx, unit: Unit, most: number): Promise<readonly Unit[]> {
  if (isBranch(unit)) return [unit];
  if (unit.kind !== 'county' && unit.kind !== 'township') {
    const where = { kind: ['village', 'community'] as const };
    return (await tx.table(units).find({ where, order: 'name', limit: most })).rows;
  }
  const all: Unit[] = [];
  for (const { id } of unit.kind === 'county' ? await unitsBelow(tx, unit.id) : [unit]) {
    all.push(...(await unitsBelow(tx, id)).filter(isBranch));
    if (all.length >= most) break;
  }
  return all.slice(0, most);
}

/** As many values as a query takes for one field. */
const AT_ONCE = 50;

/** How many branches of some kinds are below a unit of the tree. */
export async function branchesBelow(tx: Tx, top: Unit, kinds: readonly UnitKind[]): Promise<number> {
  const rows = tx.table(units);
  if (top.kind === 'city') return rows.count({ kind: kinds });
  let size = await rows.count({ kind: kinds, parent: top.id });
  if (top.kind !== 'county') return size;
  const townships = (await unitsBelow(tx, top.id)).map(({ id }) => id);
  for (const parent of parts(townships, AT_ONCE)) size += await rows.count({ kind: kinds, parent });
  return size;
}

/** How many branches of some kinds are directly below each unit that has any, by the id of that unit. */
export async function branchCounts(tx: Tx, kinds: readonly UnitKind[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const kind of kinds) {
    const of = await tx.table(units).countBy('parent', { kind });
    for (const [parent, n] of Object.entries(of)) counts.set(parent, (counts.get(parent) ?? 0) + n);
  }
  return counts;
}

/** A page of the townships of a unit: itself, those of a county, or (organiser) all of them, in the store's order. */
export async function townshipsOf(
  tx: Tx,
  top: Unit,
  limit: number,
  after?: string,
): Promise<Page<z.infer<typeof unitRow>>> {
  if (top.kind === 'township') return { rows: [top] };
  const where: Where<z.infer<typeof unitRow>> =
    top.kind === 'county' ? { parent: top.id } : { kind: 'township' };
  return tx.table(units).find({ where, order: 'name', limit, after });
}

/** Whether somebody's unit is of one of these kinds: `offered` of commands that only those have a use for. */
export function toKinds(...kinds: readonly UnitKind[]) {
  return async ({ tx }: Pick<World, 'tx'>, { unit }: Pick<Actor, 'unit'>): Promise<boolean> =>
    kinds.includes((await getUnit(tx, unit)).kind);
}

/** Commands that units of all other kinds have a use for. */
export function notToKinds(...kinds: readonly UnitKind[]) {
  return toKinds(...UNIT_KINDS.filter((kind) => !kinds.includes(kind)));
}

/** True when `unit` is `top` or somewhere below it. */
export async function isWithin(tx: Tx, unit: Unit, top: string): Promise<boolean> {
  return unit.id === top || (await unitsAbove(tx, unit)).some(({ id }) => id === top);
}

/** The organiser, the root of the tree. */
export async function organiser(tx: Tx): Promise<Unit> {
  const [city] = await unitsOfKind(tx, ['city']);
  if (!city) throw new AppError('not_found', '名单里还没有总牵头单位。');
  return city;
}

/** The order in which the programme names its stars: a village's five, and between them those of a community. */
const STAR_ORDER = [
  '支部过硬',
  '产业兴旺',
  '宜业兴业',
  '生态宜居',
  '共建共享',
  '平安法治',
  '文明幸福',
  '幸福和谐',
];

/** All stars, in the order of the programme; a city's own ones last. */
export async function allStars(tx: Tx): Promise<readonly Star[]> {
  const place = ({ name }: Star) => STAR_ORDER.indexOf(name.replace(/星$/, '')) + 1 || Infinity;
  const { rows } = await tx.table(stars).find({ limit: 100 });
  return rows.toSorted((a, b) => place(a) - place(b) || a.id.localeCompare(b.id));
}

/** A unit by id, full name, or the beginning of exactly one name (柳湾村 for 柳湾村党支部). */
export async function findUnit(tx: Tx, words: string): Promise<Unit | undefined> {
  const byId = await tx.table(units).get(words);
  if (byId || words === '') return byId;
  const { rows } = await tx
    .table(units)
    .find({ order: 'name', range: { gte: words, lt: `${words}\uffff` }, limit: 2 });
  return rows.find(({ name }) => name === words) ?? (rows.length === 1 ? rows[0] : undefined);
}

/** A star by id, or by name with or without 星. */
export function findStar(all: readonly Star[], words: string): Star | undefined {
  return all.find(({ id, name }) => id === words || name === words || name === `${words}星`);
}
