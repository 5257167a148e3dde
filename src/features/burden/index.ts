/** 减负自查: what the bot asks of people, each figure with the rule beside it, for those who answer for a unit. */
import { z } from 'zod';
import { nextPage } from '../../bot/cards/page.ts';
import { button, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { heavyWeeks, MOST_A_WEEK } from '../../bot/delivery/tables.ts';
import type { Feature } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { addDays, mondayOf } from '../../lib/dates.ts';
import { shorten } from '../../lib/text.ts';
import { actorOf } from '../members/index.ts';
import { opinionRights, opinionStates } from '../opinions/index.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import { formFigures, messageFigures, opinionFigures, repeatFigures, unitMessages } from './figures.ts';
import { rights } from './rights.ts';

/** The rule of the state, and what this programme asks of itself. */
const RULE = '国办函〔2026〕12号';
const OURS = '本系统要求';
const FORMS_PAGE = 8;
const NAMED = 5;

const check = operation({
  right: rights.check,
  words: ['减负自查', '减负'],
  help: '会商助手要大家填了什么、发了多少',
  async run(ctx): Promise<Outcome> {
    const rows = [await aboutForms(ctx), ...(await aboutRepeats(ctx)), ...(await aboutMessages(ctx))];
    const organiser = (await getUnit(ctx.tx, ctx.me.unit)).kind === 'city';
    if (organiser) rows.push(await aboutOpinions(ctx));
    const sub = '按实际记录统计：表是近31天打开过的，消息是上一整周主动发给个人的。每行下面是规定。';
    const text = [sub, ...rows.map(({ mark, title, sub: rule }) => `${mark}：${title}（${rule}）`)].join(
      '\n',
    );
    return { text, card: listCard('减负自查', sub, rows, [button(rights.forms)]), mine: true };
  },
});

function figure(mark: string, title: string, rule: string, over = false): RowSpec {
  const said = over ? `${title}，超出规定` : title;
  return { mark, title: said, sub: rule, op: null, data: {} };
}

async function aboutForms(ctx: Ctx): Promise<RowSpec> {
  const all = await formFigures(ctx);
  const [most] = all;
  const average = all.reduce((sum, { fields }) => sum + fields, 0) / Math.max(1, all.length);
  const title = most
    ? `${all.length}种表，平均${average.toFixed(1)}项，最多${most.fields}项（${most.title}）`
    : '还没有人打开过表';
  return figure('填表', title, `${RULE}：不得重复、随意要求填报`);
}

async function aboutRepeats(ctx: Ctx): Promise<readonly RowSpec[]> {
  const { titles, evidence, nudges } = await repeatFigures(ctx);
  const pictures = (await formFigures(ctx)).reduce((sum, form) => sum + form.pictures, 0);
  const same = titles.length === 0 ? '' : `：${shorten(titles.slice(0, NAMED).join('、'), 60)}`;
  return [
    figure(
      '照片',
      `必填的照片、视频、定位${pictures}项；写了要佐证的任务${evidence}项，不发照片也能报`,
      `${RULE}：不得强制拍照片、录视频、留轨迹`,
      pictures > 0,
    ),
    figure(
      '重复',
      `进行中同名的任务${titles.length}组${same}；近四周催办${nudges}次`,
      `${RULE}：不得重复要；${OURS}：报过的不再催`,
      titles.length > 0,
    ),
  ];
}

async function aboutMessages(ctx: Ctx): Promise<readonly RowSpec[]> {
  const week = addDays(mondayOf(ctx.today), -7);
  const { people, messages, heavy, most } = await messageFigures(ctx, week);
  const average = (messages / Math.max(1, people)).toFixed(1);
  const share = ((100 * heavy) / Math.max(1, people)).toFixed(1);
  const rule = `${OURS}：每人每周不超过${MOST_A_WEEK}条`;
  const title = `上周平均每人${average}条，超过${MOST_A_WEEK}条的${heavy}人（${share}%）${most > 0 ? `，最多${most}条` : ''}`;
  const own = await unitMessages(ctx, ctx.me.unit, week);
  const unit = await getUnit(ctx.tx, ctx.me.unit);
  const rows = [
    figure('消息', title, rule, heavy * 20 > people),
    figure(
      '本单位',
      `${own.length}人，上周最多${Math.max(0, ...own)}条，平均${(own.reduce((sum, n) => sum + n, 0) / Math.max(1, own.length)).toFixed(1)}条`,
      rule,
      Math.max(0, ...own) > MOST_A_WEEK,
    ),
  ];
  if (unit.kind === 'city' && heavy > 0) rows.push(figure('消息多的', await heaviest(ctx, week), rule));
  return rows;
}

/** The units, never the people. */
async function heaviest({ tx }: Ctx, week: string): Promise<string> {
  const query = { where: { week }, order: 'count', desc: true, limit: 20 } as const;
  const counts = new Map<string, number>();
  for (const { person, count } of (await tx.table(heavyWeeks).find(query)).rows) {
    const actor = await actorOf(tx, person);
    const name = actor && (await unitName(tx, actor.unit));
    if (name) counts.set(name, Math.max(count, counts.get(name) ?? 0));
  }
  return [...counts]
    .slice(0, NAMED)
    .map(([name, count]) => `${name}${count}条`)
    .join('、');
}

async function aboutOpinions(ctx: Ctx): Promise<RowSpec> {
  const { open, late } = await opinionFigures(ctx);
  const row = figure(
    '意见',
    `${opinionStates.open}${open}条，超期${late}条`,
    `${RULE}：要能在应用里提意见；${OURS}：5个工作日答复`,
    late > 0,
  );
  return { ...row, op: opinionRights.list };
}

const each = operation({
  right: rights.forms,
  words: ['每张表问几项'],
  input: z.object({ from: z.number().int().min(0).catch(0).default(0) }),
  async run(ctx, { from }): Promise<Outcome> {
    const all = await formFigures(ctx);
    const rows = all
      .slice(from, from + FORMS_PAGE)
      .map(({ title, fields, required, times }) =>
        figure(title, `问${fields}项，必填${required}项`, `31天打开${times}次`),
      );
    const buttons = [
      ...nextPage(rights.forms, from + FORMS_PAGE < all.length && { from: from + FORMS_PAGE }),
      button(rights.check),
    ];
    const sub = '按大家打开时的样子数，问得多的在前。';
    const text = [sub, ...rows.map(({ mark, title, sub: times }) => `${mark}：${title}（${times}）`)].join(
      '\n',
    );
    return { text, card: listCard('每张表问几项', sub, rows, buttons), mine: true };
  },
});

export const burden: Feature = { name: 'burden', group: '人员管理', tables: [], operations: [check, each] };
