/** 公开: the figures of a unit as a card: words first, a small table, the same as on the page. */
import { z } from 'zod';
import { button, chartCard, note, type Raw } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { judge } from '../../bot/turn/rights.ts';
import { optionalWords } from '../../lib/inputs.ts';
import { branchRights } from '../branches/index.ts';
import { units } from '../orgs/index.ts';
import { sendKinds } from '../rectification/index.ts';
import { NO_DATA, n, numberOf, STAR_COLUMNS, VERDICTS } from './figures.ts';
import { begunQuarter, readWords, unitNamed } from './meant.ts';
import { type Numbers, QUARTER, quarterOf, shiftQuarter } from './model.ts';
import { reportOf } from './report.ts';
import { rights } from './rights.ts';
import { rows } from './rows.ts';
import { type Line, NO_BASIS, placeOf, type Report, sayWhen } from './shape.ts';
import { N } from './sources.ts';

/** Days for which the link to the spreadsheet is good. */
const LINK_DAYS = 2;
const NOTHING = '还没有这里的数字，正在汇总。请过几分钟再发送“公开”。';

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
  // With a figure it is about what stands behind that one.
  async open(ctx, raw) {
    if (typeof raw.words !== 'string') return undefined;
    const { figure } = await readWords(ctx, raw.words);
    return figure && { op: rows, raw: { words: raw.words } };
  },
  async run(ctx, { words, unit: claimed, quarter: asked }): Promise<Outcome> {
    const said = await readWords(ctx, words);
    const quarter = begunQuarter(asked ?? said.quarter, ctx.today);
    const unit = await unitNamed(ctx, claimed ?? said.unit);
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
  if (!report)
    return note(quarter < quarterOf(world.today) ? '那个季度没有数据。现在的发送“公开”看。' : NOTHING);
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
      button(rights.rows, { unit: report.unit.id, quarter }),
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
  const [whole3, four, five] = goals;
  return [
    ['零到五星', STAR_COLUMNS.map((title, i) => `${title}${n(numbers, N.stars(i))}`).join('，')],
    ...headline.map(
      ({ title, value, change }) => [title, change ? `${value}，比上季度${change}` : value] as const,
    ),
    ['每颗星', holders.map(({ title, cells: [holds, can] }) => `${title}${holds}/${can}`).join('；')],
    ['三星成片', [whole3?.value, whole.join('、')].filter(Boolean).join('：')],
    ['四星成批', four?.gap ?? ''],
    ['五星领先', five?.gap ?? ''],
    ['问题', issueWords(report)],
    ['整顿', said(report, 'weak')],
    ['派驻和结对', helpWords(report)],
    ['任务', taskWords(numbers)],
    ['说明', settings.basis === 'no' ? NO_BASIS : ''],
  ];
}

/** Each line of a table with its first number. */
function said({ tables }: Report, id: string): string {
  const lines = tables.find((table) => table.id === id)?.lines ?? [];
  const known = lines.filter(({ cells }) => cells[0] !== NO_DATA);
  return known.length > 0 ? known.map(({ title, cells }) => `${title}${cells[0]}`).join('，') : NO_DATA;
}

function helpWords({ numbers }: Report): string {
  const sent = numberOf('sent', numbers);
  const kinds = sendKinds.how.map((how) => `${how}${numberOf(`sent.${how}`, numbers)}`);
  return sent === NO_DATA
    ? NO_DATA
    : `派驻${sent}人（${kinds.join('、')}），结对${numberOf('pairs', numbers)}对`;
}

function taskWords(numbers: Numbers): string {
  const [due, timely, late, missing] = ['due', 'timely', 'late', 'missing'].map((key) =>
    numberOf(key, numbers),
  );
  return due === NO_DATA ? NO_DATA : `要报${due}份：按时${timely}、迟报${late}、没报${missing}`;
}

function issueWords({ numbers }: Report): string {
  const of = (key: string) => numberOf(key, numbers);
  const now =
    of('open') === NO_DATA
      ? ''
      : `没办完${of('open')}件（其中红${of('red')}、黄${of('yellow')}、蓝${of('blue')}），`;
  const took = of('days') === NO_DATA ? '' : `，一般${of('days')}天`;
  const verdicts = VERDICTS.map(([verdict, title]) => `${title}${of(`closed.${verdict}`)}`);
  return `${now}本季度销号${of('closed')}件（${verdicts.join('、')}）${took}`;
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
