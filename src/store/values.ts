/** Rows in memory: the order of index values, frozen copies, and the cursors between pages. */
import { type IndexValue, StoreError } from './store.ts';

/** A row as it lies in memory: deeply frozen. */
export interface StoredRow {
  readonly id: string;
  readonly rev: number;
  readonly [field: string]: unknown;
}

/**
 * A row's place in an index: its value of the `order` field (null without one) and its id. Indexes hold these and
 * not the rows, so that comparing is fast and a change that moves nothing costs nothing.
 * For searching, the empty id stands in front of all rows of a value and no id behind them.
 */
export interface Entry {
  readonly value: IndexValue;
  readonly id: string | undefined;
}

function rank(value: IndexValue): number {
  if (typeof value === 'string') return 3;
  if (typeof value === 'number') return 2;
  return typeof value === 'boolean' ? 1 : 0;
}

/** null < false < true < numbers < text by UTF-16 code unit. */
export function compareValues(a: IndexValue, b: IndexValue): number {
  if (a === b) return 0;
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  return (a as string) < (b as string) ? -1 : 1;
}

/** By value, then by id. Called some twenty times for every row and index, hence the short cuts. */
export function compareEntries(a: Entry, b: Entry): number {
  const x = a.value;
  const y = b.value;
  if (typeof x === 'string' && typeof y === 'string') {
    if (x < y) return -1;
    if (x > y) return 1;
  } else if (x !== y) {
    return compareValues(x, y);
  }
  if (a.id === undefined || b.id === undefined) return a.id === b.id ? 0 : a.id === undefined ? 1 : -1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Whether an index can hold `value`; an absent field counts as null. */
export function isIndexValue(value: unknown): value is IndexValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}

/** Freeze what JSON.parse or a schema made, all the way down. @throws RangeError when that is further than `levels` */
export function deepFreeze<T extends object>(value: T, levels = Number.POSITIVE_INFINITY): T {
  if (levels === 0) throw new RangeError('too many lists and objects inside one another');
  for (const key in value) {
    const inner = value[key];
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner, levels - 1);
  }
  return Object.freeze(value);
}

/** The opaque text that continues after an entry. */
export function cursorAt({ value, id }: Entry): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url');
}

/** The entry that a cursor names. Throws StoreError `bad_cursor` for text that no `next` ever was. */
export function entryOf(cursor: string): Entry {
  try {
    const [value, id, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (isIndexValue(value) && typeof id === 'string' && more.length === 0)
      return { value: value ?? null, id };
  } catch {
    // fall through: whatever is wrong with it, it is not one of ours
  }
  throw new StoreError('bad_cursor', '"after" is not a cursor of this store');
}
