/** Who may analyse, decide, and know which branches it is about. */
import { defineRights, type Relation, STAFF } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { NOT_FOUND } from '../branches/index.ts';
import { byOrganiser, getUnit, isBranch, staffOnly, type Unit, units, unitsAbove } from '../orgs/index.ts';
import { criteriaOn } from './criteria.ts';
import type { Listing, Sheet } from './model.ts';

export const WORK = '研判由乡镇（街道）来做，排查由县区来做。';

/** A sheet, and the branch of it that is meant. */
export interface OnSheet {
  readonly sheet: Sheet & { readonly rev?: number };
  readonly branch?: Unit;
}
/** One that is on the list, or may come to be. */
export type OnListing = Listing & { readonly rev?: number };

/** The unit that does it. */
const own: Relation<OnSheet> = {
  title: '研判的乡镇（街道），排查的县区',
  holds: ({ unit }, { sheet }) => sheet.unit === unit,
  otherwise: () => WORK,
};
const ownCounty: Relation<OnSheet> = {
  title: '上级县区（提交人除外）',
  holds: ({ id, unit }, { sheet: { kind, county, by } }) =>
    kind === 'analysis' && county === unit && by !== id,
  otherwise: () => '由上级县区来定，提交的人不能自己定。',
};
/** Those who do it, and those above. */
const line: Relation<OnSheet> = {
  title: '研判的乡镇（街道）和上级县区，总牵头单位',
  holds: async ({ unit }, { sheet }, { tx }) =>
    sheet.unit === unit || sheet.county === unit || (await getUnit(tx, unit)).kind === 'city',
  otherwise: () => NOT_FOUND,
};

/** The branch itself, those above it, the departments that lead a star. */
const knows: Relation<Unit> = {
  title: '本支部，所在的乡镇（街道）和县区，牵头单位，总牵头单位',
  async holds({ unit }, branch, { tx }) {
    if (unit === branch.id) return true;
    if ((await getUnit(tx, unit)).kind === 'lead') return true;
    return !isBranch(await getUnit(tx, unit)) && (await unitsAbove(tx, branch)).some(({ id }) => id === unit);
  },
  otherwise: () => NOT_FOUND,
};
/** Units as a record has kept them: they go on with it when its branch is moved or merged meanwhile. */
interface Kept {
  readonly branch: string;
  readonly township?: string;
  readonly county: string;
}

/** Who may know of a record that names a weak branch. */
export async function knowsRecord(
  actor: Actor,
  { branch, township, county }: Kept,
  world: World,
): Promise<boolean> {
  if (actor.unit === township || actor.unit === county) return true;
  const unit = await world.tx.table(units).get(branch);
  if (unit) return knows.holds(actor, unit, world);
  return ['city', 'lead'].includes((await getUnit(world.tx, actor.unit)).kind);
}
const knowsListing: Relation<OnListing> = {
  title: knows.title,
  holds: knowsRecord,
  otherwise: () => NOT_FOUND,
};
const decides: Relation<OnListing> = {
  title: '上级县区（提出的人除外）',
  holds: ({ id, unit }, { county, proposedBy }) => county === unit && proposedBy !== id,
  otherwise: ({ county }, _world, { unit }) =>
    county === unit ? '提出的人不能自己审定，请换一位同志。' : '列入不列入由县区来定。',
};
const branchItself: Relation<OnListing> = {
  title: '本支部',
  holds: ({ unit }, { branch }) => branch === unit,
  otherwise: () => '情况说明由支部自己来写。',
};

const editable = ({ sheet: { state, kind } }: OnSheet) =>
  state === 'draft' ||
  state === 'returned' ||
  (kind === 'analysis' ? '已经提交了，等县区来定。' : '已经完成了。');
/** What is for one kind of sheet. */
const only =
  (kind: Sheet['kind'], when: (on: OnSheet) => true | string = editable) =>
  (on: OnSheet) =>
    on.sheet.kind === kind ? when(on) : WORK;
const submitted = ({ sheet: { state } }: OnSheet) => state === 'submitted' || '现在没有等县区定的研判。';
const staff = { who: STAFF, whoElse: WORK } as const;
const mine = { ...staff, sees: line, when: editable, of: [own] } as const;
const heads = { who: ['head'], whoElse: '由负责人来提交。' } as const;
const countyWork = { ...staff, sees: line, when: submitted, of: [ownCounty] } as const;
const organiser = staffOnly(byOrganiser, '标准由市委组织部来定。');

export const rights = defineRights('analysis', {
  analyse: { title: '研判', ...staff },
  census: { title: '排查', ...staff },
  show: { title: '打开', ...staff, sees: line },
  again: { title: '再研判一次', ...staff, of: [own], sees: line, when: only('analysis', () => true) },
  item: { title: '看支部', ...staff, sees: line },
  propose: { title: '建议列入', ...mine },
  watch: { title: '关注', ...mine },
  decline: { title: '不列入', ...mine },
  type: { title: '十种情形', ...mine },
  rest: { title: '其余正常', ...mine },
  submit: { title: '提交研判', ...mine, ...heads, when: only('analysis') },
  complete: { title: '完成排查', ...mine, ...heads, when: only('census') },
  adopt: { title: '采用', ...countyWork },
  return: { title: '退回', ...countyWork },
  why: { title: '为什么', who: 'bound', sees: knows },
  list: { title: '软弱涣散', who: 'bound' },
  listing: { title: '打开', who: 'bound', sees: knowsListing },
  confirm: {
    title: '列入',
    ...staff,
    sees: knowsListing,
    of: [decides],
    when: ({ state }: OnListing) => state === 'proposed' || '这个支部现在不用审定。',
  },
  refuse: {
    title: '不列入',
    ...staff,
    sees: knowsListing,
    of: [decides],
    when: ({ state }: OnListing) => state === 'proposed' || '这个支部现在不用审定。',
  },
  statement: {
    title: '情况说明',
    who: 'bound',
    sees: knowsListing,
    of: [branchItself],
    when: async ({ state, decidedOn }: OnListing, { tx, today, workdays }) => {
      if (state !== 'listed' || decidedOn === null) return '现在不用写情况说明。';
      const { statementWorkdays: days } = await criteriaOn(tx, decidedOn);
      return workdays.between(decidedOn, today) <= days || `列入后${days}个工作日内可以写，已经过了。`;
    },
  },
  standard: { title: '研判标准', who: 'bound' },
  tryStandard: { title: '调整标准', ...organiser },
  useStandard: { title: '启用', ...organiser },
});
