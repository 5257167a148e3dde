/** Answers find, count and countBy from the declared indexes, and refuses what none of them serves. */
import {
  type AnyQuery,
  type AnyWhere,
  beyond,
  combinations,
  countByIndex,
  countIndex,
  findIndex,
  startOf,
  termIndex,
} from '../query-shape.ts';
import { compareEntries, cursorAt, type Entry, type StoredRow } from '../values.ts';
import type { MemIndex, MemTable } from './memory.ts';
import type { Sorted, Walk } from './sorted.ts';

/** One page of rows. Cost: the rows of the page and the groups asked for, never the rows of the table. */
export function find(table: MemTable, query: AnyQuery): { rows: StoredRow[]; next?: string } {
  if (query.match) return findByTerms(table, query);
  const { where = {}, desc = false, range, limit } = query;
  const { index, cursor } = findIndex(table.name, table.indexes, query);
  const from = startOf(cursor, desc, range);
  const next = merge(
    groupsOf(index, where).map((entries) => entries.walk(from, desc)),
    desc,
  );
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

function findByTerms(table: MemTable, query: AnyQuery): { rows: StoredRow[]; next?: string } {
  const { index, cursor } = termIndex(table.name, table.terms, query);
  const { ids, ...more } = index.find(cursor, query);
  return { rows: ids.map((id) => rowOf(table, id)), ...more };
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
  return groupsOf(index, where).reduce((sum, { size }) => sum + size, 0);
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

function groupsOf(index: MemIndex, where: AnyWhere): Sorted[] {
  return combinations(index.on, where).flatMap((values) => index.entries(values) ?? []);
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
