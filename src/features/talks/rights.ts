/** Who may know of a talk: the head of the unit above; once asked for an explanation, the head of the unit itself. */
import { defineRights, type Relation, type When } from '../../bot/turn/rights.ts';
import { isBranch, units } from '../orgs/index.ts';
import { isTrue } from './facts.ts';
import { STATE_NAMES, type Talk } from './model.ts';

/** Said alike of a talk that there is not and of one that is somebody else's. */
export const notFound = (typed: string) => `没有找到“${typed.slice(0, 20)}”的约谈。发送“约谈”看看。`;
const NOT_YOURS = '约谈由上级单位的负责人来定。';

const above: Relation<Talk> = {
  title: '上级单位的负责人',
  holds: ({ unit, role }, talk) => role === 'head' && unit === talk.superior,
  otherwise: ({ id }) => notFound(id),
};
const itself: Relation<Talk> = {
  title: '本单位的负责人（请他说明以后）',
  holds: ({ unit, role }, talk) => role === 'head' && talk.asked && unit === talk.unit,
  otherwise: ({ id }) => notFound(id),
};
const knows: Relation<Talk> = {
  title: `${above.title}；${itself.title}`,
  holds: async (actor, talk, world) =>
    (await above.holds(actor, talk, world)) || (await itself.holds(actor, talk, world)),
  otherwise: above.otherwise,
};

/** The head of the unit directly above a unit, which words name. */
const aboveUnit: Relation<string | null> = {
  title: above.title,
  async holds({ unit, role }, named, { tx }) {
    if (role !== 'head' || named === null) return role === 'head';
    const meant = await tx.table(units).get(named);
    return meant !== undefined && !isBranch(meant) && meant.parent === unit;
  },
  otherwise: () => '年度事实只给上级单位的负责人看。',
};

const nowIs = ({ id, state }: Talk) => `${id}现在是“${STATE_NAMES[state]}”`;
export const GONE = '原来的事实已经变了，不用再定。';
const suggested: When<Talk> = async (talk, world) => {
  if (talk.state !== 'suggested') return `${nowIs(talk)}，不用再定。`;
  return (await isTrue(world, talk)) || GONE;
};
const planned: When<Talk> = (talk) => talk.state === 'planned' || `${nowIs(talk)}，不用这一步。`;
const held: When<Talk> = (talk) => talk.state === 'held' || `${nowIs(talk)}，先写“已约谈”，再定改进没有。`;
const askable: When<Talk> = (talk, world) =>
  talk.asked ? '已经请对方说明了。' : talk.state === 'held' || planned(talk, world);
const explainable: When<Talk> = (talk, world) => talk.state === 'held' || planned(talk, world);

const head = { who: ['head'], whoElse: NOT_YOURS } as const;
const mine = { ...head, sees: knows, of: [above] } as const;

export const rights = defineRights('talks', {
  list: { title: '约谈', ...head },
  show: { title: '打开', ...head, sees: knows },
  propose: { title: '拟约谈', ...mine, when: suggested },
  decline: { title: '不采纳', ...mine, when: suggested },
  ask: { title: '请对方说明', ...mine, when: askable },
  explain: { title: '说明', ...head, sees: knows, when: explainable, of: [itself] },
  hold: { title: '已约谈', ...mine, when: planned },
  improved: { title: '已改进', ...mine, when: held },
  unimproved: { title: '未改进', ...mine, when: held },
  year: { title: '年度事实', ...head, of: [aboveUnit] },
});
