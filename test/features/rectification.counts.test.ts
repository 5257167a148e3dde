/** How many residents said what, as people type it: read as it is meant, or not at all. */
import { expect, it } from 'vitest';
import { count, countsIn } from '../../src/features/rectification/typed-counts.ts';

/** 满意, 基本满意, 不满意 and how many were asked, as far as they were understood. */
const read = (typed: string) => {
  const raw = countsIn(typed);
  if (!raw) return undefined;
  return ['satisfied', 'basic', 'unsatisfied', 'asked'].map((field) => {
    const { success, data } = count('').safeParse(raw[field]);
    return success ? data : undefined;
  });
};

it('takes three numbers in their order, in any digits, with or without words', () => {
  for (const typed of [
    '16 1 1',
    '16/1/1',
    '１６　１　１',
    '16，1，1',
    '16人、1人、1人',
    '十六 一 一',
    '满意16 基本满意1 不满意1',
    '不满意1，满意16，基本满意1',
    '16人满意，1人基本满意，1人不满意',
    '满意：十六人；基本满意：一人；不满意：一人',
  ])
    expect(read(typed), typed).toEqual([16, 1, 1, undefined]);
  expect(read('一共问了20人，满意18，基本满意1，不满意0')).toEqual([18, 1, 0, 20]);
  expect(read('18 1 0 20')).toEqual([18, 1, 0, 20]);
});

it('never takes a number for another one', () => {
  for (const typed of ['-16 1 1', '16.5 1 1', '1e3 1 1', '99999999 1 1', '三五 1 1'])
    expect(read(typed)?.[0], typed).toBeUndefined();
  for (const typed of [
    ...['16 1', '16 1 1 20 3', '94.4%', '满意16 1 1', '满意16 满意1 不满意1', '满意 基本满意 16 1'],
    ...['15位里13位满意1位基本满意1位不满意', '满意的多', ''],
  ])
    expect(read(typed), typed).toBeUndefined();
});
