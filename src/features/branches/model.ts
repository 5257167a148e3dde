/** What is known of a branch, and the stars that it was given: rows, and the rules that need nothing but a day. */
import { z } from 'zod';
import known from '../../../data/industries.json' with { type: 'json' };
import { defineTable, type Stored } from '../../store/store.ts';

const industryRow = z.object({
  code: z.string(),
  name: z.string(),
  /** Kinds that are alike share a class. */
  class: z.string(),
  className: z.string(),
});
export type Industry = z.infer<typeof industryRow>;

/** The kinds of industry, from data/industries.json. */
export const industries: readonly Industry[] = z.array(industryRow).parse(known);

/** Kinds of industry that one branch names at most. */
export const MOST_INDUSTRIES = 2;

const incomeRow = z.object({
  year: z.number().int(),
  /** In 万元, as audited. */
  amount: z.number(),
  /** Where the figure stands; '' when nobody said. */
  source: z.string(),
});

export const profileRow = z.object({
  /** The unit. */
  id: z.string(),
  /** Degrees, WGS 84; both or none. */
  lng: z.number().min(-180).max(180).nullable(),
  lat: z.number().min(-90).max(90).nullable(),
  /** Codes. */
  industries: z.array(z.string()).max(MOST_INDUSTRIES),
  households: z.number().int().nonnegative().nullable(),
  /** Income of the collective, the latest year first. */
  income: z.array(incomeRow),
  /** The day on which it was last changed, and by which unit. */
  on: z.string(),
  by: z.string(),
});
export type Profile = z.infer<typeof profileRow>;
export const profiles = defineTable<Profile>({
  name: 'branch_profiles',
  schema: profileRow,
  indexes: [],
  keep: 'for ever: because it is one row for each branch',
  people: 'not listed: because it names units only',
});

export const awardRow = z.object({
  /** `<branch>|<star>|<from>` */
  id: z.string(),
  branch: z.string(),
  star: z.string(),
  /** The first day on which it is held; '' for what was held before anybody wrote down since when. */
  from: z.string(),
  /** The first day on which it is held no more; null while it is. */
  to: z.string().nullable(),
  /** The number of the document that gave it, and who decided; '' when nobody wrote it down. */
  document: z.string(),
  by: z.string(),
  /** The same of its end. */
  endDocument: z.string().default(''),
  endBy: z.string().default(''),
  reason: z.string().default(''),
});
export type StarAward = z.infer<typeof awardRow>;
export type StoredAward = Stored<StarAward>;
export const awards = defineTable<StarAward>({
  name: 'star_awards',
  schema: awardRow,
  indexes: [
    { on: ['branch'], order: 'from' },
    { on: ['star'], order: 'from' },
    { on: ['star', 'to'] },
    { on: [], order: 'to' },
  ],
  keep: 'for ever: because it is the history of the stars',
  people: 'not listed: because it names units only',
});

/** The stars that are held on a day, each once, in the order in which they were given. */
export function starsOn(history: readonly StarAward[], day: string): readonly string[] {
  const held = history.filter(({ from, to }) => from <= day && (to === null || day < to));
  return [...new Set(held.map(({ star }) => star))];
}
