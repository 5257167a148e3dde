/**
 * Sends what one person says, in order within each chat, and goes on by itself when the line comes back. The server
 * knows each by its id, so that what is sent again because no answer came counts once.
 */
import { ApiError } from './api.ts';
import type { Unsent, UnsentStore } from './unsent.ts';

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 15_000;
/** Who was told to wait is heard again after 15 seconds without a word. */
const CALM_MS = 16_000;

export interface QueueEvents {
  /** Deliver one; rejects with ApiError. */
  deliver(item: Unsent): Promise<void>;
  /** The server will not have it as it is: the person has to look. */
  refused(item: Unsent, why: string): void;
  /** It waits for the line, or for the server, and goes out by itself. */
  waits(item: Unsent, why: string): void;
}

export interface Queue {
  add(item: Unsent): void;
  /** Nobody wants it sent any more. */
  drop(id: string): void;
  /** The line is back, or somebody wants to try again. */
  retry(): void;
  stop(): void;
}

export function createQueue(kept: UnsentStore, events: QueueEvents): Queue {
  const lines = new Map<string, Unsent[]>();
  const running = new Set<string>();
  let wait = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function remove({ place, id }: Pick<Unsent, 'place' | 'id'>): void {
    lines.set(
      place,
      (lines.get(place) ?? []).filter((other) => other.id !== id),
    );
  }

  function later(ms: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(retry, ms);
  }

  /** False when the next one would fare no better. */
  async function sendOne(item: Unsent): Promise<boolean> {
    try {
      await events.deliver(item);
    } catch (error) {
      const { kind, message } =
        error instanceof ApiError ? error : { kind: 'refused', message: String(error) };
      if (kind === 'refused') {
        remove(item);
        events.refused(item, message);
        return true;
      }
      events.waits(item, message);
      later(kind === 'busy' ? CALM_MS : wait);
      wait = Math.min(wait * 2, MOST_WAIT_MS);
      return false;
    }
    wait = FIRST_WAIT_MS;
    remove(item);
    // Kept any longer it would be sent once more, which the server passes over.
    await kept.forget(item.id).catch(() => undefined);
    return true;
  }

  async function run(place: string): Promise<void> {
    if (running.has(place)) return;
    running.add(place);
    for (let item = lines.get(place)?.[0]; item && !stopped; item = lines.get(place)?.[0])
      if (!(await sendOne(item))) break;
    running.delete(place);
  }

  function retry(): void {
    clearTimeout(timer);
    for (const place of lines.keys()) void run(place);
  }

  return {
    add(item) {
      const line = lines.get(item.place) ?? [];
      if (line.some(({ id }) => id === item.id)) return;
      lines.set(item.place, [...line, item]);
      void run(item.place);
    },
    drop(id) {
      for (const place of lines.keys()) remove({ place, id });
    },
    retry,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
