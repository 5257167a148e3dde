/** Chats that the bot has seen, whose they are, and how to write there. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Stored } from '../../store/store.ts';
import { defineTable } from '../../store/store.ts';
import type { Inbound } from '../turn/inbound.ts';
import type { Actor, World } from '../world.ts';

const conversationRow = z.object({
  /** `<channel>|<platform's id>` */
  id: z.string(),
  channel: z.string(),
  kind: z.enum(['personal', 'group']),
  /** The person of a personal chat. */
  person: z.string().nullable(),
  /** The unit (and star) that a group belongs to. */
  unit: z.string().nullable(),
  star: z.string().nullable(),
  ref: z.unknown().default(null),
  /** What the platform calls it; '' where it does not say. */
  name: z.string().default(''),
  /** What it is part of on the platform (a team), and goes with. */
  parent: z.string().nullable().default(null),
  /** Why nothing can be sent there now, in words for the ledger; null while the bot is in it. */
  gone: z.string().nullable().default(null),
  /** Said in this installation: the welcome, and the hint to those who came later. */
  greeted: z.boolean().default(false),
  hinted: z.boolean().default(false),
  at: z.string(),
});

export type ConversationRow = z.infer<typeof conversationRow>;

export const conversations = defineTable<ConversationRow>({
  name: 'places',
  schema: conversationRow,
  indexes: [{ on: ['person'], order: 'at' }, { on: ['unit'] }, { on: ['parent'] }],
  keep: 'for ever: because it is one row for each chat, without which nothing can be said there',
  people: {
    title: '和会商助手的单聊',
    at: 'at',
    fields: [
      { field: 'person', left: 'goes' },
      { field: 'id', chat: true, left: 'goes' },
    ],
    labels: {
      typed: { name: '群名' },
      plain: { gone: '已不在' },
    },
    unsaid: ['kind'],
  },
});

/** A chat of which nothing is known but where it is. */
export const newConversation = {
  person: null,
  unit: null,
  star: null,
  ref: null,
  name: '',
  parent: null,
  gone: null,
  greeted: false,
  hinted: false,
} as const satisfies Partial<ConversationRow>;

/** A place seen less than this long ago (milliseconds) is not written again. */
const PLACE_FRESH_MS = 24 * 3_600_000;

/**
 * Remember where this chat is and whose it is; written only when that changed or was not seen for a day.
 * Who hears from a chat is in it: what was said to be gone is there again.
 */
export async function noteConversation(
  world: World,
  { place, channel }: Pick<Inbound, 'place' | 'channel'>,
  sender: Pick<Actor, 'id'> | null,
): Promise<Stored<ConversationRow>> {
  const rows = world.tx.table(conversations);
  const { key: id, kind, name, parent } = place;
  const known = await rows.get(id);
  // Not everything that arrives says how to write there.
  const ref = place.ref ?? known?.ref ?? null;
  const now = {
    person: kind === 'personal' ? (sender?.id ?? null) : null,
    ref,
    gone: null,
    ...(name && { name }),
    ...(parent && { parent }),
  };
  const at = world.now.toISOString();
  if (!known) return rows.put({ ...newConversation, id, channel, kind, ...now, at });
  // Seen in the future: by a clock that was ahead.
  const fresh = Math.abs(world.now.getTime() - Date.parse(known.at)) < PLACE_FRESH_MS;
  if (fresh && sameFields(known, now) && (await isLast(world, known))) return known;
  return rows.put({ ...known, ...now, at });
}

/** Whether this is the chat that its person used last: what is for them goes there. */
async function isLast({ tx }: World, { id, person }: ConversationRow): Promise<boolean> {
  if (person === null) return true;
  const { rows } = await tx
    .table(conversations)
    .find({ where: { person }, order: 'at', desc: true, limit: 1 });
  return rows[0]?.id === id;
}

function sameFields(row: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(now).every(([key, value]) => isDeepStrictEqual(row[key], value));
}
