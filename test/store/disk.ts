/** A disk in memory for tests: it fails when told to, and after a power cut it holds only what was synced, and luck. */
import type { FileSystem, StoreFile } from '../../src/store/lowdb/fs.ts';

interface Content {
  data: Buffer;
  synced: Buffer;
}

export type Operation = 'open' | 'read' | 'write' | 'datasync' | 'truncate' | 'rename' | 'unlink' | 'syncDir';

/** An error as Node makes it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** What a disk may have of `data`, which is no shorter than `synced`: the beginning of the change, or all but a hole. */
function halfWritten(synced: Buffer, data: Buffer, pick: (n: number) => number): Buffer[] {
  let from = 0;
  while (from < synced.length && synced[from] === data[from]) from += 1;
  let to = data.length;
  while (to > from && to <= synced.length && synced[to - 1] === data[to - 1]) to -= 1;
  const at = from + pick(to - from + 1);
  const torn = Buffer.concat([data.subarray(0, at), synced.subarray(at)]);
  const hole = from + pick(to - from + 1);
  // No disk loses a single byte.
  const end = Math.min(hole + 2 + pick(300), to);
  const holed = Buffer.from(data).fill(0, hole, end);
  if (hole < synced.length) synced.copy(holed, hole, hole, Math.min(end, synced.length));
  return [torn, holed];
}

export class Disk implements FileSystem {
  readonly names = new Map<string, Content>();
  /** Called before every operation; what it throws, the operation throws. */
  before: (operation: Operation, path: string) => void = () => {};
  /** How often each operation was asked for. */
  readonly counts = new Map<Operation, number>();
  private syncedNames = new Map<string, Content>();
  /** Changes of names since the directory was synced, in the order in which the disk may make them last. */
  private pending: ((names: Map<string, Content>) => void)[] = [];

  /**
   * What a power cut leaves: the names as after some of the changes that were not synced, each file as it was
   * synced, as it was last, or changed in part: its beginning, or all but a hole. `pick(n)` gives 0 to n - 1.
   * The lock is left out: its process, this one, is alive.
   */
  crash(pick: (n: number) => number): Disk {
    const names = new Map(this.syncedNames);
    for (const change of this.pending.slice(0, pick(this.pending.length + 1))) change(names);
    const disk = new Disk();
    for (const [path, { data, synced }] of names) {
      if (path.endsWith('.lock')) continue;
      // A file that became shorter may come back longer; one that grew or changed, as any of these.
      const kept =
        data.length < synced.length ? [data, synced] : [synced, data, ...halfWritten(synced, data, pick)];
      const content = kept[pick(kept.length)] ?? synced;
      disk.names.set(path, { data: content, synced: content });
    }
    disk.syncedNames = new Map(disk.names);
    return disk;
  }

  /** The text of a file. */
  text(path: string): string {
    return this.content(path).data.toString('utf8');
  }

  async mkdir(): Promise<void> {}

  async protect(): Promise<boolean> {
    return true;
  }

  async list(dir: string): Promise<string[]> {
    return [...this.names.keys()].map((path) => path.slice(dir.length + 1));
  }

  async readText(path: string): Promise<string> {
    return this.content(path).data.toString('utf8');
  }

  async open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): Promise<StoreFile> {
    await this.step('open', path);
    const there = this.names.get(path);
    if (there && flags === 'wx') throw diskError('EEXIST');
    if (!there && (flags === 'r' || flags === 'r+')) throw diskError('ENOENT');
    const content = there ?? { data: Buffer.alloc(0), synced: Buffer.alloc(0) };
    if (flags === 'w') content.data = Buffer.alloc(0);
    if (!there) this.change((names) => names.set(path, content));
    return this.file(path, content);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.step('rename', to);
    const content = this.content(from);
    this.change((names) => {
      names.delete(from);
      names.set(to, content);
    });
  }

  async unlink(path: string): Promise<void> {
    await this.step('unlink', path);
    this.content(path);
    this.change((names) => names.delete(path));
  }

  async syncDir(dir: string): Promise<void> {
    await this.step('syncDir', dir);
    this.syncedNames = new Map(this.names);
    this.pending = [];
  }

  private file(path: string, content: Content): StoreFile {
    return {
      read: async (buffer, offset, position) => {
        await this.step('read', path);
        return content.data.copy(buffer, offset, position);
      },
      write: async (data, position) => {
        const whole = Buffer.alloc(Math.max(content.data.length, position + data.length));
        content.data.copy(whole);
        data.copy(whole, position);
        try {
          await this.step('write', path);
        } catch (error) {
          // A full disk takes the beginning.
          content.data = whole.subarray(0, Math.max(content.data.length, position + (data.length >> 1)));
          throw error;
        }
        content.data = whole;
      },
      datasync: async () => {
        await this.step('datasync', path);
        content.synced = content.data;
      },
      truncate: async (length) => {
        await this.step('truncate', path);
        content.data = content.data.subarray(0, length);
      },
      close: async () => {},
    };
  }

  private content(path: string): Content {
    const content = this.names.get(path);
    if (!content) throw diskError('ENOENT');
    return content;
  }

  private change(change: (names: Map<string, Content>) => void): void {
    change(this.names);
    this.pending.push(change);
  }

  private async step(operation: Operation, path: string): Promise<void> {
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
    if (operation === 'datasync') await new Promise(setImmediate);
    this.before(operation, path);
  }
}
