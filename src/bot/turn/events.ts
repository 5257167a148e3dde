/** Typed events: how a feature tells of what happened to features that come after it, without importing them. */
import type { Doing, EventType } from '../world.ts';

/** What a feature does when it hears of an event, in the same transaction. */
export interface Listener {
  readonly event: string;
  run(doing: Doing, payload: unknown): Promise<void>;
}

/** Declare an event beside the code that tells it. */
export function defineEvent<P>(name: string): EventType<P> {
  return { name };
}

/** Listen to an event of an earlier feature. */
export function on<P>(event: EventType<P>, run: (doing: Doing, payload: P) => Promise<void>): Listener {
  return { event: event.name, run: (doing, payload) => run(doing, payload as P) };
}
