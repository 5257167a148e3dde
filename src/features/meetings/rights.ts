/** Who may do what to a meeting, and when. */
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { byOrganiser, type Star, staffOnly, unitName } from '../orgs/index.ts';
import {
  type Decision,
  type Invite,
  invites,
  isConvener,
  type Meeting,
  maySign,
  TOPIC_STANDS,
  type Topic,
} from './model.ts';

/** The invitation of a unit to a meeting. */
export async function inviteOf(
  { tx }: Pick<World, 'tx'>,
  { id }: Meeting,
  unit: string,
): Promise<Invite | undefined> {
  return tx.table(invites).get(`${id}|${unit}`);
}

const leadsStar: Relation<{ readonly stars: readonly Star[] }> = {
  title: '牵头单位',
  holds: (_actor, { stars }) => stars.length > 0,
  otherwise: () => '会商由牵头单位发起，您的单位没有牵头的星。',
};
const convener = (otherwise: (lead: string) => string): Relation<Meeting> => ({
  title: '发起单位',
  holds: (actor, meeting) => isConvener(meeting, actor),
  otherwise: async ({ lead }, { tx }) => otherwise(await unitName(tx, lead)),
});
const invited: Relation<Meeting> = {
  title: '受邀单位',
  holds: async ({ unit }, meeting, world) => (await inviteOf(world, meeting, unit)) !== undefined,
  otherwise: ({ lead }, _world, { unit }) =>
    unit === lead ? '这是您单位发起的会，不用回复。' : '这个会没有邀请您的单位。',
};
const absent: Relation<Meeting> = {
  title: '还没到会的受邀单位',
  holds: async ({ unit }, meeting, world) => (await inviteOf(world, meeting, unit))?.present === 'no',
  otherwise: async (meeting, world, actor) =>
    (await invited.holds(actor, meeting, world))
      ? '您的单位已经到会了。'
      : invited.otherwise(meeting, world, actor),
};
/** Null: no meeting in particular. */
const party = (otherwise: string): Relation<Meeting | null> => ({
  title: '参会单位',
  holds: (actor, meeting, world) =>
    meeting === null || isConvener(meeting, actor) || invited.holds(actor, meeting, world),
  otherwise: () => otherwise,
});
const responsible: Relation<Decision> = {
  title: '责任单位或牵头单位',
  holds: ({ unit }, decision) => unit === decision.unit || unit === decision.lead,
  otherwise: async ({ unit, lead }, { tx }) =>
    `这件事由责任单位（${await unitName(tx, unit)}）或牵头单位（${await unitName(tx, lead)}）来销。`,
};

/** Who proposed an item for an agenda, and who convenes. */
const topicParty: Relation<Topic> = {
  title: '提出单位或牵头单位',
  holds: ({ unit }, topic) => unit === topic.unit || unit === topic.lead,
  otherwise: () => '议题只给提出单位和牵头单位。',
};
const waiting: When<Topic> = (topic) =>
  topic.state === 'open' || `这个议题${TOPIC_STANDS[topic.state](topic)}，不能再撤。`;

const OVER: Readonly<Record<Exclude<Meeting['state'], 'set'>, string>> = {
  minuted: '会已经开完，纪要也出了。',
  cancelled: '这个会已经取消了。',
};
const begun = ({ startsAt }: Meeting, { now }: World) => now >= new Date(startsAt);

/** Until the start. */
const ahead =
  (otherwise: string): When<Meeting> =>
  (meeting, world) => {
    if (meeting.state !== 'set') return OVER[meeting.state];
    return !begun(meeting, world) || otherwise;
  };
const answerable = ahead('会已经开始了，不能再改回复。到了请点“到会”。');
const changeable = ahead('会已经开始了，不能再改期或取消。请填写纪要。');
/** From an hour before until two hours after the start. */
const signing: When<Meeting> = (meeting, world) => {
  if (meeting.state !== 'set') return OVER[meeting.state];
  if (maySign(meeting, world.now)) return true;
  return begun(meeting, world) ? '会开了2小时以后，不能再记到会。' : '开会前1小时起，到了再点“到会”。';
};
/** Once it has begun; corrections too. */
const held: When<Meeting> = (meeting, world) => {
  if (meeting.state === 'cancelled') return OVER.cancelled;
  return begun(meeting, world) || '会还没有开，开了再写纪要。';
};
const published: When<Meeting> = ({ version }) => version > 0 || '纪要还没有出。';
const convenes: Relation<Decision> = {
  title: '发起单位',
  holds: ({ unit }, { lead }) => unit === lead,
  otherwise: async ({ lead }, { tx }) => `落实没有，由${await unitName(tx, lead)}来确认。`,
};
const open = ({ state }: Decision) => state === 'open' || '这件事已经了结了。';
const unclaimed: When<Decision> = async (decision, { tx }) =>
  decision.state === 'open' && decision.claim
    ? `已经说过落实了，等${await unitName(tx, decision.lead)}确认。`
    : open(decision);
const claimed: When<Decision> = (decision) =>
  decision.state === 'open' && !decision.claim ? '责任单位还没有说落实，不用确认。' : open(decision);

const known = { who: 'bound' } as const;
const reply = { who: 'bound', when: answerable, of: [invited] } as const;
const change = {
  who: 'bound',
  when: changeable,
  of: [convener((lead) => `只有发起的单位（${lead}）能改期或取消。`)],
} as const;
const minutes = {
  who: 'bound',
  when: held,
  of: [convener((lead) => `纪要由发起的单位（${lead}）来写。`)],
} as const;

export const rights = defineRights('meetings', {
  board: { title: '会商', ...known },
  quarter: { title: '推进会', ...known },
  show: { title: '打开', ...known },
  replies: { title: '查看回复', ...known },
  decision: { title: '看决定', ...known },
  call: { title: '发起会商', who: STAFF, whoElse: '会商由牵头单位发起。', of: [leadsStar] },
  push: { title: '发起推进会', ...staffOnly(byOrganiser, '推进会由市委组织部发起。') },
  propose: { title: '提议题', ...known },
  topic: { title: '打开', who: 'bound', sees: topicParty },
  dropTopic: { title: '撤下议题', who: 'bound', sees: topicParty, when: waiting },
  come: { title: '参加', ...reply },
  excuse: { title: '请假', ...reply },
  substitute: { title: '派员', ...reply },
  sign: { title: '到会', who: 'bound', when: signing, of: [absent] },
  move: { title: '改期', ...change },
  cancel: { title: '取消会商', ...change },
  minutes: { title: '填写纪要', ...minutes },
  turnPage: { title: '下一页', ...minutes },
  oneDecision: { title: '写这一条', ...minutes },
  saveDraft: { title: '存草稿', ...minutes },
  publish: { title: '提交纪要', ...minutes },
  settle: { title: '已落实', who: 'bound', when: unclaimed, of: [responsible] },
  confirm: { title: '确认落实', who: 'bound', when: claimed, of: [convenes] },
  unsettled: { title: '没有落实', who: 'bound', when: claimed, of: [convenes] },
  calendar: { title: '日历', who: 'bound', of: [party('这个会没有邀请您的单位。')] },
  renew: { title: '换新链接', ...known },
  take: { title: '下载纪要', who: 'bound', sees: party('纪要只给参会单位。'), when: published },
});
