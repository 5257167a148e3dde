/** Turns an activity into an Inbound; pure, so that it can be read and tested without a server. */
import { z } from 'zod';
import type { Inbound, Look } from '../../bot/message.ts';
import { type Activity, referenceOf } from './activity.ts';
import { plainText } from './text.ts';

/** `unknown`: an invoke that nothing here answers. `malformed`: a press that cannot be read. */
export type Received =
  | { readonly kind: 'inbound'; readonly inbound: Inbound }
  /** Nobody pressed anything: a client asks how the card looks for its person. */
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'ignored' | 'unknown' | 'malformed' };

/** The verb with which clients ask. */
export const REFRESH = 'card.refresh';

const record = z.record(z.string(), z.unknown());
const execute = z.object({
  action: z.object({ verb: z.string().nullish(), data: record.nullish() }),
});

/** What the bot has to do with this activity. */
export function receive(activity: Activity, at: Date): Received {
  if (activity.from.id === activity.recipient?.id) return { kind: 'ignored' };
  switch (activity.type) {
    case 'message':
      return inbound(activity, at, messageContent(activity));
    case 'invoke': {
      if (activity.name !== 'adaptiveCard/action') return { kind: 'unknown' };
      const press = execute.safeParse(activity.value).data?.action;
      if (press?.verb === REFRESH) return { kind: 'look', look: lookOf(activity) };
      return press
        ? inbound(activity, at, pressContent(press.verb, press.data ?? {}, true))
        : { kind: 'malformed' };
    }
    // Installations, members who come and go, reactions, typing: nothing runs on them yet. A later issue greets
    // those who install the app here (installationUpdate) and keeps their conversation reference.
    default:
      return { kind: 'ignored' };
  }
}

function lookOf({ from, conversation, replyToId }: Activity): Look {
  return {
    channel: 'teams',
    account: from.aadObjectId || from.id,
    place: `msteams|${conversation.id}`,
    message: replyToId ?? '',
  };
}

type Content =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'action';
      readonly op: string;
      readonly data: Readonly<Record<string, unknown>>;
      readonly inline: boolean;
    };

/** Words, or a press of Action.Submit, which arrives as a message with a value. */
function messageContent(activity: Activity): Content {
  const text = plainText(activity);
  const value = record.safeParse(activity.value).data;
  return value && (typeof value.op === 'string' || text === '')
    ? pressContent(undefined, value, false)
    : { kind: 'text', text };
}

/** `op` in the data is the verb for clients that know no Action.Execute. */
function pressContent(
  verb: string | null | undefined,
  { op, ...data }: Readonly<Record<string, unknown>>,
  inline: boolean,
): Content {
  return { kind: 'action', op: verb || (typeof op === 'string' ? op : ''), data, inline };
}

function inbound(activity: Activity, at: Date, content: Content): Received {
  const { id, from, conversation, replyToId } = activity;
  const received = {
    // All channels here are one platform: the same accounts, the same kernel channel.
    channel: 'teams',
    id: id ?? '',
    place: {
      key: `msteams|${conversation.id}`,
      kind: isPersonal(activity) ? ('personal' as const) : ('group' as const),
      ref: referenceOf(activity),
    },
    sender: { account: from.aadObjectId || from.id, name: from.name ?? '', handle: from.id },
    at,
  };
  return content.kind === 'text'
    ? { kind: 'inbound', inbound: { ...received, ...content } }
    : { kind: 'inbound', inbound: { ...received, ...content, ...(replyToId && { pressed: replyToId }) } };
}

/** Teams always says; the Emulator's own chat window does not, and it has one person in it. */
function isPersonal({ channelId, conversation: { conversationType, isGroup } }: Activity): boolean {
  return conversationType ? conversationType === 'personal' : channelId === 'emulator' && isGroup !== true;
}
