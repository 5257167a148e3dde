/** The ids of the rows that share one value of an index, in order: one id, a sorted array, or a B-tree. */
import { type Tree, treeOf } from './btree.ts';

/** Up to here an array is searched and moved faster than a tree is walked. */
const LARGE = 1024;

/** Hands out one id per call, then undefined. Good until the ids change. */
export type IdWalk = () => string | undefined;

/** One id needs no array around it: most values of an index belong to one row. */
export type Ids = string | string[] | Tree<string, undefined>;

/** What becomes of `ids` with `id` among them. */
export function withId(ids: Ids | undefined, id: string): Ids {
  if (ids === undefined) return id;
  if (typeof ids === 'string') return ids < id ? [ids, id] : [id, ids];
  if (!Array.isArray(ids)) {
    ids.set(id, undefined);
    return ids;
  }
  ids.splice(search(ids, id), 0, id);
  return ids.length > LARGE ? asTree(ids) : ids;
}

/** What becomes of `ids` without `id`; undefined when none is left. */
export function withoutId(ids: Ids, id: string): Ids | undefined {
  if (typeof ids === 'string') return ids === id ? undefined : ids;
  if (!Array.isArray(ids)) {
    ids.delete(id);
    return ids.size > 0 ? ids : undefined;
  }
  const at = search(ids, id);
  if (ids[at] === id) ids.splice(at, 1);
  return ids.length > 0 ? ids : undefined;
}

/** Sorted ids as they are kept. */
export function idsOf(sorted: string[]): Ids {
  if (sorted.length > LARGE) return asTree(sorted);
  return sorted.length === 1 ? (sorted[0] as string) : sorted;
}

/** Walk upwards from the first id not below `from`, or downwards from the last one not above it. */
export function walkIds(ids: Ids, from: string | undefined, desc: boolean): IdWalk {
  if (typeof ids === 'string') {
    let left = from === undefined || (desc ? ids <= from : ids >= from);
    return () => {
      const id = left ? ids : undefined;
      left = false;
      return id;
    };
  }
  if (!Array.isArray(ids)) {
    if (!desc) {
      const keys = ids.keys(from);
      return () => keys.next().value;
    }
    const pairs = ids.entriesReversed(from, []);
    return () => pairs.next().value?.[0];
  }
  if (!desc) {
    let next = from === undefined ? 0 : search(ids, from);
    return () => ids[next++];
  }
  let next = from === undefined ? ids.length - 1 : search(ids, from);
  if (from !== undefined && ids[next] !== from) next -= 1;
  return () => ids[next--];
}

function asTree(sorted: string[]): Tree<string, undefined> {
  return treeOf(sorted, new Array<undefined>(sorted.length), compareText);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The position of the first id that is not below `id`. */
function search(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
