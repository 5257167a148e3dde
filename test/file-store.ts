/** A file store in memory, for tests that are not about it. */
import { type FileStore, hashOf } from '../src/store/files.ts';

export function memoryFiles(): FileStore {
  const contents = new Map<string, Uint8Array>();
  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      contents.set(hash, bytes);
      return hash;
    },
    get: async (hash) => contents.get(hash),
    drop: async (hash) => void contents.delete(hash),
    close: async () => undefined,
  };
}
