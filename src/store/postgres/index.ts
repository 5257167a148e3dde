/** The distributed store: any number of servers over one PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '../../lib/log.ts';
import { Listeners } from '../signals.ts';
import {
  type AnyTable,
  type Guard,
  type Item,
  type Listener,
  type Store,
  StoreError,
  type Tx,
} from '../store.ts';
import { type Backend, type BackendName, backends } from './backend.ts';
import { TermCatchUp } from './catch-up.ts';
import { ConflictRate } from './conflict-rate.ts';
import { exportAll, importAll } from './copy.ts';
import { isLost, storeError } from './errors.ts';
import { NotifyListener } from './listen.ts';
import { migrate } from './migrate.ts';
import { Notifier } from './notify.ts';
import { createPool, MAX_CONNECTIONS } from './pool.ts';
import { isSerializable } from './probe.ts';
import { type Mode, Session } from './session.ts';
import { Slots } from './slots.ts';
import { PgTable } from './tables.ts';
import { Transaction } from './transaction.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; TLS and the like as `pg` reads them from it. */
  readonly url: string;
  readonly tables: readonly AnyTable[];
  readonly log?: Log;
  /** The engine behind the address; PostgreSQL itself when absent. */
  readonly backend?: BackendName;
  /** Where signals of other servers are heard, past a pooler; absent: at `url`, if the engine can. */
  readonly listenUrl?: string;
  /** Do not open where transactions are not kept apart; absent: writers run one after another there. */
  readonly mustIsolate?: boolean;
}

/** A transaction that meets a conflict runs again this often, and from the first time on alone. */
const RERUNS = 5;
/** How long the fate of a COMMIT whose connection was lost is asked for, in ms. */
const FATE_MS = 5_000;
/** How long a transaction waits for its turn, in ms. */
const TURN_MS = 8_000;
/** Connections that writers leave to those who read. */
const FOR_READERS = 4;

/**
 * Open the store, after tables and indexes have been made where they are missing. Throws StoreError `unavailable`
 * when PostgreSQL cannot be reached, or does not isolate and must; `damaged` when it holds rows that a schema refuses.
 */
export async function openPostgres(options: PostgresOptions): Promise<Store> {
  const { url, tables, log, mustIsolate = false } = options;
  const held = new Map<string, PgTable>();
  for (const table of tables) {
    if (held.has(table.name)) throw new Error(`two tables are called "${table.name}"`);
    held.set(table.name, new PgTable(table.name, table));
  }
  await migrate(url, [...held.values()], log);
  const isolates = await isSerializable(url);
  if (!isolates && mustIsolate)
    throw new StoreError('unavailable', 'PostgreSQL: SERIALIZABLE transactions are not kept apart here');
  if (!isolates)
    log?.warn('SERIALIZABLE transactions are not kept apart here: writers run one after another');
  return new PostgresStore(options, held, isolates);
}

class PostgresStore implements Store {
  private readonly pool: pg.Pool;
  private readonly listeners = new Listeners();
  private readonly notifications: NotifyListener;
  private readonly notifier: Notifier;
  private readonly backend: Backend;
  readonly serial: boolean;
  readonly shared = true;
  private readonly conflicts = new ConflictRate();
  private readonly writers = new Slots(MAX_CONNECTIONS - FOR_READERS, TURN_MS);
  /** One at work, and one that is at the door when it is done. */
  private readonly oneByOne = new Slots(2, TURN_MS);
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly catchUps: readonly TermCatchUp[];
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: PostgresOptions,
    private readonly tables: ReadonlyMap<string, PgTable>,
    isolates: boolean,
  ) {
    const { url, log, backend = 'postgres' } = options;
    this.serial = !isolates;
    this.backend = backends[backend];
    this.pool = createPool(url, this.backend, log);
    this.notifier = new Notifier(this.pool, log);
    const hearAt = options.listenUrl ?? (this.backend.listens ? url : undefined);
    this.notifications = new NotifyListener(hearAt, this.listeners, log);
    const session = (client: pg.PoolClient) =>
      new Session(client, this.serial ? 'alone' : 'together', this.backend);
    this.catchUps = [...tables.values()].flatMap(
      (table) => TermCatchUp.of(table, async () => session(await this.pool.connect()), log) ?? [],
    );
  }

  transaction<R>(body: (tx: Tx) => Promise<R>, guard: Guard = 'all'): Promise<R> {
    return this.track(() => this.runAgain(body, guard));
  }

  read<R>(body: (tx: Tx) => Promise<R>): Promise<R> {
    return this.track(() => this.attempt(body, 'read'));
  }

  listen(topic: string, listener: Listener): () => void {
    this.notifications.open();
    return this.listeners.add(topic, listener);
  }

  async *export(): AsyncGenerator<Item> {
    this.assertOpen();
    yield* exportAll(this.options.url, this.tables);
  }

  import(items: AsyncIterable<Item>, { replace = false } = {}): Promise<void> {
    return this.track(async () => {
      await importAll(this.options.url, this.tables, items, replace).catch((error) => {
        throw storeError(error);
      });
    });
  }

  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    await Promise.allSettled([...this.underWay]);
    await Promise.all(this.catchUps.map((each) => each.close()));
    await this.notifier.close();
    await this.notifications.close();
    await this.pool.end();
  }

  private assertOpen(): void {
    if (this.closing) throw new StoreError('unavailable', 'PostgreSQL: the store is closed');
  }

  private async track<R>(work: () => Promise<R>): Promise<R> {
    this.assertOpen();
    const running = work();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  /** Beside others first; after a conflict alone, where nobody can come first again. */
  private async runAgain<R>(body: (tx: Tx) => Promise<R>, guard: Guard): Promise<R> {
    const looked = guard === 'looks' ? await this.look(body) : undefined;
    if (looked) return looked.value;
    let mode: Mode = this.serial ? 'alone' : guard === 'written' ? 'beside' : this.conflicts.next();
    for (let reruns = 0; ; reruns += 1) {
      try {
        const slots = mode === 'alone' ? this.oneByOne : this.writers;
        const result = await slots.run(() => this.attempt(body, mode));
        if (mode === 'together') this.conflicts.ran(false);
        return result;
      } catch (error) {
        const conflict = error instanceof StoreError && error.code === 'conflict';
        if (mode === 'together') this.conflicts.ran(conflict);
        if (!conflict || reruns >= RERUNS) throw error;
        this.options.log?.debug({ reruns, mode, err: error }, 'a transaction runs again');
        if (mode !== 'beside' || reruns > 1) mode = 'alone';
      }
    }
  }

  /** Read only; undefined when it wants to write, whatever it made of it that it could not. */
  private async look<R>(body: (tx: Tx) => Promise<R>): Promise<{ readonly value: R } | undefined> {
    let view: Transaction | undefined;
    const watched = (tx: Transaction) => {
      view = tx;
      return body(tx);
    };
    try {
      const value = await this.attempt(watched, 'read');
      return view?.wantsToWrite ? undefined : { value };
    } catch (error) {
      if (view?.wantsToWrite) return undefined;
      throw error;
    }
  }

  private async attempt<R>(body: (tx: Transaction) => Promise<R>, mode: Mode): Promise<R> {
    const client = await this.pool.connect().catch((error) => {
      throw storeError(error);
    });
    const session = new Session(client, mode, this.backend);
    const tx = new Transaction(session, this.tables, mode !== 'read');
    let ended: { readonly value: R } | { readonly error: unknown };
    try {
      const value = await body(tx);
      tx.end();
      ended = { value };
    } catch (error) {
      tx.end();
      ended = { error };
    }
    try {
      // What the body makes of a failure of PostgreSQL does not count.
      if (session.failure) throw session.failure;
      if ('error' in ended) throw ended.error;
      await tx.commit();
      this.tell(tx.signals);
      return ended.value;
    } catch (error) {
      const lost = session.failure !== undefined && isLost(session.failure.cause ?? session.failure);
      if ('value' in ended && tx.committing && lost && (await this.hasLanded(session, tx))) {
        this.tell(tx.signals);
        return ended.value;
      }
      if (!lost) await session.rollback();
      throw session.failure ?? error;
    } finally {
      session.release();
    }
  }

  /** What has landed is told: to all servers, and here at once where our own words do not come back. */
  private tell(signals: Transaction['signals']): void {
    for (const [topic, payload] of signals) {
      this.notifier.say(topic, payload);
      if (!this.notifications.hears) this.listeners.tell(topic, payload);
    }
  }

  /**
   * Whether the transaction has landed whose COMMIT was not answered. Its number alone does not say it: after a crash
   * PostgreSQL gives numbers again of which nothing was written down, and another one may have landed under this one.
   */
  private async hasLanded({ mode, xid }: Session, tx: Transaction): Promise<boolean> {
    if (mode === 'read' || xid === undefined) return false;
    const until = performance.now() + FATE_MS;
    for (let wait = 50; performance.now() < until; wait = Math.min(wait * 2, 1_000)) {
      try {
        const { rows } = await this.pool.query<{ fate: string | null }>(
          'SELECT pg_xact_status($1::xid8) AS fate',
          [xid],
        );
        const fate = rows[0]?.fate;
        if (fate === 'committed') {
          for (const { text, values } of tx.traces(xid))
            if ((await this.pool.query(text, values)).rows.length > 0) return true;
        }
        if (fate !== 'in progress') return false;
      } catch (error) {
        this.options.log?.debug({ err: error }, 'PostgreSQL cannot be asked yet what has landed');
      }
      await sleep(wait * (0.5 + Math.random() / 2));
    }
    return false;
  }
}
