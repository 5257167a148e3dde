/** Drops the rows that are older than their table keeps them, so that the store stays as large as its records. */
import type { AnyTable, Keep, Row, Store, Table, Tx } from '../../store/store.ts';

const DAY_MS = 86_400_000;
/** Rows dropped in one transaction, of all tables together: whoever chats meanwhile waits for one of these. */
const AT_ONCE = 200;
/** Transactions in one go: with a tick every five seconds, more than comes in on the busiest day. */
const ROUNDS = 10;

/** Delete outdated rows, some thousand at most; cost does not depend on how many rows there are. */
export async function sweep(store: Store, tables: readonly AnyTable[], now: Date): Promise<void> {
  for (let round = 0, full = true; full && round < ROUNDS; round += 1) {
    full = await store.transaction(async (tx) => {
      let room = AT_ONCE;
      for (const table of tables) {
        if (room > 0 && typeof table.keep !== 'string') room -= await drop(tx, table, table.keep, now, room);
      }
      return room === 0;
    });
  }
}

/** Resolves to how many there were. */
async function drop<T extends Row>(
  tx: Tx,
  table: Table<T>,
  { by, days, where, along }: Keep<T>,
  now: Date,
  limit: number,
): Promise<number> {
  // Text is above null: rows that have not begun to age are not in this range.
  const range = { gte: '', lt: new Date(now.getTime() - days * DAY_MS).toISOString() };
  // Another server takes others.
  const query = { order: by, range, limit, claim: true as const };
  const { rows } = await tx.table(table).find(where ? { ...query, where } : query);
  for (const row of rows) {
    await along?.(tx, row);
    await tx.table(table).delete(row);
  }
  return rows.length;
}
