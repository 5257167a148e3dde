/** 结对: branches of four stars and more help those in 整顿; a county looks at all of its cases at once. */

import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { caseEnded, helperListed } from './end.ts';
import { pairs } from './model.ts';
import { agree, choices, choose, decline, list, pairView, saysHelped, saysUnhelped, show } from './pair.ts';
import { quarter, todos } from './reminders.ts';
import { rights } from './rights.ts';

export { pairsOn } from './counts.ts';
export { rights as pairingRights } from './rights.ts';

export const pairing: Feature = {
  name: 'pairing',
  group: '支部研判与整顿',
  tables: [pairs],
  operations: [list, choices, choose, show, agree, decline, saysHelped, saysUnhelped],
  views: { pair: pairView },
  opens: { pair: (id) => button(rights.show, { pair: id }) },
  reminders: [quarter],
  listeners: [caseEnded, helperListed],
  todos,
};
