/** Rows in memory: the order of index values and rows, frozen copies, and the cursors between pages. */
import type { IndexValue } from '../store.ts';

/** A row as it lies in memory: deeply frozen. */
export interface StoredRow {
  readonly id: string;
  readonly rev: number;
  readonly [field: string]: unknown;
}

/** A place between rows: a value of the `order` field and an id; without an id, behind all rows of that value. */
export interface Place {
  readonly value: IndexValue;
  readonly id: string | undefined;
}

export type Compare = (a: StoredRow, b: StoredRow) => number;

function rank(value: unknown): number {
  if (typeof value === 'string') return 3;
  if (typeof value === 'number') return 2;
  return typeof value === 'boolean' ? 1 : 0;
}

/** null (or absent) < false < true < numbers < text by UTF-16 code unit. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const kind = rank(a);
  const other = rank(b);
  if (kind !== other) return kind - other;
  if (kind === 0) return 0;
  const [x, y] = [a as string, b as string];
  return x < y ? -1 : x > y ? 1 : 0;
}

function compareIds(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

/** Rows by `order`, then by id; by id alone without `order`. */
export function rowOrder(order: string | undefined): Compare {
  if (order === undefined) return (a, b) => compareIds(a.id, b.id);
  return (a, b) => compareValues(a[order], b[order]) || compareIds(a.id, b.id);
}

/** A stand-in for a row at `place`, for searching a sorted list. */
export function probe(order: string | undefined, place: Place): StoredRow {
  const row = order === undefined ? { id: place.id } : { [order]: place.value, id: place.id };
  return row as unknown as StoredRow;
}

/** Whether an index can hold `value`; an absent field counts as null. */
export function isIndexValue(value: unknown): value is IndexValue | undefined {
  return value === undefined || value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Freeze what JSON.parse or a schema made, all the way down. */
export function deepFreeze<T extends object>(value: T): T {
  for (const key in value) {
    const inner = value[key];
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}

/** The opaque text that continues after a row. */
export function cursorAt(row: StoredRow, order: string | undefined): string {
  const value = order === undefined ? null : (row[order] ?? null);
  return Buffer.from(JSON.stringify([value, row.id])).toString('base64url');
}

/** The place that a cursor names. Throws a RangeError for text that no `next` ever was. */
export function placeOf(cursor: string): Place {
  try {
    const [value, id, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (isIndexValue(value) && typeof id === 'string' && more.length === 0)
      return { value: value ?? null, id };
  } catch {
    // fall through: whatever is wrong with it, it is not one of ours
  }
  throw new RangeError('"after" is not a cursor of this store');
}
