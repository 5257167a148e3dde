/** Who may say something, and who sees and answers it: nobody of the person's own unit or above it but the organiser. */
import { defineRights, type Relation } from '../../bot/turn/rights.ts';
import { byOrganiser, getUnit } from '../orgs/index.ts';
import { namesOf, type Opinion } from './model.ts';

const reader: Relation<Opinion> = {
  title: '提意见的人，总牵头单位',
  holds: async (actor, { who }, { tx }) =>
    (await getUnit(tx, actor.unit)).kind === 'city' || (await namesOf(tx, actor)).includes(who),
  // Says no more than if there were none.
  otherwise: ({ id }) => `没有找到“${id}”这条意见。发送“我的意见”看看编号。`,
};
const answerer: Relation<Opinion> = {
  title: '总牵头单位（提意见的人除外）',
  holds: async (actor, { who }, { tx }) =>
    (await getUnit(tx, actor.unit)).kind === 'city' && !(await namesOf(tx, actor)).includes(who),
  otherwise: async (_opinion, { tx }, { unit }) =>
    (await getUnit(tx, unit)).kind === 'city' ? '自己提的意见请别的同志来答复。' : '意见由市委组织部来答复。',
};
const open = ({ state }: Opinion) => state === 'open' || '这条意见已经答复过了。';

export const rights = defineRights('opinions', {
  give: { title: '意见', who: 'all' },
  mine: { title: '我的意见', who: 'all' },
  list: {
    title: '意见箱',
    who: 'bound',
    of: [byOrganiser('收到的意见由市委组织部来看。您提过的请发送“我的意见”。')],
  },
  show: { title: '打开', who: 'bound', sees: reader },
  answer: { title: '答复', who: 'bound', sees: reader, when: open, of: [answerer] },
});
