/**
 * Periods of a task: which one runs on a day, when it is due, and when the missing are asked. Pure: a recurring task
 * needs nobody to open its next period. The due day is the same for all units of a task.
 */
import { addDays, dayOf, daysBetween, mondayOf } from '../../lib/dates.ts';
import { periodEnd, periodName, sayPeriod as sayUsual } from '../../lib/schedule.ts';
import type { Workdays } from '../../lib/workdays.ts';
import type { Task, TaskRhythm } from './model.ts';

/** The period of a task that does not come back. */
export const ONCE = 'once';
/** The missing are asked when this part of the working days has passed. */
const ASKED_AT = 0.8;

/** A period of one task. */
export interface Period {
  /** `<task>|<period>` */
  readonly id: string;
  readonly period: string;
  /** The days on which it opens and is due; the due day is a working day. */
  readonly from: string;
  readonly due: string;
}

type Timed = Pick<Task, 'id' | 'rhythm' | 'day' | 'handedAt' | 'endedOn'>;

/** The period that runs on `today`: `once`, `2026-W47`, `2026-11` or `2026-Q4`. */
export function currentPeriod(task: Timed, today: string): string {
  const day = task.endedOn && task.endedOn < today ? task.endedOn : today;
  const period = nameOf(task.rhythm, day);
  const first = nameOf(task.rhythm, task.day);
  return period < first ? first : period;
}

/** The period before, if the task had one. */
export function periodBefore(task: Timed, period: string): string | null {
  if (period === ONCE || period <= nameOf(task.rhythm, task.day)) return null;
  return nameOf(task.rhythm, addDays(spanOf(task.rhythm, period)[0], -1));
}

/** The periods that a task has had by a day, the latest first. */
export function* roundsBack(task: Timed, day: string, workdays: Workdays): Generator<Period> {
  for (let period: string | null = currentPeriod(task, day); period; period = periodBefore(task, period))
    yield periodOf(task, period, workdays);
}

/** True for a period that the task has had or has now; what a press claims is checked with this. */
export function isPeriodOf(task: Timed, period: string, today: string): boolean {
  const first = nameOf(task.rhythm, task.day);
  const now = currentPeriod(task, today);
  return SHAPES[task.rhythm].test(period) && period >= first && period <= now;
}

const SHAPES: Readonly<Record<TaskRhythm, RegExp>> = {
  once: /^once$/,
  week: /^\d{4}-W\d\d$/,
  month: /^\d{4}-(0[1-9]|1[0-2])$/,
  quarter: /^\d{4}-Q[1-4]$/,
};

export function periodOf(task: Timed, period: string, workdays: Workdays): Period {
  const handed = dayOf(new Date(task.handedAt));
  const [start, end] = spanOf(task.rhythm, period);
  // The first one is open as soon as it is handed out.
  const from = start < handed || periodBefore(task, period) === null ? handed : start;
  const due = onWorkday(dayIn(task, start), [from, end], workdays);
  return { id: `${task.id}|${period}`, period, from, due };
}

/**
 * The working day on which the missing are asked; null when it is due on the day on which it opens. Costs a look at
 * each day of the period.
 */
export function askDay({ from, due }: Period, workdays: Workdays): string | null {
  const steps = workdays.between(from, due);
  return steps > 0 ? workdays.add(from, Math.ceil(steps * ASKED_AT)) : null;
}

/** The first and the last day of a period. */
function spanOf(rhythm: TaskRhythm, period: string): readonly [string, string] {
  if (rhythm === 'once') return ['0000-01-01', '9999-12-31'];
  if (rhythm === 'week') {
    const [year = '', week = ''] = period.split('-W');
    const first = addDays(mondayOf(`${year}-01-04`), (Number(week) - 1) * 7);
    return [first, addDays(first, 6)];
  }
  const end = dayOf(periodEnd(period));
  const months = rhythm === 'month' ? 0 : 2;
  const first = Number(end.slice(5, 7)) - months;
  return [`${end.slice(0, 5)}${String(first).padStart(2, '0')}-01`, end];
}

/** The chosen day in the period that begins on `start`: the same weekday, day of the month, or month and day. */
function dayIn({ rhythm, day }: Timed, start: string): string {
  if (rhythm === 'once') return day;
  if (rhythm === 'week') return addDays(start, daysBetween(mondayOf(day), day));
  const offset = rhythm === 'month' ? 0 : (Number(day.slice(5, 7)) - 1) % 3;
  const month = String(Number(start.slice(5, 7)) + offset).padStart(2, '0');
  const last = dayOf(periodEnd(`${start.slice(0, 4)}-${month}`));
  const same = `${last.slice(0, 8)}${day.slice(8)}`;
  return same > last ? last : same;
}

/** A rest day gives way to the next working day, or to the one before when the period ends first. */
function onWorkday(day: string, [from, end]: readonly [string, string], workdays: Workdays): string {
  if (workdays.isWorkday(day)) return day;
  const next = workdays.add(day, 1);
  const before = workdays.add(day, -1);
  return next > end && before >= from ? before : next;
}

/** The name of the period of a day. */
function nameOf(rhythm: TaskRhythm, day: string): string {
  if (rhythm === 'once') return ONCE;
  if (rhythm !== 'week') return periodName(day, rhythm);
  // The week of a year is that of its Thursday.
  const thursday = addDays(mondayOf(day), 3);
  const week = Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1;
  return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`;
}

/** The period of a task as people say it: `11月`, `第47周`, `第四季度`; nothing for what does not come back. */
export function sayPeriod(period: string): string {
  const part = period.split('-')[1] ?? '';
  if (period === ONCE) return '';
  return part.startsWith('W') ? `第${Number(part.slice(1))}周` : sayUsual(period);
}

/** When a task is due, as people say it: `每月25日前`. */
export function sayRhythm({ rhythm, day }: Pick<Task, 'rhythm' | 'day'>): string {
  const date = Number(day.slice(8));
  switch (rhythm) {
    case 'once':
      return '';
    case 'week':
      return `每周${'日一二三四五六'[new Date(`${day}T00:00:00Z`).getUTCDay()]}前`;
    case 'month':
      return `每月${date}日前`;
    case 'quarter':
      return `每季度第${((Number(day.slice(5, 7)) - 1) % 3) + 1}个月${date}日前`;
  }
}
