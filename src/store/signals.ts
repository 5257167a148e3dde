/** Who listens to which topic in this process. */
import type { Listener } from './store.ts';

/** PostgreSQL takes 8,000 with all that belongs to it. */
const MAX_BYTES = 4_000;

/** Throws RangeError for a signal that does not fit. */
export function checkSignal(topic: string, payload: string): void {
  if (Buffer.byteLength(topic) + Buffer.byteLength(payload) > MAX_BYTES) {
    throw new RangeError(`a signal of "${topic}" has more than ${MAX_BYTES} bytes`);
  }
}

export class Listeners {
  private readonly topics = new Map<string, Set<Listener>>();

  /** Returns what ends it. */
  add(topic: string, listener: Listener): () => void {
    const own: Listener = (payload) => listener(payload);
    const all = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, all.add(own));
    return () => {
      all.delete(own);
    };
  }

  tell(topic: string, payload: string): void {
    for (const listener of this.topics.get(topic) ?? []) listener(payload);
  }

  /** Signals may have been missed. */
  tellAll(): void {
    for (const all of this.topics.values()) for (const listener of all) listener(undefined);
  }
}
