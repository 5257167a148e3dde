/** Issues 问题: reported by branches, solved by their owners, closed by somebody else. */

import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import {
  accept,
  escalate,
  recall,
  resolve,
  supplement,
  TARGETS,
  targetSearch,
  transfer,
  withdraw,
} from './acts.ts';
import { draft } from './draft.ts';
import { deny, extend, grant } from './extend.ts';
import { figures } from './figures.ts';
import { reportedIssues } from './handover.ts';
import { history, list, show, todos } from './list.ts';
import { issueEvents, issues as table } from './model.ts';
import { photoDownload } from './photos.ts';
import { numbers } from './record.ts';
import { recurs, single } from './recurrence.ts';
import { reminders } from './reminders.ts';
import { BRANCHES, branchSearch, FIELD_WORDS, report } from './report.ts';
import { rights } from './rights.ts';
import { satisfied, sendBackOperation, verify } from './verify.ts';
import { issueConcern, issueView } from './view.ts';

export { agendaIssues, starColours } from './agenda.ts';
export { closedIssues, countedIssues, type IssueSet, openIssues, satisfiedIssues } from './counts.ts';
export { draft } from './draft.ts';
export { figures } from './figures.ts';
export { guessOf } from './guess.ts';
export { deadlineBefore, lateIssues, lateWithin } from './late.ts';
export { list } from './list.ts';
export { STATE_NAMES as issueStates, type StoredIssue } from './model.ts';
export { issueSaved, numbers as issueNumbers, reported, seesIssue } from './record.ts';
export {
  BRANCHES as ISSUE_BRANCHES,
  checkReport,
  type Report,
  type ReportingUnit,
  reportForm,
  reportInput,
  reportingUnit,
  writeReport,
} from './report.ts';
export { rights as issueRights } from './rights.ts';
export {
  branchIssuesOn,
  briefOf,
  type IssueBrief,
  type IssueRecord,
  issuesOn,
  overdueFor,
  type Standing,
} from './standing.ts';

export const issues: Feature = {
  name: 'issues',
  group: '问题',
  fieldWords: FIELD_WORDS,
  tables: [table, issueEvents],
  operations: [
    draft,
    report,
    list,
    figures,
    show,
    history,
    accept,
    transfer,
    escalate,
    recall,
    extend,
    grant,
    deny,
    resolve,
    verify,
    satisfied,
    recurs,
    single,
    sendBackOperation,
    withdraw,
    supplement,
  ],
  views: { issue: issueView },
  concerns: { issue: issueConcern },
  downloads: { issue: photoDownload },
  opens: { issue: (issue) => button(rights.show, { issue }) },
  numbers: { ...numbers, op: rights.show },
  starts: [rights.report],
  searches: { [BRANCHES]: branchSearch, [TARGETS]: targetSearch },
  reminders,
  todos,
  handovers: [reportedIssues],
};
