/** One run of a transaction's body: it writes straight into memory, remembers how to undo it and what to journal. */

import { assertCurrent, makeRow } from '../rows.ts';
import { checkSignal } from '../signals.ts';
import { type Query, type Row, type Rows, StoreError, type Table, type Tx } from '../store.ts';
import type { StoredRow } from '../values.ts';
import { getOrMake, type Memory, type MemTable } from './memory.ts';
import { count, countBy, find } from './query.ts';

/** A row as it was before the transaction, and as JSON after it (undefined: no row). */
interface Change {
  readonly before: StoredRow | undefined;
  json: string | undefined;
}

/**
 * Bodies run one at a time, so memory itself serves as their view: own writes are visible to every query, and
 * a body that fails is undone row by row.
 */
export class Transaction implements Tx {
  /** Topic and payload of what is to be told once this has landed. */
  readonly signals: (readonly [string, string])[] = [];
  private open = true;
  private readonly changes = new Map<MemTable, Map<string, Change>>();
  private readonly numbersBefore = new Map<string, number | undefined>();

  constructor(
    private readonly memory: Memory,
    private readonly writable: boolean,
  ) {}

  table<T extends Row>(table: Table<T>): Rows<T> {
    const held = this.memory.tables.get(table.name);
    if (!held?.table) throw new Error(`table "${table.name}" was not declared when the store was opened`);
    return new TableView(this, held) as unknown as Rows<T>;
  }

  async next(series: string): Promise<number> {
    this.assertOpen();
    this.assertWritable();
    const before = this.memory.numbers.get(series);
    if (!this.numbersBefore.has(series)) this.numbersBefore.set(series, before);
    const value = (before ?? 0) + 1;
    this.memory.numbers.set(series, value);
    return value;
  }

  signal(topic: string, payload: string): void {
    this.assertOpen();
    this.assertWritable();
    checkSignal(topic, payload);
    this.signals.push([topic, payload]);
  }

  /** Whether there is something for the journal. */
  get kept(): boolean {
    return this.changes.size > 0 || this.numbersBefore.size > 0;
  }

  get changed(): boolean {
    return this.kept || this.signals.length > 0;
  }

  /** From now on every call is refused: a promise that outlives the body must not write. */
  end(): void {
    this.open = false;
  }

  assertOpen(): void {
    if (!this.open) throw new Error('this transaction is over');
  }

  assertWritable(): void {
    if (!this.writable) throw new StoreError('read_only', 'a read cannot write');
  }

  write(table: MemTable, id: string, row: StoredRow | undefined, json: string | undefined): void {
    const before = table.set(id, row);
    const rows = getOrMake(this.changes, table, () => new Map<string, Change>());
    const change = rows.get(id);
    if (change) change.json = json;
    else rows.set(id, { before, json });
  }

  /** Memory as it was before the body ran. Later transactions must have been undone first. */
  undo(): void {
    for (const [table, rows] of this.changes) {
      for (const [id, { before }] of rows) table.set(id, before);
    }
    for (const [series, before] of this.numbersBefore) {
      if (before === undefined) this.memory.numbers.delete(series);
      else this.memory.numbers.set(series, before);
    }
  }

  /** What the journal keeps: whole rows, ids of removed rows, last numbers. */
  toJson(): string {
    const put: string[] = [];
    const del: string[] = [];
    for (const [table, rows] of this.changes) {
      const name = JSON.stringify(table.name);
      for (const [id, { json }] of rows) {
        if (json === undefined) del.push(`[${name},${JSON.stringify(id)}]`);
        else put.push(`[${name},${json}]`);
      }
    }
    const num: string[] = [];
    for (const series of this.numbersBefore.keys()) {
      num.push(`[${JSON.stringify(series)},${this.memory.numbers.get(series)}]`);
    }
    return `{"put":[${put}],"del":[${del}],"num":[${num}]}`;
  }
}

/** One table inside a transaction: see `Rows` in the contract. */
class TableView implements Rows<StoredRow> {
  constructor(
    private readonly tx: Transaction,
    private readonly held: MemTable,
  ) {}

  async get(id: string) {
    this.tx.assertOpen();
    return this.held.rows.get(id);
  }

  async put(value: Omit<StoredRow, 'rev'> & { readonly rev?: number }): Promise<StoredRow> {
    this.tx.assertOpen();
    this.tx.assertWritable();
    const { held } = this;
    const { rev } = value;
    const { row, json } = makeRow(held, value, (rev ?? 0) + 1);
    const there = held.rows.get(row.id);
    assertCurrent(held, row.id, rev, there);
    this.tx.write(held, row.id, row, json);
    return row;
  }

  async delete(row: { readonly id: string; readonly rev: number }): Promise<void> {
    this.tx.assertOpen();
    this.tx.assertWritable();
    assertCurrent(this.held, row.id, row.rev, this.held.rows.get(row.id));
    this.tx.write(this.held, row.id, undefined, undefined);
  }

  async find(query: Query<StoredRow>) {
    this.tx.assertOpen();
    // One body runs at a time: there is nobody else who could have claimed a row.
    if (query.claim) this.tx.assertWritable();
    return find(this.held, query as Query<Record<string, unknown>>);
  }

  async count(where?: object): Promise<number> {
    this.tx.assertOpen();
    return count(this.held, where as Record<string, unknown> | undefined);
  }

  async countBy(by: string | number, where?: object): Promise<Record<string, number>> {
    this.tx.assertOpen();
    return countBy(this.held, String(by), where as Record<string, unknown> | undefined);
  }
}
