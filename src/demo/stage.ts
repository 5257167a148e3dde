/**
 * Where the demo city lives through its past: the real kernel and features over a store of its own, people who say and
 * press what the page offers, and a clock that only goes forward.
 */
import { setImmediate as immediate } from 'node:timers/promises';
import { type Bot, createBot } from '../bot/bot.ts';
import type { RenderAdaptive } from '../bot/cards/adaptive.ts';
import type { Button, Card, Subject } from '../bot/cards/spec.ts';
import type { Channel, Place, Shown } from '../bot/delivery/channel.ts';
import type { Attachment, Inbound } from '../bot/turn/inbound.ts';
import {
  createMailbox,
  createPageChannel,
  drawWith,
  groupPlace,
  type Mailbox,
  personalPlace,
  WEBCHAT,
} from '../channels/webchat/index.ts';
import { featureParts } from '../features/index.ts';
import { createCity } from '../features/members/index.ts';
import type { Log } from '../lib/log.ts';
import { createLiveWorkdays } from '../lib/workdays.ts';
import type { FileStore } from '../store/files.ts';
import type { Store } from '../store/store.ts';
import { luck } from './calendar.ts';

/** Something that is done at its time. */
export interface Act {
  readonly at: Date;
  run(stage: Stage): Promise<unknown>;
}

/** A message of the bot as one person sees it. */
export interface Seen {
  readonly message: string;
  readonly shown: Shown;
}

/** What is filled in, by input. */
export type Filled = Readonly<Record<string, string>>;

/** A person in one chat. A last look is always followed by going on. Everything rejects when it is refused, or when what was filled in does not fit. */
export interface Speaker {
  /** Words to the bot; resolves to its answer. */
  say(text: string): Promise<Seen>;
  /** Words to the others of a group. */
  talk(text: string): Promise<void>;
  /** Send a file. */
  send(name: string, bytes: Uint8Array): Promise<void>;
  /** Press the button with this title, with what is filled in. */
  press(seen: Seen, title: string, inputs?: Filled): Promise<Seen>;
  /** Send a form in, whatever its button is called. */
  submit(form: Seen, inputs: Filled): Promise<Seen>;
  /** The newest message in this chat that is about this record, as it looks now. */
  about(record: string): Promise<Seen>;
  /** The forms in this chat that are still to be filled in, the oldest first. */
  forms(): Promise<readonly Seen[]>;
}

export interface StageOptions {
  readonly store: Store;
  readonly fileStore: FileStore;
  readonly render: RenderAdaptive;
  readonly log: Log;
  readonly begin: Date;
}

export interface Stage {
  readonly store: Store;
  /** In the personal chat with the bot. */
  person(id: string): Speaker;
  /** In the work group of a unit. */
  group(unit: string, person: string): Speaker;
  /** Let the time pass until then, with all that falls due. */
  until(at: Date): Promise<void>;
  /** What the scheduler does. */
  tick(): Promise<void>;
  /** The bot comes to everybody's personal chat. */
  greet(): Promise<void>;
  /** Everybody has read all that was said so far. */
  readAll(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds between two things that somebody does, one after the other. */
const PAUSE_MS = 10_000;

export function openStage({ store, fileStore, render, log, begin }: StageOptions): Stage {
  let clock = begin;
  let ids = 0;
  let draws = 0;
  const now = () => clock;
  const newId = () => `demo-${String(++ids).padStart(6, '0')}`;
  const kept = createMailbox(store);
  /** The number of the newest message of all chats, and the chats in which there are any. */
  let newest = 0;
  const used = new Set<string>();
  const mailbox: Mailbox = {
    ...kept,
    async post(said, shown) {
      const row = await kept.post(said, shown);
      newest = row.seq;
      used.add(row.place);
      return row;
    },
  };
  const drawn = drawWith(render);
  const city = createCity(store, WEBCHAT, false);
  /** What the bot wrote, by chat: the newest last. */
  const written = new Map<string, { id: string; shown: Shown }[]>();
  const chat = (key: string) => written.get(key) ?? written.set(key, []).get(key) ?? [];

  const page = createPageChannel({ mailbox, drawn, demo: true, now });
  const channel: Channel = {
    ...page,
    // The page draws a record anew for everyone who looks: nothing on it has to be kept up to date on the way.
    capabilities: { ...page.capabilities, update: false },
    async send(place, shown, key) {
      const id = await page.send(place, shown, key);
      chat(place.key).push({ id, shown });
      return id;
    },
  };

  const bot: Bot = createBot({
    ...featureParts,
    store,
    channels: new Map([[channel.name, channel]]),
    elapsed: () => clock.getTime(),
    workdays: createLiveWorkdays(),
    log,
    now,
    newId,
    random: (below) => Math.floor(luck('draw', ++draws) * below),
    fileStore,
  });

  /** What the bot goes on with by itself is done before anything else happens: it is the same each time. */
  async function calm(): Promise<void> {
    await immediate();
    await bot.pump();
  }

  function speaker(id: string, place: Place): Speaker {
    async function inbound<T extends Partial<Inbound>>(more: T) {
      clock = new Date(clock.getTime() + PAUSE_MS);
      const me = await city.person(id);
      if (!me) throw new Error(`nobody is ${id}`);
      const common = {
        channel: WEBCHAT,
        id: newId(),
        place,
        sender: { account: id, name: me.name },
        at: clock,
      };
      return { me, inbound: { ...common, ...more } };
    }

    async function keep(text: string, ask: boolean, attachments: readonly Attachment[] = []) {
      const { me, inbound: heard } = await inbound({ kind: 'text' as const, text });
      const said = { id: heard.id, place: place.key, at: clock.toISOString(), from: id, name: me.name };
      await mailbox.post({ ...said, unit: me.unitName, text, ask }, { text });
      if (!ask) return undefined;
      const words = attachments.length > 0 ? { ...heard, text: '' } : heard;
      const answer = await bot.handle(words, attachments, true);
      await calm();
      if (answer.refused) throw new Error(`${id} “${text}”: ${answer.shown.text}`);
      return `reply:${place.key}|${heard.id}`;
    }

    /** Whoever has lived through this was sure of it. @throws Error when a form came back with something to be changed */
    async function settled(seen: Seen, what: string): Promise<Seen> {
      const { card } = seen.shown;
      if (card?.kind === 'form' && card.error) throw new Error(`${what}: ${card.error}`);
      return card?.kind === 'preview' && card.confirm ? press(seen, card.confirm) : seen;
    }

    async function press(seen: Seen, title: string, inputs: Filled = {}): Promise<Seen> {
      const what = `${id} “${title}” on ${seen.message}`;
      const { card } = seen.shown;
      const button = card && buttonsOf(card).find((one) => one.title === title);
      if (!button) throw new Error(`${what}: there is no such button`);
      const { inbound: pressed } = await inbound({
        kind: 'action' as const,
        op: button.op,
        data: { ...filledIn(card), ...inputs, ...button.data, ...albumOf(card) },
        pressed: seen.message,
        inline: true,
      });
      const { scope, shown, refused } = await bot.handle(pressed, [], true);
      await calm();
      if (refused) throw new Error(`${what}: ${shown.text}`);
      if (scope === 'card' && shown.subject) {
        await mailbox.replace(place.key, seen.message, drawn(shown), clock.toISOString());
        const pressedOne = chat(place.key).find((one) => one.id === seen.message);
        if (pressedOne) pressedOne.shown = shown;
      }
      return settled({ message: seen.message, shown }, what);
    }

    /** As this person sees it now. */
    async function look(message: string, shown: Shown): Promise<Seen> {
      if (!shown.subject) return { message, shown };
      return { message, shown: await bot.draw({ text: shown.text, card: { subject: shown.subject } }, id) };
    }

    return {
      async say(text) {
        const reply = await keep(text, true);
        const found = chat(place.key).find((one) => one.id === reply);
        if (!found) throw new Error(`${id} “${text}”: no answer`);
        return settled(await look(found.id, found.shown), `${id} “${text}”`);
      },
      async talk(text) {
        await keep(text, false);
      },
      async send(name, bytes) {
        await keep(`文件：${name}`, true, [{ name, fetch: async () => bytes }]);
      },
      press,
      async submit(form, inputs) {
        const { card } = form.shown;
        if (card?.kind !== 'form') throw new Error(`${id} on ${form.message}: this is no form`);
        return press(form, card.submit.title, inputs);
      },
      async about(record) {
        const is = ({ id: about }: Subject) => about === record;
        const found = chat(place.key).findLast(({ shown }) => shown.subject && is(shown.subject));
        if (!found) throw new Error(`${id} sees nothing about ${record} in ${place.key}`);
        return look(found.id, found.shown);
      },
      async forms() {
        const all = chat(place.key).filter(({ shown }) => shown.subject?.kind === 'form');
        const seen = await Promise.all(all.map(({ id: message, shown }) => look(message, shown)));
        return seen.filter(({ shown }) => shown.card?.kind === 'form');
      },
    };
  }

  return {
    store,
    person: (id) => speaker(id, personalPlace(id)),
    group: (unit, id) => speaker(id, groupPlace(unit)),
    async until(at) {
      if (at > clock) clock = at;
      await bot.pump();
    },
    tick: () => bot.tick(),
    async greet() {
      for (const { id: account } of await city.people())
        await bot.chatEvent({ channel: WEBCHAT, place: personalPlace(account), what: 'added', account });
    },
    async readAll() {
      const seq = newest;
      for (const { id } of await city.people()) {
        const groups = await city.groups(id);
        for (const place of [personalPlace(id), ...groups.map(({ unit }) => groupPlace(unit))])
          if (used.has(place.key)) await mailbox.markRead(place.key, id, seq);
      }
    },
    stop: () => bot.stop(),
  };
}

function buttonsOf(card: Card): readonly Omit<Button, 'style'>[] {
  switch (card.kind) {
    case 'form':
      return [card.submit, ...card.also];
    case 'list':
      return [...card.rows, ...card.tabs, ...card.ticked, ...card.buttons];
    case 'progress':
      return [];
    default:
      return card.buttons;
  }
}

/** Photos were put into the form that they were sent for: which one that is goes along. */
function albumOf(card: Card | undefined): Filled {
  return card?.kind === 'form' && card.album !== '' && card.form ? { form: card.form } : {};
}

/** What a form says in its fields; nothing for other cards. */
export function filledIn(card: Card | undefined): Filled {
  const fields = card?.kind === 'form' ? card.fields : [];
  return Object.fromEntries(fields.map(({ id, value }) => [id, value]));
}
