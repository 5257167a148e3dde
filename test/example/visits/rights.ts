/** Everybody plans and lists the visits of the own unit; nobody else knows of them. */
import { defineRights, type Relation } from '../../../src/bot/turn/rights.ts';
import type { Visit } from './model.ts';

const own: Relation<Visit> = {
  title: '走访的单位',
  holds: ({ unit }, visit) => unit === visit.unit,
  otherwise: ({ id }) => `没有找到“${id}”。发送“走访”看看编号。`,
};

export const rights = defineRights('visits', {
  plan: { title: '登记走访', who: 'bound' },
  list: { title: '走访', who: 'bound' },
  show: { title: '打开', who: 'bound', sees: own },
});
