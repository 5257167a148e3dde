/**
 * A Bot Framework connector on loopback, and activities as Teams sends them.
 * It keeps what the bot posts, replaces and deletes in each conversation, and can be told to misbehave.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An activity as it was posted: plain JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests reach into cards and activities of every shape
export type Json = Record<string, any>;

/** One request of the bot. */
interface ConnectorCall {
  readonly method: string;
  readonly conversation: string;
  /** The activity that is replaced, deleted or replied to. */
  readonly target?: string;
  readonly activity: Json;
  readonly authorization?: string;
  /** One person of the group sees it. */
  readonly aside?: true;
  /** The id that it was given, and the status that it was answered with (0: never answered). */
  readonly id: string;
  readonly status: number;
  /** When it arrived, in milliseconds of the connector's clock. */
  readonly at: number;
}

/** How the next requests are answered. */
export interface Trouble {
  readonly status?: number;
  /** The connector's error code, such as `ConversationNotFound`. */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of what the connector would say. */
  readonly body?: string;
  /** `hang`: never answer. `cut`: close the connection. `half`: begin the body and never end it. */
  readonly fail?: 'hang' | 'cut' | 'half';
  readonly delayMs?: number;
}

export interface FakeConnector {
  /** What activities carry as `serviceUrl`. */
  readonly url: string;
  /** Every request, oldest first. */
  readonly calls: readonly ConnectorCall[];
  /** TCP connections that were opened to it. */
  readonly connections: () => number;
  /** The messages that a conversation shows now, oldest first: replaced ones as they are now, deleted ones gone. */
  messages(conversation: string): Json[];
  /** Answer the next `times` requests like this. */
  trouble(trouble: Trouble, times?: number): void;
  /** Forget everything that was recorded, and all trouble. */
  reset(): void;
  close(): Promise<void>;
}

/** So many in so many milliseconds: what Teams takes from a bot in one conversation, and in all of them. */
export const TEAMS_LIMITS = {
  perThread: [
    [7, 1_000],
    [8, 2_000],
    [60, 30_000],
  ],
  inAll: [[50, 1_000]],
} as const;

/** Counts all conversations together. */
const ALL = '';

/** With `limited` what is over Teams' limits, by the clock `elapsed` (milliseconds), is refused with 429. */
export async function startFakeConnector({
  limited = false,
  elapsed = () => performance.now(),
} = {}): Promise<FakeConnector> {
  const calls: ConnectorCall[] = [];
  const shown = new Map<string, Map<string, Json>>();
  const troubles: Trouble[] = [];
  const taken = new Map<string, number[]>();
  let connections = 0;
  let ids = 0;

  function mayTake(conversation: string, at: number): boolean {
    const free = (key: string, limits: readonly (readonly [number, number])[]) =>
      limits.every(([count, ms]) => at - (taken.get(key)?.at(-count) ?? Number.NEGATIVE_INFINITY) >= ms);
    if (!free(conversation, TEAMS_LIMITS.perThread) || !free(ALL, TEAMS_LIMITS.inAll)) return false;
    for (const key of [conversation, ALL]) taken.set(key, [...(taken.get(key) ?? []).slice(-60), at]);
    return true;
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const at = elapsed();
    const text = (await req.setEncoding('utf8').toArray()).join('');
    const path = /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/?]+))?/.exec(req.url ?? '');
    const conversation = decodeURIComponent(path?.[1] ?? '');
    const target = path?.[2] === undefined ? undefined : decodeURIComponent(path[2]);
    const {
      status = req.method === 'POST' ? 201 : 200,
      code,
      headers,
      body,
      fail,
      delayMs = 0,
    } = troubles.shift() ?? (limited && !mayTake(conversation, at) ? { status: 429 } : {});
    const activity: Json = text ? JSON.parse(text) : {};
    const id = req.method === 'POST' ? `m${++ids}` : (target ?? '');
    const { authorization } = req.headers;
    calls.push({
      method: req.method ?? '',
      conversation,
      ...(target !== undefined && { target }),
      activity,
      ...(authorization !== undefined && { authorization }),
      ...(/[?&]isTargetedActivity=true/.test(req.url ?? '') && { aside: true as const }),
      id,
      status: fail ? 0 : status,
      at,
    });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (fail === 'hang') return;
    if (fail === 'cut') return void req.socket.destroy();
    if (status < 300) keep(req.method, conversation, id, activity);
    const said = code ? { error: { code, message: `${code} (fake connector)` } } : { id };
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    if (fail === 'half') res.write('{"id":');
    else res.end(body ?? JSON.stringify(said));
  }

  function keep(method: string | undefined, conversation: string, id: string, activity: Json): void {
    const messages = shown.get(conversation) ?? new Map<string, Json>();
    shown.set(conversation, messages);
    if (method === 'DELETE') messages.delete(id);
    else if (activity.type === 'message') messages.set(id, { ...activity, id });
  }

  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.writeHead(400).end(String(error)));
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    connections: () => connections,
    messages: (conversation) => [...(shown.get(conversation)?.values() ?? [])],
    trouble: (trouble, times = 1) => {
      for (let i = 0; i < times; i++) troubles.push(trouble);
    },
    reset: () => {
      calls.length = 0;
      troubles.length = 0;
      shown.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Who writes, where, and through which connector; everything has a default but `serviceUrl`. */
export interface From {
  readonly serviceUrl: string;
  /** The sender's aadObjectId and name. */
  readonly account?: string;
  readonly name?: string;
  /** The id of the conversation; with `group` the sender writes into a group chat. */
  readonly conversation?: string;
  readonly group?: boolean;
  readonly channelId?: 'msteams' | 'emulator';
  readonly tenant?: string;
  /** The activity's own id: the same id again is the same activity. */
  readonly id?: string;
}

const BOT = { id: '28:bot-app-id', name: '会商' };
let activities = 0;

function activity(from: From, fields: Json): Json {
  const { serviceUrl, account = 'aad-zhang', name = '张三', group = false, channelId = 'msteams' } = from;
  const { tenant = 'tenant-1', conversation = group ? '19:group@thread.v2' : `a:1-${account}` } = from;
  return {
    id: from.id ?? `17000000${++activities}`,
    timestamp: '2026-11-23T01:00:00.000Z',
    localTimestamp: '2026-11-23T09:00:00.000+08:00',
    channelId,
    serviceUrl,
    from: { id: `29:${account}`, name, aadObjectId: account },
    conversation: {
      id: conversation,
      conversationType: group ? 'groupChat' : 'personal',
      tenantId: tenant,
      ...(group && { isGroup: true }),
    },
    recipient: BOT,
    locale: 'zh-CN',
    channelData: { tenant: { id: tenant } },
    ...fields,
  };
}

/** Words; in a group the bot is mentioned before them, as it must be there to be heard. */
export function says(from: From, text: string): Json {
  const client = {
    type: 'clientInfo',
    locale: 'zh-CN',
    country: 'CN',
    platform: 'Windows',
    timezone: 'Asia/Shanghai',
  };
  const at = { type: 'mention', mentioned: BOT, text: `<at>${BOT.name}</at>` };
  return activity(from, {
    type: 'message',
    textFormat: 'plain',
    text: from.group ? `${at.text}&nbsp;${text}` : text,
    entities: from.group ? [at, client] : [client],
  });
}

/** A press of Action.Submit on the card of `message`: the button's data and the inputs, with `op` among them. */
export function submits(from: From, message: string, value: Json): Json {
  return activity(from, { type: 'message', replyToId: message, value });
}

/** A press of Action.Execute on the card of `message`. */
export function executes(from: From, message: string, verb: string, data: Json = {}): Json {
  return activity(from, {
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId: message,
    value: { action: { type: 'Action.Execute', title: '', verb, data }, trigger: 'manual' },
  });
}

/** Any other activity, such as conversationUpdate. */
export function other(from: From, type: string, fields: Json = {}): Json {
  return activity(from, { type, ...fields });
}
