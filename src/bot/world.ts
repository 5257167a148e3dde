/** What the kernel hands to code: the moment and the transaction, and what may be sent, redrawn or begun. */

import type { Workdays } from '../lib/workdays.ts';
import type { Tx } from '../store/store.ts';
import type { Act, Card, Live, Raw, Subject } from './cards/spec.ts';

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
  /** While a card is drawn for all of a group: the unit that the group belongs to, null where it is nobody's. */
  readonly group?: string | null;
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
  /** The token of such a link: always the same for the same name, and to be guessed by nobody. */
  token(name: string): string;
}

/** What a digest says instead of a message; as long as `reminder` finds that it needs to be said. */
export interface CalmLine {
  readonly reminder: string;
  readonly title: string;
  readonly ask: string;
  readonly due: string | null;
  readonly op: Act;
  readonly data: Raw;
}

/** A message to somebody who did not ask; it lands in the outbox with the transaction. */
export interface Notice {
  readonly to: { readonly person: string } | { readonly place: string };
  readonly text: string;
  readonly card?: Card | Live;
  /** Names this notice for good: a second one with the same key is not sent. */
  readonly key: string;
  /** Goes out at once, however many messages the person had today. */
  readonly urgent?: boolean;
  /** For a person only: a file (a row of `files`), posted where the platform can; elsewhere nothing is said. */
  readonly file?: string;
  /** It can wait: a person who had enough messages this week gets it as this line of the next digest. */
  readonly calm?: CalmLine;
  /** The steps of the card's record, one of which it asks a unit for: once none is to be done there, it is not sent. */
  readonly asks?: { readonly unit: string; readonly of: readonly Act[] };
  /** The sender's unit does not see in the ledger of messages that it was sent. */
  readonly private?: boolean;
  /** For a person only: goes out at `at`, at whatever hour that is, with what `check` finds to be said about `about` then. */
  readonly later?: { readonly at: Date; readonly check: string; readonly about: string };
}

/** What writes: through `tx` and what is named here only. */
export interface Doing extends World {
  newId(): string;
  notify(notice: Notice): void;
  /** Every live card about this subject is redrawn. */
  refresh(subject: Subject): void;
  /**
   * Begin work that is too large for one transaction, soon after this one is committed. What is begun again under the
   * same key while it waits or is under way runs once more, not twice.
   */
  start(kind: { readonly kind: string }, data: Raw, options?: JobStart): void;
  /** Tell features that come after this one; they react within this transaction. */
  emit<P>(event: EventType<P>, payload: P): void;
}

export interface JobStart {
  /** Names the job among those of its kind; without it, it is one of its own. */
  readonly key?: string;
  /** Where it begins; without it, at the beginning. */
  readonly cursor?: string;
  /**
   * Not before this instant, within an hour: what comes later is a reminder’s or a daily job’s. Of those of one kind that
   * are due, the ones with the earliest come first.
   */
  readonly at?: Date;
}

/** Something that a feature tells; `payload` is what it says of it. */
export interface EventType<P> {
  /** `<feature>.<what happened>` */
  readonly name: string;
  /** Never set: keeps the type of the payload. */
  readonly payload?: P;
}
