/** The chat page's own tables: messages, and how far each person has read. */
import { z } from 'zod';
import { askedRow } from '../../bot/delivery/tables.ts';
import { defineTable } from '../../store/store.ts';

const messageRow = z.object({
  id: z.string(),
  /** `webchat|p:<person>` or `webchat|g:<unit>`. */
  place: z.string(),
  /** Order of posting. */
  seq: z.number().int(),
  /** Order of the last change; taken from the same series as `seq`. */
  stamp: z.number().int(),
  at: z.string(),
  /** A person's id, or `bot`. */
  from: z.string(),
  name: z.string(),
  unit: z.string(),
  text: z.string(),
  /** Said to the bot; false for what people of a group say to each other. */
  ask: z.boolean(),
  /** When set, the card is drawn anew for everyone who looks and `card` is empty. */
  subject: z.object({ kind: z.string(), id: z.string() }).nullable(),
  card: z.looseObject({ type: z.literal('AdaptiveCard') }).nullable(),
  edited: z.string().nullable(),
  /** The file that this message was. */
  file: z.string().nullable().default(null),
  /** Why the card came: a line above it. */
  why: z.string().exactOptional(),
  /** What it asks for: once somebody else has done that, it is no news. */
  asks: askedRow.exactOptional(),
});
export type MessageRow = z.infer<typeof messageRow>;

/** Days for which a message stays on the page; what it was about is a record and stays. */
export const MESSAGE_DAYS = 400;

export const messages = defineTable<MessageRow>({
  name: 'webchat_messages',
  schema: messageRow,
  indexes: [
    { on: ['place'], order: 'seq' },
    { on: ['place'], order: 'stamp' },
    { on: [], order: 'at' },
  ],
  keep: { by: 'at', days: MESSAGE_DAYS },
  people: {
    title: '网页上的话',
    at: 'at',
    fields: [
      { field: 'from', left: 'goes' },
      { field: 'place', chat: true, left: 'goes' },
    ],
    labels: {
      typed: { unit: '单位', why: '来由' },
      plain: { ask: '是对会商助手说的', edited: '修改时间' },
    },
  },
});

const readRow = z.object({
  /** `<person>|<place>` */
  id: z.string(),
  person: z.string().default(''),
  seq: z.number().int(),
});
export const reads = defineTable<z.infer<typeof readRow>>({
  name: 'webchat_reads',
  schema: readRow,
  indexes: [],
  keep: 'for ever: because it is one row for each person and chat',
  people: { title: '网页上看到哪里', fields: [{ field: 'person', left: 'goes' }] },
});

export const webchatTables = [messages, reads];
