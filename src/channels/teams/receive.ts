/** Turns an activity into an Inbound; pure, so that it can be read and tested without a server. */
import { z } from 'zod';
import type { Query } from '../../bot/bot.ts';
import type { ChatEvent, Look } from '../../bot/delivery/channel.ts';
import type { Inbound } from '../../bot/turn/inbound.ts';
import type { Activity } from './activity.ts';
import { readChatEvent } from './chat-events.ts';
import { accountOf, placeOf, TEAMS } from './place.ts';
import { plainText, quotedMessage } from './text.ts';

/** `unknown`: an invoke that nothing here answers. `malformed`: a press that cannot be read. */
export type Received =
  | { readonly kind: 'inbound'; readonly inbound: Inbound }
  /** Nobody pressed anything: a client asks how the card looks for its person. */
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'event'; readonly event: ChatEvent }
  | { readonly kind: 'query'; readonly query: Query }
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
      if (activity.name === 'application/search') return query(activity);
      if (activity.name !== 'adaptiveCard/action') return { kind: 'unknown' };
      const press = execute.safeParse(activity.value).data?.action;
      if (press?.verb === REFRESH) return { kind: 'look', look: lookOf(activity) };
      return press
        ? inbound(activity, at, pressContent(press.verb, press.data ?? {}, true))
        : { kind: 'malformed' };
    }
    default: {
      const event = readChatEvent(activity);
      return event ? { kind: 'event', event } : { kind: 'ignored' };
    }
  }
}

function lookOf(activity: Activity): Look {
  return {
    channel: TEAMS,
    account: accountOf(activity.from),
    place: placeOf(activity).key,
    message: activity.replyToId ?? '',
  };
}

const count = z.int().min(0).optional().catch(undefined);
const typed = z.object({
  queryText: z.string().max(200),
  dataset: z.string().max(100),
  queryOptions: z.object({ skip: count, top: count }).catch({}),
});

/** What somebody has typed so far into a field that looks its choices up. */
function query({ from, value }: Activity): Received {
  const read = typed.safeParse(value).data;
  if (!read) return { kind: 'malformed' };
  const { queryText: words, dataset, queryOptions: page } = read;
  return { kind: 'query', query: { channel: TEAMS, account: accountOf(from), dataset, words, ...page } };
}

type Content =
  | { readonly kind: 'text'; readonly text: string; readonly quoted?: string }
  | {
      readonly kind: 'action';
      readonly op: string;
      readonly data: Readonly<Record<string, unknown>>;
      readonly inline: boolean;
    };

/** Words, or a press of Action.Submit, which arrives as a message with a value. */
function messageContent(activity: Activity): Content {
  const text = plainText(activity);
  const quoted = quotedMessage(activity);
  const value = record.safeParse(activity.value).data;
  return value && (typeof value.op === 'string' || text === '')
    ? pressContent(undefined, value, false)
    : { kind: 'text', text, ...(quoted && { quoted }) };
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
  const { id, from, replyToId } = activity;
  const received = {
    // All channels here are one platform: the same accounts, the same kernel channel.
    channel: TEAMS,
    id: id ?? '',
    place: placeOf(activity),
    sender: { account: accountOf(from), name: from.name ?? '', handle: from.id },
    at,
  };
  return content.kind === 'text'
    ? { kind: 'inbound', inbound: { ...received, ...content } }
    : { kind: 'inbound', inbound: { ...received, ...content, ...(replyToId && { pressed: replyToId }) } };
}
