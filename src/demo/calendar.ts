/** Days and times of a past that ends at a given moment, and luck that is always the same for the same words. */
import { dayOf, instant } from '../lib/dates.ts';
import { createLiveWorkdays, type Workdays } from '../lib/workdays.ts';

export interface Calendar {
  readonly workdays: Workdays;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** The day so many working days before today; after it when negative. */
  ago(days: number): string;
  /** The `n`-th working day, from 1, of the month that lies `months` before this one. */
  ofMonth(months: number, n: number): string;
  /** The month that lies so many months before this one: `YYYY-MM`. */
  month(months: number): string;
}

export function createCalendar(end: Date): Calendar {
  const workdays = createLiveWorkdays();
  const today = dayOf(end);
  const [year = 0, month = 0] = today.split('-').map(Number);
  const lastBefore = (months: number) =>
    new Date(Date.UTC(year, month - 1 - months, 0)).toISOString().slice(0, 10);
  return {
    workdays,
    today,
    ago: (days) => workdays.add(today, -days),
    ofMonth: (months, n) => workdays.add(lastBefore(months), n),
    month: (months) => lastBefore(months - 1).slice(0, 7),
  };
}

/** A number from 0 to 1. */
export function luck(...words: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const char of words.join('|')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 2 ** 32;
}

/** One of several. */
export function oneOf<T>(all: readonly T[], ...words: readonly (string | number)[]): T | undefined {
  return all[Math.floor(luck(...words) * all.length)];
}

/** A moment of a day within working hours. */
export function during(day: string, ...words: readonly (string | number)[]): Date {
  // 08:40 to 11:40 and 14:00 to 17:30.
  const minute = Math.floor(luck(day, ...words) * 390);
  return new Date(instant(day, minute < 180 ? '08:40' : '11:00').getTime() + minute * 60_000);
}
