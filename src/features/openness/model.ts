/** Figures of townships, counties and the city, a row for each quarter: numbers that can be added up, and of which day. */
import { z } from 'zod';
import { dayOf } from '../../lib/dates.ts';
import { periodEnd, periodName } from '../../lib/schedule.ts';
import { defineTable } from '../../store/store.ts';

/** By name; what stands in none of the rows is not known. */
export type Numbers = Readonly<Record<string, number>>;

const figureRow = z.object({
  /** `<unit>|<quarter>` */
  id: z.string(),
  unit: z.string(),
  /** As it was when it was counted. */
  name: z.string().default(''),
  parent: z.string().nullable(),
  /** `2026-Q4` */
  quarter: z.string(),
  /** The day of which the numbers are: the last of a quarter that is over. */
  on: z.string(),
  numbers: z.record(z.string(), z.number()),
  /** A township all of whose branches have three stars or more. */
  whole: z.boolean(),
});
export type FigureRow = z.infer<typeof figureRow>;
export const figures = defineTable<FigureRow>({
  name: 'figures',
  schema: figureRow,
  indexes: [
    { on: ['parent', 'quarter'], order: 'unit' },
    { on: ['unit'], order: 'quarter' },
    { on: ['whole', 'quarter'], order: 'unit' },
  ],
  keep: 'for ever: because it is one row for each unit and quarter',
});

const settingsRow = z.object({
  id: z.literal('city'),
  /** Per cent of branches that are to have four stars or more; null when nobody set any. */
  four: z.number().nullable(),
  /** Five-star branches of the province, per cent, and where that is written. */
  province: z.number().nullable(),
  source: z.string(),
  /** Whether “不作为考核依据” stands on it. */
  basis: z.enum(['no', 'unsaid']),
});
export type Settings = z.infer<typeof settingsRow>;
export const settings = defineTable<Settings>({
  name: 'figure_settings',
  schema: settingsRow,
  indexes: [],
  keep: 'for ever: because it is one row',
});
export const NO_SETTINGS: Settings = { id: 'city', four: null, province: null, source: '', basis: 'no' };

export const QUARTER = /^20\d\d-Q[1-4]$/;
export const quarterOf = (day: string): string => periodName(day, 'quarter');

/** The last day of a quarter. */
export const endOf = (quarter: string): string => dayOf(periodEnd(quarter));

/** The first day of a quarter. */
export function startOf(quarter: string): string {
  const month = Number(quarter.slice(6)) * 3 - 2;
  return `${quarter.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
}

/** The quarter `n` later (earlier when negative). */
export function shiftQuarter(quarter: string, n: number): string {
  const at = Number(quarter.slice(0, 4)) * 4 + Number(quarter.slice(6)) - 1 + n;
  return `${Math.floor(at / 4)}-Q${(at % 4) + 1}`;
}

export function add(all: readonly Numbers[]): Numbers {
  const sum: Record<string, number> = {};
  for (const numbers of all)
    for (const [name, n] of Object.entries(numbers)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}

/** The middle one of values that were counted as `<prefix><value>`; undefined without any, the lower one of two. */
export function median(numbers: Numbers, prefix: string): number | undefined {
  const counted = Object.entries(numbers)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, n]) => [Number(name.slice(prefix.length)), n] as const)
    .sort(([a], [b]) => a - b);
  const total = counted.reduce((sum, [, n]) => sum + n, 0);
  let seen = 0;
  for (const [value, n] of counted) {
    seen += n;
    if (seen * 2 >= total) return value;
  }
  return undefined;
}
