/** Where a message goes: a chat itself, or the chat in which a person is reached. */
import type { Tx } from '../store/store.ts';
import { type Channel, SendError } from './channel.ts';
import type { Place } from './message.ts';
import { type OutboxRow, type PlaceRow, places } from './tables.ts';

export type Channels = ReadonlyMap<string, Channel>;

/**
 * The chat of a message: its own, or the one that the person used last, or one that a channel can always reach.
 * `made` when it is not in the store yet.
 */
export async function findPlace(
  tx: Tx,
  channels: Channels,
  { place, person }: Pick<OutboxRow, 'place' | 'person'>,
  at: string,
): Promise<{ readonly row: PlaceRow; readonly made: boolean } | undefined> {
  if (place) {
    const row = await tx.table(places).get(place);
    return row && { row, made: false };
  }
  if (!person) return undefined;
  const { rows } = await tx.table(places).find({ where: { person }, order: 'at', desc: true, limit: 1 });
  if (rows[0]) return { row: rows[0], made: false };
  for (const channel of channels.values()) {
    const reach = channel.personalPlace?.(person);
    if (!reach) continue;
    const { key: id, kind, ref = null } = reach;
    return { row: { id, channel: channel.name, kind, person, unit: null, star: null, ref, at }, made: true };
  }
  return undefined;
}

/** @throws SendError `gone` for a chat on a platform that is not connected any more */
export function channelOf(channels: Channels, { channel }: PlaceRow): Channel {
  const found = channels.get(channel);
  if (!found) throw new SendError('gone', `没有“${channel}”这个通道`);
  return found;
}

/** The place as its channel knows it. */
export function placeOf({ id, kind, ref }: PlaceRow): Place {
  return { key: id, kind, ref };
}
