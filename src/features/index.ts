/** The features of the programme, one line each. */
import type { Feature } from '../bot/feature.ts';
import { analysis } from './analysis/index.ts';
import { auditTrail } from './audit/index.ts';
import { branches } from './branches/index.ts';
import { burden } from './burden/index.ts';
import { cases } from './cases/index.ts';
import { home, unknownWords } from './home/index.ts';
import { inspections } from './inspections/index.ts';
import { issues } from './issues/index.ts';
import { meetings } from './meetings/index.ts';
import { actorOf, identify, members, mentionOf, standIns } from './members/index.ts';
import { openness } from './openness/index.ts';
import { opinions } from './opinions/index.ts';
import { orgs } from './orgs/index.ts';
import { page } from './page/index.ts';
import { pairing } from './pairing/index.ts';
import { programme } from './programme/index.ts';
import { rectification } from './rectification/index.ts';
import { reminders } from './reminders/index.ts';
import { secretaries } from './secretaries/index.ts';
import { sponsorship } from './sponsorship/index.ts';
import { stars } from './stars/index.ts';
import { talks } from './talks/index.ts';
import { tasks } from './tasks/index.ts';

/** In the order in which they may import: a feature only those before it, through their index; named as their folder. */
export const importOrder: readonly Feature[] = [
  orgs,
  page,
  members,
  opinions,
  issues,
  tasks,
  meetings,
  branches,
  analysis,
  rectification,
  pairing,
  inspections,
  stars,
  openness,
  sponsorship,
  talks,
  secretaries,
  cases,
  reminders,
  auditTrail,
  burden,
  programme,
  home,
];

/** In the order in which people meet them, in 帮助 and elsewhere: what is used most comes first, what is not named last. */
export const features: readonly Feature[] = [
  ...new Set([
    issues,
    meetings,
    tasks,
    home,
    branches,
    stars,
    openness,
    cases,
    reminders,
    programme,
    page,
    auditTrail,
    ...importOrder,
  ]),
];

/** What the bot is made of: the features, and the answers that only they have. */
export const featureParts = {
  features,
  identify,
  actor: actorOf,
  mention: mentionOf,
  standIns,
  unknownWords,
};
