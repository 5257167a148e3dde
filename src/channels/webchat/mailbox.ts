/** Keeps the messages of the page's chats: post, replace, page through, catch up. Every change rings the doorbell, on all servers. */

import type { Query, Store, Stored, Tx } from '../../store/store.ts';
import { type MessageRow, messages, reads } from './tables.ts';
import type { Drawn } from './wire.ts';

/**
 * One series for `seq` and `stamp`. Nobody gets the next number before the transaction with this one has landed or
 * failed, on whichever server: who has seen a number has seen all below it.
 */
const SERIES = 'webchat';
/** What changes are signalled under. */
const TOPIC = 'webchat';
const UNREAD_MAX = 100;
/** How far back one looks for words in one chat: what it costs does not grow with the chat. */
const MOST_LOOKED_AT = 1_000;

type Said = Pick<MessageRow, 'id' | 'place' | 'at' | 'from' | 'name' | 'unit' | 'text' | 'ask' | 'asks'>;
export type Kept = Stored<MessageRow>;

interface Found {
  readonly rows: readonly Kept[];
  readonly more: boolean;
  readonly stamp: number;
}

export interface Mailbox {
  /** Keep a message; one with the same id again changes nothing. Resolves to the message as it is kept. */
  post(said: Said, shown: Drawn): Promise<Kept>;
  /** Replace text and card; undefined when there is no such message of the bot in this place. */
  replace(place: string, id: string, shown: Drawn, at: string): Promise<Kept | undefined>;
  /** From now on the message shows the file that it was. */
  showFile(id: string, file: string): Promise<Kept | undefined>;
  /** The message of the bot with this id in this place. */
  pressed(place: string, id: string): Promise<Kept | undefined>;
  /** The newest `limit` messages, or those just before `before`, oldest first. */
  page(place: string, before: number | undefined, limit: number): Promise<Found>;
  /** The `limit` messages just after `after`, oldest first; `more`: there are newer ones. */
  pageAfter(place: string, after: number, limit: number): Promise<Found>;
  /** Messages with these words, the newest first, among the newest `MOST_LOOKED_AT` of a place. */
  find(place: string, words: readonly string[], limit: number): Promise<readonly Kept[]>;
  /** What was posted or changed after `stamp`, in order of change. */
  changes(place: string, after: number, limit: number): Promise<Found>;
  /** The newest message of a chat, how far this person has read, and what others said since (at most 100). */
  glance(place: string, person: string): Promise<{ last: Kept | undefined; read: number; news: Kept[] }>;
  markRead(place: string, person: string, seq: number): Promise<void>;
}

function drawing({ card, subject, why }: Drawn): Pick<MessageRow, 'card' | 'subject' | 'why'> {
  return { subject: subject ?? null, card: subject ? null : (card ?? null), ...(why && { why }) };
}

/** Hear of every change, on whichever server; `missed` is called when there may have been some unheard. */
export function listenForRings(
  store: Pick<Store, 'listen'>,
  ring: (place: string, stamp: number) => void,
  missed: () => void,
): () => void {
  return store.listen(TOPIC, (payload) => {
    if (payload === undefined) return missed();
    const [stamp = '', ...place] = payload.split(' ');
    ring(place.join(' '), Number(stamp));
  });
}

export function createMailbox(store: Pick<Store, 'transaction' | 'read'>): Mailbox {
  async function keep(tx: Tx, row: MessageRow & { rev?: number }): Promise<Kept> {
    tx.signal(TOPIC, `${row.stamp} ${row.place}`);
    return tx.table(messages).put(row);
  }

  async function botMessage(tx: Tx, place: string, id: string): Promise<Kept | undefined> {
    const row = await tx.table(messages).get(id);
    return row?.place === place && row.from === 'bot' ? row : undefined;
  }

  async function newestStamp(tx: Tx, place: string): Promise<number> {
    const query: Query<MessageRow> = { where: { place }, order: 'stamp', desc: true, limit: 1 };
    return (await tx.table(messages).find(query)).rows[0]?.stamp ?? 0;
  }

  return {
    async post(said, shown) {
      return store.transaction(async (tx) => {
        const kept = await tx.table(messages).get(said.id);
        if (kept) return kept;
        const seq = await tx.next(SERIES);
        return keep(tx, { ...said, ...drawing(shown), seq, stamp: seq, edited: null, file: null });
      }, 'written');
    },

    async replace(place, id, shown, at) {
      return store.transaction(async (tx) => {
        const old = await botMessage(tx, place, id);
        if (!old) return undefined;
        const stamp = await tx.next(SERIES);
        return keep(tx, { ...old, ...drawing(shown), text: shown.text, stamp, edited: at });
      });
    },

    async showFile(id, file) {
      return store.transaction(async (tx) => {
        const old = await tx.table(messages).get(id);
        return old && keep(tx, { ...old, file, stamp: await tx.next(SERIES) });
      });
    },

    pressed: (place, id) => store.read((tx) => botMessage(tx, place, id)),

    page: (place, before, limit) =>
      store.read(async (tx) => {
        const query: Query<MessageRow> = { where: { place }, order: 'seq', desc: true, limit: limit + 1 };
        const range = before === undefined ? {} : { range: { lt: before } };
        const { rows } = await tx.table(messages).find({ ...query, ...range });
        const stamp = await newestStamp(tx, place);
        return { rows: rows.slice(0, limit).reverse(), more: rows.length > limit, stamp };
      }),

    pageAfter: (place, after, limit) =>
      store.read(async (tx) => {
        const query: Query<MessageRow> = { where: { place }, order: 'seq', limit: limit + 1 };
        const { rows } = await tx.table(messages).find({ ...query, range: { gt: after } });
        const stamp = await newestStamp(tx, place);
        return { rows: rows.slice(0, limit), more: rows.length > limit, stamp };
      }),

    find: (place, words, limit) =>
      store.read(async (tx) => {
        const query: Query<MessageRow> = {
          where: { place },
          order: 'seq',
          desc: true,
          limit: MOST_LOOKED_AT,
        };
        const { rows } = await tx.table(messages).find(query);
        const wanted = words.map((word) => word.toLowerCase());
        const fits = ({ text, name }: MessageRow) => {
          const said = `${name} ${text}`.toLowerCase();
          return wanted.every((word) => said.includes(word));
        };
        return rows.filter(fits).slice(0, limit);
      }),

    changes: (place, after, limit) =>
      store.read(async (tx) => {
        const query: Query<MessageRow> = { where: { place }, order: 'stamp', limit: limit + 1 };
        const { rows } = await tx.table(messages).find({ ...query, range: { gt: after } });
        const page = rows.slice(0, limit);
        return { rows: page, more: rows.length > limit, stamp: page.at(-1)?.stamp ?? after };
      }),

    glance: (place, person) =>
      store.read(async (tx) => {
        const table = tx.table(messages);
        const last = (await table.find({ where: { place }, order: 'seq', desc: true, limit: 1 })).rows[0];
        const read = (await tx.table(reads).get(`${person}|${place}`))?.seq ?? 0;
        if (!last || last.seq <= read) return { last, read, news: [] };
        const range = { gt: read };
        const { rows } = await table.find({ where: { place }, order: 'seq', range, limit: UNREAD_MAX });
        return { last, read, news: rows.filter(({ from }) => from !== person) };
      }),

    async markRead(place, person, seq) {
      await store.transaction(async (tx) => {
        const id = `${person}|${place}`;
        const old = await tx.table(reads).get(id);
        if (!old || old.seq < seq) await tx.table(reads).put({ ...old, id, person, seq });
      });
    },
  };
}
