/**
 * One table inside a transaction. All that it reads is one snapshot, so a row read once is known, and writes are
 * checked against what is known and sent later, together: before the next query of this table, or with COMMIT.
 */
import type { AnyQuery, AnyWhere } from '../query-shape.ts';
import { assertCurrent, duplicate, makeRow } from '../rows.ts';
import type { IndexValue, Page, Query, Rows } from '../store.ts';
import { cursorAt, type StoredRow } from '../values.ts';
import type { Answer } from './batch.ts';
import { idKey, textOfKey } from './keys.ts';
import { GATHERED, matchRows } from './match.ts';
import { anyWithKey, countRows, countRowsBy, findRows, type Prepared } from './query.ts';
import type { Session } from './session.ts';
import type { PgTable, Statement } from './tables.ts';

/** What a table needs of the transaction that it is looked at in. */
interface Running {
  readonly session: Session;
  changed: boolean;
  assertOpen(): void;
  assertWritable(): void;
}

/** The revision in the database (undefined: no row), and the row as it is to be (undefined: none). */
interface Write {
  readonly there: number | undefined;
  readonly row: StoredRow | undefined;
}

type Send = readonly [Statement, unknown[]];

export class TableView implements Rows<StoredRow> {
  /** Rows as this transaction sees them. */
  private readonly known = new Map<string, StoredRow | undefined>();
  private readonly writes = new Map<string, Write>();
  private readonly touched = new Set<string>();
  /** Answers to what was asked since the last write: in one snapshot the same question has the same answer. */
  private readonly answers = new Map<string, Promise<Answer>>();

  constructor(
    private readonly tx: Running,
    private readonly held: PgTable,
  ) {}

  async get(id: string): Promise<StoredRow | undefined> {
    this.tx.assertOpen();
    if (this.known.has(id)) return this.known.get(id);
    const { rows } = await this.askOnce({ statement: this.held.get, values: [idKey(id)] });
    const row = rows[0] && this.load(rows[0]);
    // Somebody may have put it while this was on its way.
    if (!this.known.has(id)) this.known.set(id, row);
    return this.known.get(id);
  }

  async put(value: Omit<StoredRow, 'rev'> & { readonly rev?: number }): Promise<StoredRow> {
    this.tx.assertOpen();
    this.tx.assertWritable();
    const { rev } = value;
    const { row } = makeRow(this.held, value, (rev ?? 0) + 1);
    // What nobody has asked for is most likely new: its insertion finds out, and nobody waits for that.
    if (rev === undefined && !this.known.has(row.id)) {
      this.insertNew(row);
      return row;
    }
    await this.get(row.id);
    this.tx.assertOpen();
    // From here on nothing is awaited, so of two that put the same row at once the second finds the first.
    const there = this.known.get(row.id);
    assertCurrent(this.held, row.id, rev, there);
    this.write(row.id, there?.rev, row);
    return row;
  }

  async delete({ id, rev }: { readonly id: string; readonly rev: number }): Promise<void> {
    this.tx.assertOpen();
    this.tx.assertWritable();
    await this.get(id);
    this.tx.assertOpen();
    assertCurrent(this.held, id, rev, this.known.get(id));
    this.write(id, rev, undefined);
  }

  async find(query: Query<StoredRow>): Promise<Page<StoredRow>> {
    this.tx.assertOpen();
    if (query.claim) this.tx.assertWritable();
    if (query.match?.length) return this.findByTerms(query as unknown as AnyQuery);
    const prepared = findRows(this.held, query as unknown as AnyQuery);
    if (!prepared) return { rows: [] };
    // A claim takes what nobody else has by now.
    return this.pageOf(await this.askRows(prepared, query.claim), query);
  }

  /** On the way through the order first, which is enough for common terms, then among all rows that have the terms. */
  private async findByTerms(query: AnyQuery): Promise<Page<StoredRow>> {
    const asked = matchRows(this.held, query);
    if (!asked) return { rows: [] };
    const near = await this.askRows(asked.walk);
    if (near.length > query.limit) return this.pageOf(near, query);
    const { rows } = await this.ask(asked.gather);
    if (Number(rows[0]?.[2] ?? 0) <= GATHERED)
      return this.pageOf(
        rows.map((each) => this.learn(each)),
        query,
      );
    const [last] = await this.askRows(asked.walked);
    return { rows: near, ...(last && { next: this.cursorAt(last, query) }) };
  }

  private async askRows(prepared: Prepared, claim = false): Promise<StoredRow[]> {
    const { rows } = await (claim ? this.ask(prepared) : this.askOnce(prepared));
    return rows.map((each) => this.learn(each));
  }

  /** A page of what was found, maybe one more than a page holds. */
  private pageOf(rows: readonly StoredRow[], query: Pick<AnyQuery, 'order' | 'limit'>): Page<StoredRow> {
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return rows.length > page.length && last
      ? { rows: page, next: this.cursorAt(last, query) }
      : { rows: page };
  }

  private cursorAt(row: StoredRow, { order }: Pick<AnyQuery, 'order'>): string {
    const value = order === undefined ? null : (row[order] as IndexValue | undefined);
    return cursorAt({ value: value ?? null, id: row.id });
  }

  async count(where?: object): Promise<number> {
    this.tx.assertOpen();
    const { rows } = await this.askOnce(countRows(this.held, where as AnyWhere | undefined));
    return Number(rows[0]?.[0]);
  }

  async countBy(by: string | number, where: object = {}): Promise<Record<string, number>> {
    this.tx.assertOpen();
    const field = String(by);
    const sums = new Map<string, number>();
    const { rows } = await this.askOnce(countRowsBy(this.held, field, where as AnyWhere));
    for (const [key, n] of rows) {
      const text = textOfKey(String(key)) ?? (await this.longText(field, where as AnyWhere, String(key)));
      sums.set(text, (sums.get(text) ?? 0) + Number(n));
    }
    return Object.fromEntries(sums);
  }

  /** Asks for each row that this transaction has put, as it put it. @param xid the transaction's number */
  traces(xid: string): { readonly text: string; readonly values: unknown[] }[] {
    return [...this.touched].flatMap((id) => {
      const row = this.known.get(id);
      if (!row) return [];
      const [key, rev, data] = this.held.valuesOf(row);
      return [{ text: this.held.trace, values: [key, rev, data, xid] }];
    });
  }

  /** What is to be sent, in the order in which it was first written. */
  takeWrites(): Send[] {
    const { held } = this;
    const sent = [...this.writes].flatMap(([id, { there, row }]): Send[] => {
      if (row && there === undefined) return [[held.insert, held.written(row)]];
      if (row) return [[held.update, [...held.written(row), there]]];
      return there === undefined ? [] : [[held.remove, [idKey(id), there]]];
    });
    this.writes.clear();
    return sent;
  }

  /** Fails the transaction with `duplicate` when the id is taken. */
  private insertNew(row: StoredRow): void {
    this.tx.changed = true;
    this.touched.add(row.id);
    this.known.set(row.id, row);
    this.answers.clear();
    const sent = this.ask({ statement: this.held.insertNew, values: this.held.written(row) });
    this.tx.session.expect(sent, ({ tag }) =>
      tag === 'INSERT 0 0' ? duplicate(this.held, row.id) : undefined,
    );
  }

  private write(id: string, there: number | undefined, row: StoredRow | undefined): void {
    this.tx.changed = true;
    this.touched.add(id);
    const earlier = this.writes.get(id);
    this.writes.set(id, { there: earlier ? earlier.there : there, row });
    this.known.set(id, row);
    this.answers.clear();
  }

  private askOnce(prepared: Prepared): Promise<Answer> {
    const { statement, values } = prepared;
    const [first, ...more] = values;
    const plain = typeof first === 'string' && more.length === 0;
    const question = `${statement.name}${plain ? first : JSON.stringify(values)}`;
    const known = this.answers.get(question) ?? this.ask(prepared);
    this.answers.set(question, known);
    return known;
  }

  /** Own writes first: a query sees them. */
  private async ask({ statement, values }: Prepared) {
    const { session } = this.tx;
    const sent = this.takeWrites().map(([write, with_]) => session.run(write, with_));
    const answer = session.run(statement, values);
    // One failure fails them all, with the same error.
    await Promise.allSettled(sent);
    return answer;
  }

  private async longText(by: string, where: AnyWhere, key: string): Promise<string> {
    const [row] = (await this.ask(anyWithKey(this.held, by, where, key))).rows;
    return row ? String(this.learn(row)[by] ?? null) : key;
  }

  private learn(answer: Answer['rows'][number]): StoredRow {
    const row = this.load(answer);
    const known = this.known.get(row.id);
    if (known) return known;
    this.known.set(row.id, row);
    return row;
  }

  private load([rev, data]: Answer['rows'][number]): StoredRow {
    return this.held.loaded.load(String(rev), String(data));
  }
}
