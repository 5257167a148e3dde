/** Work beside turns: what a kind of it brings, and the rows in which it waits. */

import { z } from 'zod';
import { defineTable } from '../../store/store.ts';
import type { Raw } from '../cards/spec.ts';
import type { Platform } from '../delivery/channel.ts';
import type { Doing, World } from '../world.ts';

const jobRow = z.object({
  /** `<kind> <key>`: what is started again under the same key runs once more, not twice at once. */
  id: z.string(),
  kind: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** Where the next step begins; null for the first. */
  cursor: z.string().nullable(),
  /** The unit whose doing it is. */
  from: z.string().nullable(),
  /** When the next step may be done; while a server is at it, when its claim runs out. */
  due: z.string(),
  /** Names the claim of the server that is at it. */
  claim: z.string().nullable(),
  /** Started again since it was claimed. */
  again: z.boolean(),
  /** How often the next step was begun and did not end well. */
  attempts: z.number().int(),
});
/** No job waits for longer: one that seems to was written by a clock that was ahead (waits.ts). */
export const LONGEST_WAIT_MS = 3_600_000;

export type JobRow = z.infer<typeof jobRow>;
export const jobs = defineTable<JobRow>({
  name: 'jobs',
  schema: jobRow,
  indexes: [
    { on: ['kind'], order: 'due' },
    { on: [], order: 'due' },
  ],
  keep: 'for ever: because a job goes when it is done, and one that is not known here is a newer server’s',
  people: 'not listed: because a job is done and gone within minutes, or waits to forget somebody',
});

/** A job as its kind sees it. */
export type Job = Pick<JobRow, 'data' | 'cursor' | 'from' | 'attempts'> & { readonly key: string };

/** While a job is prepared. */
export interface Claimed {
  /** Look something up, in a read of its own: a part of what there is, so that nobody waits for all of it. */
  read<R>(body: (world: World) => Promise<R>): Promise<R>;
  /** The platforms that are connected. */
  readonly channels: ReadonlyMap<string, Platform>;
  /** Keep the claim for another while, which is due when it takes longer; false when it ran out or the server stops: leave off then. */
  renew(): Promise<boolean>;
}

/** What comes after a step: the cursor of the next one, another try at some instant, or the end. */
export type After = string | Later | undefined;

export interface Later {
  readonly at: Date;
  /** What the job is about from then on, if something is added to it. */
  readonly data?: Raw;
}

/** One kind of work that is too large for a turn, or must wait for something. */
export interface JobKind<P = unknown> {
  /** `<feature>.<name>` */
  readonly kind: string;
  /** Begun, about nothing in particular, by the first tick of each day. */
  readonly daily?: true;
  /** Whether this server knows what the job is about; one that it does not know is left to a newer server. */
  knows?(data: Raw): boolean;
  /** How many of them one server does at a time; 1. */
  readonly parallel?: number;
  /** After so many attempts that fail the job is given up; without it, never. */
  readonly attempts?: number;
  /** What must not be done in a transaction: reading many pages, writing a file, sending. Once for the steps after it. */
  prepare?(job: Job, claimed: Claimed): Promise<P>;
  /**
   * Do the step that begins at the cursor, in one transaction with where the next one begins: a crash or a second
   * server repeats nothing and skips nothing. Some 100 rows a step: whoever chats meanwhile waits for one of them.
   */
  step(doing: Doing, job: Job, prepared: P): Promise<After>;
  /** Said in the transaction that gives it up. */
  givenUp?(doing: Doing, job: Job): Promise<void>;
}
