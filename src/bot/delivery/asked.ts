/** Whether a step that a message asks for still waits: what somebody else of the unit has done, nobody needs to hear of. */
import type { Draw } from '../cards/draw.ts';
import { pressesOf } from '../cards/fresh.ts';
import type { Asks, Subject } from '../cards/spec.ts';
import type { Actor, World } from '../world.ts';

/**
 * Whether the card of the record still has a button for it: for this person, as one of the unit that is asked, whichever
 * of several units he or she acts for now; without a person (in a group) for anybody who answers for that unit.
 */
export async function stillAsked(
  draw: Draw,
  world: World,
  subject: Subject,
  { unit, of }: Asks,
  person: Actor | null,
): Promise<boolean> {
  const viewer: Actor = person ? { ...person, unit } : { id: '', name: '', unit, role: 'head' };
  const { card } = await draw(world, { text: '', card: { subject } }, viewer);
  return pressesOf(card).some(({ op }) => of.includes(op));
}
