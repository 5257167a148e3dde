/** Opinions 意见: anybody to the organiser, and the answer back; seen by nobody between them. */
import type { Feature } from '../../bot/feature.ts';
import { answer, list, show } from './answer.ts';
import { give, mine } from './give.ts';
import { numbers, opinions as table } from './model.ts';
import { reminders, todos } from './reminders.ts';
import { rights } from './rights.ts';
import { opinionView } from './view.ts';

export { opinions as opinionRows, STATE_NAMES as opinionStates } from './model.ts';
export { rights as opinionRights } from './rights.ts';

export const opinions: Feature = {
  name: 'opinions',
  group: '我的',
  tables: [table],
  operations: [give, mine, list, show, answer],
  views: { opinion: opinionView },
  numbers: { ...numbers, op: rights.give },
  reminders,
  todos,
};
