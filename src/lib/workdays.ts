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

/** The published calendar: days off and make-up working days, each as `YYYY-MM-DD`. */
export interface HolidayCalendar {
  readonly off: ReadonlySet<string>;
  readonly work: ReadonlySet<string>;
}

/**
 * The calendar that ships with `chinese-days`. Its data is read, not its date arithmetic, which is wrong in
 * time zones west of UTC.
 */
export function publishedCalendar(): HolidayCalendar {
  return { off: new Set(Object.keys(calendar.holidays)), work: new Set(Object.keys(calendar.workdays)) };
}

/** One day of an override table, in the format of the public holiday-cn data. */
export interface HolidayDay {
  readonly date: string;
  readonly isOffDay: boolean;
}

/** A calendar in which the years of `days` are as these say. */
export function withOverrides({ off, work }: HolidayCalendar, days: readonly HolidayDay[]): HolidayCalendar {
  const years = new Set(days.map(({ date }) => date.slice(0, 4)));
  const kept = (known: ReadonlySet<string>) => [...known].filter((day) => !years.has(day.slice(0, 4)));
  const said = (isOff: boolean) => days.filter(({ isOffDay }) => isOffDay === isOff).map(({ date }) => date);
  return { off: new Set([...kept(off), ...said(true)]), work: new Set([...kept(work), ...said(false)]) };
}

/** Working days whose calendar can be exchanged while others hold on to them. */
export function createLiveWorkdays(): Workdays & { use(days: readonly HolidayDay[]): void } {
  const published = publishedCalendar();
  let current = createWorkdays(published);
  return {
    isWorkday: (day) => current.isWorkday(day),
    add: (day, n) => current.add(day, n),
    between: (from, to) => current.between(from, to),
    covers: (day) => current.covers(day),
    use: (days) => {
      current = createWorkdays(withOverrides(published, days));
    },
  };
}

/** Working-day arithmetic over a calendar. `add` and `between` cost two set lookups per calendar day passed. */
export function createWorkdays({ off, work }: HolidayCalendar = publishedCalendar()): Workdays {
  const years = new Set([...off].map((day) => day.slice(0, 4)));
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
