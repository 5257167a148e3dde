/** A store of the embedded engine that is in memory alone: for what is made up first and then imported as a whole. */
import pLimit from 'p-limit';
import { Listeners } from '../signals.ts';
import { type AnyTable, type Store, StoreError } from '../store.ts';
import { gather, itemsOf, snapshotOf } from './copy.ts';
import { Memory } from './memory.ts';
import { Transaction } from './transaction.ts';

/** Nothing in it outlives the process. */
export function openScratch(tables: readonly AnyTable[]): Store {
  // One body runs at a time, so nothing that it reads can change under it: there is no conflict to run again for. And
  // none waits for the clock, as in a store that others use meanwhile: what is made up here is the same each time.
  const inTurn = pLimit(1);
  const listeners = new Listeners();
  let memory = new Memory(tables);

  async function attempt<R>(body: (tx: Transaction) => Promise<R>, writes: boolean): Promise<R> {
    const tx = new Transaction(memory, writes);
    try {
      const value = await body(tx);
      for (const [topic, payload] of tx.signals) listeners.tell(topic, payload);
      return value;
    } catch (error) {
      tx.undo();
      throw error;
    } finally {
      tx.end();
    }
  }

  return {
    transaction: (body) => inTurn(() => attempt(body, true)),
    read: (body) => inTurn(() => attempt(body, false)),
    listen: (topic, listener) => listeners.add(topic, listener),
    async *export() {
      yield* itemsOf(await inTurn(() => snapshotOf(memory)));
    },
    async import(items, { replace = false } = {}) {
      await inTurn(async () => {
        if (!replace && !memory.empty) throw new StoreError('not_empty', 'there is something already');
        memory = await gather(new Memory(tables), items);
      });
    },
    async close() {},
  };
}
