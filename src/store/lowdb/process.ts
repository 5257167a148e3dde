/** Which process this is, as another one can find out about it: its number alone says little in a container. */
import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errorCode, type FileSystem } from './fs.ts';

/** What /proc does not say is null. */
export interface Process {
  readonly pid: number;
  /** Tells it from a later one with the same number. */
  readonly started: string | null;
  readonly host: string;
  /** Of the machine, until it is started again. */
  readonly boot: string | null;
  /** In which the number is its own. */
  readonly namespace: string | null;
}

export async function thisProcess(fs: FileSystem): Promise<Process> {
  return {
    pid: process.pid,
    started: await startOf(fs, process.pid),
    host: hostname(),
    boot: await bootOf(fs).catch(() => null),
    namespace: await readlink('/proc/self/ns/pid').catch(() => null),
  };
}

/** Whether the other's number means here what it means there. A lock of an earlier version says nothing about it. */
export function isHere(other: Process, self: Process): boolean {
  if (other.host === undefined) return true;
  if (other.boot !== self.boot || other.namespace !== self.namespace) return false;
  return self.boot !== null || other.host === self.host;
}

/** Whether a process of this namespace lives. */
export async function isAlive(fs: FileSystem, { pid, started }: Process): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (errorCode(error) !== 'EPERM') return false;
  }
  const now = await startOf(fs, pid);
  return now === null || (started ?? null) === null || now === started;
}

/** When a process began, as boot id and clock ticks since boot (field 22 of /proc/<pid>/stat). */
async function startOf(fs: FileSystem, pid: number): Promise<string | null> {
  try {
    const stat = await fs.readText(`/proc/${pid}/stat`);
    // The name of the program, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has a number still, but holds nothing any more.
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${await bootOf(fs)}/${fields[19]}`;
  } catch {
    return null;
  }
}

async function bootOf(fs: FileSystem): Promise<string> {
  return (await fs.readText('/proc/sys/kernel/random/boot_id')).trim();
}
