/** The lock file that keeps a second process away from the data; the lock of a process that died is taken over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store.ts';
import { errorCode, type FileSystem } from './fs.ts';

/** Who holds the lock. `started` tells a process from a later one with the same number; null where /proc is absent. */
interface Holder {
  readonly pid: number;
  readonly started: string | null;
}

export interface Lock {
  /** The process whose lock was taken over, if it left one behind. */
  readonly takenFrom?: number;
  release(): Promise<void>;
}

/** How long a file without content is given until its writer must have died, and a takeover until it is sure, in ms. */
const SETTLE_MS = 100;

/** Take the lock at `path`. Throws StoreError `locked` that names the file and the process that holds it. */
export async function acquireLock(fs: FileSystem, path: string): Promise<Lock> {
  const own: Holder = { pid: process.pid, started: await startOf(fs, process.pid) };
  if (await create(fs, path, own)) return lock(fs, path, own);
  const holder = await read(fs, path);
  if (holder && (await isAlive(fs, holder))) throw locked(path, holder);
  await fs.unlink(path).catch(() => {});
  const created = await create(fs, path, own);
  // Another process may be taking over as well: whose name is in the file after a while has won.
  await sleep(SETTLE_MS);
  const winner = await read(fs, path);
  if (!created || !winner || !same(winner, own)) throw locked(path, winner);
  return { ...lock(fs, path, own), ...(holder && { takenFrom: holder.pid }) };
}

function locked(path: string, holder: Holder | undefined): StoreError {
  const who = holder ? `process ${holder.pid}` : 'another process';
  return new StoreError('locked', `${path}: ${who} is using this data; stop it first`);
}

function lock(fs: FileSystem, path: string, own: Holder): Lock {
  return {
    async release() {
      const holder = await read(fs, path).catch(() => undefined);
      if (holder && same(holder, own)) await fs.unlink(path).catch(() => {});
    },
  };
}

function same(a: Holder, b: Holder): boolean {
  return a.pid === b.pid && a.started === b.started;
}

async function create(fs: FileSystem, path: string, own: Holder): Promise<boolean> {
  try {
    const file = await fs.open(path, 'wx');
    try {
      await file.write(Buffer.from(`${JSON.stringify(own)}\n`), 0);
    } catch (error) {
      await fs.unlink(path).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Who is named in the lock file; undefined when it is gone or was never finished. */
async function read(fs: FileSystem, path: string): Promise<Holder | undefined> {
  for (const patience of [SETTLE_MS, 0]) {
    try {
      const { pid, started } = JSON.parse(await fs.readText(path)) as Holder;
      if (Number.isSafeInteger(pid) && pid > 0) return { pid, started: started ?? null };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      if (!(error instanceof SyntaxError)) throw error;
    }
    // It may be in the making.
    if (patience > 0) await sleep(patience);
  }
  return undefined;
}

async function isAlive(fs: FileSystem, holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (errorCode(error) !== 'EPERM') return false;
  }
  const started = await startOf(fs, holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

/** When a process began, as boot id and clock ticks since boot (field 22 of /proc/<pid>/stat). */
async function startOf(fs: FileSystem, pid: number): Promise<string | null> {
  try {
    const stat = await fs.readText(`/proc/${pid}/stat`);
    const boot = await fs.readText('/proc/sys/kernel/random/boot_id');
    // The name of the program, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has a number still, but holds nothing any more.
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${boot.trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}
