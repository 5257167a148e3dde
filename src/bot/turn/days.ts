/** Fields that hold a day: people use their own words, what is stored is `YYYY-MM-DD`. */
import { isDay } from '../../lib/dates.ts';
import { readDay, type Toward } from '../../lib/when/index.ts';
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
