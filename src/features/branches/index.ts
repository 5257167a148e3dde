/** Branches 支部: what is known of them, and their stars as dated rows. */

import type { Feature } from '../../bot/feature.ts';
import { applyProfiles, importProfiles, profileDrafts, profileIntake, profileJob } from './import.ts';
import { awards, profiles } from './model.ts';
import { branchView, show } from './view.ts';

export { branchFiles } from './load.ts';
export { type Industry, industries, type Profile, profiles, starsOn } from './model.ts';
export { NOT_FOUND, rights as branchRights } from './rights.ts';
export { awardStar, awardsOf, endStar, starMoves, starsChanged, starsHeld, starsLost } from './stars.ts';
export { loadUnit } from './view.ts';

export const branches: Feature = {
  name: 'branches',
  group: '支部研判与整顿',
  tables: [profiles, awards, profileDrafts],
  operations: [show, importProfiles, applyProfiles],
  views: { branch: branchView },
  intakes: [profileIntake],
  jobs: [profileJob],
};
