/** What happens to chats: the bot is added and removed, people join. Said by nobody, answered once. */

import { wellFormed } from '../../lib/text.ts';
import { StoreError, type Tx } from '../../store/store.ts';
import type { Reply } from '../cards/spec.ts';
import { type Kernel, worldOf } from '../kernel.ts';
import type { World } from '../world.ts';
import type { ChatEvent } from './channel.ts';
import { type ConversationRow, conversations, noteConversation } from './conversations.ts';
import { queue } from './enqueue.ts';

/** Most chats of one team that the bot was ever spoken to in. */
const CHATS = 1000;
/** People who join at once and are looked up. */
const JOINED = 20;

type ChatEventParts = Pick<Kernel, 'store' | 'now' | 'workdays' | 'identify' | 'greetings' | 'unbind'>;

/** Write down what happened; resolves to the outbox ids of what is to be said about it. */
export async function takeChatEvent(parts: ChatEventParts, event: ChatEvent): Promise<readonly string[]> {
  const body = (tx: Tx) => take(parts, worldOf(parts, tx), wellFormed(event));
  try {
    return await parts.store.transaction(body);
  } catch (error) {
    // Platforms tell of an installation twice at once: the second finds what the first has put.
    if (error instanceof StoreError && error.code === 'duplicate') return parts.store.transaction(body);
    throw error;
  }
}

async function take(
  { greetings, identify, unbind }: ChatEventParts,
  world: World,
  event: ChatEvent,
): Promise<readonly string[]> {
  const { channel, place } = event;
  if (event.what === 'removed') {
    await leave(world, event);
    return [];
  }
  if (event.what === 'left') {
    await unbind(world.tx, channel, event.account);
    await leave(world, { ...event, whole: false });
    return [];
  }
  const adder = event.what === 'added' ? event.account : undefined;
  const sender = adder === undefined ? null : await identify(world.tx, channel, adder);
  const known = await world.tx.table(conversations).get(place.key);
  if (event.what === 'seen' && !known) return [];
  // Only a chat with one person is that person's; who else joins it or renames it does not take it over.
  const owner = sender ?? (known?.person ? { id: known.person } : null);
  const row = await noteConversation(world, event, owner);
  if (!greetings) return [];
  if (event.what === 'added' && !row.greeted) {
    await world.tx.table(conversations).put({ ...row, greeted: true });
    return say(world, row, 'welcome', await greetings.welcome(world, row, sender));
  }
  if (event.what === 'joined' && !row.hinted && row.kind === 'group') {
    for (const account of event.accounts.slice(0, JOINED)) {
      if (await identify(world.tx, channel, account)) continue;
      await world.tx.table(conversations).put({ ...row, hinted: true });
      return say(world, row, 'hint', greetings.newcomers);
    }
  }
  return [];
}

/** Nothing is sent there from now on, and when the bot comes back it is greeted anew. */
async function leave(
  { tx }: World,
  { place, whole, reason }: Pick<Extract<ChatEvent, { what: 'removed' }>, 'place' | 'whole' | 'reason'>,
): Promise<void> {
  const row = await tx.table(conversations).get(place.key);
  const parent = place.parent ?? row?.parent;
  const rest =
    whole && parent ? await tx.table(conversations).find({ where: { parent }, limit: CHATS }) : { rows: [] };
  for (const one of [...(row ? [row] : []), ...rest.rows.filter(({ id }) => id !== row?.id)]) {
    await tx.table(conversations).put({ ...one, gone: reason, greeted: false, hinted: false });
  }
}

async function say(
  world: World,
  { id: place }: ConversationRow,
  what: string,
  reply: Reply,
): Promise<readonly string[]> {
  const id = `${what}:${place}|${world.now.toISOString()}`;
  await queue(world, { id, kind: 'reply', person: null, place, reply });
  return [id];
}
