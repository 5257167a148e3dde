/** Who may let people in, move their work, take them off the list, and say which unit a group belongs to. */
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import type { Tx } from '../../store/store.ts';
import { byOrganiser, getUnit, isWithin, unitName } from '../orgs/index.ts';
import { actorOf, holderOf, type Post } from './model.ts';

/** What the rules look at in a request; the rest is in requests.ts. */
interface Asking {
  readonly unit: string;
  readonly state: 'open' | 'agreed' | 'refused' | 'withdrawn';
  readonly channel: string;
  readonly account: string;
}

/** True for a unit and everything below it. */
async function reaches(tx: Tx, top: string, unit: string): Promise<boolean> {
  return isWithin(tx, await getUnit(tx, unit), top);
}

/** The head of the unit, or of one above it; at the top everybody. Never the one who asks. */
const decider: Relation<Asking> = {
  title: '本单位或上级负责人（支部书记），总牵头单位；申请人除外',
  async holds({ id, unit, role }, asking, { tx }) {
    // Where accounts are bound, none is the id of a person.
    if (((await holderOf(tx, asking.channel, asking.account)) ?? asking.account) === id) return false;
    const leads = role !== 'liaison' || (await getUnit(tx, unit)).kind === 'city';
    return leads && (await reaches(tx, unit, asking.unit));
  },
  otherwise: async ({ unit }, { tx }) =>
    `这个申请由${await unitName(tx, unit)}或上级的负责人来批，本人不能批。`,
};

const LEADERS = '这要由单位负责人或市委组织部来办。';

/** Whose post it is. */
export interface Holding extends Post {
  readonly person: string;
}

/** The head of the unit, or of one above it; at the top everybody. */
const above: Relation<Holding | null> = {
  title: '本单位或上级负责人，总牵头单位',
  async holds({ unit, role }, post, { tx }) {
    const leads = role === 'head' || (await getUnit(tx, unit)).kind === 'city';
    return leads && (!post || (await reaches(tx, unit, post.unit)));
  },
  otherwise: async (post, { tx }) =>
    post
      ? `${(await actorOf(tx, post.person))?.name ?? '这位同志'}不在您管的单位里，请${await unitName(tx, post.unit)}或上级的负责人来办。`
      : LEADERS,
};

const DECIDED = '这个申请已经批过了。';
const DONE: Readonly<Record<Exclude<Asking['state'], 'open'>, string>> = {
  agreed: DECIDED,
  refused: DECIDED,
  withdrawn: '本人已经撤回了这个申请。',
};
const waiting: When<Asking> = ({ state }) => state === 'open' || DONE[state];
const roster = { who: 'bound', of: [byOrganiser('名单由市委组织部来导入。')] } as const;

export const rights = defineRights('members', {
  bindGroup: { title: '绑定本群', who: STAFF, whoElse: '绑定群聊由单位负责人或联络员来做。' },
  bind: { title: '绑定', who: 'all' },
  withdraw: { title: '撤回绑定', who: 'all' },
  request: { title: '绑定申请', who: 'bound', sees: decider },
  agree: { title: '同意', who: 'bound', sees: decider, when: waiting },
  refuse: { title: '不同意', who: 'bound', sees: decider, when: waiting },
  switch: { title: '切换单位', who: 'bound' },
  tourNext: { title: '下一步', who: 'bound' },
  tourEnd: { title: '不看了', who: 'bound' },
  handover: { title: '交接', who: STAFF, whoElse: LEADERS, of: [above] },
  remove: { title: '移出', who: STAFF, whoElse: LEADERS, of: [above] },
  roster: { title: '导入名单', ...roster },
  applyRoster: { title: '导入', ...roster },
});
