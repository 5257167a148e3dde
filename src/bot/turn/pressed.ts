/** What the pressed card is about, and what could be pressed on it. */

import { hadBefore } from '../cards/fresh.ts';
import { followSubject, subjectOf } from '../cards/live.ts';
import type { Subject } from '../cards/spec.ts';
import type { Kernel } from '../kernel.ts';
import type { Ctx, Outcome } from '../operation.ts';
import type { Actor, World } from '../world.ts';
import type { Inbound } from './inbound.ts';

/** The subject that the pressed card follows, if it follows one. */
export async function pressedSubject(
  { tx }: Pick<World, 'tx'>,
  inbound: Inbound,
): Promise<Subject | undefined> {
  if (inbound.kind !== 'action' || !inbound.pressed) return undefined;
  return subjectOf(tx, inbound.place.key, inbound.pressed);
}

/** From now on the pressed card follows the record that was answered with. */
export async function followPressed(
  ctx: Ctx,
  inbound: Inbound,
  { card }: Outcome,
  had: readonly string[] | undefined,
): Promise<void> {
  if (inbound.kind !== 'action' || !inbound.pressed || !card || !('subject' in card)) return;
  const { thread } = inbound.place;
  await followSubject(ctx, ctx.place.id, inbound.pressed, card.subject, { thread, had });
  ctx.refresh(card.subject);
}

/** What the presser could press before, for the drawing that comes in its place; undefined where nobody needs to know. */
export async function pressedBefore(
  { channels, draw }: Pick<Kernel, 'channels' | 'draw'>,
  world: World,
  inbound: Inbound,
  sender: Actor | null,
  pressed: Subject | undefined,
): Promise<readonly string[] | undefined> {
  if (inbound.kind !== 'action' || !inbound.pressed) return undefined;
  if (channels.get(inbound.channel)?.capabilities.holdsBack) return undefined;
  const shown = pressed && (await draw(world, { text: '', card: { subject: pressed } }, sender));
  return hadBefore(shown?.card, inbound);
}
