/** The standard by which branches are looked at: thresholds with a version, and which one is in force on a day. */
import { z } from 'zod';
import initial from '../../../data/criteria.json' with { type: 'json' };
import { isDay } from '../../lib/dates.ts';
import { defineTable, type Tx } from '../../store/store.ts';

const many = z.number().int().min(1).max(100);
const days = z.number().int().min(1).max(3_650);
const within = z.object({ count: many, days });

/** What makes a branch 够条件: the usual sentence, or its strict reading, all four. */
export const MEETS = ['A&D&(B|C)', 'A&B&C&D'] as const;
export const MEETS_NAMES = { 'A&D&(B|C)': 'A和D都有，B、C有一个', 'A&B&C&D': 'A、B、C、D都有' } as const;

export const criteriaSchema = z.object({
  /** As it is printed: `2026版`. */
  version: z.string().trim().min(1).max(20),
  /** The first day on which it is in force. */
  from: z.string().refine(isDay),
  meets: z.enum(MEETS),
  A: z.object({
    /** Periods one after the other in which a 重点任务 was not done as it should be. */
    periods: z.literal(2),
    /** Days late of one that does not come back. */
    onceLateDays: days,
  }),
  B: z.object({
    /** Issues from residents on one star and aspect. */
    residents: within,
    recurrence: within,
    /** Verdicts 不满意. */
    dissatisfied: within,
  }),
  C: z.object({
    /** Issues that climbed to the county or higher. */
    climbed: within,
    /** Issues from superiors or inspections on one star and aspect. */
    superiors: within,
  }),
  D: z.object({ overdueWorkdays: many, openDays: days }),
  /** Working days in which a branch may add what it has to say. */
  statementWorkdays: many,
});
export type Criteria = z.infer<typeof criteriaSchema>;

/** The file data/criteria.json. */
export const FIRST: Criteria = criteriaSchema.parse(initial);

/** What its fields are called to who reads their own data. */
export const CRITERIA_LABELS = {
  typed: { version: '标准版本' },
  plain: {
    A: '事实A',
    B: '事实B',
    C: '事实C',
    D: '事实D',
    climbed: '上交的问题',
    dissatisfied: '不满意',
    from: '启用日期',
    meets: '够条件',
    onceLateDays: '超期天数',
    openDays: '未办结天数',
    overdueWorkdays: '超期工作日',
    periods: '期数',
    recurrence: '反弹',
    residents: '群众反映的问题',
    statementWorkdays: '说明的工作日',
    superiors: '上级和督导发现的问题',
  },
};

const criteriaRow = criteriaSchema.extend({
  /** The version. */
  id: z.string(),
  /** Who put it in force, and when. */
  by: z.string(),
  at: z.string(),
});
export const criteriaTable = defineTable<z.infer<typeof criteriaRow>>({
  name: 'analysis_criteria',
  schema: criteriaRow,
  indexes: [{ on: [], order: 'from' }],
  keep: 'for ever: because results of any past day are computed by the version of that day',
  people: {
    title: '启用的研判标准',
    at: 'at',
    fields: [{ field: 'by', left: 'nameless' }],
    labels: CRITERIA_LABELS,
    words: { meets: MEETS_NAMES },
  },
});

/** The standard that is in force on a day: the same for that day whenever it is asked. */
export async function criteriaOn(tx: Tx, day: string): Promise<Criteria> {
  const range = { lte: day };
  const { rows } = await tx.table(criteriaTable).find({ order: 'from', desc: true, range, limit: 1 });
  return rows[0] ?? FIRST;
}

/** How far back anything may count. */
export function longestDays({ B, C }: Criteria): number {
  return Math.max(
    ...[B.residents, B.recurrence, B.dissatisfied, C.climbed, C.superiors].map(({ days: n }) => n),
  );
}
