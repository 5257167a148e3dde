/**
 * Tasks 任务 and check-ins 报进展: the rows. A task is one row however many units it is for; a check-in exists only once
 * its unit has said something, so who is missing is the scope without the check-ins.
 */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';

export const RHYTHMS = ['once', 'week', 'month', 'quarter'] as const;
export type TaskRhythm = (typeof RHYTHMS)[number];
export const RHYTHM_NAMES: Readonly<Record<TaskRhythm, string>> = {
  once: '一次',
  week: '每周',
  month: '每月',
  quarter: '每季度',
};

export const TASK_STATES = ['open', 'ended'] as const;
export type TaskState = (typeof TASK_STATES)[number];
export const TASK_NAMES: Readonly<Record<TaskState, string>> = { open: '进行中', ended: '已结束' };

/** `parties`: the issuer's side, the units it is for and those above them. */
export const VISIBILITIES = ['parties', 'all'] as const;

const scopeRow = z.object({
  /** Every branch of these kinds below these units; no unit lies below another one. */
  below: z.array(z.string()),
  kinds: z.array(z.enum(['village', 'community'])),
  /** And these units, none of which is meant by `below`. */
  units: z.array(z.string()),
});
/** The units that a task is for. */
export type Scope = z.infer<typeof scopeRow>;

const taskRow = z.object({
  /** `RW-YYYY-NNNN` */
  id: z.string(),
  title: z.string(),
  /** What it is about and how to do it, in the issuer's words. */
  details: z.string().default(''),
  /** As it was written: `200户`, `更新1次`; empty for done or not done. */
  standard: z.string(),
  /** What each unit is to reach in each period, in `measure`; both null for done or not done. */
  target: z.number().nullable(),
  measure: z.string().nullable(),
  scope: scopeRow,
  /** How many units that was when it was handed out. */
  size: z.number().int(),
  rhythm: z.enum(RHYTHMS),
  /** The first due day as it was chosen; a recurring task is due on the same day of each week, month or quarter. */
  day: z.string(),
  /** Why evidence is wanted; empty when it is not. */
  evidence: z.string(),
  visible: z.enum(VISIBILITIES),
  issuer: z.string(),
  by: z.string(),
  state: z.enum(TASK_STATES),
  handedAt: z.string(),
  endedOn: z.string().nullable(),
  /** When the missing were nudged by hand last. */
  nudgedAt: z.string().nullable(),
  /** The decision of a joint meeting that it carries out. */
  decision: z.string().nullable(),
  /** 重点任务: whether a branch does it counts in the analysis of branches. */
  major: z.boolean().default(false),
});
export type Task = z.infer<typeof taskRow>;
export type StoredTask = Stored<Task>;
export const tasks = defineTable<Task>({
  name: 'tasks',
  schema: taskRow,
  indexes: [
    { on: ['issuer', 'state'], order: 'handedAt' },
    { on: ['state'], order: 'handedAt' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '下达的任务',
    at: 'handedAt',
    fields: [{ field: 'by', left: 'nameless' }],
    labels: {
      typed: { measure: '计量单位' },
      unit: { below: '上级单位', issuer: '下达单位', units: '单位' },
      plain: {
        day: '截止日期',
        endedOn: '结束',
        kinds: '支部种类',
        major: '重点任务',
        nudgedAt: '催办时间',
        rhythm: '多久一次',
        scope: '范围',
        size: '单位数',
        target: '目标',
        visible: '谁能看',
      },
    },
    words: {
      kinds: { village: '村', community: '社区' },
      rhythm: RHYTHM_NAMES,
      state: TASK_NAMES,
      visible: { parties: '有关单位', all: '所有单位' },
    },
  },
});

const targetRow = z.object({
  /** `<task>|<key>` */
  id: z.string(),
  task: z.string(),
  /** `unit:<id>` or `below:<id>`: how a unit finds what is asked of it. */
  key: z.string(),
  state: z.enum(TASK_STATES),
  handedAt: z.string(),
  /** As the task. */
  major: z.boolean().default(false),
});
export const targets = defineTable<z.infer<typeof targetRow>>({
  name: 'task_targets',
  schema: targetRow,
  indexes: [
    { on: ['key', 'state'], order: 'handedAt' },
    { on: ['key', 'major'], order: 'handedAt' },
    { on: ['task'] },
  ],
  keep: 'for ever: because it is one row for each part of a task’s scope',
});

export const CHECKIN_STATES = ['in', 'passed', 'returned'] as const;
export type CheckinState = (typeof CHECKIN_STATES)[number];
export const CHECKIN_NAMES: Readonly<Record<CheckinState, string>> = {
  in: '待审核',
  passed: '已通过',
  returned: '已退回',
};

/** What a unit says of its work in a period. */
const saidRow = z.object({
  amount: z.number().nullable(),
  percent: z.number().nullable(),
  words: z.string(),
  difficulty: z.string(),
});
export type Said = z.infer<typeof saidRow>;

/** What evidence a check-in has; '': a server of the version before wrote it, and did not say. */
export const PROOFS = ['', 'none', 'files', 'photos'] as const;
export type Proofs = (typeof PROOFS)[number];

/** What became of a check-in at a moment, so that any past day can be looked at. */
const markRow = z.object({ at: z.string(), state: z.enum(CHECKIN_STATES) });

const checkinRow = saidRow.extend({
  /** `<task>|<period>|<unit>` */
  id: z.string(),
  /** `<task>|<period>` */
  round: z.string(),
  task: z.string(),
  period: z.string(),
  unit: z.string(),
  /** The unit directly above; empty for the organiser. */
  parent: z.string(),
  issuer: z.string(),
  state: z.enum(CHECKIN_STATES),
  /** It came in after the due day 逾期. */
  late: z.boolean(),
  /** Who said so last, and when. */
  person: z.string(),
  name: z.string(),
  at: z.string(),
  /** How often it was written, from 1. */
  version: z.number().int(),
  /** What the last change replaced, for 撤销; null when there was nothing. */
  before: saidRow.extend({ state: z.enum(CHECKIN_STATES) }).nullable(),
  /** Why it was returned. */
  reason: z.string(),
  /** The issue that its difficulty became. */
  issue: z.string().nullable(),
  /** Oldest first; what was written before this was kept has none. */
  marks: z.array(markRow).default([]),
  /** What is looked for by what evidence it has; the files themselves say what it has (`noteProof`). */
  proof: z.enum(PROOFS).default(''),
});
export type Checkin = z.infer<typeof checkinRow>;
export type StoredCheckin = Stored<Checkin>;
export const checkins = defineTable<Checkin>({
  name: 'checkins',
  schema: checkinRow,
  indexes: [
    { on: ['round'], order: 'unit' },
    { on: ['round', 'state'], order: 'at' },
    { on: ['round', 'state', 'proof'], order: 'at' },
    { on: ['round', 'state', 'parent'], order: 'at' },
    { on: ['unit'], order: 'at' },
    { on: ['round', 'parent'] },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '报的进展',
    at: 'at',
    fields: [{ field: 'person', name: 'name', left: 'nameless' }],
    labels: {
      typed: { difficulty: '困难' },
      unit: { issuer: '下达单位' },
      plain: { before: '改前', issue: '问题', late: '超期', marks: '经过', proof: '佐证情况', task: '任务' },
    },
    words: { proof: { none: '没有', files: '有文件', photos: '有照片' }, state: CHECKIN_NAMES },
  },
});

/** A check-in of a 重点任务 that was there for a while and was taken back. */
const takenBackRow = z.object({
  /** `<check-in>|<when it was taken back>` */
  id: z.string(),
  round: z.string(),
  parent: z.string(),
  unit: z.string(),
  marks: z.array(markRow),
  until: z.string(),
});
export const takenBack = defineTable<z.infer<typeof takenBackRow>>({
  name: 'checkins_taken_back',
  schema: takenBackRow,
  indexes: [{ on: ['round', 'parent'] }],
  keep: { by: 'until', days: 800 },
});

const eventRow = z.object({
  id: z.string(),
  checkin: z.string(),
  at: z.string(),
  /** Who, as it was then. */
  person: z.string(),
  name: z.string(),
  what: z.string(),
  words: z.string(),
  /** What 撤销 took back, to be said again. */
  undone: saidRow.exactOptional(),
});
/** What was done to a check-in, by whom. */
export const checkinEvents = defineTable<z.infer<typeof eventRow>>({
  name: 'checkin_events',
  schema: eventRow,
  indexes: [{ on: ['checkin'], order: 'at' }],
  keep: { by: 'at', days: 400 },
  people: {
    title: '进展的经过',
    at: 'at',
    fields: [{ field: 'person', name: 'name', left: 'nameless' }],
    labels: {
      typed: { difficulty: '困难' },
      plain: { checkin: '任务', undone: '撤销' },
    },
  },
});

const sumsRow = z.object({
  /** Waiting or passed. */
  in: z.number().int(),
  passed: z.number().int(),
  returned: z.number().int(),
  /** Of those that are in. */
  late: z.number().int(),
  /** Of those that are in, in the task's measure. */
  amount: z.number(),
});
export type Sums = z.infer<typeof sumsRow>;

const tallyRow = sumsRow.extend({
  /** `<task>|<period>|<parent>` */
  id: z.string(),
  round: z.string(),
  /** The unit above the units that are counted here, a township for branches; and the unit above that one. */
  parent: z.string(),
  top: z.string(),
});
/**
 * Sums of a period, one row for each unit that has assigned units directly below it, written together with every
 * check-in: a county of 300 branches is 20 rows, a province 2,500.
 */
export const tallies = defineTable<z.infer<typeof tallyRow>>({
  name: 'task_tallies',
  schema: tallyRow,
  indexes: [{ on: ['round'] }, { on: ['round', 'top'] }],
  keep: 'for ever: because it sums up records of the programme',
});

export const NO_SUMS: Sums = { in: 0, passed: 0, returned: 0, late: 0, amount: 0 };

/** What one check-in adds to the sums; nothing when there is none. */
export function sumsOf(checkin: Pick<Checkin, 'state' | 'late' | 'amount'> | undefined): Sums {
  if (!checkin) return NO_SUMS;
  const isIn = checkin.state !== 'returned';
  return {
    in: isIn ? 1 : 0,
    passed: checkin.state === 'passed' ? 1 : 0,
    returned: isIn ? 0 : 1,
    late: isIn && checkin.late ? 1 : 0,
    amount: isIn ? (checkin.amount ?? 0) : 0,
  };
}

/** Sums added up; amounts keep three decimals, so that 0.1 and 0.2 are 0.3. */
export function addSums(a: Sums, b: Sums, sign: 1 | -1 = 1): Sums {
  return {
    in: a.in + sign * b.in,
    passed: a.passed + sign * b.passed,
    returned: a.returned + sign * b.returned,
    late: a.late + sign * b.late,
    amount: Math.round((a.amount + sign * b.amount) * 1000) / 1000,
  };
}
