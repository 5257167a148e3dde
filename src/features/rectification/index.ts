/** 整顿 of weak branches: plan, 第一书记 and others who are sent, acceptance by residents, 巩固期; progress comes from records. */

import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { accept, apply, dismiss, relapse } from './accept.ts';
import { begun, reportedAgain, settleJob, takenBack } from './begin.ts';
import { dispatch, dispatched, merit, sentList } from './dispatch.ts';
import { caseFile, caseFileView, take } from './document.ts';
import { exportLedger, ledger } from './ledger.ts';
import { cases, dispatches, team } from './model.ts';
import { extend, link, plan, writeNote } from './plan.ts';
import { numbers } from './record.ts';
import { reminders, todos } from './reminders.ts';
import { rights } from './rights.ts';
import { caseView, list, show } from './view.ts';

export { caseClosed, caseFailed, casePlanned, caseRelapsed } from './begin.ts';
export { casesOf, isOpenOn, relapsesOf, sendKinds, sentOn, standOn } from './figures.ts';
export { type Case, cases, OPEN, planOf, STATES, type StoredCase } from './model.ts';
export {
  caseSaved,
  lastCase,
  loadCase,
  numbers as caseNumbers,
  openCase,
  setCountyLeader,
  setHelper,
} from './record.ts';
export { rights as rectificationRights } from './rights.ts';

export const rectification: Feature = {
  name: 'rectification',
  group: '支部研判与整顿',
  tables: [cases, dispatches, team],
  operations: [
    list,
    show,
    plan,
    dispatch,
    sentList,
    merit,
    link,
    extend,
    writeNote,
    apply,
    accept,
    relapse,
    dismiss,
    take,
    exportLedger,
  ],
  views: { case: caseView, casefile: caseFileView },
  opens: { case: (id) => button(rights.show, { case: id }) },
  numbers: { ...numbers, op: rights.list },
  downloads: { case: caseFile },
  exports: [ledger],
  reminders,
  listeners: [begun, reportedAgain, takenBack],
  jobs: [settleJob],
  handovers: [dispatched],
  todos,
};
