/** When things fall due: periods, from either end, over holidays, and what the next dates are. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../src/lib/dates.ts';
import {
  nextOccurrences,
  occurrences,
  periodEnd,
  periodName,
  type Schedule,
  saySchedule,
  scheduleSchema,
} from '../../src/lib/schedule.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';

const workdays = createWorkdays();
const monthly = (from: 'start' | 'end', workday: number): Schedule => ({
  every: 'month',
  month: 1,
  from,
  workday,
  time: '08:30',
});
const days = (schedule: Schedule, from: string, to: string) =>
  occurrences(schedule, workdays, instant(from), instant(to)).map(({ period, day }) => `${period} ${day}`);

describe('occurrences', () => {
  it('counts working days from the start and the end of months, over holidays and make-up days', () => {
    expect(days(monthly('start', 1), '2026-01-01', '2026-06-30')).toEqual([
      '2026-01 2026-01-04', // New Year's Day until the 3rd, the Sunday is made up
      '2026-02 2026-02-02',
      '2026-03 2026-03-02',
      '2026-04 2026-04-01',
      '2026-05 2026-05-06', // Labour Day until the 5th
      '2026-06 2026-06-01',
    ]);
    expect(days(monthly('end', 5), '2026-01-01', '2026-03-31')).toEqual([
      '2026-01 2026-01-26',
      '2026-02 2026-02-24', // the holiday ends on the 23rd, and Saturday the 28th is made up
      '2026-03 2026-03-25',
    ]);
    expect(days(monthly('start', 1), '2026-10-01', '2026-10-31')).toEqual(['2026-10 2026-10-08']);
    expect(days(monthly('end', 15), '2026-02-01', '2026-02-28')).toEqual(['2026-02 2026-02-03']);
  });

  it('takes the last one of a month that has fewer working days', () => {
    const few = createWorkdays({
      off: new Set(Array.from({ length: 28 }, (_, i) => `2026-02-${String(i + 1).padStart(2, '0')}`)),
      work: new Set(['2026-02-10', '2026-02-20']),
      years: new Set(['2026']),
    });
    const [last] = occurrences(monthly('start', 5), few, instant('2026-02-01'), instant('2026-03-01'));
    expect(last?.day).toBe('2026-02-20');
    const [first] = occurrences(monthly('end', 5), few, instant('2026-02-01'), instant('2026-03-01'));
    expect(first?.day).toBe('2026-02-10');
  });

  it('knows quarters and halves', () => {
    const quarter: Schedule = { every: 'quarter', month: 3, from: 'start', workday: 5, time: '08:30' };
    expect(days(quarter, '2026-01-01', '2026-12-31')).toEqual([
      '2026-Q1 2026-03-06',
      '2026-Q2 2026-06-05',
      '2026-Q3 2026-09-07',
      '2026-Q4 2026-12-07',
    ]);
    const half: Schedule = { every: 'half', month: 6, from: 'end', workday: 1, time: '10:00' };
    expect(days(half, '2026-01-01', '2027-01-01')).toEqual(['2026-H1 2026-06-30', '2026-H2 2026-12-31']);
  });

  it('is open at the beginning and closed at the end', () => {
    const every: Schedule = { every: 'workday', time: '08:30' };
    const at = instant('2026-11-23', '08:30');
    expect(occurrences(every, workdays, at, at)).toEqual([]);
    expect(occurrences(every, workdays, new Date(at.getTime() - 1), at)).toHaveLength(1);
    expect(days(every, '2026-09-30', '2026-10-11')).toEqual(
      ['2026-09-30', '2026-10-08', '2026-10-09', '2026-10-10'].map((day) => `${day} ${day}`),
    );
  });

  it('gives the next five, also when the period has begun, and none without end', () => {
    const next = nextOccurrences(monthly('end', 5), workdays, instant('2026-11-24', '08:30'), 5);
    expect(next.map(({ period }) => period)).toEqual(['2026-12', '2027-01', '2027-02', '2027-03', '2027-04']);
    expect(
      nextOccurrences({ every: 'workday', time: '08:30' }, workdays, instant('2026-02-13', '09:00'), 2),
    ).toMatchObject([{ day: '2026-02-14' }, { day: '2026-02-24' }]);
    const half: Schedule = { every: 'half', month: 1, from: 'start', workday: 1, time: '08:30' };
    expect(nextOccurrences(half, workdays, instant('2026-11-24'), 5)).toHaveLength(5);
    const never = { ...workdays, isWorkday: () => false };
    expect(nextOccurrences({ every: 'workday', time: '08:30' }, never, instant('2026-11-24'), 5)).toEqual([]);
  });
});

describe('periods', () => {
  it('have names and ends', () => {
    expect((['month', 'quarter', 'half'] as const).map((every) => periodName('2026-11-24', every))).toEqual([
      '2026-11',
      '2026-Q4',
      '2026-H2',
    ]);
    const ends = ['2026-11-24', '2026-02', '2026-12', '2026-Q1', '2026-Q4', '2026-H1', '2026-H2'];
    expect(ends.map((period) => new Date(periodEnd(period).getTime() + 1))).toEqual(
      ['2026-11-25', '2026-03-01', '2027-01-01', '2026-04-01', '2027-01-01', '2026-07-01', '2027-01-01'].map(
        (day) => instant(day),
      ),
    );
  });

  it('are said as people do, and refused when they make no sense', () => {
    expect(saySchedule(monthly('end', 5))).toBe('每月倒数第5个工作日 08:30');
    expect(saySchedule({ every: 'quarter', month: 3, from: 'start', workday: 10, time: '09:00' })).toBe(
      '每季度第3个月第10个工作日 09:00',
    );
    for (const wrong of [
      { workday: 0 },
      { workday: 16 },
      { time: '24:00' },
      { month: 7 },
      { from: 'middle' },
    ]) {
      expect(scheduleSchema.safeParse({ ...monthly('start', 1), ...wrong }).success).toBe(false);
    }
  });
});
