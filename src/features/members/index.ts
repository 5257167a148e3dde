/** People: who they are, which unit they act for, which groups belong to a unit. */
import type { Feature } from '../../bot/feature.ts';
import { bindGroup } from './bind.ts';
import { accounts, members as table } from './model.ts';

export { loadCity } from './load.ts';
export * from './model.ts';
export { createTown, groupUnits } from './town.ts';

export const members: Feature = { name: 'members', tables: [table, accounts], operations: [bindGroup] };
