/** Answers find, count and countBy from the declared indexes, and refuses what none of them serves. */
import {
  type AnyQuery,
  type AnyWhere,
  beyond,
  combinations,
  countByIndex,
  countIndex,
  findIndex,
  matchGroups,
  startOf,
} from '../query-shape.ts';
import type { IndexValue } from '../store.ts';
import { compareEntries, cursorAt, type Entry, type StoredRow } from '../values.ts';
import type { MemTable } from './memory.ts';
import type { Walk } from './sorted.ts';

/** One page of rows. Cost: the rows of the page and the groups asked for, never the rows of the table. */
export function find(table: MemTable, query: AnyQuery): { rows: StoredRow[]; next?: string } {
  const { where = {}, desc = false, range, limit } = query;
  if (query.match?.length) return findByTerms(table, query);
  const { index, cursor } = findIndex(table.name, table.indexes, query);
  const from = startOf(cursor, desc, range);
  const walks = combinations(index.on, where).flatMap(
    (group) => index.entries(group)?.walk(from, desc) ?? [],
  );
  const next = merge(walks, desc);
  const rows: StoredRow[] = [];
  let last: Entry | undefined;
  for (let entry = next(); entry; entry = next()) {
    if (cursor && compareEntries(entry, cursor) === 0) continue;
    if (beyond(entry.value, desc, range)) break;
    if (last && rows.length === limit) return { rows, next: cursorAt(last) };
    rows.push(rowOf(table, entry.id ?? ''));
    last = entry;
  }
  return { rows };
}

/**
 * Rows with common terms are found soon on the way through the order, those with rare ones by looking at all of them: so
 * many are looked at on the way at first, and so many of the second kind at most.
 */
const WALKED = 1_000;
const GATHERED = 50_000;

function findByTerms(table: MemTable, query: AnyQuery): { rows: StoredRow[]; next?: string } {
  const { desc = false, range, limit, order = 'id' } = query;
  const groups = matchGroups(table.name, table.terms, query);
  const { index, cursor } = findIndex(table.name, table.indexes, query);
  const matches = table.terms?.match(groups);
  if (!matches || matches.most === 0) return { rows: [] };
  const sign = desc ? -1 : 1;
  const from = startOf(cursor, desc, range);
  const isCursor = (entry: Entry) => cursor !== undefined && compareEntries(entry, cursor) === 0;
  const found: Entry[] = [];
  if (matches.most > WALKED) {
    const next = index.entries([])?.walk(from, desc);
    let last: Entry | undefined;
    for (let n = 0; n < WALKED; n += 1) {
      const entry = next?.();
      if (!entry || beyond(entry.value, desc, range)) return pageOf(table, found, limit);
      last = entry;
      if (isCursor(entry) || !matches.has(entry.id ?? '')) continue;
      if (found.push(entry) > limit) return pageOf(table, found, limit);
    }
    if (matches.most > GATHERED && last) return { ...pageOf(table, found, limit), next: cursorAt(last) };
    found.length = 0;
  }
  for (const id of matches.all()) {
    const value = index.order === undefined ? null : (rowOf(table, id)[order] as IndexValue | undefined);
    const entry = { value: value ?? null, id };
    const worst = found.length > limit ? found.at(-1) : undefined;
    if (worst && compareEntries(entry, worst) * sign > 0) continue;
    if (from && compareEntries(entry, from) * sign < 0) continue;
    if (isCursor(entry) || beyond(entry.value, desc, range)) continue;
    if (worst) found.pop();
    const at = found.findIndex((each) => compareEntries(entry, each) * sign < 0);
    found.splice(at < 0 ? found.length : at, 0, entry);
  }
  return pageOf(table, found, limit);
}

/** A page of what was found, in order, maybe one more than a page holds. */
function pageOf(
  table: MemTable,
  found: readonly Entry[],
  limit: number,
): { rows: StoredRow[]; next?: string } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const rows = page.map(({ id }) => rowOf(table, id ?? ''));
  return found.length > limit && last ? { rows, next: cursorAt(last) } : { rows };
}

function rowOf(table: MemTable, id: string): StoredRow {
  const row = table.rows.get(id);
  if (!row) throw new Error(`table ${table.name}: an index holds row ${id}, the table does not`);
  return row;
}

/** How many rows match; cost: the groups asked for. */
export function count(table: MemTable, where: AnyWhere = {}): number {
  if (Object.keys(where).length === 0) return table.rows.size;
  const index = countIndex(table.name, table.indexes, where);
  return combinations(index.on, where).reduce((sum, group) => sum + (index.entries(group)?.size ?? 0), 0);
}

/** How many rows match for each value of `by`, as text; cost: the groups that it reports. */
export function countBy(table: MemTable, by: string, where: AnyWhere = {}): Record<string, number> {
  const index = countByIndex(table.name, table.indexes, by, where);
  const sums = new Map<string, number>();
  for (const prefix of combinations(index.on.slice(0, -1), where)) {
    for (const [value, size] of index.sizes(prefix)) {
      sums.set(String(value), (sums.get(String(value)) ?? 0) + size);
    }
  }
  return Object.fromEntries(sums);
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
