/** Relations that rest on the place of a unit in the tree; other features' tables of rights use them. */
import { type Relation, STAFF } from '../../bot/turn/rights.ts';
import { toKinds, type UnitKind } from './model.ts';

/** A person of a unit of one of these kinds; `title` is what an organiser calls those. */
export function byKinds(title: string, kinds: readonly UnitKind[], otherwise: string): Relation<unknown> {
  const fits = toKinds(...kinds);
  return { title, holds: (actor, _record, world) => fits(world, actor), otherwise: () => otherwise };
}

/** A person of the organiser, who answers for the whole programme. */
export const byOrganiser = (otherwise = '这要由市委组织部来做。') =>
  byKinds('总牵头单位', ['city'], otherwise);

/** A person of a county, for what is below it, or of the organiser, for all. */
export const byCounty = (otherwise: string) => byKinds('县区，总牵头单位', ['county', 'city'], otherwise);

/** What only the staff of some units do; one sentence says so to everybody else. */
export const staffOnly = (by: (otherwise: string) => Relation<unknown>, otherwise: string) =>
  ({ who: STAFF, whoElse: otherwise, of: [by(otherwise)] }) as const;
