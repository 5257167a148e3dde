/** Takes in rows whose terms are not those of their revision: all of them after an update, later those of older servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '../../lib/log.ts';
import { loadRow } from '../rows.ts';
import { type PgTable, SCHEMA, type Statement, statement } from './tables.ts';
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
  private readonly table: PgTable;
  private readonly terms: TermColumns;
  private readonly pool: pg.Pool;
  private readonly take: Statement;

  private constructor(table: PgTable, terms: TermColumns, pool: pg.Pool, log: Log | undefined) {
    this.table = table;
    this.terms = terms;
    this.pool = pool;
    const { made, vector } = terms;
    this.take = statement(
      `UPDATE ${table.sql} SET ${made} = rev, ${vector} = array_to_tsvector($2::text[]) WHERE id = $1`,
    );
    this.running = this.run(log);
  }

  /** Begins at once, if the table has terms. */
  static of(table: PgTable, pool: pg.Pool, log: Log | undefined): TermCatchUp | undefined {
    return table.terms && new TermCatchUp(table, table.terms, pool, log);
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
        log?.warn({ err, table: this.table.name }, 'the terms of rows could not be made, trying again');
      }
      if (taken === BATCH) continue;
      // Rejects when it is ended, which is all that it can tell.
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** One transaction; how many rows it took in. */
  private async step(): Promise<number> {
    const { sql } = this.table;
    const { behind } = this.terms;
    const client = await this.pool.connect();
    let failed: Error | undefined;
    try {
      // Beside other writers, not beside those that run alone: see Session.
      await client.query(`BEGIN; LOCK TABLE ${SCHEMA}._gate IN ROW SHARE MODE`);
      const { rows } = await client.query<{ id: string; rev: string; data: object }>(
        `SELECT id, rev, data FROM ${sql} WHERE ${behind} ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      );
      await Promise.all(
        rows.map(({ id, rev, data }) => {
          const row = loadRow(this.table, { ...data, rev: Number(rev) }, () => `row ${id}`);
          return client.query({ ...this.take, values: [id, this.terms.of(row)] });
        }),
      );
      await client.query('COMMIT');
      return rows.length;
    } catch (error) {
      failed = error as Error;
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      client.release(failed);
    }
  }
}
