/** Relations that rest on the place of a unit in the tree; other features' tables of rights use them. */
import type { Relation } from '../../bot/turn/rights.ts';
import { getUnit } from './model.ts';

/** A person of the organiser, who answers for the whole programme. */
export function byOrganiser(otherwise = '这要由市委组织部来做。'): Relation<unknown> {
  return {
    title: '总牵头单位',
    holds: async ({ unit }, _record, { tx }) => (await getUnit(tx, unit)).kind === 'city',
    otherwise: () => otherwise,
  };
}
