/**
 * Figures are counted township by township and kept; counties and the city are sums of what is kept. Whoever looks reads
 * one row for the unit and one for each unit directly below it, however many branches and records there are. What
 * changes a township has it counted again at once (some ten finds by index, then one row for each township of its
 * county and each county); colours and days go on by themselves, so every day all are counted, one in each step.
 */
import type { JobKind } from '../../bot/jobs/job.ts';
import { type Listener, on } from '../../bot/turn/events.ts';
import type { Doing, World } from '../../bot/world.ts';
import { inNameOrder } from '../../lib/pinyin.ts';
import { starsChanged } from '../branches/index.ts';
import { issueSaved } from '../issues/index.ts';
import {
  branchesBelow,
  getUnit,
  isBranch,
  organiser,
  type Unit,
  units,
  unitsBelow,
  unitsOfKind,
} from '../orgs/index.ts';
import { caseSaved } from '../rectification/index.ts';
import { add, endOf, figures, type Numbers, quarterOf, shiftQuarter } from './model.ts';
import { count, N } from './sources.ts';

/** Quarters before this one that are counted when a township is counted for the first time. */
const BACK = 8;
const MOST_BELOW = 1000;
/** Where nothing is kept yet, so many branches are counted while somebody waits. */
const MOST_WAITED_FOR = 500;
const BRANCHES = ['village', 'community'] as const;

const KIND = 'openness.count';

/** What is known of a unit in a quarter. */
export interface Figures {
  readonly unit: Unit;
  readonly quarter: string;
  readonly on: string;
  readonly numbers: Numbers;
}

const idOf = (unit: Pick<Unit, 'id'>, quarter: string) => `${unit.id}|${quarter}`;

/** Count one township in a quarter: what is so now, or was at its end. */
async function countTownship(world: World, township: Unit, quarter: string): Promise<Numbers | undefined> {
  const branches = (await unitsBelow(world.tx, township.id)).filter(isBranch);
  return branches.length === 0 ? undefined : count(world, { township, branches, quarter });
}

/** The figures of a unit; undefined when there are none, or not yet. */
export async function figuresOf(world: World, unit: Unit, quarter: string): Promise<Figures | undefined> {
  const kept = await world.tx.table(figures).get(idOf(unit, quarter));
  if (kept) return { unit, quarter, on: kept.on, numbers: kept.numbers };
  if (quarter !== quarterOf(world.today)) return undefined;
  const size = await branchesBelow(world.tx, unit, BRANCHES);
  return size === 0 || size > MOST_WAITED_FOR ? undefined : countNow(world, unit, quarter);
}

/** The same sums without anything kept: a store that was opened this minute. */
async function countNow(world: World, unit: Unit, quarter: string): Promise<Figures | undefined> {
  const on = world.today;
  if (unit.kind === 'township') {
    const numbers = await countTownship(world, unit, quarter);
    return numbers && { unit, quarter, on, numbers };
  }
  const parts: Numbers[] = [];
  for (const below of await partsOf(world, unit)) {
    const part = await figuresOf(world, below, quarter);
    if (part) parts.push(part.numbers);
  }
  return parts.length === 0 ? undefined : { unit, quarter, on, numbers: add(parts) };
}

/** Townships of a county, counties of the city. */
async function partsOf({ tx }: World, unit: Unit): Promise<readonly Unit[]> {
  if (unit.kind === 'city') return unitsOfKind(tx, ['county']);
  return (await unitsBelow(tx, unit.id)).filter(({ kind }) => kind === 'township');
}

/** The figures of the units directly below, by name; those of which nothing is known are left out. */
export async function figuresBelow(world: World, unit: Unit, quarter: string): Promise<readonly Figures[]> {
  if (unit.kind === 'township') return [];
  const kept = new Map((await keptBelow(world, unit.id, quarter)).map((row) => [row.unit, row] as const));
  const found: Figures[] = [];
  for (const below of await partsOf(world, unit)) {
    const row = kept.get(below.id);
    const one = row
      ? { unit: below, quarter, on: row.on, numbers: row.numbers }
      : await figuresOf(world, below, quarter);
    if (one) found.push(one);
  }
  return found;
}

async function keptBelow({ tx }: World, parent: string, quarter: string) {
  const query = { where: { parent, quarter }, order: 'unit', limit: MOST_BELOW } as const;
  return (await tx.table(figures).find(query)).rows;
}

/** The last quarters of a unit of which something is known, the oldest first. */
export async function history(world: World, unit: Unit, most: number): Promise<readonly Figures[]> {
  const query = { where: { unit: unit.id }, order: 'quarter', desc: true, limit: most } as const;
  const { rows } = await world.tx.table(figures).find(query);
  return [...rows].reverse().map(({ quarter, on, numbers }) => ({ unit, quarter, on, numbers }));
}

/** The names of the townships of which every branch has three stars or more, at most `most`. */
export async function wholeTownships(
  world: World,
  { unit, quarter }: Figures,
  most: number,
): Promise<readonly string[]> {
  const { tx } = world;
  if (unit.kind === 'city') {
    const query = { where: { whole: true, quarter }, order: 'unit', limit: most } as const;
    const { rows } = await tx.table(figures).find(query);
    const named = await Promise.all(
      rows.map(async (row) => ({ name: row.name || (await getUnit(tx, row.unit)).name })),
    );
    if (named.length > 0) return inNameOrder(named).map(({ name }) => name);
  }
  const all = unit.kind === 'city' ? await partsOf(world, unit) : [unit];
  const found: Unit[] = [];
  for (const county of all)
    for (const { unit: township, numbers } of await figuresBelow(world, county, quarter))
      if (numbers[N.whole]) found.push(township);
  return inNameOrder(found)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Write down what was counted; what is only known of today stays in a quarter that is over. */
async function keep({ tx, today }: World, unit: Unit, quarter: string, numbers: Numbers): Promise<void> {
  const past = quarter < quarterOf(today);
  const id = idOf(unit, quarter);
  const known = await tx.table(figures).get(id);
  await tx.table(figures).put({
    ...known,
    ...{
      id,
      unit: unit.id,
      name: unit.name,
      parent: unit.parent,
      quarter,
      on: past ? endOf(quarter) : today,
    },
    numbers: past ? { ...known?.numbers, ...numbers } : numbers,
    whole: unit.kind === 'township' && numbers[N.whole] === 1,
  });
}

/** Count a township for every quarter from `since`, or from when it was counted last; resolves to the first of them. */
async function renew(world: World, township: Unit, since?: string): Promise<string> {
  const { tx, today } = world;
  const now = quarterOf(today);
  const query = { where: { unit: township.id }, order: 'quarter', desc: true, limit: 1 } as const;
  const last = (await tx.table(figures).find(query)).rows[0]?.quarter ?? shiftQuarter(now, -BACK);
  const first = [last, since ?? now, now].sort()[0] ?? now;
  for (let quarter = first; quarter <= now; quarter = shiftQuarter(quarter, 1)) {
    const numbers = await countTownship(world, township, quarter);
    if (numbers) await keep(world, township, quarter, numbers);
  }
  return first;
}

/** Add up what is kept of the units below; a sum in which some are missing is none. */
async function sumUp(world: World, unit: Unit, first: string): Promise<void> {
  const now = quarterOf(world.today);
  let size: number | undefined;
  for (let quarter = first; quarter <= now; quarter = shiftQuarter(quarter, 1)) {
    const rows = await keptBelow(world, unit.id, quarter);
    const numbers = add(rows.map((row) => row.numbers));
    const known = await world.tx.table(figures).get(idOf(unit, quarter));
    if (!known) size ??= await branchesBelow(world.tx, unit, BRANCHES);
    if (known || numbers[N.branches] === size) await keep(world, unit, quarter, numbers);
  }
}

/** One township, with the sums that it stands in; or, as the work of the day, all of them, one in each step. */
export const countJob: JobKind = {
  kind: KIND,
  daily: true,
  async step(doing, { data, cursor }) {
    const { tx, today } = doing;
    if (typeof data.township === 'string') {
      const township = await tx.table(units).get(data.township);
      if (township) await renewWithSums(doing, township, String(data.since ?? quarterOf(today)));
      return undefined;
    }
    const [kind, first = quarterOf(today), after] = cursor?.split('\n') ?? ['township'];
    if (kind === 'city') {
      await sumUp(doing, await organiser(tx), first);
      return undefined;
    }
    const where = { kind: kind === 'county' ? ('county' as const) : ('township' as const) };
    const query = { where, order: 'name' as const, limit: 1 };
    const { rows, next } = await tx.table(units).find(after ? { ...query, after } : query);
    const [unit] = rows;
    const begun = unit?.kind === 'township' ? await renew(doing, unit) : first;
    if (unit?.kind === 'county') await sumUp(doing, unit, first);
    const least = begun < first ? begun : first;
    if (next) return `${where.kind}\n${least}\n${next}`;
    return `${where.kind === 'township' ? 'county' : 'city'}\n${least}`;
  },
};

async function renewWithSums(doing: Doing, township: Unit, since: string): Promise<void> {
  const first = await renew(doing, township, since);
  const county = township.parent === null ? undefined : await doing.tx.table(units).get(township.parent);
  if (county) await sumUp(doing, county, first);
  await sumUp(doing, await organiser(doing.tx), first);
}

function startCount(doing: Doing, township: string, since: string): void {
  doing.start(countJob, { township, since }, { key: `${township} ${since}` });
}

export const listeners: readonly Listener[] = [
  on(starsChanged, async (doing, { branch, day }) => {
    const { parent } = await getUnit(doing.tx, branch);
    if (parent !== null) startCount(doing, parent, quarterOf(day));
  }),
  on(caseSaved, async (doing, { township }) => startCount(doing, township, quarterOf(doing.today))),
  on(issueSaved, async (doing, { township }) => startCount(doing, township, quarterOf(doing.today))),
];
