/** What every platform implements: transport only. Rules of the programme never live here. */

import type { Limits } from '../../lib/limiter.ts';
import type { AnyTable } from '../../store/store.ts';
import type { Asks, Card, Fresh, Subject } from '../cards/spec.ts';

/**
 * Why a send did not succeed.
 * - `retry`: it was not taken; the platform is down, or was not reached.
 * - `limited`: too much at once; nothing else is wrong. Both later, after `retryAfterMs` when the platform said so.
 * - `configuration`: the platform does not accept who we are (a token, a permission): nothing goes out until somebody
 *   has repaired it, and then everything does.
 * - `unsure`: it went out and no answer came: it may have been taken.
 * - `gone`: this place takes no messages any more. `refused`: it will never be taken as it is.
 */
export type SendFailure = 'retry' | 'limited' | 'configuration' | 'unsure' | 'gone' | 'refused';

/** Whether the next message would fare no better: nobody answered, or nobody was let in. */
export function isDown(
  result: 'sent' | SendFailure,
): result is 'retry' | 'limited' | 'configuration' | 'unsure' {
  return result !== 'sent' && result !== 'gone' && result !== 'refused';
}

export class SendError extends Error {
  constructor(
    readonly kind: SendFailure,
    message: string,
    readonly retryAfterMs?: number,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'SendError';
  }
}

/** What a platform can do: the kernel asks this and knows no platform. */
export interface Capabilities {
  /** Most that a card and the words with it weigh: bytes as `sizeOf` counts them. */
  readonly bytes: number;
  /** Choices in one answer to what somebody types into a field; 0: nothing is looked up, what was typed is read. */
  readonly choices: number;
  /** People of a group who can get a drawing of their own of one card; the others see the one for nobody. */
  readonly viewers: number;
  /** Whether a message can be replaced once it is out. */
  readonly update: boolean;
  /** Whether a message in a group can point somebody out. */
  readonly mentions: boolean;
  /** Whether people can send files. */
  readonly files: boolean;
  /** Whether it can post a file, in a personal chat. */
  readonly givesFiles?: true;
  /** Whether a message in a group can be one that a single person sees. */
  readonly aside?: true;
  /** People whom one request to the platform reaches. */
  readonly batch: number;
  /** Whether `send` recognises a `key` that it was given before, so that trying again posts nothing twice. */
  readonly idempotent: boolean;
  /** False where people only look by themselves: what is for a person goes elsewhere, if there is an elsewhere. */
  readonly notifies: boolean;
  /** Whether its own client holds buttons back that have just come under the finger (cards/fresh.ts). */
  readonly holdsBack: boolean;
}

/** How a platform is called, and who its accounts are. */
export interface Platform {
  readonly name: string;
  /** As people call it: `Teams`, `网页`. */
  readonly title: string;
  /** `local`: each is the id of the person. `accounts`: of its own, which people bind. */
  readonly people: 'local' | 'accounts';
  /** What a list of people may say of accounts here; without it, nothing. */
  readonly roster?: RosterColumn;
}

/** The column of a list of people that holds their accounts on one platform. */
export interface RosterColumn {
  /** `Teams账号` */
  readonly title: string;
  /** The account that is written there; undefined when it is none. */
  read(text: string): string | undefined;
  /** The same in words: `填 Entra 对象 ID`. */
  readonly wanted: string;
}

export interface Channel extends Platform {
  readonly capabilities: Capabilities;
  /** What it keeps in the store itself. */
  readonly tables?: readonly AnyTable[];
  /** How much the platform takes; without it, as much as there is. */
  readonly limits?: Limits;
  /** Where this channel can reach the person of an account who never wrote to it, if it can. */
  personalPlace?(account: string): Place | undefined;
  /** Post a message; resolves to the platform's message id. `key` names it for good. Rejects with SendError. */
  send(place: Place, shown: Shown, key: string): Promise<string>;
  /** Show something else in place of a message posted before. Rejects with SendError. */
  update(place: Place, message: string, shown: Shown): Promise<void>;
}

/** A chat on some platform. `key` is `<channel>|<platform's id>` and is how everything else refers to it. */
export interface Place {
  readonly key: string;
  readonly kind: 'personal' | 'group';
  /** Whatever the channel needs to write here later (a conversation reference); opaque JSON. */
  readonly ref?: unknown;
  /** The thread of the chat in which this is said, as the channel names it; without one a message begins its own. */
  readonly thread?: string;
  /** In a group, the handle of the one who sees it; without one everybody does. */
  readonly only?: string;
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

/**
 * Something that happens to a chat, said by nobody.
 * - `added`: the bot is in it from now on; platforms tell this more than once. `account` added it.
 * - `joined`: these people are in it from now on.
 * - `seen`: it is still there; what `place` says of it is fresh.
 * - `removed`: nothing can be sent there any more; with `whole`, nor anywhere else in what it is part of.
 * - `left`: the one of this personal chat is not of the platform's organisation any more.
 */
export type ChatEvent = {
  readonly channel: string;
  readonly place: Place;
} & (
  | { readonly what: 'added'; readonly account: string }
  | { readonly what: 'joined'; readonly accounts: readonly string[] }
  | { readonly what: 'seen' }
  | { readonly what: 'removed'; readonly whole: boolean; readonly reason: string }
  | { readonly what: 'left'; readonly account: string; readonly reason: string }
);

/** A person whom a message points out in a group; typed text never does. */
export interface Mention {
  readonly name: string;
  readonly account: string;
}

/** A file that goes out as a message. */
export interface GivenFile {
  /** With its ending. */
  readonly name: string;
  content(): Promise<Uint8Array>;
}

/** A reply as a channel shows it. */
export interface Shown {
  readonly text: string;
  /** What it is; a platform whose messages are counted saves on what nobody waits for. */
  readonly kind?: 'reply' | 'notice' | 'digest';
  readonly card?: Card;
  /** What the card is about; a channel that redraws cards itself keeps it with the message. */
  readonly subject?: Subject;
  readonly mention?: Mention;
  /** A file that is posted, where the platform can; the words say what it is. */
  readonly file?: GivenFile;
  /** Handles of those in the group who get a drawing of their own; the card itself is drawn for nobody. */
  readonly viewers?: readonly string[];
  /** Why the card came, in a line: stands above it. */
  readonly why?: string;
  /** What it asks for, and of which record: it is no news any more once somebody else has done it. */
  readonly asks?: Asks & { readonly about: Subject };
  /** The card takes the place of another one: buttons that are new on it are held back. */
  readonly fresh?: Fresh;
}

/** Somebody's client asks how a card looks for this person. */
export interface Look {
  readonly channel: string;
  readonly account: string;
  readonly place: string;
  /** The platform's id of the message with the card. */
  readonly message: string;
}
