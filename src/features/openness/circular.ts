/**
 * 季度通报: two pages for the push meeting, drafted from the same report as the board. Bars are table cells with patterns:
 * a picture would need a renderer with a Chinese font of its own, and nobody could correct it.
 */
import {
  AlignmentType,
  HeightRule,
  Paragraph,
  ShadingType,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  VerticalAlign,
  WidthType,
} from 'docx';
import { z } from 'zod';
import { note, type Raw } from '../../bot/cards/spec.ts';
import type { CardLinks, Download, File, View } from '../../bot/feature.ts';
import { ownLink, ownLinkCard } from '../../bot/files/own-link.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { optionalWords } from '../../lib/inputs.ts';
import { longDay, title, type Written, wordFile } from '../../lib/official.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import { plainText } from '../../lib/text.ts';
import { pushQuarter } from '../meetings/index.ts';
import { organiser } from '../orgs/index.ts';
import { NO_DATA, numberOf, STAR_COLUMNS, VERDICTS } from './figures.ts';
import { begunQuarter, readWords } from './meant.ts';
import { QUARTER } from './model.ts';
import { reportOf } from './report.ts';
import { rights } from './rights.ts';
import { type Line, NO_BASIS, placeOf, type Report, type Table as Rows } from './shape.ts';

/** Days for which the link on a card is good. */
const LINK_DAYS = 30;
/** Width of the text, and of the bars in it, in twips. */
const WIDTH = 9_200;
const BARS = 7_600;
/** Two pages hold so many units below the city in a table; of more, the sum alone stands here, the others on the board. */
const MOST_UNITS = 14;
const FONT = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: '仿宋_GB2312' } as const;
const HEAD = { ...FONT, eastAsia: '黑体' } as const;
/** By number of stars, none first: what prints apart in black and white. */
const FILLS = [
  { type: ShadingType.CLEAR, fill: 'FFFFFF' },
  { type: ShadingType.PERCENT_10, color: '8F1D16', fill: 'FFFFFF' },
  { type: ShadingType.THIN_DIAGONAL_STRIPE, color: '8F1D16', fill: 'FFFFFF' },
  { type: ShadingType.PERCENT_40, color: '8F1D16', fill: 'FFFFFF' },
  { type: ShadingType.DIAGONAL_CROSS, color: '8F1D16', fill: 'F7DDD6' },
  { type: ShadingType.SOLID, color: '8F1D16', fill: '8F1D16' },
] as const;

/** The report of a quarter as a document, for the city. */
export const circularFile: Download = async (world, quarter, viewer) => {
  if (!QUARTER.test(quarter) || !(await may(rights.circular, null, world, viewer))) return undefined;
  const report = await reportOf(world, await organiser(world.tx), quarter);
  return report && circularOf(report, world);
};

export const takeCircular = operation({
  right: rights.circular,
  words: ['季度通报', '通报'],
  help: '一个季度的通报，下载了可以改',
  example: '上季度',
  fromText: (rest): Raw => ({ words: rest }),
  input: z.object({ words: optionalWords('季度', 50) }),
  async run(ctx, { words }): Promise<Outcome> {
    const quarter = begunQuarter((await readWords(ctx, words)).quarter, ctx.today);
    const said = `${sayDatedPeriod(quarter)}的通报`;
    return ownLink(ctx, { kind: 'circular', id: quarter }, `${said}。点开就能下载。`);
  },
});

export const circularView: View = async (world, quarter, viewer) => {
  const mine = viewer && QUARTER.test(quarter) && (await may(rights.circular, null, world, viewer));
  if (!mine) return note('这个链接只给要它的人。要下载请发“季度通报”。');
  const url = world.link?.('circular', quarter, viewer, LINK_DAYS);
  return ownLinkCard({ title: `${sayDatedPeriod(quarter)}通报`, ask: '点开就能下载，可以改了再用。', url });
};

/** On the card of a push meeting: the report of its quarter, which is one's own, and the board, also in a group. */
export const pushLinks: CardLinks = async (world, id, viewer) => {
  const quarter = await pushQuarter(world.tx, id);
  if (!quarter || !(await may(rights.circular, null, world, viewer))) return [];
  const url = viewer ? world.link?.('circular', quarter, viewer, LINK_DAYS) : undefined;
  const board = world.page && `${world.page.address}/board?q=${quarter}`;
  return [...(url ? [{ title: '季度通报', url }] : []), ...(board ? [{ title: '看板', url: board }] : [])];
};

export function circularOf(report: Report, world: Pick<World, 'page' | 'today'>): File {
  const name = `${sayDatedPeriod(report.quarter)}“五星”支部创建通报.docx`;
  const address = world.page && `${world.page.address}/board?q=${report.quarter}`;
  return { name, ...wordFile(() => written(report, address)) };
}

const run = (text: string, size = 24, font: typeof FONT | typeof HEAD = FONT) =>
  new TextRun({ text: plainText(text), size, font });
const body = (text: string) =>
  new Paragraph({
    indent: { firstLine: 480 },
    spacing: { line: 400, lineRule: 'exact' },
    children: [run(text)],
  });
const heading = (text: string) =>
  new Paragraph({
    spacing: { before: 120, line: 420, lineRule: 'exact' },
    keepNext: true,
    children: [run(text, 26, HEAD)],
  });
const gap = () => new Paragraph({ spacing: { line: 120, lineRule: 'exact' }, children: [] });

function cell(text: string, width: number, bold = false): TableCell {
  return new TableCell({
    width: { size: width, type: WidthType.DXA },
    verticalAlign: VerticalAlign.CENTER,
    children: [
      new Paragraph({
        alignment: AlignmentType.CENTER,
        spacing: { line: 300, lineRule: 'exact' },
        children: [run(text, 20, bold ? HEAD : FONT)],
      }),
    ],
  });
}

/** A table of figures as it stands on the board. */
function tableOf({ head, columns }: Pick<Rows, 'head' | 'columns'>, lines: readonly Line[]): Table {
  const first = 2_000;
  const width = Math.floor((WIDTH - first) / columns.length);
  const row = (cells: readonly (number | string)[], bold: boolean) =>
    new TableRow({
      cantSplit: true,
      tableHeader: bold,
      children: cells.map((text, i) => cell(String(text), i === 0 ? first : width, bold)),
    });
  return new Table({
    width: { size: WIDTH, type: WidthType.DXA },
    layout: TableLayoutType.FIXED,
    alignment: AlignmentType.CENTER,
    rows: [
      row([head, ...columns], true),
      ...lines.map(({ title: name, cells }) => row([name, ...cells], false)),
    ],
  });
}

/** A bar for each unit, a row of its own: how many branches have no star, one, … five. */
function barOf({ title: name, cells }: Line): Table {
  const [, ...stars] = cells.map(Number);
  const all = stars.reduce((sum, n) => sum + n, 0);
  const some = stars.map((n, level) => ({ n, level })).filter(({ n }) => n > 0);
  const widths = some.map(({ n }) => Math.max(60, Math.floor((n / Math.max(1, all)) * BARS)));
  const parts = some.map(
    ({ level }, i) =>
      new TableCell({
        width: { size: widths[i] ?? 0, type: WidthType.DXA },
        shading: FILLS[level] ?? FILLS[0],
        children: [new Paragraph({ spacing: { line: 200, lineRule: 'exact' }, children: [] })],
      }),
  );
  return new Table({
    layout: TableLayoutType.FIXED,
    width: { size: WIDTH - BARS + widths.reduce((sum, n) => sum + n, 0), type: WidthType.DXA },
    columnWidths: [WIDTH - BARS, ...widths],
    rows: [
      new TableRow({
        height: { value: 260, rule: HeightRule.EXACT },
        children: [cell(name, WIDTH - BARS), ...parts],
      }),
    ],
  });
}

function written(report: Report, address: string | undefined): Written {
  const { tables, headline, goals, whole, quarter, on, numbers, settings } = report;
  const find = (id: Rows['id']) => tables.find((table) => table.id === id);
  const few = (table: Rows) => (table.lines.length <= MOST_UNITS + 1 ? table.lines : table.lines.slice(-1));
  const shown = (id: Rows['id']) => {
    const table = find(id);
    return table ? [tableOf(table, few(table)), gap()] : [];
  };
  const stars = find('stars');
  const said = headline.map(({ title: name, value, change }) =>
    change && change !== '没变' ? `${name}${value}，比上季度${change}` : `${name}${value}`,
  );
  const of = (key: string) => numberOf(key, numbers);
  const sections = [
    heading('一、几颗星'),
    body(`截至${longDay(on)}，${said.join('；')}。`),
    body(
      `${goals.map(({ title: name, value, gap: rest }) => `${name}：${value}，${rest}`).join('。')}。${whole.length > 0 ? `全部支部三星以上的：${whole.join('、')}。` : ''}`,
    ),
    ...(stars ? [...shown('stars'), legend(), ...few(stars).flatMap((line) => [barOf(line), gap()])] : []),
    heading('二、每颗星'),
    ...shown('holders'),
    heading('三、问题'),
    body(
      `本季度销号${of('closed')}件（${VERDICTS.map(([verdict, name]) => `${name}${of(`closed.${verdict}`)}`).join('、')}）${of('days') === NO_DATA ? '' : `，从上报到销号一般${of('days')}天`}。没办完${of('open')}件，其中红${of('red')}、黄${of('yellow')}、蓝${of('blue')}。`,
    ),
    ...shown('issues'),
    heading('四、整顿、派驻和结对'),
    body(
      `列入${of('listed')}个，其中整顿中${of('active')}个、巩固期${of('settling')}个；本季度列入${of('in')}个、验收合格${of('passed')}个、销号${of('out')}个、反弹${of('relapsed')}次。派驻${of('sent')}人，结对${of('pairs')}对。`,
    ),
    heading('五、任务'),
    body(
      `支部本季度要报的进展${of('due')}份：按时${of('timely')}、迟报${of('late')}、没报${of('missing')}。`,
    ),
    heading('六、一月一会商'),
    ...shown('meetings'),
    ...(settings.basis === 'no' ? [body(NO_BASIS)] : []),
    ...(address ? [body(`各县区、乡镇（街道）的数字和图：${address}`)] : []),
  ];
  return {
    title: `${sayDatedPeriod(quarter)}通报`,
    by: placeOf(report.unit),
    children: [title(`${sayDatedPeriod(quarter)}“五星”支部创建通报`), ...sections],
    // Two pages hold it so.
    margin: { top: 1_134, bottom: 1_020, left: 1_350, right: 1_350 },
  };
}

/** What the patterns of the bars stand for: a row of them with their names. */
function legend(): Table {
  const width = Math.floor(WIDTH / (STAR_COLUMNS.length * 2));
  return new Table({
    layout: TableLayoutType.FIXED,
    width: { size: WIDTH, type: WidthType.DXA },
    rows: [
      new TableRow({
        children: STAR_COLUMNS.flatMap((name, level) => [
          new TableCell({
            width: { size: width, type: WidthType.DXA },
            shading: FILLS[level] ?? FILLS[0],
            children: [new Paragraph({ children: [] })],
          }),
          cell(name, width),
        ]),
      }),
    ],
  });
}
