/** Brings the database to what the declared tables need; any number of servers may try at once. */
import type pg from 'pg';
import type { Log } from '../../lib/log.ts';
import { loadRow } from '../rows.ts';
import { storeError } from './errors.ts';
import { fillForOlder } from './older.ts';
import { beginLong, connectAlone } from './pool.ts';
import { column, type PgTable, quoted, SCHEMA } from './tables.ts';

/** `huis`: whoever brings the database up to date holds this lock. */
const LOCK = 0x68756973;
/** Rows looked at in one go. */
const BATCH = 1_000;

/**
 * Make what is missing, all in one transaction: either everything is there afterwards or nothing has changed.
 * Rows older than a field get its default, and keys for the indexes; their revisions stay. For an older server that still
 * runs beside this one the database fills in the keys of new indexed fields (older.ts).
 * Throws StoreError `damaged` for rows that a schema refuses, `unavailable`.
 */
export async function migrate(url: string, tables: readonly PgTable[], log: Log | undefined): Promise<void> {
  const client = await connectAlone(url);
  try {
    await beginLong(client);
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await makeOwn(client);
    const known = await client.query<{ name: string; shape: string }>(
      `SELECT name, shape FROM ${SCHEMA}._tables`,
    );
    const shapes = new Map(known.rows.map(({ name, shape }) => [name, shape]));
    const changed = tables.filter((table) => shapes.get(table.name) !== table.shape());
    // Nobody writes in the meantime; whoever does so already is waited for.
    if (changed.length > 0) await client.query(`LOCK TABLE ${SCHEMA}._gate IN EXCLUSIVE MODE`);
    for (const table of changed) await bringUp(client, table);
    await client.query('COMMIT');
    if (changed.length > 0)
      log?.info({ tables: changed.map(({ name }) => name) }, 'tables brought up to date');
  } catch (error) {
    throw storeError(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The names of all tables that hold rows, declared or not. */
export async function tableNames(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${SCHEMA}._tables ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** A table with nothing but its rows. */
export async function makeTable(client: pg.ClientBase, table: PgTable): Promise<void> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${table.sql}
     (id text COLLATE "C" PRIMARY KEY, rev bigint NOT NULL, data json NOT NULL) WITH (fillfactor = 85)`,
  );
  await client.query(
    `INSERT INTO ${SCHEMA}._tables (name, shape) VALUES ($1, '') ON CONFLICT (name) DO NOTHING`,
    [table.name],
  );
}

async function makeOwn(client: pg.ClientBase): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
    CREATE TABLE IF NOT EXISTS ${SCHEMA}._tables (name text COLLATE "C" PRIMARY KEY, shape text NOT NULL);
    CREATE TABLE IF NOT EXISTS ${SCHEMA}._numbers (series text COLLATE "C" PRIMARY KEY, value bigint NOT NULL)
      WITH (fillfactor = 20);
    CREATE TABLE IF NOT EXISTS ${SCHEMA}._gate ();
    CREATE TABLE IF NOT EXISTS ${SCHEMA}._probe (id text COLLATE "C" PRIMARY KEY, on_call boolean NOT NULL);`);
}

async function bringUp(client: pg.ClientBase, table: PgTable): Promise<void> {
  await makeTable(client, table);
  const { rows } = await client.query<{ name: string; filled: boolean }>(
    `SELECT attname AS name, attnotnull AS filled FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND starts_with(attname, 'k_')`,
    [table.sql],
  );
  const columns = new Map(rows.map(({ name, filled }) => [quoted(name), filled]));
  const wanted = table.indexed.map(column);
  const changes = [
    ...wanted.filter((name) => !columns.has(name)).map((name) => `ADD COLUMN ${name} text COLLATE "C"`),
    // Nobody fills these in any more.
    ...[...columns]
      .filter(([name, filled]) => filled && !wanted.includes(name))
      .map(([name]) => `ALTER COLUMN ${name} DROP NOT NULL`),
  ];
  if (table.terms) changes.push(...table.terms.changes);
  if (changes.length > 0) await client.query(`ALTER TABLE ${table.sql} ${changes}`);
  await fill(client, table);
  await dropOldIndexes(client, table);
  for (const { sql } of table.indexes) await client.query(sql);
  const isNew = (field: string) => columns.get(column(field)) !== true;
  await fillForOlder(client, table, columns.size > 0 ? table.indexed.filter(isNew) : []);
  const filled = wanted
    .filter((name) => columns.get(name) !== true)
    .map((name) => `ALTER COLUMN ${name} SET NOT NULL`);
  if (filled.length > 0) await client.query(`ALTER TABLE ${table.sql} ${filled}`);
  await client.query(`UPDATE ${SCHEMA}._tables SET shape = $2 WHERE name = $1`, [table.name, table.shape()]);
}

/** Go through all rows: defaults and keys as they would be put today. */
async function fill(client: pg.ClientBase, table: PgTable): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await client.query<{ id: string; rev: string; data: object; text: string }>(
      `SELECT id, rev, data, data::text AS text FROM ${table.sql} WHERE id > $1 ORDER BY id LIMIT ${BATCH}`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    const now = rows.map(({ id, rev, data }) => {
      const row = loadRow(table, { ...data, rev: Number(rev) }, () => `row ${id}`);
      return [id, ...table.valuesOf(row).slice(2)];
    });
    const columns = ['data', ...table.indexed.map(column)];
    const names = columns.map((_, n) => `v${n}`);
    const types = columns.map((_, n) => `$${n + 2}::${n === 0 ? 'json' : 'text'}[]`);
    await client.query(
      `UPDATE ${table.sql} t SET ${columns.map((name, n) => `${name} = v.${names[n]}`)}
       FROM unnest($1::text[], ${types}) AS v(id, ${names}) WHERE t.id = v.id AND
       (${columns.map((name, n) => `t.${name}${n === 0 ? '::text' : ''} IS DISTINCT FROM v.${names[n]}${n === 0 ? '::text' : ''}`).join(' OR ')})`,
      [rows.map(({ id }) => id), ...columns.map((_, n) => now.map((values) => values[n + 1]))],
    );
  }
}

async function dropOldIndexes(client: pg.ClientBase, table: PgTable): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = $1::regclass AND NOT i.indisprimary`,
    [table.sql],
  );
  for (const { name } of rows) {
    if (table.indexes.some((index) => index.name === name)) continue;
    await client.query(`DROP INDEX ${SCHEMA}.${quoted(name)}`);
  }
}
