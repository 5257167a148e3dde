/** Builds what an operation works with, and keeps the books of chats and of the cards in them. */
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../lib/errors.ts';
import type { Stored, Tx } from '../store/store.ts';
import { createDoing, type Effects } from './effects.ts';
import type { Actor, Ctx, Feature, Help, World } from './feature.ts';
import { oldestFirst } from './feature.ts';
import { type Account, type Inbound, type Subject, subjectKey } from './message.ts';
import { judge, roleFits } from './rights.ts';
import { lives, newPlace, type PlaceRow, places } from './tables.ts';

/** A place seen less than this long ago (milliseconds) is not written again. */
const PLACE_FRESH_MS = 24 * 3_600_000;

/** The refusal for people whom nobody has put on the list yet. */
export function unknownPerson(): AppError {
  return new AppError('unbound', '我还不认识您。请发送“绑定”，填一下姓名和单位，同意后就能使用。');
}

export function createContext(
  world: World,
  features: readonly Feature[],
  sender: Actor | null,
  account: Account,
  place: PlaceRow,
  pressed: Subject | undefined,
  newId: () => string,
): { ctx: Ctx; effects: Effects } {
  const { doing, effects } = createDoing(world, newId, sender?.unit ?? null);
  const ctx: Ctx = {
    ...doing,
    sender,
    account,
    self: sender?.id ?? `${account.channel}:${account.id}`,
    place,
    pressed,
    get rhythms() {
      return features.flatMap((feature) => feature.rhythms ?? []);
    },
    get estates() {
      return features.flatMap((feature) => feature.estates ?? []);
    },
    get me() {
      if (!sender) throw unknownPerson();
      return sender;
    },
    async help() {
      const found: Help[] = [];
      for (const { name, words, help, right, record } of features.flatMap(({ operations }) => operations)) {
        if (!help || !words?.[0] || !roleFits(right, sender)) continue;
        // Where no record decides, the person alone does.
        if (record || (await judge(right, undefined, world, sender)) === true)
          found.push({ word: words[0], text: help, op: name });
      }
      return found;
    },
    async todos() {
      if (!sender) return [];
      const lists = [];
      for (const feature of features) if (feature.todos) lists.push(...(await feature.todos(world, sender)));
      return lists.sort(oldestFirst);
    },
  };
  return { ctx, effects };
}

/**
 * Remember where this chat is and whose it is; written only when that changed or was not seen for a day.
 * Who hears from a chat is in it: what was said to be gone is there again.
 */
export async function notePlace(
  world: World,
  { place, channel }: Pick<Inbound, 'place' | 'channel'>,
  sender: Pick<Actor, 'id'> | null,
): Promise<Stored<PlaceRow>> {
  const rows = world.tx.table(places);
  const { key: id, kind, ref = null, name, parent } = place;
  const known = await rows.get(id);
  const now = {
    person: kind === 'personal' ? (sender?.id ?? null) : null,
    ref,
    gone: null,
    ...(name && { name }),
    ...(parent && { parent }),
  };
  const at = world.now.toISOString();
  if (!known) return rows.put({ ...newPlace, id, channel, kind, ...now, at });
  // Seen in the future: by a clock that was ahead.
  const fresh = Math.abs(world.now.getTime() - Date.parse(known.at)) < PLACE_FRESH_MS;
  if (fresh && sameFields(known, now)) return known;
  return rows.put({ ...known, ...now, at });
}

function sameFields(row: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(now).every(([key, value]) => isDeepStrictEqual(row[key], value));
}

/** Names the card of a message. */
export function liveId(place: string, message: string): string {
  return `${place}|${message}`;
}

/** From now on the card of this message follows `subject`, as the newest one in its chat: it was just shown, or pressed. */
export async function followSubject(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  place: string,
  message: string,
  subject: Subject,
  thread: string | undefined,
): Promise<void> {
  const id = liveId(place, message);
  const known = await tx.table(lives).get(id);
  const row = { id, place, message, subject: subjectKey(subject), at: now.toISOString() };
  await tx.table(lives).put({ ...known, ...row, ...(thread && { thread }) });
}

/** The subject that the pressed card follows, if it follows one. */
export async function pressedSubject(
  { tx }: Pick<World, 'tx'>,
  inbound: Inbound,
): Promise<Subject | undefined> {
  if (inbound.kind !== 'action' || !inbound.pressed) return undefined;
  return subjectOf(tx, inbound.place.key, inbound.pressed);
}

/** What the card of this message is about, if it is about something that can change. */
export async function subjectOf(tx: Tx, place: string, message: string): Promise<Subject | undefined> {
  const live = await tx.table(lives).get(liveId(place, message));
  const [kind = '', ...id] = live?.subject.split(':') ?? [];
  return live && { kind, id: id.join(':') };
}
