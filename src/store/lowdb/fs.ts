/** The few file-system calls that the store makes, behind an interface so that tests can let each of them fail. */
import nodeFs from 'node:fs';
import { promisify } from 'node:util';

/** An open file. Offsets and lengths are bytes. */
export interface StoreFile {
  /** Read into `buffer` from `offset` on, beginning at `position` in the file; 0 bytes means the end. */
  read(buffer: Buffer, offset: number, position: number): Promise<number>;
  /** Write all of `data` at `position`. */
  write(data: Buffer, position: number): Promise<void>;
  /** Resolves once everything written, and the length, is on the disk. */
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Every method rejects with Node's own error (`code` ENOENT, ENOSPC, EIO …). */
export interface FileSystem {
  /** Make a directory, and those above it, that only this user may enter; fine when it exists. */
  mkdir(dir: string): Promise<void>;
  /** Close a directory, and the files of the store in it, to other users; false when that cannot be done. */
  protect(dir: string): Promise<boolean>;
  /** The names in a directory. */
  list(dir: string): Promise<string[]>;
  /** A small file as text. */
  readText(path: string): Promise<string>;
  /** `r` read, `r+` read and write, `w` empty or new, `wx` new or EEXIST. What is new only this user may read. */
  open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): Promise<StoreFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Resolves once names created, renamed and removed in `dir` are on the disk. */
  syncDir(dir: string): Promise<void>;
}

/** A file system that changes nothing before `confirm` has let it. */
export function confirmed(fs: FileSystem, confirm: () => Promise<void> | undefined): FileSystem {
  const sure = async <T>(act: () => Promise<T>): Promise<T> => {
    const asked = confirm();
    if (asked) await asked;
    return act();
  };
  return {
    mkdir: (dir) => fs.mkdir(dir),
    protect: (dir) => fs.protect(dir),
    list: (dir) => fs.list(dir),
    readText: (path) => fs.readText(path),
    async open(path, flags) {
      const open = () => fs.open(path, flags);
      const file = await (flags === 'r' ? open() : sure(open));
      return {
        ...file,
        write: (data, position) => sure(() => file.write(data, position)),
        truncate: (length) => sure(() => file.truncate(length)),
      };
    },
    rename: (from, to) => sure(() => fs.rename(from, to)),
    unlink: (path) => sure(() => fs.unlink(path)),
    syncDir: (dir) => fs.syncDir(dir),
  };
}

/** Up to this many bytes go to the page cache at once: a trip to the thread pool costs more than the copy. */
const SMALL = 64 * 1024;

/** Bits of a mode: what group and others may, and that everybody may have files in a folder. */
const OTHERS = 0o077;
const STICKY = 0o1000;

/** The real file system. */
export const nodeFileSystem: FileSystem = {
  async mkdir(dir) {
    await nodeFs.promises.mkdir(dir, { recursive: true, mode: 0o700 });
  },
  async protect(dir) {
    // Windows has no such modes.
    if (process.platform === 'win32') return true;
    const { chmod, readdir, stat } = nodeFs.promises;
    try {
      // One like /tmp is everybody's on purpose.
      if ((await stat(dir)).mode & STICKY) return false;
      const own = (await readdir(dir)).filter((name) => name.startsWith('huishang.'));
      for (const path of [dir, ...own.map((name) => `${dir}/${name}`)]) {
        const mode = (await stat(path)).mode & 0o777;
        if (mode & OTHERS) await chmod(path, mode & ~OTHERS);
      }
      return ((await stat(dir)).mode & OTHERS) === 0;
    } catch {
      // Somebody else's folder, or a file system without modes: the caller says so.
      return false;
    }
  },
  list: (dir) => nodeFs.promises.readdir(dir),
  readText: (path) => nodeFs.promises.readFile(path, 'utf8'),
  open: async (path, flags) => openFile(await openDescriptor(path, flags)),
  rename: (from, to) => letGo(to, () => nodeFs.promises.rename(from, to)),
  unlink: (path) => letGo(path, () => nodeFs.promises.unlink(path)),
  async syncDir(dir) {
    // Windows cannot open directories and journals renames itself.
    if (process.platform === 'win32') return;
    const handle = await nodeFs.promises.open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

const open = promisify(nodeFs.open) as (path: string, flags: string, mode: number) => Promise<number>;
const openDescriptor = (path: string, flags: string) => open(path, flags, 0o600);
const writeBytes = promisify(nodeFs.write);
const readBytes = promisify(nodeFs.read);
const closeDescriptor = promisify(nodeFs.close);
const truncateDescriptor = promisify(nodeFs.ftruncate);
const statDescriptor = promisify(nodeFs.fstat);

/** Bytes given back to the disk at a time: for half a gigabyte at once, ext4 lets every sync wait for 100 ms. */
const GIVE_BACK = 16 * 1024 * 1024;

/**
 * Do `act`, which takes the name from the file at `path`, and give that file's space back bit by bit, if it has no other
 * name. Rejects only when `act` does: what is not given back here is when the file closes.
 */
async function letGo(path: string, act: () => Promise<void>): Promise<void> {
  // Windows renames nothing over an open file.
  const old =
    process.platform === 'win32' ? undefined : await openDescriptor(path, 'r+').catch(() => undefined);
  try {
    await act();
    if (old !== undefined) await giveBack(old).catch(() => {});
  } finally {
    if (old !== undefined) await closeDescriptor(old).catch(() => {});
  }
}

async function giveBack(fd: number): Promise<void> {
  const { nlink, size } = await statDescriptor(fd);
  if (nlink > 0) return;
  for (let left = size - GIVE_BACK; left > 0; left -= GIVE_BACK) await truncateDescriptor(fd, left);
}

/** A descriptor as a StoreFile; plain callbacks, because FileHandle adds about 40 µs to each call. */
function openFile(fd: number): StoreFile {
  return {
    async read(buffer, offset, position) {
      return (await readBytes(fd, buffer, offset, buffer.length - offset, position)).bytesRead;
    },
    async write(data, position) {
      let done = 0;
      while (done < data.length) {
        const left = data.length - done;
        done +=
          left <= SMALL
            ? nodeFs.writeSync(fd, data, done, left, position + done)
            : (await writeBytes(fd, data, done, left, position + done)).bytesWritten;
      }
    },
    datasync: () =>
      new Promise((resolve, reject) => {
        nodeFs.fdatasync(fd, (error) => (error ? reject(error) : resolve()));
      }),
    truncate: (length) => truncateDescriptor(fd, length),
    close: () => closeDescriptor(fd),
  };
}

/** Node's error code (`ENOENT` …), if `error` carries one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
