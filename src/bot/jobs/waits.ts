/**
 * What waits, after the clock was set. Waits that we chose ourselves are short: what waits for longer was written down
 * while the clock was ahead, and would stand still until it has caught up. It is due now. What the clock was set forward
 * by, nobody has waited for: it makes no message too old to be tried again.
 */
import type { Log } from '../../lib/log.ts';
import type { AnyTable, Store, Tx } from '../../store/store.ts';
import { LEASE_MS } from '../delivery/enqueue.ts';
import { LONGEST_WAIT_MS } from '../delivery/retry.ts';
import { outbox } from '../delivery/tables.ts';
import { jobs, LONGEST_WAIT_MS as LONGEST_JOB_MS } from './job.ts';

/** Clocks of several servers differ by less. */
const SLACK_MS = 60_000;
/** What was due between two ticks was, too. */
const BETWEEN_MS = 10_000;
/** Rows of a table that are looked at in one tick. */
const AT_ONCE = 200;

interface Parts {
  readonly store: Store;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set. */
  readonly elapsed: () => number;
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
  { table: jobs, longestMs: LONGEST_JOB_MS, leftMs: 0 },
];

/** Looks over what waits, as each tick does first; looking costs no write. */
export function createWaits({ store, now, elapsed, log }: Parts): { mend(): Promise<void> } {
  let latest: { readonly wall: number; readonly real: number } | undefined;
  const after = (ms: number) => new Date(now().getTime() + ms).toISOString();
  const find = (tx: Tx, { table, where, longestMs }: Wait) =>
    tx.table(table).find({
      ...(where && { where }),
      order: 'due',
      range: { gt: after(longestMs + SLACK_MS) },
      limit: AT_ONCE,
    });

  /** What was due before the clock was set back is due still. */
  async function keepDue(until: number): Promise<void> {
    const range = { gt: after(0), lte: new Date(until).toISOString() };
    for (let count = AT_ONCE; count === AT_ONCE; ) {
      count = await store.transaction(async (tx) => {
        const query = { where: { state: 'due' }, order: 'due', range, limit: AT_ONCE } as const;
        const { rows } = await tx.table(outbox).find(query);
        for (const row of rows) await tx.table(outbox).put({ ...row, due: after(0) });
        return rows.length;
      });
    }
  }

  /** What has been failing fails for no longer because the clock was set forward by so much. */
  async function passOver(ms: number): Promise<void> {
    const query = { where: { state: 'waiting' }, order: 'due', limit: AT_ONCE } as const;
    for (let after: string | undefined; ; ) {
      const next = await store.transaction(async (tx) => {
        const page = await tx.table(outbox).find({ ...query, after });
        for (const { since, ...row } of page.rows) {
          if (!since) continue;
          const later = new Date(Date.parse(since) + ms).toISOString();
          await tx.table(outbox).put({ ...row, since: later });
        }
        return page.next;
      });
      if (!next) return;
      after = next;
    }
  }

  return {
    async mend() {
      const before = latest;
      latest = { wall: now().getTime(), real: elapsed() };
      if (before && before.wall > latest.wall) await keepDue(before.wall + BETWEEN_MS);
      const forward = before ? latest.wall - before.wall - (latest.real - before.real) : 0;
      if (forward > SLACK_MS) await passOver(forward);
      const found = await store.read(async (tx) => {
        const ahead: Wait[] = [];
        for (const wait of WAITS) if ((await find(tx, wait)).rows.length > 0) ahead.push(wait);
        return ahead;
      });
      for (const wait of found) {
        const count = await store.transaction(async (tx) => {
          const { rows } = await find(tx, wait);
          for (const row of rows) await tx.table(wait.table).put({ ...row, due: after(wait.leftMs) });
          return rows.length;
        });
        log.warn(
          { table: wait.table.name, count },
          'waits for a time that is far ahead: the clock was; it is due now',
        );
      }
    },
  };
}
