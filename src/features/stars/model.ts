/** Applications for stars 申报, one row a branch, star and year, and the namings 命名 that end them; the rules of the cycle. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';

export const STATES = [
  'applied',
  'agreed',
  'reviewed',
  'checking',
  'ready',
  'public',
  'objected',
  'named',
  'deferred',
  'declined',
] as const;
export type State = (typeof STATES)[number];

export const STATE_NAMES: Readonly<Record<State, string>> = {
  applied: '待乡镇意见',
  agreed: '待县区审核',
  reviewed: '待牵头单位认定',
  checking: '待市复核',
  ready: '待公示',
  public: '公示中',
  objected: '异议处理中',
  named: '已命名',
  deferred: '暂缓',
  declined: '不认定',
};

/** Stars from which on a branch is looked at by the city, and one of how many of the others. */
export const CHECKED_STARS = 4;
const CHECKED_ONE_OF = 10;
/** Working days of a publicity, the first one included. */
export const PUBLIC_WORKDAYS = 5;

const stepRow = z.object({
  on: z.string(),
  /** Only the id: the card names the unit, the audit trail the person. */
  person: z.string(),
  unit: z.string(),
  what: z.string(),
  words: z.string(),
});

const applicationRow = z.object({
  /** `<branch>|<star>|<year>` */
  id: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  star: z.string(),
  /** The unit that leads the star. */
  lead: z.string(),
  year: z.string(),
  state: z.enum(STATES),
  /** The unit that is to act now; '' for none. */
  waits: z.string(),
  /** The branch's own sentence, and what the records said when it applied. */
  words: z.string(),
  facts: z.array(z.string()),
  /** The same for those only who may know which branches are weak; and the numbers of the records behind both. */
  inside: z.array(z.string()).default([]),
  records: z.array(z.string()).default([]),
  /** The version of the star's standard that was in force then; '' for none. */
  standard: z.string().default(''),
  steps: z.array(stepRow),
  /** The last day of its publicity; '' before. */
  until: z.string(),
  /** The document that named it; '' before. */
  document: z.string(),
});
export type Application = z.infer<typeof applicationRow>;
export type StoredApplication = Stored<Application>;

export const applications = defineTable<Application>({
  name: 'star_applications',
  schema: applicationRow,
  indexes: [
    { on: ['branch'], order: 'year' },
    { on: ['waits', 'star'], order: 'id' },
    { on: ['waits', 'star', 'county'], order: 'id' },
    { on: ['state', 'waits'] },
    { on: ['waits'], order: 'id' },
    { on: ['state'], order: 'until' },
    { on: ['state', 'county'], order: 'id' },
    { on: ['document'], order: 'id' },
  ],
  keep: 'for ever: because it is the history of the stars',
  people:
    'not listed: because a step keeps the bare id of who took it, so that nobody acts twice; what each person did is in the audit trail',
});

const namingRow = z.object({
  /** The number of the document. */
  id: z.string(),
  on: z.string(),
  byName: z.string(),
  unit: z.string(),
  person: z.string(),
  count: z.number().int(),
  done: z.boolean(),
});
export type Naming = z.infer<typeof namingRow>;
export const namings = defineTable<Naming>({
  name: 'star_namings',
  schema: namingRow,
  indexes: [{ on: ['person'], order: 'on' }],
  keep: 'for ever: because it is the history of the stars',
  people: {
    title: '创星命名',
    at: 'on',
    fields: [{ field: 'person', name: 'byName', left: 'nameless' }],
    labels: {
      plain: { count: '星数', done: '已完成' },
    },
  },
});

/** Who acts in a state; '' for nobody. */
export function waitsIn(
  state: State,
  { township, county, lead }: Pick<Application, 'township' | 'county' | 'lead'>,
  organiser: string,
): string {
  switch (state) {
    case 'applied':
      return township;
    case 'agreed':
      return county;
    case 'reviewed':
      return lead;
    case 'checking':
    case 'objected':
      return organiser;
    default:
      return '';
  }
}

/** Whether a branch of fewer stars is among those that the city looks at this year: drawn, and the same for everybody. */
export function isDrawn(branch: string, year: string): boolean {
  return createHash('sha256').update(`${branch}|${year}`).digest().readUInt32BE() % CHECKED_ONE_OF === 0;
}

/** Days in which a branch that was warned can put it right. */
export const WARNED_DAYS = 60;
/** Working days for which a branch is waited for that has not said anything. */
export const HEARD_WORKDAYS = 5;

export const WARNING_STATES = ['warned', 'proposed', 'kept', 'ended'] as const;
export const WARNING_NAMES: Readonly<Record<(typeof WARNING_STATES)[number], string>> = {
  warned: '预警，限期整改',
  proposed: '拟摘星，待确认',
  kept: '已保星',
  ended: '已摘星',
};

const warningRow = z.object({
  /** `<branch>|<star>|<day>` */
  id: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  star: z.string(),
  lead: z.string(),
  state: z.enum(WARNING_STATES),
  /** The unit that is to act now; '' for none. */
  waits: z.string(),
  on: z.string(),
  /** The last day of the time that the branch has. */
  until: z.string(),
  reason: z.string(),
  /** What the records said, their numbers, and the version of the standard: as it was when it was warned. */
  facts: z.array(z.string()).default([]),
  records: z.array(z.string()).default([]),
  standard: z.string().default(''),
  /** What the branch says to it; '' while it has said nothing. */
  said: z.string(),
  /** The day on which it was proposed to take the star; '' before. */
  proposed: z.string(),
  steps: z.array(stepRow),
});
export type Warning = z.infer<typeof warningRow>;
export type StoredWarning = Stored<Warning>;
export const starWarnings = defineTable<Warning>({
  name: 'star_warnings',
  schema: warningRow,
  indexes: [
    { on: ['branch'], order: 'on' },
    { on: ['waits'], order: 'until' },
    { on: ['state'], order: 'until' },
  ],
  keep: 'for ever: because it is the history of the stars',
  people:
    'not listed: because a step keeps the bare id of who took it, so that nobody acts twice; what each person did is in the audit trail',
});

/** The lead or the organiser is still to say what becomes of the star. */
export const isRunning = ({ state }: Pick<Warning, 'state'>) => state === 'warned' || state === 'proposed';
