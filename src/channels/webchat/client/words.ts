/** Times and names as the page says them. */
import { addDays, dayOf, sayDay, timeOf } from '../../../lib/dates.ts';

const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];

/** `今天`, `昨天`, `11月20日 周五`. */
export function sayDate(at: string, now: Date): string {
  const day = dayOf(new Date(at));
  const today = dayOf(now);
  if (day === today) return '今天';
  if (day === addDays(today, -1)) return '昨天';
  return `${sayDay(day, today)} ${WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]}`;
}

export function sayClock(at: string): string {
  return timeOf(new Date(at));
}

/** For a list: the time today, otherwise the day. */
export function sayBrief(at: string, now: Date): string {
  const day = dayOf(new Date(at));
  const today = dayOf(now);
  if (day === today) return sayClock(at);
  return day === addDays(today, -1) ? '昨天' : sayDay(day, today);
}

export function sameDay(a: string, b: string): boolean {
  return dayOf(new Date(a)) === dayOf(new Date(b));
}
