/**
 * Pauses: a platform that is down, or refuses everybody, is not asked again for each message. After a few failures in a
 * row nothing is sent through its channel for a while, then one message tries whether it is back; every try that fails
 * makes the next pause longer. A chat that is written to too fast is left alone for as long as its platform asked.
 *
 * It is kept in memory, on a clock that is never set back: each server finds out for itself.
 */
import type { Log } from '../../lib/log.ts';
import { isDown, type SendFailure } from './channel.ts';
import type { Counters } from './metrics.ts';

/** Failures one after the other, in whatever chats, that are the platform's and not a chat's. */
const IN_A_ROW = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export type Sent = 'sent' | SendFailure;

export interface Pauses {
  /** Whether anything may leave through this channel now, be it to try. */
  open(channel: string): boolean;
  /** Whether it is paused, also while somebody tries. */
  paused(channel: string): boolean;
  /** How long this chat is to be left alone, in milliseconds. */
  waitFor(place: string): number;
  /** Take the one try after a pause. Give it back with `heard` or `gaveBack`. */
  probe(channel: string): void;
  gaveBack(channel: string): void;
  /** What came of a message; `probe` when it was the try. */
  heard(channel: string, place: string, result: Sent, askedMs: number, probe: boolean): void;
}

interface Pause {
  until: number;
  ms: number;
  probing: boolean;
}

/** @param elapsed milliseconds on a clock that is never set back */
export function createPauses(
  elapsed: () => number,
  log: Pick<Log, 'info' | 'warn' | 'error'>,
  metrics: Pick<Counters, 'paused'>,
): Pauses {
  const failures = new Map<string, number>();
  const pauses = new Map<string, Pause>();
  const quiet = new Map<string, number>();

  function begin(channel: string, ms: number, askedMs: number, kind: SendFailure): void {
    const pause = Math.min(Math.max(ms, askedMs), LONGEST_PAUSE_MS) * (0.75 + Math.random() / 4);
    pauses.set(channel, { until: elapsed() + pause, ms, probing: false });
    metrics.paused(channel, true);
    const said = { channel, failure: kind, ms: Math.round(pause) };
    if (kind === 'configuration')
      log.error(
        said,
        'the platform does not accept who we are: check the app’s id, secret, tenant and permissions; everything waits',
      );
    else log.warn(said, 'the platform takes nothing, everything for it waits');
  }

  return {
    open(channel) {
      const pause = pauses.get(channel);
      return pause === undefined || (!pause.probing && elapsed() >= pause.until);
    },
    paused: (channel) => pauses.has(channel),
    waitFor(place) {
      const until = quiet.get(place);
      if (until === undefined) return 0;
      if (until > elapsed()) return until - elapsed();
      quiet.delete(place);
      return 0;
    },
    probe(channel) {
      const pause = pauses.get(channel);
      if (pause) pause.probing = true;
    },
    gaveBack(channel) {
      const pause = pauses.get(channel);
      if (pause) pause.probing = false;
    },
    heard(channel, place, result, askedMs, probe) {
      if (!isDown(result)) {
        failures.delete(channel);
        if (pauses.delete(channel)) {
          metrics.paused(channel, false);
          log.info({ channel }, 'the platform takes messages again');
        }
        return;
      }
      if (result === 'limited') quiet.set(place, elapsed() + Math.max(askedMs, FIRST_PAUSE_MS));
      const known = pauses.get(channel);
      // Of those that were under way when it began we learn nothing new.
      if (known && !probe) return;
      const count = (failures.get(channel) ?? 0) + 1;
      failures.set(channel, count);
      if (known) begin(channel, Math.min(known.ms * 2, LONGEST_PAUSE_MS), askedMs, result);
      else if (count >= IN_A_ROW || result === 'configuration')
        begin(channel, FIRST_PAUSE_MS, askedMs, result);
    },
  };
}
