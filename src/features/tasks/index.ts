/** Tasks 任务 and check-ins 报进展: handed out by those above, reported in a line, only the missing are asked. */

import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { handOutJob, nudgeJob } from './announce.ts';
import { assign } from './assign.ts';
import {
  addAttachment,
  attachment,
  attachmentDownload,
  attachments,
  removeAttachment,
} from './attachments.ts';
import { checkin, submit } from './checkin.ts';
import { evidence, evidenceDownload, evidenceFile, proof, proofs, unproof } from './evidence.ts';
import { exportTask, ledger } from './ledger.ts';
import { detail, list, show, showCheckin, todos } from './list.ts';
import { checkinEvents, checkins, tasks as table, takenBack, tallies, targets } from './model.ts';
import { raise } from './raise.ts';
import { numbers } from './record.ts';
import { reminders } from './reminders.ts';
import { end, nudge, pass, passAll, passJob, passOn, passSome, sendBack } from './review.ts';
import { reviews } from './review-list.ts';
import { rights } from './rights.ts';
import { FIELD_WORDS } from './typed.ts';
import { undo } from './undo.ts';
import { checkinConcern, checkinView, openTask, taskConcern, taskView } from './view.ts';

export { checkinIn } from './checkin.ts';
export { dueIn } from './counts.ts';
export { followup } from './followup.ts';
export { numbers as taskNumbers, seesTask } from './record.ts';
export { decisionDone, decisionReturned } from './review.ts';
export { rights as taskRights } from './rights.ts';
export { dueBetween, dueTasks, isShort, sayRound, shortOf } from './shares.ts';
export { type CheckinRecord, checkinsOn, type MajorRecord, majorOn, taskFor } from './standing.ts';
export { mayAsk } from './whom.ts';

export const tasks: Feature = {
  name: 'tasks',
  group: '任务',
  fieldWords: FIELD_WORDS,
  tables: [table, targets, checkins, checkinEvents, takenBack, tallies],
  operations: [
    checkin,
    submit,
    list,
    assign,
    nudge,
    undo,
    show,
    detail,
    showCheckin,
    pass,
    passOn,
    sendBack,
    reviews,
    passSome,
    passAll,
    raise,
    end,
    evidence,
    proofs,
    proof,
    unproof,
    attachments,
    attachment,
    addAttachment,
    removeAttachment,
    exportTask,
  ],
  views: { task: taskView, checkin: checkinView },
  concerns: { task: taskConcern, checkin: checkinConcern },
  opens: { task: openTask, checkin: (checkin) => button(rights.sheet, { checkin }, 'default', '打开') },
  numbers: { ...numbers, op: rights.show },
  intakes: [evidenceFile],
  // `evidence`: so say the links that the version before made.
  downloads: { task: attachmentDownload, checkin: evidenceDownload, evidence: evidenceDownload },
  exports: [ledger],
  reminders,
  jobs: [handOutJob, nudgeJob, passJob],
  todos,
};

/** For who counts what is asked for. */
export const taskRows = table;
