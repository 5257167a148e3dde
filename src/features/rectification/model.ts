/** 整顿 of a branch from the day on which it was listed until it leaves the list: rows, states, and rules that need a day only. */
import { z } from 'zod';
import { addDays } from '../../lib/dates.ts';
import type { Workdays } from '../../lib/workdays.ts';
import { defineTable, type Stored } from '../../store/store.ts';

export const STATES = ['active', 'applied', 'settling', 'closed'] as const;
export type State = (typeof STATES)[number];
export const STATE_NAMES: Readonly<Record<State, string>> = {
  active: '整顿中',
  applied: '待验收',
  settling: '巩固期',
  closed: '已销号',
};
export const OPEN: readonly State[] = ['active', 'applied', 'settling'];
/** What is to be done is still being done. */
export const IN_WORK: readonly State[] = ['active', 'applied'];

/** Working days after the meeting by which the plan is due. */
export const PLAN_WORKDAYS = 10;
/** Days of a round: usually, at least and at most; and for how many more each extension is good. */
export const DAYS = { usual: 180, least: 60, most: 365, extension: 180 } as const;
/** 巩固期. */
export const SETTLING_DAYS = 365;
/** A branch that is listed again within so many days of leaving is listed again for the same reasons, perhaps. */
export const AGAIN_DAYS = 730;
/** Residents who are asked at least, and how many of a hundred have to be 满意 or 基本满意. */
export const ASKED = 15;
export const CONTENT_PERCENT = 90;
/** Most measures of a plan. */
export const MOST_MEASURES = 5;

/** By whom, as a post (who it was stands in the audit trail), and on what day. */
const signed = { who: z.string(), on: z.string() };
export type Signed = { readonly who: string; readonly on: string };

const planRow = z.object({
  /** The round it is for. */
  round: z.number().int(),
  /** 根源 */
  cause: z.string(),
  /** 措施, each with the number of its task. */
  measures: z.array(z.object({ text: z.string(), task: z.string() })),
  /** 责任单位 and 责任人. */
  unit: z.string(),
  person: z.string(),
  /** 联村县级领导, 包村乡镇领导. */
  countyLeader: z.string(),
  townshipLeader: z.string(),
  ...signed,
});
export type Plan = z.infer<typeof planRow>;

const checkRow = z.object({
  asked: z.number().int(),
  satisfied: z.number().int(),
  basic: z.number().int(),
  unsatisfied: z.number().int(),
  passed: z.boolean(),
  ...signed,
});
export type Check = z.infer<typeof checkRow>;

const doubtRow = z.object({
  on: z.string(),
  /** Numbers of what was reported; none when it is by facts. */
  records: z.array(z.string()),
  words: z.string(),
});

const caseRow = z.object({
  /** `ZD-YYYY-NNNN` */
  id: z.string(),
  /** Its entry of the list. */
  listing: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  state: z.enum(STATES),
  /** The national types that people chose, and the numbers of the records behind the facts. */
  types: z.array(z.string()),
  records: z.array(z.string()),
  /** Linked issues: each has to be closed. */
  issues: z.array(z.string()),
  /** The day of the county’s meeting. */
  listedOn: z.string(),
  /** The day from which this round counts, by when its plan is due, and when it is to be done. */
  since: z.string(),
  planDue: z.string(),
  deadline: z.string(),
  /** How often the deadline was moved in this round. */
  extended: z.number().int(),
  /** From 1; every relapse begins another one. */
  round: z.number().int(),
  relapses: z.number().int(),
  plan: planRow.nullable(),
  /** One sentence each, when nothing else moved. */
  notes: z.array(z.object({ words: z.string(), ...signed })),
  applied: z.object(signed).nullable(),
  checks: z.array(checkRow),
  /** 巩固期至 */
  settledUntil: z.string().nullable(),
  /** The last day on which its facts were looked at in 巩固期. */
  lookedOn: z.string().exactOptional(),
  /** 可能反弹, until somebody says. */
  doubt: doubtRow.nullable(),
  /** What was said of such doubts. */
  answers: z.array(
    doubtRow.extend({ relapse: z.boolean(), reason: z.string(), who: z.string(), at: z.string() }),
  ),
  /** The branch that helps. */
  helper: z.string().nullable(),
  /** The case from which it left the list less than two years before. */
  previous: z.string().nullable(),
  closedOn: z.string().nullable(),
});
export type Case = z.infer<typeof caseRow>;
export type StoredCase = Stored<Case>;
export const cases = defineTable<Case>({
  name: 'rectification_cases',
  schema: caseRow,
  indexes: [
    { on: ['branch'], order: 'listedOn' },
    { on: ['branch', 'state'], order: 'deadline' },
    { on: ['township', 'state'], order: 'deadline' },
    { on: ['county', 'state'], order: 'deadline' },
    { on: ['state'], order: 'deadline' },
    { on: ['state'], order: 'planDue' },
    { on: ['state', 'county'] },
    { on: ['county'], order: 'id' },
    { on: [], order: 'id' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: 'not listed: because it names posts, and leaders as they were written down',
});

export const DISPATCH_KINDS = ['第一书记', '工作队', '成建制派'] as const;
export const SENDER_KINDS = ['机关', '国企', '事业单位'] as const;

const dispatchRow = z.object({
  /** `<case>|<n>` */
  id: z.string(),
  case: z.string(),
  county: z.string(),
  kind: z.enum(DISPATCH_KINDS),
  /** The sending unit as it was written, and the unit of the programme that it is, if it is one. */
  sender: z.string(),
  senderUnit: z.string().nullable(),
  senderKind: z.enum(SENDER_KINDS),
  /** Names, as people read them. */
  people: z.array(z.string()),
  from: z.string(),
  to: z.string(),
  /** The county’s free words about their work. */
  merit: z.string(),
  ...signed,
});
export type Dispatch = z.infer<typeof dispatchRow>;
export const dispatches = defineTable<Dispatch>({
  name: 'rectification_dispatches',
  schema: dispatchRow,
  indexes: [
    { on: ['case'], order: 'from' },
    { on: ['county'], order: 'to' },
    { on: [], order: 'to' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: 'not listed: because names are as they were written down; people of the programme are in the team',
});

/** Somebody of the programme who was sent: may see the case, and never judges it. */
const teamRow = z.object({
  /** `<case>|<person>` */
  id: z.string(),
  case: z.string(),
  person: z.string(),
  /** The last day. */
  to: z.string(),
});
export const team = defineTable<z.infer<typeof teamRow>>({
  name: 'rectification_team',
  schema: teamRow,
  indexes: [{ on: ['person'], order: 'to' }, { on: ['case'] }],
  keep: 'for ever: because it says who may not judge a case',
  people: {
    title: '派驻',
    at: 'to',
    fields: [{ field: 'person', left: 'goes' }],
    labels: { plain: { case: '整顿对象' } },
  },
});

/** The plan of this round; a relapse needs another one. */
export function planOf({ plan, round }: Pick<Case, 'plan' | 'round'>): Plan | undefined {
  return plan?.round === round ? plan : undefined;
}

/** When a round that begins on a day has to have its plan, and when it is to be done. */
export function termsFrom(day: string, workdays: Workdays): Pick<Case, 'since' | 'planDue' | 'deadline'> {
  return { since: day, planDue: workdays.add(day, PLAN_WORKDAYS), deadline: addDays(day, DAYS.usual) };
}

type Asked = Pick<Check, 'asked' | 'satisfied' | 'basic'>;

export function isContent({ asked, satisfied, basic }: Asked): boolean {
  return (satisfied + basic) * 100 >= CONTENT_PERCENT * asked;
}

/** `86.7%`; never rounded up to what it does not reach. */
export function sayShare(check: Asked): string {
  const percent = ((check.satisfied + check.basic) * 100) / check.asked;
  const rounded = Math.round(percent * 10) / 10;
  const shown = rounded >= CONTENT_PERCENT && !isContent(check) ? CONTENT_PERCENT - 0.1 : rounded;
  return `${shown.toFixed(1)}%`;
}
