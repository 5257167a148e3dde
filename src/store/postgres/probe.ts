/** Whether the engine keeps transactions apart as SERIALIZABLE promises; some that take the word do not. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { storeError } from './errors.ts';
import { connectAlone } from './pool.ts';
import { SCHEMA } from './tables.ts';

/** SQLSTATE of a transaction that may not land because of another one. */
const SERIALIZATION = '40001';

/**
 * Provokes write skew: two doctors are on call, each sees the other and goes off call at the same time. In some order
 * of the two one of them would have seen that nobody is left, so one has to be refused. Rejects with StoreError
 * `unavailable`.
 * @param url where the table `_probe` was made (migrate.ts)
 */
export async function isSerializable(url: string): Promise<boolean> {
  const clients: pg.Client[] = [];
  const ids = [randomUUID(), randomUUID()];
  const shift = `${SCHEMA}._probe`;
  try {
    for (const _ of ids) clients.push(await connectAlone(url));
    const [first] = clients as [pg.Client];
    await first.query(`INSERT INTO ${shift} SELECT unnest($1::text[]), true`, [ids]);
    try {
      for (const client of clients) {
        await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
        await client.query(`SELECT count(*) FROM ${shift} WHERE id = ANY($1::text[]) AND on_call`, [ids]);
      }
      // Whatever refuses one of them has kept them apart; what is lost with a connection says nothing.
      for (const [n, client] of clients.entries())
        await client.query(`UPDATE ${shift} SET on_call = false WHERE id = $1`, [ids[n]]);
      for (const client of clients) await client.query('COMMIT');
      return false;
    } catch (error) {
      if ((error as { code?: unknown }).code === SERIALIZATION) return true;
      throw error;
    } finally {
      for (const client of clients) await client.query('ROLLBACK').catch(() => {});
      await first.query(`DELETE FROM ${shift} WHERE id = ANY($1::text[])`, [ids]).catch(() => {});
    }
  } catch (error) {
    throw storeError(error);
  } finally {
    for (const client of clients) await client.end().catch(() => {});
  }
}
