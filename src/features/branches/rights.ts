/** Who may look at a branch, and who keeps what is known of it. */
import { defineRights, type Relation } from '../../bot/turn/rights.ts';
import { byCounty, caresFor, getUnit, staffOnly, type Unit } from '../orgs/index.ts';

/** Said alike of what there is not and of what is somebody else's. */
export const NOT_FOUND = '没有找到这个支部，或者它不归您单位管。';

/** The branch itself, the units above it, and the city’s departments; without a unit, the own one. */
const care: Relation<Unit | null> = {
  title: '本支部，上级单位，市直部门',
  holds: async ({ unit }, record, { tx }) => !record || caresFor(tx, await getUnit(tx, unit), record),
  otherwise: () => NOT_FOUND,
};

const keeps = staffOnly(byCounty, '支部档案由县区或市委组织部来导入。');

export const rights = defineRights('branches', {
  show: { title: '支部', who: 'bound', sees: care },
  import: { title: '导入支部', ...keeps },
  applyImport: { title: '导入', ...keeps },
});
