/** 改期, 取消会商: with a reason, told to everyone who was invited. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { buildForm } from '../../bot/cards/spec.ts';
import { instant } from '../../lib/dates.ts';
import { TIME_MAX, words } from '../../lib/inputs.ts';
import { periodName } from '../../lib/schedule.ts';
import { readWhen } from '../../lib/when/index.ts';
import { date, misplaced, notUnderstood, time } from './call.ts';
import { sayWhen, warnings } from './draft-agenda.ts';
import { invites } from './model.ts';
import { returnTopics } from './proposed-topics.ts';
import { changed, invitesOf, meetingOperation, saveMeeting, tellInvited, wordsFor } from './record.ts';
import { rights } from './rights.ts';
import { remindSoon } from './soon.ts';

const reason = words('原因', 200);

/** 领导出差 is not understood as a time, and is none: 差 alone says nothing. */
const MAYBE_TIME = /[\d０-９〇零一二三四五六七八九十两半]|[上下中]午|[早晚夜日天周月年]/;

/** When to, and why: `12月3日下午3点 场地冲突`. What says nothing of a time is the reason. */
function readMove(words: string, now: Date): { readonly when: string; readonly why: string } {
  const when: string[] = [];
  const why: string[] = [];
  for (const part of words.split(/[\s，,。；;]+/).filter(Boolean)) {
    const { date, time } = readWhen(part, now);
    const isTime = date?.value || time?.value || /^[改推延到至在]+$/.test(part);
    const isReason = !isTime && (why.length > 0 || (!date && !time) || !MAYBE_TIME.test(part));
    (isReason ? why : when).push(part);
  }
  return { when: when.join(' '), why: why.join('，').replace(/^(?:原因|理由)[：:是]*/, '') };
}

export const move = meetingOperation(rights.move, {
  words: ['改期'],
  example: 'HS-2026-11-01 12月9日下午3点',
  fromText: wordsFor('words'),
  days: { fields: /^date$/, toward: 'ahead' },
  input: z.object({ date, time, reason }),
  async refine(ctx, fields, meeting) {
    if (fields.date === meeting.date && fields.time === meeting.time)
      return [{ field: 'date', message: '时间和原来一样' }];
    return misplaced(fields, ctx);
  },
  form: async (ctx, meeting, values, errors) => {
    const typed = values.date === undefined && typeof values.words === 'string' ? values.words : '';
    const { when, why } = readMove(typed, ctx.now);
    const said = readWhen(when, ctx.now);
    return buildForm(
      {
        intro: `${meeting.id}，现在是${sayWhen(meeting, ctx.today)}`,
        fields: [
          field.date('date', '改到哪一天', {
            required: true,
            min: ctx.today,
            value: said.date ? said.date.value : meeting.date,
          }),
          field.text('time', '几点', TIME_MAX, {
            required: true,
            value: said.time ? said.time.value : meeting.time,
          }),
          field.text('reason', '原因', 200, {
            required: true,
            hint: '一句话就行，大家会看到',
            value: why,
          }),
        ],
        submit: { op: rights.move, data: { meeting: meeting.id } },
      },
      values,
      [...notUnderstood(said), ...errors],
    );
  },
  preview: async (ctx, fields, meeting) => {
    const units = (await invitesOf(ctx, meeting.id)).map(({ unit }) => unit);
    const against = await warnings(ctx, { ...fields, units: [...units, meeting.lead], except: meeting.id });
    const period = periodName(fields.date, meeting.kind === 'push' ? 'quarter' : 'month');
    const another = meeting.kind === 'push' ? '季度' : '月';
    const lines = [
      ...against,
      ...(period === meeting.period ? [] : [`已经不在这个${another}了，这个${another}会算没有开`]),
    ].map((text) => ({ mark: '注意', text }));
    if (lines.length === 0) return undefined;
    return { text: `改到${sayWhen(fields, ctx.today)}`, lines };
  },
  async run(ctx, fields, meeting) {
    const startsAt = instant(fields.date, fields.time).toISOString();
    const saved = await saveMeeting(ctx, { ...meeting, ...fields, startsAt, moved: meeting.moved + 1 });
    // Another time is another question: everybody is asked again.
    for (const invite of await invitesOf(ctx, meeting.id)) {
      await ctx.tx.table(invites).put({ ...invite, answer: 'none', words: '', by: null, present: 'no' });
    }
    const when = sayWhen(fields, ctx.today);
    await tellInvited(ctx, saved, () => `${meeting.id} 改到${when}：${fields.reason}。请重新回复。`, true);
    await remindSoon(ctx, saved);
    return changed(ctx, saved, `已改到${when}，都通知到了。`);
  },
});

export const cancelMeeting = meetingOperation(rights.cancel, {
  words: ['取消会商'],
  example: 'HS-2026-11-01 改为线上征求意见',
  fromText: wordsFor('reason'),
  input: z.object({ reason }),
  form: async (ctx, meeting) => ({
    intro: `${meeting.id} ${sayWhen(meeting, ctx.today)}，取消后会通知所有人。`,
    fields: [field.text('reason', '原因', 200, { required: true, hint: '一句话就行，大家会看到' })],
    submit: { op: rights.cancel, data: { meeting: meeting.id }, style: 'destructive' },
  }),
  async run(ctx, { reason: why }, meeting) {
    const saved = await saveMeeting(ctx, { ...meeting, state: 'cancelled', reason: why });
    await returnTopics(ctx, saved);
    await tellInvited(ctx, saved, () => `${meeting.id} 取消了：${why}。`, true);
    return changed(ctx, saved, '已取消，都通知到了。');
  },
});
