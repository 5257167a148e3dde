/** What an organiser imports overrides the published calendar, year by year. */
import { expect, it } from 'vitest';
import {
  createLiveWorkdays,
  createWorkdays,
  publishedCalendar,
  withOverrides,
} from '../../src/lib/workdays.ts';

const off = (date: string) => ({ date, isOffDay: true });
const work = (date: string) => ({ date, isOffDay: false });
const year = (year: string, ...days: ReturnType<typeof off>[]) => ({ year, days });

it('makes a year known that was not, and leaves the others alone', () => {
  const workdays = createWorkdays(
    withOverrides(publishedCalendar(), [year('2027', off('2027-01-01'), work('2027-01-03'))]),
  );
  expect(workdays.covers('2027-06-01')).toBe(true);
  expect(workdays.isWorkday('2027-01-01')).toBe(false);
  expect(workdays.isWorkday('2027-01-03')).toBe(true); // a Sunday
  expect(workdays.isWorkday('2026-10-01')).toBe(false);
  expect(workdays.isWorkday('2026-10-10')).toBe(true);
  expect(workdays.covers('2028-01-01')).toBe(false);
});

it('replaces a published year as a whole', () => {
  const workdays = createWorkdays(withOverrides(publishedCalendar(), [year('2026', off('2026-10-02'))]));
  expect(workdays.isWorkday('2026-10-01')).toBe(true);
  expect(workdays.isWorkday('2026-10-02')).toBe(false);
  expect(workdays.isWorkday('2026-10-10')).toBe(false); // an ordinary Saturday again
  expect(workdays.add('2026-10-01', 1)).toBe('2026-10-05');
  expect(workdays.add('2026-10-05', -1)).toBe('2026-10-01');
  expect(workdays.between('2026-09-30', '2026-10-05')).toBe(2);
});

it('changes for those who hold on to it, and back', () => {
  const live = createLiveWorkdays();
  expect(live.covers('2027-01-01')).toBe(false);
  live.use([year('2027', off('2027-01-01'))]);
  expect([live.covers('2027-01-01'), live.isWorkday('2027-01-01')]).toEqual([true, false]);
  live.use([]);
  expect([live.covers('2027-01-01'), live.isWorkday('2027-01-01')]).toEqual([false, true]);
});

it('takes a neighbour’s day for that day only: 元旦 may begin on the last day of the year before', () => {
  const newYear = year('2027', off('2026-12-31'), work('2027-01-02'), off('2027-01-01'), off('2028-01-03'));
  const workdays = createWorkdays(withOverrides(publishedCalendar(), [newYear]));
  expect(workdays.isWorkday('2026-12-31')).toBe(false);
  // The rest of 2026 is as it was published, and 2028 is not known for one day of it.
  expect([workdays.isWorkday('2026-10-01'), workdays.isWorkday('2026-10-10')]).toEqual([false, true]);
  expect([workdays.covers('2026-05-01'), workdays.covers('2028-05-01')]).toEqual([true, false]);
  expect(workdays.isWorkday('2028-01-03')).toBe(false);
});

it('believes the later of two years about a day of both, in whatever order they were imported', () => {
  const both = [year('2027', off('2026-12-31')), year('2026', work('2026-12-31'), off('2026-01-01'))];
  for (const years of [both, both.toReversed()]) {
    const workdays = createWorkdays(withOverrides(publishedCalendar(), years));
    expect(workdays.isWorkday('2026-12-31')).toBe(false);
    expect(workdays.isWorkday('2026-10-01')).toBe(true);
  }
});
