/** One case as a card, and 整顿: a branch sees its own, counties and townships theirs, all others how many there are. */
import { z } from 'zod';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import { type Button, button, listCard, note, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { shownCard } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor } from '../../lib/inputs.ts';
import { analysisRights } from '../analysis/index.ts';
import { findUnit, getUnit, isBranch, isWithin, type Unit, unitName, unitsOfKind } from '../orgs/index.ts';
import { sayDispatch } from './dispatch.ts';
import { linkOf } from './document.ts';
import {
  type Case,
  cases,
  OPEN,
  planOf,
  STATE_NAMES,
  STATES,
  type StoredCase,
  sayShare,
  team,
} from './model.ts';
import {
  caseAnd,
  caseCard,
  caseOperation,
  dispatchesOf,
  lastCase,
  loadCase,
  numbers,
  progressOf,
  responsible,
  sayProgress,
} from './record.ts';
import { notFound, rights } from './rights.ts';

const PAGE = 8;
const ASIDE = '这里会提到支部的名字，请在和我的单聊里看。';

export const show = caseOperation()(rights.show, {
  run: async (_ctx, _input, one) => shownCard(caseCard(one)),
});

export const list = operation<
  StoredCase | null,
  { case?: string; state?: string; after?: string | undefined }
>({
  right: rights.list,
  words: ['整顿'],
  help: '整顿：方案、派驻、验收、巩固期',
  glued: 'number',
  fromText: caseAnd('state'),
  // A number or a branch is one case; a state, a county or a township is a list.
  async record(ctx, raw) {
    const typed = typeof raw.case === 'string' ? raw.case : '';
    if (typed === '' || (await scopeOf(ctx, typed))) return null;
    return loadCase(ctx, raw);
  },
  input: z.object({
    case: z.string().max(100).default(''),
    state: z.string().max(20).default(''),
    after: cursor,
  }),
  async run(ctx, { case: typed = '', after }, one): Promise<Outcome> {
    if (one) return shownCard(caseCard(one));
    const own = await getUnit(ctx.tx, ctx.me.unit);
    const scope = await scopeOf(ctx, typed);
    if (ctx.place.kind !== 'personal') return counts(ctx, false);
    if (isBranch(own)) return ownCase(ctx, own);
    if (own.kind === 'responsible') return sentTo(ctx);
    const top = scope?.unit ?? own;
    if (own.kind !== 'lead' && !(await isWithin(ctx.tx, top, own.id)))
      throw new AppError('not_found', notFound(typed));
    if (top.kind !== 'county' && top.kind !== 'township') return counts(ctx, true);
    return page(ctx, top, scope?.state, after);
  },
});

/** What a word behind 整顿 narrows the list to; undefined when it is a case that is meant. */
async function scopeOf(
  { tx }: World,
  typed: string,
): Promise<{ readonly state?: Case['state']; readonly unit?: Unit } | undefined> {
  if (typed === '' || numbers.read(typed)) return undefined;
  const state = STATES.find((one) => STATE_NAMES[one] === typed);
  if (state) return { state };
  const unit = await findUnit(tx, typed);
  return unit && !isBranch(unit) ? { unit } : undefined;
}

async function ownCase(ctx: Ctx, own: Unit): Promise<Outcome> {
  const mine = await lastCase(ctx.tx, own.id);
  if (mine) return shownCard(caseCard(mine));
  const ways = [button(analysisRights.why, { branch: own.id })];
  return counts(ctx, false, `本支部没有在整顿。为什么，发送“为什么 ${own.name}”看。`, ways);
}

/** Somebody of a department sees what he or she was sent to, and how many there are. */
async function sentTo(ctx: Ctx): Promise<Outcome> {
  const { tx, me, today } = ctx;
  const query = { where: { person: me.id }, order: 'to', range: { gte: today }, limit: PAGE } as const;
  const rows: RowSpec[] = [];
  for (const row of (await tx.table(team).find(query)).rows) {
    const one = await tx.table(cases).get(row.case);
    if (one) rows.push(await rowOf(ctx, one));
  }
  if (rows.length === 0) return counts(ctx, false, '没有派您去的支部，派了会通知您。');
  return { text: '', card: listCard('整顿', '派您去的支部，点一下打开。', rows, []), mine: true };
}

/** How many there are, county by county; nobody's name. */
async function counts(ctx: Ctx, opens: boolean, before = '', ways: readonly Button[] = []): Promise<Outcome> {
  const { tx } = ctx;
  const by = new Map<Case['state'], Record<string, number>>();
  for (const state of STATES) by.set(state, await tx.table(cases).countBy('county', { state }));
  const of = (id: string) =>
    STATES.map((state) => `${STATE_NAMES[state]}${by.get(state)?.[id] ?? 0}`).join('，');
  const rows: RowSpec[] = (await unitsOfKind(tx, ['county'])).map(({ id, name }) => ({
    ...{ mark: '', title: name, sub: of(id) },
    ...{ op: opens ? rights.list : null, data: { case: name } },
  }));
  const sum = (state: Case['state']) => Object.values(by.get(state) ?? {}).reduce((all, n) => all + n, 0);
  const total = STATES.map((state) => `${STATE_NAMES[state]}${sum(state)}`).join('，');
  const sub = `${before}全市${total}。`;
  const text = [`整顿：${sub}`, ...rows.map((row) => `${row.title}（${row.sub}）`)].join('\n');
  return { text, card: listCard('整顿', sub, rows, ways), mine: true };
}

async function page(
  ctx: Ctx,
  top: Unit,
  state: Case['state'] | undefined,
  after: string | undefined,
): Promise<Outcome> {
  const { tx } = ctx;
  const scope = top.kind === 'county' ? { county: top.id } : { township: top.id };
  const where = { ...scope, state: state ?? OPEN };
  const found = await tx.table(cases).find({ where, order: 'deadline', limit: PAGE, after });
  const rows: RowSpec[] = [];
  for (const one of found.rows) rows.push(await rowOf(ctx, one));
  const counted = [];
  for (const one of STATES)
    counted.push(`${STATE_NAMES[one]}${await tx.table(cases).count({ ...scope, state: one })}`);
  const title = `整顿 · ${top.name}`;
  const none = state
    ? '这里没有，别的发送“整顿”看。'
    : '没有在整顿的支部：列入名单的才整顿，名单发送“软弱涣散”看。';
  const sub = `${counted.join('，')}。${rows.length === 0 ? none : '点一下打开。'}`;
  const more = { case: state ? STATE_NAMES[state] : top.name, after: found.next };
  const buttons = nextPage(rights.list, found.next && more);
  if (await may(rights.export, undefined, ctx, ctx.me)) buttons.push(button(rights.export, {}));
  if (rows.length === 0) buttons.push(button(analysisRights.list));
  const text = inLines(`${title}：${sub}`, rows);
  return { text, card: listCard(title, sub, rows, buttons), mine: true };
}

async function rowOf(world: World, one: StoredCase): Promise<RowSpec> {
  const { tx, today } = world;
  const until = one.settledUntil
    ? `巩固期至${sayDay(one.settledUntil, today)}`
    : `时限${sayDay(one.deadline, today)}`;
  const progress = one.state === 'closed' ? '' : sayProgress(await progressOf(world, one));
  const plan = one.state === 'active' && !planOf(one) ? `方案${sayDay(one.planDue, today)}前定` : '';
  return {
    mark: one.doubt ? '可能反弹' : STATE_NAMES[one.state],
    title: await unitName(tx, one.branch),
    sub: [one.id, plan, until, progress].filter(Boolean).join(' · '),
    op: rights.show,
    data: { case: one.id },
  };
}

/** What the one who looks is asked, in a sentence. */
async function askOf(world: World, one: Case, viewer: Actor): Promise<string> {
  const says = [
    [rights.relapse, '请定：重新整顿，还是不算反弹。'],
    [rights.accept, '请去听群众意见，再登记验收。'],
  ] as const;
  for (const [right, ask] of says) if (await may(right, one, world, viewer)) return ask;
  if (!planOf(one) && (await may(rights.plan, one, world, viewer)))
    return `请在${sayDay(one.planDue, world.today)}前定好方案。`;
  return '';
}

async function buttonsOf(world: World, one: Case, viewer: Actor): Promise<readonly Button[]> {
  const offers = [
    [rights.relapse, 'destructive'],
    [rights.dismiss, 'default'],
    [rights.accept, 'positive'],
    [rights.plan, planOf(one) ? 'default' : 'positive'],
    [rights.apply, 'positive'],
    [rights.dispatch, 'default'],
    [rights.note, 'default'],
    [rights.extend, 'default'],
    [rights.link, 'default'],
  ] as const;
  const found = [];
  for (const [right, style] of offers)
    if (await may(right, one, world, viewer)) found.push(button(right, { case: one.id }, style));
  // One of the five places is for the document.
  return found.slice(0, 4);
}

export const caseView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const one = await tx.table(cases).get(id);
  if (!one) return note(notFound(id));
  if (!viewer) return note(ASIDE);
  const seen = await judge(rights.show, one, world, viewer);
  if (seen !== true) return note(seen);
  const plan = planOf(one);
  const progress = await progressOf(world, one);
  const sent = await dispatchesOf(tx, one);
  const last = one.checks.at(-1);
  const name = (unitId: string) => unitName(tx, unitId);
  const measures = progress.measures.map(
    ({ text, task, standing }, i) =>
      [`措施${i + 1}`, `${text}（${task}${standing ? `，${standing}` : ''}）`] as const,
  );
  const talk = one.relapses > 0 && viewer.unit === one.county && viewer.role === 'head';
  const [doubted] = one.answers.slice(-1);
  return recordCard({
    number: one.id,
    title: await name(one.branch),
    state: STATE_NAMES[one.state],
    style: one.state === 'closed' ? 'good' : 'emphasis',
    marks: [one.doubt ? '可能反弹' : '', one.relapses > 0 ? `反弹${one.relapses}次` : ''].filter(Boolean),
    ask: await askOf(world, one, viewer),
    facts: [
      ['可能反弹', one.doubt?.words ?? ''],
      ['乡镇', `${await name(one.county)} ${await name(one.township)}`],
      ['类型', one.types.join('、')],
      ['问题', one.records.join('、')],
      ['列入', sayDay(one.listedOn, today)],
      ['上一次', one.previous ?? ''],
      [
        '方案',
        plan
          ? `${sayDay(plan.on, today)}定`
          : one.state === 'active'
            ? `${sayDay(one.planDue, today)}前定`
            : '',
      ],
      ['根源', plan?.cause ?? ''],
      ...measures,
      ['责任单位', plan ? responsible(plan, await name(plan.unit)) : ''],
      ['联村县级领导', plan?.countyLeader ?? ''],
      ['包村乡镇领导', plan?.townshipLeader ?? ''],
      ['派驻', sent.map((row) => sayDispatch(row, today)).join('；')],
      ['结对支部', one.helper ? await name(one.helper) : ''],
      ['时限', sayDay(one.deadline, today)],
      ['进展', sayProgress(progress)],
      [
        '未销号问题',
        progress.issues
          .flatMap(({ id: number, open, stateName }) => (open ? [`${number}${stateName}`] : []))
          .join('、'),
      ],
      [
        '一句话',
        one.notes
          .slice(-2)
          .map(({ on, who, words }) => `${sayDay(on, today)} ${who}：${words}`)
          .join('；'),
      ],
      [
        '群众评价',
        last
          ? `满意${last.satisfied}，基本满意${last.basic}，不满意${last.unsatisfied}，问了${last.asked}位`
          : '',
      ],
      [
        '验收',
        last
          ? `${sayDay(last.on, today)} ${last.who}：${sayShare(last)}，${last.passed ? '合格' : '不合格'}`
          : '',
      ],
      ['巩固期至', one.settledUntil ? sayDay(one.settledUntil, today) : ''],
      [
        '上次定的',
        doubted
          ? `${sayDay(doubted.at, today)} ${doubted.who}：${doubted.relapse ? '重新整顿' : `不算反弹，${doubted.reason}`}`
          : '',
      ],
      ['约谈', talk ? `有反弹，可以约谈${await name(one.township)}，由您定` : ''],
    ],
    buttons: await buttonsOf(world, one, viewer),
    links: linkOf(world, one, viewer),
  });
};
