/** Who may do what to an application, a warning, a suggestion, the negative list and the standards, and when. */
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import { knowsRecord } from '../analysis/index.ts';
import {
  byKinds,
  byOrganiser,
  caresFor,
  getUnit,
  isBranch,
  staffOnly,
  unitName,
  units,
} from '../orgs/index.ts';
import {
  type Application,
  HEARD_WORKDAYS,
  STATE_NAMES,
  type State,
  WARNING_NAMES,
  type Warning,
} from './model.ts';

/** Said alike of what there is not and of what is not theirs to see. */
export const NOT_FOUND = '没有找到这份申报。发送“创星”看看有哪些。';
/** From 公示 on an application is everybody's to see. */
export const OPEN_TO_ALL: readonly State[] = ['public', 'objected', 'named'];

const concerned: Relation<Application> = {
  title: '本支部，上级单位，市直部门；公示以后是所有单位',
  async holds({ unit }, { branch, state, waits }, { tx }) {
    if (OPEN_TO_ALL.includes(state) || unit === branch || unit === waits) return true;
    // A branch that is gone is still looked at by whose turn it was.
    const of = await tx.table(units).get(branch);
    return of !== undefined && caresFor(tx, await getUnit(tx, unit), of);
  },
  otherwise: () => NOT_FOUND,
};
/** Steps after which one has no say in a later one: one decides once, and an objection is settled by somebody else. */
const DECIDED = ['申报', '同意', '认定', '提异议'];
const OBJECTED = ['申报', '提异议', '负面清单'];

/** Whether a person took one of these steps. */
export const hadSay = (id: string, { steps }: Application, which: readonly string[] = DECIDED): boolean =>
  steps.some(({ person, what }) => person === id && which.includes(what));

const next = (which: readonly string[]): Relation<Application> => ({
  title: '轮到的单位里没有经手过的人',
  holds: ({ id, unit }, row) => unit === row.waits && !hadSay(id, row, which),
  otherwise: async (row, { tx }, { id }) =>
    hadSay(id, row, which)
      ? '前面有一步是您经手的，这一步要换一位同志来办。'
      : `这一步由${await unitName(tx, row.waits)}来办。`,
});
const own: Relation<unknown> = {
  title: '支部',
  holds: async ({ unit }, _record, { tx }) => isBranch(await getUnit(tx, unit)),
  otherwise: () => '创星由支部自己申报。要看申报请发送“创星”。',
};
const reviewer = byKinds(
  '乡镇，县区，牵头单位，总牵头单位',
  ['township', 'county', 'lead', 'city'],
  '评星由乡镇、县区、牵头单位和市委组织部来做。',
);
const NOT_YOURS = '评星由单位负责人或联络员来做。';

/** A record about a branch. */
interface OfBranch {
  readonly branch: string;
  readonly township?: string;
  readonly county?: string;
}
/** Its own people, those above it, leads and the organiser: who may know what is not for everybody. */
const knowsBranch = (otherwise: string): Relation<OfBranch> => ({
  title: '本支部，所在的乡镇（街道）和县区，牵头单位，总牵头单位',
  holds: (actor, record, world) => knowsRecord(actor, { county: '', ...record }, world),
  otherwise: () => otherwise,
});

export const NO_WARNING = '没有找到这颗星的预警。';
const warned: Relation<Warning> = {
  title: '本支部，上级单位，市直部门',
  holds: async ({ unit }, { branch }, { tx }) =>
    caresFor(tx, await getUnit(tx, unit), await getUnit(tx, branch)),
  otherwise: () => NO_WARNING,
};
const warnedBranch: Relation<Warning> = {
  title: '本支部',
  holds: ({ unit }, { branch }) => unit === branch,
  otherwise: () => '说明情况由支部自己来写。',
};
/** Whoever proposed does not confirm. */
const acts: Relation<Warning> = {
  title: '轮到的单位里没有提出过的人',
  holds: ({ id, unit }, { waits, steps }) =>
    unit === waits && !(steps.at(-1)?.what === PROPOSED && steps.at(-1)?.person === id),
  otherwise: async ({ waits }, { tx }) => `这一步由${await unitName(tx, waits)}来办，提出的人自己不能确认。`,
};
export const PROPOSED = '拟摘星';
const inWarning =
  (...states: readonly Warning['state'][]): When<Warning> =>
  ({ state }) =>
    states.includes(state) || `现在是“${WARNING_NAMES[state]}”，这一步不能办。`;
const heard: When<Warning> = (row, world) => {
  const now = inWarning('proposed')(row, world);
  if (now !== true || row.said !== '') return now;
  const until = world.workdays.add(row.proposed, HEARD_WORKDAYS);
  return world.today > until || `支部还没有说明情况，${until}以后才能摘星。`;
};
interface LedStar {
  readonly star: { readonly lead: string };
}
const leads: Relation<LedStar> = {
  title: '牵头单位',
  holds: ({ unit }, { star }) => unit === star.lead,
  otherwise: () => '预警由这颗星的牵头单位来发。',
};

export const NO_SUGGESTION = '没有找到这条提示，可能已经有人定了。';
interface Suggested extends OfBranch {
  readonly lead: string;
  readonly state: 'open' | 'warned' | 'dismissed';
}
const suggestedTo: Relation<Suggested> = {
  title: '牵头单位',
  holds: ({ unit }, { lead }) => unit === lead,
  otherwise: () => NO_SUGGESTION,
};

export const NO_NEGATIVE = '没有找到这条负面清单。';
const enters = byKinds(
  '上级县区，牵头单位，总牵头单位',
  ['county', 'lead', 'city'],
  '负面清单由县区、牵头单位或市委组织部来登记。',
);
const wrote: Relation<{ readonly unit: string }> = {
  title: '登记的单位，总牵头单位',
  holds: async ({ unit }, record, { tx }) =>
    unit === record.unit || (await getUnit(tx, unit)).kind === 'city',
  otherwise: async (record, { tx }) => `这条由${await unitName(tx, record.unit)}登记，也由他们撤销。`,
};

const inState =
  (...states: readonly State[]): When<Application> =>
  ({ state }) =>
    states.includes(state) || `这份申报现在是“${STATE_NAMES[state]}”，这一步不用办了。`;
const inPublic: When<Application> = ({ state, until }, { today }) => {
  if (state !== 'public') return `这份申报现在是“${STATE_NAMES[state]}”，不在公示。`;
  return today <= until || '公示期已经过了，要反映问题请发送“上报”。';
};

const step = { who: STAFF, whoElse: NOT_YOURS, sees: concerned, of: [next(DECIDED)] } as const;
const opinion = { ...step, when: inState('applied', 'agreed', 'checking') } as const;
const judgement = { ...step, when: inState('reviewed') } as const;
const warning = { who: STAFF, whoElse: NOT_YOURS, sees: warned, of: [acts] } as const;
const city = staffOnly(byOrganiser, '公示和命名由市委组织部来做。');
const review = { who: STAFF, whoElse: NOT_YOURS, of: [reviewer] } as const;
const suggestion = { who: STAFF, whoElse: NOT_YOURS, sees: suggestedTo } as const;
const standards = staffOnly(
  (otherwise) => byKinds('牵头单位，总牵头单位', ['lead', 'city'], otherwise),
  '各星的标准由牵头单位或市委组织部来导入。',
);

export const rights = defineRights('stars', {
  overview: { title: '创星', who: 'bound' },
  show: { title: '打开', who: 'bound', sees: concerned },
  evidence: { title: '看依据', who: 'bound', sees: knowsBranch(NOT_FOUND) },
  aim: { title: '定目标', who: 'bound', of: [own] },
  calendar: { title: '创星日程', ...staffOnly(byOrganiser, '创星日程由市委组织部来定。') },
  apply: { title: '提交申报', who: 'bound', of: [own] },
  review: { title: '评星', ...review },
  agree: { title: '同意', ...opinion },
  defer: { title: '暂缓', ...opinion },
  recognise: { title: '认定', ...judgement },
  decline: { title: '不认定', ...judgement },
  agreeAll: { title: '全部同意', ...review },
  publicity: { title: '公示', who: 'bound' },
  publish: { title: '开始公示', ...city },
  object: { title: '提异议', who: 'bound', sees: concerned, when: inPublic },
  settle: { title: '处理异议', ...step, of: [next(OBJECTED)], when: inState('objected') },
  name: { title: '命名', ...city },
  warn: { title: '预警', who: STAFF, whoElse: NOT_YOURS, of: [leads] },
  warning: { title: '看预警', who: 'bound', sees: warned },
  answer: {
    title: '说明情况',
    who: 'bound',
    sees: warned,
    of: [warnedBranch],
    when: inWarning('warned', 'proposed'),
  },
  keep: { title: '保星', ...warning, when: inWarning('warned', 'proposed') },
  propose: { title: PROPOSED, ...warning, when: inWarning('warned') },
  take: { title: '摘星', ...warning, when: heard },
  suggestion: { title: '打开', ...suggestion },
  dismiss: {
    title: '不算',
    ...suggestion,
    when: ({ state }: Suggested) => state === 'open' || '这条提示已经定过了，不用再定。',
  },
  negatives: { title: '负面清单', who: 'bound', sees: knowsBranch(NO_NEGATIVE) },
  enter: {
    title: '登记负面清单',
    who: STAFF,
    whoElse: '负面清单由单位负责人或联络员来登记。',
    sees: knowsBranch(NO_NEGATIVE),
    of: [enters],
  },
  withdraw: {
    title: '撤销登记',
    who: STAFF,
    whoElse: '负面清单由单位负责人或联络员来登记。',
    sees: knowsBranch(NO_NEGATIVE),
    of: [wrote],
    when: ({ withdrawn }: { readonly withdrawn: unknown }) => withdrawn === null || '这条已经撤销了。',
  },
  standards: { title: '创星标准', who: 'bound' },
  importStandards: { title: '导入标准', ...standards },
  applyStandards: { title: '导入', ...standards },
});
