/** Waits until a channel may take one more message, so that the platform never has to refuse us. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLimiter, type Limiter } from '../lib/limiter.ts';
import type { Channel } from './channel.ts';

/** Longer than this is not waited for: the message is put off instead. */
const LONGEST_WAIT_MS = 2_000;

export interface Pace {
  /** Resolves to 0 when one may be sent to this place now, or to the milliseconds after which to come back. */
  turn(channel: Channel, place: string): Promise<number>;
}

/** @param elapsed milliseconds on a clock that is never set back */
export function createPace(elapsed: () => number): Pace {
  const limiters = new Map<string, Limiter>();
  return {
    async turn({ name, limits }, place) {
      if (!limits) return 0;
      const limiter = limiters.get(name) ?? createLimiter(limits);
      limiters.set(name, limiter);
      for (;;) {
        const ms = limiter.take(place, elapsed());
        if (ms === 0 || ms > LONGEST_WAIT_MS) return ms;
        await sleep(ms);
      }
    },
  };
}
