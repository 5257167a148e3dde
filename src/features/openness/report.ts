/**
 * What is said of a unit in a quarter: tables whose every number comes from its figures. Card, page and spreadsheet show
 * this and count nothing themselves.
 */
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { boardOf } from '../meetings/index.ts';
import { allStars, type Star, type Unit, unitsBelow } from '../orgs/index.ts';
import {
  median,
  NO_SETTINGS,
  type Numbers,
  quarterOf,
  type Settings,
  sayQuarter,
  settings,
  shiftQuarter,
} from './model.ts';
import { type Figures, figuresBelow, figuresOf, history, wholeTownships } from './rollup.ts';
import { MOST_STARS, N } from './sources.ts';

export const NO_DATA = '没有数据';
/** Units of fewer branches are not compared by shares. */
export const FEWEST_COMPARED = 5;
const MOST_NAMED = 30;
const QUARTERS = 9;

/** A number, or words where there is none. `hidden`: too small for everybody's eyes. */
export type Cell = number | string;

export interface Line {
  readonly title: string;
  readonly unit?: Unit;
  readonly cells: readonly Cell[];
}

export interface Table {
  readonly id: 'stars' | 'holders' | 'issues' | 'trend' | 'weak' | 'meetings';
  readonly title: string;
  /** The rule behind its numbers, in a sentence. */
  readonly rule: string;
  readonly head: string;
  readonly columns: readonly string[];
  readonly lines: readonly Line[];
  /** The last line is the sum of the others. */
  readonly total: boolean;
}

export interface Goal {
  readonly title: string;
  readonly value: string;
  /** What is missing, or what it is compared with. */
  readonly gap: string;
}

export interface Report {
  readonly unit: Unit;
  readonly quarter: string;
  /** The day of the numbers. */
  readonly on: string;
  readonly numbers: Numbers;
  /** The sums that stand on top: what, how many, how that changed since the quarter before. */
  readonly headline: readonly (readonly [title: string, value: string, change: string])[];
  readonly goals: readonly Goal[];
  /** Names of the townships all of whose branches have three stars or more. */
  readonly whole: readonly string[];
  readonly tables: readonly Table[];
  readonly settings: Settings;
}

export const n = (numbers: Numbers | undefined, name: string): number => numbers?.[name] ?? 0;

/** A unit as a place: 全市, 青山县, 石桥镇, 柳湾村. */
export const placeOf = ({ kind, name }: Pick<Unit, 'kind' | 'name'>): string =>
  kind === 'city' ? '全市' : name.replace(/(?:党工委|党委|党支部|(?<=[县区市旗])委)$/, '');

/** Branches with so many stars or more. */
export function atLeast(numbers: Numbers, stars: number): number {
  let sum = 0;
  for (let i = stars; i <= MOST_STARS; i++) sum += n(numbers, N.stars(i));
  return sum;
}

export const share = (part: number, whole: number): string =>
  whole === 0 ? NO_DATA : `${((part / whole) * 100).toFixed(1)}%`;

const of = (part: number, whole: number) => `${part}个（${share(part, whole)}，${part}/${whole}）`;
const known = (numbers: Numbers, name: string): Cell => numbers[name] ?? NO_DATA;

export const STAR_COLUMNS = ['没有星', '一星', '二星', '三星', '四星', '五星'];

/** What is said of weak branches; of what no source counts yet (sources.ts), that there are no data. */
const WEAK = [
  ['软弱涣散（列入）', N.weakListed],
  ['整顿中', N.rectifying],
  ['巩固期', N.settling],
  ['销号', N.weakLeft],
  ['反弹', 'weak:relapsed'],
  ['派驻人员', 'weak:dispatched'],
  ['结对', 'weak:pairs'],
] as const;

export async function reportOf(world: World, unit: Unit, quarter: string): Promise<Report | undefined> {
  const figures = await figuresOf(world, unit, quarter);
  if (!figures) return undefined;
  const below = await figuresBelow(world, unit, quarter);
  const stars = await allStars(world.tx);
  const set = (await world.tx.table(settings).get('city')) ?? NO_SETTINGS;
  const whole = (await wholeTownships(world, figures, MOST_NAMED)).map(placeOf);
  const before = (await figuresOf(world, unit, shiftQuarter(quarter, -1)))?.numbers;
  const { numbers, on } = figures;
  return {
    ...{ unit, quarter, on, numbers, whole, settings: set },
    headline: headlineOf(numbers, before),
    goals: goalsOf(numbers, set),
    tables: [
      starTable(figures, below, await branchLines(world, figures)),
      holderTable(numbers, stars),
      issueTable(figures, below),
      weakTable(numbers),
      ...(unit.kind === 'city' ? [await meetingTable(world, quarter)] : []),
      trendTable(await history(world, unit, QUARTERS)),
    ],
  };
}

/** `104个（59.8%，104/174）`, and `+3` since the quarter before: '' where that quarter is not known. */
function headlineOf(numbers: Numbers, before: Numbers | undefined): Report['headline'] {
  const line = (title: string, pick: (some: Numbers) => number, whole: number | undefined) => {
    const [now, then] = [pick(numbers), before && pick(before)];
    const by =
      then === undefined ? '' : now === then ? '没变' : now > then ? `+${now - then}` : String(now - then);
    return [title, whole === undefined ? `${now}个` : of(now, whole), by] as const;
  };
  const branches = n(numbers, N.branches);
  return [
    line('支部', (some) => n(some, N.branches), undefined),
    line('三星以上', (some) => atLeast(some, 3), branches),
    line('四星以上', (some) => atLeast(some, 4), branches),
    line('五星', (some) => n(some, N.stars(5)), branches),
  ];
}

/** Which star had its joint meeting in which month of the quarter. */
async function meetingTable(world: World, quarter: string): Promise<Table> {
  const first = Number(quarter.slice(6)) * 3 - 2;
  const months = [0, 1, 2].map((n) => `${quarter.slice(0, 4)}-${String(first + n).padStart(2, '0')}`);
  const begun = months.filter((month) => month <= world.today.slice(0, 7));
  const boards: Awaited<ReturnType<typeof boardOf>>[] = [];
  for (const month of begun) boards.push(await boardOf(world, month));
  return {
    id: 'meetings',
    title: '一月一会商',
    rule: '每颗星每月由牵头单位会商一次；月份过完还没有开的写“未开”。',
    head: '星',
    columns: begun.map((month) => `${Number(month.slice(5))}月`),
    lines: (boards[0] ?? []).map(({ star }, i) => ({
      title: star.name,
      cells: boards.map((board) => board[i]?.state ?? ''),
    })),
    total: false,
  };
}

function goalsOf(numbers: Numbers, { four, province, source }: Settings): readonly Goal[] {
  const branches = n(numbers, N.branches);
  const fours = atLeast(numbers, 4);
  const fives = n(numbers, N.stars(5));
  const wanted = four === null ? undefined : Math.ceil((branches * four) / 100);
  const ahead = province === null || branches === 0 ? undefined : (fives / branches) * 100 - province;
  const townships = n(numbers, N.townships);
  return [
    {
      title: '三星成片',
      value: `${n(numbers, N.whole)}个乡镇（街道）`,
      gap: `共${townships}个，还差${townships - n(numbers, N.whole)}个`,
    },
    {
      title: '四星成批',
      value: of(fours, branches),
      gap:
        wanted === undefined
          ? '还没有定目标'
          : fours >= wanted
            ? `目标${four}%，已达到`
            : `目标${four}%，还差${wanted - fours}个`,
    },
    {
      title: '五星领先',
      value: of(fives, branches),
      gap:
        ahead === undefined
          ? '没有全省数据'
          : `全省${province}%（${source}），${ahead >= 0 ? '高' : '低'}${Math.abs(ahead).toFixed(1)}个百分点`,
    },
  ];
}

const starCells = (numbers: Numbers): readonly Cell[] => [
  n(numbers, N.branches),
  ...STAR_COLUMNS.map((_, i) => n(numbers, N.stars(i))),
];

/** The branches of a township, each a line, as they stood at the end of the quarter that is shown. */
async function branchLines(world: World, { unit, quarter }: Figures): Promise<readonly Line[]> {
  if (unit.kind !== 'township' || quarter !== quarterOf(world.today)) return [];
  const branches = (await unitsBelow(world.tx, unit.id)).filter(
    ({ kind }) => kind === 'village' || kind === 'community',
  );
  return branches.map((branch) => ({
    title: placeOf(branch),
    unit: branch,
    cells: [1, ...STAR_COLUMNS.map((_, i) => (Math.min(branch.stars.length, MOST_STARS) === i ? 1 : 0))],
  }));
}

function starTable({ unit, numbers }: Figures, below: readonly Figures[], branches: readonly Line[]): Table {
  return {
    id: 'stars',
    title: '几颗星的支部各有多少',
    rule: '一个支部持有几颗星，就是几星支部；按命名和摘星的日期计算，每个支部只数一次。',
    head: '单位',
    columns: ['支部', ...STAR_COLUMNS],
    lines: [
      ...below.map((one) => ({ title: placeOf(one.unit), unit: one.unit, cells: starCells(one.numbers) })),
      ...branches,
      { title: `${placeOf(unit)}合计`, cells: starCells(numbers) },
    ],
    total: true,
  };
}

function holderTable(numbers: Numbers, stars: readonly Star[]): Table {
  const lines = stars
    .map((star) => ({ star, holds: n(numbers, N.holds(star.id)), can: n(numbers, N.can(star.id)) }))
    .filter(({ can }) => can > 0)
    .map(({ star, holds, can }) => ({ title: star.name, cells: [holds, can, share(holds, can)] }));
  return {
    id: 'holders',
    title: '每颗星有多少支部',
    rule: '分母是能创这颗星的支部：有的星只在村创，有的只在社区创。',
    head: '星',
    columns: ['持有', '能创', '比例'],
    lines,
    total: false,
  };
}

function issueCells(numbers: Numbers): readonly Cell[] {
  const verdicts = ['满意', '基本满意', 'none'].map((verdict) => known(numbers, N.verdict(verdict)));
  return [
    ...[N.open, N.red, N.yellow, N.blue, N.closed].map((name) => known(numbers, name)),
    ...verdicts,
    median(numbers, N.days) ?? NO_DATA,
  ];
}

function issueTable({ unit, numbers }: Figures, below: readonly Figures[]): Table {
  return {
    id: 'issues',
    title: '问题办理',
    rule: '红是超期，黄是退回过或延过期，蓝是三个工作日内到期；销号是本季度销号的，群众反映的由群众评价；天数是从上报到销号，取中间的一件。',
    head: '单位',
    columns: ['没办完', '红', '黄', '蓝', '销号', '满意', '基本满意', '核验通过', '天数'],
    lines: [
      ...below.map((one) => ({ title: placeOf(one.unit), unit: one.unit, cells: issueCells(one.numbers) })),
      { title: `${placeOf(unit)}合计`, cells: issueCells(numbers) },
    ],
    total: true,
  };
}

function weakTable(numbers: Numbers): Table {
  return {
    id: 'weak',
    title: '软弱涣散党组织整顿',
    rule: '不设比例、不定指标。没有数据不等于没有。',
    head: '状态',
    columns: ['个数'],
    lines: WEAK.map(([title, name]) => ({ title, cells: [known(numbers, name)] })),
    total: false,
  };
}

function trendTable(all: readonly Figures[]): Table {
  return {
    id: 'trend',
    title: '一个季度一个季度地看',
    rule: '各季度最后一天的情况，本季度是数据那一天的。',
    head: '季度',
    columns: ['支部', '三星以上', '四星以上', '五星'],
    lines: all.map(({ quarter, numbers }) => ({
      title: sayQuarter(quarter),
      cells: [n(numbers, N.branches), atLeast(numbers, 3), atLeast(numbers, 4), n(numbers, N.stars(5))],
    })),
    total: false,
  };
}

/** `2026年第四季度，数据到11月23日` */
export const sayWhen = ({ quarter, on }: Report, today: string): string =>
  `${sayQuarter(quarter)}，数据到${sayDay(on, today)}`;

export const NO_BASIS = '公开的数字不作为考核依据。';
