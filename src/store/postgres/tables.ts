/** How a declared table lies in PostgreSQL: the names of its columns and indexes, and the statements that write it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AnyTable, IndexValue } from '../store.ts';
import type { StoredRow } from '../values.ts';
import { idKey, keyOf } from './keys.ts';
import { LoadedRows } from './loaded.ts';
import { TermColumns } from './terms.ts';

/** Everything lives in this schema. Names that begin with `_` are the driver's own. */
export const SCHEMA = 'huishang';

/** A statement; each text is prepared once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export function statement(text: string): Statement {
  return { name: digest(text, 20), text };
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The column that holds the keys of a field. */
export function column(field: string): string {
  return quoted(`k_${field}`);
}

export interface PgIndex {
  readonly name: string;
  readonly sql: string;
}

/** One table. Without `table` (nobody declares it any more) it is only kept. */
export class PgTable {
  /** `huishang."issues"` */
  readonly sql: string;
  /** Fields that some index uses; each has a column with their keys. */
  readonly indexed: readonly string[];
  readonly indexes: readonly PgIndex[];
  readonly terms: TermColumns | undefined;
  /** Id, revision, data, keys, terms if the table has any: see `written`. */
  readonly insert: Statement;
  /** The same; nothing happens when the id is taken. */
  readonly insertNew: Statement;
  /** The same, and the revision that is replaced. */
  readonly update: Statement;
  /** Id, the revision that is removed. */
  readonly remove: Statement;
  readonly get: Statement;
  /** Id, revision, data, the number of a transaction: one row when that one has written it. */
  readonly trace: string;
  /** Texts of queries by their shape. */
  readonly queries = new Map<string, Statement>();
  readonly loaded = new LoadedRows(this);

  constructor(
    readonly name: string,
    readonly table: AnyTable | undefined = undefined,
  ) {
    // What follows the name in an index's name must fit, too; `_` in front is the driver's.
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name)) throw new Error(`"${name}" is no name for a table`);
    this.sql = `${SCHEMA}.${quoted(name)}`;
    const declared: readonly { on: readonly string[]; order?: string }[] = table?.indexes ?? [];
    this.indexed = [...new Set(declared.flatMap(({ on, order }) => (order ? [...on, order] : on)))];
    this.terms = table?.terms && new TermColumns(table.terms);
    this.indexes = [
      ...declared.flatMap((index) => indexesOf(this, index)),
      ...(this.terms?.indexes(this.sql, (on) =>
        indexName(name, [on], digest(JSON.stringify([name, on]), 8)),
      ) ?? []),
    ];

    const more = this.terms?.set(`$${this.indexed.length + 4}`) ?? [];
    const set = [
      ['id', '$1'],
      ['rev', '$2'],
      ['data', '$3'],
      ...this.indexed.map((field, n) => [column(field), `$${n + 4}`]),
      ...more,
    ];
    this.insert = statement(
      `INSERT INTO ${this.sql} (${set.map(([name]) => name)}) VALUES (${set.map(([, value]) => value)})`,
    );
    this.insertNew = statement(`${this.insert.text} ON CONFLICT DO NOTHING`);
    const rev = `$${this.indexed.length + (more.length > 0 ? 5 : 4)}`;
    this.update = statement(
      `UPDATE ${this.sql} SET ${set.slice(1).map((pair) => pair.join(' = '))} WHERE id = $1 AND rev = ${rev}`,
    );
    this.remove = statement(`DELETE FROM ${this.sql} WHERE id = $1 AND rev = $2`);
    this.get = statement(`SELECT rev, data FROM ${this.sql} WHERE id = $1`);
    this.trace =
      `SELECT 1 FROM ${this.sql} WHERE id = $1 AND rev = $2 AND data::text = $3 ` +
      // A row keeps the lower half of it.
      'AND xmin::text::bigint = $4::bigint & 4294967295';
  }

  /** The query of this shape; `write` is called once for each. */
  query(shape: string, write: () => string): Statement {
    const known = this.queries.get(shape);
    if (known) return known;
    const made = statement(write());
    this.queries.set(shape, made);
    return made;
  }

  /** What `insert` takes. */
  written(row: StoredRow): unknown[] {
    return [...this.valuesOf(row), ...(this.terms ? [this.terms.of(row)] : [])];
  }

  /** Id, revision, data, keys. */
  valuesOf(row: StoredRow): unknown[] {
    const { rev, ...fields } = row;
    return [idKey(row.id), rev, JSON.stringify(fields), ...this.keysOf(row)];
  }

  keysOf(row: StoredRow): string[] {
    return this.indexed.map((field) => keyOf(row[field] as IndexValue | undefined));
  }

  /** Changes whenever stored rows must be looked at again: other indexes, other defaults. */
  shape(): string {
    const schema = this.table && z.toJSONSchema(this.table.schema, { io: 'input', unrepresentable: 'any' });
    return digest(JSON.stringify([1, this.indexed, this.indexes.map(({ name }) => name), schema]), 40);
  }
}

/** Each serves one order: equality on `on`, then `order`, then the id. The primary key serves what has no fields. */
function indexesOf(
  { name, sql }: PgTable,
  { on, order }: { readonly on: readonly string[]; readonly order?: string },
): PgIndex[] {
  const fields = order === undefined ? on : [...on, order];
  if (fields.length === 0) return [];
  const words = [...on, ...(order ? ['by', order] : [])];
  const index = indexName(name, words, digest(JSON.stringify([name, on, order]), 8));
  const columns = [...fields.map(column), 'id'];
  return [{ name: index, sql: `CREATE INDEX IF NOT EXISTS ${quoted(index)} ON ${sql} (${columns})` }];
}

/** One that people can read, and that no other index has. */
function indexName(table: string, words: readonly string[], own: string): string {
  return `${[table, ...words].join('_').slice(0, 40)}_${own}`;
}
