/** One transaction on one connection: begins with its first query, remembers what failed, and how it ended. */
import type { Socket } from 'node:net';
import type pg from 'pg';
import type { Backend } from './backend.ts';
import { isLost, storeError } from './errors.ts';
import { settingsOf } from './pool.ts';
import { SCHEMA, type Statement } from './tables.ts';

/**
 * `together`: serializable, beside others of its kind; PostgreSQL lets one of two fail whose result would depend on
 * their order. `alone`: no other writer runs from before it begins until after it has ended, so it cannot fail for
 * their sake. The lock is taken before the snapshot, and everything the bodies rely on follows from one of the two.
 * `beside`: guards what it writes only (see Guard), so that of two that write the same row the second one fails.
 */
export type Mode = 'together' | 'alone' | 'beside' | 'read';

/** The transaction's number makes it possible to ask later whether it has landed. */
const NUMBER = 'SELECT pg_current_xact_id()::text AS xid';
const BEGIN: Readonly<Record<Mode, string>> = {
  together: 'BEGIN ISOLATION LEVEL SERIALIZABLE',
  alone: 'BEGIN ISOLATION LEVEL REPEATABLE READ',
  beside: 'BEGIN ISOLATION LEVEL REPEATABLE READ',
  read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
};
const LOCK: Readonly<Partial<Record<Mode, string>>> = {
  together: `LOCK TABLE ${SCHEMA}._gate IN ROW SHARE MODE`,
  beside: `LOCK TABLE ${SCHEMA}._gate IN ROW SHARE MODE`,
  alone: `LOCK TABLE ${SCHEMA}._gate IN EXCLUSIVE MODE`,
};

/** All that comes before the first query of a transaction, in one go. */
function beginning(mode: Mode, backend: Backend): string {
  const lock = LOCK[mode];
  return [
    BEGIN[mode],
    ...(backend.settings === 'transaction' ? [settingsOf(backend, 'SET LOCAL')] : []),
    ...(lock === undefined ? [] : [lock]),
    ...(lock !== undefined && backend.tellsFate ? [NUMBER] : []),
  ].join('; ');
}

type Answer = pg.QueryResult<Record<string, unknown>>;

export class Session {
  /** What PostgreSQL refused first: whatever the body makes of it, nothing of this transaction can land. */
  failure: Error | undefined;
  /** The transaction's number once it is known. */
  xid: string | undefined;
  private begun: Promise<void> | undefined;
  private readonly expected: Promise<void>[] = [];
  private readonly client: pg.PoolClient;
  private readonly backend: Backend;
  readonly mode: Mode;

  constructor(client: pg.PoolClient, mode: Mode, backend: Backend) {
    this.client = client;
    this.mode = mode;
    this.backend = backend;
  }

  /** Rejects with StoreError `conflict` or `unavailable`, and then so does everything after it. */
  async run({ name, text }: Statement, values: unknown[]): Promise<Answer> {
    if (this.failure) throw this.failure;
    this.gather();
    // Not awaited: both are on their way at once, and when BEGIN fails so does what follows.
    this.begun ??= this.begin();
    return this.watch(this.client.query(this.backend.prepares ? { name, text, values } : { text, values }));
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
    const sent = last.map(([statement, values]) => this.run(statement, values));
    await Promise.all(this.expected);
    if (this.failure) {
      await Promise.allSettled(sent);
      throw this.failure;
    }
    if (!this.begun) return;
    const commit = this.watch(this.client.query('COMMIT'));
    const settled = await Promise.allSettled([this.begun, ...sent, commit]);
    if (!this.failure) {
      const ended = settled.at(-1);
      if (ended?.status === 'fulfilled' && ended.value && 'command' in ended.value) {
        if (ended.value.command === 'COMMIT') return;
        this.failure = new Error(`PostgreSQL answered COMMIT with ${ended.value.command}`);
      }
    }
    throw this.failure ?? new Error('COMMIT was not answered');
  }

  /** End a transaction that has only read: nobody needs to wait for that. */
  leave(): void {
    if (this.begun) this.client.query('COMMIT').catch(() => {});
  }

  /** Take all back. After a failure of the connection PostgreSQL does so by itself. */
  async rollback(): Promise<void> {
    if (!this.begun) return;
    await this.begun.catch(() => {});
    await this.client.query('ROLLBACK').catch((error) => {
      this.failure ??= storeError(error);
    });
  }

  /** Give the connection back, or throw it away when it is no good any more. */
  release(): void {
    this.client.release(this.failure !== undefined && isLost(this.failure.cause ?? this.failure));
  }

  /** What is asked in the same breath goes out in one write: each costs a call of the system. */
  private gather(): void {
    const { stream } = (this.client as unknown as { readonly connection: { readonly stream: Socket } })
      .connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  private begin(): Promise<void> {
    const text = beginning(this.mode, this.backend);
    const begun = this.watch(this.client.query(text)).then((answers: unknown) => {
      const last = Array.isArray(answers) ? (answers.at(-1) as Answer).rows[0]?.xid : undefined;
      if (last !== undefined) this.xid = String(last);
    });
    begun.catch(() => {});
    return begun;
  }

  private async watch<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      this.failure ??= storeError(error);
      throw this.failure;
    }
  }
}
