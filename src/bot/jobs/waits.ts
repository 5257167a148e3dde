/**
 * Waits that we chose ourselves are short. What waits for longer was written down while the clock was ahead, and would
 * stand still until it has caught up: it is due now.
 */
import type { Log } from '../../lib/log.ts';
import type { Query, Store, Stored, Table, Tx } from '../../store/store.ts';
import { LEASE_MS } from '../delivery/enqueue.ts';
import { LONGEST_WAIT_MS } from '../delivery/retry.ts';
import { outbox } from '../delivery/tables.ts';
import { jobs } from './job.ts';
import { LONGEST_WAIT_MS as LONGEST_JOB_MS } from './run.ts';

/** Clocks of several servers differ by less. */
const SLACK_MS = 60_000;
/** Rows of a table that are looked at in one tick. */
const AT_ONCE = 200;

interface Parts {
  readonly store: Store;
  readonly now: () => Date;
  readonly log: Pick<Log, 'warn'>;
}

/** Bring what waits for too long back to now. Looking costs no write. */
export async function mendWaits({ store, now, log }: Parts): Promise<void> {
  const mend = async <T extends { id: string; due: string }>(
    table: Table<T>,
    longestMs: number,
    query: Omit<Query<T>, 'limit'>,
    left = 0,
  ): Promise<void> => {
    const at = now().getTime();
    const range = { gt: new Date(at + longestMs + SLACK_MS).toISOString() };
    const find = (tx: Tx) => tx.table(table).find({ ...query, range, limit: AT_ONCE });
    if ((await store.read(find)).rows.length === 0) return;
    const due = new Date(at + left).toISOString();
    const count = await store.transaction(async (tx) => {
      const { rows } = await find(tx);
      for (const row of rows) await tx.table(table).put({ ...row, due } as Stored<T>);
      return rows.length;
    });
    log.warn(
      { table: table.name, count },
      'waited for a time that is far ahead: the clock was; it is due now',
    );
  };
  await mend(outbox, LONGEST_WAIT_MS, { where: { state: 'waiting' }, order: 'due' });
  // Somebody may be at it: it stays theirs for as long as any claim.
  await mend(outbox, LEASE_MS, { where: { state: 'sending' }, order: 'due' }, LEASE_MS);
  await mend(jobs, LONGEST_JOB_MS, { order: 'due' });
}
