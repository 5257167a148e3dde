/**
 * The test kit: the real kernel and features over the real embedded store, with people who say and click and a clock
 * that is given. Only the platform is played: a channel that keeps what each person would see.
 */

import { deepStrictEqual } from 'node:assert';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bot, createBot, tablesOf } from '../src/bot/bot.ts';
import type { CardJson } from '../src/bot/cards/adaptive.ts';
import { createAdaptive, loadCards } from '../src/bot/cards/adaptive.ts';
import type { Card } from '../src/bot/cards/spec.ts';
import type { Capabilities, Channel, Place, Shown } from '../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../src/bot/delivery/conversations.ts';
import type { Feature } from '../src/bot/feature.ts';
import { createLinks } from '../src/bot/files/links.ts';
import type { Answer } from '../src/bot/turn/inbound.ts';
import { branchFiles } from '../src/features/branches/index.ts';
import { featureParts, features as town } from '../src/features/index.ts';
import { loadCity } from '../src/features/members/index.ts';
import { secretaryFiles } from '../src/features/secretaries/index.ts';
import { starFiles } from '../src/features/stars/index.ts';
import { instant } from '../src/lib/dates.ts';
import { createLiveWorkdays } from '../src/lib/workdays.ts';
import { openFolder } from '../src/store/lowdb/files.ts';
import { openLowdb } from '../src/store/lowdb/index.ts';
import type { AnyTable, Store } from '../src/store/store.ts';
import { writeLargeCity } from './city.ts';
import { sameEverywhere } from './forms-everywhere.ts';
import { platform, silent } from './platform.ts';
import { typedEverywhere } from './typed-everywhere.ts';

export interface Message {
  readonly id: string;
  readonly text: string;
  readonly card?: CardJson;
}

export interface Button {
  readonly title: string;
  readonly op: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Kit {
  /** The folder of the store. */
  readonly dir: string;
  readonly store: Store;
  readonly bot: Bot;
  /** The played platform; with `trouble` its sends fail. */
  readonly channel: PlayedChannel;
  /** Further platforms can be put beside it. */
  readonly channels: Map<string, Channel>;
  /** Errors and warnings that were logged. */
  readonly complaints: unknown[];
  /** Set the clock: a day and Shanghai wall-clock time. */
  time(day: string, time?: string): void;
  /** Set the clock and let the scheduler tick. */
  tick(day: string, time?: string): Promise<void>;
  /** A person in the personal chat with the bot, or in a unit's work group. */
  person(id: string): Screen;
  /** Several people in their personal chats, in this order. */
  people<const Ids extends readonly string[]>(...ids: Ids): { -readonly [K in keyof Ids]: Screen };
  in(unit: string, person: string): Screen;
  close(): Promise<void>;
  /** Close it at the end of a story in which nothing was logged that somebody has to look at. */
  end(): Promise<void>;
}

/** What one person sees and does in one chat. */
export interface Screen {
  readonly person: string;
  readonly place: Place;
  /** Type words; resolves to the newest message in the chat. */
  say(text: string, id?: string): Promise<Message>;
  /** Send files, maybe with words; resolves to the newest message in the chat, with the words of the answer. */
  send(files: Readonly<Record<string, Uint8Array | Error>>, text?: string, id?: string): Promise<Message>;
  /** Press a button of the newest card that has it (or of a given message); resolves to what the presser then sees. */
  click(
    title: string,
    inputs?: Record<string, unknown>,
    on?: Message,
  ): Promise<Message & { refused: boolean }>;
  /** Send a press as it is: whatever a hostile client may claim. */
  press(op: string, data: Record<string, unknown>, pressed?: string, id?: string): Promise<Answer>;
  /** All messages, drawn for this person now. */
  messages(): Promise<readonly Message[]>;
  last(): Promise<Message>;
}

interface Kept {
  readonly id: string;
  shown: Shown;
}

export interface PlayedChannel extends Channel {
  capabilities: Capabilities;
  trouble: ((place: Place) => Error | undefined) | undefined;
}

export interface KitOptions {
  readonly day?: string;
  readonly time?: string;
  /** False plays a client without universal actions: presses arrive as messages. */
  readonly inline?: boolean;
  readonly features?: readonly Feature[];
  /** Where people reach the server, for links; null: nowhere. */
  readonly address?: string | null;
  /** A city of a thousand branches instead of the demo's. */
  readonly large?: boolean;
  /** A folder with a store to begin with, which stays as it is. */
  readonly from?: string;
  /** Messages and presses a minute that one person may send. */
  readonly personLimit?: number;
  /** What draws are made of; always the same without it. */
  readonly random?: (below: number) => number;
  /** Another store than the embedded one. */
  readonly open?: (tables: readonly AnyTable[]) => Promise<Store>;
}

/** Whole numbers from 0 to below `below`, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const root = new URL('..', import.meta.url).pathname;

export async function createKit({
  day = '2026-11-20',
  time = '09:00',
  inline = true,
  features = town,
  address = 'https://kit.example',
  large = false,
  from,
  personLimit,
  random = seeded(1),
  open,
}: KitOptions = {}): Promise<Kit> {
  const dir = await mkdtemp(join(tmpdir(), 'huishang-'));
  if (from) await cp(from, dir, { recursive: true });
  const complaints: unknown[] = [];
  const complain = (...what: unknown[]) => void complaints.push(what);
  const log = { debug() {}, info() {}, warn: complain, error: complain };
  const kept = new Map<string, Kept[]>();
  const overlays = new Map<string, Shown>();
  let clock = instant(day, time);
  let ids = from ? 500_000 : 0;
  const newId = () => `id-${String(++ids).padStart(6, '0')}`;
  const chat = (key: string) => kept.get(key) ?? kept.set(key, []).get(key) ?? [];

  const channel: PlayedChannel = {
    trouble: undefined,
    ...platform('webchat'),
    personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
    async send(place, shown, key) {
      const trouble = channel.trouble?.(place);
      if (trouble) throw trouble;
      if (!chat(place.key).some(({ id }) => id === key)) chat(place.key).push({ id: key, shown });
      return key;
    },
    async update(place, message, shown) {
      const found = chat(place.key).find(({ id }) => id === message);
      if (found) found.shown = shown;
    },
  };

  const channels = new Map<string, Channel>([channel, silent('teams')].map((one) => [one.name, one]));
  const tables = tablesOf(features);
  const store = await (open?.(tables) ?? openLowdb({ dir, tables }));
  if (large) await writeLargeCity(join(dir, 'city'));
  await loadCity(store, large ? join(dir, 'city') : join(root, 'data/demo'), [
    branchFiles,
    secretaryFiles,
    starFiles,
  ]);
  const fileStore = await openFolder(join(dir, 'files'), () => clock);
  const bot = createBot({
    ...featureParts,
    store,
    features,
    channels,
    elapsed: () => clock.getTime(),
    workdays: createLiveWorkdays(),
    log,
    now: () => clock,
    newId,
    random,
    fileStore,
    ...(personLimit !== undefined && { personLimit }),
    links: createLinks({
      secret: 'a secret of the tests only',
      base: () => address ?? undefined,
      pick: false,
    }),
  });

  function message(id: string, { text, card }: Shown): Message {
    // So that every form that a story opens is one on every platform, also a new one.
    if (card?.kind === 'form') sameEverywhere(renderCard, card);
    // And everything that it shows can be reached by typed words.
    if (card) typedEverywhere(features, card);
    return { id, text, ...(card && { card: renderCard(card) }) };
  }

  function screen(person: string, place: Place): Screen {
    const received = (id: string) => ({
      channel: 'webchat',
      id,
      place,
      sender: { account: person, name: person },
      at: clock,
    });
    const view = async ({ id, shown }: Kept): Promise<Message> => {
      const mine = overlays.get(`${person} ${id}`);
      if (mine) return message(id, mine);
      if (!shown.subject) return message(id, shown);
      return message(id, await bot.draw({ text: shown.text, card: { subject: shown.subject } }, person));
    };
    const self: Screen = {
      person,
      place,
      async say(text, id = newId()) {
        await bot.handle({ ...received(id), kind: 'text', text });
        await bot.pump();
        return self.last();
      },
      async send(files, text = '', id = newId()) {
        const attachments = Object.entries(files).map(([name, content]) => ({
          name,
          async fetch() {
            if (content instanceof Error) throw content;
            return content;
          },
        }));
        const answer = await bot.handle({ ...received(id), kind: 'text', text }, attachments);
        await bot.pump();
        return { ...(await self.last()), text: answer.shown.text };
      },
      async press(op, data, pressed, id = newId()) {
        const answer = await bot.handle({
          ...received(id),
          kind: 'action',
          op,
          data,
          inline,
          ...(pressed && { pressed }),
        });
        await bot.pump();
        if (pressed && answer.scope === 'mine') overlays.set(`${person} ${pressed}`, answer.shown);
        if (pressed && answer.scope === 'card') overlays.delete(`${person} ${pressed}`);
        return answer;
      },
      async click(title, inputs = {}, on) {
        const all = on ? [on] : [...(await self.messages())].reverse();
        const message = all.find(({ card }) => card && buttonsOf(card).some((b) => b.title === title));
        const button = message?.card && buttonsOf(message.card).find((b) => b.title === title);
        if (!message || !button) throw new Error(`${person} sees no button “${title}” in ${place.key}`);
        const typed = { ...inputsOf(message.card), ...inputs };
        const { shown, refused, scope } = await self.press(
          button.op,
          { ...typed, ...button.data },
          message.id,
        );
        if (scope === 'none') return { ...(await self.last()), refused };
        const now =
          scope === 'words' ? undefined : (await self.messages()).find(({ id }) => id === message.id);
        return { id: message.id, text: shown.text, ...(now?.card && { card: now.card }), refused };
      },
      messages: async () => Promise.all(chat(place.key).map(view)),
      async last() {
        const all = await self.messages();
        const last = all.at(-1);
        if (!last) throw new Error(`nothing was said in ${place.key}`);
        return last;
      },
    };
    return self;
  }

  const personal = (id: string) => screen(id, { key: `webchat|p:${id}`, kind: 'personal' });

  async function close(): Promise<void> {
    await bot.stop();
    await fileStore.close();
    await store.close();
    await rm(dir, { recursive: true });
  }

  return {
    dir,
    store,
    bot,
    channel,
    channels,
    complaints,
    close,
    async end() {
      await close();
      deepStrictEqual(complaints, []);
    },
    time: (d, t = '09:00') => {
      clock = instant(d, t);
    },
    async tick(d, t = '09:00') {
      clock = instant(d, t);
      await bot.tick();
    },
    person: personal,
    people: <const Ids extends readonly string[]>(...ids: Ids) =>
      ids.map(personal) as { -readonly [K in keyof Ids]: Screen },
    in: (unit, id) => screen(id, { key: `webchat|g:${unit}`, kind: 'group' }),
  };
}

/** Give a group of the played platform to a unit, as 绑定本群 does. */
export async function bindGroup(kit: Kit, unit: string): Promise<void> {
  const id = `webchat|g:${unit}`;
  await kit.store.transaction((tx) =>
    tx.table(conversations).put({ ...newConversation, id, channel: 'webchat', kind: 'group', unit, at: '' }),
  );
}

const adaptive = createAdaptive(await loadCards(join(root, 'cards')));

/** A card as Teams and the page show it. */
export const renderCard = (card: Card, bytes = 70_000): CardJson => adaptive(card, bytes);

function jsonOf(card: CardJson | Card | undefined): CardJson | undefined {
  return card && 'kind' in card ? renderCard(card as Card) : card;
}

/** All buttons of a card, also those that are whole rows. */
export function buttonsOf(card: CardJson | Card | undefined): readonly Button[] {
  const found: Button[] = [];
  walk(jsonOf(card), (node) => {
    if (node.type === 'Action.Execute')
      found.push({
        title: String(node.title),
        op: String(node.verb),
        data: (node.data ?? {}) as Button['data'],
      });
  });
  return found;
}

/** What can be pressed on a card, by its titles. */
export const titlesOf = (card: CardJson | Card | undefined): readonly string[] =>
  buttonsOf(card).map(({ title }) => title);

/** The ids of a card's inputs with what is filled in. */
export function inputsOf(card: CardJson | Card | undefined): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  walk(jsonOf(card), (node) => {
    if (String(node.type).startsWith('Input.')) found[String(node.id)] = node.value;
  });
  return found;
}

/** Everything a card says, run together. */
export function wordsOf(card: CardJson | Card | undefined): string {
  const words: string[] = [];
  walk(jsonOf(card), (node) => {
    if (node.type === 'TextRun' || node.type === 'TextBlock') words.push(String(node.text));
  });
  return words.join(' ');
}

/** What a card opens, by title, among its buttons or in its text. */
export function linksOf(card: CardJson | Card | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  walk(jsonOf(card), (node) => {
    if (node.type === 'Action.OpenUrl') found[String(node.title)] = String(node.url);
  });
  return found;
}

/** The addresses of a card's pictures. */
export function picturesOf(card: CardJson | Card | undefined): string[] {
  const urls: string[] = [];
  walk(jsonOf(card), (node) => {
    if (node.type === 'Image') urls.push(String(node.url));
  });
  return urls;
}

function walk(node: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  else if (node !== null && typeof node === 'object') {
    visit(node as Record<string, unknown>);
    for (const [key, value] of Object.entries(node))
      if (key !== 'fallback' && key !== 'data') walk(value, visit);
  }
}
