/** What comes round: who is reminded of what, when. */

import type { Occurrence, Schedule } from '../../lib/schedule.ts';
import type { Act } from '../cards/spec.ts';
import type { DigestLine } from '../delivery/tables.ts';
import type { Actor, Notice, World } from '../world.ts';

/** Every morning of a working day, a little before people begin. */
export const MORNING = { every: 'workday', time: '08:30' } as const satisfies Schedule;

/** A line of a digest for one person. */
export interface PlannedLine {
  readonly person: string;
  readonly line: Omit<DigestLine, 'rhythm' | 'period' | 'op'> & { readonly op: Act };
}

/** Written down as it is: nothing else of a notice would be heeded. */
type Posted = 'to' | 'text' | 'card' | 'key';
export type Post = Pick<Notice, Posted> & Readonly<Partial<Record<Exclude<keyof Notice, Posted>, never>>>;

/** What an occurrence plans: a page of reminders, and where the next page begins. */
export interface Plan {
  readonly reminders: readonly PlannedLine[];
  /** Messages of their own, to a group or to a person: each once, by its key, within the usual hours. */
  readonly posts?: readonly Post[];
  readonly next?: string | undefined;
}

/** A reminder that is to come: the instant, and what it will say. */
export interface Upcoming {
  readonly at: Date;
  readonly title: string;
  /** Said then, at whatever hour; everything else waits for the person's own hours. */
  readonly exact?: true;
}

/** Something that comes round: who is reminded of what, when. Pure in time: the occurrence says which day it is for. */
export interface Reminder {
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
  /**
   * What this person will be reminded of next, as far as it is known today; `schedule` is the one in force. Without it
   * nothing: it comes only if somebody is late.
   */
  upcoming?(world: World, actor: Actor, schedule: Schedule): Promise<readonly Upcoming[]>;
}
