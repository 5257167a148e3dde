/** One thing that a person can do, by a typed word, a button, or both, and what it works with. */

import { z } from 'zod';
import { sayDay } from '../lib/dates.ts';
import type {
  Act,
  ButtonStyle,
  FieldError,
  FormCard,
  FormSpec,
  LineSpec,
  Raw,
  Reply,
  Subject,
  Tone,
} from './cards/spec.ts';
import type { Account, Platform } from './delivery/channel.ts';
import type { ConversationRow } from './delivery/conversations.ts';
import type { Reminder } from './reminders/reminder.ts';
import type { Days } from './turn/days.ts';
import type { Right } from './turn/rights.ts';
import type { Actor, Doing, World } from './world.ts';

const NO_FIELDS = z.object({});

/** Something that waits for a person. */
export interface Todo {
  /** The record's number. */
  readonly number: string;
  readonly title: string;
  /** What is asked, in a few words: `请受理`. */
  readonly ask: string;
  /** Whom and what it concerns, where the title does not say it: the branch, the star. */
  readonly about?: readonly string[];
  /** `YYYY-MM-DD` */
  readonly due: string | null;
  /** `due` is the day on which it came up: nothing says by when it is to be done. */
  readonly since?: true;
  /** The name of the programme's colour that it has, for who does not see it. */
  readonly colour?: string | undefined;
  readonly tone?: Tone | undefined;
  /** It names what others in a group may not know: only shown in the personal chat. */
  readonly aside?: true;
  /** What opens it. */
  readonly op: Act;
  readonly data: Raw;
}

/** A typed command as 帮助 shows it. */
export interface Help {
  readonly word: string;
  readonly text: string;
  /** Under which title it stands in the list of all. */
  readonly group: string;
  readonly op: Act;
}

/** Where everybody begins: kernel and features point there, and one of the features brings both. */
export const entries = {
  help: { name: 'home.help', title: '帮助' },
  todo: { name: 'home.todo', title: '待办' },
} as const satisfies Readonly<Record<string, Act>>;

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
  readonly place: ConversationRow;
  /** A whole number from 0 to below `below`, each as likely as the others and to be guessed by nobody. */
  random(below: number): number;
  /** What is connected, by name. */
  readonly channels: ReadonlyMap<string, Platform>;
  /** What the pressed card is about, if it is about a record or a form. */
  readonly pressed: Subject | undefined;
  /** What this sender may do here, over all features. */
  help(): Promise<readonly Help[]>;
  /** What waits for this sender, over all features, oldest deadline first. */
  todos(): Promise<readonly Todo[]>;
  /** Everything that comes round, over all features. */
  readonly reminders: readonly Reminder[];
  /** What somebody who is new is offered first, over all features. */
  readonly starts: readonly Act[];
  /** Everything that goes to a successor, over all features. */
  readonly handovers: readonly Handover[];
}

/** What came of an operation. */
export interface Outcome extends Reply {
  /** Keeps the card to the presser (a list page, a history, a record looked up from a list). */
  readonly mine?: boolean;
  /** The record that was changed, for the audit trail. */
  readonly did?: Subject;
  /** What the audit trail says of that beside who did it and when. */
  readonly noted?: string;
}

/**
 * One thing that a person can do, by a typed word, a button, or both.
 * The kernel runs the steps in this order and stops at the first refusal: role → `open` → `record` → `right` →
 * `saveDraft` → `input` → `refine` → `run`.
 */
export interface Operation<R = unknown, I = unknown> {
  /** Its name and title, who may, and when: its line in the feature's `rights.ts`. */
  readonly right: Right<R>;
  /** Words that call it when typed, the usual one first. */
  readonly words?: readonly string[];
  /** What one may write behind the word, for whom a typed one is refused; without it the number of a record. */
  readonly example?: string;
  /** One line for 帮助; without it the operation is left out there. */
  readonly help?: string;
  /** Whether 帮助 names it to a person whom its right alone lets use it: not where there is never anything for their unit. */
  offered?(world: World, actor: Actor): boolean | Promise<boolean>;
  /** Offered, with the words filled in, when somebody writes words that call nothing. */
  readonly offersWords?: boolean;
  /** Photos that come along with its words, or that its form takes, are its field `files`. */
  readonly takesPhotos?: true;
  /**
   * What may follow its word without a space: any words (上报路灯坏了), only a record's number, or what fits. Without it a word or
   * two (问题超期), or none where nothing is made of them: 任务太重没人干 and 帮助困难群众 are sentences, not commands.
   */
  readonly glued?: 'any' | 'number' | RegExp;
  /** Turns what follows the word into the fields that a card would carry. */
  fromText?(rest: string): Raw;
  /** Fields with a day, in whatever words: `下周三` is a day before anything below sees it. */
  readonly days?: Days;
  /** One word or button for several operations: which of them is meant, with its fields; undefined for this one. Only looks. */
  open?(ctx: Ctx, raw: Raw): Promise<{ readonly op: AnyOperation; readonly raw: Raw } | undefined>;
  /** Loads the record that the claimed fields name; throws `not_found`. */
  record?(ctx: Ctx, raw: Raw): Promise<R>;
  /** Keeps what was typed before it is judged, whether it fits or not: for a form that goes over several pages. */
  saveDraft?(ctx: Ctx, raw: Raw, record: R): Promise<void>;
  /** The fields; an operation that takes none has nothing to say here. */
  readonly input: z.ZodType<I>;
  /** Judges parsed fields against the store: what is wrong with them, empty when nothing is. Only looks. */
  refine?(ctx: Ctx, input: I, record: R): Promise<readonly FieldError[]>;
  /**
   * Shown when the fields do not fit, with what was typed and what is wrong with it; `errors` is empty when nothing was
   * filled in yet. A card where those are not to be shown as they are.
   */
  form?(ctx: Ctx, record: R, values: Raw, errors: readonly FieldError[]): Promise<FormSpec | FormCard>;
  /** What will happen, shown for a last look before `run`; undefined when there is nothing to look at. */
  preview?(ctx: Ctx, input: I, record: R): Promise<Preview | undefined>;
  run(ctx: Ctx, input: I, record: R): Promise<Outcome>;
}

/** A last look before something goes out to others. */
export interface Preview {
  /** Title of the button that goes on, if not the operation's own. */
  readonly confirm?: string;
  /** If not the operation's own. */
  readonly title?: string;
  /** Of the button that goes on, if not `positive`. */
  readonly style?: ButtonStyle;
  readonly text: string;
  readonly lines?: readonly LineSpec[];
}

/** An operation of some record and input: for lists. */
// biome-ignore lint/suspicious/noExplicitAny: an operation is invariant in its record and input, a list is not
export type AnyOperation = Operation<any, any>;

/** An operation as it is declared: one that takes no fields says nothing of them. */
export type Declared<R, I> = Omit<Operation<R, I>, 'input'> & { readonly input?: z.ZodType<I> };

/** Keeps the record and input types of an operation together while it is declared. */
export function operation<R, I>(op: Declared<R, I>): Operation<R, I> {
  return { ...op, input: op.input ?? (NO_FIELDS as z.ZodType<I>) };
}

/** What every row says that is past its day, beside by how much; in no colour, which are those of issues. */
export const LATE = '超期';

/** Whether it was to be done before today. */
export function isLate({ due, since }: Pick<Todo, 'due' | 'since'>, today: string): boolean {
  return due !== null && !since && due < today;
}

/** What is late first, the oldest deadline before the others: a day since which something waits is no deadline. */
export function lateFirst(today: string) {
  return (a: Pick<Todo, 'due' | 'since'>, b: Pick<Todo, 'due' | 'since'>): number =>
    Number(isLate(b, today)) - Number(isLate(a, today)) || oldestFirst(a, b);
}

/** Until when it is to be done, and how many working days are left or it is late: `12月4日前，超期2个工作日`. */
export function sayUntil(
  due: string,
  { today, workdays }: Pick<World, 'today' | 'workdays'>,
  colour = '',
): string {
  const late = due < today;
  const days = late ? workdays.between(due, today) : workdays.between(today, due);
  const left = days > 0 ? `${late ? LATE : '还剩'}${days}个工作日` : late ? LATE : '';
  const when = [colour, due === today ? '今天到期' : left].filter(Boolean).join(' ');
  return [`${sayDay(due, today)}前`, when].filter(Boolean).join('，');
}

/** Sorts what waits by deadline, what has none last. */
export function oldestFirst(a: Pick<Todo, 'due'>, b: Pick<Todo, 'due'>): number {
  return (a.due ?? '9999') < (b.due ?? '9999') ? -1 : (a.due ?? '9999') > (b.due ?? '9999') ? 1 : 0;
}

/** What a person leaves to a successor, one kind of thing. */
export interface Handover {
  /** `上报的问题` */
  readonly title: string;
  /** How many of them wait on this person as one of the unit `from.unit`. */
  count(world: World, from: Actor): Promise<number>;
  /** Hands all of them to `to`, who from now on acts for that unit. */
  move(ctx: Ctx, from: Actor, to: Actor): Promise<void>;
}
