/** What the channel keeps in the store: cards and their buttons, what is still to be taken in, calls of each month. */
import { z } from 'zod';
import { defineTable } from '../../store/store.ts';

/** Cards that were delivered. */
const cardRow = z.object({
  /** The outTrackId. */
  id: z.string(),
  place: z.string(),
  at: z.string(),
  /** Digest of what everybody and each viewer sees: what is the same needs not be sent again. */
  shown: z.string(),
  /** Who has had values of their own on it: from then on what everybody sees is not what they see. */
  viewers: z.array(z.string()),
});
export type CardRow = z.infer<typeof cardRow>;
export const cards = defineTable<CardRow>({
  name: 'dingtalk_cards',
  schema: cardRow,
  indexes: [{ on: [], order: 'at' }],
  keep: { by: 'at', days: 400 },
  people: 'not listed: because it only says in which chat a card is, and who has values of their own on it',
});

/** What buttons do. A client sends the name of the row; the same button on many cards is one row. */
const buttonRow = z.object({
  id: z.string(),
  at: z.string(),
  op: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export const buttons = defineTable<z.infer<typeof buttonRow>>({
  name: 'dingtalk_buttons',
  schema: buttonRow,
  indexes: [{ on: [], order: 'at' }],
  keep: { by: 'at', days: 180 },
  people: 'not listed: because it says what a button does, and not whose it was',
});

/** Acknowledged before it was handled, since that took long: whoever finds it later does it. */
const inboxRow = z.object({
  /** The id under which it is handled: the same again is the same. */
  id: z.string(),
  at: z.string(),
  /** Whoever handles it has until then. */
  due: z.string(),
  attempts: z.number().int(),
  topic: z.string(),
  data: z.string(),
});
export type InboxRow = z.infer<typeof inboxRow>;
export const inbox = defineTable<InboxRow>({
  name: 'dingtalk_inbox',
  schema: inboxRow,
  indexes: [
    { on: [], order: 'due' },
    { on: [], order: 'at' },
  ],
  keep: { by: 'at', days: 7 },
  people: 'not listed: because a row goes when it was handled, moments later',
});

/** Calls to DingTalk in a month, of all servers together. */
const monthRow = z.object({
  /** `2026-11` */
  id: z.string(),
  calls: z.number().int(),
  /** The organiser was told that there is little left. */
  warned: z.boolean(),
});
export const months = defineTable<z.infer<typeof monthRow>>({
  name: 'dingtalk_months',
  schema: monthRow,
  indexes: [],
  keep: 'for ever: because it is one row a month',
  people: 'not listed: because it is about nobody',
});

export const dingtalkTables = [cards, buttons, inbox, months];
