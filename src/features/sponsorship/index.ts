/** 分包: leaders answer for branches, townships, tasks and stars; once a quarter they hear what changed. */
import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { assign, end, instruct } from './acts.ts';
import { leaders, sponsorshipMarks, sponsorships } from './model.ts';
import { adoptJob, listeners, quarterly, sponsored } from './reminders.ts';
import { rights } from './rights.ts';
import { list, quarter, quarterView, show, sponsorshipView } from './view.ts';

export const sponsorship: Feature = {
  name: 'sponsorship',
  group: '分包约谈',
  tables: [leaders, sponsorships, sponsorshipMarks],
  operations: [list, show, quarter, assign, end, instruct],
  views: { sponsorship: sponsorshipView, sponsored: quarterView },
  opens: { sponsorship: (id) => button(rights.show, { sponsorship: id }) },
  reminders: [quarterly],
  listeners,
  jobs: [adoptJob],
  handovers: [sponsored],
};
