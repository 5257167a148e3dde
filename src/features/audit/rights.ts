/** Who may look into the audit trail. */
import { defineRights } from '../../bot/turn/rights.ts';
import { byOrganiser } from '../orgs/index.ts';

const organiser = { who: 'bound', of: [byOrganiser('审计由市委组织部来看。')] } as const;

export const rights = defineRights('audit', {
  list: { title: '审计', ...organiser },
  filter: { title: '筛选', ...organiser },
  export: { title: '导出', ...organiser },
});
