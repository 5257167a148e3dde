/** Answers find, count and countBy from the declared indexes, and refuses what none of them serves. */
import { type IndexValue, type Query, StoreError } from '../store.ts';
import type { Bucket, Walk } from './bucket.ts';
import type { MemIndex, MemTable } from './memory.ts';
import { compareEntries, compareValues, cursorAt, type Entry, entryOf, type StoredRow } from './values.ts';

type AnyQuery = Query<Record<string, unknown>>;
type AnyWhere = Readonly<Record<string, unknown>>;

/**
 * One page of rows. Cost: the rows of the page and the groups asked for, never the rows of the table.
 * Rows without `order` come by id, which takes an index without `order`; sorting would cost every row of the group.
 */
export function find(table: MemTable, query: AnyQuery): { rows: StoredRow[]; next?: string } {
  const { where = {}, order, desc = false, range, limit, after } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new RangeError('"limit" must be 1 to 1000');
  if (range && order === undefined) throw new RangeError('"range" needs "order"');
  const fields = Object.keys(where);
  const index = table.indexes.find((each) => each.order === order && sameFields(each.on, fields));
  if (!index) throw noIndex(table, fields, order);

  const cursor = after === undefined ? undefined : entryOf(after);
  const from = startOf(cursor, desc, range);
  const next = merge(
    bucketsOf(index, where).map((bucket) => bucket.walk(from, desc)),
    desc,
  );
  const rows: StoredRow[] = [];
  let last: Entry | undefined;
  for (let entry = next(); entry; entry = next()) {
    if (cursor && compareEntries(entry, cursor) === 0) continue;
    if (beyond(entry.value, desc, range)) break;
    if (last && rows.length === limit) return { rows, next: cursorAt(last) };
    const row = table.rows.get(entry.id ?? '');
    if (!row) throw new Error(`table ${table.name}: an index holds row ${entry.id}, the table does not`);
    rows.push(row);
    last = entry;
  }
  return { rows };
}

/** How many rows match; cost: the groups asked for. */
export function count(table: MemTable, where: AnyWhere = {}): number {
  const fields = Object.keys(where);
  if (fields.length === 0) return table.rows.size;
  const index = table.indexes.find((each) => sameFields(each.on, fields));
  if (!index) throw noIndex(table, fields);
  return bucketsOf(index, where).reduce((sum, bucket) => sum + bucket.size, 0);
}

/** How many rows match for each value of `by`, as text; cost: the groups that it reports. */
export function countBy(table: MemTable, by: string, where: AnyWhere = {}): Record<string, number> {
  const fields = Object.keys(where);
  const index = table.indexes.find(
    (each) => each.on.at(-1) === by && sameFields(each.on.slice(0, -1), fields),
  );
  if (!index) throw noIndex(table, [...fields, by]);
  const sums = new Map<string, number>();
  for (const prefix of combinations(index.on.slice(0, -1), where)) {
    for (const [value, bucket] of index.group(prefix) ?? []) {
      sums.set(String(value), (sums.get(String(value)) ?? 0) + bucket.size);
    }
  }
  return Object.fromEntries(sums);
}

function noIndex(table: MemTable, on: readonly string[], order?: string): StoreError {
  const wanted = `{ on: [${on.map((field) => `'${field}'`).join(', ')}]${order ? `, order: '${order}'` : ''} }`;
  return new StoreError('no_index', `table ${table.name} has no index ${wanted} that this query needs`);
}

function sameFields(on: readonly string[], fields: readonly string[]): boolean {
  return on.length === fields.length && on.every((field) => fields.includes(field));
}

function bucketsOf(index: MemIndex, where: AnyWhere): Bucket[] {
  const buckets: Bucket[] = [];
  for (const values of combinations(index.on, where)) {
    const bucket = index.bucket(values);
    if (bucket) buckets.push(bucket);
  }
  return buckets;
}

/** Every combination of the values that `where` allows, in the order of `fields`. */
function combinations(fields: readonly string[], where: AnyWhere): IndexValue[][] {
  let all: IndexValue[][] = [[]];
  for (const field of fields) {
    const wanted = where[field];
    const values = [...new Set(Array.isArray(wanted) ? wanted : [wanted])] as (IndexValue | undefined)[];
    if (values.length > 50) throw new RangeError(`"where" has more than 50 values for ${field}`);
    all = all.flatMap((start) => values.map((value) => [...start, value ?? null]));
  }
  return all;
}

/** Where to begin: behind the page before, within the range; undefined is the very first (or last) entry. */
function startOf(cursor: Entry | undefined, desc: boolean, range: AnyQuery['range']): Entry | undefined {
  const starts: Entry[] = cursor ? [cursor] : [];
  if (!desc && range?.gte !== undefined) starts.push({ value: range.gte, id: '' });
  if (!desc && range?.gt !== undefined) starts.push({ value: range.gt, id: undefined });
  if (desc && range?.lte !== undefined) starts.push({ value: range.lte, id: undefined });
  if (desc && range?.lt !== undefined) starts.push({ value: range.lt, id: '' });
  return starts.sort((a, b) => (desc ? compareEntries(a, b) : compareEntries(b, a))).at(0);
}

/** Whether a walk has left the range on its far side. */
function beyond(value: IndexValue, desc: boolean, range: AnyQuery['range']): boolean {
  if (!range) return false;
  const sign = desc ? -1 : 1;
  const [last, end] = desc ? [range.gte, range.gt] : [range.lte, range.lt];
  if (last !== undefined && compareValues(value, last) * sign > 0) return true;
  return end !== undefined && compareValues(value, end) * sign >= 0;
}

/** Several sorted walks as one. At most some dozens of them, so the smallest head is simply looked for. */
function merge(walks: readonly Walk[], desc: boolean): Walk {
  const [only, second] = walks;
  if (!only) return () => undefined;
  if (!second) return only;
  const sign = desc ? -1 : 1;
  const heads = walks.map((walk) => walk());
  return () => {
    let best = 0;
    let entry: Entry | undefined;
    heads.forEach((head, at) => {
      if (!head || (entry && compareEntries(head, entry) * sign > 0)) return;
      best = at;
      entry = head;
    });
    if (entry) heads[best] = walks[best]?.();
    return entry;
  };
}
