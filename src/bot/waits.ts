/**
 * Waits that we chose ourselves are short. What waits for longer was written down while the clock was ahead, and would
 * stand still until it has caught up: it is due now.
 */
import type { Log } from '../lib/log.ts';
import type { AnyTable, Store, Tx } from '../store/store.ts';
import { LONGEST_ERRAND_MS } from './errands.ts';
import { LEASE_MS } from './queue.ts';
import { LONGEST_WAIT_MS } from './retry.ts';
import { errands, exportsTable, outbox, redraws } from './tables.ts';

/** Clocks of several servers differ by less. */
const SLACK_MS = 60_000;
/** Rows of a table that are looked at in one tick. */
const AT_ONCE = 200;

interface Parts {
  readonly store: Store;
  readonly now: () => Date;
  readonly log: Pick<Log, 'warn'>;
}

/** A kind of wait: rows of a table, the longest that they wait, and for how long they are left to whoever is at them. */
interface Wait {
  readonly table: AnyTable;
  readonly where?: { readonly state: string };
  readonly longestMs: number;
  readonly leftMs: number;
}

const WAITS: readonly Wait[] = [
  { table: outbox, where: { state: 'waiting' }, longestMs: LONGEST_WAIT_MS, leftMs: 0 },
  { table: outbox, where: { state: 'sending' }, longestMs: LEASE_MS, leftMs: LEASE_MS },
  { table: redraws, longestMs: LONGEST_WAIT_MS, leftMs: 0 },
  { table: errands, longestMs: LONGEST_ERRAND_MS, leftMs: 0 },
  { table: exportsTable, where: { state: 'open' }, longestMs: LEASE_MS, leftMs: LEASE_MS },
];

/** Bring what waits for too long back to now. Looking costs no write. */
export async function mendWaits({ store, now, log }: Parts): Promise<void> {
  const late = (ms: number) => new Date(now().getTime() + ms).toISOString();
  const find = (tx: Tx, { table, where, longestMs }: Wait) =>
    tx.table(table).find({
      ...(where && { where }),
      order: 'due',
      range: { gt: late(longestMs + SLACK_MS) },
      limit: AT_ONCE,
    });
  const found = await store.read(async (tx) => {
    const ahead: Wait[] = [];
    for (const wait of WAITS) if ((await find(tx, wait)).rows.length > 0) ahead.push(wait);
    return ahead;
  });
  for (const wait of found) {
    const count = await store.transaction(async (tx) => {
      const { rows } = await find(tx, wait);
      for (const row of rows) await tx.table(wait.table).put({ ...row, due: late(wait.leftMs) });
      return rows.length;
    });
    log.warn(
      { table: wait.table.name, count },
      'waits for a time that is far ahead: the clock was; it is due now',
    );
  }
}
