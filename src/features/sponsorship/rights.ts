/** Who may say who sponsors what, who sees it, and who gives instructions. */
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import { knowsRecord } from '../analysis/index.ts';
import { getUnit, isWithin, type Unit, units } from '../orgs/index.ts';
import { cases } from '../rectification/index.ts';
import { taskRows } from '../tasks/index.ts';
import type { Kind, Leader, Sponsorship } from './model.ts';

/** What is sponsored, and where it lies. */
export interface Target {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly unit: Unit | undefined;
  /** The unit that answers for a task or a star. */
  readonly answers: string;
}
/** One leader with what instructions may be about. */
export interface OfLeader {
  readonly leader: Leader;
  readonly rows: readonly Sponsorship[];
}
export interface One {
  readonly leader: Leader;
  readonly row: Sponsorship;
}

export const NO_SPONSORSHIP = '没有找到这项分包。发送“分包”看看。';
const NOT_YOURS = '分包由县区、乡镇（街道）、牵头单位和市委组织部来定，各定自己下面的。';

/** The leader, and who answers for the work of the leader’s unit. */
const side: Relation<{ readonly leader: Leader }> = {
  title: '分包领导本人，领导所在单位的负责人、联络员',
  holds: ({ id, unit, role }, { leader }) =>
    id === leader.person || (unit === leader.unit && role !== 'secretary'),
  otherwise: () => '批示由分包领导本人，或者领导所在单位的同志来记。',
};

const sees: Relation<One> = {
  title: '分包领导和所在单位，被分包的支部、乡镇，它们的上级，牵头单位，总牵头单位',
  async holds(actor, { leader, row }, world) {
    if (await side.holds(actor, { leader }, world)) return true;
    const own = await getUnit(world.tx, actor.unit);
    if (own.kind === 'city' || own.kind === 'lead') return true;
    const { target: branch, township, county } = row;
    if (row.kind === 'branch')
      return knowsRecord(actor, { branch, county: county ?? '', ...(township && { township }) }, world);
    const target = await world.tx.table(units).get(row.target);
    if (row.kind === 'township') return target !== undefined && isWithin(world.tx, target, own.id);
    return row.kind === 'task' && (await world.tx.table(taskRows).get(row.target))?.issuer === own.id;
  },
  otherwise: () => NO_SPONSORSHIP,
};

/** Who answers for what is to be sponsored. */
const answers: Relation<Target | null> = {
  title: '县区、乡镇（街道）定自己下面的，牵头单位定自己的星和任务，总牵头单位',
  async holds({ unit }, target, { tx }) {
    const own = await getUnit(tx, unit);
    if (own.kind === 'city') return true;
    if (!target) return ['county', 'township', 'lead'].includes(own.kind);
    if (!target.unit) return target.answers === own.id;
    return own.kind !== 'lead' && target.id !== own.id && (await isWithin(tx, target.unit, own.id));
  },
  otherwise: () => NOT_YOURS,
};

/** Whose sponsorship it is. */
const own: Relation<One> = {
  title: '领导所在单位',
  holds: ({ unit }, { leader }) => unit === leader.unit,
  otherwise: () => '结束分包由领导所在的单位来定。',
};

const runs: When<One> = ({ row }, { today }) => row.to >= today || '这项分包已经结束了。';
const endable: When<One> = async (one, world) => {
  const of = one.row.case ? await world.tx.table(cases).get(one.row.case) : undefined;
  if (of && of.state !== 'closed')
    return `${of.id}还没有销号，要有联村县级领导。换人请“定方案”，或者“交接”。`;
  return runs(one, world);
};
const some: When<OfLeader> = ({ rows }, { today }) =>
  rows.some(({ to }) => to >= today) || '这项分包已经结束了，不用批示。';

const staff = { who: STAFF, whoElse: NOT_YOURS } as const;

export const rights = defineRights('sponsorship', {
  list: { title: '分包', who: 'bound' },
  show: { title: '打开', who: 'bound', sees },
  quarter: { title: '分包的变化', who: 'bound', sees: { ...side, otherwise: () => NO_SPONSORSHIP } },
  assign: { title: '定分包', ...staff, of: [answers] },
  end: { title: '结束分包', ...staff, sees, when: endable, of: [own] },
  instruct: { title: '批示', who: 'bound', when: some, of: [side] },
});
