/** 书记 in office (a 第一书记 is sent: rectification): since when, trainings, honours, conclusions and a trial sum of pay; seen by the person, the township's head and the county. */
import type { Feature } from '../../bot/feature.ts';
import { applySecretaries, importSecretaries, secretaryDrafts, secretaryIntake } from './import.ts';
import { secretaries as table } from './model.ts';
import { assessments, todos } from './reminders.ts';
import { assess, list, review, secretaryView, show } from './show.ts';

export { secretaryFiles } from './load.ts';

export const secretaries: Feature = {
  name: 'secretaries',
  group: '分包约谈',
  tables: [table, secretaryDrafts],
  operations: [list, show, assess, review, importSecretaries, applySecretaries],
  views: { secretary: secretaryView },
  intakes: [secretaryIntake],
  reminders: [assessments],
  todos,
};
