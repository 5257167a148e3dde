/** Joint meetings 会商: rows and the pure rules. Nothing here reads a clock or the store. */
import { z } from 'zod';
import type { Actor } from '../../bot/world.ts';
import { defineTable, type Stored } from '../../store/store.ts';

export const MEETING_STATES = ['set', 'minuted', 'cancelled'] as const;
const STATE_NAMES: Readonly<Record<(typeof MEETING_STATES)[number], string>> = {
  set: '已定',
  minuted: '已出纪要',
  cancelled: '已取消',
};

/** 签到 is open from this long before the start until this long after it. */
export const SIGN_BEFORE_MS = 3_600_000;
export const SIGN_AFTER_MS = 7_200_000;
/** A meeting takes as long as a calendar is told; it has no end of its own. */
export const LASTS_MS = 7_200_000;
/** Two meetings of the same people closer than this clash. */
export const CLASH_MS = 7_200_000;

const decidedRow = z.object({
  /** Empty: nothing was decided. */
  decision: z.string(),
  /** Who does it, or leads those who do 牵头. */
  unit: z.string().nullable(),
  /** Who helps 配合. */
  partners: z.array(z.string()).default([]),
  deadline: z.string().nullable(),
});
/** One thing that was decided. */
export type Decided = z.infer<typeof decidedRow>;

/** An item of the agenda with its first decision; most have no other. */
const itemRow = decidedRow.extend({
  id: z.string(),
  text: z.string(),
  /** The issue or the open decision that it is about. */
  about: z.string().nullable(),
  /** Its second decision and all others; one that was taken out again leaves an empty place. */
  more: z.array(decidedRow).default([]),
});
export type Item = z.infer<typeof itemRow>;

export const NOTHING: Decided = { decision: '', unit: null, partners: [], deadline: null };

/** An item as it stands in an agenda: nothing was decided yet. */
export function newItem(item: Pick<Item, 'id' | 'text' | 'about'>): Item {
  return { ...NOTHING, more: [], ...item };
}

/** What was decided about an item, each in its place: `nth` counts from 0, places may be empty. */
export function placesOf({ decision, unit, partners, deadline, more }: Item): readonly Decided[] {
  return [{ decision, unit, partners, deadline }, ...more];
}

/** What was decided about an item. */
export function decidedOf(item: Item): readonly Decided[] {
  return placesOf(item).filter(({ decision }) => decision !== '');
}

const meetingRow = z.object({
  /** `HS-YYYY-MM-NN` */
  id: z.string(),
  /** `month` is 一月一会商 of one star, `push` the organiser's 一季度一推进 over all stars. */
  kind: z.enum(['month', 'push']),
  /** `2026-11`, `2026-Q4` */
  period: z.string(),
  /** Null for a push. */
  star: z.string().nullable(),
  lead: z.string(),
  convener: z.string(),
  date: z.string(),
  time: z.string(),
  startsAt: z.string(),
  place: z.string(),
  state: z.enum(MEETING_STATES),
  items: z.array(itemRow),
  /** 0 until minutes are published; a correction makes the next one. */
  version: z.number().int(),
  /** Why it was moved or cancelled last. */
  reason: z.string(),
  moved: z.number().int(),
});
export type Meeting = z.infer<typeof meetingRow>;
export type StoredMeeting = Stored<Meeting>;
export const meetings = defineTable<Meeting>({
  name: 'meetings',
  schema: meetingRow,
  indexes: [
    { on: ['period'], order: 'startsAt' },
    { on: ['star', 'state'], order: 'startsAt' },
    { on: ['date', 'state'], order: 'startsAt' },
    { on: ['lead'], order: 'startsAt' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '发起的会商',
    at: 'startsAt',
    fields: [{ field: 'convener', left: 'nameless' }],
    labels: {
      typed: { place: '地点' },
      unit: { lead: '牵头单位', partners: '配合单位' },
      plain: { date: '日期', items: '议题', more: '其他决定', moved: '改期次数', time: '时间' },
    },
    words: { kind: { month: '联席会商', push: '季度推进会' }, state: STATE_NAMES },
  },
});

export const ANSWERS = ['none', 'yes', 'no', 'sub'] as const;
export type AnswerKind = (typeof ANSWERS)[number];
export const ANSWER_NAMES: Readonly<Record<AnswerKind, string>> = {
  none: '未回复',
  yes: '参加',
  no: '请假',
  sub: '派员',
};

const inviteRow = z.object({
  /** `<meeting>|<unit>` */
  id: z.string(),
  meeting: z.string(),
  unit: z.string(),
  /** Copied from the meeting, for a unit's own list. */
  state: z.enum(MEETING_STATES),
  startsAt: z.string(),
  answer: z.enum(ANSWERS),
  /** Why they cannot come, or who comes instead. */
  words: z.string(),
  by: z.string().nullable(),
  present: z.enum(['no', 'yes', 'late']),
});
export type Invite = Stored<z.infer<typeof inviteRow>>;
export const invites = defineTable<z.infer<typeof inviteRow>>({
  name: 'invites',
  schema: inviteRow,
  indexes: [
    { on: ['meeting', 'answer'], order: 'unit' },
    { on: ['meeting', 'present'] },
    { on: ['meeting'], order: 'unit' },
    { on: ['unit', 'state'], order: 'startsAt' },
  ],
  keep: 'for ever: because it is part of a record of the programme',
  people: {
    title: '会商的回复',
    at: 'startsAt',
    fields: [{ field: 'by', left: 'nameless' }],
    labels: {
      plain: { answer: '答复', meeting: '会商', present: '到会' },
    },
    words: {
      answer: ANSWER_NAMES,
      present: { no: '没有到会', yes: '已到会', late: '迟到' },
      state: STATE_NAMES,
    },
  },
});

const decisionRow = z.object({
  /** `<meeting>-<item>`; `<meeting>-<item>-<n>` from the second decision of an item on */
  id: z.string(),
  meeting: z.string(),
  star: z.string().nullable(),
  lead: z.string(),
  text: z.string(),
  unit: z.string(),
  /** Who helps 配合. */
  partners: z.array(z.string()).default([]),
  deadline: z.string(),
  state: z.enum(['open', 'done', 'dropped']),
  /** The month in which it was decided. */
  since: z.string(),
  done: z.string(),
  /** That it is done, as the responsible unit says, while the convener has not confirmed it. */
  claim: z.object({ by: z.string(), name: z.string(), words: z.string() }).nullable().default(null),
  /** The convener while it is to confirm that. */
  confirms: z.string().nullable().default(null),
  /** The number of the task that carries it out. */
  task: z.string().nullable().default(null),
});
export type Decision = Stored<z.infer<typeof decisionRow>>;
export const decisions = defineTable<z.infer<typeof decisionRow>>({
  name: 'decisions',
  schema: decisionRow,
  indexes: [
    { on: ['star', 'state'], order: 'deadline' },
    { on: ['unit', 'state'], order: 'deadline' },
    { on: ['state'], order: 'deadline' },
    { on: ['confirms', 'state'], order: 'deadline' },
    { on: ['meeting'] },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: 'not listed: because who says that it is done stands there only until the convener has answered',
});

const versionRow = z.object({
  id: z.string(),
  meeting: z.string(),
  at: z.string(),
  by: z.string(),
  items: z.array(itemRow),
});
export const versions = defineTable<z.infer<typeof versionRow>>({
  name: 'minutes_versions',
  schema: versionRow,
  indexes: [{ on: ['meeting'], order: 'at' }],
  keep: 'for ever: because published minutes are a record of the programme',
  people: { title: '提交的纪要', at: 'at', fields: [{ field: 'by', acts: true, left: 'nameless' }] },
});

/** Minutes that are being written: what was filled in so far, as it was typed. */
const draftRow = z.object({
  /** The meeting's. */
  id: z.string(),
  values: z.record(z.string(), z.string()),
});
export const drafts = defineTable<z.infer<typeof draftRow>>({
  name: 'minutes_drafts',
  schema: draftRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each meeting',
});

const topicRow = z.object({
  /** `TY-YYYY-NNNN` */
  id: z.string(),
  at: z.string(),
  /** Null for the quarterly push. */
  star: z.string().nullable(),
  /** Who convenes that meeting. */
  lead: z.string(),
  words: z.string(),
  /** Who proposed it. */
  unit: z.string(),
  by: z.string(),
  /** `taken` is in the agenda of `meeting`. */
  state: z.enum(['open', 'taken', 'dropped']),
  meeting: z.string().nullable(),
  /** Why it was dropped. */
  reason: z.string(),
});
export type Topic = Stored<z.infer<typeof topicRow>>;
/** How a proposed item stands, in a few words. */
export const TOPIC_STANDS: Readonly<Record<Topic['state'], (topic: Topic) => string>> = {
  open: () => '等下次会商',
  taken: ({ meeting }) => `已经列入 ${meeting}`,
  dropped: ({ reason }) => `已经撤下了：${reason}`,
};
/** Items that units propose for the next agenda. */
export const topics = defineTable<z.infer<typeof topicRow>>({
  name: 'meeting_topics',
  schema: topicRow,
  indexes: [
    { on: ['star', 'state'], order: 'at' },
    { on: ['lead', 'state'], order: 'at' },
    { on: ['unit', 'state'], order: 'at' },
    { on: ['unit', 'star', 'state'] },
    { on: ['meeting'], order: 'at' },
  ],
  keep: 'for ever: because it is part of a record of the programme',
  people: {
    title: '提的议题',
    at: 'at',
    fields: [{ field: 'by', left: 'nameless' }],
    labels: { unit: { lead: '牵头单位' }, plain: { meeting: '会商' } },
    words: { state: { open: '等下次会商', taken: '已列入议题', dropped: '已撤下' } },
  },
});

/** Where a meeting stands on the board of its month. */
export function standing(meeting: Pick<Meeting, 'state' | 'startsAt'> | undefined, now: Date): string {
  switch (meeting?.state) {
    case undefined:
    case 'cancelled':
      return '未发起';
    case 'minuted':
      return '已出纪要';
    case 'set':
      return new Date(meeting.startsAt) <= now ? '已开' : '已定';
  }
}

/** True while 签到 is open. */
export function maySign({ startsAt }: Pick<Meeting, 'startsAt'>, now: Date): boolean {
  const start = Date.parse(startsAt);
  return now.getTime() >= start - SIGN_BEFORE_MS && now.getTime() <= start + SIGN_AFTER_MS;
}

/** How many months a decision has been open: 1 in the month after it was made. */
export function monthsOpen(since: string, today: string): number {
  const months = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  return months(today) - months(since);
}

export function isConvener({ lead }: Pick<Meeting, 'lead'>, { unit }: Actor): boolean {
  return unit === lead;
}

/** How an answer reads on the card of the unit. */
export function sayAnswer(answer: AnswerKind, words: string): string {
  switch (answer) {
    case 'none':
      return '还没有回复';
    case 'yes':
      return '参加';
    case 'no':
      return `请假：${words}`;
    case 'sub':
      return `派${words}参加`;
  }
}
