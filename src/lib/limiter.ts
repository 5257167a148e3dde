/**
 * Keeps sends within a platform's limits: so many in any span of time, for one chat and for all together.
 * A sliding log of the last sends; cost of a question is the number of limits, memory the largest limit per chat.
 */

/** At most `count` in any `ms` milliseconds. */
export interface Limit {
  readonly count: number;
  readonly ms: number;
}

export interface Limits {
  readonly perPlace: readonly Limit[];
  readonly total: readonly Limit[];
}

export interface Limiter {
  /** 0 when one may be sent to `place` now (it is then counted), else how many milliseconds to wait before asking again. */
  take(place: string, now: number): number;
}

const TOTAL = '';

export function createLimiter({ perPlace, total }: Limits): Limiter {
  const logs = new Map<string, number[]>();
  const longest = Math.max(0, ...perPlace.map(({ ms }) => ms));
  let swept = 0;

  function wait(log: readonly number[], limits: readonly Limit[], now: number): number {
    let ms = 0;
    for (const { count, ms: span } of limits) {
      // The send that must have left the span before another one may enter it.
      const oldest = log[log.length - count];
      // At most the span itself: the clock may have been set back.
      if (oldest !== undefined) ms = Math.max(ms, Math.min(span, oldest + span - now));
    }
    return ms;
  }

  function note(key: string, limits: readonly Limit[], now: number): void {
    const log = logs.get(key) ?? [];
    log.push(now);
    const most = Math.max(...limits.map(({ count }) => count));
    if (log.length > most * 2) log.splice(0, log.length - most);
    logs.set(key, log);
  }

  /** Forget chats to which nothing was sent within the longest span. */
  function sweep(now: number): void {
    if (now - swept < longest) return;
    swept = now;
    for (const [key, log] of logs) if ((log.at(-1) ?? 0) < now - longest) logs.delete(key);
  }

  return {
    take(place, now) {
      sweep(now);
      const ms = Math.max(
        wait(logs.get(place) ?? [], perPlace, now),
        wait(logs.get(TOTAL) ?? [], total, now),
      );
      if (ms > 0) return ms;
      if (perPlace.length > 0) note(place, perPlace, now);
      if (total.length > 0) note(TOTAL, total, now);
      return 0;
    },
  };
}
