/** 分包: which leader answers for a branch, a township, a task or a star, from when until when. Rows. */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';

export const KINDS = ['branch', 'township', 'task', 'star'] as const;
export type Kind = (typeof KINDS)[number];
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  branch: '支部',
  township: '乡镇（街道）',
  task: '任务',
  star: '星',
};

/** The end of what has none. */
export const OPEN_END = '9999-12-31';

const leaderRow = z.object({
  id: z.string(),
  /** The unit that the leader is of. */
  unit: z.string(),
  name: z.string(),
  /** The person of the programme, if the leader is one. */
  person: z.string().nullable(),
});
export type Leader = z.infer<typeof leaderRow>;
export const leaders = defineTable<Leader>({
  name: 'sponsorship_leaders',
  schema: leaderRow,
  indexes: [{ on: ['unit', 'name'] }, { on: [] }],
  keep: 'for ever: because it is one row for each leader',
  people: { title: '分包领导', fields: [{ field: 'person', name: 'name', left: 'nameless' }] },
});

const instructionRow = z.object({
  on: z.string(),
  words: z.string(),
  /** The task that it became, and the unit that has it. */
  task: z.string(),
  unit: z.string(),
  /** By whom it was written down, as a post. */
  by: z.string(),
});

const sponsorshipRow = z.object({
  id: z.string(),
  leader: z.string(),
  /** The unit of the leader. */
  unit: z.string(),
  kind: z.enum(KINDS),
  /** The id of the unit or star, or the number of the task. */
  target: z.string(),
  /** Above the branch or township. */
  county: z.string().nullable(),
  township: z.string().nullable(),
  /** The case of 整顿 whose plan names the leader. */
  case: z.string().nullable(),
  from: z.string(),
  /** The last day; `OPEN_END` without one. */
  to: z.string(),
  /** 批示 */
  instructions: z.array(instructionRow),
});
export type Sponsorship = z.infer<typeof sponsorshipRow>;
export type StoredSponsorship = Stored<Sponsorship>;
export const sponsorships = defineTable<Sponsorship>({
  name: 'sponsorships',
  schema: sponsorshipRow,
  indexes: [
    { on: ['leader'], order: 'to' },
    { on: ['unit'], order: 'to' },
    { on: ['target'], order: 'to' },
    { on: ['township'], order: 'to' },
    { on: ['county'], order: 'to' },
    { on: ['kind'], order: 'to' },
    { on: ['case'], order: 'to' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: 'not listed: because it names leaders by their rows',
});

const markRow = z.object({ id: z.literal('cases'), on: z.string() });
/** Plans that were made before there was 分包 have their rows, too. */
export const sponsorshipMarks = defineTable<z.infer<typeof markRow>>({
  name: 'sponsorship_marks',
  schema: markRow,
  indexes: [],
  keep: 'for ever: because it is one row',
});
