/** What matched words are worth: numbers, days of the calendar, times of day. */
import { addDays, dayOf, daysBetween, isDay, mondayOf, timeOf } from '../dates.ts';
import { lunarDay, lunarEve } from './lunar.ts';

/** Which day is meant by one without a year: the next; the next as a deadline, which `前` may follow; the last. */
export type Toward = 'ahead' | 'due' | 'back';

/** What was found, in the order of the words; `words` are those in which it was found. */
export type Piece = Found & { readonly words: string };
export type Found =
  | { readonly kind: 'day'; readonly day: string }
  /** `12.9`, `9-11`: a day where a time is said besides; undefined when the calendar has no such day. */
  | { readonly kind: 'dots'; readonly day: string | undefined }
  /** Without a week; 1 is Monday. */
  | { readonly kind: 'weekday'; readonly weekday: number }
  /** A day that the calendar does not have. */
  | { readonly kind: 'noDay' }
  /** Each time of day that can be meant, as `HH:MM`; `until` the same for the end of a span. */
  | { readonly kind: 'time'; readonly at: readonly string[]; readonly until?: readonly string[] }
  | { readonly kind: 'period'; readonly hours: Hours }
  /** A day, an hour, or who knows what is spoken of, but it cannot be told which. */
  | { readonly kind: 'someDay' | 'someTime' | 'unclear' };

/** The hours that a word for a part of the day can mean, both included. */
export type Hours = readonly [from: number, to: number];

export interface Situation {
  readonly now: Date;
  readonly today: string;
  readonly toward: Toward;
}
export type Groups = Readonly<Record<string, string | undefined>>;
export const PERIODS: readonly (readonly [words: string, hours: Hours])[] = [
  ['凌晨', [0, 5]],
  ['清晨|清早|早晨|早上|早', [5, 11]],
  ['上午|午前|am', [6, 11]],
  ['中午|正午|晌午', [11, 14]],
  ['下午|午后|pm', [13, 19]],
  ['傍晚|黄昏', [16, 19]],
  ['晚上|晚间|夜晚|夜里|夜间|晚|夜', [17, 23]],
];
/** Nobody meets earlier: where no part of the day is said, 9点 is in the morning and 7点 can be either. */
const EARLIEST = 8;

function digitOf(char = ''): number {
  return '零一二三四五六七八九'.indexOf(char.replace('〇', '零').replace('两', '二'));
}

/** 0 to 99, as `9`, `十二`, `廿五`, `初五`; NaN for 三五, 几, 半. */
export function number(text = ''): number {
  if (/^\d+$/.test(text)) return Number(text);
  const [, tens, ones] =
    /^初?(?:([二三四五六七八九]?十|廿|卅)|[零〇])?([〇零一二三四五六七八九两])?$/.exec(text) ?? [];
  if (tens === undefined && ones === undefined) return Number.NaN;
  const ten = { 廿: 2, 卅: 3, 十: 1 }[tens ?? ''] ?? (tens ? digitOf(tens[0]) : 0);
  return ten * 10 + (ones ? digitOf(ones) : 0);
}

export function ymd(year: number, month: number, date: number): string | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
  return isDay(text) ? text : undefined;
}

export function lastOf(year: number, month: number): string | undefined {
  return [31, 30, 29, 28].map((date) => ymd(year, month, date)).find(Boolean);
}

export function day(found: string | undefined): Found[] {
  return [found ? { kind: 'day', day: found } : { kind: 'noDay' }];
}

export function counted(words: string | undefined, make: (n: number) => string | undefined): Found[] {
  const n = number(words);
  return Number.isNaN(n) ? [{ kind: 'someDay' }] : day(make(n));
}

export function soon({ now }: Situation, minutes: number): Found[] {
  if (Number.isNaN(minutes)) return [{ kind: 'unclear' }];
  const at = new Date(now.getTime() + minutes * 60_000);
  return [...day(dayOf(at)), { kind: 'time', at: [timeOf(at)] }];
}

export function later(today: string, n: number, unit: string): string | undefined {
  if (unit === '天' || unit === '日') return addDays(today, n);
  if (unit !== '年' && unit !== '个月') return addDays(today, 7 * n);
  return ymd(...monthFrom(today, unit === '年' ? 12 * n : n), Number(today.slice(8)));
}

export function yearIn(today: string): number {
  return Number(today.slice(0, 4));
}

export function monthFrom(today: string, n: number): [year: number, month: number] {
  const months = yearIn(today) * 12 + Number(today.slice(5, 7)) - 1 + n;
  return [Math.floor(months / 12), (months % 12) + 1];
}

/** 上上 is -2, 下 is 1, 本 is 0: weeks or months from now. */
export function offsetOf(near = ''): number {
  return near.startsWith('上') ? -near.length : near.startsWith('下') ? near.length : 0;
}

export function inWeek(today: string, weeks: number, weekday: number): string {
  return addDays(mondayOf(today), 7 * weeks + weekday - 1);
}

export function weekdayOf(word = ''): number {
  return Number(word) || '一二三四五六日'.indexOf(word.replace('天', '日')) + 1;
}

export function monthOf(word = ''): number {
  return { 正: 1, 冬: 11, 腊: 12 }[word] ?? number(word);
}

/** The year that was said; undefined when none was. */
export function yearOf({ year, nearYear }: Groups, { today }: Situation): number | undefined {
  if (nearYear) return yearIn(today) + ({ 明: 1, 后: 2, 去: -1, 前: -2 }[nearYear[0] ?? ''] ?? 0);
  if (!year) return undefined;
  const digits = [...year].map((char) => (/\d/.test(char) ? char : digitOf(char))).join('');
  return Number(digits) + (digits.length === 2 ? 2000 : 0);
}

/**
 * The day in the year that was said. Without one the nearest, so that what has just passed is not next year's; looking
 * back the last.
 */
export function yearly(groups: Groups, at: Situation, make: (year: number) => string | undefined): Found[] {
  const { today, toward } = at;
  const year = yearOf(groups, at);
  if (year !== undefined) return day(make(year));
  const all = [1, 0, -1].map((n) => make(yearIn(today) + n)).filter((one) => one !== undefined);
  if (toward === 'back') return day(all.find((one) => one <= today));
  const away = (one: string) => Math.abs(daysBetween(today, one));
  return day(all.sort((a, b) => away(a) - away(b))[0]);
}

/** A lunar date; the last months of a lunar year lie in the next year, so whose they are cannot be told. */
export function lunar(groups: Groups, at: Situation, month: number, date: number): Found[] {
  if (month > 10 && yearOf(groups, at) !== undefined) return [{ kind: 'someDay' }];
  return yearly(groups, at, (year) => (date === 0 ? lunarEve(year) : lunarDay(year, month, date)));
}

/** 1号 is the next one that comes, this month or next; looking back the last. */
export function ofMonth(date: number, { today, toward }: Situation): Found[] {
  const back = toward === 'back';
  const all = [0, back ? -1 : 1].map((n) => ymd(...monthFrom(today, n), date));
  return day(all.find((one) => one !== undefined && (back ? one <= today : one >= today)));
}

export function hoursOf(word: string): Hours {
  const known = PERIODS.find(([words]) => words.split('|').includes(word));
  if (!known) throw new Error(`No part of the day: ${word}`);
  return known[1];
}

/** The times that can be meant by an hour within `hours`; without them as people meet, `written` as a clock shows it. */
export function times(hours: Hours | undefined, hour: number, minute: number, written: boolean): string[] {
  if (!(hour <= 23 && minute <= 59)) return [];
  const both = hour > 0 && hour < 12 ? [hour, hour + 12] : [hour];
  const [from, to] = hours ?? (written ? [hour, hour] : hour < EARLIEST ? [1, 23] : [hour, hour]);
  return both
    .filter((h) => h >= from && h <= to)
    .map((h) => `${String(h).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
}

function timesOf(g: Groups, a: string, hours: Hours | undefined): string[] {
  const part = (name: string) => g[a + name];
  const hour = part('h') ?? part('H') ?? part('x');
  const minute = part('m') ?? part('minute') ?? part('M');
  const quarter = part('quarter');
  const minutes = quarter
    ? /[三3]/.test(quarter)
      ? 45
      : 15
    : part('half')
      ? 30
      : minute
        ? number(minute)
        : 0;
  const half = part('s') ?? part('y');
  // 09:30 is what a clock shows, 3:30 may be in the afternoon.
  return times(half ? hoursOf(half) : hours, number(hour), minutes, part('H')?.length === 2);
}

/** A time of day or a span of it; what the end says of the beginning counts. */
export function readSpan(g: Groups): readonly Found[] {
  const hours = g.p === undefined ? undefined : hoursOf(g.p);
  const at = timesOf(g, 'a', hours);
  // 晚上十二点 may be another day's.
  if (at.length === 0) return [{ kind: hours && hours[0] >= 5 && hours[1] <= 19 ? 'someTime' : 'unclear' }];
  if (['bh', 'bH', 'bx'].every((name) => g[name] === undefined)) return [{ kind: 'time', at }];
  if (g.q === '凌晨') return [{ kind: 'time', at }];
  const said = g.q === undefined ? hours : hoursOf(g.q);
  // 上午10点到2点 ends in the afternoon.
  const ends = timesOf(g, 'b', said).length > 0 ? timesOf(g, 'b', said) : timesOf(g, 'b', [0, 23]);
  const from = at.filter((time) => ends.some((end) => end > time));
  const until = ends.filter((end) => end > (from[0] ?? ''));
  return from.length > 0 ? [{ kind: 'time', at: from, until }] : [{ kind: 'someTime' }];
}
