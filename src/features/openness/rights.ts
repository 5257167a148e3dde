/** Everybody who is bound sees the figures of every unit; the organiser sets what they are compared with. */
import { defineRights } from '../../bot/turn/rights.ts';
import { byOrganiser, staffOnly } from '../orgs/index.ts';

const ORGANISER = '公开的目标由市委组织部来定。';

export const rights = defineRights('openness', {
  show: { title: '公开', who: 'bound' },
  rows: { title: '公开明细', who: 'bound' },
  circular: { title: '季度通报', who: 'bound' },
  set: { title: '公开设置', ...staffOnly(byOrganiser, ORGANISER) },
});
