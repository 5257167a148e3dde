/**
 * The entries that share the `on` values of an index, kept in order: a small array that grows into a B-tree of
 * values, each with its ids. Rows share days and states: looking for the value among few of them, then for the id
 * among that value's, touches far less cold memory than one tree of pairs.
 */
import type { IndexValue } from '../store.ts';
import { compareEntries, compareValues, type Entry } from '../values.ts';
import { type Tree, treeOf } from './btree.ts';
import { type Ids, type IdWalk, idsOf, walkIds, withId, withoutId } from './ids.ts';

/** Most groups hold a handful of rows, and an empty tree takes more memory than they do. */
const SMALL = 32;

/** Hands out one entry per call, then undefined. Good until the bucket changes. */
export type Walk = () => Entry | undefined;

export class Bucket {
  private entries: Entry[] | Tree<IndexValue, Ids>;
  private count = 1;

  constructor(first: Entry) {
    this.entries = [first];
  }

  get size(): number {
    return this.count;
  }

  /** Put `entry` in its place. */
  add(entry: Entry): void {
    const { entries } = this;
    this.count += 1;
    if (Array.isArray(entries)) {
      entries.splice(search(entries, entry), 0, entry);
      if (entries.length > SMALL) this.entries = treeOfEntries(entries);
      return;
    }
    const there = entries.get(entry.value);
    const ids = withId(there, entry.id as string);
    if (ids !== there) entries.set(entry.value, ids);
  }

  /** Take out `entry`, which is there. */
  remove(entry: Entry): void {
    const { entries } = this;
    this.count -= 1;
    if (Array.isArray(entries)) {
      entries.splice(search(entries, entry), 1);
      return;
    }
    const there = entries.get(entry.value);
    const ids = there && withoutId(there, entry.id as string);
    if (ids === undefined) entries.delete(entry.value);
    else if (ids !== there) entries.set(entry.value, ids);
  }

  /** Take `entry` in without looking where it belongs: `sort` once after the last of them. */
  append(entry: Entry): void {
    if (!Array.isArray(this.entries))
      throw new Error('only a bucket that was never sorted takes entries as they come');
    this.entries.push(entry);
    this.count += 1;
  }

  /** For a million entries many times faster than finding each of them its place. */
  sort(): void {
    const { entries } = this;
    if (!Array.isArray(entries) || entries.length < 2) return;
    if (entries.length > SMALL) this.entries = treeOfEntries(entries);
    // A copy has no room to spare, which is most of what a short array takes that grew.
    else this.entries = entries.sort(compareEntries).slice();
  }

  /** The first entry in order. */
  first(): Entry | undefined {
    return this.walk(undefined, false)();
  }

  /** Walk upwards from the first entry not below `from`, or downwards from the last one not above it. */
  walk(from: Entry | undefined, desc: boolean): Walk {
    const { entries } = this;
    if (Array.isArray(entries)) return walkArray(entries, from, desc);
    const pairs = desc ? entries.entriesReversed(from?.value, []) : entries.entries(from?.value, []);
    let value: IndexValue = null;
    let ids: IdWalk = () => undefined;
    return () => {
      for (;;) {
        const id = ids();
        if (id !== undefined) return { value, id };
        const pair = pairs.next().value;
        if (!pair) return undefined;
        value = pair[0];
        const start = from && compareValues(value, from.value) === 0 ? from : undefined;
        // No id stands behind all of them: upwards there is nothing left of this value.
        if (start && start.id === undefined && !desc) continue;
        ids = walkIds(pair[1], start?.id, desc);
      }
    };
  }
}

function treeOfEntries(entries: readonly Entry[]): Tree<IndexValue, Ids> {
  const ids = new Map<IndexValue, string[]>();
  for (const { value, id } of entries) {
    const there = ids.get(value);
    if (there) there.push(id as string);
    else ids.set(value, [id as string]);
  }
  const values = [...ids.keys()].sort(compareValues);
  return treeOf(
    values,
    values.map((value) => idsOf(ids.get(value)?.sort() ?? [])),
    compareValues,
  );
}

function walkArray(entries: readonly Entry[], from: Entry | undefined, desc: boolean): Walk {
  if (!desc) {
    let next = from ? search(entries, from) : 0;
    return () => entries[next++];
  }
  let next = from ? search(entries, from) : entries.length - 1;
  const there = entries[next];
  if (from && !(there && compareEntries(there, from) === 0)) next -= 1;
  return () => entries[next--];
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
