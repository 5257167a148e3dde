/** Shanghai dates and Chinese working days, whatever time zone the machine has. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayOf,
  daysBetween,
  instant,
  isDay,
  mondayOf,
  sayDay,
  sayTime,
  timeOf,
} from '../../src/lib/dates.ts';
import { wellFormed } from '../../src/lib/text.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';

const workdays = createWorkdays();

describe('dates in Asia/Shanghai', () => {
  it('changes the day at 16:00 UTC', () => {
    expect(dayOf(new Date('2026-11-20T15:59:59Z'))).toBe('2026-11-20');
    expect(dayOf(new Date('2026-11-20T16:00:00Z'))).toBe('2026-11-21');
    expect(timeOf(new Date('2026-11-20T16:05:00Z'))).toBe('00:05');
    expect(instant('2026-11-20', '09:00').toISOString()).toBe('2026-11-20T01:00:00.000Z');
  });

  it('counts days over months, years and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysBetween('2026-11-20', '2027-05-19')).toBe(180);
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-16')).toBe('2026-11-16');
    expect(['2026-02-30', '2026-2-3', 'x', '2028-02-29'].map(isDay)).toEqual([false, false, false, true]);
  });

  it('says days as people do', () => {
    expect(sayDay('2026-12-01', '2026-11-20')).toBe('12月1日');
    expect(sayDay('2027-01-05', '2026-11-20')).toBe('2027年1月5日');
    expect(sayTime('2026-11-20T01:05:00Z', '2026-11-20')).toBe('11月20日 09:05');
  });

  it('gives the same in every time zone of the machine', () => {
    const script = `import { dayOf, addDays } from './src/lib/dates.ts'; import { createWorkdays } from './src/lib/workdays.ts';
      const w = createWorkdays(); console.log([dayOf(new Date('2026-11-20T16:00:00Z')), addDays('2026-11-01', -1), w.isWorkday('2026-10-10'), w.add('2026-09-30', 1), w.between('2026-09-30', '2026-10-12')].join())`;
    const run = (TZ: string) =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        cwd: new URL('../..', import.meta.url).pathname,
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }).trim();
    const [first, ...others] = ['Asia/Shanghai', 'UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'].map(run);
    expect(first).toBe('2026-11-21,2026-10-31,true,2026-10-08,4');
    for (const other of others) expect(other).toBe(first);
  });
});

describe('working days', () => {
  it('knows holidays and make-up days of 2026', () => {
    expect(workdays.isWorkday('2026-10-01')).toBe(false);
    expect(workdays.isWorkday('2026-10-10')).toBe(true); // a Saturday, made up for the National Day week
    expect(workdays.isWorkday('2026-02-17')).toBe(false);
    expect(workdays.isWorkday('2026-11-21')).toBe(false);
  });

  it('counts forwards, backwards and between', () => {
    expect(workdays.add('2026-11-20', 1)).toBe('2026-11-23');
    expect(workdays.add('2026-11-23', -1)).toBe('2026-11-20');
    expect(workdays.add('2026-11-21', 0)).toBe('2026-11-21');
    expect(workdays.between('2026-11-20', '2026-11-24')).toBe(2);
    expect(workdays.between('2026-11-24', '2026-11-20')).toBe(0);
  });

  it('says which years it knows', () => {
    expect([workdays.covers('2026-12-31'), workdays.covers('2027-01-01')]).toEqual([true, false]);
    expect(workdays.isWorkday('2027-10-01')).toBe(true); // a Friday of a year without data
  });
});

it('takes out what no store can hold', () => {
  const family = '👨‍👩‍👧';
  expect(wellFormed({ a: ['x\u0000y', `\ud800z${family}`], 'k\u0000': 1, n: null })).toEqual({
    a: ['xy', `\ufffdz${family}`],
    k: 1,
    n: null,
  });
});
