/** The entries that share the values of an index, kept in order: a small array that grows into a B-tree. */
import sortedBtree from 'sorted-btree';
import { bulkLoad } from 'sorted-btree/extended/bulkLoad.js';
import { compareEntries, type Entry } from '../values.ts';

// The package is CommonJS: Node hands out its exports object where bundlers hand out the class.
const BTree = (sortedBtree as unknown as { default?: typeof sortedBtree }).default ?? sortedBtree;

/** Most groups hold a handful of rows, and an empty tree takes more memory than they do. */
const SMALL = 32;
const NODE_SIZE = 64;

/** Hands out one entry per call, then undefined. Good until the bucket changes. */
export type Walk = () => Entry | undefined;

export class Bucket {
  private entries: Entry[] | sortedBtree<Entry, undefined> = [];

  get size(): number {
    return Array.isArray(this.entries) ? this.entries.length : this.entries.size;
  }

  /** Put `entry` in its place. */
  add(entry: Entry): void {
    const { entries } = this;
    if (!Array.isArray(entries)) {
      entries.set(entry, undefined);
      return;
    }
    entries.splice(search(entries, entry), 0, entry);
    if (entries.length > SMALL) {
      this.entries = new BTree<Entry, undefined>(undefined, compareEntries, NODE_SIZE);
      for (const each of entries) this.entries.set(each, undefined);
    }
  }

  remove(entry: Entry): void {
    const { entries } = this;
    if (Array.isArray(entries)) entries.splice(search(entries, entry), 1);
    else entries.delete(entry);
  }

  /** Take `entry` in without looking where it belongs: `sort` once after the last of them. */
  append(entry: Entry): void {
    if (Array.isArray(this.entries)) this.entries.push(entry);
  }

  /** For a million entries many times faster than finding each of them its place. */
  sort(): void {
    if (!Array.isArray(this.entries)) return;
    const sorted = this.entries.sort(compareEntries);
    if (sorted.length <= SMALL) return;
    this.entries = bulkLoad<Entry, undefined>(
      sorted,
      new Array<undefined>(sorted.length),
      NODE_SIZE,
      compareEntries,
    );
  }

  /** The first entry in order. */
  first(): Entry | undefined {
    return Array.isArray(this.entries) ? this.entries[0] : this.entries.minKey();
  }

  /** Walk upwards from the first entry not below `from`, or downwards from the last one not above it. */
  walk(from: Entry | undefined, desc: boolean): Walk {
    const { entries } = this;
    if (Array.isArray(entries)) {
      if (!desc) {
        let next = from ? search(entries, from) : 0;
        return () => entries[next++];
      }
      let next = from ? search(entries, from) : entries.length - 1;
      const there = entries[next];
      if (from && !(there && compareEntries(there, from) === 0)) next -= 1;
      return () => entries[next--];
    }
    if (desc) {
      const pairs = entries.entriesReversed(from, []);
      return () => pairs.next().value?.[0];
    }
    const keys = entries.keys(from);
    return () => keys.next().value;
  }
}

/** The position of the first entry that is not below `entry`. */
function search(entries: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = entries[middle];
    if (there !== undefined && compareEntries(there, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
