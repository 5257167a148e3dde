/** The parts of a task below one unit: counties, townships, or the units themselves, each with its sums. */
import type { World } from '../../bot/world.ts';
import { branchCounts, getUnit, isBranch, type Unit, unitsBelow } from '../orgs/index.ts';
import { addSums, type Checkin, NO_SUMS, type StoredTask, type Sums } from './model.ts';
import type { Period } from './periods.ts';
import { checkinOf, type Progress, progressOf, sumsBelow } from './record.ts';
import { scopeWithin } from './scope.ts';

/** A part with more below it, or one unit that the task is for. */
export type Part =
  | ({ readonly unit: Unit; readonly leaf: false } & Progress)
  | { readonly unit: Unit; readonly leaf: true; readonly checkin: Checkin | undefined };

/** The parts below `at`, or of the whole task; a task that is for one tree begins with what is below its top. */
export async function partsOf(
  world: World,
  task: StoredTask,
  round: Period,
  at?: Unit,
): Promise<readonly Part[]> {
  const { tx } = world;
  const scope = at ? await scopeWithin(tx, task.scope, at) : task.scope;
  const [only] = scope.below;
  const parts: Part[] = [];
  if (only && scope.below.length === 1)
    parts.push(...(await below(world, task, round, await getUnit(tx, only))));
  else for (const id of scope.below) parts.push(await groupOf(world, task, round, await getUnit(tx, id)));
  const known = new Set(parts.map(({ unit }) => unit.id));
  for (const id of scope.units)
    if (!known.has(id)) parts.push(await leafOf(world, round, await getUnit(tx, id)));
  return parts;
}

/** What a part says of itself: `已报 12/20，合计420户`. */
export function sayPart({ measure }: StoredTask, { in: came, size, amount, late }: Progress): string {
  const sum = measure && came > 0 ? `，合计${amount}${measure}` : '';
  return `已报 ${came}/${size}${sum}${late > 0 ? `，超期${late}` : ''}`;
}

async function below(world: World, task: StoredTask, round: Period, top: Unit): Promise<Part[]> {
  const { tx } = world;
  const next = (await unitsBelow(tx, top.id)).filter(
    (unit) => top.kind !== 'city' || unit.kind === 'county' || isBranch(unit),
  );
  if (top.kind === 'city') return counties(world, task, round, next);
  const parts: Part[] = [];
  for (const unit of next) {
    if (!isBranch(unit)) parts.push(await groupOf(world, task, round, unit));
    else if (task.scope.kinds.some((kind) => kind === unit.kind))
      parts.push(await leafOf(world, round, unit));
  }
  return parts.filter((part) => part.leaf || part.size > 0);
}

/** All counties from one reading of the sums and one of the counts. */
async function counties(
  { tx }: World,
  task: StoredTask,
  round: Period,
  units: readonly Unit[],
): Promise<Part[]> {
  const counts = await branchCounts(tx, task.scope.kinds);
  const sums = new Map<string, Sums>();
  for (const row of await sumsBelow(tx, round)) sums.set(row.top, addSums(sums.get(row.top) ?? NO_SUMS, row));
  const parts: Part[] = [];
  for (const unit of units) {
    let size = counts.get(unit.id) ?? 0;
    for (const { id } of await unitsBelow(tx, unit.id)) size += counts.get(id) ?? 0;
    if (size > 0) parts.push({ unit, leaf: false, size, ...(sums.get(unit.id) ?? NO_SUMS) });
  }
  return parts;
}

async function groupOf({ tx }: World, task: StoredTask, round: Period, unit: Unit): Promise<Part> {
  return { unit, leaf: false, ...(await progressOf(tx, task, round, unit)) };
}

async function leafOf({ tx }: World, round: Period, unit: Unit): Promise<Part> {
  return { unit, leaf: true, checkin: await checkinOf(tx, round, unit.id) };
}
