/** 分包 as lists and cards: who sponsors what, one of them, and the changes of a quarter. */
import { z } from 'zod';
import { nextPage } from '../../bot/cards/page.ts';
import {
  type Button,
  button,
  type ListCard,
  listCard,
  note,
  type RowSpec,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation, shownCard } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor } from '../../lib/inputs.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import type { Page, Where } from '../../store/store.ts';
import { personalOnly } from '../analysis/index.ts';
import { issueRights } from '../issues/index.ts';
import { getUnit, isBranch, isWithin, meantUnit, type Unit, unitName } from '../orgs/index.ts';
import { cases } from '../rectification/index.ts';
import { followup, seesTask } from '../tasks/index.ts';
import { changesOf, QUARTER } from './changes.ts';
import {
  KIND_NAMES,
  leaders,
  OPEN_END,
  type Sponsorship,
  type StoredSponsorship,
  sponsorships,
} from './model.ts';
import {
  card,
  leaderOf,
  loadLeader,
  loadOne,
  MOST,
  quarterCard,
  runningOf,
  sponsorsOf,
  targetName,
  targetOf,
} from './record.ts';
import { NO_SPONSORSHIP, type OfLeader, type One, rights } from './rights.ts';

const PAGE = 8;
const ASIDE = '这里会提到支部的名字，请在单聊里看。';

const untilOf = ({ to }: Sponsorship, today: string) => (to === OPEN_END ? '' : `到${sayDay(to, today)}`);

async function rowOf({ tx, today }: World, row: StoredSponsorship): Promise<RowSpec> {
  const { name, unit } = await leaderOf(tx, row);
  const of = row.case ? `${row.case} 联村县级领导` : KIND_NAMES[row.kind];
  const sub = [`${name}（${await unitName(tx, unit)}）`, of, untilOf(row, today)].filter(Boolean).join(' · ');
  const title = await targetName(tx, row);
  return { mark: '', title, sub, op: rights.show, data: { sponsorship: row.id } };
}

export const list = operation({
  right: rights.list,
  words: ['分包'],
  example: '青石村',
  help: '哪位领导分包哪里',
  fromText: (rest) => (rest ? { words: rest } : {}),
  input: z.object({ words: z.string().max(100).default(''), after: cursor }),
  async run(ctx, { words, after }): Promise<Outcome> {
    personalOnly(ctx);
    const shown = await listFor(ctx, words, after);
    const lines = shown.rows.map(({ title, sub }) => `${title}（${sub}）`);
    return { text: [`${shown.title}：${shown.sub}`, ...lines].join('\n'), card: shown, mine: true };
  },
});

async function listFor(ctx: Ctx, words: string, after: string | undefined): Promise<ListCard> {
  const { tx, me } = ctx;
  const own = await getUnit(tx, me.unit);
  const top = words === '' ? own : await meantUnit(tx, words);
  const within = top && (top.kind === 'county' || top.kind === 'city' || top.kind === 'township');
  const rows: RowSpec[] = [];
  const add = async (row: StoredSponsorship): Promise<void> => {
    if (await may(rights.show, { row, leader: await leaderOf(tx, row) }, ctx, me))
      rows.push(await rowOf(ctx, row));
  };
  if (words !== '' && !within) {
    const target = await targetOf(tx, words);
    if (!target) throw new AppError('not_found', NO_SPONSORSHIP);
    for (const row of await sponsorsOf(ctx, target.id)) await add(row);
    // What a task is about is its parties' to know.
    if (rows.length === 0 && target.kind === 'task' && !(await seesTask(ctx, me, target.id)))
      throw new AppError('not_found', NO_SPONSORSHIP);
    return listCard(
      `分包 · ${target.name}`,
      rows.length > 0 ? '点一下打开。' : '现在没有领导分包，别的发送“分包”看。',
      rows,
      [],
    );
  }
  const mine = words === '' && !after ? await mineOf(ctx, me) : [];
  for (const row of mine) await add(row);
  const known = new Set(mine.map(({ id }) => id));
  const page = top ? await below(ctx, own, top, after) : { rows: [] };
  for (const row of page.rows) if (!known.has(row.id)) await add(row);
  const lacking = top?.kind === 'county' && !after ? await withoutLeader(ctx, own, top) : '';
  const assigns = await may(rights.assign, null, ctx, me);
  const none = assigns
    ? '还没有领导分包。点“定分包”，或者发送“定分包 支部名 领导姓名”。'
    : '还没有领导分包，由县区、乡镇（街道）、牵头单位和市委组织部来定。有事要反映，发送“上报”。';
  const sub = `${lacking}${rows.length > 0 ? '点一下打开，批示一句就是一项任务。' : none}`;
  const next = { ...(words && { words }), after: page.next };
  const buttons = nextPage(rights.list, page.next && next);
  if (!assigns && rows.length === 0) buttons.push(button(issueRights.draft));
  if (assigns) buttons.push(button(rights.assign, {}));
  return listCard(`分包 · ${top?.name ?? ''}`, sub, rows, buttons);
}

/** What somebody sponsors who is a leader. */
async function mineOf(ctx: Ctx, { id: person }: Actor): Promise<readonly StoredSponsorship[]> {
  const found = [];
  for (const { id } of (await ctx.tx.table(leaders).find({ where: { person }, limit: MOST })).rows)
    found.push(...(await runningOf(ctx, id)));
  return found;
}

/** What is sponsored below a unit that one may ask for. */
async function below(
  { tx, today }: World,
  own: Unit,
  top: Unit,
  after: string | undefined,
): Promise<Page<Sponsorship>> {
  const free = own.kind === 'city' || own.kind === 'lead';
  if (!free && !(await isWithin(tx, top, own.id))) throw new AppError('not_found', NO_SPONSORSHIP);
  const scope: Record<string, Where<Sponsorship>> = {
    county: { county: top.id },
    township: { township: top.id },
    city: { unit: top.id },
    lead: { unit: top.id },
  };
  const where = scope[top.kind] ?? (isBranch(top) ? { target: top.id } : { unit: top.id });
  const query = { where, order: 'to', range: { gte: today }, limit: PAGE } as const;
  return tx.table(sponsorships).find({ ...query, after });
}

/** The cases of a county whose plan, and so whose county leader, is still to come. */
async function withoutLeader({ tx, today }: World, own: Unit, top: Unit): Promise<string> {
  if (own.id !== top.id && own.kind !== 'city') return '';
  const query = { where: { county: top.id, state: 'active' }, order: 'deadline', limit: MOST } as const;
  const names = [];
  for (const one of (await tx.table(cases).find(query)).rows) {
    const of = { where: { case: one.id }, order: 'to', range: { gte: today }, limit: 1 } as const;
    if ((await tx.table(sponsorships).find(of)).rows.length === 0)
      names.push(`${await unitName(tx, one.branch)}（${one.id}，方案${sayDay(one.planDue, today)}前定）`);
  }
  return names.length > 0 ? `整顿中还没有联村县级领导：${names.join('、')}，请定方案。` : '';
}

export const show = recordOperation<One>(loadOne, (rest) => (rest ? { target: rest } : {}))(rights.show, {
  run: async (_ctx, _input, { row }) => shownCard(card(row)),
});

export const sponsorshipView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  if (!viewer) return note(ASIDE);
  const row = await tx.table(sponsorships).get(id);
  const leader = row && (await tx.table(leaders).get(row.leader));
  if (!row || !leader || !(await may(rights.show, { row, leader }, world, viewer)))
    return note(NO_SPONSORSHIP);
  const buttons: Button[] = [];
  const data = { sponsorship: id };
  if (await may(rights.instruct, { leader, rows: [row] }, world, viewer))
    buttons.push(button(rights.instruct, data, 'positive'));
  if (await may(rights.end, { row, leader }, world, viewer)) buttons.push(button(rights.end, data));
  const said = [];
  for (const { on, words, task, unit } of row.instructions.slice(-5)) {
    const standing = (await followup.standing(world, { task, unit })) || '还没有报';
    said.push(`${sayDay(on, today)}：${words}（${task}，${await unitName(tx, unit)}，${standing}）`);
  }
  return recordCard({
    number: '',
    title: await targetName(tx, row),
    state: row.to >= today ? '分包中' : '已结束',
    style: row.to >= today ? 'emphasis' : 'good',
    facts: [
      ['分包领导', `${leader.name}（${await unitName(tx, leader.unit)}）`],
      ['分包的是', KIND_NAMES[row.kind]],
      ['整顿', row.case ? `${row.case}，联村县级领导` : ''],
      ['从', sayDay(row.from, today)],
      // Ended on the day on which it began, it has no last day.
      ['到', row.to === OPEN_END || row.to < row.from ? '' : sayDay(row.to, today)],
      ['批示', said.join('；')],
    ],
    buttons,
  });
};

export const quarter = recordOperation<OfLeader>(loadLeader, () => ({}))(rights.quarter, {
  input: z.object({ quarter: z.string().regex(QUARTER, '请从提醒里打开。') }),
  run: async (_ctx, { quarter: of }, { leader }) => ({
    text: '',
    card: { subject: quarterCard(leader.id, of) },
    mine: true,
  }),
});

/** The changes of a quarter, for the leader; what did not change is not said. */
export const quarterView: View = async (world, id, viewer) => {
  const [named = '', of = ''] = id.split('|');
  const leader = await world.tx.table(leaders).get(named);
  if (!viewer) return note(ASIDE);
  if (!leader || !QUARTER.test(of) || !(await may(rights.quarter, { leader, rows: [] }, world, viewer)))
    return note(NO_SPONSORSHIP);
  const changes = await changesOf(world, leader, of);
  const rows = changes.map(
    ({ row, name, said }): RowSpec => ({
      ...{ mark: '', title: name, sub: said.join('；') },
      ...{ op: rights.show, data: { sponsorship: row.id } },
    }),
  );
  const sub =
    rows.length > 0 ? `${sayDatedPeriod(of)}有变化的${rows.length}处；没有变化的不列。` : '没有变化。';
  const all = { leader, rows: await runningOf(world, leader.id) };
  const buttons = (await may(rights.instruct, all, world, viewer))
    ? [button(rights.instruct, { leader: leader.id, quarter: of }, 'positive')]
    : [];
  return listCard(`分包 · ${leader.name}`, sub, rows, buttons);
};
