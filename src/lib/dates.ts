/**
 * Calendar arithmetic in Asia/Shanghai, whatever time zone the machine has.
 * China has kept UTC+8 without daylight saving since 1991, so a fixed offset is exact for every date we handle.
 * A "day" is a plain `YYYY-MM-DD` string, a "month" `YYYY-MM`; both compare correctly as text.
 */

const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The Shanghai calendar day of an instant: `YYYY-MM-DD`. */
export function dayOf(at: Date): string {
  return fromNumber(Math.floor((at.getTime() + OFFSET_MS) / DAY_MS));
}

/** The Shanghai wall-clock time of an instant: `HH:MM`, 24 hours. */
export function timeOf(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(11, 16);
}

/** The instant of a Shanghai day and wall-clock time (`HH:MM`). */
export function instant(day: string, time = '00:00'): Date {
  return new Date(`${day}T${time}:00+08:00`);
}

/** The Shanghai calendar day of an instant as `toISOString` writes it, without making a `Date` of it. */
export function dayOfIso(at: string): string {
  // 16:00 in UTC is midnight there.
  return at < `${at.slice(0, 10)}T16` ? at.slice(0, 10) : addDays(at.slice(0, 10), 1);
}

/** Days counted from 1970-01-01, a Thursday: for walking over many of them. */
export function toNumber(day: string): number {
  let number = counted.get(day);
  if (number === undefined) {
    number = Date.parse(`${day}T00:00:00Z`) / DAY_MS;
    if (counted.size >= MOST_WRITTEN) counted.clear();
    counted.set(day, number);
  }
  return number;
}

/** Days as text, by number: every turn asks for the same few, and writing one takes as long as ten lookups. */
const written = new Map<number, string>();
/** The same the other way round. */
const counted = new Map<string, number>();
const MOST_WRITTEN = 10_000;

/** The day with this number. */
export function fromNumber(number: number): string {
  let day = written.get(number);
  if (day === undefined) {
    day = new Date(number * DAY_MS).toISOString().slice(0, 10);
    if (written.size >= MOST_WRITTEN) written.clear();
    written.set(number, day);
  }
  return day;
}

/** The day `n` calendar days after `day` (before it when negative). */
export function addDays(day: string, n: number): string {
  return fromNumber(toNumber(day) + n);
}

/** The month `n` months after that of a day or a month (before it when negative). */
export function addMonths(month: string, n: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + n;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return toNumber(to) - toNumber(from);
}

/** True for a real calendar day of this century written `YYYY-MM-DD` (2026-02-30 is not one). */
export function isDay(text: string): boolean {
  if (!/^20\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/** The Monday of the week of `day`. */
export function mondayOf(day: string): string {
  const number = toNumber(day);
  // Number 4 is a Monday.
  return fromNumber(number - ((((number - 4) % 7) + 7) % 7));
}

/** A day as people say it: `11月30日`, with the year when it is not the year of `today`. */
export function sayDay(day: string, today: string): string {
  const [year, month, date] = day.split('-');
  const short = `${Number(month)}月${Number(date)}日`;
  return year === today.slice(0, 4) ? short : `${year}年${short}`;
}

/** An instant as people say it: `11月30日 09:05`. */
export function sayTime(at: string, today: string): string {
  const when = new Date(at);
  return `${sayDay(dayOf(when), today)} ${timeOf(when)}`;
}
