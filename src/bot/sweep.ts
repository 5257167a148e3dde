/** Drops the kernel's rows that nobody can ask for again, a few at a time, so that the store stays small. */
import type { Store, Table, Tx } from '../store/store.ts';
import { passes, sessions } from './passes.ts';
import { forms, outbox, turns } from './tables.ts';

const DAY_MS = 86_400_000;
/** Teams repeats a message for minutes; a form is forgotten after a month; sent messages are kept for the ledger. */
const KEEP_DAYS = { turns: 2, forms: 31, outbox: 100, passes: 1, sessions: 1 };
const AT_ONCE = 200;

/** Delete at most a few hundred outdated rows of each table; cost does not depend on how many rows there are. */
export async function sweep(store: Store, now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
  await store.transaction(async (tx) => {
    await drop(tx, turns, before(KEEP_DAYS.turns));
    await drop(tx, forms, before(KEEP_DAYS.forms));
    await drop(tx, outbox, before(KEEP_DAYS.outbox));
    await drop(tx, passes, before(KEEP_DAYS.passes));
    await drop(tx, sessions, before(KEEP_DAYS.sessions));
  });
}

async function drop<T extends { id: string; at: string }>(
  tx: Tx,
  table: Table<T>,
  before: string,
): Promise<void> {
  const { rows } = await tx.table(table).find({ order: 'at', range: { lt: before }, limit: AT_ONCE });
  for (const row of rows) await tx.table(table).delete(row);
}
