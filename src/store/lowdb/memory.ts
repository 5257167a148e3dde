/** All rows in memory: tables, their indexes as maps of sorted lists, and the number series. */
import type { AnyTable, IndexValue } from '../store.ts';
import type { Entry, StoredRow } from '../values.ts';
import { LaggingIndex } from './lagging.ts';
import { Sorted } from './sorted.ts';
import { TermIndex } from './terms.ts';

/** What the rows of a group have in common: the values of all `on` fields but the last. */
type Prefix = IndexValue;

/** One declared index. Groups are nested, so that countBy visits only the groups that it reports. */
export class MemIndex extends LaggingIndex {
  readonly on: readonly string[];
  readonly order: string | undefined;
  /** All fields, `order` included. */
  readonly fields: readonly string[];
  private readonly last: string | undefined;
  private readonly groups = new Map<Prefix, Map<IndexValue, Sorted>>();

  constructor({ on, order }: { readonly on: readonly string[]; readonly order?: string }) {
    super();
    this.on = on;
    this.order = order;
    this.last = on.at(-1);
    this.fields = order === undefined ? on : [...on, order];
  }

  /** How many rows each group below `prefix` has (values in the order of `on`, without the last), by the last value. */
  *sizes(prefix: readonly IndexValue[]): Generator<[IndexValue, number]> {
    this.catchUp();
    for (const [value, { size }] of this.groups.get(prefixKey(prefix)) ?? []) yield [value, size];
  }

  /** The rows with exactly these values, in the order of `on`. */
  entries(values: readonly IndexValue[]): Sorted | undefined {
    this.catchUp();
    return this.groups.get(prefixKey(values.slice(0, -1)))?.get(values.at(-1) ?? null);
  }

  /** Fill an index that is still empty. */
  build(rows: Iterable<StoredRow>): void {
    for (const row of rows) this.groupFor(row).append(this.entry(row));
    for (const group of this.groups.values()) for (const entries of group.values()) entries.sort();
  }

  protected override takeIn(before: StoredRow | undefined, after: StoredRow | undefined): void {
    if (before && after && this.samePlace(before, after)) return;
    if (before) this.remove(before);
    if (after) this.groupFor(after).add(this.entry(after));
  }

  private entry(row: StoredRow): Entry {
    return { value: this.order === undefined ? null : indexed(row, this.order), id: row.id };
  }

  private prefixOf(row: StoredRow): Prefix {
    const { on } = this;
    // Without a list of values, as often as not.
    if (on.length < 2) return null;
    if (on.length === 2) return indexed(row, on[0] as string);
    return prefixKey(on.slice(0, -1).map((field) => indexed(row, field)));
  }

  private lastOf(row: StoredRow): IndexValue {
    return this.last === undefined ? null : indexed(row, this.last);
  }

  private samePlace(a: StoredRow, b: StoredRow): boolean {
    for (const field of this.fields) if (indexed(a, field) !== indexed(b, field)) return false;
    return true;
  }

  private groupFor(row: StoredRow): Sorted {
    const group = getOrMake(this.groups, this.prefixOf(row), () => new Map<IndexValue, Sorted>());
    return getOrMake(group, this.lastOf(row), () => new Sorted());
  }

  private remove(row: StoredRow): void {
    const prefix = this.prefixOf(row);
    const last = this.lastOf(row);
    const group = this.groups.get(prefix);
    const entries = group?.get(last);
    entries?.remove(this.entry(row));
    if (entries?.size === 0) group?.delete(last);
    if (group?.size === 0) this.groups.delete(prefix);
  }
}

function indexed(row: StoredRow, field: string): IndexValue {
  return (row[field] as IndexValue | undefined) ?? null;
}

/** One value is its own key; several become one text. All prefixes of an index are equally long. */
function prefixKey(values: readonly IndexValue[]): Prefix {
  return values.length === 0 ? null : values.length === 1 ? (values[0] ?? null) : JSON.stringify(values);
}

/** What `map` holds under `key`, made first if need be. */
export function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}

/** The rows of one table. Without `table` (nobody declares it any more) they are only kept. */
export class MemTable {
  readonly rows = new Map<string, StoredRow>();
  readonly indexes: readonly MemIndex[];
  readonly terms: TermIndex | undefined;
  /** Fields that some index uses. */
  readonly indexed: readonly string[];

  constructor(
    readonly name: string,
    readonly table: AnyTable | undefined = undefined,
  ) {
    this.indexes = (table?.indexes ?? []).map((index) => new MemIndex(index));
    this.terms = table?.terms && new TermIndex(table.terms.of);
    this.indexed = [...new Set(this.indexes.flatMap((index) => index.fields))];
  }

  /** Fill the indexes, after rows have been put into `rows` directly. */
  build(): void {
    for (const index of this.indexes) index.build(this.rows.values());
    this.terms?.build(this.rows);
  }

  /** Put `row` under `id`, or remove what is there; returns what was there. */
  set(id: string, row: StoredRow | undefined): StoredRow | undefined {
    const before = this.rows.get(id);
    if (row) this.rows.set(id, row);
    else this.rows.delete(id);
    for (const index of this.indexes) index.note(before, row);
    this.terms?.note(before, row);
    return before;
  }
}

/** Everything that the store holds: the `data` of lowdb. */
export class Memory {
  readonly tables = new Map<string, MemTable>();
  readonly numbers = new Map<string, number>();

  constructor(tables: readonly AnyTable[]) {
    for (const table of tables) {
      if (this.tables.has(table.name)) throw new Error(`two tables are called "${table.name}"`);
      this.tables.set(table.name, new MemTable(table.name, table));
    }
  }

  /** Whether there is neither a row nor a number. */
  get empty(): boolean {
    return this.numbers.size === 0 && [...this.tables.values()].every(({ rows }) => rows.size === 0);
  }

  /** The table of that name; one that nobody declares is kept as it is. */
  keep(name: string): MemTable {
    return getOrMake(this.tables, name, () => new MemTable(name));
  }
}
