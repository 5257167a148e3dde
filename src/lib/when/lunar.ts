/** The days of the Chinese lunar calendar, from the table of months of `chinese-days`. */
import chineseDays from 'chinese-days';
import { addDays } from '../dates.ts';

// Node's own `chinese` calendar computes new moons and is a day late where one falls just before midnight, as in
// February 2027; the arithmetic of `chinese-days` itself is wrong west of UTC. So only its table is read.
const { monthDays, getYearLeapMonth } = chineseDays;

/** The first day of a lunar year. */
const FIRST = { year: 2000, day: '2000-02-05' } as const;
const LAST_YEAR = 2059;

/**
 * The calendar day of a lunar date; a leap month is never meant.
 * @param year the lunar year, which begins in January or February of the year of that number
 * @param day 30 in a month of 29 days is no day
 */
export function lunarDay(year: number, month: number, day: number): string | undefined {
  if (!(year >= FIRST.year && year <= LAST_YEAR && month >= 1 && month <= 12)) return undefined;
  if (!(day >= 1 && day <= monthDays(year, month))) return undefined;
  let passed = day - 1;
  for (let before = FIRST.year; before < year; before++) passed += monthsBefore(before, 13);
  return addDays(FIRST.day, passed + monthsBefore(year, month));
}

/** The last day of a lunar year: 除夕. */
export function lunarEve(year: number): string | undefined {
  return lunarDay(year, 12, 30) ?? lunarDay(year, 12, 29);
}

/** Days of a lunar year before its month `month`; 13 for the whole year. */
function monthsBefore(year: number, month: number): number {
  const { leapMonth, days } = getYearLeapMonth(year);
  let passed = leapMonth !== undefined && leapMonth < month ? days : 0;
  for (let m = 1; m < month; m++) passed += monthDays(year, m);
  return passed;
}
