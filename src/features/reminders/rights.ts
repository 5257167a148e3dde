/** Who may see and change what is sent, and when. */
import { type Right, STAFF } from '../../bot/turn/rights.ts';
import { byOrganiser } from '../orgs/index.ts';

const known = { who: 'bound' } as const;
/** The organiser sees everything, everybody else what their own unit caused. */
const staff = { who: STAFF, whoElse: '投递情况由单位负责人或联络员看。' } as const;
const organiser = { who: 'bound', of: [byOrganiser()] } as const;

export const rights = {
  next: known,
  hours: known,
  ledger: staff,
  resend: staff,
  schedules: organiser,
  schedule: organiser,
  change: organiser,
  holidays: { who: 'bound', of: [byOrganiser('节假日由市委组织部导入。')] },
} as const satisfies Readonly<Record<string, Right<never>>>;
