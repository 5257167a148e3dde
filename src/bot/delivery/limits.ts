/** Waits until a channel may take one more message, so that the platform never has to refuse us. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLimiter, type Limit, type Limiter, type Limits } from '../../lib/limiter.ts';
import type { Channel } from './channel.ts';
import type { Pauses, Sent } from './pauses.ts';
import { ALL, type Shares } from './shares.ts';

/** Longer than this is not waited for: the message is put off instead. */
const LONGEST_WAIT_MS = 2_000;
/**
 * Messages are counted where they arrive, and one takes a little longer on its way than another. Every span is this
 * much longer for us than for the platform: 4 % of the speed, for not being refused.
 */
const SLACK_MS = 40;

/** Room for one message. Of `sent` and `dropped` the first call counts, later ones do nothing. */
export interface Slot {
  /** Call it right before the message leaves. */
  sent(): void;
  /** What came of it, once it has left. */
  heard(result: Sent, askedMs?: number): void;
  /** It is not sent after all. */
  dropped(): void;
}

/** `reply`: somebody waits for it. `redraw`: leaves room for those who do. */
export type Urgency = 'reply' | 'redraw';

export interface RateLimits {
  /** Resolves once one may be sent to this place, to the milliseconds after which to come back, or to `paused`. */
  turn(channel: Channel, place: string, urgency?: Urgency): Promise<Slot | number | 'paused'>;
  /** Room for a message this moment, if there is any. */
  atOnce(channel: Channel, place: string): Slot | undefined;
  /** Whether something that can be done without may go there this moment; if so it is counted. */
  spare(channel: Channel, place: string): boolean;
  /** Whether what waits for this channel may be looked at: `one` message when it is to be found out whether it is back. */
  open(channel: string): 'all' | 'one' | 'none';
}

/** Where nothing is limited, and nobody listens. */
export const FREE: Slot = { sent() {}, heard() {}, dropped() {} };
/** Of each limit, what redraws use at most. */
const REDRAW_SHARE = 2 / 3;
/** So that 17 of 50 are 17. */
const TINY = 1e-9;
/** When others hold all, how long until it is asked again. */
const NO_SHARE_MS = 100;

/** @param elapsed milliseconds on a clock that is never set back */
export function createRateLimits(elapsed: () => number, pauses: Pauses, shares: Shares = ALL): RateLimits {
  const limiters = new Map<string, Limiter>();

  function turnOf({ name }: Channel, limiter: Limiter | undefined, place: string): Slot {
    const probe = pauses.paused(name);
    if (probe) pauses.probe(name);
    let state: 'kept' | 'left' | 'over' = 'kept';
    return {
      sent() {
        if (state !== 'kept') return;
        state = 'left';
        limiter?.sent(place, elapsed());
      },
      heard(result, askedMs = 0) {
        if (state !== 'left') return;
        state = 'over';
        pauses.heard(name, place, result, askedMs, probe);
      },
      dropped() {
        if (state === 'kept') limiter?.dropped(place);
        if (state !== 'over' && probe) pauses.gaveBack(name);
        state = 'over';
      },
    };
  }

  function limiterOf({ name, limits }: Channel): Limiter | undefined {
    if (limits && !limiters.has(name)) limiters.set(name, createLimiter(slower(limits)));
    return limiters.get(name);
  }

  /** Room this moment, or how long to wait for it. */
  function ask(channel: Channel, place: string, share: number): Slot | number | 'paused' {
    if (!pauses.open(channel.name)) return 'paused';
    const quiet = pauses.waitFor(place);
    if (quiet > 0) return quiet;
    const limiter = limiterOf(channel);
    const own = channel.limits ? shares.of(channel.name, channel.limits) : 1;
    const ms = own > 0 ? (limiter?.take(place, elapsed(), share * own + TINY) ?? 0) : NO_SHARE_MS;
    if (ms > 0) shares.wanted(channel.name);
    return ms > 0 ? ms : turnOf(channel, limiter, place);
  }

  return {
    spare(channel, place) {
      const turn = ask(channel, place, REDRAW_SHARE);
      if (typeof turn !== 'object') return false;
      turn.sent();
      turn.dropped();
      return true;
    },
    atOnce(channel, place) {
      const turn = ask(channel, place, 1);
      return typeof turn === 'object' ? turn : undefined;
    },
    async turn(channel, place, urgency = 'reply') {
      for (;;) {
        const quiet = pauses.waitFor(place);
        if (quiet > 0) return quiet;
        const turn = ask(channel, place, urgency === 'redraw' ? REDRAW_SHARE : 1);
        if (typeof turn !== 'number' || turn > LONGEST_WAIT_MS) return turn;
        await sleep(turn);
      }
    },
    open: (name) => (!pauses.open(name) ? 'none' : pauses.paused(name) ? 'one' : 'all'),
  };
}

function slower({ perPlace, total }: Limits): Limits {
  const wider = ({ count, ms }: Limit) => ({ count, ms: ms + SLACK_MS });
  return { perPlace: perPlace.map(wider), total: total.map(wider) };
}
