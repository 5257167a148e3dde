/** Joint meetings 会商: called, answered, held, minuted; what was decided comes back until it is done. */

import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { checkIn, come, excuse, substitute } from './answer.ts';
import { board, pushBoard, show, todos } from './board.ts';
import { call, callPush } from './call.ts';
import { cancelMeeting, move } from './change.ts';
import {
  confirm,
  decision,
  decisionConcern,
  decisionNumbers,
  decisionReopened,
  decisionSettled,
  decisionView,
  settle,
  settledJob,
  unsettled,
} from './decisions.ts';
import { feeds, renew } from './feed.ts';
import { calendar, downloads, linkViews, takeMinutes } from './files.ts';
import { ATTENDING, attending } from './fill.ts';
import { minutes, oneDecision, publish, saveDraft, turnPage } from './minutes.ts';
import { decisions, drafts, invites, meetings as table, topics, versions } from './model.ts';
import { numbers } from './record.ts';
import { reminders } from './reminders.ts';
import { replies } from './replies.ts';
import { rights } from './rights.ts';
import { soon } from './soon.ts';
import { dropTopic, propose, showTopic, topicConcern, topicNumbers, topicView } from './topics.ts';
import { meetingConcern, meetingView } from './view.ts';

export { boardOf, called, pushQuarter } from './board.ts';
export { rights as meetingRights } from './rights.ts';
export { discussedOn, type MeetingRecord } from './standing.ts';

export const meetings: Feature = {
  name: 'meetings',
  group: '会商',
  fieldWords: {
    place: ['地点', '链接', '会议地点'],
    units: ['单位', '参会单位'],
    agenda: ['议程'],
  },
  tables: [table, invites, decisions, versions, drafts, feeds, topics],
  operations: [
    board,
    call,
    pushBoard,
    callPush,
    show,
    propose,
    showTopic,
    dropTopic,
    come,
    excuse,
    substitute,
    checkIn,
    replies,
    move,
    cancelMeeting,
    minutes,
    turnPage,
    oneDecision,
    saveDraft,
    publish,
    decision,
    settle,
    confirm,
    unsettled,
    calendar,
    renew,
    takeMinutes,
  ],
  views: { meeting: meetingView, decision: decisionView, topic: topicView, ...linkViews },
  concerns: { meeting: meetingConcern, decision: decisionConcern, topic: topicConcern },
  opens: {
    meeting: (meeting) => button(rights.show, { meeting }),
    topic: (topic) => button(rights.topic, { topic }),
    decision: (decision) => button(rights.decision, { decision }, 'default', '打开'),
  },
  downloads,
  searches: { [ATTENDING]: attending },
  numbers: [
    { ...numbers, op: rights.show },
    { ...decisionNumbers, op: rights.decision },
    { ...topicNumbers, op: rights.topic },
  ],
  reminders,
  listeners: [decisionSettled, decisionReopened],
  jobs: [settledJob],
  checks: { 'meetings.soon': soon },
  todos,
};
