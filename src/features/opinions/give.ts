/** 意见: anybody says something to the organiser; 我的意见: what became of it. Only in one's own chat. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { buildForm, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { instant, sayDay, sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { shorten } from '../../lib/text.ts';
import { peopleOf } from '../members/index.ts';
import { organiser } from '../orgs/index.ts';
import { show } from './answer.ts';
import {
  ANSWER_WORKDAYS,
  MOST_A_DAY,
  MOST_CHARS,
  namesOf,
  numbers,
  type Opinion,
  opinions,
  STATE_NAMES,
  type StoredOpinion,
} from './model.ts';
import { rights } from './rights.ts';
import { opinionCard, sayStanding } from './view.ts';

const SHOWN = 10;
/** Those named above the form. */
const NAMED = 3;

/** What others read is not between the person and the organiser any more. @throws AppError `forbidden` */
async function inPrivate({ place }: Ctx): Promise<void> {
  if (place.kind === 'personal') return;
  throw new AppError(
    'forbidden',
    '意见只在单聊里提，只有您和市委组织部看得到。请在和我的单聊里再发一次“意见”；刚才的话群里的人看得到，需要的话请撤回。',
  );
}

/** What the sender has said, newest first. */
async function ownOpinions({ tx, sender, self }: Ctx): Promise<readonly StoredOpinion[]> {
  const who = sender ? await namesOf(tx, sender) : [self];
  return (await tx.table(opinions).find({ where: { who }, order: 'at', desc: true, limit: SHOWN })).rows;
}

export const give = operation({
  right: rights.give,
  words: ['意见', '投诉', '建议', '投诉建议'],
  example: '表太多，能不能少填几张',
  help: '有话对市委组织部说，只有他们看得到',
  fromText(rest) {
    const number = numbers.read(rest)?.number;
    return number ? { opinion: number } : rest ? { words: rest } : {};
  },
  // A number alone is one that was said already.
  open: async ({ sender }, { opinion }) =>
    opinion === undefined ? undefined : sender ? { op: show, raw: { opinion } } : { op: mine, raw: {} },
  record: inPrivate,
  // Typed words open the form: nothing is sent before somebody has pressed for it.
  input: z.object({ words: words('意见', MOST_CHARS), sent: z.literal('yes') }),
  async form(ctx, _record, values, errors) {
    const root = await organiser(ctx.tx);
    const own = await ownOpinions(ctx);
    const said = own.slice(0, NAMED).map((row) => `${row.id} ${sayStanding(row, ctx.today)}`);
    return buildForm(
      {
        intro: [
          `写给${root.name}，${ANSWER_WORKDAYS}个工作日内答复。${
            ctx.sender?.unit === root.id
              ? '您就在这个单位，同事看得到是您提的。'
              : '您的单位和上级看不到是谁提的，也看不到内容。'
          }`,
          ...(said.length > 0 ? [`您提过的：${said.join('；')}。`] : []),
        ].join(''),
        fields: [
          field.lines('words', '意见', MOST_CHARS, {
            required: true,
            hint: '哪里麻烦、哪里不好用、什么可以不要，想到什么写什么',
          }),
        ],
        submit: { title: '提交', op: rights.give, data: { sent: 'yes' } },
        also: own.length > 0 ? [{ op: rights.mine }] : [],
      },
      values,
      errors.filter(({ field }) => field !== 'sent'),
    );
  },
  async refine(ctx) {
    const today = instant(ctx.today).toISOString();
    const own = (await ownOpinions(ctx)).filter(({ at }) => at >= today);
    return own.length < MOST_A_DAY
      ? []
      : [{ field: 'words', message: `今天已经提过${MOST_A_DAY}条，请明天再提` }];
  },
  async run(ctx, { words: said }): Promise<Outcome> {
    const { sender, account, now, workdays, today } = ctx;
    const root = await organiser(ctx.tx);
    const row: Opinion = {
      id: await numbers.next(ctx.tx, today),
      at: now.toISOString(),
      who: ctx.self,
      name: sender?.name ?? shorten(account.name, 60),
      unit: sender?.unit ?? null,
      words: said,
      place: ctx.place.id,
      state: 'open',
      due: workdays.add(today, ANSWER_WORKDAYS),
      answer: '',
      answeredAt: null,
      by: null,
    };
    const saved = await ctx.tx.table(opinions).put(row);
    const subject = { kind: 'opinion', id: row.id };
    const until = sayDay(row.due, today);
    for (const { id: person } of await peopleOf(ctx.tx, root.id)) {
      if (person === sender?.id) continue;
      const text = `收到一条意见 ${row.id}，请在${until}前答复。`;
      ctx.notify({
        to: { person },
        text,
        card: { subject },
        asks: { unit: root.id, of: [rights.answer] },
        key: `opinion:${row.id}@${person}`,
        private: true,
      });
    }
    return {
      text: `收到了，编号 ${row.id}。${root.name}会在${until}前答复，答复发到这里。`,
      // Whoever is not known looks at nothing as somebody.
      card: sender ? { subject } : await opinionCard(ctx, saved, 'giver'),
      did: subject,
    };
  },
});

export const mine = operation({
  right: rights.mine,
  words: ['我的意见'],
  record: inPrivate,
  async run(ctx): Promise<Outcome> {
    const own = await ownOpinions(ctx);
    const rows = own.map(
      (row): RowSpec => ({
        mark: STATE_NAMES[row.state],
        title: shorten(row.words, 60),
        sub: [
          `${row.id} · ${sayTime(row.at, ctx.today)}`,
          row.state === 'answered' ? `答复：${row.answer}` : `${sayDay(row.due, ctx.today)}前答复`,
        ].join(' · '),
        op: ctx.sender && rights.show,
        data: { opinion: row.id },
      }),
    );
    const sub = rows.length === 0 ? '您还没有提过意见。有话说请发送“意见”。' : '最近的在前。';
    return { text: '', card: listCard('我的意见', sub, rows, []), mine: true };
  },
});
