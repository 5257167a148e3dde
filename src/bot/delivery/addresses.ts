/** Where a message goes: a chat itself, or the chat in which a person is reached. */
import type { Tx } from '../../store/store.ts';
import type { Mention, Place } from './channel.ts';
import { type Channel, SendError } from './channel.ts';
import { type ConversationRow, conversations, newConversation } from './conversations.ts';
import type { Only, OutboxRow } from './tables.ts';

/** Most chats of one person in which the bot was ever added. */
const CHATS = 20;

export type Channels = ReadonlyMap<string, Channel>;

/** What finding a chat works with. */
export interface AddressParts {
  readonly channels: Channels;
  /** The account of a person on a channel, with the name to call them by. */
  readonly mention: (tx: Tx, channel: string, person: string) => Promise<Mention | undefined>;
}

/**
 * The chat of a message: its own, or the one that the person used last, or one that a channel can always reach.
 * `made` when it is not in the store yet, or not as this person's.
 */
export async function findConversation(
  tx: Tx,
  { channels, mention }: AddressParts,
  { place, person }: Pick<OutboxRow, 'place' | 'person'>,
  at: string,
): Promise<{ readonly row: ConversationRow; readonly made: boolean } | undefined> {
  if (place) {
    const row = await tx.table(conversations).get(place);
    return row && { row, made: false };
  }
  if (!person) return undefined;
  const { rows } = await tx
    .table(conversations)
    .find({ where: { person }, order: 'at', desc: true, limit: CHATS });
  const here = rows.filter(({ gone }) => !gone);
  const used = here.find(({ channel }) => channels.get(channel)?.capabilities.notifies !== false) ?? here[0];
  if (used) return { row: used, made: false };
  // Where everybody has a chat anyway comes last.
  const local = (channel: Channel) => Number(channel.people === 'local');
  for (const channel of [...channels.values()].sort((a, b) => local(a) - local(b))) {
    if (!channel.personalPlace) continue;
    const account = channel.people === 'local' ? person : (await mention(tx, channel.name, person))?.account;
    const reach = account === undefined ? undefined : channel.personalPlace(account);
    if (!reach) continue;
    const { key: id, kind, ref = null } = reach;
    // It may be somebody's who left and came back.
    const known = await tx.table(conversations).get(id);
    const row = { ...newConversation, ...known, id, channel: channel.name, kind, person, ref, at };
    return { row, made: true };
  }
  return rows[0] && { row: rows[0], made: false };
}

/** @throws SendError `gone` for a chat on a platform that is not connected any more */
export function channelOf(channels: Channels, { channel }: ConversationRow): Channel {
  const found = channels.get(channel);
  if (!found) throw new SendError('gone', `没有“${channel}”这个通道`);
  return found;
}

/** The place as its channel knows it. */
export function placeOf(
  { id, kind, ref }: ConversationRow,
  { thread, only }: { readonly thread?: string; readonly only?: Only },
): Place {
  return { key: id, kind, ref, ...(thread && { thread }), ...(only && { only: only.handle }) };
}
