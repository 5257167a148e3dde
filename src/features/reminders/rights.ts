/** Who may see and change what is sent, and when. */
import { defineRights, STAFF } from '../../bot/turn/rights.ts';
import { byOrganiser } from '../orgs/index.ts';

const known = { who: 'bound' } as const;
/** The organiser sees everything, everybody else what their own unit caused. */
const staff = { who: STAFF, whoElse: '投递情况由单位负责人或联络员看。' } as const;
const organiser = { who: 'bound', of: [byOrganiser()] } as const;

export const rights = defineRights('reminders', {
  next: { title: '提醒', ...known },
  hours: { title: '提醒时段', ...known },
  ledger: { title: '投递', ...staff },
  resend: { title: '重发失败的', ...staff },
  schedules: { title: '改日程', ...organiser },
  schedule: { title: '看日程', ...organiser },
  change: { title: '改时间', ...organiser },
  holidays: { title: '导入节假日', who: 'bound', of: [byOrganiser('节假日由市委组织部导入。')] },
});
