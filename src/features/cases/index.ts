/** 典型 and 学习宣传: noticed or proposed, written, verified by somebody else, published once, looked at again. */
import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { issueMoved, left, listedWeak, starred } from './clues.ts';
import { decline, keep, sendBack, verify, withdraw } from './decide.ts';
import { basis, exampleView, list, show } from './list.ts';
import { examples, mediaReports, writers } from './model.ts';
import { casesPage } from './page.tsx';
import { countJob, delivery, publish, telling } from './publish.ts';
import { recommend } from './recommend.ts';
import { numbers } from './record.ts';
import { asking, todos } from './reminders.ts';
import { dropReport, report, list as reports, reportView, showReport } from './reports.ts';
import { rights } from './rights.ts';
import { pictureDownload, write } from './write.ts';

export const cases: Feature = {
  name: 'cases',
  group: '典型宣传',
  tables: [examples, writers, mediaReports],
  operations: [
    list,
    recommend,
    show,
    basis,
    write,
    decline,
    verify,
    sendBack,
    publish,
    delivery,
    keep,
    withdraw,
    reports,
    report,
    showReport,
    dropReport,
  ],
  views: { example: exampleView, mediaReport: reportView },
  opens: { example: (id) => button(rights.show, { example: id }) },
  numbers: { ...numbers, op: rights.show },
  downloads: { example: pictureDownload },
  pages: { 'board/cases': { title: '典型', make: casesPage } },
  reminders: [telling, asking],
  listeners: [left, starred, listedWeak, issueMoved],
  jobs: [countJob],
  todos,
};
