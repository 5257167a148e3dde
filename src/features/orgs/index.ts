/** Units and stars: the city's tree. No commands yet: other features ask it. */
import type { Feature } from '../../bot/feature.ts';
import { stars, units } from './model.ts';

export { readRows, readTree } from './load.ts';
export * from './model.ts';
export { byCounty, byKinds, byOrganiser, staffOnly } from './rights.ts';
export { meantUnit, placedName, searchBranches, searchUnits, unitsAtStart } from './search.ts';

export const orgs: Feature = {
  name: 'orgs',
  tables: [units, stars],
  operations: [],
  names: {
    unit: async (tx, id) => (await tx.table(units).get(id))?.name,
    star: async (tx, id) => (await tx.table(stars).get(id))?.name,
  },
};
