/** What the flow works with; put together once by createBot. */

import { dayOf } from '../lib/dates.ts';
import type { Log } from '../lib/log.ts';
import type { Workdays } from '../lib/workdays.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Showing } from './delivery/viewers.ts';
import type { Feature, Greetings } from './feature.ts';
import type { Links } from './files/links.ts';
import type { Ctx, Outcome } from './operation.ts';
import type { Listener } from './turn/events.ts';
import type { Looks } from './turn/looks.ts';
import type { Call, Nearest, Router } from './turn/router.ts';
import type { Actor, World } from './world.ts';

export interface Kernel extends Showing {
  readonly store: Store;
  readonly features: readonly Feature[];
  readonly router: Router;
  readonly workdays: Workdays;
  readonly log: Log;
  readonly now: () => Date;
  readonly newId: () => string;
  /** A whole number from 0 to below `below`. */
  readonly random: (below: number) => number;
  readonly links?: Links;
  readonly looks: Looks;
  readonly greetings: Greetings | undefined;
  /** Of all features. */
  readonly listeners: readonly Listener[];
  /** Who an account belongs to; null when the programme does not know it. */
  readonly identify: (tx: Tx, channel: string, account: string) => Promise<Actor | null>;
  /** This account is nobody's from now on: whoever had it has left the platform. */
  readonly unbind: (tx: Tx, channel: string, account: string) => Promise<void>;
  /** What words mean that call nothing, or what to say to them; `nearest` comes close. */
  readonly unknownWords: (ctx: Ctx, text: string, nearest: Nearest) => Promise<Call | Outcome>;
}

/** The moment of a transaction. */
export function worldOf({ now, workdays }: Pick<Kernel, 'now' | 'workdays'>, tx: Tx): World {
  const at = now();
  return { tx, now: at, today: dayOf(at), workdays };
}

/** What works beside turns with, in transactions of its own (`withDoing`). */
export type DoingParts = Pick<Kernel, 'store' | 'now' | 'workdays' | 'newId' | 'listeners'>;
