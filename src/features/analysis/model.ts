/** 研判 and 排查 as sheets with a line for each branch that needs a word, and the list 软弱涣散: the rows. */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';
import { FACT_NAMES, factRow, LETTER_NAMES } from './facts.ts';

/** The ten national types, which a person chooses with one sentence. */
export const TYPES = [
  '班子不齐书记长期缺职',
  '书记不胜任',
  '班子不团结',
  '制度形同虚设',
  '拉票贿选',
  '宗族宗教黑恶势力干扰',
  '财务公开民主管理混乱',
  '治安信访矛盾集中',
  '无活动场所',
  '服务差群众意见大',
] as const;

const level = z.enum(['meets', 'watch', 'none']);
const typeRow = z.object({
  type: z.enum(TYPES),
  words: z.string(),
  /** Who chose it. */
  by: z.string(),
  unit: z.string(),
});
export type ChosenType = z.infer<typeof typeRow>;

export const DECISIONS = ['list', 'watch', 'none'] as const;
export type Decision = (typeof DECISIONS)[number];
export const DECISION_NAMES: Readonly<Record<Decision | 'normal', string>> = {
  list: '建议列入',
  watch: '关注',
  none: '不列入',
  normal: '其余正常',
};
export const LEVEL_NAMES = { meets: '够条件', watch: '关注', none: '没有够条件的事实' } as const;

const SHEET_STATES = ['draft', 'submitted', 'adopted', 'returned', 'done'] as const;
export const STATE_NAMES: Readonly<Record<(typeof SHEET_STATES)[number], string>> = {
  draft: '待研判',
  submitted: '已提交',
  adopted: '采用',
  returned: '退回',
  done: '已完成',
};

const sheetRow = z.object({
  /** `<unit>|<period>|<n>` */
  id: z.string(),
  /** 研判 of a township, 排查 of a county. */
  kind: z.enum(['analysis', 'census']),
  unit: z.string(),
  county: z.string(),
  /** `2026-Q4` or `2026-H2` */
  period: z.string(),
  /** Which one of the period, from 1. */
  n: z.number().int(),
  /** 待研判, 已提交, 采用, 退回; a census is `draft` until it is `done`. */
  state: z.enum(SHEET_STATES),
  /** The day on which its facts were found; null while an analysis is a draft and they are found anew. */
  day: z.string().nullable(),
  /** The version of the standard of that day. */
  version: z.string(),
  /** Branches that were called normal with one press. */
  normal: z.array(z.string()),
  /** Who submitted or completed it. */
  by: z.string().nullable(),
  name: z.string(),
  at: z.string(),
  /** Why it was returned. */
  reason: z.string(),
});
export type Sheet = z.infer<typeof sheetRow>;
export const sheets = defineTable<Sheet>({
  name: 'analysis_sheets',
  schema: sheetRow,
  indexes: [
    { on: ['unit', 'period'], order: 'n' },
    { on: ['unit', 'kind'], order: 'day' },
    { on: ['county', 'state'], order: 'at' },
    { on: ['period', 'state'], order: 'unit' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '提交的研判和排查',
    at: 'at',
    fields: [{ field: 'by', name: 'name', left: 'nameless' }],
    labels: {
      typed: { version: '标准版本' },
      unit: { normal: '其余正常' },
    },
    words: { kind: { analysis: '研判', census: '排查' }, state: STATE_NAMES },
  },
});

/** What facts and types are called to who reads their own data. */
const FACT_LABELS = {
  facts: '事实',
  letter: '事实',
  level: '程度',
  records: '有关事项',
  type: '类型',
  types: '认定的类型',
  until: '止',
};
const FACT_WORDS = { kind: FACT_NAMES, letter: LETTER_NAMES, level: LEVEL_NAMES };

const itemRow = z.object({
  /** `<sheet>|<branch>` */
  id: z.string(),
  sheet: z.string(),
  branch: z.string(),
  /** By facts, as they were found on the day of the sheet. */
  level,
  facts: z.array(factRow),
  types: z.array(typeRow),
  decision: z.enum(DECISIONS).nullable(),
  reason: z.string(),
  by: z.string().nullable(),
  /** In a census: what the township said last, and why; null when it said nothing. */
  said: z.enum([...DECISIONS, 'normal']).nullable(),
  saidWhy: z.string(),
  /** 不一致: flagged by facts on the day on which the township said that nothing is. */
  differs: z.boolean(),
});
export type Item = z.infer<typeof itemRow>;
export const items = defineTable<Item>({
  name: 'analysis_items',
  schema: itemRow,
  indexes: [{ on: ['sheet'] }, { on: ['branch'] }],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '研判和排查里定的支部',
    fields: [{ field: 'by', left: 'nameless' }],
    labels: {
      typed: { saidWhy: '乡镇理由' },
      plain: { ...FACT_LABELS, decision: '决定', differs: '不一致', said: '乡镇意见' },
    },
    words: { ...FACT_WORDS, decision: DECISION_NAMES, said: DECISION_NAMES },
  },
});

export const LISTING_STATES = ['proposed', 'listed', 'refused', 'left'] as const;
export const LISTING_NAMES: Readonly<Record<(typeof LISTING_STATES)[number], string>> = {
  proposed: '待审定',
  listed: '列入',
  refused: '不列入',
  left: '已销号',
};

const listingRow = z.object({
  /** `<branch>|<n>` */
  id: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  /** 待审定, 列入, 不列入; `left`: it was put right. */
  state: z.enum(LISTING_STATES),
  level,
  facts: z.array(factRow),
  types: z.array(typeRow),
  version: z.string(),
  /** Who proposed it; null: nobody but the facts. */
  proposedBy: z.string().nullable(),
  proposedName: z.string(),
  proposedUnit: z.string(),
  proposedOn: z.string(),
  /** Who decided, and on what day the meeting was. */
  decidedBy: z.string().nullable(),
  decidedName: z.string(),
  decidedOn: z.string().nullable(),
  meeting: z.string().nullable(),
  reason: z.string(),
  /** 情况说明 of the branch. */
  statements: z.array(z.object({ at: z.string(), by: z.string(), name: z.string(), words: z.string() })),
});
export type Listing = z.infer<typeof listingRow>;
export type StoredListing = Stored<Listing>;
export const listings = defineTable<Listing>({
  name: 'weak_listings',
  schema: listingRow,
  indexes: [
    { on: ['branch'], order: 'proposedOn' },
    { on: ['township', 'state'], order: 'proposedOn' },
    { on: ['county', 'state'], order: 'proposedOn' },
    { on: ['state'], order: 'proposedOn' },
    { on: ['state', 'county'] },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '提出和审定的列入',
    at: 'proposedOn',
    fields: [
      { field: 'proposedBy', name: 'proposedName', left: 'nameless' },
      { field: 'decidedBy', name: 'decidedName', left: 'nameless' },
    ],
    labels: {
      typed: { decidedName: '审定人', proposedName: '提出人', version: '标准版本' },
      unit: { proposedUnit: '提出单位' },
      plain: { ...FACT_LABELS, decidedOn: '审定日期', meeting: '会议日期', statements: '情况说明' },
    },
    unsaid: ['decidedBy', 'proposedBy', 'statements.by'],
    words: { ...FACT_WORDS, state: LISTING_NAMES },
  },
});
