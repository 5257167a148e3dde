/** 拟约谈, 不采纳, 请对方说明, 说明, 已约谈, 已改进, 未改进: what people make of a suggestion. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import { recordOperation, shownCard } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day, words } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { peopleOf } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { QUIET_DAYS, type StoredTalk, type Talk, talkSteps, talks } from './model.ts';
import { notFound, rights } from './rights.ts';
import { numbers, saveTalk, talkCard, tellHeads } from './suggest.ts';

const MOST = 500;

/** Verdicts that the page of the year never prints: it prints what is written here. */
const VERDICT = /优秀|评优|调整/;
const NO_VERDICT = '请换个说法，只写事实：这里不写“优秀”“不得评优”“调整”';
const factual = (label: string, ask: string) =>
  words(label, MOST, ask).refine(
    (typed) => !VERDICT.test(typed.normalize('NFKC').replace(/[\s\p{P}\p{Cf}]/gu, '')),
    NO_VERDICT,
  );

/** Who may not know of a talk hears the very words that are said of a number that there is not. */
async function loadTalk(ctx: Ctx, raw: Raw): Promise<StoredTalk> {
  personalOnly(ctx);
  const typed = typeof raw.talk === 'string' ? raw.talk.trim() : '';
  if (typed === '') throw new AppError('invalid', '请写上约谈的编号。发送“约谈”可以看到编号。');
  const number = numbers.read(typed)?.number;
  const found = number === undefined ? undefined : await ctx.tx.table(talks).get(number);
  if (found && (await may(rights.show, found, ctx, ctx.me))) return found;
  throw new AppError('not_found', notFound(typed));
}

/** The number in its field, and the words behind it in another one. */
function numberAnd(field: string) {
  return (rest: string): Raw => {
    const { number, words: said } = numbers.split(rest);
    return { ...(number && { talk: number }), ...(said && { [field]: said }) };
  };
}

const talkOperation = (field = 'words') => recordOperation<StoredTalk>(loadTalk, numberAnd(field));

/** Write what somebody did, in the talk’s own history; it is not told to the audit trail. */
async function moved(ctx: Ctx, talk: Talk, what: string, text: string): Promise<Outcome> {
  await save(ctx, talk, what);
  return { text, card: { subject: talkCard(talk) } };
}

async function save(ctx: Ctx, talk: Talk, what: string): Promise<StoredTalk> {
  const { tx, me, now, today } = ctx;
  const saved = await saveTalk(ctx, { ...talk, movedOn: today });
  const unit = await unitName(tx, me.unit);
  const who = { person: me.id, name: me.name, unitName: unit };
  await tx.table(talkSteps).put({ id: ctx.newId(), talk: talk.id, at: now.toISOString(), ...who, what });
  return saved;
}

/** From now on its facts are quiet for a while. */
const over = ({ today }: Ctx) => ({ quietUntil: addDays(today, QUIET_DAYS) });

export const show = talkOperation()(rights.show, {
  run: async (_ctx, _input, talk) => shownCard(talkCard(talk)),
});

export const propose = talkOperation()(rights.propose, {
  words: ['拟约谈'],
  run: (ctx, _input, talk) =>
    moved(ctx, { ...talk, state: 'planned' }, '拟约谈', '记下了：拟约谈。谈过以后写“已约谈”。'),
});

export const decline = talkOperation('reason')(rights.decline, {
  words: ['不采纳'],
  input: z.object({ reason: factual('原因', '请写为什么不采纳') }),
  form: async ({ tx }, talk) => ({
    intro: `${talk.id} ${await unitName(tx, talk.unit)}`,
    fields: [field.lines('reason', '为什么不采纳', MOST, { required: true })],
    submit: { op: rights.decline, data: { talk: talk.id } },
  }),
  run: (ctx, { reason }, talk) =>
    moved(
      ctx,
      { ...talk, state: 'declined', reason, ...over(ctx) },
      '不采纳',
      `记下了：不采纳。同样的事实${QUIET_DAYS}天里不再提。`,
    ),
});

export const ask = talkOperation()(rights.ask, {
  words: ['请对方说明'],
  async run(ctx, _input, talk) {
    const heads = (await peopleOf(ctx.tx, talk.unit)).filter(({ role }) => role === 'head');
    const name = await unitName(ctx.tx, talk.unit);
    if (heads.length === 0) throw new AppError('stale', `${name}的负责人还没有绑定，请当面听。`);
    const saved = await save(ctx, { ...talk, asked: true }, '请对方说明');
    await tellHeads(ctx, saved, talk.unit, [rights.explain]);
    return { text: `已请${name}的负责人说明，只有他们看得到。`, card: { subject: talkCard(talk) } };
  },
});

export const explain = talkOperation()(rights.explain, {
  words: ['约谈说明'],
  input: z.object({ words: factual('说明', '请写说明') }),
  form: async (_ctx, talk) => ({
    intro: `${talk.id}：有什么情况，写给上级的负责人，别人看不到。`,
    fields: [field.lines('words', '说明', MOST, { required: true, value: talk.explanation })],
    submit: { op: rights.explain, data: { talk: talk.id } },
  }),
  async run(ctx, { words: explanation }, talk) {
    const saved = await save(ctx, { ...talk, explanation }, '说明');
    await tellHeads(ctx, saved, talk.superior, [rights.hold, rights.improved]);
    return { text: '说明记下了，上级的负责人看得到。', card: { subject: talkCard(talk) } };
  },
});

export const hold = talkOperation('points')(rights.hold, {
  words: ['已约谈'],
  days: { fields: /^date$/, toward: 'back' },
  input: z.object({ points: factual('要点', '请写谈了什么'), date: day('请选哪天谈的').optional() }),
  async refine({ today }, { date = today }, { on }) {
    if (date > today) return [{ field: 'date', message: '约谈的日子不能在今天以后' }];
    return date < on ? [{ field: 'date', message: `约谈的日子不能在建议（${sayDay(on, today)}）以前` }] : [];
  },
  form: async ({ tx, today }, talk) => ({
    intro: `${talk.id} ${await unitName(tx, talk.unit)}`,
    fields: [
      field.lines('points', '谈了什么', MOST, { required: true }),
      field.date('date', '哪天谈的', { value: today, min: talk.on, max: today }),
    ],
    submit: { op: rights.hold, data: { talk: talk.id } },
  }),
  run: (ctx, { points, date = ctx.today }, talk) =>
    moved(
      ctx,
      { ...talk, state: 'held', points, heldOn: date },
      '已约谈',
      '记下了：已约谈。以后再定改进没有。',
    ),
});

/** What came of it: a word if there is one. */
const outcome = (state: 'improved' | 'unimproved') => {
  const right = rights[state];
  return talkOperation()(right, {
    words: [right.title],
    input: z.object({ words: factual('说明', '').or(z.literal('')).default('') }),
    run: (ctx, { words: said }, talk) =>
      moved(ctx, { ...talk, state, outcome: said, ...over(ctx) }, right.title, `记下了：${right.title}。`),
  });
};
export const improved = outcome('improved');
export const unimproved = outcome('unimproved');
