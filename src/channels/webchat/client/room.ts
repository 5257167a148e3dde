/** A chat as the page has it in memory: pure functions from what is known and what arrived to what is known then. */
import type { MessageView, PageAnswer } from '../wire.ts';

/** Something of one's own that is on its way. */
export interface Pending {
  readonly id: string;
  readonly text: string;
  readonly ask: boolean;
  readonly at: string;
  /** What is sent instead of words. */
  readonly file?: File;
  readonly failed: string | null;
}

export interface Room {
  /** The newest page has arrived; until then nobody knows whether the chat is empty. */
  readonly loaded: boolean;
  /** Oldest first, each once. */
  readonly messages: readonly MessageView[];
  /** There are older ones. */
  readonly more: boolean;
  /** All changes up to here are in. */
  readonly stamp: number;
  readonly pending: readonly Pending[];
  /** The bot is thinking about this many messages. */
  readonly thinking: number;
  readonly notice: string | null;
}

export const emptyRoom: Room = {
  loaded: false,
  messages: [],
  more: false,
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

/** The newest page, when the room is entered. */
export function entered(room: Room, page: PageAnswer): Room {
  const messages = merge(room.messages, page.messages);
  return {
    ...room,
    loaded: true,
    messages,
    more: page.more,
    stamp: page.stamp,
    pending: settle(room.pending, messages),
  };
}

/** A page of older messages. */
export function older(room: Room, page: PageAnswer): Room {
  return { ...room, messages: merge(room.messages, page.messages), more: page.more };
}

/** What happened since. Changes of messages older than any that we have stay out until they are paged in. */
export function caughtUp(room: Room, page: PageAnswer): Room {
  const first = room.more ? (room.messages[0]?.seq ?? 0) : 0;
  const messages = merge(
    room.messages,
    page.messages.filter(({ seq }) => seq >= first),
  );
  const stamp = Math.max(room.stamp, page.stamp);
  return { ...room, messages, stamp, pending: settle(room.pending, messages) };
}

/** One message that came as the answer to something of ours. */
export function received(room: Room, message: MessageView): Room {
  const messages = merge(room.messages, [message]);
  return { ...room, messages, pending: settle(room.pending, messages) };
}

/** A card that now shows something else to us, before (or without) the change being fetched. */
export function redrawn(room: Room, id: string, shown: Partial<MessageView>): Room {
  const messages = room.messages.map((message) => (message.id === id ? { ...message, ...shown } : message));
  return { ...room, messages };
}
