/** Who looks at what the bot asks of people. */
import { defineRights, type Relation } from '../../bot/turn/rights.ts';
import { getUnit } from '../orgs/index.ts';

const answerable: Relation<unknown> = {
  title: '各单位负责人，总牵头单位',
  holds: async ({ role, unit }, _record, { tx }) =>
    role === 'head' || (await getUnit(tx, unit)).kind === 'city',
  otherwise: () => '减负自查由各单位负责人和市委组织部来看。哪里麻烦，您可以发送“意见”。',
};

export const rights = defineRights('burden', {
  check: { title: '减负自查', who: 'bound', of: [answerable] },
  forms: { title: '每张表问几项', who: 'bound', of: [answerable] },
});
