/** What Teams tells of a chat itself: installed, removed, people who join, channels and teams that go or have a new name. */
import type { ChatEvent } from '../../bot/delivery/channel.ts';
import type { Activity } from './activity.ts';
import { accountOf, channelDataOf, placeOf, TEAMS } from './place.ts';

const REMOVED = '会商助手已经被移出这里';
const CHANNEL_GONE = '这个频道已经删除';
const TEAM_GONE = '这个团队已经删除或归档';

/** What happens to the chat of this activity; undefined when nothing that matters. */
export function readChatEvent(activity: Activity): ChatEvent | undefined {
  const common = { channel: TEAMS, place: placeOf(aboutIt(activity)) };
  const account = accountOf(activity.from);
  if (activity.type === 'installationUpdate') {
    if (activity.action === 'add') return { ...common, what: 'added', account };
    if (activity.action === 'remove') return { ...common, what: 'removed', whole: true, reason: REMOVED };
    return activity.action === 'add-upgrade' ? { ...common, what: 'seen' } : undefined;
  }
  return activity.type === 'conversationUpdate' ? readUpdate(activity, common, account) : undefined;
}

function readUpdate(
  activity: Activity,
  common: Pick<ChatEvent, 'channel' | 'place'>,
  account: string,
): ChatEvent | undefined {
  const { recipient, membersAdded, membersRemoved } = activity;
  const bot = recipient?.id;
  switch (channelDataOf(activity).eventType) {
    case 'channelDeleted':
      return { ...common, what: 'removed', whole: false, reason: CHANNEL_GONE };
    case 'teamDeleted':
    case 'teamHardDeleted':
    case 'teamArchived':
      return { ...common, what: 'removed', whole: true, reason: TEAM_GONE };
  }
  if (membersRemoved?.some(({ id }) => id === bot))
    return { ...common, what: 'removed', whole: true, reason: REMOVED };
  if (membersAdded?.some(({ id }) => id === bot)) return { ...common, what: 'added', account };
  const accounts = membersAdded?.map(accountOf) ?? [];
  return accounts.length > 0 ? { ...common, what: 'joined', accounts } : { ...common, what: 'seen' };
}

/** What happens to a channel is told in whichever conversation of its team; here it is in its own. */
function aboutIt(activity: Activity): Activity {
  const { eventType, channel } = channelDataOf(activity);
  if (!eventType?.startsWith('channel') || !channel) return activity;
  return { ...activity, conversation: { ...activity.conversation, id: channel.id } };
}
