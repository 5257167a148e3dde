/** Who has been seen in which group, so that a card there can show each of them what he or she may do. */
import { z } from 'zod';
import { defineTable } from '../../store/store.ts';
import type { Draw } from '../cards/draw.ts';
import type { Reply } from '../cards/spec.ts';
import type { StoredReply } from '../cards/stored.ts';
import type { Inbound } from '../turn/inbound.ts';
import type { Actor, World } from '../world.ts';
import type { Channels } from './addresses.ts';
import type { Shown } from './channel.ts';
import type { ConversationRow } from './conversations.ts';

/** Somebody seen less than this long ago (milliseconds) is not written again. */
const FRESH_MS = 24 * 3_600_000;

/** Remember that this person is in this group, on platforms that name people on cards. */
export async function noteViewer(
  world: World,
  { place, sender }: Inbound,
  actor: Actor | null,
): Promise<void> {
  const { handle } = sender;
  if (place.kind !== 'group' || !actor || !handle) return;
  const id = `${place.key}|${actor.id}`;
  const known = await world.tx.table(viewers).get(id);
  const fresh = known && Math.abs(world.now.getTime() - Date.parse(known.at)) < FRESH_MS;
  if (fresh && known.handle === handle) return;
  await world.tx
    .table(viewers)
    .put({ ...known, id, place: place.key, person: actor.id, handle, at: world.now.toISOString() });
}

/**
 * A reply as it is shown in a chat; in a group with those seen last, who get a drawing of their own.
 * @param alone the viewer is the only one who sees it
 */
export async function drawIn(
  { channels, draw }: { readonly channels: Channels; readonly draw: Draw },
  world: World,
  { id: place, kind, channel }: ConversationRow,
  reply: Reply | StoredReply,
  viewer: Actor | null,
  alone = false,
): Promise<Shown> {
  const shown = await draw(world, reply, viewer);
  const limit = channels.get(channel)?.capabilities.viewers ?? 0;
  if (kind !== 'group' || alone || limit === 0 || !shown.card || !shown.subject) return shown;
  const { rows } = await world.tx.table(viewers).find({ where: { place }, order: 'at', desc: true, limit });
  return rows.length === 0 ? shown : { ...shown, viewers: rows.map(({ handle }) => handle) };
}

/** People who were seen in a group, by the names under which its platform knows them. */
const viewerRow = z.object({
  /** `<place>|<person>` */
  id: z.string(),
  place: z.string(),
  person: z.string().default(''),
  handle: z.string(),
  at: z.string(),
});

export const viewers = defineTable<z.infer<typeof viewerRow>>({
  name: 'visitors',
  schema: viewerRow,
  indexes: [{ on: ['place'], order: 'at' }],
  keep: { by: 'at', days: 180 },
  people: { title: '在群里出现过', at: 'at', fields: [{ field: 'person', left: 'goes' }] },
});
