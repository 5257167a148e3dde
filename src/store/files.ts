/** Keeps the contents of files under their SHA-256: a folder beside the embedded store, a table in PostgreSQL. */
import { createHash } from 'node:crypto';

/** Its methods reject with StoreError `unavailable` when it cannot be reached, `damaged` when a content is not what it was. */
export interface FileStore {
  /** Keep a content, durable before this resolves to its hash; one that is there already is not kept twice. */
  put(bytes: Uint8Array): Promise<string>;
  /** The content with this hash; undefined when there is none. */
  get(hash: string): Promise<Uint8Array | undefined>;
  /** Forget a content, unless it was put again after `before`. */
  drop(hash: string, before: Date): Promise<void>;
  close(): Promise<void>;
}

/** The name of a content: 64 hexadecimal digits. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
