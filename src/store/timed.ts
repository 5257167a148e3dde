/** A store that says of each transaction what became of it. */
import { type Store, StoreError } from './store.ts';

export interface Watcher {
  /** It is durable, after so many milliseconds, its time in the queue included; `wrote`: there was something to keep. */
  landed(ms: number, wrote: boolean): void;
  /** The engine could not be reached, or could not keep it. */
  failed(): void;
}

/** @param elapsed milliseconds on a clock that is never set back */
export function timed(store: Store, elapsed: () => number, { landed, failed }: Watcher): Store {
  return {
    async transaction(body, guard) {
      const began = elapsed();
      let wrote = false;
      try {
        const result = await store.transaction(async (tx) => {
          const value = await body(tx);
          wrote = tx.changed;
          return value;
        }, guard);
        landed(elapsed() - began, wrote);
        return result;
      } catch (error) {
        if (error instanceof StoreError && error.code === 'unavailable') failed();
        throw error;
      }
    },
    read: (body) => store.read(body),
    listen: (topic, listener) => store.listen(topic, listener),
    export: () => store.export(),
    import: (items, options) => store.import(items, options),
    close: () => store.close(),
    ...(store.serial && { serial: true }),
    ...(store.shared && { shared: true }),
  };
}
