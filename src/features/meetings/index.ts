/** Joint meetings 会商: called, answered, held, minuted; what was decided comes back until it is done. */

import type { Feature } from '../../bot/feature.ts';
import { checkIn, come, excuse, substitute } from './answer.ts';
import { board, decision, pushBoard, show, todos } from './board.ts';
import { call, callPush } from './call.ts';
import { cancelMeeting, move } from './change.ts';
import { feeds, renew } from './feed.ts';
import { calendar, downloads, linkViews, takeMinutes } from './files.ts';
import {
  decisionSettled,
  minutes,
  publish,
  saveDraft,
  settleDecision,
  settledJob,
  turnPage,
} from './minutes.ts';
import { decisions, drafts, invites, meetings as table, versions } from './model.ts';
import { numbers } from './record.ts';
import { reminders } from './reminders.ts';
import { rights } from './rights.ts';
import { soon } from './soon.ts';
import { meetingView } from './view.ts';

export { boardOf, called } from './board.ts';

export const meetings: Feature = {
  name: 'meetings',
  tables: [table, invites, decisions, versions, drafts, feeds],
  operations: [
    board,
    call,
    pushBoard,
    callPush,
    show,
    come,
    excuse,
    substitute,
    checkIn,
    move,
    cancelMeeting,
    minutes,
    turnPage,
    saveDraft,
    publish,
    decision,
    settleDecision,
    calendar,
    renew,
    takeMinutes,
  ],
  views: { meeting: meetingView, ...linkViews },
  downloads,
  numbers: { ...numbers, op: rights.show },
  reminders,
  reactions: [decisionSettled],
  jobs: [settledJob],
  checks: { 'meetings.soon': soon },
  todos,
};
