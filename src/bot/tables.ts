/** The kernel's own tables: turns, places, forms, live cards, outbox, rhythms, audit trail. */
import { z } from 'zod';
import { type FileKind, MEDIA_TYPES } from '../lib/filekind.ts';
import { scheduleSchema } from '../lib/schedule.ts';
import { defineTable } from '../store/store.ts';
import { errands, occasions } from './pending.ts';

export { errands, occasions };

import { passes, sessions } from './passes.ts';

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
export type PlaceRow = z.infer<typeof placeRow>;
export const places = defineTable<PlaceRow>({
  name: 'places',
  schema: placeRow,
  indexes: [{ on: ['person'], order: 'at' }, { on: ['unit'] }, { on: ['parent'] }],
});

/** A chat of which nothing is known but where it is. */
export const newPlace = {
  person: null,
  unit: null,
  star: null,
  ref: null,
  name: '',
  parent: null,
  gone: null,
  greeted: false,
  hinted: false,
} as const satisfies Partial<PlaceRow>;

/** People who were seen in a group, by the names under which its platform knows them. */
const visitorRow = z.object({
  /** `<place>|<person>` */
  id: z.string(),
  place: z.string(),
  handle: z.string(),
  at: z.string(),
});
export const visitors = defineTable<z.infer<typeof visitorRow>>({
  name: 'visitors',
  schema: visitorRow,
  indexes: [{ on: ['place'], order: 'at' }],
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
  /** The thread of the place in which it is, if it has threads. */
  thread: z.string().exactOptional(),
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

/** One matter in a digest: what is asked, until when, and what opens it. */
const lineRow = z.object({
  rhythm: z.string(),
  /** The occurrence that it was planned for. */
  period: z.string(),
  title: z.string(),
  ask: z.string(),
  due: z.string().nullable(),
  op: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type DigestLine = z.infer<typeof lineRow>;

/** Messages to send, and afterwards the record of what was sent. */
const outboxRow = z.object({
  /** The key that names this message for good. */
  id: z.string(),
  kind: z.enum(['reply', 'notice', 'digest']),
  /** Exactly one of the two is set; a person's place is looked up when it is sent. */
  person: z.string().nullable(),
  place: z.string().nullable(),
  /** The thread of the place that it answers in; without one it begins its own. */
  thread: z.string().exactOptional(),
  reply,
  /** What a digest gathers. */
  lines: z.array(lineRow).default([]),
  /** What is asked, about what, before it goes out; it is counted for the day on which it does. */
  later: z.object({ check: z.string(), about: z.string() }).nullable().default(null),
  /** The unit whose doing caused it: its people see what became of it. */
  from: z.string().nullable().default(null),
  /** The person who could not be reached and in whose stead this goes out. */
  instead: z.string().nullable().default(null),
  /** `merged`: went into a digest. `void`: no longer true when it was to be sent. `unsure`: sent, never answered. */
  state: z.enum(['due', 'sending', 'sent', 'merged', 'void', 'failed', 'unsure']),
  /** When it may be tried (again); while sending, when the claim runs out. */
  due: z.string(),
  attempts: z.number().int(),
  at: z.string(),
  /** Day of the count towards the daily cap, and the Monday of its week. */
  day: z.string().default(''),
  week: z.string(),
  /** Why it is in this state, in words for the ledger. */
  error: z.string().nullable(),
});
export type OutboxRow = z.infer<typeof outboxRow>;
export const outbox = defineTable<OutboxRow>({
  name: 'outbox',
  schema: outboxRow,
  indexes: [
    { on: ['state'], order: 'due' },
    { on: ['person', 'week', 'kind'] },
    { on: ['person', 'day', 'kind'] },
    { on: ['from', 'state'], order: 'at' },
    { on: [], order: 'at' },
  ],
});

/** Reminders as they were planned, many people to a row, until their digests are made. */
const waveRow = z.object({
  /** `<day>:<am|pm>:<number>`; which people it holds follows from the number. */
  id: z.string(),
  /** When the digests may be made. */
  due: z.string(),
  lines: z.array(lineRow),
  /** For each person the places of their lines. */
  people: z.record(z.string(), z.array(z.number().int())),
});
export type WaveRow = z.infer<typeof waveRow>;
export const waves = defineTable<WaveRow>({
  name: 'waves',
  schema: waveRow,
  indexes: [{ on: [], order: 'due' }],
});

/** How far each rhythm has been planned. */
const watermarkRow = z.object({
  /** The rhythm's name. */
  id: z.string(),
  /** Everything up to this instant is planned. */
  at: z.string(),
  /** The occurrence being planned, and the number of the last wave that has its part of it. */
  current: z.object({ period: z.string(), day: z.string(), at: z.string(), cursor: z.string() }).nullable(),
});
export type WatermarkRow = z.infer<typeof watermarkRow>;
export const watermarks = defineTable<WatermarkRow>({
  name: 'watermarks',
  schema: watermarkRow,
  indexes: [],
});

/** Schedules that an organiser changed; the others are as declared. */
const scheduleRow = z.object({ id: z.string(), schedule: scheduleSchema, by: z.string(), at: z.string() });
export const schedules = defineTable<z.infer<typeof scheduleRow>>({
  name: 'schedules',
  schema: scheduleRow,
  indexes: [],
});

/** When a person wants to hear from us on working days, if not at the usual hours. */
const prefsRow = z.object({ id: z.string(), from: z.string(), to: z.string() });
export const prefs = defineTable<z.infer<typeof prefsRow>>({ name: 'prefs', schema: prefsRow, indexes: [] });

/**
 * Holidays and make-up days that an organiser imported, by the year whose calendar they came with; a day may be of the
 * year before or after.
 */
const holidayRow = z.object({
  id: z.string(),
  days: z.array(z.object({ name: z.string(), date: z.string(), isOffDay: z.boolean() })),
});
/** What a change of them is signalled under. */
export const HOLIDAYS = 'holidays';
export const holidays = defineTable<z.infer<typeof holidayRow>>({
  name: 'holidays',
  schema: holidayRow,
  indexes: [{ on: [] }],
});

/** Random secrets that all servers over one store share, by what they are for. */
const secretRow = z.object({ id: z.string(), value: z.string(), at: z.string() });
export const secrets = defineTable<z.infer<typeof secretRow>>({
  name: 'secrets',
  schema: secretRow,
  indexes: [],
});

/** Files that people sent, or that were made for them; the contents are in the file store. */
const fileRow = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  kind: z.enum(Object.keys(MEDIA_TYPES) as [FileKind, ...FileKind[]]),
  /** In bytes. */
  size: z.number().int(),
  /** Who sent it, or for whom it was made. */
  by: z.string(),
  at: z.string(),
  /** `<kind>:<id>` of what it belongs to; null: nothing has asked for it, and it goes after a day. */
  about: z.string().nullable(),
});
export type FileRow = z.infer<typeof fileRow>;
export const files = defineTable<FileRow>({
  name: 'files',
  schema: fileRow,
  indexes: [{ on: ['about'], order: 'at' }, { on: ['hash'] }],
});

/** Spreadsheets that are being made, or were: see exports.ts. */
const exportRow = z.object({
  id: z.string(),
  /** The feature's export, and what it is of. */
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
  title: z.string(),
  /** For whom. */
  person: z.string(),
  at: z.string(),
  /** When it may be begun (again); while it is made, when the claim runs out. */
  due: z.string(),
  state: z.enum(['open', 'done', 'failed', 'refused']),
  /** How far it is. */
  lines: z.number().int(),
  total: z.number().int(),
  attempts: z.number().int(),
});
export type ExportRow = z.infer<typeof exportRow>;
export const exportsTable = defineTable<ExportRow>({
  name: 'exports',
  schema: exportRow,
  indexes: [{ on: ['state'], order: 'due' }, { on: ['person', 'state'] }, { on: [], order: 'at' }],
});

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
  /** Why it was refused. */
  words: z.string(),
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
  ],
});

export const kernelTables = [
  turns,
  places,
  visitors,
  forms,
  lives,
  redraws,
  outbox,
  waves,
  errands,
  occasions,
  watermarks,
  schedules,
  prefs,
  holidays,
  secrets,
  passes,
  sessions,
  files,
  exportsTable,
  audit,
];
