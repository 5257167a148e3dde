/** The embedded store: rows in memory, a readable snapshot and a synced journal beside it; one process. */
import { Low } from 'lowdb';
import type { Log } from '../../lib/log.ts';
import { Listeners } from '../signals.ts';
import { type AnyTable, type Item, type Listener, type Store, StoreError, type Tx } from '../store.ts';
import { FileAdapter } from './adapter.ts';
import { gather, itemsOf, snapshotOf } from './copy.ts';
import { confirmed, type FileSystem, nodeFileSystem } from './fs.ts';
import { Journal } from './journal.ts';
import { acquireLock, type Lock, type LockOptions } from './lock.ts';
import { Memory } from './memory.ts';
import { Queue } from './queue.ts';
import { Transaction } from './transaction.ts';

export interface LowdbOptions {
  /** Where the files are: `huishang.json`, `huishang.<generation>.journal`, `huishang.lock`. Made if missing. */
  readonly dir: string;
  readonly tables: readonly AnyTable[];
  readonly log?: Log;
  /** For tests. */
  readonly fs?: FileSystem;
  readonly lock?: Pick<LockOptions, 'self' | 'beatMs' | 'deadMs'>;
  /** Journal bytes after which they are folded into the snapshot, instead of those of `foldsAfter`. */
  readonly foldAfterBytes?: number;
}

/** Closing folds up to this many bytes of snapshot and journal: a moment, and the snapshot is up to date. */
const FOLD_AT_CLOSE = 16 * 1024 * 1024;
/** A transaction that meets a conflict runs again this often. */
const RERUNS = 5;

/**
 * By default the journal is folded once it has so many bytes and the snapshot `size`. Reading a journal takes as long
 * as reading a snapshot of its size, so it stays short; writing a snapshot takes as long as it is large, so it is not
 * written often.
 */
export function foldsAfter(size: number): number {
  return Math.max(64 * 1024 * 1024, size / 8);
}

/**
 * Open the store in `dir`. Throws StoreError `locked` while another process has it open, `damaged` naming file and
 * line when a file is not what was written, `unavailable` when the disk refuses.
 */
export async function openLowdb(options: LowdbOptions): Promise<Store> {
  const { dir, fs = nodeFileSystem, log } = options;
  let lock: Lock | undefined;
  let store: LowdbStore | undefined;
  try {
    await fs.mkdir(dir);
    lock = await acquireLock(fs, `${dir}/huishang.lock`, {
      ...options.lock,
      onLost: (error) => store?.lose(error),
      onWait: ({ pid, host }) =>
        log?.warn({ pid, host }, 'the lock is of a process elsewhere: waiting whether it lives'),
    });
    const { takenFrom, confirm } = lock;
    if (takenFrom) log?.warn({ pid: takenFrom }, 'took over the lock of a process that died');
    if (!(await fs.protect(dir)))
      log?.warn({ dir }, 'other users of this machine may read this folder: chmod 700 it, or use another');
    store = new LowdbStore({ ...options, fs: confirmed(fs, confirm) }, lock);
    await store.open();
    return store;
  } catch (cause) {
    await store?.abandon();
    await lock?.release();
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('unavailable', `${dir}: the store cannot be opened: ${cause}`, { cause });
  }
}

interface Outcome<R> {
  readonly result: { readonly value: R } | { readonly error: unknown };
  /** Settles when all that the body saw and wrote is durable, or undone. */
  readonly durable: Promise<void> | undefined;
  /** What is told to those who listen after that. */
  readonly signals?: readonly (readonly [string, string])[];
}

class LowdbStore implements Store {
  private readonly journal: Journal;
  private readonly adapter: FileAdapter;
  private readonly db: Low<Memory>;
  private readonly queue: Queue;
  private readonly listeners = new Listeners();
  private inBody = false;
  private folding: Promise<void> | undefined;
  /** After a fold that failed: the backlog at which the next one is tried. */
  private foldAgainAt = 0;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: LowdbOptions & { readonly fs: FileSystem },
    private readonly lock: Lock,
  ) {
    const { fs, dir, tables, log } = options;
    this.queue = new Queue(() => this.journal.kick());
    this.journal = new Journal({
      fs,
      dir,
      onFailure: () => this.onFailure(),
      onSynced: () => this.foldIfLong(),
    });
    const busy = () => this.inBody;
    this.adapter = new FileAdapter({ fs, dir, tables, journal: this.journal, busy, log });
    this.db = new Low<Memory>(this.adapter, new Memory(tables));
  }

  async open(): Promise<void> {
    await this.db.read();
    // The first time there is no journal to go on with; a fold begins one.
    if (this.journal.generation === 0) await this.db.write();
    this.foldIfLong();
  }

  /** Another process has the data: what this one has in memory is not to be given out any more, nor written. */
  lose(error: StoreError): void {
    this.options.log?.error(
      { error },
      'another process has taken the data over, this one refuses all from here on',
    );
    this.adapter.stop('the lock is lost');
    this.closing ??= this.journal.close();
  }

  /** Let go of the files after an opening that failed. */
  async abandon(): Promise<void> {
    await this.journal.close();
  }

  transaction<R>(body: (tx: Tx) => Promise<R>): Promise<R> {
    return this.settle(body, true);
  }

  read<R>(body: (tx: Tx) => Promise<R>): Promise<R> {
    return this.settle(body, false);
  }

  listen(topic: string, listener: Listener): () => void {
    return this.listeners.add(topic, listener);
  }

  async *export(): AsyncGenerator<Item> {
    yield* itemsOf(await this.read(async () => snapshotOf(this.db.data)));
  }

  async import(items: AsyncIterable<Item>, { replace = false } = {}): Promise<void> {
    this.assertOpen();
    while (!(await this.queue.run(() => this.takeIn(items, replace), true))) await this.journal.pending();
  }

  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async settle<R>(body: (tx: Tx) => Promise<R>, writes: boolean): Promise<R> {
    this.assertOpen();
    const { result, durable, signals = [] } = await this.queue.run(() => this.attempt(body, writes), writes);
    // Even an error may tell of rows that are not durable yet.
    await durable;
    if ('error' in result) throw result.error;
    for (const [topic, payload] of signals) this.listeners.tell(topic, payload);
    return result.value;
  }

  private assertOpen(): void {
    if (this.closing) throw new StoreError('unavailable', `${this.options.dir}: the store is closed`);
  }

  /**
   * Everything anew, in one snapshot: before its rename nothing has changed, after it all has.
   * Resolves to false, having done nothing, while there are commits that are not durable yet.
   */
  private async takeIn(items: AsyncIterable<Item>, replace: boolean): Promise<boolean> {
    if (this.journal.failure) await this.recover();
    if (this.journal.pending()) return false;
    const { dir, tables } = this.options;
    const before = this.db.data;
    if (!replace && !before.empty) throw new StoreError('not_empty', `${dir}: there is something already`);
    const after = await gather(new Memory(tables), items);
    this.adapter.stop('everything is replaced');
    await this.folding;
    try {
      this.db.data = after;
      await this.db.write();
      return true;
    } catch (cause) {
      // Nobody knows which of the two the files hold: whoever opens them finds out.
      this.closing ??= this.journal.close().then(() => this.lock.release());
      throw this.unavailable('the copy was not kept, open the store again', cause);
    }
  }

  private async attempt<R>(body: (tx: Tx) => Promise<R>, writes: boolean): Promise<Outcome<R>> {
    if (writes && this.journal.failure) await this.recover();
    for (let reruns = 0; ; reruns += 1) {
      const tx = new Transaction(this.db.data, writes);
      this.inBody = true;
      try {
        const value = await body(tx);
        const durable = tx.kept ? this.journal.add(tx) : this.journal.pending();
        return { result: { value }, durable, signals: tx.signals };
      } catch (error) {
        tx.undo();
        const again = error instanceof StoreError && error.code === 'conflict' && reruns < RERUNS;
        if (!again) return { result: { error }, durable: this.journal.pending() };
      } finally {
        tx.end();
        this.inBody = false;
      }
    }
  }

  /** A batch could not be written: undo it, and what came after it, before any other body runs. */
  private onFailure(): void {
    const failure = this.journal.failure;
    this.adapter.stop('the journal failed');
    this.options.log?.error({ error: failure?.cause }, 'the journal cannot be written');
    this.queue.first(async () => {
      const tell = await this.journal.undoAll();
      tell(this.unavailable('nothing was kept of this transaction', failure?.cause));
    });
  }

  /** Bring the journal back after a failure. Rejects with `unavailable`, for all that wait, when the disk still refuses. */
  private async recover(): Promise<void> {
    try {
      await this.folding;
      if (this.journal.failure?.stage === 'append') await this.journal.cutBack().catch(() => {});
      if (this.journal.failure) {
        // After a failed sync nobody knows what the file holds: all rows go into a new snapshot first.
        await this.db.write();
        this.journal.repaired();
      }
      this.options.log?.info('the journal can be written again');
    } catch (cause) {
      const error = this.unavailable('the disk still refuses', cause);
      this.queue.rejectWrites(error);
      throw error;
    }
  }

  private unavailable(what: string, cause: unknown): StoreError {
    return new StoreError('unavailable', `${this.options.dir}: ${what}: ${cause}`, { cause });
  }

  private foldIfLong(): void {
    const { backlog } = this.journal;
    const limit = this.options.foldAfterBytes ?? foldsAfter(this.adapter.size);
    if (this.folding || this.closing || backlog < limit || backlog < this.foldAgainAt) return;
    this.folding = this.db
      .write()
      .then(
        () => {
          this.foldAgainAt = 0;
        },
        (error) => {
          this.foldAgainAt = backlog + limit;
          // Closing gives a fold up on purpose: the journal has it all.
          if (!this.closing)
            this.options.log?.warn({ error }, 'the journal could not be folded, it grows on');
        },
      )
      .finally(() => {
        this.folding = undefined;
      });
  }

  private async shut(): Promise<void> {
    await this.queue.idle();
    await this.journal.pending()?.catch(() => {});
    await this.queue.idle();
    this.adapter.stop('the store is closing');
    await this.folding;
    const { backlog, failure } = this.journal;
    if (!failure && backlog > 0 && backlog + this.adapter.size <= FOLD_AT_CLOSE) {
      await this.db.write().catch((error) => {
        this.options.log?.warn({ error }, 'the journal could not be folded, it stays');
      });
    }
    await this.journal.close();
    await this.lock.release();
  }
}
