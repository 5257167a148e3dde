/** Who may look into the audit trail. */
import type { Right } from '../../bot/turn/rights.ts';
import { byOrganiser } from '../orgs/index.ts';

const organiser = { who: 'bound', of: [byOrganiser('审计由市委组织部来看。')] } as const;

export const rights = {
  list: organiser,
  filter: organiser,
  export: organiser,
} as const satisfies Readonly<Record<string, Right<never>>>;
