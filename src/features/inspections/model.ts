/** 督导 without notice: the draw, what is sealed of it, who goes, and what was seen at each branch. */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';
import type { Report } from '../issues/index.ts';
import { ASPECTS } from './questions.ts';

export const STATES = ['sealed', 'begun', 'submitted', 'published', 'void'] as const;
export type State = (typeof STATES)[number];
export const STATE_NAMES: Readonly<Record<State, string>> = {
  sealed: '已封存',
  begun: '已开始',
  submitted: '已提交',
  published: '已公开',
  void: '作废',
};
/** Somebody has still to do something. */
export const OPEN: readonly State[] = ['sealed', 'begun', 'submitted'];
/** Inspectors of one draw. */
export const MOST_INSPECTORS = 3;

const inspectionRow = z.object({
  /** `DD-YYYY-NNNN` */
  id: z.string(),
  /** The unit that drew. */
  unit: z.string(),
  state: z.enum(STATES),
  /** The day on which it is to be, and how many branches were drawn. */
  day: z.string(),
  amount: z.number().int(),
  /** SHA-256 of list and salt, as the audit trail has it. */
  hash: z.string(),
  /** The version of questions and weights. */
  version: z.string(),
  drawnBy: z.string(),
  drawnName: z.string(),
  drawnAt: z.string(),
  begunOn: z.string().nullable(),
  submittedOn: z.string().nullable(),
  publishedOn: z.string().nullable(),
  /** Why it is void. */
  reason: z.string(),
});
export type Inspection = z.infer<typeof inspectionRow>;
export type StoredInspection = Stored<Inspection>;
export const inspections = defineTable<Inspection>({
  name: 'inspections',
  schema: inspectionRow,
  indexes: [
    { on: ['unit', 'state'], order: 'day' },
    { on: ['unit'], order: 'drawnAt' },
    { on: ['state'], order: 'day' },
    { on: ['state'], order: 'publishedOn' },
    { on: [], order: 'submittedOn' },
    { on: [], order: 'drawnAt' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '抽取的督导',
    at: 'drawnAt',
    fields: [{ field: 'drawnBy', name: 'drawnName', left: 'nameless' }],
    labels: {
      typed: { drawnName: '抽取人', version: '标准版本' },
      plain: { amount: '支部数', begunOn: '开始日期', publishedOn: '公开日期', submittedOn: '提交日期' },
    },
    words: { state: STATE_NAMES },
  },
});

/**
 * What was drawn. Nothing but the beginning, the publication and the check of a draw reads this table: no search, no
 * list, no export and no card before that.
 */
const sealRow = z.object({
  /** That of the inspection. */
  id: z.string(),
  /** With their names as they were then. */
  branches: z.array(z.object({ id: z.string(), name: z.string() })),
  salt: z.string(),
});
export type Seal = z.infer<typeof sealRow>;
export const seals = defineTable<Seal>({
  name: 'inspection_seals',
  schema: sealRow,
  indexes: [],
  keep: 'for ever: because anybody may check a published draw; it goes with one that is void before it began',
});

const teamRow = z.object({
  /** `<inspection>|<person>` */
  id: z.string(),
  inspection: z.string(),
  person: z.string(),
  unit: z.string(),
});
export const inspectors = defineTable<z.infer<typeof teamRow>>({
  name: 'inspection_team',
  schema: teamRow,
  indexes: [{ on: ['inspection'] }, { on: ['person', 'unit'] }],
  keep: 'for ever: because it says who inspected',
  people: {
    title: '参加的督导',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      plain: { inspection: '督导' },
    },
  },
});

/** What is said of a question. */
export const SAID = ['没问题', '有问题', '当场改了', '没看'] as const;
const WRONG: (typeof SAID)[number] = '有问题';

/**
 * A report as it is kept until it becomes an issue: all of it but what the inspection knows itself. A new field of reports
 * does not compile before it stands here, with a default: rows of the version before lack it.
 */
const foundFields = {
  title: z.string(),
  details: z.string(),
  star: z.string(),
  aspect: z.enum(ASPECTS),
  urgency: z.enum(['一般', '紧急']),
} satisfies Record<keyof Omit<Report, 'branch' | 'source' | 'files'>, z.ZodType>;

const visitRow = z.object({
  /** `<inspection>|<branch>` */
  id: z.string(),
  inspection: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  /** Of the branch, as it is in the list. */
  name: z.string(),
  /** `missed`: they did not get there. `skipped`: it was not to be visited any more when it began. */
  state: z.enum(['open', 'recorded', 'missed', 'skipped']),
  /** The day from which nobody comes again for some time; null when nobody was there. */
  on: z.string().nullable(),
  /** Why it was missed or skipped. */
  reason: z.string(),
  /** Questions as they were asked. */
  answers: z.array(
    z.object({
      id: z.string(),
      word: z.string(),
      said: z.enum(SAID),
      title: z.string(),
      star: z.string(),
      aspect: z.enum(ASPECTS),
    }),
  ),
  words: z.string(),
  by: z.string().nullable(),
  byName: z.string(),
  at: z.string(),
  /** How often it was written down: who began to write before somebody else did looks again. */
  times: z.number().int(),
  /** What else was found. */
  found: z.array(z.object(foundFields)),
  /** The issues that it became. */
  issues: z.array(z.string()),
});
export type Visit = z.infer<typeof visitRow>;
export type StoredVisit = Stored<Visit>;
export const visits = defineTable<Visit>({
  name: 'inspection_visits',
  schema: visitRow,
  indexes: [
    { on: ['inspection'], order: 'name' },
    { on: ['branch'], order: 'on' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '督导记录',
    at: 'at',
    fields: [{ field: 'by', name: 'byName', acts: true, left: 'nameless' }],
  },
});

/** What becomes issues: questions with something wrong, and what else was found. */
export function findingsOf({ answers, words, found }: Pick<Visit, 'answers' | 'words' | 'found'>) {
  const wrong: Visit['found'] = answers
    .filter(({ said }) => said === WRONG)
    .map(({ title, star, aspect }) => ({ title, star, aspect, details: words, urgency: '一般' as const }));
  return [...wrong, ...found];
}
