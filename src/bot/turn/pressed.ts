/** What the pressed card is about. */

import { subjectOf } from '../cards/live.ts';
import type { Subject } from '../cards/spec.ts';
import type { World } from '../world.ts';
import type { Inbound } from './inbound.ts';

/** The subject that the pressed card follows, if it follows one. */
export async function pressedSubject(
  { tx }: Pick<World, 'tx'>,
  inbound: Inbound,
): Promise<Subject | undefined> {
  if (inbound.kind !== 'action' || !inbound.pressed) return undefined;
  return subjectOf(tx, inbound.place.key, inbound.pressed);
}
