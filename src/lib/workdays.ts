/** Chinese working days: statutory holidays and 调休 make-up days, by calendar day in Asia/Shanghai. */
import calendar from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { fromNumber, toNumber } from './dates.ts';

export interface Workdays {
  /** True when `day` (`YYYY-MM-DD`) is a working day; Monday to Friday in a year without published data. */
  isWorkday(day: string): boolean;
  /** The `n`-th working day after `day` (before it when negative); 0 gives `day` itself, working day or not. */
  add(day: string, n: number): string;
  /** Working days in the half-open span (from, to]; 0 when `to` is not after `from`. */
  between(from: string, to: string): number;
  /** True when the State Council's calendar for the year of `day` is known. */
  covers(day: string): boolean;
}

/** Days off and make-up working days, each as `YYYY-MM-DD`, and the years (`YYYY`) for which they are known. */
export interface HolidayCalendar {
  readonly off: ReadonlySet<string>;
  readonly work: ReadonlySet<string>;
  readonly years: ReadonlySet<string>;
}

/**
 * The calendar that ships with `chinese-days`. Its data is read, not its date arithmetic, which is wrong in
 * time zones west of UTC.
 */
export function publishedCalendar(): HolidayCalendar {
  const off = new Set(Object.keys(calendar.holidays));
  const years = new Set([...off].map((day) => day.slice(0, 4)));
  return { off, work: new Set(Object.keys(calendar.workdays)), years };
}

/** The calendar of a year, in the format of the public holiday-cn data. */
export interface HolidayYear {
  /** `YYYY` */
  readonly year: string;
  /** Of the year, and those of its neighbours that were published with it: 元旦 may begin on 12-31. */
  readonly days: readonly { readonly date: string; readonly isOffDay: boolean }[];
}

/**
 * A calendar in which the years of `overrides` are as these say. A neighbour's day changes that day, and nothing else
 * of its year; said of twice, it is as the later year says.
 */
export function withOverrides(known: HolidayCalendar, overrides: readonly HolidayYear[]): HolidayCalendar {
  const replaced = new Set(overrides.map(({ year }) => year));
  const kept = (days: ReadonlySet<string>) =>
    new Set([...days].filter((day) => !replaced.has(day.slice(0, 4))));
  const [off, work] = [kept(known.off), kept(known.work)];
  for (const { days } of overrides.toSorted((a, b) => Number(a.year) - Number(b.year))) {
    for (const { date, isOffDay } of days) {
      (isOffDay ? off : work).add(date);
      (isOffDay ? work : off).delete(date);
    }
  }
  return { off, work, years: new Set([...known.years, ...replaced]) };
}

/** Working days whose calendar can be exchanged while others hold on to them. */
export function createLiveWorkdays(): Workdays & { use(overrides: readonly HolidayYear[]): void } {
  const published = publishedCalendar();
  let current = createWorkdays(published);
  return {
    isWorkday: (day) => current.isWorkday(day),
    add: (day, n) => current.add(day, n),
    between: (from, to) => current.between(from, to),
    covers: (day) => current.covers(day),
    use: (overrides) => {
      current = createWorkdays(withOverrides(published, overrides));
    },
  };
}

/** Working-day arithmetic over a calendar. `add` and `between` cost two set lookups per calendar day passed. */
export function createWorkdays({ off, work, years }: HolidayCalendar = publishedCalendar()): Workdays {
  const numbers = (days: ReadonlySet<string>) => new Set([...days].map(toNumber));
  const [offNumbers, workNumbers] = [numbers(off), numbers(work)];

  function isWorkday(number: number): boolean {
    if (workNumbers.has(number)) return true;
    if (offNumbers.has(number)) return false;
    // Number 0 is a Thursday: Saturdays are 2, Sundays 3 more than a multiple of 7.
    const weekday = ((number % 7) + 7) % 7;
    return weekday !== 2 && weekday !== 3;
  }

  return {
    isWorkday: (day) => isWorkday(toNumber(day)),
    add(day, n) {
      const step = Math.sign(n);
      let at = toNumber(day);
      for (let left = Math.abs(n); left > 0; ) {
        at += step;
        if (isWorkday(at)) left--;
      }
      return fromNumber(at);
    },
    between(from, to) {
      let count = 0;
      const last = toNumber(to);
      for (let at = toNumber(from) + 1; at <= last; at++) if (isWorkday(at)) count++;
      return count;
    },
    covers: (day) => years.has(day.slice(0, 4)),
  };
}
