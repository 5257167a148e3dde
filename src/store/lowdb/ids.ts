/** The ids of the rows that share one value of an index, in order: one id, a sorted array, or a list of arrays. */
import { IdList } from './idlist.ts';

/** Up to here an array is searched and moved as fast as a part of a list. */
const LARGE = 128;

/** Hands out one id per call, then undefined. Good until the ids change. */
export type IdWalk = () => string | undefined;

/** One id needs no array around it: most values of an index belong to one row. */
export type Ids = string | string[] | IdList;

/** What becomes of `ids` with `id` among them. */
export function withId(ids: Ids | undefined, id: string): Ids {
  if (ids === undefined) return id;
  if (typeof ids === 'string') return ids < id ? [ids, id] : [id, ids];
  if (!Array.isArray(ids)) {
    ids.add(id);
    return ids;
  }
  ids.splice(search(ids, id), 0, id);
  return ids.length > LARGE ? new IdList(ids) : ids;
}

/** What becomes of `ids` without `id`; undefined when none is left. */
export function withoutId(ids: Ids, id: string): Ids | undefined {
  if (typeof ids === 'string') return ids === id ? undefined : ids;
  if (!Array.isArray(ids)) {
    ids.remove(id);
    return ids.empty ? undefined : ids;
  }
  const at = search(ids, id);
  if (ids[at] === id) ids.splice(at, 1);
  return ids.length > 0 ? ids : undefined;
}

/** Sorted ids as they are kept. */
export function idsOf(sorted: string[]): Ids {
  if (sorted.length > LARGE) return new IdList(sorted);
  // A copy has no room to spare, unlike an array that grew.
  return sorted.length === 1 ? (sorted[0] as string) : sorted.slice();
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
  if (!Array.isArray(ids)) return ids.walk(from, desc);
  if (!desc) {
    let next = from === undefined ? 0 : search(ids, from);
    return () => ids[next++];
  }
  let next = from === undefined ? ids.length - 1 : search(ids, from);
  if (from !== undefined && ids[next] !== from) next -= 1;
  return () => ids[next--];
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
