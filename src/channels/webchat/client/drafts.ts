/**
 * Words and forms that somebody has begun, kept in this browser until they are sent: a reload, a closed window or a
 * flat battery loses nothing. Each is one person's; whoever signs out takes them along.
 */
import type { Drawn } from '../wire.ts';

const PREFIX = 'huishang|';
/** Forms that are kept half-filled; the oldest go. */
const MOST_CARDS = 40;

export type Values = Readonly<Record<string, string>>;

/** What was typed into the card of a message, and the card that stood in its place, if another one did. */
export interface CardDraft {
  readonly at: number;
  readonly values: Values;
  readonly own?: Drawn;
}

export interface Drafts {
  words(place: string): string;
  saveWords(place: string, text: string): void;
  card(message: string): CardDraft | undefined;
  /** Undefined: nothing of it is to be kept. */
  saveCard(message: string, draft: Omit<CardDraft, 'at'> | undefined): void;
  /** What this person's chats looked like last, for a start without a line. */
  last<T>(what: string): T | undefined;
  saveLast(what: string, value: unknown): void;
  clear(): void;
}

export function openDrafts(person: string, storage: Storage = localStorage): Drafts {
  const own = `${PREFIX}${person}|`;
  const cardsKey = `${own}cards`;

  function read<T>(key: string): T | undefined {
    const text = storage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as T);
  }

  function write(key: string, value: unknown): void {
    try {
      if (value === undefined || value === '') storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(value));
    } catch (error) {
      // Full: what was kept of forms makes room; the words stay in the field either way.
      if (!(error instanceof DOMException) || key === cardsKey) return;
      storage.removeItem(cardsKey);
    }
  }

  const cards = () => read<Record<string, CardDraft>>(cardsKey) ?? {};

  return {
    words: (place) => read<string>(`${own}words|${place}`) ?? '',
    saveWords: (place, text) => write(`${own}words|${place}`, text),
    card: (message) => cards()[message],
    saveCard(message, draft) {
      const { [message]: old, ...others } = cards();
      if (!old && !draft) return;
      const newest = Object.entries(others)
        .sort(([, a], [, b]) => b.at - a.at)
        .slice(0, MOST_CARDS - 1);
      const all = {
        ...Object.fromEntries(newest),
        ...(draft && { [message]: { ...draft, at: Date.now() } }),
      };
      write(cardsKey, Object.keys(all).length > 0 ? all : undefined);
    },
    last: (what) => read(`${own}last|${what}`),
    saveLast: (what, value) => write(`${own}last|${what}`, value),
    clear() {
      const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
      for (const key of keys) if (key?.startsWith(own)) storage.removeItem(key);
    },
  };
}
