/** What a feature brings to the kernel, and what the kernel hands to its code. */

import type { FileKind } from '../lib/filekind.ts';
import type { Numbers } from '../lib/recordnumber.ts';
import type { Line, SheetHead } from '../lib/sheet.ts';
import type { AnyTable, Tx } from '../store/store.ts';
import type { Act, Button, Card, Choice, Link, Raw, Reply } from './cards/spec.ts';
import type { FieldWords } from './cards/typed.ts';
import type { Platform } from './delivery/channel.ts';
import type { ConversationRow } from './delivery/conversations.ts';
import type { Names } from './files/labels.ts';
import type { JobKind } from './jobs/job.ts';
import type { AnyOperation, Ctx, Handover, Todo } from './operation.ts';
import type { Reminder } from './reminders/reminder.ts';
import type { Listener } from './turn/events.ts';
import type { Actor, World } from './world.ts';

/** Asked just before a later notice goes out: what is to be said to this person, or undefined when nothing is any more. */
export type Check = (world: World, about: string, person: string) => Promise<string | undefined>;

/** Draws a subject for one viewer; null draws it for a group, where nobody in particular looks. */
export type View = (world: World, id: string, viewer: Actor | null) => Promise<Card>;

/** Whether the card of a subject still has something to do for this person. */
export type Concern = (world: World, id: string, actor: Actor) => Promise<boolean>;

/** Further links on the card of a record, for who looks at it; null in a group, where they are everybody's. */
export type CardLinks = (world: World, id: string, viewer: Actor | null) => Promise<readonly Link[]>;

/** What a download link gives. */
export interface File {
  /** With its ending, as it is saved. */
  readonly name: string;
  /** The media type. */
  readonly type: string;
  /**
   * The content itself, or the hash of one in the file store. What takes long to make is a function over what was read:
   * it is called after the read, so that nobody waits for it.
   */
  readonly body: Uint8Array | string | { readonly hash: string } | (() => Promise<Uint8Array | string>);
}

/** Makes the file `id` as it is now, if this person may have it now; the link itself only says who asks. */
export type Download = (world: World, id: string, viewer: Actor) => Promise<File | undefined>;

/** What is asked of a page that a feature brings. */
export interface Asked {
  /** What stands behind the name of the page in the address, without a slash at either end. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Anybody at all may be looking, not only the people of the programme. */
  readonly anybody: boolean;
  /** Who looks, as far as that is known: in a demo people may look before they have picked somebody to be. */
  readonly viewer: Actor | null;
  /** Pages of other features below this one: `cases` for `board/cases`. */
  readonly below: readonly { readonly path: string; readonly title: string }[];
}

/** A page that a feature brings, at an address of its own. */
export interface Page {
  /** What links to it say. */
  readonly title: string;
  /** Makes it, or a file that goes with it; it writes nothing and needs no script. Undefined: there is none there. */
  make(world: World, asked: Asked): Promise<File | undefined>;
}

/**
 * Turns files that people send in personal chat into an operation, which is run with what `reader` found and
 * `{ files: '<id>,<id>' }`, ids of rows in `files` (see files.ts). Everything else (right, record, form, preview) is
 * the operation's. Of several intakes the first one that fits takes the files.
 */
export interface Intake {
  readonly kinds: readonly FileKind[];
  readonly op: Act;
  /**
   * A module whose `read(bytes)` looks into the content and gives the fields, or undefined: it is not meant for this
   * operation. It runs in a process with little memory and a deadline (lib/apart.ts), before the transaction, and only
   * for who may call the operation, which has no record. It throws an AppError to refuse in words.
   */
  readonly reader?: URL;
  /** What such a file has, in words for who may call the operation and sent one in which nothing was found. */
  readonly lookedFor?: string;
  /** Does this person want such a file here now? Without it: whenever `reader` does. */
  wants?(ctx: Ctx): Promise<boolean>;
  /** Are they still for it when they come with these words, which call nothing? Without it: yes. */
  wantsWith?(ctx: Ctx, words: string): Promise<boolean>;
}

/** What the bot says to those whom the programme does not know, and in chats that are new to it. */
export interface Greetings {
  /** To an account that is nobody's, whatever it wants; `who` is `<channel>:<account>`. */
  stranger(world: World, who: string): Promise<Reply>;
  /** In a group that people joined of whom not all are known. */
  readonly newcomers: Reply;
  /** To somebody who may not, and perhaps might for another of their units; '' for who has one only. */
  elsewhere(world: World, sender: Actor): Promise<string>;
  /** In a chat to which the bot was just added, by `sender`. */
  welcome(world: World, place: ConversationRow, sender: Actor | null): Promise<Reply>;
}

/**
 * Looks choices up while somebody types, best first, at most `most`; `sender` may be anybody, and sees only what is
 * theirs to see.
 */
export type Search = (
  world: World,
  words: string,
  sender: Actor | null,
  most: number,
) => Promise<readonly Choice[]>;

/** A spreadsheet of possibly very many rows, made in the background: see `startExport` in exports.ts. */
export interface Export {
  /** `<feature>.<name>` */
  readonly name: string;
  /**
   * What it will be, if this person may have it now; asked again before it is given out. `name` is the file's without
   * its ending, `total` about how many lines there will be.
   */
  open(
    world: World,
    data: Raw,
    viewer: Actor,
  ): Promise<(SheetHead & { readonly name: string; readonly total: number }) | undefined>;
  /** The lines that begin `after`; some 100, so that nobody who chats waits longer than for any other turn. */
  page(
    world: World & { readonly channels: ReadonlyMap<string, Platform> },
    data: Raw,
    viewer: Actor,
    after?: string,
  ): Promise<{ readonly lines: readonly Line[]; readonly next?: string | undefined }>;
}

/** Records with numbers: one that is typed alone calls `op` with that number. */
export interface NumberedRecords extends Pick<Numbers, 'pattern' | 'example' | 'read'> {
  readonly op: Act;
}

/** All kinds of records with numbers that a feature keeps. */
export function numbersOf({ numbers = [] }: Pick<Feature, 'numbers'>): readonly NumberedRecords[] {
  return [numbers].flat();
}

/** One folder in `features/`. */
export interface Feature {
  readonly name: string;
  readonly tables: readonly AnyTable[];
  readonly operations: readonly AnyOperation[];
  /** Under which title its commands stand in the list of all; features may share one. */
  readonly group?: string;
  readonly views?: Readonly<Record<string, View>>;
  /**
   * By the kind of a subject: who of a group gets a drawing of the card of his or her own, on platforms that name them.
   * Without it everybody does, also who has done what was asked: right for a card that says nothing to a whole group.
   */
  readonly concerns?: Readonly<Record<string, Concern>>;
  /** What it adds to the record cards of earlier features, by the kind of their subject. */
  readonly adds?: Readonly<Record<string, CardLinks>>;
  /** By the kind of a subject: what opens it, where its card is in the chat already and a line says what is new. */
  readonly opens?: Readonly<Record<string, (id: string) => Button>>;
  /** By the kind that `World.link` is given. */
  readonly downloads?: Readonly<Record<string, Download>>;
  /**
   * By the name in the address: `board` is at `/board` and below it. A later feature may have `board/cases`: the board
   * is told of it (`Asked.below`) and links to it.
   */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Its records with numbers, each kind of them; commands that name none show the first one's as an example. */
  readonly numbers?: NumberedRecords | readonly NumberedRecords[];
  /** What files that people send are for. */
  readonly intakes?: readonly Intake[];
  readonly exports?: readonly Export[];
  readonly reminders?: readonly Reminder[];
  readonly jobs?: readonly JobKind[];
  /** What it does when earlier features tell of something (`on` of turn/events.ts). */
  readonly listeners?: readonly Listener[];
  /** By the name that `Notice.later` gives. */
  readonly checks?: Readonly<Record<string, Check>>;
  todos?(world: World, actor: Actor): Promise<readonly Todo[]>;
  /** By the dataset that a field of kind `search` names. */
  readonly searches?: Readonly<Record<string, Search>>;
  /** What people call the fields of its forms beside their labels, by the ids of the fields. */
  readonly fieldWords?: FieldWords;
  /** What somebody who is new is offered first. */
  readonly starts?: readonly Act[];
  /** What hangs on a person rather than on the unit, and has to go to a successor. */
  readonly handovers?: readonly Handover[];
  /** One feature knows who is who: under what else rows about a person are kept, from before they were known. */
  aliases?(tx: Tx, person: string): Promise<readonly string[]>;
  /** What its units, people or stars are called. */
  readonly names?: Names;
  readonly greetings?: Greetings;
  /** This account is nobody's from now on: whoever had it has left the platform. */
  unbind?(tx: Tx, channel: string, account: string): Promise<void>;
}
