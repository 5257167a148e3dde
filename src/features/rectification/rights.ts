/** Who may see a case of 整顿, and who takes which step when. */
import { defineRights, ifOne, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { knowsRecord } from '../analysis/index.ts';
import { isSameName, unitsOf } from '../members/index.ts';
import { byCounty, getUnit, staffOnly } from '../orgs/index.ts';
import { type Case, dispatches, planOf, STATE_NAMES, team } from './model.ts';

/** Most dispatches of one case. */
export const MOST_DISPATCHES = 100;

/** Said alike of a case that there is not and of one that is somebody else's. */
export const notFound = (typed: string) => `没有找到“${typed.slice(0, 20)}”的整顿。发送“整顿”看看编号。`;

async function inTeam({ tx, today }: Pick<World, 'tx' | 'today'>, { id }: Case, person: string) {
  const row = await tx.table(team).get(`${id}|${person}`);
  return row !== undefined && row.to >= today;
}

/** The branch, those above it, the leads, who was sent, and who helps. */
export const involved: Relation<Case> = {
  title: '本支部，所在乡镇和县区，派驻的同志，结对支部，牵头单位，总牵头单位',
  holds: async (actor, one, world) =>
    actor.unit === one.helper ||
    (await inTeam(world, one, actor.id)) ||
    (await knowsRecord(actor, one, world)),
  otherwise: ({ id }) => notFound(id),
};
const township: Relation<Case> = {
  title: '所在乡镇（街道）',
  holds: async ({ unit, role }, one) => unit === one.township && role !== 'secretary',
  otherwise: () => '这一步由所在乡镇（街道）或派驻的同志来办。',
};
const county: Relation<Case> = {
  title: '上级县区',
  holds: ({ unit }, one) => unit === one.county,
  otherwise: () => '这一步由县区来办。',
};
const sent: Relation<Case> = {
  title: '派驻的同志',
  holds: (actor, one, world) => inTeam(world, one, actor.id),
  otherwise: township.otherwise,
};
const itself: Relation<Case> = {
  ...township,
  title: '本支部',
  holds: ({ unit }, one) => unit === one.branch,
};

/** The county extends once, after that the organiser. */
const extender: Relation<Case> = {
  title: '上级县区（第一次），总牵头单位（以后）',
  holds: async ({ unit }, one, { tx }) =>
    one.extended === 0 ? unit === one.county : (await getUnit(tx, unit)).kind === 'city',
  otherwise: ({ extended }) =>
    extended === 0 ? '第一次延期由县区来定。' : '县区已经延过一次，再延由市委组织部来定。',
};

/** Somebody of the county who has no part in it. */
const assessor: Relation<Case> = {
  title: '上级县区的人（不在支部、乡镇、派驻队伍和结对支部里）',
  async holds({ id, name, unit }, one, { tx }) {
    if (unit !== one.county) return false;
    const posts = await unitsOf(tx, id);
    if ([one.branch, one.township, one.helper].some((part) => part !== null && posts.includes(part)))
      return false;
    // Names are what is known of most who were sent: who bears one of them leaves it to somebody else.
    const { rows } = await tx
      .table(dispatches)
      .find({ where: { case: one.id }, order: 'from', limit: MOST_DISPATCHES });
    const names = rows.flatMap(({ people }) => people);
    return !names.some((other) => isSameName(other, name)) && !(await tx.table(team).get(`${one.id}|${id}`));
  },
  otherwise: (one, _world, { unit }) =>
    unit === one.county
      ? '派驻的、本支部、乡镇和结对支部的同志不能登记验收，请县区换一位同志。'
      : '验收由县区来登记。',
};

const nowIs = ({ id, state }: Case) => `${id}现在是“${STATE_NAMES[state]}”`;
const active: When<Case> = (one) => one.state === 'active' || `${nowIs(one)}，不用这一步。`;
const open: When<Case> = (one) => one.state !== 'closed' || `${nowIs(one)}，不用这一步。`;
const planned: When<Case> = (one, world) =>
  one.state === 'active' && !planOf(one) ? '还没有定方案。先定方案，再申请验收。' : active(one, world);
const applied: When<Case> = (one) =>
  one.state === 'applied' ||
  `${nowIs(one)}${one.state === 'active' ? '，先申请验收，再登记。' : '，不用登记验收。'}`;
const doubted: When<Case> = (one) =>
  (one.state === 'settling' && one.doubt !== null) || `${nowIs(one)}，没有标为可能反弹，不用定。`;

const staff = { who: STAFF, whoElse: '由负责人或联络员来办。', sees: involved } as const;

export const rights = defineRights('rectification', {
  list: { title: '整顿', who: 'bound', sees: ifOne(involved) },
  show: { title: '打开', who: 'bound', sees: involved },
  plan: { title: '定方案', ...staff, when: active, of: [county, township] },
  dispatch: { title: '派驻', ...staff, when: open, of: [county] },
  sent: { title: '派驻名册', who: 'bound' },
  merit: { title: '派驻评价', ...staff, of: [county] },
  link: { title: '关联问题', ...staff, when: active, of: [county, township] },
  extend: { title: '延长时限', ...staff, when: active, of: [extender] },
  note: { title: '写进展', who: 'bound', sees: involved, when: open, of: [township, sent, itself] },
  apply: { title: '申请验收', who: 'bound', sees: involved, when: planned, of: [township, sent] },
  accept: { title: '登记验收', ...staff, when: applied, of: [assessor] },
  relapse: { title: '重新整顿', ...staff, when: doubted, of: [county] },
  dismiss: { title: '不算反弹', ...staff, when: doubted, of: [county] },
  document: { title: '一支一策', who: 'bound', sees: involved },
  export: { title: '整顿台账', ...staffOnly(byCounty, '台账由县区和市委组织部导出。') },
});
