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
  /**
   * 0 when one may be sent to `place` now, else how many milliseconds to wait before asking again.
   * After a 0 its room is kept until `sent` or `dropped` is called, once.
   * @param share of each limit, what is asked for may use so much (0 to 1), and at least one: the rest stays free
   */
  take(place: string, now: number, share?: number): number;
  /** It leaves now: the spans count from here. */
  sent(place: string, now: number): void;
  /** It is not sent after all. */
  dropped(place: string): void;
}

interface Log {
  /** When the last ones were sent, in that order. */
  readonly sent: number[];
  /** How many may leave at any moment. */
  leaving: number;
}

const TOTAL = '';
/** While all room is kept by others: soon one of them has left. */
const SOON_MS = 10;

export function createLimiter({ perPlace, total }: Limits): Limiter {
  const logs = new Map<string, Log>();
  const longest = Math.max(0, ...[...perPlace, ...total].map(({ ms }) => ms));
  let swept = 0;

  function logOf(key: string): Log {
    const log = logs.get(key) ?? { sent: [], leaving: 0 };
    logs.set(key, log);
    return log;
  }

  function wait(key: string, limits: readonly Limit[], now: number, share: number): number {
    const { sent, leaving } = logOf(key);
    let ms = 0;
    for (const { count: most, ms: span } of limits) {
      const count = Math.max(1, Math.floor(most * share));
      if (leaving >= count) ms = Math.max(ms, SOON_MS);
      // The send that must have left the span before another one may enter it.
      const oldest = leaving < count ? sent[sent.length - (count - leaving)] : undefined;
      // At most the span itself: the clock may have been set back.
      if (oldest !== undefined) ms = Math.max(ms, Math.min(span, oldest + span - now));
    }
    return ms;
  }

  function note(key: string, limits: readonly Limit[], now: number): void {
    const log = logOf(key);
    log.leaving -= 1;
    log.sent.push(now);
    const most = Math.max(0, ...limits.map(({ count }) => count));
    if (log.sent.length > most * 2) log.sent.splice(0, log.sent.length - most);
  }

  /** Forget chats to which nothing was sent within the longest span. */
  function sweep(now: number): void {
    if (now - swept < longest) return;
    swept = now;
    for (const [key, { sent, leaving }] of logs) {
      if (leaving === 0 && (sent.at(-1) ?? 0) < now - longest) logs.delete(key);
    }
  }

  return {
    take(place, now, share = 1) {
      sweep(now);
      const ms = Math.max(wait(place, perPlace, now, share), wait(TOTAL, total, now, share));
      if (ms > 0) return ms;
      for (const key of [place, TOTAL]) logOf(key).leaving += 1;
      return 0;
    },
    sent(place, now) {
      note(place, perPlace, now);
      note(TOTAL, total, now);
    },
    dropped(place) {
      for (const key of [place, TOTAL]) logOf(key).leaving -= 1;
    },
  };
}
