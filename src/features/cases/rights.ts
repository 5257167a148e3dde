/** Who finds, writes, verifies and publishes a good example, and who sees it when. */
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { knowsRecord } from '../analysis/index.ts';
import { isSameName } from '../members/index.ts';
import { getUnit, isBranch, type Unit, unitName } from '../orgs/index.ts';
import { type Example, isDue, type Report, STATE_NAMES, type State, writers } from './model.ts';

/** Said alike of what there is not and of what is not theirs to see. */
export const NOT_FOUND = '没有找到这个典型，可能已经撤下。发送“典型”看看编号。';
export const NO_REPORT = '没有找到这篇报道。发送“学习宣传”看看有哪些。';
const MOST_WRITERS = 50;

const isOrganiser = async (unit: string, { tx }: World) => (await getUnit(tx, unit)).kind === 'city';

/** Those who know of the branch; what is published, everybody. */
const seen: Relation<Example> = {
  title: '本支部，所在乡镇和县区，牵头单位，总牵头单位；发布以后是所有单位',
  holds: async (actor, row, world) => row.state === 'published' || knowsRecord(actor, row, world),
  otherwise: () => NOT_FOUND,
};
/** Whoever it waits for, too: a department that recommended it. */
const author: Relation<Example> = {
  title: '本支部，所在乡镇和县区，牵头单位，推荐的单位，总牵头单位',
  holds: async ({ unit, role }, { branch, township, county, lead, waits, writer }, world) =>
    unit === branch ||
    (role !== 'secretary' &&
      ([township, county, lead, waits, writer].includes(unit) || (await isOrganiser(unit, world)))),
  otherwise: () => '典型由本支部、所在乡镇和县区、牵头单位来写。',
};

/** Whether somebody wrote a version of it, by id or by name: who left and came back bears the same one. */
export async function hasWritten(
  { tx }: Pick<World, 'tx'>,
  { id }: Pick<Example, 'id'>,
  person: { readonly id: string; readonly name: string },
): Promise<boolean> {
  const { rows } = await tx.table(writers).find({ where: { example: id }, limit: MOST_WRITERS });
  return rows.some((row) => row.person === person.id || isSameName(row.name, person.name));
}

const leads = async ({ unit }: { unit: string }, { lead }: Example, world: World) =>
  unit === lead || (await isOrganiser(unit, world));
const verifier: Relation<Example> = {
  title: '牵头单位，总牵头单位（撰写的人除外）',
  holds: async (actor, row, world) =>
    (await leads(actor, row, world)) && !(await hasWritten(world, row, actor)),
  otherwise: async (row, world, actor) =>
    (await leads(actor, row, world))
      ? '撰写的人不能自己来办这一步，请换一位同志。'
      : `这一步由${await unitName(world.tx, row.lead)}来办。`,
};
const lead: Relation<Example> = {
  ...verifier,
  title: '牵头单位，总牵头单位',
  holds: leads,
};
/** Whose turn it is. */
const turn: Relation<Example> = {
  ...lead,
  title: '轮到的单位',
  holds: ({ unit, role }, { waits, branch }) => unit === waits && (role !== 'secretary' || unit === branch),
};
const sender: Relation<Example> = {
  title: '发布的单位',
  holds: ({ unit }, { published }) => unit === published?.unit,
  otherwise: () => '送达情况由发布的单位来看。',
};

/** The branch that is recommended; null while none was named. */
const recommender: Relation<Unit | null> = {
  title: '本支部，所在乡镇和县区，牵头单位，总牵头单位',
  holds: async (actor, branch, world) =>
    branch === null ||
    (isBranch(branch) && (await knowsRecord(actor, { branch: branch.id, county: '' }, world))),
  otherwise: () => '没有找到这个支部，或者不归您单位推荐。',
};
/** The unit that it is about; the organiser can take back what does not belong there. */
const owner: Relation<Report> = {
  title: '本单位，总牵头单位',
  holds: async ({ unit }, row, world) => unit === row.unit || (await isOrganiser(unit, world)),
  otherwise: () => '报道由登记的单位自己撤下。',
};

const inState =
  (...states: readonly State[]): When<Example> =>
  ({ id, state }) =>
    states.includes(state) || `${id}现在是“${STATE_NAMES[state]}”，这一步不用办。`;
const due: When<Example> = (row, { today }) => {
  if (row.state !== 'published') return `${row.id}现在是“${STATE_NAMES[row.state]}”，不用回访。`;
  if (isDue(row, today)) return true;
  return row.revisitOn === null
    ? '已经回访过，保留了。'
    : `还没到回访的时候，${sayDay(row.revisitOn, today)}再说。`;
};

const NOT_STAFF = '这一步由负责人或联络员来办。';
const staff = { who: STAFF, whoElse: NOT_STAFF, sees: seen } as const;

export const rights = defineRights('cases', {
  list: { title: '典型', who: 'bound' },
  recommend: { title: '推荐典型', who: 'bound', sees: recommender },
  show: { title: '打开', who: 'bound', sees: seen },
  basis: {
    title: '依据',
    who: 'bound',
    sees: seen,
    when: inState('clue', 'written', 'verified', 'published'),
  },
  write: {
    title: '撰写',
    who: 'bound',
    sees: seen,
    when: inState('clue', 'written', 'verified'),
    of: [author],
  },
  decline: {
    title: '不采用',
    who: 'bound',
    sees: seen,
    when: inState('clue', 'written', 'verified'),
    of: [turn, lead],
  },
  verify: { title: '核实', ...staff, when: inState('written'), of: [verifier] },
  return: { title: '退回', ...staff, when: inState('written', 'verified'), of: [verifier] },
  publish: { title: '发布', ...staff, when: inState('verified'), of: [verifier] },
  delivery: { title: '送达情况', ...staff, when: inState('published'), of: [sender] },
  keep: { title: '保留', ...staff, when: due, of: [verifier] },
  withdraw: { title: '撤下', ...staff, when: inState('published'), of: [lead] },
  reports: { title: '学习宣传', who: 'bound' },
  report: { title: '报道', who: 'bound' },
  showReport: { title: '打开', who: 'bound' },
  dropReport: { title: '撤下报道', who: 'bound', of: [owner] },
});
