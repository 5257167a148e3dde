/** 结对: the county chooses, the helper answers, once a quarter the branch says whether it helped; it ends with its case. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { inLines } from '../../bot/cards/page.ts';
import {
  type Act,
  button,
  listCard,
  note,
  type Raw,
  type RowSpec,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation, shownCard } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Doing, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { periodName, sayDatedPeriod } from '../../lib/schedule.ts';
import type { Tx } from '../../store/store.ts';
import { analysisRights, personalOnly } from '../analysis/index.ts';
import { tellPeople, tellStaff } from '../members/index.ts';
import { getUnit, isBranch, meantUnit, toKinds, unitName, units } from '../orgs/index.ts';
import {
  cases,
  loadCase,
  OPEN,
  rectificationRights,
  type StoredCase,
  setHelper,
} from '../rectification/index.ts';
import { HELD, PAIR_NAMES, type Pair, pairs, type StoredPair } from './model.ts';
import { type Choice, choiceFor, pairsOf, proposalsFor } from './propose.ts';
import { NO_PAIR, rights } from './rights.ts';

const ROWS = 8;
/** Pairs of one branch that are looked at. */
const MOST = 20;

export const pairCard = ({ id }: Pick<Pair, 'id'>) => ({ kind: 'pair', id });

/** The pair of a case that holds a place. */
async function heldOf(tx: Tx, id: string): Promise<Pair | undefined> {
  return (await pairsOf(tx, id)).find(({ state }) => HELD.includes(state));
}

/** The pairs of a branch, as helper or helped, that hold a place. */
export async function pairsWith(tx: Tx, unit: string): Promise<readonly StoredPair[]> {
  const found = await Promise.all(
    ([{ helper: unit }, { branch: unit }] as const).map((which) =>
      tx.table(pairs).find({ where: { ...which, state: HELD }, order: 'on', limit: MOST }),
    ),
  );
  return found.flatMap(({ rows }) => rows);
}

/** The pair that a press names, or the one that waits for this word among those of the sender’s unit. */
function loadPair(state: Pair['state']) {
  return async (ctx: Ctx, raw: Raw): Promise<StoredPair> => {
    personalOnly(ctx);
    const { tx, me } = ctx;
    if (typeof raw.pair === 'string') {
      const known = await tx.table(pairs).get(raw.pair);
      if (!known) throw new AppError('not_found', NO_PAIR);
      return known;
    }
    const named = typeof raw.branch === 'string' && raw.branch ? await meantUnit(tx, raw.branch) : undefined;
    const own = await getUnit(tx, me.unit);
    const all = await pairsWith(tx, isBranch(own) ? own.id : (named?.id ?? own.id));
    const fit = all.filter(
      (pair) => pair.state === state && (!named || [pair.branch, pair.helper].includes(named.id)),
    );
    const [only, another] = fit;
    if (only && !another) return only;
    throw new AppError('not_found', only ? '有几个结对，请写上是哪个支部。' : NO_PAIR);
  };
}
const onPair = (state: Pair['state'], field: string) =>
  recordOperation<StoredPair>(loadPair(state), (rest): Raw => (rest ? { [field]: rest } : {}));

export const show = onPair('agreed', 'branch')(rights.show, {
  run: async (_ctx, _input, pair) => shownCard(pairCard(pair)),
});

export const list = operation({
  right: rights.list,
  words: ['结对'],
  example: '柳湾村',
  help: '结对：谁来帮整顿的支部',
  offered: toKinds('village', 'community', 'township', 'county'),
  fromText: (rest) => (rest ? { case: rest } : {}),
  // With a branch it is about that one, with another behind it about the two.
  open: async (_ctx, raw) => {
    const [branch = '', helper = ''] = typeof raw.case === 'string' ? raw.case.trim().split(/\s+/) : [];
    if (helper !== '') return { op: choose, raw: { case: branch, helper } };
    return branch === '' ? undefined : { op: choices, raw };
  },
  async run(ctx): Promise<Outcome> {
    personalOnly(ctx);
    const own = await getUnit(ctx.tx, ctx.me.unit);
    if (own.kind === 'county') return countyPairs(ctx);
    const rows: RowSpec[] = [];
    if (isBranch(own))
      for (const pair of await pairsWith(ctx.tx, own.id)) rows.push(await pairRow(ctx, pair));
    if (own.kind === 'township') {
      const query = { where: { township: own.id, state: OPEN }, order: 'deadline', limit: MOST } as const;
      for (const one of (await ctx.tx.table(cases).find(query)).rows) {
        const pair = await heldOf(ctx.tx, one.id);
        if (pair) rows.push(await pairRow(ctx, pair));
      }
    }
    return listed(
      rows,
      rows.length > 0
        ? '点一下打开。'
        : '您单位现在没有结对，整顿中的支部由县区请四星以上的来帮。到哪一步了，发送“整顿”看。',
      rectificationRights.list,
    );
  },
});

function listed(rows: readonly RowSpec[], about: string, next: Act): Outcome {
  const more = rows.length - ROWS;
  const sub = more > 0 ? `${about}还有${more}个没有列出，说“结对 支部名”看。` : about;
  const text = inLines(`结对：${sub}`, rows);
  return {
    text,
    card: listCard('结对', sub, rows.slice(0, ROWS), rows.length === 0 ? [button(next)] : []),
    mine: true,
  };
}

async function pairRow({ tx, today }: World, pair: Pair): Promise<RowSpec> {
  return {
    ...{ mark: PAIR_NAMES[pair.state], title: await unitName(tx, pair.branch) },
    sub: `${await unitName(tx, pair.helper)}来帮 · ${sayDay(pair.on, today)}`,
    ...{ op: rights.show, data: { pair: pair.id } },
  };
}

/** All open cases of a county: who helps, who could, and for whom nobody is left. */
async function countyPairs(ctx: Ctx): Promise<Outcome> {
  const { tx, me } = ctx;
  const rows: RowSpec[] = [];
  const without: string[] = [];
  for (const { one, branch, choices: found } of await proposalsFor(ctx, me.unit)) {
    const [first] = found;
    if (!first) without.push(branch.name);
    rows.push({
      ...{ mark: '待定', title: branch.name },
      sub: first ? `可请${first.helper.name}：${first.reasons.join('，')}` : '没有合适的支部',
      ...{ op: rights.choices, data: { case: one.id } },
    });
  }
  const query = { where: { county: me.unit, state: OPEN }, order: 'deadline', limit: 1000 } as const;
  for (const one of (await tx.table(cases).find(query)).rows) {
    const pair = await heldOf(tx, one.id);
    if (pair) rows.push(await pairRow(ctx, pair));
  }
  const lacks = without.length > 0 ? `结对的支部不够，没有人帮的：${without.join('、')}。` : '';
  const about =
    rows.length > 0
      ? '一起算过的，点一下看三个人选。'
      : '没有在整顿的支部，不用结对。列入名单的，发送“软弱涣散”看。';
  return listed(rows, `${lacks}${about}`, analysisRights.list);
}

const onCase = recordOperation<StoredCase>(loadCase, (rest): Raw => (rest ? { case: rest } : {}));

export const choices = onCase(rights.choices, {
  // Who only may look sees who helps.
  async open(ctx, raw) {
    const pair = await heldOf(ctx.tx, (await seen(ctx, raw)).id);
    return pair ? { op: show, raw: { pair: pair.id } } : undefined;
  },
  async run(ctx, _input, one): Promise<Outcome> {
    const name = await unitName(ctx.tx, one.branch);
    const found = (await proposalsFor(ctx, one.county)).find((proposal) => proposal.one.id === one.id);
    const rows = (found?.choices ?? []).map(
      ({ helper, reasons, helps }, i): RowSpec => ({
        ...{
          mark: i === 0 ? '建议' : `人选${i + 1}`,
          title: helper.name,
        },
        sub: [...reasons, helps > 0 ? `已经在帮${helps}个` : ''].filter(Boolean).join('，'),
        ...{ op: rights.choose, data: { case: one.id, helper: helper.id } },
      }),
    );
    const sub =
      rows.length > 0
        ? '全县在整顿的一起算的，点一个再看一眼就定。'
        : '结对的支部不够，现在没有人能帮它。别的发送“结对”看。';
    const text = inLines(`结对 · ${name}：${sub}`, rows);
    return { text, card: listCard(`结对 · ${name}`, sub, rows, []), mine: true };
  },
});

/** The case, for who may know of it. */
async function seen(ctx: Ctx, raw: Raw): Promise<StoredCase> {
  const one = await loadCase(ctx, raw);
  const verdict = await judge(rectificationRights.show, one, ctx, ctx.me);
  if (verdict !== true) throw new AppError('not_found', verdict);
  return one;
}

/** The helper among those who may help this branch. */
async function choiceOf(ctx: Ctx, one: StoredCase, id: string): Promise<Choice | undefined> {
  const helper = await meantUnit(ctx.tx, id);
  return helper && isBranch(helper) ? choiceFor(ctx, one, helper) : undefined;
}

export const choose = onCase(rights.choose, {
  fromText(rest): Raw {
    const [branch = '', helper = ''] = rest.split(/\s+/);
    return { ...(branch && { case: branch }), ...(helper && { helper }) };
  },
  words: ['定结对'],
  example: '柳湾村 枣林村',
  input: z.object({ helper: words('结对支部', 100, '请写请哪个支部来帮') }),
  async refine(ctx, { helper }, one) {
    const pair = await heldOf(ctx.tx, one.id);
    if (pair) {
      const message = `已经请了${await unitName(ctx.tx, pair.helper)}（${PAIR_NAMES[pair.state]}）`;
      return [{ field: 'helper', message }];
    }
    if (await choiceOf(ctx, one, helper)) return [];
    const message = '这个支部现在不能来帮：要4星以上，不在整顿和巩固期，一年内没有摘过星，帮的不到2个';
    return [{ field: 'helper', message }];
  },
  async preview(ctx, { helper }, one) {
    const choice = await choiceOf(ctx, one, helper);
    if (!choice) return undefined;
    const name = await unitName(ctx.tx, one.branch);
    const lines = choice.reasons.map((text) => ({ mark: '', text }));
    return { text: `请${choice.helper.name}帮${name}。对方同意了才算，有困难会写明原因。`, lines };
  },
  async run(ctx, { helper: named }, one) {
    const { tx, me, today } = ctx;
    const choice = await choiceOf(ctx, one, named);
    if (!choice) throw new AppError('stale', '这个支部刚刚定给了别人，请再看一眼人选。');
    const n = (await pairsOf(tx, one.id)).length + 1;
    const pair = await tx.table(pairs).put({
      ...{
        id: `${one.id}|${n}`,
        case: one.id,
        county: one.county,
        branch: one.branch,
        helper: choice.helper.id,
      },
      ...{ state: 'asked', reasons: [...choice.reasons], by: me.id, name: me.name, on: today },
      ...{ answeredOn: null, endedOn: null, reason: '', quarters: [] },
    });
    const name = await unitName(tx, one.branch);
    const text = `${await unitName(tx, one.county)}请您支部和${name}结对：${choice.reasons.join('，')}。请回复。`;
    const notice = { text, card: { subject: pairCard(pair) }, key: `pair:${pair.id}:${pair.rev}` };
    await tellPeople(ctx, pair.helper, notice);
    return changed(ctx, pair, `已请${choice.helper.name}，等它答复。`);
  },
  form: async ({ tx }, one) => ({
    intro: `${one.id} ${await unitName(tx, one.branch)}`,
    fields: [field.text('helper', '结对支部', 100, { required: true })],
    submit: { op: rights.choose, data: { case: one.id } },
  }),
});

function changed(ctx: Pick<Doing, 'refresh'>, pair: Pair, text: string): Outcome {
  ctx.refresh(pairCard(pair));
  return { text, card: { subject: pairCard(pair) }, did: pairCard(pair) };
}

/** Tell the county and the helped branch’s township of an answer; with `branch` also its people. */
async function tellAnswer(ctx: Ctx, pair: StoredPair, text: string, branch: boolean): Promise<void> {
  const notice = { text, card: { subject: pairCard(pair) }, key: `pair:${pair.id}:${pair.rev}` };
  const township = (await ctx.tx.table(units).get(pair.branch))?.parent;
  for (const unit of [pair.county, ...(township ? [township] : [])]) await tellStaff(ctx, unit, notice);
  if (branch) await tellPeople(ctx, pair.branch, notice);
}

export const agree = onPair('asked', 'branch')(rights.agree, {
  words: ['同意结对'],
  example: '柳湾村',
  async run(ctx, _input, pair) {
    const saved = await ctx.tx.table(pairs).put({ ...pair, state: 'agreed', answeredOn: ctx.today });
    await setHelper(ctx, pair.case, pair.helper);
    const [helper, branch] = [await unitName(ctx.tx, pair.helper), await unitName(ctx.tx, pair.branch)];
    await tellAnswer(ctx, saved, `${helper}同意和${branch}结对。`, true);
    return changed(ctx, saved, `好，您支部和${branch}结对了。`);
  },
});

export const decline = onPair('asked', 'reason')(rights.decline, {
  words: ['有困难'],
  example: '柳湾村 今年人手紧',
  input: z.object({ reason: words('原因', 300, '请写有什么困难') }),
  form: async ({ tx }, { id, branch }) => ({
    intro: `和${await unitName(tx, branch)}结对有什么困难，县区看得到，会另选支部。`,
    fields: [field.lines('reason', '有什么困难', 300, { required: true })],
    submit: { op: rights.decline, data: { pair: id } },
  }),
  async run(ctx, { reason }, pair) {
    const state = 'declined' as const;
    const saved = await ctx.tx.table(pairs).put({ ...pair, state, reason, answeredOn: ctx.today });
    const [helper, branch] = [await unitName(ctx.tx, pair.helper), await unitName(ctx.tx, pair.branch)];
    await tellAnswer(ctx, saved, `${helper}和${branch}结对有困难：${reason}。请县区另选。`, false);
    return changed(ctx, saved, '知道了，县区会另选支部。');
  },
});

const quarterly = (right: typeof rights.helped | typeof rights.unhelped, helped: boolean) =>
  onPair('agreed', 'branch')(right, {
    words: [right.title],
    example: '柳湾村',
    async run(ctx, _input, pair) {
      const { tx, today } = ctx;
      const period = periodName(today, 'quarter');
      const said = { period, helped, on: today };
      const quarters = [...pair.quarters.filter((one) => one.period !== period), said];
      const saved = await tx.table(pairs).put({ ...pair, quarters });
      if (!helped) {
        const text = `${await unitName(tx, pair.branch)}说，${await unitName(tx, pair.helper)}这个季度没帮上。`;
        await tellAnswer(ctx, saved, text, false);
      }
      return changed(ctx, saved, helped ? '记下了，这个季度帮上了。' : '记下了，县区会过问。');
    },
  });
export const saysHelped = quarterly(rights.helped, true);
export const saysUnhelped = quarterly(rights.unhelped, false);

export const pairView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const pair = await tx.table(pairs).get(id);
  if (!pair) return note(NO_PAIR);
  if (!viewer) return note('这里会提到支部的名字，请在和我的单聊里看。');
  const verdict = await judge(rights.show, pair, world, viewer);
  if (verdict !== true) return note(verdict);
  const buttons = [];
  const offers = [
    [rights.agree, 'positive'],
    [rights.decline, 'default'],
    [rights.helped, 'positive'],
    [rights.unhelped, 'default'],
  ] as const;
  for (const [right, style] of offers)
    if (await may(right, pair, world, viewer)) buttons.push(button(right, { pair: id }, style));
  const quarters = pair.quarters.map(
    ({ period, helped }) => `${sayDatedPeriod(period)}${helped ? '帮上了' : '没帮上'}`,
  );
  const asks = pair.state === 'asked' && viewer.unit === pair.helper;
  return recordCard({
    number: pair.case,
    title: `${await unitName(tx, pair.helper)}帮${await unitName(tx, pair.branch)}`,
    state: PAIR_NAMES[pair.state],
    style: pair.state === 'ended' ? 'good' : 'emphasis',
    ask: asks ? '请答复：同意结对，还是有困难。' : '',
    facts: [
      ['为什么', pair.reasons.join('，')],
      ['定的', `${pair.name} ${sayDay(pair.on, today)}`],
      ['答复', pair.answeredOn ? sayDay(pair.answeredOn, today) : ''],
      ['困难', pair.reason],
      ['每季一问', quarters.join('、')],
    ],
    buttons,
  });
};
