/** What a query asks for, and which declared index serves it: the same for every driver, refusals included. */
import { type IndexValue, type Query, StoreError } from './store.ts';
import { compareEntries, compareValues, type Entry, entryOf } from './values.ts';

export type AnyQuery = Query<Record<string, unknown>>;
export type AnyWhere = Readonly<Record<string, unknown>>;
type Range = AnyQuery['range'];

interface Served {
  readonly on: readonly string[];
  readonly order?: string | undefined;
}

/**
 * The index that serves a `find`, and the row behind which it begins. Rows without `order` come by id, which takes an
 * index without `order`; sorting would cost every row of the group.
 */
export function findIndex<I extends Served>(
  table: string,
  indexes: readonly I[],
  { where = {}, order, range, limit, after }: AnyQuery,
): { readonly index: I; readonly cursor: Entry | undefined } {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new RangeError('"limit" must be 1 to 1000');
  if (range && order === undefined) throw new RangeError('"range" needs "order"');
  const fields = Object.keys(where);
  const index = indexes.find((each) => each.order === order && sameFields(each.on, fields));
  if (!index) throw noIndex(table, fields, order);
  return { index, cursor: after === undefined ? undefined : entryOf(after) };
}

/** Terms of one query, in all groups. */
const MOST_TERMS = 500;

/** The groups of a query with `match`, each term once; the index is that of `order` alone. */
export function matchGroups(
  table: string,
  terms: object | undefined,
  { match = [], where, claim }: AnyQuery,
): readonly (readonly string[])[] {
  if (!terms) throw new StoreError('no_index', `table ${table} has no terms`);
  if (where || claim) throw new RangeError('"match" goes with neither "where" nor "claim"');
  const groups = match.map((group) => [...new Set(group)]);
  if (groups.flat().length > MOST_TERMS) throw new RangeError(`"match" has more than ${MOST_TERMS} terms`);
  return groups;
}

/** The index that serves a `count` with some `where`. */
export function countIndex<I extends Served>(table: string, indexes: readonly I[], where: AnyWhere): I {
  const fields = Object.keys(where);
  const index = indexes.find((each) => sameFields(each.on, fields));
  if (!index) throw noIndex(table, fields);
  return index;
}

/** The index that serves a `countBy`: its last field is `by`. */
export function countByIndex<I extends Served>(
  table: string,
  indexes: readonly I[],
  by: string,
  where: AnyWhere,
): I {
  const fields = Object.keys(where);
  const index = indexes.find((each) => each.on.at(-1) === by && sameFields(each.on.slice(0, -1), fields));
  if (!index) throw noIndex(table, [...fields, by]);
  return index;
}

function noIndex(table: string, on: readonly string[], order?: string): StoreError {
  const wanted = `{ on: [${on.map((field) => `'${field}'`).join(', ')}]${order ? `, order: '${order}'` : ''} }`;
  return new StoreError('no_index', `table ${table} has no index ${wanted} that this query needs`);
}

function sameFields(on: readonly string[], fields: readonly string[]): boolean {
  return on.length === fields.length && on.every((field) => fields.includes(field));
}

/** The values that `where` allows for a field, each once; at most 50. */
export function allowed(field: string, where: AnyWhere): IndexValue[] {
  const wanted = where[field];
  const values = [...new Set(Array.isArray(wanted) ? wanted : [wanted])] as (IndexValue | undefined)[];
  if (values.length > 50) throw new RangeError(`"where" has more than 50 values for ${field}`);
  return values.map((value) => value ?? null);
}

/** Every combination of the values that `where` allows, in the order of `fields`. */
export function combinations(fields: readonly string[], where: AnyWhere): IndexValue[][] {
  // Nearly always: one value each.
  if (!fields.some((field) => Array.isArray(where[field])))
    return [fields.map((field) => (where[field] ?? null) as IndexValue)];
  let all: IndexValue[][] = [[]];
  for (const field of fields) {
    const values = allowed(field, where);
    all = all.flatMap((start) => values.map((value) => [...start, value]));
  }
  return all;
}

/** Where to begin: behind the page before, within the range; undefined is the very first (or last) entry. */
export function startOf(cursor: Entry | undefined, desc: boolean, range: Range): Entry | undefined {
  const starts: Entry[] = cursor ? [cursor] : [];
  if (!desc && range?.gte !== undefined) starts.push({ value: range.gte, id: '' });
  if (!desc && range?.gt !== undefined) starts.push({ value: range.gt, id: undefined });
  if (desc && range?.lte !== undefined) starts.push({ value: range.lte, id: undefined });
  if (desc && range?.lt !== undefined) starts.push({ value: range.lt, id: '' });
  return starts.sort((a, b) => (desc ? compareEntries(a, b) : compareEntries(b, a))).at(0);
}

/** Whether a walk has left the range on its far side. */
export function beyond(value: IndexValue, desc: boolean, range: Range): boolean {
  if (!range) return false;
  const sign = desc ? -1 : 1;
  const [last, end] = desc ? [range.gte, range.gt] : [range.lte, range.lt];
  if (last !== undefined && compareValues(value, last) * sign > 0) return true;
  return end !== undefined && compareValues(value, end) * sign >= 0;
}
