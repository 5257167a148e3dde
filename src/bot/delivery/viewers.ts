/** Who has been seen in which group, so that a card there can show each of them what he or she may do. */
import { z } from 'zod';
import type { Tx } from '../../store/store.ts';
import { defineTable } from '../../store/store.ts';
import type { Inbound } from '../turn/inbound.ts';
import type { Actor, World } from '../world.ts';
import type { Shown } from './channel.ts';
import type { PlaceRow } from './conversations.ts';

/** A card fetches drawings for at most so many people of a group (Teams); the others see all buttons. */
const MOST_VIEWERS = 60;
/** Somebody seen less than this long ago (milliseconds) is not written again. */
const FRESH_MS = 24 * 3_600_000;

/** Remember that this person is in this group, on platforms that name people on cards. */
export async function noteVisitor(
  world: World,
  { place, sender }: Inbound,
  actor: Actor | null,
): Promise<void> {
  const { handle } = sender;
  if (place.kind !== 'group' || !actor || !handle) return;
  const id = `${place.key}|${actor.id}`;
  const known = await world.tx.table(visitors).get(id);
  const fresh = known && Math.abs(world.now.getTime() - Date.parse(known.at)) < FRESH_MS;
  if (fresh && known.handle === handle) return;
  await world.tx.table(visitors).put({ ...known, id, place: place.key, handle, at: world.now.toISOString() });
}

/** With those of the group who get a drawing of their own: the ones seen last. */
export async function withViewers(tx: Tx, { id: place, kind }: PlaceRow, shown: Shown): Promise<Shown> {
  if (kind !== 'group' || !shown.card || !shown.subject) return shown;
  const { rows } = await tx
    .table(visitors)
    .find({ where: { place }, order: 'at', desc: true, limit: MOST_VIEWERS });
  return rows.length === 0 ? shown : { ...shown, viewers: rows.map(({ handle }) => handle) };
}

/** People who were seen in a group, by the names under which its platform knows them. */
const visitorRow = z.object({
  /** `<place>|<person>` */
  id: z.string(),
  place: z.string(),
  handle: z.string(),
  at: z.string(),
});

export const visitors = defineTable<z.infer<typeof visitorRow>>({
  name: 'visitors',
  schema: visitorRow,
  indexes: [{ on: ['place'], order: 'at' }],
  keep: { by: 'at', days: 180 },
});
