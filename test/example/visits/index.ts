/** Visits 走访: the whole of a small feature. */
import type { Feature } from '../../../src/bot/feature.ts';
import { numbers, visits as table } from './model.ts';
import { rights } from './rights.ts';
import { list, morning, plan, show, visitView } from './visits.ts';

export const visits: Feature = {
  name: 'visits',
  tables: [table],
  operations: [plan, list, show],
  views: { visit: visitView },
  numbers: { ...numbers, op: rights.show },
  reminders: [morning],
};
