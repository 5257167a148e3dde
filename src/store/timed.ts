/** A store that says of each transaction how long it took until it was durable. */
import type { Store } from './store.ts';

/**
 * @param elapsed milliseconds on a clock that is never set back
 * @param note gets the milliseconds of each transaction that landed, its time in the queue included
 */
export function timed(store: Store, elapsed: () => number, note: (ms: number) => void): Store {
  return {
    async transaction(body) {
      const began = elapsed();
      const result = await store.transaction(body);
      note(elapsed() - began);
      return result;
    },
    read: (body) => store.read(body),
    listen: (topic, listener) => store.listen(topic, listener),
    export: () => store.export(),
    import: (items, options) => store.import(items, options),
    close: () => store.close(),
  };
}
