/** The features of the town, one line each, in the order in which 帮助 lists them. */
import type { Feature } from '../bot/feature.ts';
import { auditTrail } from './audit/index.ts';
import { home } from './home/index.ts';
import { colours, issues, raising, topics } from './issues/index.ts';
import { called, createMeetings } from './meetings/index.ts';
import { members } from './members/index.ts';
import { orgs } from './orgs/index.ts';
import { page } from './page/index.ts';
import { createProgramme } from './programme/index.ts';
import { reminders } from './reminders/index.ts';
import { createTasks, followup } from './tasks/index.ts';

export const features: readonly Feature[] = [
  issues,
  createMeetings({ topics, colours, followup }),
  createTasks(raising),
  home,
  reminders,
  createProgramme({ called }),
  page,
  auditTrail,
  members,
  orgs,
];
