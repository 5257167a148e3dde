/** Everything in a database as a stream, and back: one snapshot out, one transaction in. */
import type pg from 'pg';
import { copiedRow, loadRow } from '../rows.ts';
import { type Item, StoreError } from '../store.ts';
import type { StoredRow } from '../values.ts';
import { escapeText, unescapeText } from './keys.ts';
import { makeTable, tableNames } from './migrate.ts';
import { beginLong, connectAlone } from './pool.ts';
import { column, PgTable, SCHEMA } from './tables.ts';

/** Rows in one query. */
const BATCH = 500;

type Tables = ReadonlyMap<string, PgTable>;

/** All tables and number series as they were when it began. */
export async function* exportAll(url: string, tables: Tables): AsyncGenerator<Item> {
  const client = await connectAlone(url);
  try {
    await beginLong(client, 'ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const name of await tableNames(client))
      yield* exportTable(client, tables.get(name) ?? new PgTable(name));
    const { rows } = await client.query<{ series: string; value: string }>(
      `SELECT series, value FROM ${SCHEMA}._numbers ORDER BY series`,
    );
    for (const { series, value } of rows) yield { series: unescapeText(series), value: Number(value) };
  } finally {
    await client.end().catch(() => {});
  }
}

async function* exportTable(client: pg.ClientBase, table: PgTable): AsyncGenerator<Item> {
  for (let after = ''; ; ) {
    const { rows } = await client.query<{ id: string; rev: string; data: object }>(
      `SELECT id, rev, data FROM ${table.sql} WHERE id > $1 ORDER BY id LIMIT ${BATCH}`,
      [after],
    );
    for (const { id, rev, data } of rows) {
      yield {
        table: table.name,
        row: loadRow(table, { ...data, rev: Number(rev) }, () => `row ${id}`),
      };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** Take in all of `items` or nothing. Throws StoreError `not_empty`. */
export async function importAll(
  url: string,
  tables: Tables,
  items: AsyncIterable<Item>,
  replace: boolean,
): Promise<void> {
  const client = await connectAlone(url);
  try {
    await beginLong(client);
    await client.query(`LOCK TABLE ${SCHEMA}._gate IN EXCLUSIVE MODE`);
    await makeRoom(client, tables, replace);
    const all = new Map(tables);
    let batch: StoredRow[] = [];
    let current: PgTable | undefined;
    const flush = async () => {
      if (current && batch.length > 0) await insert(client, current, batch);
      batch = [];
    };
    for await (const item of items) {
      if ('series' in item) {
        await client.query(`INSERT INTO ${SCHEMA}._numbers (series, value) VALUES ($1, $2)`, [
          escapeText(item.series),
          item.value,
        ]);
        continue;
      }
      if (current?.name !== item.table || batch.length === BATCH) await flush();
      current = all.get(item.table);
      if (!current) {
        current = new PgTable(item.table);
        all.set(item.table, current);
        await makeTable(client, current);
      }
      batch.push(copiedRow(current, item.row));
    }
    await flush();
    await client.query('COMMIT');
  } finally {
    await client.end().catch(() => {});
  }
}

async function makeRoom(client: pg.ClientBase, tables: Tables, replace: boolean): Promise<void> {
  const names = await tableNames(client);
  const all = [...names.map((name) => (tables.get(name) ?? new PgTable(name)).sql), `${SCHEMA}._numbers`];
  if (replace) {
    await client.query(`TRUNCATE ${all}`);
    return;
  }
  for (const sql of all) {
    const { rows } = await client.query(`SELECT 1 FROM ${sql} LIMIT 1`);
    if (rows.length > 0) throw new StoreError('not_empty', `there is something in ${sql} already`);
  }
}

async function insert(client: pg.ClientBase, table: PgTable, rows: readonly StoredRow[]): Promise<void> {
  const columns = ['id', 'rev', 'data', ...table.indexed.map(column)];
  const types = ['text', 'bigint', 'json', ...table.indexed.map(() => 'text')];
  const values = rows.map((row) => table.valuesOf(row));
  await client.query(
    `INSERT INTO ${table.sql} (${columns}) SELECT * FROM unnest(${types.map((type, n) => `$${n + 1}::${type}[]`)})`,
    columns.map((_, n) => values.map((each) => each[n])),
  );
}
