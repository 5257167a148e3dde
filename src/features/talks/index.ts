/** 约谈: facts suggest it, the head of the unit above decides, and nobody else knows of it. */
import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { ask, decline, explain, hold, improved, propose, show, unimproved } from './acts.ts';
import { listeners, lookJob } from './look.ts';
import { talks as table, talkMarks, talkSteps } from './model.ts';
import { rights } from './rights.ts';
import { checks, numbers } from './suggest.ts';
import { list, listView, talkView, todos } from './view.ts';
import { year, yearFile, yearView } from './year.ts';

export const talks: Feature = {
  name: 'talks',
  group: '分包约谈',
  tables: [table, talkSteps, talkMarks],
  operations: [list, show, propose, decline, ask, explain, hold, improved, unimproved, year],
  views: { talk: talkView, talks: listView, talkyear: yearView },
  opens: { talk: (id) => button(rights.show, { talk: id }) },
  numbers: { ...numbers, op: rights.show },
  downloads: { talkyear: yearFile },
  jobs: [lookJob],
  listeners,
  checks,
  todos,
};
