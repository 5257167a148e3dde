/** 帮助, 我的, 待办, and the answer to words that call nothing. */

import { z } from 'zod';
import { type Button, button, listCard, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import { outbox } from '../../bot/delivery/tables.ts';
import type { Feature } from '../../bot/feature.ts';
import { rights as ownRights } from '../../bot/files/own-data.ts';
import {
  type Ctx,
  type Help,
  isLate,
  LATE,
  type Outcome,
  operation,
  sayUntil,
  type Todo,
} from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { mondayOf, sayDay } from '../../lib/dates.ts';
import { foldHan } from '../../lib/han.ts';
import { shorten } from '../../lib/text.ts';
import { memberRights, postsOf, ROLE_NAMES } from '../members/index.ts';
import { allStars, getUnit, isBranch, type UnitKind, unitName } from '../orgs/index.ts';
import { rights } from './rights.ts';

export { unknownWords } from './words.ts';

/** The four main things of each kind of unit; the rest is behind 更多. */
const MAIN: Readonly<Record<UnitKind, readonly string[]>> = {
  village: ['上报', '报进展', '待办', '问题'],
  community: ['上报', '报进展', '待办', '问题'],
  township: ['待办', '问题', '下达任务', '上报'],
  county: ['待办', '问题', '下达任务', '统计'],
  lead: ['待办', '问题', '会商', '下达任务'],
  responsible: ['待办', '问题', '报进展', '会商'],
  city: ['待办', '问题', '会商', '统计'],
};
const MAIN_ROWS = 4;
/** So few commands need no groups. */
const FEW = 8;
/** Most rows of 待办 on one card; what is later shows up when these are done. */
const ROWS = 10;

export const help = operation({
  right: rights.help,
  words: ['帮助', 'help', '?', '菜单', '你好', '主菜单'],
  help: '看看我能做什么',
  async run(ctx) {
    const items = await usualFirst(ctx);
    const sub = ctx.sender
      ? `${ctx.sender.name}，您好。点一下，或者直接说是什么事。`
      : '我还不认识您。请先“绑定”：填一下姓名和单位，同意后就能使用。';
    const main = items.slice(0, MAIN_ROWS);
    const rest = items.length > main.length ? [button(rights.more)] : [];
    return menu('会商助手 · 我能帮您做什么', sub, main.map(rowFor), rest);
  },
});

/** 更多: everything that one may type here, by groups; with the name of a group, or a word of it, that one. */
export const more = operation({
  right: rights.more,
  words: ['更多', '全部功能', '更多功能'],
  // 更多群众没水喝 is a sentence.
  glued: 'number',
  fromText: (rest) => (rest ? { group: rest } : {}),
  input: z.object({ group: z.string().trim().max(50).catch('').default('') }),
  async run(ctx, { group: asked }) {
    const items = await usualFirst(ctx);
    if (items.length <= FEW) return menu('更多', '这些都可以点，也可以打字。', items.map(rowFor), []);
    const groups = new Map<string, Help[]>();
    for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
    const named = asked === '' ? undefined : groupNamed(groups, foldHan(asked));
    if (named) {
      const [name, some] = named;
      return menu(`更多 · ${name}`, '这些都可以点，也可以打字。', some.map(rowFor), [button(rights.more)]);
    }
    const rows = [...groups].map(([name, some]): RowSpec => {
      const [only, another] = some;
      const about = { mark: name, title: '', sub: some.map(({ word }) => word).join('、') };
      return only && !another ? rowFor(only) : { ...about, op: rights.more, data: { group: name } };
    });
    const not = asked === '' ? '' : `没有“${shorten(asked, 20)}”这一组。`;
    return menu('更多', `${not}点一组看每个是做什么的，或者发送“更多 问题”。这些词都可以直接发。`, rows, []);
  },
});

/** What somebody may do here, the main things of the unit first; without 帮助, which leads here. */
async function usualFirst(ctx: Ctx): Promise<readonly Help[]> {
  const items = (await ctx.help()).filter(({ op }) => op !== rights.help);
  const wanted = ctx.sender ? MAIN[(await getUnit(ctx.tx, ctx.sender.unit)).kind] : [];
  const first = wanted.flatMap((word) => items.find((item) => item.word === word) ?? []);
  return [...first, ...items.filter((item) => !first.includes(item))];
}

/** The group that is called so, or a part of whose name it is, or in which such a command stands. */
function groupNamed(groups: ReadonlyMap<string, readonly Help[]>, asked: string) {
  const all = [...groups];
  return (
    all.find(([name]) => name === asked) ??
    all.find(([, some]) => some.some(({ word }) => word === asked)) ??
    all.find(([name]) => asked.length > 1 && name.includes(asked))
  );
}

const rowFor = ({ word, text, op }: Help): RowSpec => ({ mark: word, title: '', sub: text, op, data: {} });

function menu(title: string, sub: string, rows: readonly RowSpec[], buttons: readonly Button[]): Outcome {
  const lines = rows.map(({ mark, sub: what }) => `${mark}：${what}`);
  const text = [sub, ...lines, ...buttons.map((one) => one.title)].join('\n');
  return { text, card: listCard(title, sub, rows, buttons), mine: true };
}

export const me = operation({
  right: rights.me,
  words: ['我的', 'me', '我是谁'],
  help: '我是谁，有几件事等我',
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
        ['本周消息', `会商助手主动发给您${messages}条`],
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
  async run(ctx): Promise<Outcome> {
    const all = await ctx.todos();
    const todos = ctx.place.kind === 'personal' ? all : all.filter(({ aside }) => !aside);
    const aside = all.length - todos.length;
    const shown = todos.slice(0, ROWS);
    const rest = todos.length - shown.length;
    const here =
      todos.length === 0
        ? '没有等您办的事，辛苦了。还能做什么，发送“帮助”看。'
        : `共${todos.length}件${rest > 0 ? `，先列${ROWS}件` : ''}，点一下打开。`;
    const elsewhere = `${todos.length === 0 ? '' : '另'}有${aside}件不在群里说，请在和我的单聊里看待办。`;
    const sub = [todos.length > 0 || aside === 0 ? here : '', aside > 0 ? elsewhere : ''].join('');
    return {
      text: '',
      card: listCard(
        '待办',
        sub,
        shown.map((item) => rowOf(item, ctx)),
        todos.length === 0 ? [...(await waysOn(ctx)), button(rights.help)] : [],
      ),
      mine: true,
    };
  },
});

/** What somebody is offered for whom nothing waits: the main things of the unit, but for 待办 itself. */
async function waysOn(ctx: Ctx): Promise<readonly Button[]> {
  const items = await ctx.help();
  const words = MAIN[(await getUnit(ctx.tx, ctx.me.unit)).kind].filter((word) => word !== '待办');
  const ways = words.flatMap((word) => items.find((item) => item.word === word) ?? []);
  return ways.slice(0, 2).map(({ op, word }) => button(op, {}, 'default', word));
}

function rowOf(item: Todo, world: World): RowSpec {
  const { number, title, ask, about = [], due, since, colour, tone, op, data } = item;
  const when = due && (since ? `${sayDay(due, world.today)}起` : sayUntil(due, world, colour));
  const sub = [number, when, ...about].filter(Boolean).join(' · ');
  // Once is enough: 超期，请过问.
  const lack = isLate(item, world.today) && !ask.includes(LATE) ? LATE : '';
  return { mark: ask, tone, title, sub, op, data, lack };
}

export const home: Feature = { name: 'home', group: '我的', tables: [], operations: [todo, me, help, more] };
