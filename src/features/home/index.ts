/** 帮助, 我的, 待办, and the answer to words that call nothing. */

import { z } from 'zod';
import { type Button, button, listCard, note, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import { outbox } from '../../bot/delivery/tables.ts';
import type { Feature } from '../../bot/feature.ts';
import { rights as ownRights } from '../../bot/files/own-data.ts';
import { type AnyOperation, type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { mondayOf, sayDay } from '../../lib/dates.ts';
import { shorten } from '../../lib/text.ts';
import { memberRights, postsOf, ROLE_NAMES } from '../members/index.ts';
import { allStars, getUnit, isBranch, unitName } from '../orgs/index.ts';
import { rights } from './rights.ts';

const none = z.object({});
/** What a button carries at most of words that call nothing; a title has room for as much. */
const MOST_KEPT = 100;
/** Most rows of 待办 on one card; what is later shows up when these are done. */
const ROWS = 10;

export const help = operation({
  right: rights.help,
  words: ['帮助', 'help', '?', '菜单'],
  help: '看看我能做什么',
  input: none,
  async run(ctx) {
    const items = await ctx.help();
    const sub = ctx.sender
      ? `${ctx.sender.name}，在这里您可以点一下，或者直接打字。`
      : '我还不认识您。请先“绑定”：填一下姓名和单位，同意后就能使用。';
    const rows = items.map(
      ({ word, text, op }): RowSpec => ({ mark: word, tone: 'default', title: '', sub: text, op, data: {} }),
    );
    const text = [sub, ...items.map(({ word, text: what }) => `${word}：${what}`)].join('\n');
    return { text, card: listCard('会商 · 我能帮您做什么', sub, rows, []), mine: true };
  },
});

export const me = operation({
  right: rights.me,
  words: ['我的', 'me', '我是谁'],
  help: '我是谁，有几件事等我',
  input: none,
  async run(ctx): Promise<Outcome> {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const stars = (await allStars(ctx.tx)).filter(
      ({ id, lead }) => unit.stars.includes(id) || lead === unit.id,
    );
    const others: string[] = [];
    for (const post of (await postsOf(ctx.tx, ctx.me)).slice(1)) {
      others.push(`${await unitName(ctx.tx, post.unit)}（${ROLE_NAMES[post.role]}）`);
    }
    const todos = await ctx.todos();
    const messages = await messagesThisWeek(ctx);
    const starText = stars.map(({ name }) => name).join('、');
    const named = isBranch(unit) ? `${stars.length}星支部：${starText}` : starText;
    const buttons = [
      button(rights.todo, {}, 'positive'),
      ...(others.length > 0 ? [button(memberRights.switch)] : []),
      button(ownRights.data),
      button(rights.help),
    ];
    const card = recordCard({
      ...{ number: '', title: '我的', state: '', ask: '', buttons },
      facts: [
        ['姓名', ctx.me.name],
        ['单位', unit.name],
        ['岗位', ROLE_NAMES[ctx.me.role]],
        ['还在', others.join('、')],
        [starLabel(unit.kind), starText ? named : isBranch(unit) ? '还没有' : ''],
        ['等我办的', todos.length === 0 ? '没有' : `${todos.length}件`],
        ['本周消息', `机器人主动发给您${messages}条`],
      ],
    });
    return { text: '', card, mine: true };
  },
});

function starLabel(kind: string): string {
  return kind === 'village' || kind === 'community'
    ? '支部'
    : kind === 'responsible'
      ? '参与的星'
      : '牵头的星';
}

/** How many messages the bot sent this person unasked since Monday. */
function messagesThisWeek(ctx: Ctx): Promise<number> {
  return ctx.tx
    .table(outbox)
    .count({ person: ctx.me.id, week: mondayOf(ctx.today), kind: ['notice', 'digest'], state: 'sent' });
}

export const todo = operation({
  right: rights.todo,
  words: ['待办', 'todo'],
  help: '等我办的事，先到期的在前',
  input: none,
  async run(ctx): Promise<Outcome> {
    const todos = await ctx.todos();
    const shown = todos.slice(0, ROWS);
    const rest = todos.length - shown.length;
    const sub =
      todos.length === 0
        ? '没有等您办的事，辛苦了。'
        : `共${todos.length}件${rest > 0 ? `，先列${ROWS}件` : ''}，点一下打开。`;
    return {
      text: '',
      card: listCard(
        '待办',
        sub,
        shown.map((item) => rowOf(item, ctx.today)),
        [],
      ),
      mine: true,
    };
  },
});

function rowOf({ number, title, ask, due, tone, op, data }: Todo, today: string): RowSpec {
  return { mark: ask, tone, title, sub: `${number}${due ? ` · ${sayDay(due, today)}到期` : ''}`, op, data };
}

/** Words that call nothing: what may have been meant, as buttons, with the words kept. */
export function unknownWords(_ctx: Ctx, text: string, nearest: readonly AnyOperation[]): Outcome {
  const sub = text.trim() === '' ? '您可以这样说：' : '没太明白。您是想…？';
  const words = shorten(text.trim(), MOST_KEPT);
  const buttons: Button[] = nearest.map((op) =>
    button(op.right, op.offersWords ? op.fromText?.(words) : {}, 'default', op.words?.[0]),
  );
  const offered = [...buttons, button(rights.todo), button(rights.help)];
  const unique = offered.filter((b, i) => offered.findIndex(({ op }) => op === b.op) === i).slice(0, 5);
  return {
    text: `${sub}${unique.map(({ title }) => title).join('、')}`,
    card: note(sub, unique),
    mine: true,
  };
}

export const home: Feature = { name: 'home', tables: [], operations: [todo, me, help] };
