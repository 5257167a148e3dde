/**
 * The journal: one line per commit, appended and synced in batches; whatever arrives during a sync shares the next.
 * Behind the last line lie zeros, written ahead: a sync is a fifth faster while the file need not become longer.
 */
import type { FileSystem, StoreFile } from './fs.ts';
import { formatLine, journalName } from './record.ts';

/** What the journal needs of a commit. */
export interface Commit {
  toJson(): string;
  undo(): void;
}

export interface JournalFailure {
  /** `append`: nothing of what lay there before is in doubt. `sync`: the file is not to be trusted any more. */
  readonly stage: 'append' | 'sync';
  readonly cause: unknown;
}

/** Commits that become durable together. */
interface Batch {
  readonly commits: Commit[];
  readonly lines: string[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function newBatch(): Batch {
  let resolve: Batch['resolve'] | undefined;
  let reject: Batch['reject'] | undefined;
  const done = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  if (!resolve || !reject) throw new Error('a promise did not call its executor');
  // Those who wait for the batch get the error; a batch that nobody waits for must not end the process.
  done.catch(ignore);
  return { commits: [], lines: [], done, resolve, reject };
}

function ignore(): void {}

/** Bytes of zeros written ahead in one go: enough for some thirty commits, little enough to go along with one. */
const AHEAD = 32 * 1024;

export class Journal {
  /** The generation appended to, and how much of its file is acknowledged. */
  generation = 0;
  length = 0;
  /** Bytes in all generations that the snapshot does not yet hold. */
  backlog = 0;
  /** The last acknowledged commit. */
  sequence = 0;
  failure: JournalFailure | undefined;
  private file: StoreFile | undefined;
  private gathering = newBatch();
  private flying: Batch | undefined;
  private working = false;
  /** Up to here the file is written, `length` bytes of it with lines. */
  private written = 0;
  /** Whether anything was ever written to the file, acknowledged or not. */
  private touched = false;
  private between: { act: () => void; reject: (error: unknown) => void }[] = [];

  /** `onFailure` is called once per failure; nothing is written until `undoAll` and a repair have been made. */
  constructor(
    private readonly parts: {
      readonly fs: FileSystem;
      readonly dir: string;
      onFailure(): void;
      onSynced(): void;
    },
  ) {}

  path(generation: number): string {
    return `${this.parts.dir}/${journalName(generation)}`;
  }

  /** Go on with the last journal that was read; `length` is its size without what was written ahead. */
  async resume(at: { generation: number; length: number; backlog: number; sequence: number }): Promise<void> {
    this.file = await this.parts.fs.open(this.path(at.generation), 'r+');
    this.generation = at.generation;
    this.length = at.length;
    this.written = at.length;
    this.backlog = at.backlog;
    this.sequence = at.sequence;
    this.touched = at.length > 0;
  }

  /** Join the batch that is gathering; `done` of it resolves once it is durable. Call `kick` afterwards. */
  add(commit: Commit): Promise<void> {
    this.gathering.commits.push(commit);
    this.gathering.lines.push(commit.toJson());
    return this.gathering.done;
  }

  /** Resolves (or rejects) with the last commit that is not yet durable; undefined when all of them are. */
  pending(): Promise<void> | undefined {
    return this.gathering.commits.length > 0 ? this.gathering.done : this.flying?.done;
  }

  /** Begin to write what has gathered, unless a write is under way already. */
  kick(): void {
    if (this.working || this.failure || (this.gathering.commits.length === 0 && this.between.length === 0))
      return;
    this.working = true;
    this.work().finally(() => {
      this.working = false;
      this.kick();
    });
  }

  private async work(): Promise<void> {
    while (!this.failure) {
      for (const { act } of this.between.splice(0)) act();
      if (this.gathering.commits.length === 0) return;
      const batch = this.gathering;
      this.flying = batch;
      this.gathering = newBatch();
      let stage: JournalFailure['stage'] = 'append';
      try {
        let text = '';
        batch.lines.forEach((json, place) => {
          text += formatLine(this.sequence + 1 + place, place, json);
        });
        const bytes = Buffer.byteLength(text);
        const end = this.length + bytes;
        if (!this.file) throw new Error('the journal is closed');
        this.touched = true;
        const longer = end > this.written;
        // A full buffer of zeros, the text at its beginning.
        const data = longer ? Buffer.alloc(bytes + AHEAD) : Buffer.allocUnsafe(bytes);
        data.write(text);
        await this.file.write(data, this.length);
        stage = 'sync';
        await this.file.datasync();
        if (longer) this.written = end + AHEAD;
        this.length = end;
        this.backlog += bytes;
      } catch (cause) {
        this.failure = { stage, cause };
        for (const { reject } of this.between.splice(0)) reject(cause);
        this.parts.onFailure();
        return;
      }
      this.sequence += batch.commits.length;
      this.flying = undefined;
      batch.resolve();
      this.parts.onSynced();
      // Let those who have just been answered come back with their next commit and share the next sync.
      if (this.gathering.commits.length > 0) await new Promise(setImmediate);
    }
  }

  /**
   * After a failure: take every commit that is not durable back out of memory, the latest first, and cut the
   * journal back to what is acknowledged. No body may be running. Returns a function that tells their callers.
   */
  async undoAll(): Promise<(error: unknown) => void> {
    const batches = [this.gathering, this.flying ?? newBatch()];
    for (const batch of batches) {
      for (const commit of batch.commits.toReversed()) commit.undo();
    }
    this.gathering = newBatch();
    this.flying = undefined;
    await this.cutBack().catch(() => {});
    return (error) => {
      for (const batch of batches) batch.reject(error);
    };
  }

  /** Cut the file back to its acknowledged length. After a failed append that is all the repair it takes. */
  async cutBack(): Promise<void> {
    if (!this.file) throw new Error('the journal is closed');
    await this.file.truncate(this.length);
    this.written = this.length;
    try {
      await this.file.datasync();
    } catch (cause) {
      this.failure = { stage: 'sync', cause };
      throw cause;
    }
    if (this.failure?.stage === 'append') this.failure = undefined;
  }

  /** A snapshot holds everything that came before the current generation. */
  folded(): void {
    this.backlog = this.length;
  }

  /** All acknowledged rows are safe elsewhere, and the current file is fresh. */
  repaired(): void {
    this.failure = undefined;
  }

  /**
   * Begin a fresh generation between two batches; resolves to it and to the last commit before it.
   * A generation to which nothing was ever written serves as the fresh one.
   */
  async begin(): Promise<{ generation: number; sequence: number }> {
    if (this.file && !this.touched) {
      return { generation: this.generation, sequence: this.sequence };
    }
    const generation = this.generation + 1;
    const file = await this.parts.fs.open(this.path(generation), 'w');
    try {
      await this.parts.fs.syncDir(this.parts.dir);
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
    let old: StoreFile | undefined;
    const swap = () => {
      old = this.file;
      this.file = file;
      this.generation = generation;
      this.length = 0;
      this.written = 0;
      this.touched = false;
      return this.sequence;
    };
    const sequence = await this.betweenBatches(swap).catch(async (error) => {
      await file.close().catch(() => {});
      throw error;
    });
    await old?.close().catch(() => {});
    return { generation, sequence };
  }

  /** Run `act` while nothing is being written. */
  private betweenBatches<T>(act: () => T): Promise<T> {
    if (!this.working) return Promise.resolve(act());
    return new Promise((resolve, reject) => {
      this.between.push({ act: () => resolve(act()), reject });
    });
  }

  async close(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    // What is at rest has nothing behind its last line; should that fail, it has zeros there.
    if (this.written > this.length) await file?.truncate(this.length).catch(() => {});
    await file?.close().catch(() => {});
  }
}
