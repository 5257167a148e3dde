/** Reminders: what comes next for whom, when the programme's reminders occur, and whether messages arrived. */
import type { Feature } from '../../bot/feature.ts';
import { deliveries, resend, resending } from './deliveries.ts';
import { holidayFile, importHolidays } from './holidays.ts';
import { hours, reminders as next } from './reminders.ts';
import { change, list, show } from './schedules.ts';

export { keepHolidays } from './holidays.ts';
export { type HolidayYear, parseHolidays } from './year.ts';

export const reminders: Feature = {
  name: 'reminders',
  group: '我的',
  tables: [],
  operations: [next, deliveries, resend, hours, list, show, change, importHolidays],
  intakes: [holidayFile],
  jobs: [resending],
};
