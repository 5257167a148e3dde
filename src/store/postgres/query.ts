/** Writes find, count and countBy so that one walk through one index answers each group. */
import {
  type AnyQuery,
  type AnyWhere,
  allowed,
  combinations,
  countByIndex,
  countIndex,
  findIndex,
  startOf,
} from '../query-shape.ts';
import type { IndexValue } from '../store.ts';
import { compareValues, type Entry } from '../values.ts';
import { idKey, keyOf } from './keys.ts';
import { column, type PgTable, type Statement } from './tables.ts';

export interface Prepared {
  readonly statement: Statement;
  readonly values: unknown[];
}

/** The rows of a page and one more; undefined when no row can match. Columns: rev, data. */
export function findRows(table: PgTable, query: AnyQuery): Prepared | undefined {
  const { where = {}, order, desc = false, limit, claim } = query;
  const { index, cursor } = findIndex(table.name, table.table?.indexes ?? [], query);
  const groups = combinations(index.on, where);
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;

  const many = groups.length !== 1;
  const lists = many ? index.on.map((_, n) => groups.map((group) => keyOf(group[n]))) : groups[0]?.map(keyOf);
  const bound = lists?.map(bind) ?? [];
  const by = order === undefined ? undefined : column(order);
  const bounds = boundsOf(by, cursor, query, bind);
  const most = bind(limit + 1);
  if (groups.length === 0) return undefined;

  const shape = `find ${index.on} ${order} ${desc} ${many} ${claim} ${bounds}`;
  const statement = table.query(shape, () => {
    const conditions = index.on.map((field, n) => `${column(field)} = ${many ? `g.c${n}` : bound[n]}`);
    const direction = desc ? ' DESC' : '';
    const sorted = (prefix: string) =>
      `ORDER BY ${[...(by ? [by] : []), 'id'].map((each) => `${prefix}${each}${direction}`).join(', ')} LIMIT ${most}`;
    const all = [...conditions, ...bounds];
    const condition = all.length > 0 ? ` WHERE ${all.join(' AND ')}` : '';
    const lock = claim ? ' FOR UPDATE SKIP LOCKED' : '';
    const one = (columns: string) =>
      `SELECT ${columns} FROM ${table.sql} t${condition} ${sorted('t.')}${lock}`;
    if (!many) return one('rev, data');
    const parts = bound.map((each) => `${each}::text[]`);
    const names = index.on.map((_, n) => `c${n}`);
    return (
      `SELECT r.rev, r.data FROM unnest(${parts}) AS g(${names}) ` +
      `CROSS JOIN LATERAL (${one(['id', 'rev', 'data', ...(by ? [by] : [])].join(', '))}) r ${sorted('r.')}`
    );
  });
  return { statement, values };
}

/** Behind the page before, within the range. @param by the column of the order, and `id` that of the ids */
export function boundsOf(
  by: string | undefined,
  cursor: Entry | undefined,
  { desc = false, range }: AnyQuery,
  bind: (value: unknown) => string,
  id = 'id',
): string[] {
  const bounds: string[] = [];
  const start = startOf(cursor, desc, range);
  if (start) bounds.push(startCondition(by, id, start, desc, bind));
  const end = endOf(desc, range);
  if (end && by) bounds.push(`${by} ${desc ? '>' : '<'}${end.open ? '' : '='} ${bind(keyOf(end.value))}`);
  return bounds;
}

function startCondition(
  by: string | undefined,
  idBy: string,
  { value, id }: Entry,
  desc: boolean,
  bind: (value: unknown) => string,
): string {
  const after = desc ? '<' : '>';
  if (by === undefined) return `${idBy} ${after} ${bind(idKey(id ?? ''))}`;
  // The empty id stands in front of all rows of a value, no id behind them: see Entry.
  if (id === undefined) return `${by} ${after}${desc ? '=' : ''} ${bind(keyOf(value))}`;
  if (id === '') return `${by} ${after}${desc ? '' : '='} ${bind(keyOf(value))}`;
  return `(${by}, ${idBy}) ${after} (${bind(keyOf(value))}, ${bind(idKey(id))})`;
}

/** The tighter bound on the far side of a walk; `open`: the value itself is out. */
function endOf(desc: boolean, range: AnyQuery['range']): { value: IndexValue; open: boolean } | undefined {
  const [last, end] = desc ? [range?.gte, range?.gt] : [range?.lte, range?.lt];
  if (end === undefined) return last === undefined ? undefined : { value: last, open: false };
  if (last !== undefined && compareValues(last, end) * (desc ? -1 : 1) < 0)
    return { value: last, open: false };
  return { value: end, open: true };
}

/** Column: n. */
export function countRows(table: PgTable, where: AnyWhere = {}): Prepared {
  const fields =
    Object.keys(where).length === 0 ? [] : countIndex(table.name, table.table?.indexes ?? [], where).on;
  const statement = table.query(
    JSON.stringify(['count', fields]),
    () => `SELECT count(*)::float8 AS n FROM ${table.sql}${among(fields)}`,
  );
  return { statement, values: keysAllowed(fields, where) };
}

/** Columns: key of the value, n. */
export function countRowsBy(table: PgTable, by: string, where: AnyWhere = {}): Prepared {
  const { on } = countByIndex(table.name, table.table?.indexes ?? [], by, where);
  const fields = on.slice(0, -1);
  const statement = table.query(
    JSON.stringify(['countBy', on]),
    () =>
      `SELECT ${column(by)} AS key, count(*)::float8 AS n FROM ${table.sql}${among(fields)} GROUP BY ${column(by)}`,
  );
  return { statement, values: keysAllowed(fields, where) };
}

function among(fields: readonly string[]): string {
  if (fields.length === 0) return '';
  return ` WHERE ${fields.map((field, n) => `${column(field)} = ANY($${n + 1}::text[])`).join(' AND ')}`;
}

function keysAllowed(fields: readonly string[], where: AnyWhere): string[][] {
  return fields.map((field) => allowed(field, where).map(keyOf));
}

/** One row that has this key, for a value that is too long to be read from it. Columns: rev, data. */
export function anyWithKey(table: PgTable, by: string, where: AnyWhere, key: string): Prepared {
  const { on } = countByIndex(table.name, table.table?.indexes ?? [], by, where);
  const fields = on.slice(0, -1);
  const statement = table.query(
    JSON.stringify(['any', on]),
    () =>
      `SELECT rev, data FROM ${table.sql}${among(fields)}${fields.length > 0 ? ' AND' : ' WHERE'} ` +
      `${column(by)} = $${fields.length + 1} LIMIT 1`,
  );
  return { statement, values: [...keysAllowed(fields, where), key] };
}
