/** Who may draw, begin and see what of a 督导, and who knows which branches it is about. */
import { defineRights, ifOne, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { knowsRecord } from '../analysis/index.ts';
import { actorIn } from '../members/index.ts';
import { byKinds, getUnit, type UnitKind } from '../orgs/index.ts';
import {
  type Inspection,
  inspectors,
  MOST_INSPECTORS,
  STATE_NAMES,
  type State,
  type Visit,
} from './model.ts';

/** Said alike of what there is not and of what is not theirs to know. */
export const NOT_FOUND = '没有找到这次督导。发送“督导”看看有哪些。';
const DRAWERS = '督导由市委组织部、牵头单位和县区来抽。';
/** The units that inspect, by kind. */
export const KINDS: readonly UnitKind[] = ['city', 'lead', 'county'];

/** A visit with the inspection that it belongs to. */
export interface OnVisit {
  readonly one: Inspection;
  readonly visit: Visit & { readonly rev?: number };
}

/** Who goes, as far as they are still in the unit. */
export async function teamOf(tx: Tx, { id, unit }: Pick<Inspection, 'id' | 'unit'>) {
  const where = { inspection: id };
  const { rows } = await tx.table(inspectors).find({ where, limit: MOST_INSPECTORS });
  const here = await Promise.all(rows.map(({ person }) => actorIn(tx, person, unit)));
  return here.filter((one) => one !== undefined);
}

/** Once nobody is left, the head of the unit stands in. */
async function inspects({ id, unit, role }: Actor, one: Inspection, { tx }: Pick<World, 'tx'>) {
  if (unit !== one.unit) return false;
  const team = await teamOf(tx, one);
  return team.length > 0 ? team.some((other) => other.id === id) : role === 'head';
}

const organises = async ({ unit }: Actor, { tx }: Pick<World, 'tx'>) =>
  (await getUnit(tx, unit)).kind === 'city';

/** That there is such an inspection: before it is published nobody outside knows. */
const involved: Relation<Inspection> = {
  title: '抽取的单位，总牵头单位；公开以后是所有单位',
  holds: async (actor, one, world) =>
    one.state === 'published' || actor.unit === one.unit || organises(actor, world),
  otherwise: () => NOT_FOUND,
};
/** Which branches were drawn: nobody before it begins, then who goes, then who drew, at last everybody. */
export async function knowsNames(actor: Actor, one: Inspection, world: Pick<World, 'tx'>): Promise<boolean> {
  if (one.state === 'published') return true;
  if (one.begunOn === null) return false;
  if (await inspects(actor, one, world)) return true;
  return one.state === 'submitted' && (actor.unit === one.unit || organises(actor, world));
}

/** What was seen at one branch; once it is published, also who has to do with the branch. */
const seesVisit: Relation<OnVisit> = {
  title: '督导人员；提交以后是抽取的单位和总牵头单位；公开以后是本支部和它的上级、牵头单位',
  async holds(actor, { one, visit }, world) {
    if (!(await knowsNames(actor, one, world))) return false;
    return one.state !== 'published' || actor.unit === one.unit || knowsRecord(actor, visit, world);
  },
  otherwise: () => NOT_FOUND,
};

const drawer = byKinds('总牵头单位，牵头单位，县区', KINDS, DRAWERS);

const inspector: Relation<Inspection> = {
  title: '督导人员（都不在岗时：抽取单位的负责人）',
  holds: (actor, one, world) => inspects(actor, one, world),
  otherwise: () => '这一步由这次的督导人员来办。',
};
const visitor: Relation<OnVisit> = {
  title: inspector.title,
  holds: (actor, { one }, world) => inspects(actor, one, world),
  otherwise: ({ one }, world, actor) => inspector.otherwise(one, world, actor),
};
const own: Relation<Inspection> = {
  title: '抽取的单位',
  holds: ({ unit }, one) => unit === one.unit,
  otherwise: () => '这一步由抽取的单位来办。',
};

const inState =
  (...states: readonly State[]): When<Inspection> =>
  ({ id, state }) =>
    states.includes(state) || `${id}现在是“${STATE_NAMES[state]}”，这一步不用办。`;
const due: When<Inspection> = (one, world) => {
  const now = inState('sealed')(one, world);
  if (now !== true || one.day <= world.today) return now;
  return `督导日期是${sayDay(one.day, world.today)}，当天再开始，名单到时候才打开。`;
};
const underWay: When<OnVisit> = ({ one, visit }, world) => {
  if (visit.state === 'skipped') return `${visit.name}这次不用去：${visit.reason}。`;
  return inState('begun')(one, world);
};
const verifiable: When<Inspection> = ({ id, state }) =>
  state === 'published' || state === 'submitted' || `${id}还没有提交，提交以后就能核对。`;

const staff = { who: STAFF, whoElse: DRAWERS } as const;

export const rights = defineRights('inspections', {
  list: { title: '督导', who: 'bound', sees: ifOne(involved) },
  show: { title: '打开', who: 'bound', sees: involved },
  draw: { title: '抽取', ...staff, of: [drawer] },
  begin: { title: '开始', ...staff, sees: involved, when: due, of: [inspector] },
  visits: { title: '支部', who: 'bound', sees: involved },
  visit: { title: '看记录', who: 'bound', sees: seesVisit },
  record: { title: '记录', ...staff, sees: seesVisit, when: underWay, of: [visitor] },
  raise: { title: '转为问题', ...staff, sees: seesVisit, when: underWay, of: [visitor] },
  submit: { title: '提交', ...staff, sees: involved, when: inState('begun'), of: [inspector] },
  publish: { title: '公开', ...staff, sees: involved, when: inState('submitted'), of: [own] },
  verify: { title: '核对', who: 'bound', sees: involved, when: verifiable },
  void: { title: '作废', ...staff, sees: involved, when: inState('sealed', 'begun'), of: [own] },
});
