/**
 * The event streams: a doorbell, not a parcel service. A ring says which chat changed, on whichever server; the page
 * then fetches what it lacks, the same way as after a lost connection, so nothing is missed and nothing comes twice.
 */
import type { ServerResponse } from 'node:http';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Ring } from './wire.ts';

const MAX_LISTENERS = 400;
const MAX_PER_PERSON = 12;
const BEAT_MS = 15_000;
/** A page that takes nothing any more (a sleeping laptop) is let go; it comes back by itself. */
const MAX_WAITING_BYTES = 64 * 1024;

export interface Hub {
  /**
   * Take over this response as a stream; false when there are too many already, or the server is stopping.
   * `placesNow` is asked again at each heartbeat: a new group is noticed, and who may not look any more is let go.
   */
  listen(
    person: string,
    places: readonly string[],
    placesNow: () => Promise<readonly string[]>,
    res: ServerResponse,
  ): boolean;
  ring(place: string, stamp: number): void;
  /** Rings may have been missed: every page looks by itself. */
  missed(): void;
  /** End all streams and take no new ones. */
  stop(): void;
}

interface Listener {
  readonly person: string;
  readonly res: ServerResponse;
  readonly placesNow: () => Promise<readonly string[]>;
  places: ReadonlySet<string>;
}

export function createHub(log: Log): Hub {
  const listeners = new Set<Listener>();
  let beat: NodeJS.Timeout | undefined;
  let stopped = false;

  function say(listener: Listener, event: string, data: unknown): void {
    if (listener.res.writableLength > MAX_WAITING_BYTES) listener.res.destroy();
    else listener.res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async function refresh(listener: Listener): Promise<void> {
    try {
      listener.places = new Set(await listener.placesNow());
    } catch (error) {
      if (error instanceof AppError && error.code === 'forbidden') listener.res.end();
      else log.warn({ err: error }, 'chat list not refreshed');
    }
  }

  function drop(listener: Listener): void {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(beat);
      beat = undefined;
    }
  }

  function onBeat(): void {
    for (const listener of listeners) {
      say(listener, 'beat', {});
      void refresh(listener);
    }
  }

  return {
    listen(person, places, placesNow, res) {
      const own = [...listeners].filter((listener) => listener.person === person).length;
      if (stopped || listeners.size >= MAX_LISTENERS || own >= MAX_PER_PERSON) return false;
      const listener: Listener = { person, res, placesNow, places: new Set(places) };
      listeners.add(listener);
      res.on('close', () => drop(listener));
      res.on('error', () => drop(listener));
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
      say(listener, 'hello', {});
      beat ??= setInterval(onBeat, BEAT_MS).unref();
      return true;
    },
    ring(place, stamp) {
      const ring: Ring = { place, stamp };
      for (const listener of listeners) if (listener.places.has(place)) say(listener, 'ring', ring);
    },
    missed() {
      for (const listener of listeners) say(listener, 'hello', {});
    },
    stop() {
      stopped = true;
      for (const { res } of listeners) res.end();
    },
  };
}
