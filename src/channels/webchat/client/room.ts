/** A chat as the page has it in memory: pure functions from what is known and what arrived to what is known then. */
import type { MessageView, PageAnswer } from '../wire.ts';
import type { Unsent } from './unsent.ts';

/** Something of one's own that is on its way. */
export interface Pending extends Pick<Unsent, 'id' | 'text' | 'ask' | 'at' | 'thumb' | 'press'> {
  /** Why it was refused: only the person can do something about it. */
  readonly failed: string | null;
  /** Why it waits; it goes out by itself. */
  readonly waits: string | null;
}

export interface Room {
  /** The newest page has arrived; until then nobody knows whether the chat is empty. */
  readonly loaded: boolean;
  /** Oldest first, each once. */
  readonly messages: readonly MessageView[];
  /** There are older ones. */
  readonly more: boolean;
  /** There are newer ones: somebody reads further up, and what comes in is not among these. */
  readonly later: boolean;
  /** All changes up to here are in. */
  readonly stamp: number;
  readonly pending: readonly Pending[];
  /** The bot is thinking about this many messages. */
  readonly thinking: number;
  readonly notice: string | null;
  /** A message that is looked for, to be shown once. */
  readonly found?: number;
}

export const emptyRoom: Room = {
  loaded: false,
  messages: [],
  more: false,
  later: false,
  stamp: 0,
  pending: [],
  thinking: 0,
  notice: null,
};

/** Put messages in their place; of two versions of one the newer stays. */
export function merge(known: readonly MessageView[], arrived: readonly MessageView[]): MessageView[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of arrived) {
    const old = byId.get(message.id);
    if (!old || old.stamp <= message.stamp) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

function settle(pending: readonly Pending[], messages: readonly MessageView[]): readonly Pending[] {
  if (pending.length === 0) return pending;
  // The server keeps what we say as `text|<person>|<our id>`.
  const sent = new Set(messages.map(({ id }) => id.slice(id.lastIndexOf('|') + 1)));
  return pending.filter(({ id }) => !sent.has(id));
}

/** Something that is said from now on. */
export function begun(room: Room, { id, text, ask, at, thumb, press }: Unsent): Room {
  const pending = room.pending.filter((item) => item.id !== id);
  return settled({
    ...room,
    pending: [...pending, { id, text, ask, at, thumb, ...(press && { press }), failed: null, waits: null }],
  });
}

/** One that is on its way is there, or nobody wants it sent any more. */
export function without(room: Room, id: string): Room {
  return { ...room, pending: room.pending.filter((item) => item.id !== id) };
}

/** What became of one that is on its way. */
export function turned(room: Room, id: string, fate: Partial<Pick<Pending, 'failed' | 'waits'>>): Room {
  return { ...room, pending: room.pending.map((item) => (item.id === id ? { ...item, ...fate } : item)) };
}

function settled(room: Room): Room {
  return { ...room, pending: settle(room.pending, room.messages) };
}

/** Most messages of a room in memory; those furthest from where somebody reads go, and come back when they are wanted. */
export const MOST_IN_ROOM = 180;

/** A page to begin with, in place of what was there: the newest one, or with `later` one further up. */
export function entered(room: Room, page: PageAnswer, later = false): Room {
  // Of what is known already only what the page goes on from stays: there must be no gap.
  const joined = !later && !room.later && overlaps(room.messages, page.messages);
  const messages = joined ? merge(room.messages, page.messages) : [...page.messages];
  return settled({
    ...room,
    loaded: true,
    messages,
    more: joined ? room.more : later || page.more,
    later: later && page.more,
    stamp: Math.max(room.stamp, page.stamp),
  });
}

function overlaps(known: readonly MessageView[], page: readonly MessageView[]): boolean {
  const last = known.at(-1);
  return last !== undefined && page.some(({ seq }) => seq <= last.seq);
}

/** A page of older messages. */
export function older(room: Room, page: PageAnswer): Room {
  const messages = merge(room.messages, page.messages);
  const kept = messages.slice(0, MOST_IN_ROOM);
  return { ...room, messages: kept, more: page.more, later: room.later || kept.length < messages.length };
}

/** A page of newer messages, for who reads on from further up. */
export function newer(room: Room, page: PageAnswer): Room {
  const messages = merge(room.messages, page.messages);
  const kept = messages.slice(-MOST_IN_ROOM);
  return settled({
    ...room,
    messages: kept,
    more: room.more || kept.length < messages.length,
    later: page.more,
  });
}

/** What happened since. Changes of messages that are not here stay out until they are paged in. */
export function caughtUp(room: Room, page: PageAnswer): Room {
  const first = room.more ? (room.messages[0]?.seq ?? 0) : 0;
  const last = room.later ? (room.messages.at(-1)?.seq ?? 0) : Number.POSITIVE_INFINITY;
  const messages = merge(
    room.messages,
    page.messages.filter(({ seq }) => seq >= first && seq <= last),
  );
  const stamp = Math.max(room.stamp, page.stamp);
  return { ...room, messages, stamp, pending: settle(room.pending, page.messages) };
}

/** At the end of the room again: what is far above goes. */
export function trimmed(room: Room): Room {
  if (room.later || room.messages.length <= MOST_IN_ROOM) return room;
  return { ...room, messages: room.messages.slice(-MOST_IN_ROOM), more: true };
}

/** One message that came as the answer to something of ours. */
export function received(room: Room, message: MessageView): Room {
  if (room.later) return { ...room, pending: settle(room.pending, [message]) };
  const messages = merge(room.messages, [message]);
  return { ...room, messages, pending: settle(room.pending, messages) };
}

/** A card that now shows something else to us, before (or without) the change being fetched. */
export function redrawn(room: Room, id: string, shown: Partial<MessageView>): Room {
  const messages = room.messages.map((message) => (message.id === id ? { ...message, ...shown } : message));
  return { ...room, messages };
}
