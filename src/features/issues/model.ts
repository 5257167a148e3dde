/** Issues 问题: rows, states and the pure rules. Nothing here reads a clock or the store. */
import { z } from 'zod';
import type { Tone } from '../../bot/cards/spec.ts';
import type { Actor } from '../../bot/world.ts';
import { dayOf } from '../../lib/dates.ts';
import { charactersOf, termsOf } from '../../lib/terms.ts';
import type { Workdays } from '../../lib/workdays.ts';
import { defineTable, type Stored } from '../../store/store.ts';

export const ASPECTS = ['人', '治', '物', '效'] as const;
export const SOURCES = ['群众反映', '上级交办', '自查', '督导发现'] as const;
export const URGENCIES = ['一般', '紧急'] as const;
export const VERDICTS = ['满意', '基本满意', '不满意'] as const;
export const STATES = ['pending', 'active', 'verifying', 'closed', 'withdrawn'] as const;
export type State = (typeof STATES)[number];

export const STATE_NAMES: Readonly<Record<State, string>> = {
  pending: '待受理',
  active: '办理中',
  verifying: '待核验',
  closed: '已销号',
  withdrawn: '已撤回',
};

/** Who has to act. */
const TURN: Readonly<Record<State, 'owner' | 'reporter' | 'nobody'>> = {
  pending: 'owner',
  active: 'owner',
  verifying: 'reporter',
  closed: 'nobody',
  withdrawn: 'nobody',
};
/** The owner has to act; somebody has to; nobody has to any more. */
export const RUNNING: readonly State[] = STATES.filter((state) => TURN[state] === 'owner');
export const OPEN: readonly State[] = STATES.filter((state) => TURN[state] !== 'nobody');
export const ENDED: readonly State[] = STATES.filter((state) => TURN[state] === 'nobody');

/** What residents raised is closed with their verdict. */
export const RESIDENTS: (typeof SOURCES)[number] = '群众反映';

/** Working days until an issue is due, by urgency. */
export const DUE_WORKDAYS: Readonly<Record<(typeof URGENCIES)[number], number>> = { 一般: 10, 紧急: 3 };
/** A new owner, or an owner whose result was returned, has at least this many working days. */
export const MIN_WORKDAYS = 3;
/** Blue: due within this many working days; what is urgent has three in all, and is not blue from the beginning. */
export const BLUE_WORKDAYS: Readonly<Record<(typeof URGENCIES)[number], number>> = { 一般: 3, 紧急: 1 };
/** Overdue climbs one level each time this many working days have passed. */
export const CLIMB_WORKDAYS = 2;
/** The same branch, star and aspect again within this many days after closing may be a recurrence 反弹. */
export const RECURRENCE_DAYS = 180;

/** How an issue stood from a moment on: written whenever one of these changes, so that any past day can be looked at. */
const stepRow = z.object({
  at: z.string(),
  state: z.enum(STATES),
  owner: z.string(),
  deadline: z.string(),
  /** How it came to this owner: 转办 goes over, 上交 goes up. */
  via: z.enum(['over', 'up']).nullable().default(null),
  verdict: z.enum(VERDICTS).nullable().default(null),
  /** The supervisor has said that it is none of those that came back. */
  recurs: z.boolean().nullable().default(null),
});
export type IssueStep = z.infer<typeof stepRow>;
const extensionRow = z.object({ to: z.string(), reason: z.string(), by: z.string() });

/** What it was before it was handed up, for whoever takes that back. */
const raisedRow = z.object({
  owner: z.string(),
  state: z.enum(STATES),
  handlers: z.array(z.string()),
  deadline: z.string(),
  slipped: z.number().int(),
  extension: extensionRow.nullable(),
  grantor: z.string().nullable(),
});

const issueRow = z.object({
  /** `WT-YYYY-NNNN` */
  id: z.string(),
  title: z.string(),
  details: z.string(),
  aspect: z.enum(ASPECTS),
  star: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  source: z.enum(SOURCES),
  urgency: z.enum(URGENCIES),
  state: z.enum(STATES),
  reporter: z.string(),
  reporterUnit: z.string(),
  /** Responsible unit 责任单位, the one that must act now. */
  owner: z.string(),
  /** Supervising unit 督办单位, the lead of the star. */
  supervisor: z.string(),
  /** Every unit that has owned it. */
  handlers: z.array(z.string()),
  /** Day by which it is to be resolved. */
  deadline: z.string(),
  reportedAt: z.string(),
  /** How often verification failed, and how often the deadline moved. */
  returned: z.number().int(),
  slipped: z.number().int(),
  /** A request to move the deadline that waits for `grantor`. */
  extension: extensionRow.nullable(),
  grantor: z.string().nullable(),
  result: z.string(),
  evidence: z.string(),
  resolvedBy: z.string().nullable(),
  verdict: z.enum(VERDICTS).nullable(),
  closedAt: z.string().nullable(),
  /** The closed issue that came back. */
  recurrenceOf: z.string().nullable(),
  /** Whether it did, as its supervisor says; until then it is only suspected. */
  recurs: z.boolean().nullable().default(null),
  /** The unit that is to say so, while it has not. */
  doubt: z.string().nullable().default(null),
  /** The number of the record that it was made from. */
  origin: z.string().nullable().default(null),
  /** Oldest first; what was reported before this was written has none. */
  steps: z.array(stepRow).default([]),
  /** What it was before it was handed up last, unless it was handed over since. */
  raised: raisedRow.nullable().default(null),
});
export type Issue = z.infer<typeof issueRow>;
export type StoredIssue = Stored<Issue>;

/** Fields by which lists are narrowed; each has an index with the state, ordered by deadline. */
export const SCOPES = [
  'owner',
  'branch',
  'township',
  'county',
  'supervisor',
  'star',
  'reporter',
  'reporterUnit',
] as const;

export const issues = defineTable<Issue>({
  name: 'issues',
  schema: issueRow,
  indexes: [
    ...SCOPES.map((scope) => ({ on: [scope, 'state'] as const, order: 'deadline' as const })),
    { on: ['state'], order: 'deadline' },
    { on: ['grantor'], order: 'deadline' },
    { on: ['doubt'], order: 'deadline' },
    { on: ['branch', 'star', 'aspect', 'state'], order: 'closedAt' },
    { on: ['township', 'state'], order: 'closedAt' },
    { on: [], order: 'reportedAt' },
    { on: [], order: 'deadline' },
  ],
  terms: { of: foundBy, version: 1 },
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '问题',
    at: 'reportedAt',
    fields: [
      { field: 'reporter', left: 'nameless' },
      { field: 'resolvedBy', acts: true, left: 'nameless' },
    ],
    labels: {
      typed: { result: '办理结果' },
      unit: {
        doubt: '认定反弹的单位',
        grantor: '批准单位',
        handlers: '经办单位',
        owner: '责任单位',
        reporterUnit: '上报单位',
        supervisor: '督办单位',
      },
      person: { resolvedBy: '办结人' },
      plain: {
        closedAt: '销号时间',
        extension: '申请延期',
        origin: '来自',
        raised: '上交前',
        recurrenceOf: '反弹自',
        recurs: '认定反弹',
        returned: '退回次数',
        slipped: '延期次数',
        source: '来源',
        steps: '经过',
        urgency: '紧急程度',
        verdict: '评价',
      },
    },
    words: { state: STATE_NAMES },
  },
});

/** Terms of what is no text; no word is like them. */
export const terms = {
  unit: (id: string) => `unit:${id}`,
  person: (id: string) => `person:${id}`,
  star: (id: string) => `star:${id}`,
  state: (state: State) => `state:${state}`,
  /** A month or a day. */
  reported: (in_: string) => `reported:${in_}`,
  /** Returned or slipped: yellow, unless it is red. */
  slow: 'slow:',
} as const;

/** What an issue is found by: its texts, its units, where it stands, when it was reported. */
function foundBy(issue: Issue): ReadonlySet<string> {
  const day = dayOf(new Date(issue.reportedAt));
  const { branch, township, county, owner, supervisor, reporterUnit, handlers } = issue;
  return new Set([
    ...termsOf(issue.title),
    ...charactersOf(issue.title),
    ...termsOf(issue.details),
    ...[branch, township, county, owner, supervisor, reporterUnit, ...handlers].map(terms.unit),
    terms.person(issue.reporter),
    terms.star(issue.star),
    terms.state(issue.state),
    terms.reported(day),
    terms.reported(day.slice(0, 7)),
    ...(isSlow(issue) ? [terms.slow] : []),
  ]);
}

/** Returned or slipped once. */
function isSlow({ returned, slipped }: Pick<Issue, 'returned' | 'slipped'>): boolean {
  return returned > 0 || slipped > 0;
}

const eventRow = z.object({
  id: z.string(),
  issue: z.string(),
  at: z.string(),
  /** Who, as it was then. */
  person: z.string(),
  name: z.string(),
  unitName: z.string(),
  /** What was done, in the words of the button. */
  what: z.string(),
  words: z.string(),
});
export type IssueEvent = z.infer<typeof eventRow>;
export const issueEvents = defineTable<IssueEvent>({
  name: 'issue_events',
  schema: eventRow,
  indexes: [{ on: ['issue'], order: 'at' }],
  keep: 'for ever: because it is the history of a record of the programme',
  people: {
    title: '问题的经过',
    at: 'at',
    fields: [{ field: 'person', name: 'name', left: 'nameless' }],
    labels: {
      typed: { unitName: '单位' },
      plain: { issue: '问题' },
    },
  },
});

export type Colour = 'blue' | 'yellow' | 'red';
export const COLOURS: Readonly<Record<Colour, { readonly name: string; readonly tone: Tone }>> = {
  blue: { name: '蓝', tone: 'accent' },
  yellow: { name: '黄', tone: 'warning' },
  red: { name: '红', tone: 'attention' },
};

/** True while the owner must act: the clock runs. */
export function isRunning({ state }: Pick<Issue, 'state'>): boolean {
  return RUNNING.includes(state);
}

/** True until somebody has said whether it is one. */
export function isSuspected({
  recurrenceOf,
  recurs,
  state,
}: Pick<Issue, 'recurrenceOf' | 'recurs' | 'state'>): boolean {
  return recurrenceOf !== null && recurs === null && state !== 'withdrawn';
}

export function isOpen({ state }: Pick<Issue, 'state'>): boolean {
  return OPEN.includes(state);
}

/** Three colours 三色督办, the gravest that applies: red overdue, yellow returned or slipped, blue nearly due. */
export function colour(issue: Issue, today: string, workdays: Workdays): Colour | null {
  if (!isOpen(issue)) return null;
  if (isRunning(issue) && today > issue.deadline) return 'red';
  if (isSlow(issue)) return 'yellow';
  if (isRunning(issue) && workdays.between(today, issue.deadline) <= BLUE_WORKDAYS[issue.urgency])
    return 'blue';
  return null;
}

/** Working days past the deadline; 0 while it is not overdue. */
export function overdueBy(issue: Issue, today: string, workdays: Workdays): number {
  return isRunning(issue) ? workdays.between(issue.deadline, today) : 0;
}

/**
 * The units to which an overdue issue has climbed, lowest first: one level each 2 working days overdue, along the
 * tree from its owner to the organiser.
 */
export function climbed(
  issue: Issue,
  organiser: string,
  today: string,
  workdays: Workdays,
): readonly string[] {
  const steps = Math.floor(overdueBy(issue, today, workdays) / CLIMB_WORKDAYS);
  return unitsUp(issue, organiser).slice(0, steps);
}

/** The units above the owner, nearest first: township → county → lead of the star → organiser. */
export function unitsUp(issue: Issue, organiser: string): readonly string[] {
  const line = [issue.township, issue.county, issue.supervisor, organiser];
  const at = line.indexOf(issue.owner);
  // A unit off the line (it was handed over to) answers to the lead of the star.
  const above = at >= 0 ? line.slice(at + 1) : line.slice(2);
  return above.filter((unit, i) => unit !== issue.owner && above.indexOf(unit) === i);
}

/** Where 提级办理 takes it: one level up, at most to the lead of the star; null when it is there already. */
export function nextOwner(issue: Issue): string | null {
  const [up] = unitsUp(issue, issue.supervisor);
  return up ?? null;
}

/** Who decides on a longer deadline: the supervisor, or the organiser where the supervisor is itself the owner. */
export function grantorOf(issue: Issue, organiser: string): string {
  return issue.owner === issue.supervisor ? organiser : issue.supervisor;
}

/** The deadline after the clock starts anew for somebody: never less than a few working days. */
export function renewedDeadline(issue: Issue, today: string, workdays: Workdays): string {
  const least = workdays.add(today, MIN_WORKDAYS);
  return least > issue.deadline ? least : issue.deadline;
}

/** True when this person's unit has to do with the issue, now or before; the organiser has to do with all. */
export function isInvolved(issue: Issue, { id, unit }: Actor): boolean {
  const units = [issue.branch, issue.township, issue.county, issue.supervisor, issue.reporterUnit];
  return units.includes(unit) || issue.handlers.includes(unit) || id === issue.reporter;
}
