/** What comes in from a channel and what goes out to it: the shapes that channels and the kernel share. */
import type { FileKind } from '../lib/filekind.ts';
import type { Stored } from '../store/store.ts';
import type { OutboxRow, PlaceRow } from './tables.ts';

/** A chat on some platform. `key` is `<channel>|<platform's id>` and is how everything else refers to it. */
export interface Place {
  readonly key: string;
  readonly kind: 'personal' | 'group';
  /** Whatever the channel needs to write here later (a conversation reference); opaque JSON. */
  readonly ref?: unknown;
  /** The thread of the chat in which this is said, as the channel names it; without one a message begins its own. */
  readonly thread?: string;
  /** What the platform calls it, if it says so. */
  readonly name?: string;
  /** What it is part of on the platform (a team), and goes with. */
  readonly parent?: string;
}

/** Somebody on a platform. The name is the one shown there. */
export interface Account {
  readonly channel: string;
  readonly id: string;
  readonly name: string;
}

interface Received {
  readonly channel: string;
  /** The platform's id of this message or press: the same id again is the same message. */
  readonly id: string;
  readonly place: Place;
  /**
   * Account id on the platform, and the name it shows. `handle`: what a card in a group must call this person by, on
   * platforms whose cards can differ from person to person.
   */
  readonly sender: { readonly account: string; readonly name: string; readonly handle?: string };
  /** The instant it was received, by our clock. */
  readonly at: Date;
}

/** Words that a person typed, mentions of the bot already stripped; '' when only files were sent. */
export interface TextInbound extends Received {
  readonly kind: 'text';
  readonly text: string;
  /** What came with it and is kept already; filled in by the kernel from the attachments. */
  readonly files?: readonly (SentFile | RefusedFile)[];
}

/** A file that came with a message, before it is fetched: the channel knows how, the kernel whether. */
export interface Attachment {
  /** As the sender's client calls it. */
  readonly name: string;
  /** Its content, at most so many bytes. Rejects with AppError when the person can do something about it. */
  fetch(mostBytes: number): Promise<Uint8Array>;
}

/** A file as it was taken in: a row of `files`, and what the features found in it. */
export interface SentFile {
  readonly id: string;
  readonly kind: FileKind;
  /** By operation, what its `read` made of the content. */
  readonly read: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A file that was not taken in, and the sentence that says why. */
export interface RefusedFile {
  readonly refused: string;
}

/** A button that a person pressed. Everything in `data` is a claim by the sender. */
export interface ActionInbound extends Received {
  readonly kind: 'action';
  /** The operation's name, such as `issues.accept`. */
  readonly op: string;
  /** The button's data together with the card's inputs. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The platform's id of the message whose card was pressed. */
  readonly pressed?: string;
  /** True when the channel can show the answer in its response to the press (Action.Execute, the local page). */
  readonly inline: boolean;
}

export type Inbound = TextInbound | ActionInbound;

/**
 * Something that happens to a chat, said by nobody.
 * - `added`: the bot is in it from now on; platforms tell this more than once. `account` added it.
 * - `joined`: these people are in it from now on.
 * - `seen`: it is still there; what `place` says of it is fresh.
 * - `removed`: nothing can be sent there any more; with `whole`, nor anywhere else in what it is part of.
 */
export type Happening = {
  readonly channel: string;
  readonly place: Place;
} & (
  | { readonly what: 'added'; readonly account: string }
  | { readonly what: 'joined'; readonly accounts: readonly string[] }
  | { readonly what: 'seen' }
  | { readonly what: 'removed'; readonly whole: boolean; readonly reason: string }
);

/** What a live card is about, for example `{ kind: 'issue', id: 'WT-2026-0001' }`. */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** `<kind>:<id>`, how rows name a subject. */
export function subjectKey({ kind, id }: Subject): string {
  return `${kind}:${id}`;
}

/**
 * A card as it is stored: either about a subject (drawn anew by its view whenever it is shown, for whoever looks)
 * or a template with its data, drawn once.
 */
export type Card =
  | { readonly subject: Subject }
  | { readonly template: string; readonly data: Readonly<Record<string, unknown>> };

/** An answer or a notice before it is drawn. Text is never missing: clients without cards show it alone. */
export interface Reply {
  readonly text: string;
  readonly card?: Card;
}

/** An Adaptive Card 1.5 as JSON, ready for a client. */
export type CardJson = { readonly type: 'AdaptiveCard'; readonly [field: string]: unknown };

/** A person whom a message points out in a group; typed text never does. */
export interface Mention {
  readonly name: string;
  readonly account: string;
}

/** A reply as a channel shows it. */
export interface Shown {
  readonly text: string;
  readonly card?: CardJson;
  /** What the card is about; a channel that redraws cards itself keeps it with the message. */
  readonly subject?: Subject;
  readonly mention?: Mention;
  /** Handles of those in the group who get a drawing of their own; the card itself is drawn for nobody. */
  readonly viewers?: readonly string[];
}

/** Somebody's client asks how a card looks for this person. */
export interface Look {
  readonly channel: string;
  readonly account: string;
  readonly place: string;
  /** The platform's id of the message with the card. */
  readonly message: string;
}

/** A message that only the holder of this may send, until `row.due`. */
export interface Claim {
  readonly row: Stored<OutboxRow>;
  /** Undefined when there is no chat to send it to. */
  readonly place: PlaceRow | undefined;
  readonly shown: Shown | undefined;
  /** The revision of the pending redraw of its subject, when there was one: the card is drawn after that change. */
  readonly pending?: number | undefined;
}

/**
 * What the kernel answers to an inbound. All that goes out as a message is already in the outbox; a channel shows
 * only what belongs into its response to an inline press:
 * - `card`: the pressed card now shows this (the outbox redraws it for everyone else);
 * - `mine`: the presser alone sees this in place of the card (a form, a list page);
 * - `words`: only the sentence, the card stays as it is;
 * - `none`: nothing, the outbox brings it.
 * `sends` are the outbox ids of the reply itself, for a channel that wants it out before it responds; `ready` is that
 * reply when nobody else will send it: claimed and drawn with the turn.
 */
export interface Answer {
  readonly scope: 'card' | 'mine' | 'words' | 'none';
  readonly shown: Shown;
  readonly refused: boolean;
  /** Refused for no fault of the person: nothing was kept, the same again may succeed. */
  readonly failed?: true;
  readonly sends: readonly string[];
  readonly ready?: Claim;
}
