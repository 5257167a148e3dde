/** Waits until a channel may take one more message, so that the platform never has to refuse us. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLimiter, type Limit, type Limiter, type Limits } from '../../lib/limiter.ts';
import type { Channel } from './channel.ts';

/** Longer than this is not waited for: the message is put off instead. */
const LONGEST_WAIT_MS = 2_000;
/**
 * Messages are counted where they arrive, and one takes a little longer on its way than another. Every span is this
 * much longer for us than for the platform: 4 % of the speed, for not being refused.
 */
const SLACK_MS = 40;

/** Room for one message. The first call counts, later ones do nothing. */
export interface Turn {
  /** Call it right before the message leaves. */
  sent(): void;
  /** It is not sent after all. */
  dropped(): void;
}

export interface Pace {
  /** Resolves once one may be sent to this place, or to the milliseconds after which to come back. */
  turn(channel: Channel, place: string): Promise<Turn | number>;
  /** Room for a message this moment, if there is any. */
  atOnce(channel: Channel, place: string): Turn | undefined;
  /** Whether something that can be done without may go there this moment; if so it is counted. */
  spare(channel: Channel, place: string): boolean;
}

/** Where nothing is limited. */
export const FREE: Turn = { sent() {}, dropped() {} };

/** @param elapsed milliseconds on a clock that is never set back */
export function createPace(elapsed: () => number): Pace {
  const limiters = new Map<string, Limiter>();

  function turnOf(limiter: Limiter, place: string): Turn {
    let used = false;
    const once = (act: () => void) => () => {
      if (!used) act();
      used = true;
    };
    return {
      sent: once(() => limiter.sent(place, elapsed())),
      dropped: once(() => limiter.dropped(place)),
    };
  }

  function limiterOf({ name, limits }: Channel): Limiter | undefined {
    if (limits && !limiters.has(name)) limiters.set(name, createLimiter(slower(limits)));
    return limiters.get(name);
  }

  return {
    spare(channel, place) {
      const limiter = limiterOf(channel);
      if (limiter && limiter.take(place, elapsed()) > 0) return false;
      limiter?.sent(place, elapsed());
      return true;
    },
    atOnce(channel, place) {
      const limiter = limiterOf(channel);
      if (!limiter) return FREE;
      return limiter.take(place, elapsed()) === 0 ? turnOf(limiter, place) : undefined;
    },
    async turn(channel, place) {
      const limiter = limiterOf(channel);
      if (!limiter) return FREE;
      for (;;) {
        const ms = limiter.take(place, elapsed());
        if (ms > LONGEST_WAIT_MS) return ms;
        if (ms === 0) return turnOf(limiter, place);
        await sleep(ms);
      }
    },
  };
}

function slower({ perPlace, total }: Limits): Limits {
  const wider = ({ count, ms }: Limit) => ({ count, ms: ms + SLACK_MS });
  return { perPlace: perPlace.map(wider), total: total.map(wider) };
}
