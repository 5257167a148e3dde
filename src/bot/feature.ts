/** What a feature brings to the kernel, and what the kernel hands to its code. */
import type { z } from 'zod';
import type { FileKind } from '../lib/filekind.ts';
import type { Occurrence, Schedule } from '../lib/schedule.ts';
import type { Line, SheetHead } from '../lib/sheet.ts';
import type { Workdays } from '../lib/workdays.ts';
import type { AnyTable, Tx } from '../store/store.ts';
import type { Choice } from './fields.ts';
import type { Account, Card, Reply, Subject } from './message.ts';
import type { Right } from './rights.ts';
import type { DigestLine, PlaceRow } from './tables.ts';

/** A person whom the programme knows, acting for one unit. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly role: 'head' | 'liaison' | 'secretary';
}

/** The transaction and the moment: all that a rule needs to know of the world. */
export interface World {
  readonly tx: Tx;
  readonly now: Date;
  /** `YYYY-MM-DD` in Asia/Shanghai. */
  readonly today: string;
  readonly workdays: Workdays;
  /**
   * The address of a download for this person, good for so many more days after today;
   * undefined when this server has no address that people can reach.
   */
  link?(kind: string, id: string, viewer: Actor, days: number): string | undefined;
  /** The page, where there is one. */
  readonly page?: PageAddress | undefined;
}

/** Where the page is. */
export interface PageAddress {
  /** Without a slash at the end. */
  readonly address: string;
  /** Whoever opens it picks a person (a demo on one's own machine); otherwise a link from the bot says who it is. */
  readonly pick: boolean;
}

/** A message to somebody who did not ask; it lands in the outbox with the transaction. */
export interface Notice {
  readonly to: { readonly person: string } | { readonly place: string };
  readonly text: string;
  readonly card?: Card;
  /** Names this notice for good: a second one with the same key is not sent. */
  readonly key: string;
  /** Goes out at once, however many messages the person had today. */
  readonly urgent?: boolean;
  /** For a person only: goes out at `at`, at whatever hour that is, with what `check` finds to be said about `about` then. */
  readonly later?: { readonly at: Date; readonly check: string; readonly about: string };
}

/** Asked just before a later notice goes out: what is to be said to this person, or undefined when nothing is any more. */
export type Check = (world: World, about: string, person: string) => Promise<string | undefined>;

/** Something that waits for a person. */
export interface Todo {
  /** The record's number. */
  readonly number: string;
  readonly title: string;
  /** What is asked, in a few words: `请受理`. */
  readonly ask: string;
  /** `YYYY-MM-DD` */
  readonly due: string | null;
  readonly tone: Tone;
  /** What opens it. */
  readonly op: string;
  readonly data: Raw;
}

/**
 * The background behind a line, never the colour of its words, which not every theme lets one read: `attention` for
 * what is late or wrong, `warning` and `accent` for the yellow and the blue of the programme. Most have none.
 */
export type Tone = 'default' | 'accent' | 'warning' | 'attention';

/** A typed command as 帮助 shows it. */
export interface Help {
  readonly word: string;
  readonly text: string;
  readonly op: string;
}

/** What writes: through `tx` and what is named here only. */
export interface Doing extends World {
  newId(): string;
  notify(notice: Notice): void;
  /** Every live card about this subject is redrawn. */
  refresh(subject: Subject): void;
  /**
   * Let a rhythm remind now, besides its schedule: for what is to be said to very many people. `period` names the
   * occurrence for good, and the rhythm's `plan` knows by it what was asked for.
   */
  occasion(rhythm: string, period: string): void;
  /** Go on with work that is too large for one transaction, part by part, soon after this one has landed. */
  errand(name: string, data: Raw, after?: string): void;
}

/** Work that is too large for one transaction, such as passing what a whole province has said. */
export interface Errand {
  /** `<feature>.<name>` */
  readonly name: string;
  /**
   * Do the part that begins `after` (the first without it), in a transaction of its own; resolves to where the next
   * part begins, or undefined at the end. Some 100 rows a part: whoever chats meanwhile waits for one of them.
   */
  step(doing: Doing, data: Raw, after?: string): Promise<string | undefined>;
}

/** What an operation works with. */
export interface Ctx extends Doing {
  /** Who wrote or pressed; null when the programme does not know this account. */
  readonly sender: Actor | null;
  /** The sender, or the refusal that tells an unknown person what to do. */
  readonly me: Actor;
  /** Where the words or the press came from, also when nobody is known to be behind it. */
  readonly account: Account;
  /** Whose forms these are: the person's id, or the account while it is nobody's. */
  readonly self: string;
  readonly place: PlaceRow;
  /** What the pressed card is about, if it is about a record or a form. */
  readonly pressed: Subject | undefined;
  /** What this sender may do here, over all features. */
  help(): Promise<readonly Help[]>;
  /** What waits for this sender, over all features, oldest deadline first. */
  todos(): Promise<readonly Todo[]>;
  /** Everything that comes round, over all features. */
  readonly rhythms: readonly Rhythm[];
  /** Everything that goes to a successor, over all features. */
  readonly estates: readonly Estate[];
}

export type Raw = Readonly<Record<string, unknown>>;

/** What came of an operation. */
export interface Outcome extends Reply {
  /** Keeps the card to the presser (a list page, a history, a record looked up from a list). */
  readonly mine?: boolean;
  /** The record that was changed, for the audit trail. */
  readonly did?: Subject;
}

/** A form as a template with its data; the kernel gives it an id, keeps it and marks what was wrong. */
export interface Form {
  readonly text: string;
  readonly template: string;
  readonly data: Raw;
}

/**
 * One thing that a person can do, by a typed word, a button, or both.
 * The kernel runs the steps in this order and stops at the first refusal: role → `record` → `right` → `input` → `refine` → `run`.
 */
export interface Operation<R = unknown, I = unknown> {
  /** `<feature>.<verb>`, the verb on cards. */
  readonly name: string;
  /** The exact title of its button. */
  readonly title: string;
  /** Words that call it when typed, the usual one first. */
  readonly words?: readonly string[];
  /** One line for 帮助; without it the operation is left out there. */
  readonly help?: string;
  /** Who may, and when: its line in the feature's `rights.ts`. */
  readonly right: Right<R>;
  /** Offered, with the words filled in, when somebody writes words that call nothing. */
  readonly offersWords?: boolean;
  /** Turns what follows the word into the fields that a card would carry. */
  fromText?(rest: string): Raw;
  /** Loads the record that the claimed fields name; throws `not_found`. */
  record?(ctx: Ctx, raw: Raw): Promise<R>;
  readonly input: z.ZodType<I>;
  /** Judges parsed fields against the store: what is wrong with them, empty when nothing is. */
  refine?(ctx: Ctx, input: I, record: R): Promise<readonly FieldError[]>;
  /** Shown when the fields do not fit. `errors` is empty when nothing was filled in yet. */
  form?(ctx: Ctx, record: R, values: Raw, errors: readonly FieldError[]): Promise<Form>;
  /** What will happen, shown for a last look before `run`; undefined when there is nothing to look at. */
  preview?(ctx: Ctx, input: I, record: R): Promise<Preview | undefined>;
  run(ctx: Ctx, input: I, record: R): Promise<Outcome>;
}

/** A last look before something goes out to others. */
export interface Preview {
  /** Title of the button that goes on, if not the operation's own. */
  readonly confirm?: string;
  readonly title: string;
  readonly text: string;
  readonly lines: readonly { readonly mark: string; readonly text: string; readonly tone: Tone }[];
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** An operation of some record and input: for lists. */
// biome-ignore lint/suspicious/noExplicitAny: an operation is invariant in its record and input, a list is not
export type AnyOperation = Operation<any, any>;

/** Draws a subject for one viewer; null draws it for a group, where nobody in particular looks. */
export type View = (world: World, id: string, viewer: Actor | null) => Promise<ViewDrawing>;

export interface ViewDrawing {
  /** The card in a sentence, for clients without cards. */
  readonly text: string;
  readonly template: string;
  readonly data: Raw;
}

/** What a download link gives. */
export interface File {
  /** With its ending, as it is saved. */
  readonly name: string;
  /** The media type. */
  readonly type: string;
  /** The content itself, or the hash of one in the file store. */
  readonly body: Uint8Array | string | { readonly hash: string };
}

/** Makes the file `id` as it is now, if this person may have it now; the link itself only says who asks. */
export type Download = (world: World, id: string, viewer: Actor) => Promise<File | undefined>;

/** A line of a digest for one person. */
export interface Reminder {
  readonly person: string;
  readonly line: Omit<DigestLine, 'rhythm' | 'period'>;
}

/** What an occurrence plans: a page of reminders, and where the next page begins. */
export interface Plan {
  readonly reminders: readonly Reminder[];
  /** Posted in groups, each once, within the usual hours. */
  readonly posts?: readonly Notice[];
  readonly next?: string;
}

/** A reminder that is to come: the instant, and what it will say. */
export interface Upcoming {
  readonly at: Date;
  readonly title: string;
}

/** Something that comes round: who is reminded of what, when. Pure in time: the occurrence says which day it is for. */
export interface Rhythm {
  /** `<feature>.<name>` */
  readonly name: string;
  /** As an organiser reads it. */
  readonly title: string;
  /** When it occurs, unless an organiser set another time. */
  readonly schedule: Schedule;
  /** One page of reminders for an occurrence, of its schedule or asked for; called again with `after` until there is no next page. */
  plan(world: World, occurrence: Occurrence, after?: string): Promise<Plan>;
  /** Asked again just before sending, and whenever the digest is shown: does this still need to be said? */
  still?(world: World, line: DigestLine, person: string): Promise<boolean>;
  /** What this person will be reminded of next, as far as it is known today; `schedule` is the one in force. */
  upcoming(world: World, actor: Actor, schedule: Schedule): Promise<readonly Upcoming[]>;
}

/**
 * Turns files that people send in personal chat into an operation, which is run with what `read` returned and
 * `{ files: '<id>,<id>' }`, ids of rows in `files` (see files.ts). Everything else (right, record, form, preview) is
 * the operation's. Of several intakes the first one that fits takes the files.
 */
export interface Intake {
  readonly kinds: readonly FileKind[];
  readonly op: string;
  /**
   * Looks into the content, before and outside of the transaction, and says what fields it gives; undefined: it is
   * not meant for this operation. Must hold whatever the content is; what it throws is a bug.
   */
  read?(bytes: Uint8Array): Promise<Raw | undefined>;
  /** Does this person want such a file here now? Without it: whenever `read` does. */
  wants?(ctx: Ctx): Promise<boolean>;
}

/** What the bot says to those whom the programme does not know, and in chats that are new to it. */
export interface Greetings {
  /** To an account that is nobody's, whatever it wants. */
  readonly stranger: Reply;
  /** In a group that people joined of whom not all are known. */
  readonly newcomers: Reply;
  /** To somebody who may not, and perhaps might for another of their units; '' for who has one only. */
  elsewhere(world: World, sender: Actor): Promise<string>;
  /** In a chat to which the bot was just added, by `sender`. */
  welcome(world: World, place: PlaceRow, sender: Actor | null): Promise<Reply>;
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

/** What a person leaves to a successor, one kind of thing. */
export interface Estate {
  /** `上报的问题` */
  readonly title: string;
  /** How many of them wait on this person as one of the unit `from.unit`. */
  count(world: World, from: Actor): Promise<number>;
  /** Hands all of them to `to`, who from now on acts for that unit. */
  move(ctx: Ctx, from: Actor, to: Actor): Promise<void>;
}

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
    world: World,
    data: Raw,
    viewer: Actor,
    after?: string,
  ): Promise<{ readonly lines: readonly Line[]; readonly next?: string | undefined }>;
}

/** One folder in `features/`. */
export interface Feature {
  readonly name: string;
  readonly tables: readonly AnyTable[];
  readonly operations: readonly AnyOperation[];
  readonly views?: Readonly<Record<string, View>>;
  /** By the kind that `World.link` is given. */
  readonly downloads?: Readonly<Record<string, Download>>;
  /** A record number typed alone runs this operation with `{ number }`. */
  readonly numbers?: { readonly pattern: RegExp; readonly op: string };
  /** What files that people send are for. */
  readonly intakes?: readonly Intake[];
  readonly exports?: readonly Export[];
  readonly rhythms?: readonly Rhythm[];
  readonly errands?: readonly Errand[];
  /** By the name that `Notice.later` gives. */
  readonly checks?: Readonly<Record<string, Check>>;
  todos?(world: World, actor: Actor): Promise<readonly Todo[]>;
  /** By the dataset that a field of kind `search` names. */
  readonly searches?: Readonly<Record<string, Search>>;
  /** What hangs on a person rather than on the unit, and has to go to a successor. */
  readonly estates?: readonly Estate[];
  /** One feature knows who is who. */
  readonly greetings?: Greetings;
}

/** Keeps the record and input types of an operation together while it is declared. */
export function operation<R, I>(op: Operation<R, I>): Operation<R, I> {
  return op;
}

/** Sorts what waits by deadline, what has none last. */
export function oldestFirst(a: Todo, b: Todo): number {
  return (a.due ?? '9999') < (b.due ?? '9999') ? -1 : (a.due ?? '9999') > (b.due ?? '9999') ? 1 : 0;
}
