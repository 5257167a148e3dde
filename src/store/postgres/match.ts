/** Writes find by terms, in two ways: along an index in the order of the page, and by the index of the terms. */
import { type AnyQuery, findIndex, matchGroups } from '../query-shape.ts';
import { boundsOf, type Prepared } from './query.ts';
import { column, type PgTable } from './tables.ts';
import { tsquery } from './terms.ts';

/** So many rows are looked at on the way, and so many at most among those that have the terms. */
const WALKED = 1_000;
export const GATHERED = 5_000;

interface MatchQueries {
  /** Those of the first rows that have the terms: a page and one more. Columns: rev, data. */
  readonly walk: Prepared;
  /** A page and one more of all that have the terms, as long as these are not too many. Columns: rev, data, hits. */
  readonly gather: Prepared;
  /** The last of the first rows. Columns: rev, data. */
  readonly walked: Prepared;
}

/** Undefined when no row can match. */
export function matchRows(table: PgTable, query: AnyQuery): MatchQueries | undefined {
  const { order, desc = false, limit } = query;
  const groups = matchGroups(table.name, table.terms, query);
  const { cursor } = findIndex(table.name, table.table?.indexes ?? [], query);
  if (!table.terms || groups.some((group) => group.length === 0)) return undefined;
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const by = order === undefined ? undefined : column(order);
  const bounds = boundsOf(by, cursor, query, bind);
  const within = values.length;
  // The same bounds so that no index serves them: the index of the terms is to be used.
  const again: unknown[] = [];
  const filter = boundsOf(
    by && `(${by} || '')`,
    cursor,
    query,
    (value) => `$${again.push(value)}`,
    "(id || '')",
  );
  const has = `${table.terms.vector} @@ ${bind(tsquery(groups))}::tsquery`;
  const most = bind(limit + 1);

  const direction = desc ? ' DESC' : '';
  const keys = [...(by ? [by] : []), 'id'];
  const sortedBy = (prefix: string) =>
    `ORDER BY ${keys.map((each) => `${prefix}${each}${direction}`).join(', ')}`;
  const sorted = sortedBy('');
  const where = (conditions: readonly string[]) =>
    conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const shape = [order, desc, ...bounds];
  const prepared = (kind: string, write: () => string, given = values): Prepared => ({
    statement: table.query(JSON.stringify([kind, ...shape]), write),
    values: given,
  });
  return {
    walk: prepared(
      'walk',
      () =>
        `SELECT rev, data FROM (SELECT * FROM ${table.sql}${where(bounds)} ${sorted} LIMIT ${WALKED}) near ` +
        `WHERE ${has} ${sorted} LIMIT ${most}`,
    ),
    gather: prepared(
      'gather',
      () =>
        `WITH hit AS MATERIALIZED (SELECT ${keys} FROM ${table.sql}${where([has, ...filter])} LIMIT ${GATHERED + 1}) ` +
        `SELECT t.rev, t.data, n.hits FROM (SELECT count(*)::float8 AS hits FROM hit) n ` +
        `CROSS JOIN LATERAL (SELECT ${keys} FROM hit ${sorted} LIMIT ${most}) h JOIN ${table.sql} t ON t.id = h.id ` +
        sortedBy('h.'),
    ),
    walked: prepared(
      'walked',
      () => `SELECT rev, data FROM ${table.sql}${where(bounds)} ${sorted} OFFSET ${WALKED - 1} LIMIT 1`,
      values.slice(0, within),
    ),
  };
}
