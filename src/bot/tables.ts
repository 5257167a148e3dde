/** The kernel's own tables: turns, places, forms, live cards, outbox, audit trail. */
import { z } from 'zod';
import { defineTable } from '../store/store.ts';

const subject = z.object({ kind: z.string(), id: z.string() });
const card = z.union([
  z.object({ subject }),
  z.object({ template: z.string(), data: z.record(z.string(), z.unknown()) }),
]);
const reply = z.object({ text: z.string(), card: card.exactOptional() });

/** Answers already given, by inbound; the second arrival of the same inbound gets the same answer. */
const turnRow = z.object({
  id: z.string(),
  at: z.string(),
  scope: z.enum(['card', 'mine', 'words', 'none']),
  refused: z.boolean(),
  reply,
});
export const turns = defineTable<z.infer<typeof turnRow>>({
  name: 'turns',
  schema: turnRow,
  indexes: [{ on: [], order: 'at' }],
});

/** Chats that the bot has seen, whose they are, and how to write there. */
const placeRow = z.object({
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
  at: z.string(),
});
export type PlaceRow = z.infer<typeof placeRow>;
export const places = defineTable<PlaceRow>({
  name: 'places',
  schema: placeRow,
  indexes: [{ on: ['person'], order: 'at' }, { on: ['unit'] }],
});

/** Forms handed out. A form is filled in once, by the person who asked for it. */
const formRow = z.object({
  id: z.string(),
  op: z.string(),
  person: z.string(),
  place: z.string(),
  /** `shut`: nobody can send it any more (sent, cancelled, or replaced by a newer one). */
  state: z.enum(['open', 'shut']),
  at: z.string(),
  text: z.string(),
  template: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** The record whose card it was opened from, shown again when it is cancelled. */
  origin: subject.nullable().default(null),
  /** What came of it, shown in its place once it is shut. */
  result: reply.nullable(),
});
export type FormRow = z.infer<typeof formRow>;
export const forms = defineTable<FormRow>({
  name: 'forms',
  schema: formRow,
  indexes: [
    { on: ['person', 'place', 'state'], order: 'at' },
    { on: [], order: 'at' },
  ],
});

/** Cards on people's screens that follow their subject. */
const liveRow = z.object({
  /** `<place>|<message>` */
  id: z.string(),
  place: z.string(),
  message: z.string(),
  /** `<kind>:<id>` */
  subject: z.string(),
  at: z.string(),
});
export const lives = defineTable<z.infer<typeof liveRow>>({
  name: 'lives',
  schema: liveRow,
  indexes: [{ on: ['subject'], order: 'at' }],
});

/** Subjects whose live cards must be redrawn; one row however often it changed. */
const redrawRow = z.object({
  id: z.string(),
  subject,
  due: z.string(),
  attempts: z.number().int(),
});
export const redraws = defineTable<z.infer<typeof redrawRow>>({
  name: 'redraws',
  schema: redrawRow,
  indexes: [{ on: [], order: 'due' }],
});

/** Messages to send, and afterwards the record of what was sent. */
const outboxRow = z.object({
  /** The key that names this message for good. */
  id: z.string(),
  kind: z.enum(['reply', 'notice']),
  /** Exactly one of the two is set; a person's place is looked up when it is sent. */
  person: z.string().nullable(),
  place: z.string().nullable(),
  reply,
  state: z.enum(['due', 'sending', 'sent', 'failed']),
  /** When it may be tried (again); while sending, when the claim runs out. */
  due: z.string(),
  attempts: z.number().int(),
  at: z.string(),
  /** Monday of the week it was queued in, for the weekly count. */
  week: z.string(),
  /** Why it failed, in words for the ledger. */
  error: z.string().nullable(),
});
export type OutboxRow = z.infer<typeof outboxRow>;
export const outbox = defineTable<OutboxRow>({
  name: 'outbox',
  schema: outboxRow,
  indexes: [{ on: ['state'], order: 'due' }, { on: ['person', 'week', 'kind'] }, { on: [], order: 'at' }],
});

/** Who did what to which record, from where. */
const auditRow = z.object({
  id: z.string(),
  at: z.string(),
  person: z.string(),
  unit: z.string(),
  op: z.string(),
  subject: z.string(),
  place: z.string(),
});
export const audit = defineTable<z.infer<typeof auditRow>>({
  name: 'audit',
  schema: auditRow,
  indexes: [
    { on: ['subject'], order: 'at' },
    { on: [], order: 'at' },
  ],
});

export const kernelTables = [turns, places, forms, lives, redraws, outbox, audit];
