/** One transaction on one connection: begins with its first query, remembers what failed, and how it ended. */
import type pg from 'pg';
import type { Backend } from './backend.ts';
import { type Answer, Batch } from './batch.ts';
import { isLost, storeError } from './errors.ts';
import { settingsOf } from './pool.ts';
import { SCHEMA, type Statement, statement } from './tables.ts';

/**
 * `together`: serializable, beside others of its kind; PostgreSQL lets one of two fail whose result would depend on
 * their order. `alone`: no other writer runs from before it begins until after it has ended, so it cannot fail for
 * their sake. The lock is taken before the snapshot, and everything the bodies rely on follows from one of the two.
 * `beside`: guards what it writes only (see Guard), so that of two that write the same row the second one fails.
 */
export type Mode = 'together' | 'alone' | 'beside' | 'read';

/** The transaction's number makes it possible to ask later whether it has landed. */
const NUMBER = statement('SELECT pg_current_xact_id()::text');
const BEGIN: Readonly<Record<Mode, Statement>> = {
  together: statement('BEGIN ISOLATION LEVEL SERIALIZABLE'),
  alone: statement('BEGIN ISOLATION LEVEL REPEATABLE READ'),
  beside: statement('BEGIN ISOLATION LEVEL REPEATABLE READ'),
  read: statement('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
};
const SHARED = statement(`LOCK TABLE ${SCHEMA}._gate IN ROW SHARE MODE`);
const LOCK: Readonly<Partial<Record<Mode, Statement>>> = {
  together: SHARED,
  beside: SHARED,
  alone: statement(`LOCK TABLE ${SCHEMA}._gate IN EXCLUSIVE MODE`),
};
/** Not prepared: there is next to nothing in them to prepare. */
const COMMIT: Statement = { name: '', text: 'COMMIT' };
const ROLLBACK: Statement = { name: '', text: 'ROLLBACK' };

export class Session {
  /** What PostgreSQL refused first: whatever the body makes of it, nothing of this transaction can land. */
  failure: Error | undefined;
  /** The transaction's number once it is known. */
  xid: string | undefined;
  private begun: Promise<void> | undefined;
  /** What is asked before the event loop goes on: it is sent together. */
  private batch: Batch | undefined;
  private readonly expected: Promise<void>[] = [];

  constructor(
    private readonly client: pg.PoolClient,
    readonly mode: Mode,
    private readonly backend: Backend,
  ) {}

  /** Rejects with StoreError `conflict` or `unavailable`, and then so does everything after it. */
  async run(statement: Statement, values: readonly unknown[]): Promise<Answer> {
    if (this.failure) throw this.failure;
    // Not awaited: all goes out together, and when BEGIN fails so does what follows.
    if (!this.begun) {
      this.begun = this.begin();
      this.begun.catch(() => {});
    }
    return this.ask(statement, values);
  }

  /** What an answer must be, which nobody waits for before the end: `wrong` says why everything fails otherwise. */
  expect(answer: Promise<Answer>, wrong: (answer: Answer) => Error | undefined): void {
    const checked = answer.then(
      (given) => {
        this.failure ??= wrong(given);
      },
      () => {
        // Noted already by whoever sent it.
      },
    );
    this.expected.push(checked);
  }

  /**
   * Land all; `last` is sent along and belongs to it. Rejects with the first failure; when that is the connection's,
   * the transaction may have landed all the same.
   */
  async commit(last: readonly (readonly [Statement, unknown[]])[]): Promise<void> {
    const sent = Promise.allSettled(last.map(([statement, values]) => this.run(statement, values)));
    await Promise.all(this.expected);
    // Without its number nobody could ask whether it has landed.
    if (this.begun && this.backend.tellsFate) await this.begun;
    if (this.failure) {
      await sent;
      throw this.failure;
    }
    if (!this.begun) return;
    const { tag } = await this.ask(COMMIT);
    if (tag !== 'COMMIT') throw this.fail(new Error(`PostgreSQL answered COMMIT with ${tag}`));
  }

  /** End a transaction that has only read: nobody needs to wait for that. */
  leave(): void {
    if (this.begun) this.askAlone(COMMIT).catch(() => {});
  }

  /** Take all back. After a failure of the connection PostgreSQL does so by itself. */
  async rollback(): Promise<void> {
    // Why it could not be done is kept as the failure.
    if (this.begun) await this.askAlone(ROLLBACK).catch(() => {});
  }

  /** Give the connection back, or throw it away when it is no good any more. */
  release(): void {
    this.client.release(this.failure !== undefined && isLost(this.failure.cause ?? this.failure));
  }

  private async begin(): Promise<void> {
    const { mode, backend } = this;
    const lock = LOCK[mode];
    const settings = backend.settings === 'transaction' ? settingsOf(backend, 'SET LOCAL') : [];
    const before = [
      BEGIN[mode],
      ...settings.map((text) => ({ name: '', text })),
      ...(lock ? [lock, ...(backend.tellsFate ? [NUMBER] : [])] : []),
    ];
    const answers = await Promise.all(before.map((each) => this.ask(each)));
    if (before.at(-1) === NUMBER) this.xid = answers.at(-1)?.rows[0]?.[0] ?? undefined;
  }

  /** In the batch that goes out next. */
  private async ask(statement: Statement, values: readonly unknown[] = []): Promise<Answer> {
    if (!this.batch) {
      this.batch = new Batch(this.backend.prepares);
      process.nextTick(() => this.send());
    }
    try {
      return await this.batch.add(statement, values);
    } catch (error) {
      throw this.fail(storeError(error));
    }
  }

  /** Where something else that fails must not keep it from being done. */
  private askAlone(statement: Statement): Promise<Answer> {
    this.send();
    return this.ask(statement);
  }

  private send(): void {
    const { batch } = this;
    this.batch = undefined;
    if (batch) this.client.query(batch as unknown as pg.Submittable);
  }

  /** What failed first counts. */
  private fail(error: Error): Error {
    this.failure ??= error;
    return this.failure;
  }
}
