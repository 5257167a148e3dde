/** Amounts as people write and say them: twenty thousand of them, each read right or asked, never silently wrong. */
import { describe, expect, it } from 'vitest';
import { readCheckin } from '../../src/features/tasks/checkin-line.ts';
import { readStandard } from '../../src/features/tasks/standard.ts';

/** What is written down of `入户走访 <words>`: the amount, `'ask'`, or something else that was understood. */
function read(words: string, measure = '户', gap = ' '): number | 'ask' | 'other' {
  const task = { id: 'RW-2026-0001', title: '入户走访', measure };
  const reading = readCheckin(`入户走访${gap}${words}`, [task]);
  if (reading.kind !== 'sure') return 'ask';
  return reading.percent === undefined && !reading.done ? (reading.amount ?? 'other') : 'other';
}

/** Words, the measure, and what is right: a value, `ask`, or either. */
const table: readonly (readonly [words: string, measure: string, ...right: (number | 'ask')[]])[] = [
  ['两点五万户', '户', 25_000],
  ['零点五万户', '户', 5_000],
  ['三点五千户', '户', 3_500],
  ['1点5万户', '户', 15_000],
  ['三点五万元', '万元', 3.5],
  ['三点五万元', '元', 35_000],
  ['三点五', '万元', 3.5],
  ['十二点五万', '万元', 12.5],
  ['10点25亩', '亩', 10.25],
  ['一百二十点五亩', '亩', 120.5],
  ['三點五亩', '亩', 3.5],
  ['一点二万人次', '人次', 12_000],
  ['一百二十点五万户', '户', 1_205_000],
  ['三点五百户', '户', 350],
  ['三点五十户', '户', 'ask'],
  ['8点30亩', '亩', 'ask'],
  ['两点五万三户', '户', 'ask'],
  ['三点二十亩', '亩', 'ask'],
  ['小于40户', '户', 'ask'],
  ['大于40户', '户', 'ask'],
  ['高于40户', '户', 'ask'],
  ['>40户', '户', 'ask'],
  ['> 40户', '户', 'ask'],
  ['≥40户', '户', 'ask'],
  ['~40户', '户', 'ask'],
  ['突破40户', '户', 'ask'],
  ['冲击40户', '户', 'ask'],
  ['最高40户', '户', 'ask'],
  ['最高 40户', '户', 'ask'],
  ['max 40户', '户', 'ask'],
  ['40户开外', '户', 'ask'],
  ['40户打底', '户', 'ask'],
  ['40户光景', '户', 'ask'],
  ['40户困难群众左右', '户', 'ask'],
  ['40户，大概', '户', 'ask'],
  ['40户（最多）', '户', 'ask'],
  ['1千05户', '户', 1_005, 'ask'],
  ['1万02户', '户', 10_002, 'ask'],
  ['1百01户', '户', 101, 'ask'],
  ['3千500户', '户', 3_500],
  ['12百户', '户', 'ask'],
  ['三百五万户', '户', 'ask'],
  ['一百零五十户', '户', 'ask'],
  ['参拾伍户', '户', 35],
  ['叁仟贰佰户', '户', 3_200],
  ['參佰貳拾戶', '户', 320],
  ['弎拾户', '户', 30],
  ['參加 35户', '户', 35, 'ask'],
  ['1e3户', '户', 'ask'],
  ['0x35户', '户', 'ask'],
  ['35乘2户', '户', 'ask'],
  ['5个7户', '户', 'ask'],
  ['35户的两倍', '户', 'ask'],
  ['二分之一户', '户', 'ask'],
  ['½户', '户', 'ask'],
  ['万儿八千户', '户', 'ask'],
  ['百分之三亩', '亩', 'ask'],
  ['三成五', '户', 'ask'],
  ['3成5', '户', 'ask'],
  ['七八成', '户', 'ask'],
  ['百分之七八十', '户', 'ask'],
  ["1'200户", '户', 'ask'],
  ['1，200户', '户', 'ask'],
  ['三·五万户', '户', 'ask'],
  ['负五户', '户', 'ask'],
  ['35户108人', '户', 35],
  ['过40户', '户', 'ask'],
  ['40户四舍五入', '户', 'ask'],
  ['三八二〇户', '户', 3_820],
  ['一周3次', '次', 'ask'],
  ['两周3次', '次', 'ask'],
  ['周三 走访35户', '户', 35],
  ['90 percent', '户', 'ask'],
  ['5 km', '亩', 'ask'],
  ['5 ok', '亩', 5],
  ['35户，对吧', '户', 'ask'],
];

/** Whether a task without a number is done. */
const doneOrNot: readonly (readonly [words: string, done: boolean])[] = [
  ['完成', true],
  ['已于周五完成', true],
  ['ok', true],
  ['no ok', false],
  ['not done', false],
  ['✅❌', false],
  ['完成 ✗', false],
  ['完成×', false],
  ['三组完成', false],
  ['除三组外完成', false],
  ['只有两个村完成', false],
  ['完成个大概', false],
];

const standards: readonly (readonly [words: string, target: number | null, measure: string | null])[] = [
  ['200户', 200, '户'],
  ['200户以上', 200, '户'],
  ['200户（含）以上', 200, '户'],
  ['两百户', 200, '户'],
  ['不少于两百户', 200, '户'],
  ['１.2万户', 12_000, '户'],
  ['12万元', 12, '万元'],
  ['3千米', 3, '千米'],
  ['更新 1 次', 1, '次'],
  ['不超过5件', null, '件'],
  ['20-30户', null, '户'],
  ['200户左右', null, '户'],
  ['每周1次，每次2小时', null, null],
  ['12月底前完成', null, null],
  ['两百来户', null, null],
  ['一亩半', null, null],
  ['200户35次', null, null],
  ['不高于10户', null, '户'],
  ['每户200元', null, '元'],
  ['人均200元', null, '元'],
  ['每个月200户', 200, '户'],
  ['全覆盖', null, null],
];

/** The same numbers in every run. */
function dice(seed: number) {
  let state = seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  return { below, pick };
}

const SIMPLE = '零一二三四五六七八九十百千万';
const CAPITAL = '零壹贰叁肆伍陆柒捌玖拾佰仟万';
const TRADITIONAL = '〇壹貳參肆伍陸柒捌玖拾佰仟萬';

/** 12030 as 一万二千零三十; below a hundred million. */
function inChinese(amount: number, signs = SIMPLE): string {
  const below = (n: number): string =>
    [1000, 100, 10, 1].reduce((text, unit, at) => {
      const digit = Math.floor(n / unit) % 10;
      if (digit > 0) return text + signs[digit] + (unit === 1 ? '' : signs[12 - at]);
      return text === '' || text.endsWith(signs[0] ?? '') || n % unit === 0 ? text : text + signs[0];
    }, '');
  if (amount === 0) return signs[0] ?? '';
  const [high, low] = [Math.floor(amount / 10_000), amount % 10_000];
  const gap = high > 0 && low > 0 && low < 1_000 ? signs[0] : '';
  return `${high > 0 ? `${below(high)}${signs[13]}` : ''}${gap}${low > 0 ? below(low) : ''}`;
}

/** Every way to say a whole number that says it and nothing else. */
function waysToSay(n: number): string[] {
  const said = inChinese(n);
  const ways = [
    String(n),
    String(n).replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    n.toLocaleString('en-US'),
    `0${n}`,
    said,
    said.replace(/^一十/, '十'),
    said.replace(/二(?=[百千万])/g, '两'),
    inChinese(n, CAPITAL),
    inChinese(n, TRADITIONAL),
  ];
  for (const [unit, names] of [
    [10_000, '万w萬'],
    [1_000, '千k仟'],
    [100, '百'],
  ] as [number, string][]) {
    const [whole = '', part] = String(n / unit).split('.');
    if (n < unit / 10 || (unit < 10_000 && n >= unit * 10)) continue;
    const point = part === undefined ? '' : `点${[...part].map((digit) => SIMPLE[Number(digit)]).join('')}`;
    const before = inChinese(Number(whole));
    for (const name of names) ways.push(`${n / unit}${name}`);
    for (const name of names.replace(/[wk]/g, '')) {
      ways.push(`${before}${point}${name}`, `${before.replace(/^二$/, '两')}${point}${name}`);
      if (part) ways.push(`${whole}点${part}${name}`);
    }
  }
  return ways;
}

/** Digit by digit: 一〇三, 八零点三万. */
function spelled(n: number): string[] {
  const digits = (text: string) =>
    text.replace(/\d/g, (digit) => SIMPLE[Number(digit)] ?? '').replace('.', '点');
  return [digits(String(n)), `${digits(String(n / 1_000))}千`, `${digits(String(n / 10_000))}万`];
}

const plainly = [
  '#户',
  '#户 已覆盖三组',
  '共#户',
  '完成#户',
  '已走访#户',
  '#户困难群众',
  '#',
  '今天走访了#户',
  '（#户）',
];
const twisted = [
  ...[
    '小于#户',
    '大于#户',
    '少于#户',
    '优于#户',
    '突破#户',
    '将近#户',
    '最高#户',
    '最低#户',
    '上限#户',
    '直奔#户',
  ],
  ...['>#户', '≤#户', '≈#户', '±#户', '~#户', '约#户', '#户左右', '#户开外', '#户以上', '#户以内', '#户朝上'],
  ...[
    '#户挂零',
    '#户冒头',
    '#户封顶',
    '#户的样子',
    '#户，差不多',
    '#乘2户',
    '2乘#户',
    '#的两倍户',
    '二分之#户',
  ],
  ...['千分之#户', '#分之一户', '#e3户', '#多户', '#几户', '#来户', '每组#户', '还差#户', '计划#户', '第#户'],
  ...[
    '负#户',
    '#户吗',
    '#户没走',
    '#到90户',
    '30至#户',
    '不足#户',
    '未达#户',
    'V#户',
    '￥#户',
    '#+户',
    '好几#户',
  ],
];

describe('amounts', () => {
  const rows = table.map(([words, measure, ...right]) => ({ words, measure, right }));
  it.each(rows)('$words ($measure) is $right', ({ words, measure, right }) => {
    for (const gap of [' ', ''])
      expect([right, gap]).toEqual([expect.arrayContaining([read(words, measure, gap)]), gap]);
  });

  it.each(standards)('of a task’s standard: %s is %s %s', (words, target, measure) => {
    expect(readStandard(words)).toMatchObject({ target, measure });
  });

  it.each(doneOrNot)('are not asked of a task without a measure: %s is done: %s', (words, done) => {
    const task = { id: 'RW-2026-0001', title: '入户走访', measure: null };
    const reading = readCheckin(`入户走访 ${words}`, [task]);
    expect(reading.kind === 'sure' && reading.done === true).toBe(done);
  });

  it('are right or asked, whichever of ten thousand ways they are said in', () => {
    const { below, pick } = dice(1);
    const wrong: unknown[] = [];
    let sure = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const size = 10 ** (1 + below(7));
      // Round numbers are what people say.
      const value = Math.max(1, below(size)) * (below(3) === 0 ? 1 : 10 ** below(3));
      if (value > 9_999_999) continue;
      const way = pick(waysToSay(value));
      const words = pick(plainly).replace('#', way);
      const amount = read(words);
      if (amount === value) sure += 1;
      else if (amount !== 'ask') wrong.push({ words, value, amount });
    }
    expect(wrong).toEqual([]);
    // Who only ever asks is never wrong either.
    expect(sure).toBeGreaterThan(9_000);
  });

  it('are asked when something beside the number makes it another one, in 2,500 ways', () => {
    const { below, pick } = dice(2);
    const wrong: unknown[] = [];
    for (let i = 0; i < 2_500; i += 1) {
      const value = 1 + below(10 ** (1 + below(6)));
      const words = pick(twisted).replace('#', pick(waysToSay(value)));
      for (const gap of ['', ' ']) {
        const amount = read(words, '户', gap);
        if (amount !== 'ask') wrong.push({ words, amount });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('are taken from five thousand odd rows of numerals only where these say that number', () => {
    const { below, pick } = dice(3);
    const plain = (text: string) =>
      text
        .replace(/两/g, '二')
        .replace(/^一十/, '十')
        .replace(/百一十/g, '百十');
    const wrong: unknown[] = [];
    for (let i = 0; i < 5_000; i += 1) {
      const row = Array.from({ length: 1 + below(7) }, () => pick([...'零一二两三五八十百千万点'])).join('');
      const amount = read(`${row}户`);
      if (typeof amount !== 'number') continue;
      const said = inChinese(amount);
      // 一万二 for 一万二千, 一千五十 for 一千零五十, 一〇三 for 一百零三.
      const known = [
        ...waysToSay(amount),
        said.replace(/(?<=[百千万][一二三五八])[十百千]$/, ''),
        ...spelled(amount),
      ].map((way) => plain(way).replaceAll('零', ''));
      if (!known.includes(plain(row).replaceAll('零', ''))) wrong.push({ row, amount });
    }
    expect(wrong).toEqual([]);
  });
});
