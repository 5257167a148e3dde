/** Good examples 典型 and publicity 报道: rows, states, and rules that need a day only. */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';

export const STATES = ['clue', 'written', 'verified', 'published', 'withdrawn', 'declined'] as const;
export type State = (typeof STATES)[number];
export const STATE_NAMES: Readonly<Record<State, string>> = {
  clue: '线索',
  written: '待核实',
  verified: '待发布',
  published: '已发布',
  withdrawn: '已撤下',
  declined: '不采用',
};
/** Somebody is at it. */
export const UNDER_WAY: readonly State[] = ['clue', 'written', 'verified'];

/** `weak`: left the list of weak branches and holds enough stars; `issues`: many closed 满意; or somebody proposed it. */
export const ORIGINS = ['weak', 'issues', 'people'] as const;
export type Origin = (typeof ORIGINS)[number];
export const ORIGIN_NAMES: Readonly<Record<Origin, string>> = {
  weak: '离开整顿名单',
  issues: '问题办得好',
  people: '推荐',
};
/** Stars of a branch that left the list; issues closed 满意, in so many days. */
export const CLUE = { stars: 3, issues: 10, days: 365 } as const;
/** Days after which a published case is looked at again. */
export const REVISIT_DAYS = 180;
/** To all units, or to those of the county. */
export const SCOPES = ['city', 'county'] as const;

/** By which post, and on what day. */
const signed = { who: z.string(), on: z.string() };

const paragraph = z.object({
  text: z.string(),
  /** Numbers of the records behind its figures, or `PROFILE`. */
  records: z.array(z.string()),
});
export type Paragraph = z.infer<typeof paragraph>;

const exampleRow = z.object({
  /** `DX-YYYY-NNNN` */
  id: z.string(),
  ...{ branch: z.string(), township: z.string(), county: z.string() },
  /** The star it is about, and the unit that verifies: the lead of that star, without one the organiser. */
  star: z.string().nullable(),
  lead: z.string(),
  state: z.enum(STATES),
  origin: z.enum(ORIGINS),
  on: z.string(),
  /** The unit that is to act now; '' for none. */
  waits: z.string(),
  /** Why it may be one, with the records. */
  reasons: z.array(paragraph),
  title: z.string(),
  words: z.array(paragraph),
  /** The unit of whoever wrote it last; '' before. */
  writer: z.string(),
  /** Why it was returned, or not taken; '' otherwise. */
  reason: z.string(),
  verified: z.object(signed).nullable(),
  published: z.object({ unit: z.string(), scope: z.enum(SCOPES), ...signed }).nullable(),
  /** The same day once more, and the day on which the units hear of it: for lists. */
  publishedOn: z.string().nullable(),
  tellOn: z.string().nullable(),
  /** When it is to be looked at again; null when it need not. */
  revisitOn: z.string().nullable(),
  /** Why it is to be looked at earlier; '' when nothing has happened. */
  doubt: z.string(),
  revisits: z.array(z.object({ kept: z.boolean(), words: z.string(), ...signed })),
  /** How many people have it, could not be reached, or have not got it yet; at an instant. */
  delivery: z.object({ at: z.string(), sent: z.number(), failed: z.number(), open: z.number() }).nullable(),
});
export type Example = z.infer<typeof exampleRow>;
export type StoredExample = Stored<Example>;
export const examples = defineTable<Example>({
  name: 'good_examples',
  schema: exampleRow,
  indexes: [
    { on: ['branch'], order: 'on' },
    { on: ['waits'], order: 'on' },
    { on: ['state'], order: 'publishedOn' },
    { on: ['state'], order: 'on' },
    { on: ['state'], order: 'revisitOn' },
    { on: ['lead', 'state'], order: 'revisitOn' },
    { on: [], order: 'tellOn' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: 'not listed: because it names posts; who wrote it stands in good_example_writers',
});

/** Who wrote a case, every version of it: none of them verifies it, in whatever post. */
const writerRow = z.object({
  /** `<case>|<person>` */
  id: z.string(),
  example: z.string(),
  person: z.string(),
  name: z.string(),
  at: z.string(),
});
export const writers = defineTable<z.infer<typeof writerRow>>({
  name: 'good_example_writers',
  schema: writerRow,
  indexes: [{ on: ['example'] }],
  keep: 'for ever: because it says who may not verify a case',
  people: {
    title: '撰写的典型',
    at: 'at',
    fields: [{ field: 'person', name: 'name', left: 'nameless' }],
    labels: {
      plain: { example: '典型' },
    },
  },
});

/** Something about a unit that a medium brought. Nobody is counted by it, so nobody is named. */
const reportRow = z.object({
  id: z.string(),
  unit: z.string(),
  title: z.string(),
  medium: z.string(),
  /** The address, as it is opened; '' for what is on paper. */
  link: z.string(),
  /** The day on which it appeared. */
  day: z.string(),
});
export type Report = z.infer<typeof reportRow>;
export type StoredReport = Stored<Report>;
export const mediaReports = defineTable<Report>({
  name: 'media_reports',
  schema: reportRow,
  indexes: [
    { on: ['unit'], order: 'day' },
    { on: [], order: 'day' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: 'not listed: because it names units only',
});

/** It is time to say whether a case stays. */
export function isDue({ state, revisitOn }: Pick<Example, 'state' | 'revisitOn'>, today: string): boolean {
  return state === 'published' && revisitOn !== null && revisitOn <= today;
}
