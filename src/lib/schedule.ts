/**
 * When things of the programme fall due: a schedule is plain data that an organiser can change, and gives the
 * instants at which it occurs. Pure; days and times of day are Asia/Shanghai.
 */
import { z } from 'zod';
import { addDays, addMonths, dayOf, instant } from './dates.ts';
import type { Workdays } from './workdays.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '时间请写成 08:30 这样');

/** Every working day at a time, or the n-th working day from the start or the end of a month of each period. */
export const scheduleSchema = z.discriminatedUnion('every', [
  z.object({ every: z.literal('workday'), time }),
  z.object({
    every: z.enum(['month', 'quarter', 'half']),
    /** Which month of the period, from 1. */
    month: z.number().int().min(1).max(6),
    from: z.enum(['start', 'end']),
    /** Which working day of that month, counted from its start or its end, from 1. */
    workday: z.number().int().min(1, '从第1个工作日算起').max(15, '最多第15个工作日'),
    time,
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** One time at which a schedule occurs. */
export interface Occurrence {
  /** Names the occurrence for good: `2026-11-23`, `2026-11`, `2026-Q4`, `2026-H2`. */
  readonly period: string;
  readonly day: string;
  readonly at: Date;
}

const MONTHS = { month: 1, quarter: 3, half: 6 } as const;

/**
 * The occurrences of a schedule later than `after` and not later than `until`, oldest first.
 * Costs a few set lookups for each day (or month) in between.
 */
export function occurrences(schedule: Schedule, workdays: Workdays, after: Date, until: Date): Occurrence[] {
  const found: Occurrence[] = [];
  const take = (period: string, day: string) => {
    const at = instant(day, schedule.time);
    if (at > after && at <= until) found.push({ period, day, at });
  };
  if (schedule.every === 'workday') {
    for (let day = dayOf(after); day <= dayOf(until); day = addDays(day, 1)) {
      if (workdays.isWorkday(day)) take(day, day);
    }
    return found;
  }
  const length = MONTHS[schedule.every];
  for (
    let first = periodStart(dayOf(after), length);
    first <= dayOf(until);
    first = firstAfter(first, length)
  ) {
    take(periodName(first, schedule.every), dayIn(firstAfter(first, schedule.month - 1), schedule, workdays));
  }
  return found;
}

/** The next `count` occurrences after an instant; at most five years ahead. */
export function nextOccurrences(
  schedule: Schedule,
  workdays: Workdays,
  after: Date,
  count: number,
): Occurrence[] {
  const spans = schedule.every === 'workday' ? [31, 366] : [400, 1900];
  for (const days of spans) {
    const found = occurrences(schedule, workdays, after, new Date(after.getTime() + days * 86_400_000));
    if (found.length >= count) return found.slice(0, count);
  }
  return [];
}

/** The name of the period of `day`: `2026-11`, `2026-Q4`, `2026-H2`. */
export function periodName(day: string, every: 'month' | 'quarter' | 'half'): string {
  const [year = '', month = ''] = day.split('-');
  if (every === 'month') return `${year}-${month}`;
  return `${year}-${every === 'quarter' ? 'Q' : 'H'}${Math.ceil(Number(month) / MONTHS[every])}`;
}

const QUARTERS = ['第一季度', '第二季度', '第三季度', '第四季度'];

/** A period as documents write it: `11月`, `第四季度`, `下半年`. */
export function sayPeriod(period: string): string {
  const [, part = ''] = period.split('-');
  if (part.startsWith('Q')) return QUARTERS[Number(part.slice(1)) - 1] ?? '';
  if (part.startsWith('H')) return part === 'H1' ? '上半年' : '下半年';
  return `${Number(part)}月`;
}

/** The same with its year: `2026年第四季度`. */
export function sayDatedPeriod(period: string): string {
  return `${period.slice(0, 4)}年${sayPeriod(period)}`;
}

/** The last instant of a period, by its name: nothing else occurs in it once it was planned. */
export function periodEnd(period: string): Date {
  const [year = '', part = '', day] = period.split('-');
  if (day) return before(addDays(period, 1));
  const months = part.startsWith('Q')
    ? Number(part.slice(1)) * MONTHS.quarter
    : part.startsWith('H')
      ? Number(part.slice(1)) * MONTHS.half
      : Number(part);
  return before(firstAfter(`${year}-01`, months));
}

function before(day: string): Date {
  return new Date(instant(day).getTime() - 1);
}

/** A schedule as people say it: `每季度第1个月倒数第5个工作日 08:30`. */
export function saySchedule(schedule: Schedule): string {
  if (schedule.every === 'workday') return `每个工作日 ${schedule.time}`;
  const period = { month: '每月', quarter: '每季度', half: '每半年' }[schedule.every];
  const month = schedule.every === 'month' ? '' : `第${schedule.month}个月`;
  const count = schedule.from === 'start' ? '第' : '倒数第';
  return `${period}${month}${count}${schedule.workday}个工作日 ${schedule.time}`;
}

/** The n-th working day of a month, from either end; the last (or first) one when it has fewer. */
function dayIn(first: string, schedule: Exclude<Schedule, { every: 'workday' }>, workdays: Workdays): string {
  const days: string[] = [];
  for (let day = first; day < firstAfter(first, 1); day = addDays(day, 1))
    if (workdays.isWorkday(day)) days.push(day);
  if (schedule.from === 'end') days.reverse();
  return days[Math.min(schedule.workday, days.length) - 1] ?? first;
}

function periodStart(day: string, length: number): string {
  const month = Number(day.slice(5, 7));
  return firstAfter(day, -((month - 1) % length));
}

/** The first day of the month `n` months after. */
function firstAfter(day: string, n: number): string {
  return `${addMonths(day, n)}-01`;
}
