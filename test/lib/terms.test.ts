/** What texts are found by, and periods as people say them. */
import { describe, expect, it } from 'vitest';
import { readPeriod } from '../../src/lib/periods.ts';
import { charactersOf, termsOf } from '../../src/lib/terms.ts';

describe('a text', () => {
  it.each([
    ['自来水', ['自来', '来水']],
    ['3号路LED灯', ['3', '3号', '号路', '路l', 'led', 'd灯']],
    ['路灯，坏了', ['路灯', '坏了']],
    ['ＷＴ２０２６', ['wt2026']],
    ['水', []],
    ['😀 …！', []],
    ['𠮷村', ['𠮷村']],
    ['a'.repeat(60), ['a'.repeat(40)]],
  ])('%s', (text, terms) => expect([...termsOf(text)]).toEqual(terms));

  it('holds the terms of every piece of it', () => {
    const text = '后麦仓村3组自来水管漏了，联系13800001111';
    const all = new Set(termsOf(text));
    for (const piece of ['自来水', '麦仓村', '3组', '组自来', '13800001111'])
      for (const term of termsOf(piece)) expect(all).toContain(term);
    expect([...charactersOf('3组水')]).toEqual(['组', '水']);
  });
});

describe('on 2026-02-04, a Wednesday,', () => {
  const months = (year: number, from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `${year}-${String(from + n).padStart(2, '0')}`);
  it.each([
    ['本月', ['2026-02']],
    ['这个月', ['2026-02']],
    ['上月', ['2026-01']],
    ['上个月', ['2026-01']],
    ['本季度', months(2026, 1, 3)],
    ['上季度', months(2025, 10, 3)],
    ['四季度', months(2025, 10, 3)],
    ['第4季度', months(2025, 10, 3)],
    ['Q4', months(2025, 10, 3)],
    ['2026年第1季度', months(2026, 1, 3)],
    ['2026-Q1', months(2026, 1, 3)],
    ['2024年第三季度', months(2024, 7, 3)],
    ['今年', months(2026, 1, 12)],
    ['去年', months(2025, 1, 12)],
    ['2024年', months(2024, 1, 12)],
    ['2月', ['2026-02']],
    ['7月', ['2025-07']],
    ['７月份', ['2025-07']],
    ['十二月', ['2025-12']],
    ['2026年7月', ['2026-07']],
    ['2026-07', ['2026-07']],
    ['今天', ['2026-02-04']],
    ['昨天', ['2026-02-03']],
    [
      '上周',
      months(2026, 1, 1)
        .flatMap(() => [26, 27, 28, 29, 30, 31].map((d) => `2026-01-${d}`))
        .concat('2026-02-01'),
    ],
    ['7月5日', ['2025-07-05']],
    ['近三天', ['2026-02-01', '2026-02-02', '2026-02-03', '2026-02-04']],
    ['这两天', ['2026-02-02', '2026-02-03', '2026-02-04']],
    [
      '最近一周',
      [28, 29, 30, 31].map((d) => `2026-01-${d}`).concat(['01', '02', '03', '04'].map((d) => `2026-02-${d}`)),
    ],
    [
      '近两个月',
      [
        ...[6, 7, 8, 9].map((d) => `2025-12-0${d}`),
        ...Array.from({ length: 22 }, (_, n) => `2025-12-${n + 10}`),
        '2026-01',
        '2026-02',
      ],
    ],
    ['2026年1月31日', ['2026-01-31']],
  ])('%s', (words, expected) => expect(readPeriod(words, '2026-02-04')).toEqual(expected));

  it.each([
    '近0天',
    '近100年',
    '近来水',
    '13月',
    '0月',
    '2月30日',
    '五季度',
    '月',
    '自来水',
    '3号',
    '12',
    '月底',
    '日月村',
  ])('%s is none', (words) => expect(readPeriod(words, '2026-02-04')).toBeUndefined());
});
