/**
 * Many ids in order, as a list of short lists: a change moves little, and finding its place takes one search among
 * the short lists and one within. Beside each id stands the number of its first letters: numbers lie in the arrays
 * themselves, while each text that is compared is a trip to memory that no cache holds (half of what a B-tree takes).
 */

/** A part that is longer than this is split; one that becomes empty goes. */
const MOST = 128;

/** `ranks` are those of `ids`, one by one. */
interface Part {
  readonly ranks: number[];
  readonly ids: string[];
}

export class IdList {
  /** No id of a part is below these, but the first part takes whatever is lower. */
  private readonly fromRanks: number[] = [];
  private readonly fromIds: string[] = [];
  private readonly parts: Part[] = [];

  /** `sorted`: at least one. */
  constructor(sorted: readonly string[]) {
    for (let at = 0; at < sorted.length; at += MOST / 2) {
      const ids = sorted.slice(at, at + MOST / 2);
      this.insert(this.parts.length, { ranks: ids.map(rankOf), ids });
    }
  }

  get empty(): boolean {
    return this.parts.length === 0;
  }

  /** Put in `id`, which is not there. */
  add(id: string): void {
    const rank = rankOf(id);
    const at = this.partFor(rank, id);
    const part = this.parts[at];
    if (!part) {
      this.insert(0, { ranks: [rank], ids: [id] });
      return;
    }
    const { ranks, ids } = part;
    const place = search(ranks, ids, rank, id);
    ranks.splice(place, 0, rank);
    ids.splice(place, 0, id);
    if (ids.length > MOST) this.insert(at + 1, { ranks: ranks.splice(MOST / 2), ids: ids.splice(MOST / 2) });
  }

  /** Take out `id`, if it is there. */
  remove(id: string): void {
    const rank = rankOf(id);
    const at = this.partFor(rank, id);
    const part = this.parts[at];
    if (!part) return;
    const { ranks, ids } = part;
    const place = search(ranks, ids, rank, id);
    if (ids[place] !== id) return;
    ranks.splice(place, 1);
    ids.splice(place, 1);
    if (ids.length > 0) return;
    this.parts.splice(at, 1);
    this.fromRanks.splice(at, 1);
    this.fromIds.splice(at, 1);
  }

  /** Upwards from the first id not below `from`, or downwards from the last one not above it. */
  walk(from: string | undefined, desc: boolean): () => string | undefined {
    const { parts } = this;
    const step = desc ? -1 : 1;
    let at = desc ? parts.length - 1 : 0;
    let ids = parts[at]?.ids ?? [];
    let place = desc ? ids.length - 1 : 0;
    if (from !== undefined) {
      const rank = rankOf(from);
      at = this.partFor(rank, from);
      ids = parts[at]?.ids ?? [];
      place = search(parts[at]?.ranks ?? [], ids, rank, from);
      if (desc && ids[place] !== from) place -= 1;
    }
    return () => {
      if (place < 0 || place >= ids.length) {
        at += step;
        ids = parts[at]?.ids ?? [];
        place = desc ? ids.length - 1 : 0;
      }
      const id = ids[place];
      place += step;
      return id;
    };
  }

  private insert(at: number, part: Part): void {
    this.parts.splice(at, 0, part);
    this.fromRanks.splice(at, 0, part.ranks[0] ?? 0);
    this.fromIds.splice(at, 0, part.ids[0] ?? '');
  }

  /** The last part that begins at or below this place. */
  private partFor(rank: number, id: string): number {
    const { fromRanks, fromIds } = this;
    const at = search(fromRanks, fromIds, rank, id);
    return fromRanks[at] === rank && fromIds[at] === id ? at : Math.max(0, at - 1);
  }
}

/** The position of the first of `ids` that is not below `id`. */
function search(ranks: readonly number[], ids: readonly string[], rank: number, id: string): number {
  let low = 0;
  let high = ranks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = ranks[middle] as number;
    if (there < rank || (there === rank && (ids[middle] as string) < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const LETTERS = 7;
const LAST = 127;

/** The first letters of `id` as one number that is never higher for a lower id; what is not ASCII ends it. */
function rankOf(id: string): number {
  let rank = 0;
  let ended = false;
  for (let at = 0; at < LETTERS; at += 1) {
    const code: number = ended || at >= id.length ? 0 : Math.min(id.charCodeAt(at), LAST);
    ended ||= code === LAST;
    rank = rank * 128 + code;
  }
  return rank;
}
