/** The rows that share the values of an index, kept in order: a small array that grows into a B-tree. */
import sortedBtree from 'sorted-btree';
import type { Compare, StoredRow } from './values.ts';

// The package is CommonJS: Node hands out its exports object where bundlers hand out the class.
const BTree = (sortedBtree as unknown as { default?: typeof sortedBtree }).default ?? sortedBtree;

/** Most groups hold a handful of rows, and an empty tree takes more memory than they do. */
const SMALL = 32;

/** Hands out one row per call, then undefined. Good until the bucket changes. */
export type Walk = () => StoredRow | undefined;

export class Bucket {
  private rows: StoredRow[] | sortedBtree<StoredRow, undefined> = [];
  private readonly compare: Compare;

  constructor(compare: Compare) {
    this.compare = compare;
  }

  get size(): number {
    return Array.isArray(this.rows) ? this.rows.length : this.rows.size;
  }

  /** Put `row` in its place, instead of an equal one if there is one. */
  add(row: StoredRow): void {
    const { rows } = this;
    if (!Array.isArray(rows)) {
      rows.set(row, undefined);
      return;
    }
    const at = this.search(rows, row);
    if (this.equal(rows[at], row)) rows[at] = row;
    else rows.splice(at, 0, row);
    if (rows.length > SMALL) {
      this.rows = new BTree<StoredRow, undefined>(undefined, this.compare, 64);
      for (const each of rows) this.rows.set(each, undefined);
    }
  }

  remove(row: StoredRow): void {
    const { rows } = this;
    if (!Array.isArray(rows)) {
      rows.delete(row);
      return;
    }
    const at = this.search(rows, row);
    if (this.equal(rows[at], row)) rows.splice(at, 1);
  }

  /** The first row in order. */
  first(): StoredRow | undefined {
    return Array.isArray(this.rows) ? this.rows[0] : this.rows.minKey();
  }

  /** Walk upwards from the first row that is not below `from`, or downwards from the last that is not above it. */
  walk(from: StoredRow | undefined, desc: boolean): Walk {
    const { rows } = this;
    if (Array.isArray(rows)) {
      if (!desc) {
        let next = from ? this.search(rows, from) : 0;
        return () => rows[next++];
      }
      let next = from ? this.search(rows, from) : rows.length - 1;
      if (from && !this.equal(rows[next], from)) next -= 1;
      return () => rows[next--];
    }
    if (desc) {
      const pairs = rows.entriesReversed(from, []);
      return () => pairs.next().value?.[0];
    }
    const keys = rows.keys(from);
    return () => keys.next().value;
  }

  private equal(there: StoredRow | undefined, row: StoredRow): boolean {
    return there !== undefined && this.compare(there, row) === 0;
  }

  /** The index of the first row that is not below `row`. */
  private search(rows: StoredRow[], row: StoredRow): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = rows[middle];
      if (there !== undefined && this.compare(there, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
