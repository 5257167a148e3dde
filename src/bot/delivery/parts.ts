/** What sending and redrawing work with. */

import type { Log } from '../../lib/log.ts';
import type { Workdays } from '../../lib/workdays.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Button } from '../cards/spec.ts';
import type { Check } from '../feature.ts';
import type { Reminder } from '../reminders/reminder.ts';
import type { GivenFile, Mention } from './channel.ts';
import type { LineChecks } from './digest.ts';
import type { Counters } from './metrics.ts';
import type { Showing } from './viewers.ts';

export interface OutboxParts extends Showing {
  readonly store: Store;
  readonly workdays: Workdays;
  readonly reminders: ReadonlyMap<string, Reminder>;
  readonly lineChecks: LineChecks;
  readonly checks: ReadonlyMap<string, Check>;
  /** By the kind of a subject: what opens it. */
  readonly opens: ReadonlyMap<string, (id: string) => Button>;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  readonly metrics: Counters;
  /** How a person is mentioned on a channel; undefined where they have no account. */
  readonly mention: (tx: Tx, channel: string, person: string) => Promise<Mention | undefined>;
  /** Who is told when a person cannot be reached: the groups of the unit, and its head. */
  readonly standIns: (tx: Tx, person: string) => Promise<StandIns>;
  /** A kept file as it goes out; undefined when it is not kept any more. */
  readonly givenFile: (id: string) => Promise<GivenFile | undefined>;
  /** Does what is due now: something was begun that no turn waits for. */
  readonly wake: () => void;
  /** True once nothing new may be sent: what is still due waits in the store. */
  readonly stopping: () => boolean;
}

export interface StandIns {
  readonly name: string;
  readonly groups: readonly string[];
  readonly heads: readonly string[];
}
