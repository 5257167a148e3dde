/** Records of secretaries in office: one row for a person and a branch, and rules that need a day only. Nobody's past is kept. */
import { z } from 'zod';
import pay from '../../../data/pay.json' with { type: 'json' };
import { addDays } from '../../lib/dates.ts';
import { defineTable, type Stored } from '../../store/store.ts';
import type { Profile } from '../branches/index.ts';

/** Trainings, or honours, of one person; more are refused. */
export const MOST_OF_A_KIND = 200;

const training = z.object({
  title: z.string(),
  /** `YYYY-MM-DD` */
  on: z.string(),
  /** How many it took; null when nobody wrote it down. */
  days: z.number().nullable(),
});
const honour = z.object({ title: z.string(), on: z.string() });
/** What somebody of the county concluded: the day, the words, and by which post. */
const conclusion = z.object({ on: z.string(), words: z.string(), who: z.string() });
export type Conclusion = z.infer<typeof conclusion>;

export const secretaryRow = z.object({
  /** `<branch>|<person>` */
  id: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  person: z.string(),
  /** The first day in office; null while nobody has said. */
  since: z.string().nullable(),
  /** The day from which on the county assesses; null when it has, or while `since` is not known. */
  assessOn: z.string().nullable(),
  trainings: z.array(training).max(MOST_OF_A_KIND),
  honours: z.array(honour).max(MOST_OF_A_KIND),
  /** 换届后评估 and 回头看. */
  assessment: conclusion.nullable(),
  review: conclusion.nullable(),
});
export type Secretary = z.infer<typeof secretaryRow>;
export type StoredSecretary = Stored<Secretary>;
export const secretaries = defineTable<Secretary>({
  name: 'secretaries',
  schema: secretaryRow,
  indexes: [{ on: ['county'], order: 'assessOn' }],
  keep: 'for ever: because it is one row for each secretary, and goes when that person has left',
  people: {
    title: '书记档案',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      typed: { who: '岗位' },
      plain: {
        assessment: '换届后评估',
        assessOn: '评估时间',
        honours: '荣誉',
        review: '回头看',
        since: '任职时间',
        trainings: '培训',
      },
    },
  },
});

/** What is known of somebody of whom nothing was written down. */
export const NOTHING_KNOWN: Pick<
  Secretary,
  'since' | 'assessOn' | 'trainings' | 'honours' | 'assessment' | 'review'
> = {
  since: null,
  assessOn: null,
  trainings: [],
  honours: [],
  assessment: null,
  review: null,
};

/** Days after the first year within which the county is asked to assess somebody whose term it has just written down. */
const ASKED_DAYS = 180;

export const idOf = (branch: string, person: string) => `${branch}|${person}`;

/** The same day a year later; the 29th of February has the 28th. */
export function yearAfter(day: string): string {
  const [year = '', ...rest] = day.split('-');
  const date = rest.join('-');
  return `${Number(year) + 1}-${date === '02-29' ? '02-28' : date}`;
}

/**
 * The record with another first day in office: a new term is assessed anew. What was due long before anybody wrote the
 * day down is not asked for.
 */
export function withSince<T extends Secretary>(row: T, since: string, today: string): T {
  if (since === row.since) return row;
  const day = yearAfter(since);
  return { ...row, since, assessOn: day < addDays(today, -ASKED_DAYS) ? null : day, assessment: null };
}

const tier = z.object({
  /** Of collective income, in 万元. */
  from: z.number().nonnegative(),
  /** In 元. */
  yearly: z.number().positive(),
});
export const payTable = z.object({
  version: z.string().min(1),
  document: z.string(),
  tiers: z
    .array(tier)
    .min(1)
    .refine(([first]) => first?.from === 0, 'the first tier begins at 0')
    .refine(
      (tiers) => tiers.every(({ from }, i) => i === 0 || from > (tiers[i - 1]?.from ?? 0)),
      'each tier begins above the one before',
    ),
});
/** The tiers of pay, from data/pay.json. */
export const PAY = payTable.parse(pay);

/** What the latest audited income comes to by the tiers; undefined while no income with its source is known. */
export function trialPay(income: Profile['income'], { tiers } = PAY) {
  const audited = income.find(({ source }) => source !== '');
  const at = audited ? tiers.findLastIndex(({ from }) => from <= audited.amount) : -1;
  const found = tiers[at];
  return audited && found ? { ...audited, tier: at + 1, yearly: found.yearly } : undefined;
}
