/** What lowdb reads and writes: `read` opens snapshot and journals, `write` folds them into a new snapshot. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Adapter } from 'lowdb';
import type { Log } from '../../lib/log.ts';
import { type AnyTable, StoreError } from '../store.ts';
import type { FileSystem } from './fs.ts';
import type { Journal } from './journal.ts';
import { eachLine } from './lines.ts';
import { Memory } from './memory.ts';
import { listJournals, replay } from './replay.ts';
import { writeSnapshot } from './snapshot.ts';
import { readSnapshot } from './snapshot-reader.ts';

export const SNAPSHOT = 'huishang.json';

interface Parts {
  readonly fs: FileSystem;
  readonly dir: string;
  readonly tables: readonly AnyTable[];
  readonly journal: Journal;
  /** Whether memory holds half a transaction just now. */
  readonly busy: () => boolean;
  readonly log: Log | undefined;
}

/**
 * The order of things in a fold makes every moment safe to die in: a fresh journal, then the rows into a temporary
 * file, its sync, the rename, the sync of the directory, and only then the old journals go.
 */
export class FileAdapter implements Adapter<Memory> {
  /** Bytes of the snapshot. */
  size = 0;
  private stopped: string | undefined;

  constructor(private readonly parts: Parts) {}

  /** Let a fold that is under way give up. */
  stop(reason: string): void {
    this.stopped = reason;
  }

  /** All rows, from the snapshot and the journals. Throws StoreError `damaged` naming file and line. */
  async read(): Promise<Memory> {
    const { fs, dir, tables, journal, log } = this.parts;
    const memory = new Memory(tables);
    const path = `${dir}/${SNAPSHOT}`;
    await fs.unlink(`${path}.tmp`).catch(() => {});
    const head = await readSnapshot(fs, path, memory);
    if (!head) {
      await this.refuseOrphans(path);
      return memory;
    }
    this.size = head.size;
    const replayed = await replay(fs, dir, memory, head.journal, head.sequence);
    if (replayed.torn) log?.warn({ file: replayed.torn }, 'dropped the torn last line of the journal');
    for (const table of memory.tables.values()) table.build();
    await journal.resume(replayed);
    await this.removeBefore(head.journal);
    return memory;
  }

  /** Fold: write all of `memory` to a new snapshot, while transactions go on. Rejects when it gave up. */
  async write(memory: Memory): Promise<void> {
    const { fs, dir, journal } = this.parts;
    this.stopped = undefined;
    const path = `${dir}/${SNAPSHOT}`;
    const { generation, sequence } = await journal.begin();
    try {
      const head = { sequence, journal: generation };
      this.size = await writeSnapshot(fs, `${path}.tmp`, memory, head, () => this.pause());
      // It holds commits that wait for their sync. The name must not be theirs before they are durable.
      await journal.pending();
      if (this.stopped) throw new Error(this.stopped);
      await fs.rename(`${path}.tmp`, path);
    } catch (error) {
      await fs.unlink(`${path}.tmp`).catch(() => {});
      throw error;
    }
    await fs.syncDir(dir);
    journal.folded();
    await this.removeBefore(generation);
  }

  private async pause(): Promise<void> {
    await new Promise(setImmediate);
    while (this.parts.busy()) await sleep(1);
    if (this.stopped) throw new Error(this.stopped);
  }

  private async removeBefore(generation: number): Promise<void> {
    const { fs, dir, journal, log } = this.parts;
    try {
      for (const each of await listJournals(fs, dir)) {
        if (each < generation) await fs.unlink(journal.path(each));
      }
    } catch (error) {
      // One that stays is harmless: the snapshot says where to begin.
      log?.warn({ error }, 'an old journal stays');
    }
  }

  /** Without a snapshot there is nothing yet, unless somebody took it away. */
  private async refuseOrphans(path: string): Promise<void> {
    const { fs, dir, journal } = this.parts;
    for (const each of await listJournals(fs, dir)) {
      const file = await fs.open(journal.path(each), 'r');
      const { end, rest, blank } = await eachLine(file, () => {}).finally(() => file.close());
      if (end > 0 || (rest > 0 && !blank)) {
        throw new StoreError(
          'damaged',
          `${path}: this file is missing, but ${journal.path(each)} continues it`,
        );
      }
    }
  }
}
