/** Contents of files in PostgreSQL: several servers share them without a folder of their own. */
import type { Log } from '../../lib/log.ts';
import { type FileStore, hashOf } from '../files.ts';
import { StoreError } from '../store.ts';
import { type BackendName, backends } from './backend.ts';
import { storeError } from './errors.ts';
import { createPool } from './pool.ts';
import { SCHEMA } from './tables.ts';

/** Contents are large: a few at a time, beside the connections of the rows. */
const CONNECTIONS = 3;
const LOCK = 0x66696c65;

/** Open the table, made where it is missing. `now` says how old contents are. */
export async function openPgFiles(
  url: string,
  now: () => Date,
  log?: Log,
  backend: BackendName = 'postgres',
): Promise<FileStore> {
  const pool = createPool(url, backends[backend], log, CONNECTIONS);
  async function ask(text: string, values: unknown[]) {
    try {
      return (await pool.query<{ bytes: Buffer }>(text, values)).rows;
    } catch (error) {
      throw storeError(error);
    }
  }
  await ask(
    `DO $$ BEGIN
       PERFORM pg_advisory_xact_lock(${LOCK});
       CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
       CREATE TABLE IF NOT EXISTS ${SCHEMA}._files
         (hash text COLLATE "C" PRIMARY KEY, at timestamptz NOT NULL, bytes bytea NOT NULL);
     END $$`,
    [],
  ).catch(async (error) => {
    await pool.end();
    throw error;
  });

  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      const known = await ask(
        `UPDATE ${SCHEMA}._files SET at = $2 WHERE hash = $1 RETURNING ''::bytea AS bytes`,
        [hash, now()],
      );
      if (known.length === 0) {
        await ask(
          `INSERT INTO ${SCHEMA}._files (hash, at, bytes) VALUES ($1, $2, $3)
           ON CONFLICT (hash) DO UPDATE SET at = EXCLUDED.at`,
          [hash, now(), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
        );
      }
      return hash;
    },
    async get(hash) {
      const [row] = await ask(`SELECT bytes FROM ${SCHEMA}._files WHERE hash = $1`, [hash]);
      if (row && hashOf(row.bytes) !== hash)
        throw new StoreError('damaged', `file ${hash}: not what was written`);
      return row?.bytes;
    },
    async drop(hash, before) {
      await ask(`DELETE FROM ${SCHEMA}._files WHERE hash = $1 AND at <= $2`, [hash, before]);
    },
    close: () => pool.end(),
  };
}
