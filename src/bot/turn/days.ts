/** Fields that hold a day or a time of day: people use their own words, what is stored is `YYYY-MM-DD` and `HH:MM`. */
import { z } from 'zod';
import { isDay } from '../../lib/dates.ts';
import { MOST_SAID, readDay, readTime, type Toward } from '../../lib/when/index.ts';
import type { Raw } from '../cards/spec.ts';

/** Which fields of an operation hold a day, and which way it lies. */
export interface Days {
  readonly fields: RegExp;
  readonly toward: Toward;
}

/** Words of days as days. `unread` says of each field that could not be read why; there what was typed stays. */
export function readDays(
  days: Days | undefined,
  raw: Raw,
  now: Date,
): { readonly read: Raw; readonly unread: ReadonlyMap<string, string> } {
  const unread = new Map<string, string>();
  if (!days) return { read: raw, unread };
  const read: Record<string, unknown> = { ...raw };
  for (const [field, typed] of Object.entries(raw)) {
    if (!days.fields.test(field) || typeof typed !== 'string' || typed.trim() === '' || isDay(typed))
      continue;
    const { value, why } = readDay(typed, now, days.toward);
    if (why === undefined) read[field] = value;
    else unread.set(field, why);
  }
  return { read, unread };
}

/** A day, after `readDays`. `error` is said when there is none. */
export const dayField = (error: string) =>
  z.string({ error }).trim().max(MOST_SAID, error).refine(isDay, '日期请写成 2026-12-01 这样');

/** A time of day in people's words, as `HH:MM`. */
export const timeField = (error: string) =>
  z
    .string({ error })
    .trim()
    .max(MOST_SAID, `几点请用${MOST_SAID}个字以内说清楚`)
    .transform((words, { addIssue }) => {
      const { value, why } = readTime(words);
      if (why === undefined) return value;
      addIssue({ code: 'custom', message: words === '' ? error : why });
      return z.NEVER;
    });

/** How much one can type where a time of day is asked, as the field of a card counts it. */
export const TIME_MAX = 20;
