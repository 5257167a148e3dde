/** Understands when a meeting is to be, in the words in which people say it. */
import { zh } from 'chrono-node';
import { dayOf, timeOf } from '../../lib/dates.ts';

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
