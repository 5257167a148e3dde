/** 约谈: what facts suggest about a unit, and what the head of the unit above makes of it. Rows, states, pure rules. */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';

/** What a suggestion rests on. */
export const KINDS = ['red', 'relapse', 'differs', 'missing', 'failed', 'tasks'] as const;
export type Kind = (typeof KINDS)[number];
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  red: '问题长期超期',
  relapse: '整顿反弹',
  differs: '研判不一致',
  missing: '研判没有提交',
  failed: '验收不合格',
  tasks: '任务连着两期没报齐',
};
/** How many facts of a kind make a suggestion. */
export const ENOUGH: Readonly<Record<Kind, number>> = {
  red: 3,
  relapse: 1,
  differs: 2,
  missing: 1,
  failed: 2,
  tasks: 1,
};
/** Working days past its deadline from which an issue counts. */
export const RED_WORKDAYS = 10;
/** 不一致 that was confirmed longer ago is forgotten. */
export const DIFFERS_DAYS = 365;
/** So long the same facts suggest nothing again. */
export const QUIET_DAYS = 90;
/** What nobody has decided on for so long is dropped. */
export const STALE_DAYS = 180;

/** 建议, 不采纳, 拟约谈, 已约谈, 已改进, 未改进; `lapsed`: nobody decided before the facts were gone, or for long. */
export const STATES = [
  'suggested',
  'declined',
  'planned',
  'held',
  'improved',
  'unimproved',
  'lapsed',
] as const;
export type State = (typeof STATES)[number];
export const STATE_NAMES: Readonly<Record<State, string>> = {
  suggested: '建议',
  declined: '不采纳',
  planned: '拟约谈',
  held: '已约谈',
  improved: '已改进',
  unimproved: '未改进',
  lapsed: '已失效',
};
/** Somebody still has to do something. */
export const OPEN: readonly State[] = ['suggested', 'planned', 'held'];

/** A fact as it was found: what tells it from others, and its sentence. */
const factRow = z.object({ key: z.string(), words: z.string() });
export type TalkFact = z.infer<typeof factRow>;

const talkRow = z.object({
  /** `YT-YYYY-NNNN` */
  id: z.string(),
  /** The unit that it is about, and the one above, whose head decides. */
  unit: z.string(),
  superior: z.string(),
  kind: z.enum(KINDS),
  facts: z.array(factRow),
  state: z.enum(STATES),
  /** The day on which it was suggested, and that of the last step. */
  on: z.string(),
  movedOn: z.string(),
  /** Until when its facts suggest nothing again, once it is over. */
  quietUntil: z.string().nullable(),
  /** Why not; what was talked about; what came of it. */
  reason: z.string(),
  points: z.string(),
  outcome: z.string(),
  /** The day of the talk. */
  heldOn: z.string().nullable(),
  /** The heads above were told of it. */
  told: z.boolean(),
  /** The unit was asked for its own explanation: its head knows of the talk from then on. */
  asked: z.boolean(),
  explanation: z.string(),
});
export type Talk = z.infer<typeof talkRow>;
export type StoredTalk = Stored<Talk>;
/** Five years: longer than anybody stays in a post. */
const KEPT_DAYS = 1_827;
export const talks = defineTable<Talk>({
  name: 'talks',
  schema: talkRow,
  indexes: [
    { on: ['superior', 'state'], order: 'on' },
    { on: ['unit', 'kind'], order: 'on' },
    { on: ['unit'], order: 'on' },
    { on: ['unit', 'asked'], order: 'on' },
    { on: ['state'], order: 'on' },
    { on: [], order: 'quietUntil' },
  ],
  keep: { by: 'on', days: KEPT_DAYS },
  people: 'not listed: because it names units only; who did what stands in its steps',
});

const stepRow = z.object({
  id: z.string(),
  talk: z.string(),
  at: z.string(),
  /** Who, as it was then. */
  person: z.string(),
  name: z.string(),
  unitName: z.string(),
  what: z.string(),
});
export type TalkStep = z.infer<typeof stepRow>;
/** Who did what: the audit trail is read by people who may not know of a talk, and does not say it. */
export const talkSteps = defineTable<TalkStep>({
  name: 'talk_steps',
  schema: stepRow,
  indexes: [{ on: ['talk'], order: 'at' }],
  keep: { by: 'at', days: KEPT_DAYS },
  people: {
    title: '约谈的经过',
    at: 'at',
    fields: [{ field: 'person', name: 'name', acts: true, left: 'nameless' }],
  },
});

/** How far the daily look has come. */
const markRow = z.object({
  id: z.literal('look'),
  /** The last day that was looked at, and the last deadline that was long past on it. */
  day: z.string(),
  red: z.string(),
});
export const talkMarks = defineTable<z.infer<typeof markRow>>({
  name: 'talk_marks',
  schema: markRow,
  indexes: [],
  keep: 'for ever: because it is one row',
});

/** The facts that are new: what another talk is about, or was until a while ago, suggests nothing again. */
export function freshFacts(
  facts: readonly TalkFact[],
  known: readonly Pick<Talk, 'facts' | 'quietUntil'>[],
  today: string,
): readonly TalkFact[] {
  const quiet = known.filter(({ quietUntil }) => quietUntil === null || today < quietUntil);
  const keys = new Set(quiet.flatMap((talk) => talk.facts.map(({ key }) => key)));
  return facts.filter(({ key }) => !keys.has(key));
}
