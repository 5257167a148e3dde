/**
 * The lock file that keeps a second process away from the data. It names the process and where its number means
 * something; whoever sees it from elsewhere (another container or machine over the same files) goes by its beat.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store.ts';
import { errorCode, type FileSystem } from './fs.ts';
import { isAlive, isHere, type Process, thisProcess } from './process.ts';

/** `key` names this very lock; `beat` counts while it is held. */
interface Holder extends Process {
  readonly key: string;
  readonly beat: string;
}

export interface Lock {
  /** The process whose lock was taken over, if it left one behind. */
  readonly takenFrom?: number;
  /**
   * To be awaited before anything is changed. Rejects when another process has the data now, as it may after this one
   * was stopped for a long time, and when that cannot be found out.
   */
  confirm(): Promise<void> | undefined;
  release(): Promise<void>;
}

export interface LockOptions {
  /** Milliseconds between beats. */
  readonly beatMs?: number;
  /** Whose lock did not beat for so long, in ms, is dead. */
  readonly deadMs?: number;
  readonly self?: Process;
  /** Called when another process was found to have the data. */
  readonly onLost?: (error: StoreError) => void;
  /** Called when it takes `deadMs` to find out about the lock of a process elsewhere. */
  readonly onWait?: (holder: Process) => void;
}

/** How long a file without content is given until its writer must have died, and a takeover until it is sure, in ms. */
const SETTLE_MS = 100;
const BEAT_MS = 3_000;
const DEAD_MS = 15_000;
/** How often a lock is looked at while it is not known whether it beats. */
const LOOKS = 30;
/** Where the beat is in the file, which is written over in place, and how long. */
const BEAT_AT = '{"beat":"'.length;
const BEAT_LENGTH = 12;

/**
 * Take the lock at `path`; a lock whose process died is taken over. Throws StoreError `locked` that names the file and
 * the process that holds it.
 */
export async function acquireLock(fs: FileSystem, path: string, options: LockOptions = {}): Promise<Lock> {
  const self = options.self ?? (await thisProcess(fs));
  const own: Holder = { beat: beatOf(0), ...self, key: randomUUID() };
  if (await create(fs, path, own)) return hold(fs, path, own, options);
  const holder = await read(fs, path);
  if (holder) await refuseLiving(fs, path, holder, self, options);
  await fs.unlink(path).catch(() => {});
  const created = await create(fs, path, own);
  // Another process may be taking over as well: whose name is in the file after a while has won.
  await sleep(SETTLE_MS);
  const winner = await read(fs, path);
  if (!created || winner?.key !== own.key) throw locked(path, winner);
  return { ...hold(fs, path, own, options), ...(holder && { takenFrom: holder.pid }) };
}

async function refuseLiving(
  fs: FileSystem,
  path: string,
  holder: Holder,
  self: Process,
  { deadMs = DEAD_MS, onWait }: LockOptions,
): Promise<void> {
  if (isHere(holder, self)) {
    if (await isAlive(fs, holder)) throw locked(path, holder);
  } else {
    onWait?.(holder);
    for (let look = 0; look < LOOKS; look += 1) {
      await sleep(deadMs / LOOKS);
      const now = await read(fs, path);
      if (!now) return;
      // No clock is compared: those of two machines may differ.
      if (now.key !== holder.key || now.beat !== holder.beat) throw locked(path, now);
    }
  }
  const now = await read(fs, path);
  if (now && now.key !== holder.key) throw locked(path, now);
}

function locked(path: string, holder: Process | undefined): StoreError {
  const who = holder ? `process ${holder.pid}${holder.host ? ` on ${holder.host}` : ''}` : 'another process';
  return new StoreError(
    'locked',
    `${path}: ${who} is using this data: stop it first, or choose another folder with DATA_DIR`,
  );
}

function hold(
  fs: FileSystem,
  path: string,
  own: Holder,
  { beatMs = BEAT_MS, deadMs = DEAD_MS, onLost }: LockOptions,
): Lock {
  let beats = 0;
  let seen = performance.now();
  let lost: StoreError | undefined;
  let released = false;
  let renewing: Promise<void> | undefined;
  // A beat that fails is made up for by the next one, or missed by whoever wants to write.
  const timer = setInterval(() => void renew().catch(() => {}), beatMs);
  timer.unref();

  function renew(): Promise<void> {
    renewing ??= beat().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function beat(): Promise<void> {
    const at = performance.now();
    const holder = await read(fs, path);
    if (released) return;
    // Somebody removed the file: it is ours still, unless another has come.
    const ours = holder ? holder.key === own.key : await create(fs, path, own);
    if (!ours) throw lose(holder ?? (await read(fs, path)));
    beats += 1;
    const file = await fs.open(path, 'r+');
    try {
      await file.write(Buffer.from(beatOf(beats)), BEAT_AT);
    } finally {
      await file.close();
    }
    seen = at;
  }

  function lose(holder: Process | undefined): StoreError {
    clearInterval(timer);
    lost = locked(path, holder);
    onLost?.(lost);
    return lost;
  }

  return {
    confirm() {
      if (lost) return Promise.reject(lost);
      // Who waits for our death has waited for half of his time at most.
      return performance.now() - seen < deadMs / 2 ? undefined : renew();
    },
    async release() {
      released = true;
      clearInterval(timer);
      await renewing?.catch(() => {});
      const holder = await read(fs, path).catch(() => undefined);
      if (holder?.key === own.key) await fs.unlink(path).catch(() => {});
    },
  };
}

function beatOf(count: number): string {
  return String(count).padStart(BEAT_LENGTH, '0');
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
      const holder = JSON.parse(await fs.readText(path)) as Holder | null;
      if (holder && Number.isSafeInteger(holder.pid) && holder.pid > 0) return holder;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      if (!(error instanceof SyntaxError)) throw error;
    }
    // It may be in the making.
    if (patience > 0) await sleep(patience);
  }
  return undefined;
}
