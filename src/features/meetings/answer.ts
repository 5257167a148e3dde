/** 参加, 请假, 派员, 到会: what an invited unit says, and that it came. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import type { Right } from '../../bot/turn/rights.ts';
import { words } from '../../lib/inputs.ts';
import { sayWhen } from './draft-agenda.ts';
import { type AnswerKind, invites, type Meeting, type StoredMeeting, sayAnswer } from './model.ts';
import { changed, meantOperation, ownInvite, wordsFor } from './record.ts';
import { rights } from './rights.ts';

async function answerInvite(
  ctx: Ctx,
  meeting: StoredMeeting,
  kind: AnswerKind,
  said: string,
): Promise<Outcome> {
  const invite = await ownInvite(ctx, meeting);
  const reply = sayAnswer(kind, said);
  if (invite.answer === kind && invite.words === said)
    return { text: `您单位已经回复过：${reply}。`, card: { subject: { kind: 'meeting', id: meeting.id } } };
  await ctx.tx.table(invites).put({ ...invite, answer: kind, words: said, by: ctx.me.id });
  return changed(ctx, meeting, `已回复：${reply}。开会前都可以改。`);
}

export const come = meantOperation(rights.come, {
  words: ['参加'],
  run: (ctx, _input, meeting) => answerInvite(ctx, meeting, 'yes', ''),
});

export const excuse = inWords(rights.excuse, 'no', {
  id: 'reason',
  label: '为什么不能来',
  hint: '一句话就行',
  what: '请假的原因',
});

export const substitute = inWords(rights.substitute, 'sub', {
  id: 'name',
  label: '派谁来',
  hint: '姓名、职务',
  what: '派谁来',
});

/** An answer that needs a few words; typed, they follow the number. */
function inWords<Id extends 'reason' | 'name'>(
  right: Right<Meeting>,
  kind: AnswerKind,
  { id, label, hint, what }: { id: Id; label: string; hint: string; what: string },
) {
  return meantOperation<Record<Id, string>>(right, {
    words: [right.title],
    fromText: wordsFor(id),
    input: z.object({ [id]: words(what, 100) }) as unknown as z.ZodType<Record<Id, string>>,
    form: async (ctx, meeting) => ({
      intro: `${meeting.id} ${sayWhen(meeting, ctx.today)}`,
      fields: [field.text(id, label, 100, { required: true, hint })],
      submit: { op: right, data: { meeting: meeting.id } },
    }),
    run: (ctx, said, meeting) => answerInvite(ctx, meeting, kind, said[id]),
  });
}

export const checkIn = meantOperation(rights.sign, {
  words: ['到会', '签到'],
  async run(ctx, _input, meeting) {
    const invite = await ownInvite(ctx, meeting);
    const late = ctx.now > new Date(meeting.startsAt);
    await ctx.tx.table(invites).put({ ...invite, present: late ? 'late' : 'yes' });
    return changed(ctx, meeting, late ? '已到会，记为迟到。' : '已到会。');
  },
});
