/** One talk as a card, 约谈 as a list, and what waits: for the heads who may know of it, and in no group. */
import { z } from 'zod';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import { button, type ListCard, listCard, note, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { entries, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { addDays, sayDay, sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { meantUnit, toKinds, unitName } from '../orgs/index.ts';
import { show } from './acts.ts';
import { isTrue } from './facts.ts';
import {
  KIND_NAMES,
  OPEN,
  STATE_NAMES,
  STATES,
  type State,
  type StoredTalk,
  type Talk,
  talkSteps,
  talks,
} from './model.ts';
import { GONE, notFound, rights } from './rights.ts';
import { numbers } from './suggest.ts';

const PAGE = 8;
const EVERYTHING = '全部';
const MOST = 50;
/** More suggestions are one line of 待办. */
const MOST_TODOS = 3;
/** Days after a talk on which it is asked what came of it. */
const PATIENCE = 30;
const NOT_READ = '可以说：约谈、约谈 拟约谈，或者写下一级单位的名字，比如：约谈 石桥镇。';
const ASIDE = '这件事只在单聊里看。';

async function rowOf({ tx, today }: World, talk: StoredTalk): Promise<RowSpec> {
  const [first = { words: '' }] = talk.facts;
  const more = talk.facts.length > 1 ? `等${talk.facts.length}项` : '';
  return {
    mark: STATE_NAMES[talk.state],
    title: await unitName(tx, talk.unit),
    sub: `${talk.id} · ${KIND_NAMES[talk.kind]}：${first.words}${more} · ${sayDay(talk.on, today)}`,
    op: rights.show,
    data: { talk: talk.id },
  };
}

export const list = operation({
  right: rights.list,
  words: ['约谈'],
  help: '约谈：事实摆出来，由您定',
  offered: toKinds('township', 'county', 'city'),
  glued: 'number',
  fromText(rest) {
    const { number, words } = numbers.split(rest);
    return number ? { talk: number } : words ? { words } : {};
  },
  open: async (_ctx, raw) =>
    typeof raw.talk === 'string' ? { op: show, raw: { talk: raw.talk } } : undefined,
  input: z.object({ words: z.string().max(50).default(''), after: cursor }),
  async run(ctx, { words, after }): Promise<Outcome> {
    personalOnly(ctx);
    const card = await listFor(ctx, ctx.me, words, after);
    return { text: inLines(`约谈：${card.sub}`, card.rows), card, mine: true };
  },
});

/** What one head sees: what is open, a state, everything (全部), or one unit below. */
async function listFor(world: World, me: Actor, words = '', after?: string): Promise<ListCard> {
  const { tx } = world;
  const state = words === EVERYTHING ? STATES : STATES.filter((one) => STATE_NAMES[one] === words);
  const unit = words === '' || state.length > 0 ? undefined : await meantUnit(tx, words);
  if (words !== '' && state.length === 0 && unit?.parent !== me.unit) throw new AppError('invalid', NOT_READ);
  const where = unit ? { unit: unit.id } : { superior: me.unit, state: words === '' ? OPEN : state };
  const query = { where, order: 'on', desc: true, limit: PAGE } as const;
  const page = await tx.table(talks).find({ ...query, after });
  const own = { where: { unit: me.unit, asked: true }, order: 'on', desc: true, limit: PAGE } as const;
  const asked = words === '' && !after ? (await tx.table(talks).find(own)).rows : [];
  const rows: RowSpec[] = [];
  for (const talk of [...asked, ...page.rows])
    if (await may(rights.show, talk, world, me)) rows.push(await rowOf(world, talk));
  const counts = await tx.table(talks).countBy('state', { superior: me.unit });
  const said = OPEN.flatMap((one) => (counts[one] ? [`${STATE_NAMES[one]}${counts[one]}`] : []));
  const years = await toKinds('county', 'city')(world, me);
  const way = years ? '下级单位一年的事实，发送“年度事实”看。' : '等您办的事，发送“待办”看。';
  const none =
    words === ''
      ? `没有要您看的建议，事实到了线才有；约不约谈由您定。${way}`
      : '没有这样的约谈，别的发送“约谈”看。';
  const sub =
    rows.length === 0 ? none : `${said.length > 0 ? `${said.join('，')}。` : ''}只给您看，约不约谈由您定。`;
  const next = { ...(words && { words }), after: page.next };
  const buttons = nextPage(rights.list, page.next && next);
  if (rows.length === 0 && words === '') buttons.push(button(years ? rights.year : entries.todo));
  const past = STATES.some((one) => !OPEN.includes(one) && counts[one]);
  if (past && words === '') buttons.push(button(rights.list, { words: EVERYTHING }, 'default', '看全部'));
  return listCard('约谈', sub, rows, buttons);
}

/** Several suggestions at once, for the heads of the unit above. */
export const listView: View = async (world, id, viewer) =>
  viewer?.role === 'head' && viewer.unit === id ? listFor(world, viewer) : note(ASIDE);

const OFFERS = [
  [rights.propose, 'positive'],
  [rights.hold, 'positive'],
  [rights.improved, 'positive'],
  [rights.explain, 'positive'],
  [rights.unimproved, 'default'],
  [rights.decline, 'default'],
  [rights.ask, 'default'],
] as const;

/** What the head above is asked. */
const ASKS: Readonly<Partial<Record<State, string>>> = {
  suggested: '事实在下面，约不约谈由您定。',
  planned: '谈过以后写“已约谈”。',
  held: '看改进没有，再定。',
};

export const talkView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  if (!viewer) return note(ASIDE);
  const talk = await tx.table(talks).get(id);
  if (!talk || !(await may(rights.show, talk, world, viewer))) return note(notFound(id));
  const above = viewer.unit === talk.superior;
  const gone = talk.state === 'suggested' && !(await isTrue(world, talk));
  const buttons = [];
  for (const [right, style] of OFFERS)
    if (await may(right, talk, world, viewer)) buttons.push(button(right, { talk: id }, style));
  const steps = above
    ? await tx.table(talkSteps).find({ where: { talk: id }, order: 'at', limit: MOST })
    : { rows: [] };
  const asked = talk.explanation === '' ? '上级的负责人想先听您说明。' : '';
  return recordCard({
    number: id,
    title: await unitName(tx, talk.unit),
    state: STATE_NAMES[talk.state],
    style: OPEN.includes(talk.state) ? 'emphasis' : 'good',
    ask: !above ? asked : gone ? GONE : (ASKS[talk.state] ?? ''),
    facts: [
      ['建议', `${sayDay(talk.on, today)}，${KIND_NAMES[talk.kind]}`],
      ...talk.facts.map(({ words }, i) => [`事实${i + 1}`, words] as const),
      ['对方说明', talk.explanation],
      ...(above
        ? ([
            ['不采纳', talk.reason],
            ['约谈', talk.heldOn ? `${sayDay(talk.heldOn, today)}：${talk.points}` : ''],
            ['结果', talk.outcome],
            [
              '经过',
              steps.rows.map(({ at, name, what }) => `${sayTime(at, today)} ${name} ${what}`).join('；'),
            ],
          ] as const)
        : []),
    ],
    buttons,
  });
};

/** What the head above has to decide, and what the head of the unit was asked for. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  if (actor.role !== 'head') return [];
  const { tx, today } = world;
  const waiting: Todo[] = [];
  const add = async (talk: Talk, ask: string): Promise<void> => {
    const what = {
      number: talk.id,
      title: await unitName(tx, talk.unit),
      ask,
      due: null,
      aside: true,
    } as const;
    waiting.push({ ...what, op: rights.show, data: { talk: talk.id } });
  };
  const above = { where: { superior: actor.unit, state: OPEN }, order: 'on', limit: MOST } as const;
  const rows = (await tx.table(talks).find(above)).rows;
  const suggested = [];
  for (const talk of rows)
    if (talk.state === 'suggested' && (await isTrue(world, talk))) suggested.push(talk);
  if (suggested.length > MOST_TODOS)
    waiting.push({
      ...{ number: '', title: `约谈建议${suggested.length}条`, ask: '请定', due: null, aside: true },
      ...{ op: rights.list, data: { words: STATE_NAMES.suggested } },
    });
  else for (const talk of suggested) await add(talk, '约谈建议，请定');
  for (const talk of rows) {
    if (talk.state === 'planned') await add(talk, '请约谈');
    if (talk.state === 'held' && addDays(talk.heldOn ?? today, PATIENCE) <= today)
      await add(talk, '请定改进没有');
  }
  const own = { where: { unit: actor.unit, asked: true }, order: 'on', desc: true, limit: MOST } as const;
  for (const talk of (await tx.table(talks).find(own)).rows)
    if (talk.explanation === '' && (await may(rights.explain, talk, world, actor))) await add(talk, '请说明');
  return waiting;
}
