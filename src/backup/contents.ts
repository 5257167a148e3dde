/** What a backup holds: everything in the store, then the contents of the files that its rows name. */
import { type FileRow, files } from '../bot/files/tables.ts';
import type { FileStore } from '../store/files.ts';
import type { Item, Store, Stored } from '../store/store.ts';

/** The content of a file under its SHA-256. */
export interface Content {
  readonly file: string;
  /** Base64. */
  readonly bytes: string;
}
export type Entry = Item | Content;

/** The hash of the content that a row names. */
export function contentOf(item: Item): string | undefined {
  if (!('table' in item) || item.table !== files.name) return undefined;
  const { hash } = item.row as Stored<FileRow>;
  return hash;
}

/** All entries as they were when it began; a content that was taken away since then is left out. */
export async function* entriesOf(store: Pick<Store, 'export'>, contents: FileStore): AsyncGenerator<Entry> {
  const named = new Set<string>();
  for await (const item of store.export()) {
    const hash = contentOf(item);
    if (hash !== undefined) named.add(hash);
    yield item;
  }
  for (const file of named) {
    const bytes = await contents.get(file);
    if (bytes) yield { file, bytes: Buffer.from(bytes).toString('base64') };
  }
}

/** The rows among `entries`; contents are kept on the way, before the rows that name them can land. */
export async function* keepContents(
  entries: AsyncIterable<Entry>,
  contents: FileStore,
): AsyncGenerator<Item> {
  for await (const entry of entries) {
    if (!('file' in entry)) yield entry;
    else await contents.put(Buffer.from(entry.bytes, 'base64'));
  }
}
