/** Rows by their terms, in memory: four bytes for each term of a row, as a row has a hundred of them. */
import type { AnyQuery } from '../query-shape.ts';
import { beyond, GATHERED, startOf, WALKED } from '../query-shape.ts';
import type { IndexValue, Terms } from '../store.ts';
import { compareEntries, cursorAt, type Entry, type StoredRow } from '../values.ts';
import { BEHIND, type Change } from './change.ts';
import { Sorted } from './sorted.ts';

/** Ascending numbers. */
class Slots {
  private items = new Uint32Array(4);
  size = 0;

  has(slot: number): boolean {
    const at = this.placeOf(slot);
    return at < this.size && this.items[at] === slot;
  }

  add(slot: number): void {
    const { size } = this;
    if (size === this.items.length) {
      const more = new Uint32Array(Math.ceil(size * 1.5));
      more.set(this.items);
      this.items = more;
    }
    const at = this.placeOf(slot);
    this.items.copyWithin(at + 1, at, size);
    this.items[at] = slot;
    this.size += 1;
  }

  remove(slot: number): void {
    const at = this.placeOf(slot);
    this.items.copyWithin(at, at + 1, this.size);
    this.size -= 1;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.size; at += 1) yield this.items[at] as number;
  }

  /** Where `slot` is or belongs; most that come are new and belong at the end. */
  private placeOf(slot: number): number {
    let high = this.size;
    if (high === 0 || (this.items[high - 1] as number) < slot) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle] as number) < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The rows that have one term; most terms have one row only, which needs no list. */
type Postings = number | Slots;

interface Ids {
  readonly ids: readonly string[];
  readonly next?: string;
}

export class TermIndex {
  readonly order: string;
  private readonly terms: Terms<Record<string, unknown>>;
  private readonly postings = new Map<string, Postings>();
  /** The number that stands for a row, and back. */
  private readonly slots = new Map<string, number>();
  private readonly entries: (Entry | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly sorted = new Sorted();
  private behind: Change[] = [];

  constructor(terms: Terms<Record<string, unknown>>) {
    this.terms = terms;
    this.order = terms.order;
  }

  /** Follow a row that came, changed or went. */
  note(before: StoredRow | undefined, after: StoredRow | undefined): void {
    if (this.behind.push([before, after]) >= BEHIND) this.catchUp();
  }

  /** Fill an index that is still empty. */
  build(rows: Iterable<StoredRow>): void {
    for (const row of rows) {
      const entry = this.entryOf(row);
      this.sorted.append(entry);
      this.take(row, entry);
    }
    this.sorted.sort();
  }

  /** One page of ids, and where the next one begins: see `Query.match`. */
  find(cursor: Entry | undefined, { match = [], desc = false, range, limit }: AnyQuery): Ids {
    this.catchUp();
    const sign = desc ? -1 : 1;
    const lists = match
      .map((group) => group.flatMap((term) => this.postings.get(term) ?? []))
      .sort((a, b) => sizeOf(a) - sizeOf(b));
    const fits = (slot: number) => lists.every((list) => list.some((postings) => holds(postings, slot)));
    const from = startOf(cursor, desc, range);
    const [rarest] = lists;
    if (rarest && sizeOf(rarest) <= GATHERED) {
      const slots = [...new Set(rarest.flatMap((postings) => [...slotsOf(postings)]))].filter(fits);
      const all = slots
        .flatMap((slot) => this.entries[slot] ?? [])
        .filter((entry) => !(from && compareEntries(entry, from) * sign < 0) && !isSame(entry, cursor))
        .filter((entry) => !beyond(entry.value, desc, range));
      return pageOf(
        all.sort((a, b) => compareEntries(a, b) * sign),
        limit,
      );
    }
    const near: Entry[] = [];
    let last: Entry | undefined;
    const next = this.sorted.walk(from, desc);
    for (let looked = 0; looked < WALKED; looked += 1) {
      const entry = next();
      if (!entry || beyond(entry.value, desc, range)) return pageOf(near, limit);
      if (!isSame(entry, cursor) && fits(this.slotOf(entry)) && near.push(entry) > limit)
        return pageOf(near, limit);
      last = entry;
    }
    return { ids: near.map(idOf), ...(last && { next: cursorAt(last) }) };
  }

  private catchUp(): void {
    if (this.behind.length === 0) return;
    for (const [before, after] of this.behind.splice(0)) this.follow(before, after);
  }

  private follow(before: StoredRow | undefined, after: StoredRow | undefined): void {
    const slot = before && this.slots.get(before.id);
    if (!before || slot === undefined) {
      if (!after) return;
      const entry = this.entryOf(after);
      this.sorted.add(entry);
      this.take(after, entry);
      return;
    }
    const [old, now] = [this.entryOf(before), after && this.entryOf(after)];
    if (!now || compareEntries(old, now) !== 0) {
      this.sorted.remove(old);
      if (now) this.sorted.add(now);
    }
    this.entries[slot] = now;
    const terms = this.terms.of(before);
    const then: ReadonlySet<string> = after ? this.terms.of(after) : new Set();
    for (const term of terms) if (!then.has(term)) this.remove(term, slot);
    for (const term of then) if (!terms.has(term)) this.add(term, slot);
    if (now) return;
    this.slots.delete(before.id);
    this.free.push(slot);
  }

  private take(row: StoredRow, entry: Entry): void {
    const slot = this.free.pop() ?? this.entries.length;
    this.entries[slot] = entry;
    this.slots.set(row.id, slot);
    for (const term of this.terms.of(row)) this.add(term, slot);
  }

  private slotOf(entry: Entry): number {
    return this.slots.get(idOf(entry)) ?? -1;
  }

  private entryOf(row: StoredRow): Entry {
    return { value: (row[this.order] as IndexValue | undefined) ?? null, id: row.id };
  }

  private add(term: string, slot: number): void {
    let postings = this.postings.get(term);
    if (postings === undefined) {
      this.postings.set(term, slot);
      return;
    }
    if (typeof postings === 'number') {
      const only = postings;
      postings = new Slots();
      postings.add(only);
      this.postings.set(term, postings);
    }
    postings.add(slot);
  }

  private remove(term: string, slot: number): void {
    const postings = this.postings.get(term);
    if (typeof postings === 'object') postings.remove(slot);
    if (typeof postings === 'number' || postings?.size === 0) this.postings.delete(term);
  }
}

function slotsOf(postings: Postings): Iterable<number> {
  return typeof postings === 'number' ? [postings] : postings;
}

function holds(postings: Postings, slot: number): boolean {
  return typeof postings === 'number' ? postings === slot : postings.has(slot);
}

function sizeOf(list: readonly Postings[]): number {
  return list.reduce<number>((sum, each) => sum + (typeof each === 'number' ? 1 : each.size), 0);
}

function isSame(entry: Entry, other: Entry | undefined): boolean {
  return other !== undefined && compareEntries(entry, other) === 0;
}

function idOf({ id }: Entry): string {
  return id ?? '';
}

function pageOf(all: readonly Entry[], limit: number): Ids {
  const page = all.slice(0, limit);
  const last = page.at(-1);
  return { ids: page.map(idOf), ...(all.length > limit && last && { next: cursorAt(last) }) };
}
