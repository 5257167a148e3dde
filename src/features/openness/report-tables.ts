/** The tables of a report: which figures stand in which, by unit, by star, by quarter. */
import type { World } from '../../bot/world.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import { boardOf } from '../meetings/index.ts';
import { isBranch, type Star, unitsBelow } from '../orgs/index.ts';
import { sendKinds } from '../rectification/index.ts';
import { type Cell, n, numberOf, STAR_COLUMNS, VERDICTS } from './figures.ts';
import { type Numbers, quarterOf } from './model.ts';
import type { Figures } from './rollup.ts';
import { type Line, placeOf, share, type Table } from './shape.ts';
import { MOST_STARS, N } from './sources.ts';

interface Parts {
  readonly figures: Figures;
  /** Of the units directly below. */
  readonly below: readonly Figures[];
  readonly stars: readonly Star[];
  /** Of a township: its branches. */
  readonly branches: readonly Line[];
  /** The last quarters. */
  readonly history: readonly Figures[];
}

export async function tablesOf(world: World, parts: Parts): Promise<readonly Table[]> {
  const { figures, stars } = parts;
  return [
    starTable(parts),
    holderTable(figures.numbers, stars),
    issueTable(parts),
    weakTable(figures.numbers),
    helpTable(figures.numbers),
    taskTable(parts),
    ...(figures.unit.kind === 'city' ? [await meetingTable(world, figures.quarter)] : []),
    trendTable(parts.history),
  ];
}

/** A line of figures; no key, no figure. */
const lineOf = (title: string, keys: readonly string[], numbers: Numbers): Line => ({
  ...{ title, keys, cells: keys.map((key) => (key === '' ? '' : numberOf(key, numbers))) },
});

/** A line for each unit below and one for the sum, each cell a figure of it. */
function byUnit({ figures, below }: Parts, keys: readonly string[], branches: readonly Line[] = []): Line[] {
  const { unit: top, numbers } = figures;
  const units = below.map((one) => ({ ...lineOf(placeOf(one.unit), keys, one.numbers), unit: one.unit }));
  return [...units, ...branches, lineOf(`${placeOf(top)}合计`, keys, numbers)];
}

/** The branches of a township, each a line, as they stand today: only where today is what is shown. */
export async function branchLines(world: World, { unit, quarter }: Figures): Promise<readonly Line[]> {
  if (unit.kind !== 'township' || quarter !== quarterOf(world.today)) return [];
  const branches = (await unitsBelow(world.tx, unit.id)).filter(isBranch);
  return branches.map((branch) => ({
    title: placeOf(branch),
    unit: branch,
    cells: [1, ...STAR_COLUMNS.map((_, i) => (Math.min(branch.stars.length, MOST_STARS) === i ? 1 : 0))],
  }));
}

function starTable(parts: Parts): Table {
  return {
    id: 'stars',
    title: '几颗星的支部各有多少',
    rule: '一个支部持有几颗星，就是几星支部；按命名和摘星的日期计算，每个支部只数一次。',
    head: '单位',
    columns: ['支部', ...STAR_COLUMNS],
    lines: byUnit(parts, ['branches', ...STAR_COLUMNS.map((_, i) => `stars.${i}`)], parts.branches),
    total: true,
  };
}

function holderTable(numbers: Numbers, stars: readonly Star[]): Table {
  const lines = stars.map(({ id, name }): Line => {
    const [holds, can] = [n(numbers, N.holds(id)), n(numbers, N.can(id))];
    return { title: name, cells: [holds, can, share(holds, can)], keys: [`holds.${id}`, `can.${id}`, ''] };
  });
  return {
    id: 'holders',
    title: '每颗星有多少支部',
    rule: '分母是能创这颗星的支部：有的星只在村创，有的只在社区创。',
    head: '星',
    columns: ['持有', '能创', '比例'],
    lines: lines.filter(({ cells: [, can] }) => can !== 0),
  };
}

function issueTable(parts: Parts): Table {
  return {
    id: 'issues',
    title: '问题办理',
    rule: '红是超期，黄是曾退回或延过期，蓝是三个工作日内到期；销号是本季度销号的，群众反映的由群众评价；天数是从上报到销号，取中间的一件。',
    head: '单位',
    columns: ['没办完', '红', '黄', '蓝', '销号', ...VERDICTS.map(([, title]) => title), '天数'],
    lines: byUnit(parts, [
      ...['open', 'red', 'yellow', 'blue', 'closed'],
      ...VERDICTS.map(([verdict]) => `closed.${verdict}`),
      'days',
    ]),
    total: true,
  };
}

/** Where weak branches stand, and what led there in the quarter. */
const WEAK = [
  ['软弱涣散（列入）', 'listed', 'in'],
  ['整顿中', 'active', ''],
  ['巩固期', 'settling', 'passed'],
  ['销号', 'left', 'out'],
  ['反弹', 'relapses', 'relapsed'],
] as const;

function weakTable(numbers: Numbers): Table {
  return {
    id: 'weak',
    title: '软弱涣散党组织整顿',
    rule: '列入的先整顿，验收合格进入巩固期，期满销号；巩固期里又出问题、重新整顿的是反弹。销号和反弹是到现在为止的。不设比例、不定指标。没有数据不等于没有。',
    head: '状态',
    columns: ['现在', '本季度'],
    lines: WEAK.map(([title, ...keys]) => lineOf(title, keys, numbers)),
  };
}

function helpTable(numbers: Numbers): Table {
  const { how, by } = sendKinds;
  return {
    id: 'help',
    title: '派驻和结对',
    rule: '正在整顿和巩固期的支部里派驻的人，和说定了来帮它们的支部；巩固期里派驻和结对不撤。',
    head: '怎么派',
    columns: [...by, '合计'],
    lines: [
      ...how.map((kind) => {
        const keys = [...by.map((unit) => `sent.${kind}.${unit}`), `sent.${kind}`];
        return lineOf(kind, keys, numbers);
      }),
      lineOf('派驻人员', [...by.map(() => ''), 'sent'], numbers),
      lineOf('结对', [...by.map(() => ''), 'pairs'], numbers),
    ],
  };
}

const TASKS = ['due', 'timely', 'late', 'missing'];

function taskTable(parts: Parts): Table {
  const lines = byUnit(parts, TASKS).map((line): Line => {
    const [due, timely] = line.cells;
    const part = typeof due === 'number' ? share(Number(timely), due) : due;
    return { ...line, cells: [...line.cells, part ?? ''], keys: [...TASKS, ''] };
  });
  return {
    id: 'tasks',
    title: '任务按时不按时',
    rule: '支部本季度要报、已经过了日子的进展，一个支部一期数一次；迟报的收下，另数。',
    head: '单位',
    columns: ['要报', '按时', '迟报', '没报', '按时比例'],
    lines,
    total: true,
  };
}

/** Which star had its joint meeting in which month of the quarter. */
async function meetingTable(world: World, quarter: string): Promise<Table> {
  const first = Number(quarter.slice(6)) * 3 - 2;
  const months = [0, 1, 2].map((i) => `${quarter.slice(0, 4)}-${String(first + i).padStart(2, '0')}`);
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
      cells: boards.map((board): Cell => board[i]?.state ?? ''),
      keys: boards.map((board) => board[i]?.meeting?.id ?? ''),
    })),
  };
}

const TREND = ['branches', 'least.3', 'least.4', 'stars.5'];

function trendTable(all: readonly Figures[]): Table {
  return {
    id: 'trend',
    title: '一个季度一个季度地看',
    rule: '各季度最后一天的情况，本季度是数据那一天的。',
    head: '季度',
    columns: ['支部', '三星以上', '四星以上', '五星'],
    lines: all.map(({ quarter, numbers }) => ({
      title: sayDatedPeriod(quarter),
      cells: TREND.map((key) => numberOf(key, numbers)),
    })),
  };
}
