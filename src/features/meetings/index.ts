/** Joint meetings 会商: called, answered, held, minuted; what was decided comes back until it is done. */
import type { Feature } from '../../bot/feature.ts';
import { checkIn, come, excuse, substitute } from './answer.ts';
import { board, decision, pushBoard, show, todos } from './board.ts';
import { callOperation } from './call.ts';
import { cancelMeeting, move } from './change.ts';
import type { Sources } from './draft.ts';
import { feeds, renew } from './feed.ts';
import { calendar, downloads, linkViews, takeMinutes } from './files.ts';
import { decisionSettled, minutesOperation, settledJob, settleOperation } from './minutes.ts';
import { decisions, drafts, invites, meetings as table, versions } from './model.ts';
import { NUMBER } from './record.ts';
import { rhythms } from './rhythms.ts';
import { soon } from './soon.ts';
import { meetingView } from './view.ts';

export { called } from './board.ts';

/** @param sources what other features put on an agenda besides the decisions that are still open */
export function createMeetings(sources: Sources): Feature {
  return {
    name: 'meetings',
    tables: [table, invites, decisions, versions, drafts, feeds],
    operations: [
      board,
      callOperation('month', sources),
      pushBoard,
      callOperation('push', sources),
      show,
      come,
      excuse,
      substitute,
      checkIn,
      move,
      cancelMeeting,
      minutesOperation(sources.followup),
      decision,
      settleOperation(sources.followup),
      calendar,
      renew,
      takeMinutes,
    ],
    views: { meeting: meetingView, ...linkViews },
    downloads,
    numbers: { pattern: NUMBER, op: 'meetings.show', example: 'HS-2026-11-01' },
    rhythms,
    reactions: [decisionSettled],
    jobs: [settledJob],
    checks: { 'meetings.soon': soon },
    todos,
  };
}
