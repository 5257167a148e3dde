/** Rows by their terms, in memory: four bytes for each term of a row, as a row has a hundred of them. */
import type { StoredRow } from '../values.ts';
import { LaggingIndex } from './lagging.ts';
import { Slots } from './slots.ts';

type TermsOf = (row: Record<string, unknown>) => ReadonlySet<string>;

/** Rows taken in at once while others wait: some milliseconds. A hundred thousand take seconds. */
const SLICE = 50;

/** The rows that have one term; many terms have one row only, which needs no list. */
type Postings = number | Slots;

export class TermIndex extends LaggingIndex {
  private readonly postings = new Map<string, Postings>();
  /** The number that stands for a row, and back. */
  private readonly slots = new Map<string, number>();
  private readonly ids: (string | undefined)[] = [];
  private readonly free: number[] = [];
  /** All rows as they are now, those in front taken in. */
  private unread: Iterator<StoredRow> | undefined;

  constructor(private readonly termsOf: TermsOf) {
    super();
  }

  /** Fill an index that is still empty: a little now, the rest beside what else is to be done, or once somebody looks. */
  build(rows: ReadonlyMap<string, StoredRow>): void {
    this.unread = rows.values();
    this.readOn();
  }

  private readOn(): void {
    this.catchUp();
    this.read(SLICE);
    if (this.unread) setImmediate(() => this.readOn()).unref();
  }

  /** Take in so many rows more. Rows that came meanwhile are there already. */
  private read(most: number): void {
    for (let n = 0; this.unread && n < most; n += 1) {
      const { value: row } = this.unread.next();
      if (!row) this.unread = undefined;
      else if (!this.slots.has(row.id)) this.take(row);
    }
  }

  /** The rows that have at least one term of every group; there is one group or more. */
  match(groups: readonly (readonly string[])[]): Matches {
    this.catchUp();
    this.read(Number.POSITIVE_INFINITY);
    const lists = groups.map((group) => group.flatMap((term) => this.postings.get(term) ?? []));
    lists.sort((a, b) => sizeOf(a) - sizeOf(b));
    return new Matches(lists, this.slots, this.ids);
  }

  protected override takeIn(before: StoredRow | undefined, after: StoredRow | undefined): void {
    const slot = before && this.slots.get(before.id);
    if (before && slot !== undefined) this.follow(slot, before, after);
    else if (after) this.take(after);
  }

  private follow(slot: number, before: StoredRow, after: StoredRow | undefined): void {
    const old = this.termsOf(before);
    const now: ReadonlySet<string> = after ? this.termsOf(after) : new Set();
    for (const term of old) if (!now.has(term)) this.remove(term, slot);
    for (const term of now) if (!old.has(term)) this.add(term, slot);
    if (after) return;
    this.slots.delete(before.id);
    this.ids[slot] = undefined;
    this.free.push(slot);
  }

  private take(row: StoredRow): void {
    const slot = this.free.pop() ?? this.ids.length;
    this.ids[slot] = row.id;
    this.slots.set(row.id, slot);
    for (const term of this.termsOf(row)) this.add(term, slot);
  }

  private add(term: string, slot: number): void {
    const there = this.postings.get(term);
    if (there === undefined) {
      this.postings.set(term, slot);
      return;
    }
    const slots = typeof there === 'number' ? new Slots() : there;
    if (typeof there === 'number') {
      slots.add(there);
      this.postings.set(term, slots);
    }
    slots.add(slot);
  }

  private remove(term: string, slot: number): void {
    const there = this.postings.get(term);
    if (typeof there === 'object') there.remove(slot);
    if (typeof there === 'number' || there?.size === 0) this.postings.delete(term);
  }
}

/** Rows that have the terms asked for. */
export class Matches {
  /** At most so many rows are among them. */
  readonly most: number;

  constructor(
    /** The rarest first: most rows fail there. */
    private readonly lists: readonly (readonly Postings[])[],
    private readonly slots: ReadonlyMap<string, number>,
    private readonly idOf: readonly (string | undefined)[],
  ) {
    this.most = sizeOf(lists[0] ?? []);
  }

  has(id: string): boolean {
    return this.fits(this.slots.get(id) ?? -1, this.lists);
  }

  /** All ids, each once; costs `most`. */
  *all(): Generator<string> {
    const [rarest = [], ...others] = this.lists;
    const [only, more] = rarest;
    const slots = only !== undefined && more === undefined ? slotsOf(only) : new Set(rarest.flatMap(slotsOf));
    for (const slot of slots) {
      const id = this.fits(slot, others) ? this.idOf[slot] : undefined;
      if (id !== undefined) yield id;
    }
  }

  private fits(slot: number, lists: readonly (readonly Postings[])[]): boolean {
    return lists.every((list) =>
      list.some((each) => (typeof each === 'number' ? each === slot : each.has(slot))),
    );
  }
}

function slotsOf(postings: Postings): number[] {
  return typeof postings === 'number' ? [postings] : [...postings];
}

function sizeOf(list: readonly Postings[]): number {
  return list.reduce<number>((sum, each) => sum + (typeof each === 'number' ? 1 : each.size), 0);
}
