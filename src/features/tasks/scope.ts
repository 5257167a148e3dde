/** Whom a task is for: the questions that its scope answers against the tree, all at a cost that does not grow with it. */
import type { World } from '../../bot/world.ts';
import type { Tx } from '../../store/store.ts';
import {
  branchesBelow,
  getUnit,
  isBranch,
  townshipsOf,
  type Unit,
  unitsAbove,
  unitsBelow,
} from '../orgs/index.ts';
import type { Scope } from './model.ts';

/** Units that one page of a walk gives at most, more or less: whole townships. */
const PAGE = 40;
const TOWNSHIPS = 2;

export const BRANCHES = ['village', 'community'] as const;

/** The scope of the units chosen: what lies inside another choice is left out, so that nobody is meant twice. */
export async function scopeOf(
  tx: Tx,
  below: readonly string[],
  kinds: Scope['kinds'],
  chosen: readonly string[],
): Promise<Scope> {
  const tops: string[] = [];
  for (const id of new Set(below)) {
    const above = await unitsAbove(tx, await getUnit(tx, id));
    if (!above.some((unit) => below.includes(unit.id))) tops.push(id);
  }
  const scope: Scope = { below: tops, kinds, units: [] };
  for (const id of new Set(chosen)) {
    if (!(await covers(tx, scope, await getUnit(tx, id)))) scope.units.push(id);
  }
  return scope;
}

/** True when the task is for this unit. */
export async function covers(tx: Tx, scope: Scope, unit: Unit): Promise<boolean> {
  if (scope.units.includes(unit.id)) return true;
  if (scope.below.length === 0 || !scope.kinds.some((kind) => kind === unit.kind)) return false;
  return coversBelow(
    scope,
    unit,
    (await unitsAbove(tx, unit)).map(({ id }) => id),
  );
}

/** The same, for who knows the units above: once for all branches of a township. */
export function coversBelow(scope: Scope, { id, kind }: Unit, above: readonly string[]): boolean {
  if (scope.units.includes(id)) return true;
  return scope.kinds.some((one) => one === kind) && above.some((unit) => scope.below.includes(unit));
}

/** The part of a scope that is `unit` or lies below it. */
export async function scopeWithin(tx: Tx, scope: Scope, unit: Unit): Promise<Scope> {
  const line = [unit, ...(await unitsAbove(tx, unit))].map(({ id }) => id);
  const inside = async (id: string) =>
    id === unit.id || (await unitsAbove(tx, await getUnit(tx, id))).some((above) => above.id === unit.id);
  const units = [];
  for (const id of scope.units) if (await inside(id)) units.push(id);
  if (scope.below.some((id) => line.includes(id))) {
    if (!isBranch(unit)) return { ...scope, below: [unit.id], units };
    return scope.kinds.some((kind) => kind === unit.kind)
      ? { ...scope, below: [], units: [unit.id] }
      : { ...scope, below: [], units };
  }
  const below = [];
  for (const id of scope.below) if (await inside(id)) below.push(id);
  return { ...scope, below, units };
}

/** How many units a scope has. */
export async function sizeOf(tx: Tx, { below, kinds, units }: Scope): Promise<number> {
  let size = units.length;
  for (const id of below) size += await branchesBelow(tx, await getUnit(tx, id), kinds);
  return size;
}

/** Units of a scope that belong to the same unit above; null for units chosen one by one. */
export interface Siblings {
  readonly parent: Unit | null;
  readonly units: readonly Unit[];
}

/** The units in whose groups siblings are: its own, and for branches that of their township. */
export function chatUnitsOf({ parent, units }: Siblings): readonly string[] {
  const above = parent
    ? [parent.id]
    : units.flatMap((unit) => (isBranch(unit) && unit.parent ? [unit.parent] : []));
  return [...new Set([...above, ...units.map(({ id }) => id)])];
}

/** Some units of a scope, the chosen ones first, then township by township; `next` is where the next page begins. */
export async function walk(
  { tx }: Pick<World, 'tx'>,
  { below, kinds, units }: Scope,
  after = units.length > 0 ? 'unit 0' : 'below 0',
): Promise<{ readonly families: readonly Siblings[]; readonly next?: string | undefined }> {
  const [kind = '', at = '0', ...cursor] = after.split(' ');
  const index = Number(at);
  if (kind === 'unit') {
    const some = [];
    for (const id of units.slice(index, index + PAGE)) some.push(await getUnit(tx, id));
    const end = index + PAGE;
    const next = end < units.length ? `unit ${end}` : below.length > 0 ? 'below 0' : undefined;
    return { families: [{ parent: null, units: some }], next };
  }
  const top = below[index];
  if (!top) return { families: [] };
  const page = await townshipsOf(tx, await getUnit(tx, top), TOWNSHIPS, cursor.join(' ') || undefined);
  const families = [];
  for (const parent of page.rows) {
    const branches = (await unitsBelow(tx, parent.id)).filter((unit) => kinds.some((k) => k === unit.kind));
    if (branches.length > 0) families.push({ parent, units: branches });
  }
  const next = page.next
    ? `below ${index} ${page.next}`
    : index + 1 < below.length
      ? `below ${index + 1}`
      : undefined;
  return { families, next };
}
