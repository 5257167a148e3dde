/** Who sees the record of a secretary: that person, the head of the township, the county. Nobody else learns that there is one. */
import type { Ctx } from '../../bot/operation.ts';
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import type { Actor } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { getUnit, type Unit } from '../orgs/index.ts';
import { type StoredSecretary, yearAfter } from './model.ts';

/** Said alike of a name that nobody bears and of somebody whose record is not theirs to see. */
export const notFound = (name: string) =>
  `没有找到叫“${name.slice(0, 20)}”的书记，或者不归您看。书记档案只给本人、所在乡镇（街道）负责人和县区看。`;

/** What is said in a group is said to its people. @throws AppError `invalid` */
export function personalOnly({ place }: Pick<Ctx, 'place'>): void {
  if (place.kind !== 'personal')
    throw new AppError('invalid', '书记档案不在群里说，请在和我的单聊里再发一次。');
}

/** A secretary in office, and what is known: nothing, perhaps. */
export interface InOffice {
  readonly person: string;
  readonly name: string;
  readonly branch: Unit;
  readonly township: Unit;
  readonly record: StoredSecretary | undefined;
}

const ofCounty = ({ unit, role }: Actor, { township }: InOffice) =>
  unit === township.parent && role !== 'secretary';

export const reader: Relation<InOffice> = {
  title: '本人，所在乡镇（街道）负责人，上级县区',
  holds: (actor, one) =>
    actor.id === one.person ||
    (actor.unit === one.township.id && actor.role === 'head') ||
    ofCounty(actor, one),
  otherwise: ({ name }) => notFound(name),
};
const county: Relation<InOffice> = {
  title: '上级县区（本人除外）',
  holds: (actor, one) => ofCounty(actor, one) && actor.id !== one.person,
  otherwise: () => '这一步由上级县区来办，不能给自己写。',
};
const keeper: Relation<unknown> = {
  title: '县区',
  holds: async ({ unit }, _record, { tx }) => (await getUnit(tx, unit)).kind === 'county',
  otherwise: () => '书记档案由县区来导入。',
};

const due: When<InOffice> = ({ record }, { today }) => {
  if (!record?.since) return '还不知道哪天任职，请先用“导入书记”写上任职时间。';
  const day = yearAfter(record.since);
  return day <= today || `任职满一年再评估，${sayDay(day, today)}起可以写。`;
};

const NOT_STAFF = '这一步由县区的负责人或联络员来办。';
const writes = { who: STAFF, whoElse: NOT_STAFF, sees: reader, of: [county] } as const;
const imports = { who: STAFF, whoElse: '书记档案由县区来导入。', of: [keeper] } as const;

export const rights = defineRights('secretaries', {
  list: { title: '书记', who: 'bound' },
  show: { title: '打开', who: 'bound', sees: reader },
  assess: { title: '换届后评估', ...writes, when: due },
  review: { title: '回头看', ...writes },
  import: { title: '导入书记', ...imports },
  applyImport: { title: '导入', ...imports },
});
