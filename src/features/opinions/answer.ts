/** 意见箱, 打开, 答复: what the organiser does with opinions. The answer goes to the chat in which each was said. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { nextPage } from '../../bot/cards/page.ts';
import { button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation, recordsOf } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor, words } from '../../lib/inputs.ts';
import { shorten } from '../../lib/text.ts';
import { getUnit, organiser, unitName } from '../orgs/index.ts';
import { MOST_CHARS, numbers, opinions, STATE_NAMES, type StoredOpinion } from './model.ts';
import { rights } from './rights.ts';
import { sayStanding } from './view.ts';

const PAGE = 8;

const records = recordsOf({ kind: 'opinion', table: opinions, numbers, word: '意见' });

/** Who may not read one hears the very words that are said of a number that there is not. */
async function load(ctx: Ctx, { opinion }: Raw): Promise<StoredOpinion> {
  const seesAll = (await getUnit(ctx.tx, ctx.me.unit)).kind === 'city';
  const where = seesAll ? '意见箱' : '我的意见';
  if (typeof opinion !== 'string' || opinion === '')
    throw new AppError('invalid', `请写上意见的编号。发送“${where}”可以看到编号。`);
  const number = numbers.read(opinion)?.number;
  const row = number === undefined ? undefined : await ctx.tx.table(opinions).get(number);
  if (row && (await may(rights.show, row, ctx, ctx.me))) return row;
  throw new AppError('forbidden', `没有找到“${opinion.slice(0, 20)}”这条意见。发送“${where}”看看编号。`);
}

const opinionOperation = recordOperation(load, records.fromNumber);

export const show = opinionOperation(rights.show, {
  run: records.shown,
});

export const list = operation({
  right: rights.list,
  words: ['意见箱'],
  help: '收到的意见，先到期的在前',
  fromText: (rest) => (/已/.test(rest) ? { state: 'answered' } : {}),
  input: z.object({ state: z.enum(['open', 'answered']).default('open'), after: cursor }),
  async run(ctx, { state, after }): Promise<Outcome> {
    const query = { where: { state }, order: 'due', desc: state === 'answered', limit: PAGE } as const;
    const { rows, next } = await ctx.tx.table(opinions).find({ ...query, after });
    const counts = await ctx.tx.table(opinions).countBy('state');
    const lines: RowSpec[] = [];
    for (const row of rows) {
      const { id, words: said, name, unit } = row;
      const from = unit === null ? `${name}（名单上没有）` : `${name}（${await unitName(ctx.tx, unit)}）`;
      lines.push({
        mark: sayStanding(row, ctx.today),
        title: shorten(said, 60),
        sub: `${id} · ${from}`,
        op: rights.show,
        data: { opinion: id },
      });
    }
    const other = state === 'open' ? 'answered' : 'open';
    const buttons = [
      ...nextPage(rights.list, next && { state, after: next }),
      ...(counts[other]
        ? [button(rights.list, { state: other }, 'default', `看${STATE_NAMES[other]}的`)]
        : []),
    ];
    const sub = `${STATE_NAMES.open}${counts.open ?? 0}条，${STATE_NAMES.answered}${counts.answered ?? 0}条。${lines.length === 0 ? '有人发送“意见”提了，就在这里。' : ''}`;
    return { text: '', card: listCard(`意见箱：${STATE_NAMES[state]}`, sub, lines, buttons), mine: true };
  },
});

export const answer = opinionOperation(rights.answer, {
  words: ['答复', '答复意见'],
  example: 'YJ-2026-0001 这张表从下月起不用填了',
  fromText: records.wordsFor('words'),
  input: z.object({ words: words('答复', MOST_CHARS) }),
  form: async (_ctx, { id, words: said }) => ({
    intro: `${id}：${said}`,
    fields: [
      field.lines('words', '答复', MOST_CHARS, {
        required: true,
        hint: '能改的说什么时候改，不能改的说为什么；提交后直接发给提意见的人',
      }),
    ],
    submit: { title: '提交', op: rights.answer, data: { opinion: id } },
  }),
  async run(ctx, { words: said }, row): Promise<Outcome> {
    const { id, place, words: asked, unit } = row;
    const now = { state: 'answered' as const, answer: said, answeredAt: ctx.now.toISOString() };
    await ctx.tx.table(opinions).put({ ...row, ...now, by: ctx.me.id });
    const subject = { kind: 'opinion', id };
    const root = await organiser(ctx.tx);
    ctx.notify({
      // To this chat alone: what cannot be delivered to a person is told through their unit.
      to: { place },
      text: `${root.name}答复了您的意见 ${id}（${shorten(asked, 30)}）：${said}`,
      ...(unit !== null && { card: { subject } }),
      key: `opinion:${id}:answer`,
    });
    return records.changed(ctx, row, `已答复 ${id}，这就发给提意见的人。`);
  },
});
