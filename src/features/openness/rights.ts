/** Everybody who is bound sees the figures of every unit; the organiser sets what they are compared with. */
import { defineRights, STAFF } from '../../bot/turn/rights.ts';
import { byOrganiser } from '../orgs/index.ts';

const ORGANISER = '公开的目标由市委组织部来定。';

export const rights = defineRights('openness', {
  show: { title: '公开', who: 'bound' },
  rows: { title: '公开明细', who: 'bound' },
  circular: { title: '季度通报', who: 'bound' },
  set: { title: '公开设置', who: STAFF, whoElse: ORGANISER, of: [byOrganiser(ORGANISER)] },
});
