/** What turns leave behind: the answers given, and the audit trail. */
import { z } from 'zod';
import { defineTable } from '../../store/store.ts';
import { storedReply } from '../cards/stored.ts';

/** Answers already given, by inbound; the second arrival of the same inbound gets the same answer. */
const turnRow = z.object({
  id: z.string(),
  at: z.string(),
  scope: z.enum(['card', 'mine', 'words', 'none']),
  refused: z.boolean(),
  reply: storedReply,
});

export const turns = defineTable<z.infer<typeof turnRow>>({
  name: 'turns',
  schema: turnRow,
  indexes: [{ on: [], order: 'at' }],
  keep: { by: 'at', days: 2 },
  people:
    'not listed: because the answers of two days, given again when something comes twice, are kept by the chat',
});

/** Three years. */
export const AUDIT_DAYS = 1_096;

/** Who did what to which record, from where; nobody changes or deletes a line. */
const auditRow = z.object({
  id: z.string(),
  at: z.string(),
  /** The day in Shanghai. */
  day: z.string(),
  /** The person, or `<channel>:<account>` of somebody unknown. */
  person: z.string(),
  /** As it was then. */
  name: z.string(),
  unit: z.string(),
  op: z.string(),
  /** The word that calls it, or the title of its button. */
  what: z.string(),
  /** The record's number, or what else names it. */
  record: z.string(),
  channel: z.string(),
  place: z.string(),
  outcome: z.enum(['done', 'refused']),
  /** Why it was refused, or what else is to be known of what was done. */
  words: z.string(),
  /** The block that it was sealed in (audit-chain.ts); null while it is not. */
  block: z.number().int().nullable().default(null),
});

export type AuditRow = z.infer<typeof auditRow>;

export const audit = defineTable<AuditRow>({
  name: 'audit',
  schema: auditRow,
  indexes: [
    { on: ['record'], order: 'at' },
    { on: ['name'], order: 'at' },
    { on: ['what'], order: 'at' },
    { on: ['name', 'what'], order: 'at' },
    { on: [], order: 'at' },
    { on: ['person', 'day', 'outcome'] },
    { on: ['block'], order: 'at' },
  ],
  keep: { by: 'at', days: AUDIT_DAYS },
  people: {
    title: '操作记录',
    at: 'at',
    fields: [
      { field: 'person', left: 'term' },
      // What others did to the person: let in, moved, taken off the list.
      { field: 'record', acts: true, left: 'term' },
    ],
    labels: {
      plain: { outcome: '结果', record: '对象' },
    },
    unsaid: ['day', 'op'],
    words: { outcome: { done: '已办', refused: '被拒绝' } },
  },
});
