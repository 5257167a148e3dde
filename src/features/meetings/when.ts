/** Understands when a meeting is to be, in the words in which people say it. */
import { zh } from 'chrono-node';
import { dayOf, timeOf } from '../../lib/dates.ts';

/** No meeting begins earlier, unless it is written as `06:30`. */
const EARLIEST = '07:00';

export interface When {
  readonly date: string;
  /** Absent when only a day was said. */
  readonly time?: string;
}

/** `下周三下午3点`, `11月25日 15:00`, `明天` → day and time in Asia/Shanghai; undefined when no time is in the words. */
export function understandWhen(words: string, now: Date): When | undefined {
  const [found] = zh.hans.parse(
    words.normalize('NFKC'),
    { instant: now, timezone: 480 },
    { forwardDate: true },
  );
  if (!found) return undefined;
  const at = found.start.date();
  return { date: dayOf(at), ...(found.start.isCertain('hour') && { time: timeOf(at) }) };
}

/**
 * `9:30`, `下午3点`, `15点半` → a time of day; undefined for what could be meant otherwise: at 3点 nobody meets
 * unless the afternoon is meant.
 */
export function understandTime(words: string): string | undefined {
  const plain = words.normalize('NFKC');
  const [, hour = '', minutes] = /^(\d{1,2}):(\d{2})$/.exec(plain) ?? [];
  if (minutes) return `${hour.padStart(2, '0')}:${minutes}`;
  const time = understandWhen(plain, new Date(0))?.time;
  return time && time >= EARLIEST ? time : undefined;
}
