/** Who could help: all open cases of a county at once, the least sum of costs, and three choices for each. */
import type { World } from '../../bot/world.ts';
import { assign } from '../../lib/assign.ts';
import { addDays } from '../../lib/dates.ts';
import { pages } from '../../lib/pages.ts';
import type { Tx } from '../../store/store.ts';
import { profiles, starsLost } from '../branches/index.ts';
import { allStars, branchesOf, getUnit, type Unit, units, unitsOfKind } from '../orgs/index.ts';
import { cases, OPEN, openCase, type StoredCase } from '../rectification/index.ts';
import {
  CAPACITY,
  type Cost,
  costOf,
  HELD,
  LEAST_STARS,
  LOST_DAYS,
  type Placed,
  pairs,
  type StoredPair,
} from './model.ts';

/** Branches that are looked at: the county’s own first, then those of the others. */
const MOST_LOOKED_AT = 3_000;
const CHOICES = 3;
const PAGE = 200;
const MOST_PAIRS = 100;

export interface Choice extends Cost {
  readonly helper: Unit;
  /** How many it helps already. */
  readonly helps: number;
}

/** What is proposed for one case; no choices: there is nobody left. */
export interface Proposal {
  readonly one: StoredCase;
  readonly branch: Unit;
  readonly choices: readonly Choice[];
}

interface Helper extends Placed {
  readonly helps: number;
}

/** What it costs each of these to help in a case; null for who has said that it cannot. */
async function costsOf(
  { tx }: World,
  one: StoredCase,
  helpers: readonly Helper[],
): Promise<readonly (Cost | null)[]> {
  const at = await placed(tx, await getUnit(tx, one.branch));
  const lacks = (await allStars(tx)).filter(
    ({ id, kinds }) => kinds.some((kind) => kind === at.unit.kind) && !at.unit.stars.includes(id),
  );
  const missing = new Map(lacks.map(({ id, name }) => [id, name]));
  const declined = (await pairsOf(tx, one.id)).filter(({ state }) => state === 'declined');
  return helpers.map((helper) =>
    declined.some((pair) => pair.helper === helper.unit.id) ? null : costOf(at, helper, missing),
  );
}

/** A branch as a helper, if it may help anybody and has a place left. */
async function helperOf(world: World, unit: Unit): Promise<Helper | undefined> {
  if (!(await isEligible(world, unit))) return undefined;
  const helps = await world.tx.table(pairs).count({ helper: unit.id, state: HELD });
  return helps < CAPACITY ? { ...(await placed(world.tx, unit)), helps } : undefined;
}

/** One branch as a choice for a case, if it may help there. */
export async function choiceFor(world: World, one: StoredCase, unit: Unit): Promise<Choice | undefined> {
  const helper = await helperOf(world, unit);
  const [cost] = helper ? await costsOf(world, one, [helper]) : [];
  return helper && cost ? { ...cost, helper: unit, helps: helper.helps } : undefined;
}

/** All pairs of a case, the oldest first. */
export async function pairsOf(tx: Tx, id: string): Promise<readonly StoredPair[]> {
  return (await tx.table(pairs).find({ where: { case: id }, order: 'on', limit: MOST_PAIRS })).rows;
}

/** A branch where it stands. */
async function placed(tx: Tx, unit: Unit): Promise<Placed> {
  const county = unit.parent ? ((await getUnit(tx, unit.parent)).parent ?? '') : '';
  return { unit, county, profile: await tx.table(profiles).get(unit.id) };
}

/** Whether a branch may help anybody at all today. */
async function isEligible({ tx, today }: World, unit: Unit): Promise<boolean> {
  if (unit.stars.length < LEAST_STARS || (await openCase(tx, unit.id))) return false;
  return (await starsLost(tx, unit, addDays(today, -LOST_DAYS), today)).length === 0;
}

/** Everybody who may help and has a place left, by id. */
async function helpersFor(world: World, county: string): Promise<readonly Helper[]> {
  const { tx } = world;
  const others = (await unitsOfKind(tx, ['county'])).filter(({ id }) => id !== county);
  const found: Helper[] = [];
  let looked = 0;
  for (const top of [await getUnit(tx, county), ...others]) {
    if (looked >= MOST_LOOKED_AT) break;
    const all = await branchesOf(tx, top, MOST_LOOKED_AT - looked);
    looked += all.length;
    for (const unit of all) {
      const helper = await helperOf(world, unit);
      if (helper) found.push(helper);
    }
  }
  return found.sort((a, b) => (a.unit.id < b.unit.id ? -1 : 1));
}

/** The open cases of a county that have no helper yet, by id; those of branches that were merged meanwhile need none. */
async function casesWithout(tx: Tx, county: string): Promise<readonly StoredCase[]> {
  const query = { where: { county, state: OPEN }, order: 'deadline', limit: PAGE } as const;
  const found: StoredCase[] = [];
  for await (const { rows } of pages((from) => tx.table(cases).find({ ...query, ...from })))
    for (const one of rows)
      if (
        (await tx.table(units).get(one.branch)) &&
        !(await pairsOf(tx, one.id)).some(({ state }) => HELD.includes(state))
      )
        found.push(one);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Who could help whom in a county: the assignment first, then what is cheapest beside it. */
export async function proposalsFor(world: World, county: string): Promise<readonly Proposal[]> {
  const { tx } = world;
  const open = await casesWithout(tx, county);
  if (open.length === 0) return [];
  const helpers = await helpersFor(world, county);
  const rows: {
    readonly one: StoredCase;
    readonly branch: Unit;
    readonly costs: readonly (Cost | null)[];
  }[] = [];
  for (const one of open)
    rows.push({ one, branch: await getUnit(tx, one.branch), costs: await costsOf(world, one, helpers) });
  const picked = assignOf(
    rows.map(({ costs }) => costs.map((cost) => cost?.cost ?? null)),
    helpers.map(({ helps }) => CAPACITY - helps),
  );
  return rows.map(({ one, branch, costs }, i) => {
    const able = helpers.flatMap(({ unit: helper, helps }, j): Choice[] => {
      const cost = costs[j];
      return cost ? [{ ...cost, helper, helps }] : [];
    });
    able.sort((a, b) => a.cost - b.cost || (a.helper.id < b.helper.id ? -1 : 1));
    const first = able.find(({ helper }) => helper.id === helpers[picked[i] ?? -1]?.unit.id);
    if (!first) return { one, branch, choices: [] };
    const others = able.filter((choice) => choice !== first);
    return { one, branch, choices: [first, ...others].slice(0, CHOICES) };
  });
}

/**
 * The assignment over those helpers that can be in a best one: of n cases each needs to look at its n cheapest, since
 * the other n − 1 cannot hold all of these.
 */
function assignOf(
  costs: readonly (readonly (number | null)[])[],
  capacities: readonly number[],
): readonly (number | null)[] {
  const used = new Set<number>();
  for (const row of costs) {
    const able = row.flatMap((cost, j) => (cost === null ? [] : [{ cost, j }]));
    able.sort((a, b) => a.cost - b.cost || a.j - b.j);
    for (const { j } of able.slice(0, costs.length)) used.add(j);
  }
  const kept = [...used].sort((a, b) => a - b);
  const got = assign(
    costs.map((row) => kept.map((j) => row[j] ?? null)),
    kept.map((j) => capacities[j] ?? 0),
  );
  return got.map((place) => (place === null ? null : (kept[place] ?? null)));
}
