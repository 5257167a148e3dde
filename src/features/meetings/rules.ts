/** Who may do what to a meeting, and when; used for showing a button and for every press. */
import type { Actor } from '../../bot/feature.ts';
import { type AnswerKind, isConvener, type Meeting, maySign } from './model.ts';

type Verdict = true | string;

const STATES = { set: '', minuted: '会已经开完，纪要也出了。', cancelled: '这个会已经取消了。' } as const;

/** The invitation can be answered, and changed, until the start. */
export function mayAnswer(meeting: Meeting, now: Date): Verdict {
  if (meeting.state !== 'set') return STATES[meeting.state];
  return now < new Date(meeting.startsAt) || '会已经开始了，不能再改回复。到了请签到。';
}

/** From an hour before until two hours after the start. */
export function mayCheckIn(meeting: Meeting, now: Date): Verdict {
  if (meeting.state === 'cancelled') return STATES.cancelled;
  if (maySign(meeting, now)) return true;
  return now < new Date(meeting.startsAt) ? '开会前1小时才能签到。' : '签到已经结束（开会后2小时）。';
}

/** 改期, 取消会商: the convening unit, before the start. */
export function mayChange(meeting: Meeting, actor: Actor, now: Date): Verdict {
  if (meeting.state !== 'set') return STATES[meeting.state];
  if (!isConvener(meeting, actor)) return '只有发起的单位能改期或取消。';
  return now < new Date(meeting.startsAt) || '会已经开始了，不能再改期或取消。请填写纪要。';
}

/** 填写纪要: the convening unit, once it has begun; corrections too. */
export function mayMinute(meeting: Meeting, actor: Actor, now: Date): Verdict {
  if (meeting.state === 'cancelled') return STATES.cancelled;
  if (!isConvener(meeting, actor)) return '纪要由发起的单位来写。';
  return now >= new Date(meeting.startsAt) || '会还没有开，开了再写纪要。';
}

/** How an answer reads on the card of the unit. */
export function sayAnswer(answer: AnswerKind, words: string): string {
  switch (answer) {
    case 'none':
      return '还没有回复';
    case 'yes':
      return '参加';
    case 'no':
      return `请假：${words}`;
    case 'sub':
      return `派${words}参加`;
  }
}
