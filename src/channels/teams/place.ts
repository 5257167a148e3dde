/** Whose activity it is and in which chat, in the kernel's terms. */
import { z } from 'zod';
import type { Place, RosterColumn } from '../../bot/delivery/channel.ts';
import { type Activity, referenceOf, withoutThread } from './activity.ts';

/** The name of the channel. */
export const TEAMS = 'teams';
/** Accounts in a list are object ids of Entra. */
export const ROSTER: RosterColumn = {
  title: 'Teams账号',
  read(text) {
    const id = text.toLowerCase();
    return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) ? id : undefined;
  },
  wanted: '填 Entra 对象 ID（一串 8-4-4-4-12 的字母数字）',
};

const named = z.object({ id: z.string().min(1).max(1_024), name: z.string().max(500).nullish() });

/** What Teams says beside the activity. */
const channelData = z.object({
  eventType: z.string().nullish().catch(undefined),
  team: named.nullish().catch(undefined),
  channel: named.nullish().catch(undefined),
});

export function channelDataOf(activity: Activity): z.infer<typeof channelData> {
  return channelData.safeParse(activity.channelData).data ?? {};
}

/** The id by which a person is known: an object id of Entra, the same in whatever case it is written, or Teams' own. */
export function accountOf({ id, aadObjectId }: Activity['from']): string {
  return aadObjectId?.toLowerCase() || id;
}

/** A channel of a team is one chat, whatever thread of it is written in; only answers go to the thread. */
export function placeOf(activity: Activity): Place {
  const { conversation } = activity;
  const { team, channel } = channelDataOf(activity);
  const id = withoutThread(conversation.id);
  const name = channel?.name || conversation.name;
  return {
    key: keyOf(id),
    kind: isPersonal(activity) ? 'personal' : 'group',
    ref: referenceOf(activity),
    ...(id !== conversation.id && { thread: conversation.id }),
    ...(name && { name }),
    ...(team && { parent: keyOf(team.id) }),
  };
}

function keyOf(conversation: string): string {
  return `msteams|${conversation}`;
}

/** Teams always says; the Emulator's own chat window does not, and it has one person in it. */
function isPersonal({ channelId, conversation: { conversationType, isGroup } }: Activity): boolean {
  return conversationType ? conversationType === 'personal' : channelId === 'emulator' && isGroup !== true;
}
