/** The JSON that server and page exchange; types only, shared by both. */
import type { CardJson } from '../../bot/cards/adaptive.ts';
import type { Subject } from '../../bot/cards/spec.ts';

/** A person as the page shows one. `role` and `kind` (of the unit) are the programme's codes. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly unitName: string;
  readonly role: string;
  readonly roleName: string;
  /** The unit above. */
  readonly parentName?: string | undefined;
  readonly kind: string;
}

/** What a card or a message shows, drawn for whoever asked. */
export interface Drawn {
  readonly text: string;
  readonly card?: CardJson | undefined;
  readonly subject?: Subject | undefined;
  /** Why it came; the card says it already. */
  readonly why?: string | undefined;
}

export interface MessageView extends Drawn {
  readonly id: string;
  /** Rank in its chat; never changes. */
  readonly seq: number;
  /** Rank of its last change over all chats; a higher one is newer. */
  readonly stamp: number;
  readonly at: string;
  /** A person's id, or `bot`. */
  readonly from: string;
  readonly name: string;
  readonly unit: string;
  /** Said to the bot, in a group where not everything is. */
  readonly ask: boolean;
  readonly edited: boolean;
  /** Where the photo is that was sent. */
  readonly photo?: string | undefined;
}

export interface ChatView {
  readonly place: string;
  readonly kind: 'personal' | 'group';
  readonly name: string;
  readonly last: { readonly seq: number; readonly at: string; readonly text: string } | null;
  readonly unread: number;
  /** Everything up to this `seq` was on this person's screen. */
  readonly read: number;
}

export interface ChatsAnswer {
  readonly me: Person;
  readonly chats: readonly ChatView[];
}

/** Messages oldest first. `more`: there is another page in the direction that was asked for. */
export interface PageAnswer {
  readonly messages: readonly MessageView[];
  readonly more: boolean;
  /** All changes up to this stamp are known to who has this page (and the pages before it). */
  readonly stamp: number;
}

export interface TextAnswer {
  readonly message: MessageView;
  /** A sentence for the sender alone, when the bot could not even answer in a message. */
  readonly notice: string | null;
}

export interface ActionAnswer {
  readonly scope: 'card' | 'mine' | 'words' | 'none';
  readonly refused: boolean;
  readonly shown: Drawn;
}

/** What the event stream says: something changed there, come and look. */
export interface Ring {
  readonly place: string;
  readonly stamp: number;
}

/** What may be typed, and what it does. */
export interface Command {
  readonly word: string;
  readonly text: string;
  /** The operation that it calls. */
  readonly op: string;
}

/** A message that has the words looked for. */
export interface FoundMessage {
  readonly place: string;
  /** Of the chat. */
  readonly chat: string;
  readonly seq: number;
  readonly at: string;
  readonly name: string;
  readonly text: string;
}
