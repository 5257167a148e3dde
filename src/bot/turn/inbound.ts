/** What comes in from a channel and what goes out to it: the shapes that channels and the kernel share. */

import type { FileKind } from '../../lib/filekind.ts';
import type { Place, Shown } from '../delivery/channel.ts';

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
  /** What came with it and is kept already; filled in by the kernel from the attachments. */
  readonly files?: readonly (SentFile | RefusedFile)[];
}

/** Words that a person typed, mentions of the bot already stripped; '' when only files were sent. */
export interface TextInbound extends Received {
  readonly kind: 'text';
  readonly text: string;
  /** The platform's id of the message that the words reply to. */
  readonly quoted?: string;
  /** Asked aside: the answer is shown to whoever asks and is no message of the chat. */
  readonly inline?: true;
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
  /** By operation, what its `reader` made of the content. */
  readonly read: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Why it was not read for an operation, in sentences to say when nothing else wants it. */
  readonly unread: readonly string[];
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
 * What the kernel answers to an inbound. All that goes out as a message is already in the outbox; a channel shows
 * only what belongs into its response to an inline press:
 * - `card`: the pressed card now shows this (the outbox redraws it for everyone else);
 * - `mine`: the presser alone sees this in place of the card (a form, a list page);
 * - `words`: only the sentence, the card stays as it is;
 * - `none`: nothing, it goes out as a message.
 * To typed words, `words` is an answer that could not be put into the outbox: the channel says it itself.
 */
export interface Answer {
  readonly scope: 'card' | 'mine' | 'words' | 'none';
  readonly shown: Shown;
  readonly refused: boolean;
  /** Refused for no fault of the person: nothing was kept, the same again may succeed. */
  readonly failed?: true;
  /** The ids of the files that were taken in. */
  readonly kept?: readonly string[];
}

/** Names an inbound for good: the same one again has the same id. */
export function turnId(inbound: Inbound): string {
  return `${inbound.place.key}|${inbound.id}`;
}

/** True when the channel shows the answer in its response to the press, or to what was asked aside. */
export function isInline(inbound: Inbound): boolean {
  return inbound.inline === true;
}
