/** What is to be sent, and afterwards the record of what was sent. */
import { z } from 'zod';
import { defineTable } from '../../store/store.ts';
import { storedReply } from '../cards/stored.ts';

/** What a message asks for, and of which record. */
export const askedRow = z.object({
  unit: z.string(),
  of: z.array(z.string()),
  about: z.object({ kind: z.string(), id: z.string() }),
});

/** One matter in a digest: what is asked, until when, and what opens it. */
const lineRow = z.object({
  /** The name of the reminder; stored as `rhythm` by the versions before. */
  rhythm: z.string(),
  /** The occurrence that it was planned for. */
  period: z.string(),
  title: z.string(),
  ask: z.string(),
  due: z.string().nullable(),
  op: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** What a message that became this line asks for: it is said while that is still to be done. */
  asks: askedRow.exactOptional(),
});

export type DigestLine = z.infer<typeof lineRow>;

/** The one of a group who sees a message: by the handle that the platform knows, and as a person if we do. */
export const onlyRow = z.object({ handle: z.string(), person: z.string().nullable() });
export type Only = z.infer<typeof onlyRow>;

const outboxRow = z.object({
  /** The key that names this message for good. */
  id: z.string(),
  kind: z.enum(['reply', 'notice', 'digest']),
  /** Exactly one of the two is set; a person's place is looked up when it is sent. */
  person: z.string().nullable(),
  place: z.string().nullable(),
  /** The thread of the place that it answers in; without one it begins its own. */
  thread: z.string().exactOptional(),
  /** In a group, the one who sees it. */
  only: onlyRow.exactOptional(),
  reply: storedReply,
  /** What a digest gathers. */
  lines: z.array(lineRow).default([]),
  /** What is asked, about what, before it goes out; it is counted for the day on which it does. */
  later: z.object({ check: z.string(), about: z.string() }).nullable().default(null),
  /** What it asks for, about the record of its card; it goes out while that is still to be done. */
  asks: z.object({ unit: z.string(), of: z.array(z.string()) }).exactOptional(),
  /** The file that goes out, a row of `files`. */
  file: z.string().exactOptional(),
  /** The unit whose doing caused it: its people see what became of it. */
  from: z.string().nullable().default(null),
  /** The person who could not be reached and in whose stead this goes out. */
  instead: z.string().nullable().default(null),
  /**
   * `waiting`: for its channel, since it was refused for now or there was no room. `merged`: went into a digest.
   * `void`: no longer true when it was to be sent. `unsure`: sent, never answered.
   */
  state: z.enum(['due', 'waiting', 'sending', 'sent', 'merged', 'void', 'failed', 'unsure']),
  /** When it may be tried (again); while sending, when the claim runs out; afterwards about when it ended. */
  due: z.string(),
  /** The channel that it is waiting for. */
  waits: z.string().exactOptional(),
  /** When it was first not taken. */
  since: z.string().exactOptional(),
  /** Times that a platform may have taken it. */
  attempts: z.number().int(),
  at: z.string(),
  /** Day of the count towards the daily cap, and the Monday of its week. */
  day: z.string().default(''),
  week: z.string(),
  /** Why it is in this state, in words for the ledger. */
  error: z.string().nullable(),
});

export type OutboxRow = z.infer<typeof outboxRow>;

/** How it stands with a message: also on the lists of 投递. */
export const DELIVERY_NAMES: Readonly<Record<OutboxRow['state'], string>> = {
  due: '待发',
  waiting: '排队中',
  sending: '发送中',
  sent: '已送达',
  merged: '已合并',
  void: '作废',
  failed: '失败',
  unsure: '不确定',
};

export const outbox = defineTable<OutboxRow>({
  name: 'outbox',
  schema: outboxRow,
  indexes: [
    { on: ['state'], order: 'due' },
    { on: ['waits'], order: 'due' },
    { on: ['person', 'week', 'kind', 'state'] },
    { on: ['week', 'kind', 'state'] },
    { on: ['person', 'day', 'kind'] },
    { on: ['from', 'state'], order: 'at' },
    { on: [], order: 'at' },
  ],
  keep: { by: 'due', days: 180, where: { state: ['sent', 'merged', 'void', 'failed', 'unsure'] } },
  people: {
    title: '收到的消息',
    at: 'at',
    fields: [
      { field: 'person', left: 'term' },
      { field: 'instead', acts: true, left: 'term' },
    ],
    labels: {
      typed: { reply: '内容' },
      unit: { from: '来自' },
      person: { instead: '代收' },
      plain: { error: '说明', lines: '提醒的事', 'lines.due': '期限' },
    },
    unsaid: ['day', 'due', 'op', 'period', 'rhythm', 'since'],
    words: { kind: { reply: '回复', notice: '通知', digest: '提醒' }, state: DELIVERY_NAMES },
  },
});

/** Unasked messages a week that are enough for anybody. */
export const MOST_A_WEEK = 5;

const heavyWeekRow = z.object({
  /** `<week>|<person>` */
  id: z.string(),
  /** Its Monday. */
  week: z.string(),
  person: z.string(),
  count: z.number().int(),
});
/** Weeks in which somebody got more than that: few, so that nobody has to count all people to find them. */
export const heavyWeeks = defineTable<z.infer<typeof heavyWeekRow>>({
  name: 'heavy_weeks',
  schema: heavyWeekRow,
  indexes: [{ on: ['week'], order: 'count' }],
  keep: { by: 'week', days: 400 },
  people: {
    title: '消息多的一周',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      plain: { count: '消息条数', week: '周一' },
    },
  },
});

/** Reminders as they were planned, many people to a row, until their digests are made. */
const batchRow = z.object({
  /** `<day>:<am|pm>:<number>`; which people it holds follows from the number. */
  id: z.string(),
  /** When the digests may be made. */
  due: z.string(),
  lines: z.array(lineRow),
  /** For each person the places of their lines. */
  people: z.record(z.string(), z.array(z.number().int())),
});

export type BatchRow = z.infer<typeof batchRow>;

export const batches = defineTable<BatchRow>({
  name: 'waves',
  schema: batchRow,
  indexes: [{ on: [], order: 'due' }],
  keep: 'for ever: because a row goes when its digests are made',
  people: 'not listed: because its lines are digests within days, and listed as those',
});

/** When a person wants to hear from us on working days, if not at the usual hours. */
const prefsRow = z.object({ id: z.string(), from: z.string(), to: z.string() });

export const prefs = defineTable<z.infer<typeof prefsRow>>({
  name: 'prefs',
  schema: prefsRow,
  indexes: [],
  keep: 'for ever: because it is one row for each person',
  people: { title: '提醒时段', fields: [{ field: 'id', left: 'goes' }] },
});
