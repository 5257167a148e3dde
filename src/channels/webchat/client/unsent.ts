/** What was written here and is not with the server yet: kept in the browser, so that a reload or a dead line loses nothing. */
import { createStore, del, entries, set } from 'idb-keyval';

/** One thing that somebody said: words, a file, or a form that was filled in. Its id is how the server tells that it has it already. */
export interface Unsent {
  readonly id: string;
  readonly place: string;
  readonly text: string;
  readonly ask: boolean;
  readonly at: string;
  /** What is sent instead of words. */
  readonly file?: { readonly name: string; readonly body: Blob };
  /** What is pressed instead: a form is sent in, under the title of its button as `text`. */
  readonly press?: { readonly message: string; readonly op: string; readonly data: Record<string, unknown> };
  /** A small picture of it, as a data address. */
  readonly thumb?: string | undefined;
}

export interface UnsentStore {
  /** Oldest first. */
  all(): Promise<readonly Unsent[]>;
  keep(item: Unsent): Promise<void>;
  forget(id: string): Promise<void>;
}

/** Those of one person. Each rejects where the browser keeps nothing (a private window, a full disk). */
export function openUnsent(person: string): UnsentStore {
  const store = createStore('huishang', 'unsent');
  const own = `${person}|`;
  return {
    async all() {
      const kept = await entries<string, Unsent>(store);
      const mine = kept.filter(([key]) => key.startsWith(own)).map(([, item]) => item);
      return mine.sort((a, b) => (a.at < b.at ? -1 : 1));
    },
    keep: (item) => set(own + item.id, item, store),
    forget: (id) => del(own + id, store),
  };
}
