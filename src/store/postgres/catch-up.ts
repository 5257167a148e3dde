/** Takes in rows whose terms are not those of their revision: all of them after an update, later those of older servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../lib/log.ts';
import { StoreError } from '../store.ts';
import type { Session } from './session.ts';
import { type PgTable, type Statement, statement } from './tables.ts';
import type { TermColumns } from './terms.ts';

/** Rows in one transaction: writers wait for it at most some tens of milliseconds. */
const BATCH = 100;
/** How often it is looked whether there are any, in ms. */
const EVERY_MS = 2_000;

/**
 * Any number of servers may work at one table: each takes rows that no other one holds. What is stopped in the middle is
 * gone on with by whoever looks next, since a row says itself whether it was taken in.
 */
export class TermCatchUp {
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;
  private readonly next: Statement;
  private readonly take: Statement;

  private constructor(
    private readonly table: PgTable,
    private readonly terms: TermColumns,
    private readonly begin: () => Promise<Session>,
    log: Log | undefined,
  ) {
    this.next = statement(
      `SELECT id, rev, data FROM ${table.sql} WHERE ${terms.behind} ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    );
    const set = [[terms.made, 'rev'], terms.setVector('$2')].map((pair) => pair.join(' = '));
    this.take = statement(`UPDATE ${table.sql} SET ${set} WHERE id = $1`);
    this.running = this.run(log);
  }

  /** Begins at once, if the table has terms. @param begin a transaction that writes */
  static of(table: PgTable, begin: () => Promise<Session>, log: Log | undefined): TermCatchUp | undefined {
    return table.terms && new TermCatchUp(table, table.terms, begin, log);
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(log: Log | undefined): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      let taken = 0;
      try {
        taken = await this.step();
      } catch (err) {
        // Somebody has changed one of the rows at the same time: it is taken next time.
        if (!(err instanceof StoreError && err.code === 'conflict'))
          log?.warn({ err, table: this.table.name }, 'the terms of rows could not be made, trying again');
      }
      if (taken === BATCH) continue;
      // Rejects when it is ended, which is all that it can tell.
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** One transaction; how many rows it took in. */
  private async step(): Promise<number> {
    const session = await this.begin();
    try {
      const { rows } = await session.run(this.next, []);
      const taken = rows.map(([id, rev, data]): readonly [Statement, unknown[]] => {
        const row = this.table.loaded.load(String(rev), String(data));
        return [this.take, [id, this.terms.of(row)]];
      });
      await session.commit(taken);
      return rows.length;
    } catch (error) {
      await session.rollback();
      throw error;
    } finally {
      session.release();
    }
  }
}
