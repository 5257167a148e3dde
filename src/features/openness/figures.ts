/**
 * Every figure that is shown: its name, the rule behind it, and how it is read from the numbers that are kept. Card,
 * page, spreadsheet and report take it from here, and so does what opens behind it.
 */
import type { Star } from '../orgs/index.ts';
import { sendKinds } from '../rectification/index.ts';
import { median, type Numbers } from './model.ts';
import { MOST_STARS, N } from './sources.ts';

export const NO_DATA = '没有数据';

/** A number, or words where there is none. */
export type Cell = number | string;

export interface Figure {
  /** In addresses and presses. */
  readonly key: string;
  /** What it is a number of, by itself: 五星支部, 超期的问题. */
  readonly title: string;
  /** What else people may call it. */
  readonly alias: readonly string[];
  readonly rule: string;
  /** 个, 件, 人: what stands behind the number. */
  readonly counter: string;
  of(numbers: Numbers): Cell;
}

export const STAR_COLUMNS = ['没有星', '一星', '二星', '三星', '四星', '五星'];
export const VERDICTS = [
  ['满意', '满意'],
  ['基本满意', '基本满意'],
  ['none', '核验通过'],
] as const;

export const n = (numbers: Numbers | undefined, name: string): number => numbers?.[name] ?? 0;
const known = (name: string) => (numbers: Numbers) => numbers[name] ?? NO_DATA;
/** Not known as long as one of them is not. */
const sum =
  (...names: readonly string[]) =>
  (numbers: Numbers): Cell =>
    names.every((name) => numbers[name] !== undefined)
      ? names.reduce((all, name) => all + n(numbers, name), 0)
      : NO_DATA;

const from = (least: number) => Array.from({ length: MOST_STARS - least + 1 }, (_, i) => N.stars(least + i));
const BRANCH = '一个支部持有几颗星，就是几星支部；按命名和摘星的日期计算，每个支部只数一次。';
const ISSUE = '按问题所在的乡镇（街道）数，撤回的不数。';
const CLOSED = '本季度销号的问题，群众反映的由群众评价，其他的由上报单位核验。';
const WEAK = '由县区审定列入、验收、销号，不设比例、不定指标。';
const TASK = '支部本季度要报、已经过了日子的进展，一个支部一期数一次；被退回还没有再报的算没报。';

type Spec = readonly [
  key: string,
  title: string,
  counter: string,
  rule: string,
  of: (numbers: Numbers) => Cell,
  ...alias: readonly string[],
];

const { how: HOW, by: BY } = sendKinds;
const sentBy = (kinds: readonly string[], by: readonly string[] = BY) =>
  kinds.flatMap((kind) => by.map((unit) => N.sent(kind, unit)));

const SPECS: readonly Spec[] = [
  ['branches', '支部', '个', '名单里的村和社区党支部。', known(N.branches)],
  ...STAR_COLUMNS.map(
    (title, i): Spec => [
      `stars.${i}`,
      i === 0 ? '没有星的支部' : `${title}支部`,
      '个',
      BRANCH,
      known(N.stars(i)),
      title,
    ],
  ),
  ...[3, 4].map(
    (least): Spec => [
      `least.${least}`,
      `${STAR_COLUMNS[least]}以上的支部`,
      '个',
      BRANCH,
      sum(...from(least)),
      `${STAR_COLUMNS[least]}以上`,
    ],
  ),
  ['open', '没办完的问题', '件', ISSUE, known(N.open), '没办完', '未销号'],
  ['red', '红色的问题', '件', `红是超期。${ISSUE}`, known(N.red), '红', '超期'],
  ['yellow', '黄色的问题', '件', `黄是曾退回或延过期。${ISSUE}`, known(N.yellow), '黄'],
  ['blue', '蓝色的问题', '件', `蓝是三个工作日内到期（紧急的一个）。${ISSUE}`, known(N.blue), '蓝'],
  ['closed', '本季度销号的问题', '件', CLOSED, known(N.closed), '销号的问题'],
  ...VERDICTS.map(
    ([verdict, title]): Spec => [
      `closed.${verdict}`,
      `本季度${title}的问题`,
      '件',
      CLOSED,
      known(N.verdict(verdict)),
      title,
    ],
  ),
  [
    'days',
    '办理天数',
    '天',
    '本季度销号的问题从上报到销号的天数，从少到多排，取中间的一件。',
    (numbers) => median(numbers, N.days) ?? NO_DATA,
    '天数',
  ],
  [
    'listed',
    '软弱涣散的支部',
    '个',
    `已列入、还没有销号的。${WEAK}`,
    known(N.weakListed),
    '软弱涣散',
    '列入',
  ],
  ['active', '整顿中的支部', '个', `包括待验收的。${WEAK}`, known(N.rectifying), '整顿中', '整顿'],
  ['settling', '巩固期的支部', '个', `验收合格以后365天。${WEAK}`, known(N.settling), '巩固期'],
  ['left', '已销号的支部', '个', `到现在为止巩固期满、离开名单的。${WEAK}`, known(N.weakLeft), '销号'],
  ['relapses', '反弹', '次', `到现在为止巩固期里又重新整顿的。${WEAK}`, known(N.relapses)],
  ['in', '本季度列入的支部', '个', WEAK, known(N.cameOn), '本季度列入'],
  ['passed', '本季度验收合格的支部', '个', WEAK, known(N.passed), '验收合格'],
  ['out', '本季度销号的支部', '个', WEAK, known(N.wentOff), '本季度销号'],
  ['relapsed', '本季度反弹的支部', '次', WEAK, known(N.relapsed), '本季度反弹'],
  ['sent', '派驻人员', '人', '正在整顿和巩固期的支部里派驻的人。', sum(...sentBy(HOW)), '派驻', '派驻干部'],
  ...HOW.map(
    (how): Spec => [
      `sent.${how}`,
      `派驻的${how}`,
      '人',
      '正在整顿和巩固期的支部里派驻的人，按怎么派的分。',
      sum(...sentBy([how])),
      how,
    ],
  ),
  ...HOW.flatMap((how) =>
    BY.map(
      (by): Spec => [
        `sent.${how}.${by}`,
        `${by}派的${how}`,
        '人',
        '正在整顿和巩固期的支部里派驻的人，按怎么派的、派出单位是哪一类分。',
        known(N.sent(how, by)),
      ],
    ),
  ),
  ['pairs', '结对', '对', '双方说定、被帮的支部还没有销号的。', known(N.pairs)],
  ['due', '要报的进展', '份', TASK, known(N.due)],
  ['timely', '按时报的进展', '份', TASK, known(N.timely), '按时'],
  ['late', '迟报的进展', '份', TASK, known(N.late), '迟报'],
  [
    'missing',
    '没报的进展',
    '份',
    TASK,
    (numbers) =>
      numbers[N.due] === undefined ? NO_DATA : n(numbers, N.due) - n(numbers, N.timely) - n(numbers, N.late),
    '没报',
  ],
];

const FIXED = SPECS.map(
  ([key, title, counter, rule, of, ...alias]): Figure => ({ key, title, alias, rule, counter, of }),
);
const BY_KEY = new Map(FIXED.map((figure) => [figure.key, figure] as const));

/** All figures of a city with these stars, in the order of the page. */
export function allFigures(stars: readonly Star[]): readonly Figure[] {
  const holders = stars.flatMap(({ id, name }): readonly Figure[] => [
    {
      ...{
        key: `holds.${id}`,
        title: `有${name}的支部`,
        alias: [name, name.replace(/星$/, '')],
        counter: '个',
      },
      rule: `按命名和摘星的日期计算；比例的分母是能创${name}的支部。`,
      of: known(N.holds(id)),
    },
    {
      ...{ key: `can.${id}`, title: `能创${name}的支部`, alias: [], counter: '个' },
      rule: '有的星只在村创，有的只在社区创。',
      of: known(N.can(id)),
    },
  ]);
  const at = FIXED.findIndex(({ key }) => key === 'open');
  return [...FIXED.slice(0, at), ...holders, ...FIXED.slice(at)];
}

/** The value of a figure that every city has. */
export const numberOf = (key: string, numbers: Numbers): Cell => BY_KEY.get(key)?.of(numbers) ?? NO_DATA;

export function figureOf(stars: readonly Star[], key: string): Figure | undefined {
  return BY_KEY.get(key) ?? allFigures(stars).find((figure) => figure.key === key);
}

/** The figure that words name. */
export function namedFigure(stars: readonly Star[], words: string): Figure | undefined {
  return allFigures(stars).find(({ title, alias }) => title === words || alias.includes(words));
}
