/**
 * The store contract: tables, transactions and numbers, the same for every driver.
 * A feature declares a table with `defineTable` and never learns which engine keeps it.
 */
import type { z } from 'zod';

/** Every row has a text key; the driver adds the revision. */
export interface Row {
  readonly id: string;
}

/** A row as it came out of the store. Hand `rev` back with `put` and a stale write is found out. */
export type Stored<T> = T & { readonly rev: number };

/** Values that an index can hold. They sort null < false < true < numbers < text by code unit. */
export type IndexValue = string | number | boolean | null;

/**
 * One declared index: equality on `on`, ascending or descending by `order` (then by id).
 * Several queries may share one: `find` needs exactly these fields in `where`, `countBy` takes the last as `by`.
 */
export interface Index<T> {
  readonly on: readonly (keyof T & string)[];
  readonly order?: keyof T & string;
}

/** Which rows of a table are outdated, and go. */
export interface Keep<T> {
  /** The field that says how old a row is: an instant or a day as text. Rows in which it is null stay. */
  readonly by: keyof T & string;
  readonly days: number;
  /** Only these rows go; the others stay however old they are. */
  readonly where?: Where<T>;
  /** What goes or changes with a row, in the same transaction. */
  readonly along?: (tx: Tx, row: Stored<T>) => Promise<void>;
}

/** A field that holds the id of a person. */
export interface PersonField<T> {
  readonly field: keyof T & string;
  /** The field with the person's name as it was then. */
  readonly name?: keyof T & string;
  /** It holds the id of a personal chat instead. */
  readonly chat?: true;
  /** The row is about others too: the person is told that it is there, not what it says. */
  readonly acts?: true;
  /**
   * What becomes of the row some time after the person has left: it goes; it stays, for it is about the public matter,
   * with the person's post in place of the name; or it stays until its own term (`keep`) is over.
   */
  readonly left: 'goes' | 'nameless' | 'term';
}

/**
 * How the value of a field is said to people: `typed` word for word, `plain` as a time, a number or its word; the others
 * are ids, said by the name of what has it.
 */
export type Way = 'typed' | 'plain' | 'unit' | 'person' | 'star' | 'op' | 'channel';
/** What fields are called. A field within a field goes by its own name, or by all of them: `lines.due`. */
export type Labels = Readonly<Partial<Record<Way, Readonly<Record<string, string>>>>>;

/** How rows concern people: for who asks what is kept about them, and for what is forgotten of those who left. */
export interface Personal<T> {
  /** What a row is, as people say it: `上报的问题`. */
  readonly title: string;
  /** Each gets an index. `id`: there is one row for each person. */
  readonly fields: readonly PersonField<T>[];
  /** The field that says when it was. */
  readonly at?: keyof T & string;
  /** What its fields are called in 我的数据, where the word that all tables share (`files/labels.ts`) is not theirs. */
  readonly labels?: Labels;
  /** What the values of a field are called: the words of the cards. */
  readonly words?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Fields that say nothing to a person, or what others of the same row say better. */
  readonly unsaid?: readonly string[];
}

/** By what a row is found beside its fields: the words of its texts, all units that have to do with it. */
export interface Terms<T> {
  /** The terms of a row, made of the row alone; none is empty. */
  readonly of: (row: T) => ReadonlySet<string>;
  /** To be raised when `of` gives other terms for the same row, so that stored rows are looked at again. */
  readonly version: number;
}

/** A table: its name, the zod schema of its rows (defaults fill what older rows lack), its indexes, how long rows stay. */
export interface Table<T extends Row> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly indexes: readonly Index<T>[];
  /** What `match` of a query asks for. */
  readonly terms?: Terms<T>;
  /** A table that only grows says why it may. */
  readonly keep: Keep<T> | `for ever: because ${string}`;
  /** Must be there when a row holds the id of a person; or why nobody can ask for it. */
  readonly people?: Personal<T> | `not listed: because ${string}`;
}

/** Declare a table. Names are lower_snake_case and unique over all features. */
export function defineTable<T extends Row>(table: Table<T>): Table<T> {
  const { keep, people } = table;
  const indexes = [...table.indexes];
  const has = (on: readonly string[], order?: string) =>
    indexes.some((index) => index.order === order && String(index.on) === String(on));
  // What is outdated is found by an index in that order, however many rows there are.
  if (typeof keep !== 'string') {
    const on = Object.keys(keep.where ?? {}) as (keyof T & string)[];
    if (!has(on, keep.by)) indexes.push({ on, order: keep.by });
  }
  // And so is what concerns one person.
  for (const { field } of typeof people === 'object' ? people.fields : [])
    if (field !== 'id' && !indexes.some(({ on }) => String(on) === field)) indexes.push({ on: [field] });
  return indexes.length > table.indexes.length ? { ...table, indexes } : table;
}

/** A table of rows of some type: for lists of tables. */
// biome-ignore lint/suspicious/noExplicitAny: a table is invariant in its row type, a list of them is not
export type AnyTable = Table<any>;

/** Equality on every field of one declared index; an array means "one of these" (at most 50). */
export type Where<T> = { readonly [K in keyof T]?: T[K] | readonly T[K][] };

export interface Query<T> {
  readonly where?: Where<T>;
  /**
   * Instead of `where`: rows that have at least one term of every group, by an `order` that has an index on nothing else.
   * A page costs the same however many rows there are. Where a great many have the terms and few of them lie near its
   * beginning it may be short, even empty, and have a `next` all the same.
   */
  readonly match?: readonly (readonly string[])[];
  /** Sort field; must be the `order` of the index that serves `where`. Without it rows come by id. */
  readonly order?: keyof T & string;
  readonly desc?: boolean;
  /** Bounds on the `order` field. */
  readonly range?: {
    readonly gte?: IndexValue;
    readonly gt?: IndexValue;
    readonly lte?: IndexValue;
    readonly lt?: IndexValue;
  };
  /** At most this many rows, 1 to 1000. */
  readonly limit: number;
  /** The `next` of the page before, from a query with the same `where`, `order` and `desc`. */
  readonly after?: string | undefined;
  /**
   * In a transaction only: nobody else gets or claims these rows until it ends, and rows that another one has claimed
   * are left out instead of waited for. So that several servers can share a pile of work.
   */
  readonly claim?: true;
}

export interface Page<T> {
  readonly rows: readonly Stored<T>[];
  /** Hand it to `after` for the following page; absent on the last one. */
  readonly next?: string | undefined;
}

/** One table inside a transaction. Rows are read-only: change a copy and `put` it. */
export interface Rows<T extends Row> {
  get(id: string): Promise<Stored<T> | undefined>;
  /**
   * Insert (a row without `rev`) or replace (a row with the `rev` it was read with).
   * Resolves to the row as stored. Rejects with StoreError `conflict` when another write came first (the
   * transaction then runs again), `duplicate` when the id is taken.
   */
  put(row: T & { readonly rev?: number }): Promise<Stored<T>>;
  /** Remove a row that was read in this transaction; rejects with `conflict` when it has changed since. */
  delete(row: Stored<T>): Promise<void>;
  /** One page; rejects with `no_index` when no declared index serves the query, `bad_cursor` when `after` is none. */
  find(query: Query<T>): Promise<Page<T>>;
  /** How many rows match; served by an index (PostgreSQL counts its entries: some 0.1 µs for each that matches). */
  count(where?: Where<T>): Promise<number>;
  /** How many rows match for each value of `by` (as text); the index is on the fields of `where`, then `by`. */
  countBy(by: keyof T & string, where?: Where<T>): Promise<Record<string, number>>;
}

export interface Tx {
  /** Whether anything was written so far, a number taken, or something to be told. */
  readonly changed: boolean;
  table<T extends Row>(table: Table<T>): Rows<T>;
  /** The next number of a series, from 1: never given twice, without gaps but for transactions that failed. */
  next(series: string): Promise<number>;
  /**
   * Tell every process that listens, once this transaction has landed; nothing is told of one that fails.
   * A few words that say where to look (topic and payload together at most 4,000 bytes), not the news itself.
   */
  signal(topic: string, payload: string): void;
}

/** Gets the payload of each signal, or undefined when some may have been missed: then look at everything. */
export type Listener = (payload: string | undefined) => void;

/** One thing that a store holds, as it is copied from one store into another. */
export type Item =
  | { readonly table: string; readonly row: Stored<Row> }
  | { readonly series: string; readonly value: number };

/**
 * `written`: others are kept from the rows that a transaction writes, not from those that it only reads, which may be a
 * moment old when it lands. For bookkeeping whose truth stands in its own row, such as the claim of a message: beside
 * many of their kind these meet no conflicts. An engine may guard more than it is asked for.
 * `looks`: `all`, but most likely nothing is written. An engine may run `body` on a view first, where it gets in nobody's
 * way, and once more when it wants to write after all.
 */
export type Guard = 'all' | 'written' | 'looks';

/** Engine for rows. Its methods reject with StoreError `unavailable` while it cannot be reached. */
export interface Store {
  /**
   * Run `body`; all that it wrote lands together, durable before this resolves, or not at all.
   * `body` may run several times (after a conflict), so it does no I/O of its own. Do not nest.
   * Everything that it read is as it was found until it has landed, unless `guard` asks for less.
   */
  transaction<R>(body: (tx: Tx) => Promise<R>, guard?: Guard): Promise<R>;
  /** Run `body` on a consistent view; writes are refused. Resolves only once what it saw is durable. */
  read<R>(body: (tx: Tx) => Promise<R>): Promise<R>;
  /** Hear the signals of a topic, also those of this process; returns what ends it. `listener` must not throw. */
  listen(topic: string, listener: Listener): () => void;
  /** Everything as it was at one moment, table by table, rows with their revisions; also tables that nobody declares. */
  export(): AsyncIterable<Item>;
  /**
   * Take in what another store exported: all of it, durable before this resolves, or nothing.
   * Rejects with `not_empty` when there is something already, unless `replace` says that it may go.
   */
  import(entries: AsyncIterable<Item>, options?: { readonly replace?: boolean }): Promise<void>;
  /** Finish what is under way, release files or connections. */
  close(): Promise<void>;
  /** The engine does not keep transactions apart, so those that write run one after another. */
  readonly serial?: boolean;
  /** Other processes may work with it at the same time. */
  readonly shared?: boolean;
}

export type StoreErrorCode =
  | 'conflict'
  | 'duplicate'
  | 'no_index'
  | 'bad_cursor'
  | 'invalid_row'
  | 'read_only'
  | 'unavailable'
  | 'not_empty'
  | 'damaged'
  | 'locked';

/** What the store refuses. `message` is for the log: it names table, index, file or line. */
export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'StoreError';
  }
}
