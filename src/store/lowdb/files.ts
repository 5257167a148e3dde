/** Contents of files in a folder: `<dir>/ab/abcd…`, each written beside, synced and renamed. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileStore, hashOf, isHash } from '../files.ts';
import { StoreError } from '../store.ts';
import { errorCode, nodeFileSystem } from './fs.ts';

/** Open the folder; it belongs to the process that holds the lock of the store. `now` says how old contents are. */
export async function openFolder(dir: string, now: () => Date): Promise<FileStore> {
  const parts = join(dir, 'part');
  // What a process that died had begun.
  await rm(parts, { recursive: true, force: true });
  await nodeFileSystem.mkdir(parts);
  await nodeFileSystem.protect(dir);
  const pathOf = (hash: string) => join(dir, hash.slice(0, 2), hash);
  /** One thing at a time is done to a content. */
  const underWay = new Map<string, Promise<unknown>>();

  async function inTurn<T>(hash: string, work: () => Promise<T>): Promise<T> {
    const before = underWay.get(hash) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    underWay.set(hash, settled);
    try {
      return await mine;
    } finally {
      if (underWay.get(hash) === settled) underWay.delete(hash);
    }
  }

  async function write(hash: string, bytes: Uint8Array): Promise<void> {
    const path = pathOf(hash);
    const part = join(parts, randomUUID());
    try {
      const file = await open(part, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await utimes(part, now(), now());
      await nodeFileSystem.mkdir(join(path, '..'));
      await rename(part, path);
    } catch (error) {
      await unlink(part).catch(() => undefined);
      throw error;
    }
    await nodeFileSystem.syncDir(join(path, '..'));
    await nodeFileSystem.syncDir(dir);
  }

  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      await inTurn(hash, async () => {
        try {
          await utimes(pathOf(hash), now(), now());
        } catch (error) {
          if (errorCode(error) !== 'ENOENT') throw unavailable(error);
          await write(hash, bytes).catch((cause) => {
            throw unavailable(cause);
          });
        }
      });
      return hash;
    },
    async get(hash) {
      if (!isHash(hash)) return undefined;
      try {
        const bytes = await readFile(pathOf(hash));
        if (hashOf(bytes) !== hash) throw new StoreError('damaged', `${pathOf(hash)}: not what was written`);
        return bytes;
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw error instanceof StoreError ? error : unavailable(error);
      }
    },
    async drop(hash, before) {
      if (!isHash(hash)) return;
      await inTurn(hash, async () => {
        try {
          if ((await stat(pathOf(hash))).mtime <= before) await unlink(pathOf(hash));
        } catch (error) {
          if (errorCode(error) !== 'ENOENT') throw unavailable(error);
        }
      });
    },
    async close() {
      await Promise.all(underWay.values());
    },
  };
}

function unavailable(cause: unknown): StoreError {
  return new StoreError('unavailable', `files: ${errorCode(cause) ?? String(cause)}`, { cause });
}
