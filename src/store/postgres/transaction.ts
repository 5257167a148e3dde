/** One run of a transaction's body: reads its snapshot once, checks writes against it, and sends them together. */

import { checkSignal } from '../signals.ts';
import { type Row, type Rows, StoreError, type Table, type Tx } from '../store.ts';
import type { StoredRow } from '../values.ts';
import { escapeText } from './keys.ts';
import { TableView } from './rows.ts';
import type { Session } from './session.ts';
import { type PgTable, SCHEMA, statement } from './tables.ts';

const NEXT = statement(
  `INSERT INTO ${SCHEMA}._numbers AS n (series, value) VALUES ($1, 1)
   ON CONFLICT (series) DO UPDATE SET value = n.value + 1 RETURNING value::float8`,
);

export class Transaction implements Tx {
  private open = true;
  /** COMMIT was sent. */
  committing = false;
  changed = false;
  /** A write was refused, since this only reads. */
  wantsToWrite = false;
  private readonly views = new Map<PgTable, TableView>();
  /** Topic and payload of what listeners are told once this has landed. */
  readonly signals: (readonly [topic: string, payload: string])[] = [];

  constructor(
    readonly session: Session,
    private readonly tables: ReadonlyMap<string, PgTable>,
    private readonly writable: boolean,
  ) {}

  table<T extends Row>(table: Table<T>): Rows<T> {
    const held = this.tables.get(table.name);
    if (!held) throw new Error(`table "${table.name}" was not declared when the store was opened`);
    let view = this.views.get(held);
    if (!view) {
      view = new TableView(this, held);
      this.views.set(held, view);
    }
    return view as Rows<StoredRow> as unknown as Rows<T>;
  }

  async next(series: string): Promise<number> {
    this.assertOpen();
    this.assertWritable();
    this.changed = true;
    const { rows } = await this.session.run(NEXT, [escapeText(series)]);
    return Number(rows[0]?.[0]);
  }

  signal(topic: string, payload: string): void {
    this.assertOpen();
    this.assertWritable();
    checkSignal(topic, payload);
    this.changed = true;
    this.signals.push([topic, payload]);
  }

  /** Send what was written and end; see Session.commit. What was only read is one snapshot, whatever becomes of the end. */
  async commit(): Promise<void> {
    if (!this.changed) return this.session.leave();
    this.committing = true;
    const writes = [...this.views.values()].flatMap((view) => view.takeWrites());
    await this.session.commit(writes);
  }

  /** What only this transaction can have written, to be looked for where nobody knows whether it has landed. */
  traces(xid: string): readonly { readonly text: string; readonly values: unknown[] }[] {
    return [...this.views.values()].flatMap((view) => view.traces(xid));
  }

  /** From now on every call is refused: a promise that outlives the body must not write. */
  end(): void {
    this.open = false;
  }

  assertOpen(): void {
    if (!this.open) throw new Error('this transaction is over');
  }

  assertWritable(): void {
    if (this.writable) return;
    this.wantsToWrite = true;
    throw new StoreError('read_only', 'a read cannot write');
  }
}
