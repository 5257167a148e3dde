/** 参加, 请假, 派员, 签到: what an invited unit says, and that it came. */
import { z } from 'zod';
import type { Ctx, FieldError, Raw } from '../../bot/feature.ts';
import { buildForm } from '../../bot/fields.ts';
import { type AnswerKind, invites, type StoredMeeting, sayAnswer } from './model.ts';
import { changed, loadMeeting, meetingOperation, ownInvite, wordsFor } from './record.ts';
import { rights } from './rights.ts';

async function answer(ctx: Ctx, meeting: StoredMeeting, kind: AnswerKind, words: string) {
  const invite = await ownInvite(ctx, meeting);
  await ctx.tx.table(invites).put({ ...invite, answer: kind, words, by: ctx.me.id });
  return changed(ctx, meeting, `已回复：${sayAnswer(kind, words)}。开会前都可以改。`);
}

const form =
  (act: string, title: string, id: string, label: string, hint: string) =>
  async (_ctx: Ctx, meeting: StoredMeeting, values: Raw, errors: readonly FieldError[]) =>
    buildForm(
      {
        title,
        intro: `${meeting.id} ${meeting.date} ${meeting.time}`,
        fields: [{ kind: 'text', id, label, max: 100, required: true, hint }],
        submit: { title, op: `meetings.${act}`, data: { meeting: meeting.id } },
      },
      values,
      errors,
    );
const words = (label: string) =>
  z
    .string({ error: `请写${label}` })
    .trim()
    .min(1, `请写${label}`)
    .max(100, `${label}最多100个字`);

export const come = meetingOperation('come', {
  right: rights.come,
  title: '参加',
  words: ['参加'],
  record: loadMeeting,
  input: z.object({}),
  run: (ctx, _input, record) => answer(ctx, record, 'yes', ''),
});

export const excuse = meetingOperation('excuse', {
  right: rights.excuse,
  title: '请假',
  words: ['请假'],
  fromText: wordsFor('reason'),
  record: loadMeeting,
  input: z.object({ reason: words('请假的原因') }),
  form: form('excuse', '请假', 'reason', '为什么不能来', '一句话就行'),
  run: (ctx, { reason }, record) => answer(ctx, record, 'no', reason),
});

export const substitute = meetingOperation('substitute', {
  right: rights.substitute,
  title: '派员',
  words: ['派员'],
  fromText: wordsFor('name'),
  record: loadMeeting,
  input: z.object({ name: words('派谁来') }),
  form: form('substitute', '派员', 'name', '派谁来', '姓名、职务'),
  run: (ctx, { name }, record) => answer(ctx, record, 'sub', name),
});

export const checkIn = meetingOperation('sign', {
  right: rights.sign,
  title: '签到',
  words: ['签到'],
  record: loadMeeting,
  input: z.object({}),
  async run(ctx, _input, meeting) {
    const invite = await ownInvite(ctx, meeting);
    const late = ctx.now > new Date(meeting.startsAt);
    await ctx.tx.table(invites).put({ ...invite, present: late ? 'late' : 'yes' });
    return changed(ctx, meeting, late ? '已签到，记为迟到。' : '已签到。');
  },
});
