/** What a person leaves to a successor. */

import type { Ctx } from '../operation.ts';
import type { Actor, World } from '../world.ts';

/** What a person leaves to a successor, one kind of thing. */
export interface Estate {
  /** `上报的问题` */
  readonly title: string;
  /** How many of them wait on this person as one of the unit `from.unit`. */
  count(world: World, from: Actor): Promise<number>;
  /** Hands all of them to `to`, who from now on acts for that unit. */
  move(ctx: Ctx, from: Actor, to: Actor): Promise<void>;
}
