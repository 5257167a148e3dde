/** 公开: the figures of a unit as a card: words first, a small table, the same as on the page. */
import { z } from 'zod';
import { button, chartCard, note, type Raw } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { judge } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { optionalWords } from '../../lib/inputs.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { branchRights } from '../branches/index.ts';
import { getUnit, isBranch, meantUnit, organiser, type Unit, units } from '../orgs/index.ts';
import { QUARTER, quarterOf, sayQuarter, shiftQuarter } from './model.ts';
import {
  type Line,
  NO_BASIS,
  NO_DATA,
  n,
  placeOf,
  type Report,
  reportOf,
  STAR_COLUMNS,
  sayWhen,
} from './report.ts';
import { rights } from './rights.ts';
import { N } from './sources.ts';

/** Days for which the link to the spreadsheet is good. */
const LINK_DAYS = 2;
const NOTHING = '还没有这里的数字，正在汇总，请过几分钟再看。';

/** The quarter that words at the end name, and what stands before it. */
function split(rest: string, today: string): { readonly unit: string; readonly quarter: string } {
  const said = foldWidth(rest).trim();
  const now = quarterOf(today);
  const found = /(?:^|\s)(?:(本|上)个?季度?|(20\d\d)(?:年第?([一二三四1-4])季度?|-?[Qq]([1-4])))$/.exec(said);
  if (!found) return { unit: said, quarter: now };
  const [whole, near, year, words = '', digit = ''] = found;
  const number = digit || String('一二三四'.indexOf(words) + 1 || words);
  const quarter = near === '上' ? shiftQuarter(now, -1) : near ? now : `${year}-Q${number}`;
  return { unit: said.slice(0, -whole.length).trim(), quarter };
}

/** The unit whose figures are meant: that of a branch is its township, that of a department the whole city. */
async function unitOf({ tx }: Pick<World, 'tx'>, unit: Unit): Promise<Unit> {
  if (isBranch(unit) && unit.parent) return getUnit(tx, unit.parent);
  return unit.kind === 'county' || unit.kind === 'township' ? unit : organiser(tx);
}

export const show = operation({
  right: rights.show,
  words: ['公开'],
  help: '全市、县区、乡镇各有多少几星支部，问题办得怎样',
  example: '青山县',
  fromText: (rest): Raw => ({ words: rest }),
  input: z.object({
    /** Typed: a unit, a quarter, both or none. */
    words: optionalWords('单位', 100),
    unit: z.string().max(100).optional(),
    quarter: z.string().regex(QUARTER).optional().catch(undefined),
  }),
  async run(ctx, { words, unit: claimed, quarter: asked }): Promise<Outcome> {
    const said = split(words, ctx.today);
    const quarter = asked ?? said.quarter;
    if (quarter > quarterOf(ctx.today)) throw new AppError('invalid', `${sayQuarter(quarter)}还没有到。`);
    const named = claimed ?? said.unit;
    const meant = /^(?:全市|市里|本市)?$/.test(named) ? undefined : await meantUnit(ctx.tx, named);
    if (named !== '' && !meant && !/^(?:全市|市里|本市)$/.test(named))
      throw new AppError(
        'not_found',
        `没有找到“${named.slice(0, 20)}”。可以写：公开 青山县，公开 石桥镇，公开 全市。`,
      );
    const own = named === '' ? await getUnit(ctx.tx, ctx.me.unit) : await organiser(ctx.tx);
    const unit = await unitOf(ctx, meant ?? own);
    return {
      text: '',
      card: { subject: { kind: 'figures', id: `${unit.id}|${quarter}` } },
      mine: true,
    };
  },
});

export const figuresView: View = async (world, id, viewer) => {
  const seen = await judge(rights.show, null, world, viewer);
  if (seen !== true) return note(seen);
  const [name = '', quarter = ''] = id.split('|');
  const unit = await world.tx.table(units).get(name);
  const report = unit && QUARTER.test(quarter) ? await reportOf(world, unit, quarter) : undefined;
  if (!report) return note(quarter < quarterOf(world.today) ? '那个季度没有数据。' : NOTHING);
  const url = viewer ? world.link?.('figures', id, viewer, LINK_DAYS) : undefined;
  const page = world.page && `${world.page.address}/board/${encodeURIComponent(report.unit.id)}`;
  return chartCard({
    title: `公开：${placeOf(report.unit)}`,
    sub: sayWhen(report, world.today),
    facts: factsOf(report),
    head: '单位',
    columns: report.unit.kind === 'township' ? ['几颗星'] : ['三星以上', '四星以上', '五星'],
    bars: barsOf(report),
    picture: report.unit.kind === 'township' ? '' : '几颗星的支部各有多少',
    buttons: [
      button(
        rights.show,
        { unit: report.unit.id, quarter: shiftQuarter(quarter, -1) },
        'default',
        '上个季度',
      ),
      ...(report.unit.kind !== 'city' && report.unit.parent
        ? [button(rights.show, { unit: report.unit.parent, quarter }, 'default', '上一级')]
        : []),
    ],
    links: [
      ...(page ? [{ title: '打开看板', url: page }] : []),
      ...(url ? [{ title: '下载表格', url }] : []),
    ],
  });
};

/** What the card says in words. */
function factsOf(report: Report): readonly (readonly [string, string])[] {
  const { numbers, headline, goals, whole, tables, settings } = report;
  const holders = tables.find(({ id }) => id === 'holders')?.lines ?? [];
  const weak = tables.find(({ id }) => id === 'weak')?.lines ?? [];
  const known = weak.filter(({ cells }) => cells[0] !== NO_DATA);
  const [whole3, four, five] = goals;
  return [
    ['零到五星', STAR_COLUMNS.map((title, i) => `${title}${n(numbers, N.stars(i))}`).join('，')],
    ...headline.map(([title, value, by]) => [title, by ? `${value}，比上季度${by}` : value] as const),
    ['每颗星', holders.map(({ title, cells: [holds, can] }) => `${title}${holds}/${can}`).join('；')],
    ['三星成片', [whole3?.value, whole.join('、')].filter(Boolean).join('：')],
    ['四星成批', four?.gap ?? ''],
    ['五星领先', five?.gap ?? ''],
    ['问题', issueWords(report)],
    ['整顿', known.length > 0 ? known.map(({ title, cells }) => `${title}${cells[0]}`).join('，') : NO_DATA],
    ['说明', settings.basis === 'no' ? NO_BASIS : ''],
  ];
}

function issueWords({ tables }: Report): string {
  const total = tables.find(({ id }) => id === 'issues')?.lines.at(-1)?.cells ?? [];
  const [open, red, yellow, blue, closed, good, fair, verified, days] = total;
  const now = open === NO_DATA ? '' : `没办完${open}件（红${red}、黄${yellow}、蓝${blue}），`;
  const took = days === NO_DATA ? '' : `，一般${days}天`;
  return `${now}本季度销号${closed}件（满意${good}、基本满意${fair}、核验通过${verified}）${took}`;
}

function barsOf({ unit, quarter, tables }: Report): Parameters<typeof chartCard>[0]['bars'] {
  const lines = (tables.find(({ id }) => id === 'stars')?.lines ?? []).filter((line) => line.unit);
  return lines.map((line) => {
    const [branches, ...stars] = line.cells.map(Number);
    const from = (least: number) => stars.slice(least).reduce((sum, count) => sum + count, 0);
    const township = unit.kind === 'township';
    return {
      title: line.title,
      cells: township
        ? [STAR_COLUMNS[stars.indexOf(1)] ?? NO_DATA]
        : [3, 4, 5].map((least) => `${from(least)}/${branches}`),
      parts: township ? [] : partsOf(stars),
      op: township ? branchRights.show : rights.show,
      data: township ? { branch: idOf(line) } : { unit: idOf(line), quarter },
    };
  });
}

const idOf = ({ unit }: Line) => unit?.id ?? '';

/** The most stars first. */
function partsOf(stars: readonly number[]) {
  return stars.map((value, i) => ({ legend: STAR_COLUMNS[i] ?? '', value })).reverse();
}
