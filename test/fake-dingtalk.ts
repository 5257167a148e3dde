/**
 * DingTalk on loopback: its calls, its gateway and its sockets, as strict as it is said to be. It keeps what each chat
 * shows to whom, and can be told to misbehave.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  APP,
  BASIC,
  badParams,
  CORP,
  type Json,
  messageOf,
  OURS,
  type Params,
  pressOf,
  type Said,
} from './dingtalk-payloads.ts';

export { APP, CORP, type Json, OURS } from './dingtalk-payloads.ts';

/** How the next call is answered. */
export interface Trouble {
  /** Only calls of such a path; without it, any but those for tokens and tickets. */
  readonly path?: RegExp;
  readonly status?: number;
  readonly body?: Json;
  /** `cut`: closed without an answer. `late`: taken, and then no answer. */
  readonly fail?: 'cut' | 'late';
  readonly delayMs?: number;
}

interface Call {
  readonly path: string;
  readonly method: string;
  readonly body: Json;
  readonly status: number;
}

/** A message as the chat keeps it. */
export interface Message {
  readonly id: string;
  readonly kind: 'text' | 'markdown' | 'card' | 'file';
  readonly text?: string;
  readonly at: readonly string[];
  readonly template?: string;
  params: Params;
  readonly own: Map<string, Params>;
  readonly only?: readonly string[];
}

const MOST_PARAM = 15_000;
const ACK_MS = 5_000;
let ids = 0;

export async function startFakeDingtalk() {
  const calls: Call[] = [];
  const troubles: Trouble[] = [];
  const chats = new Map<string, Message[]>();
  const cards = new Map<string, { chat: string; message: Message }>();
  const files = new Map<string, Uint8Array>();
  const codes = new Map<string, string>();
  const tokens = new Set<string>();
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  /** Who waits for which acknowledgement, by the socket and the id of what was pushed. */
  const acks = new WeakMap<WebSocket, Map<string, (ack: Json) => void>>();
  const contacts: { departments: Json[]; users: Json[] } = { departments: [], users: [] };
  const disbanded = new Set<string>();
  let opened = 0;
  let frozen = false;

  const chat = (key: string) => chats.get(key) ?? chats.set(key, []).get(key) ?? [];
  const refuse = (status: number, code: string): Json => ({
    status,
    body: { code, message: `${code} (fake)` },
  });
  const post = (key: string, message: Omit<Message, 'own' | 'id' | 'params' | 'at'> & Partial<Message>) => {
    const whole: Message = { id: `q${++ids}`, own: new Map(), params: {}, at: [], ...message };
    chat(key).push(whole);
    return whole;
  };

  function wordsOf({ msgKey, msgParam }: Json) {
    if (typeof msgParam !== 'string' || Buffer.byteLength(msgParam) > MOST_PARAM) return undefined;
    const param = JSON.parse(msgParam) as Json;
    if (msgKey === 'sampleText') return { kind: 'text' as const, text: String(param.content) };
    if (msgKey === 'sampleMarkdown') return { kind: 'markdown' as const, text: String(param.text) };
    if (msgKey === 'sampleFile' && param.mediaId)
      return { kind: 'file' as const, text: String(param.fileName) };
    return undefined;
  }

  const handlers: Record<string, (body: Json, query: URLSearchParams) => Json> = {
    'POST /v1.0/oauth2/accessToken'({ appKey, appSecret }) {
      if (appKey !== APP.clientId || appSecret !== APP.clientSecret)
        return refuse(400, 'invalidClientIdOrSecret');
      const token = `token-${++ids}`;
      tokens.add(token);
      return { body: { accessToken: token, expireIn: 7200 } };
    },
    'POST /v1.0/gateway/connections/open'({ clientId, clientSecret, subscriptions }) {
      if (clientId !== APP.clientId || clientSecret !== APP.clientSecret) return refuse(401, 'authFailed');
      if (!subscriptions?.some((one: Json) => one.type === 'CALLBACK'))
        return refuse(400, 'param.subscriptions');
      const ticket = `ticket-${++ids}=&`;
      tickets.add(ticket);
      return { body: { endpoint: `ws://127.0.0.1:${port}/connect`, ticket } };
    },
    'POST /v1.0/robot/oToMessages/batchSend'(body) {
      const { robotCode, userIds } = body;
      if (robotCode !== APP.clientId) return refuse(400, 'invalidParameter.robotCode');
      if (!Array.isArray(userIds) || userIds.length === 0 || userIds.length > 20)
        return refuse(400, 'param.userIds');
      const words = wordsOf(body);
      if (!words) return refuse(400, 'invalidParameter.msgParam.tooLong');
      const gone = userIds.filter((id) => disbanded.has(id));
      const processQueryKey = `k${++ids}`;
      for (const id of userIds) if (!gone.includes(id)) post(`p:${id}`, { ...words, id: processQueryKey });
      return { body: { processQueryKey, invalidStaffIdList: gone, flowControlledStaffIdList: [] } };
    },
    'POST /v1.0/robot/groupMessages/send'(body) {
      if (body.robotCode !== APP.clientId) return refuse(400, 'invalidParameter.robotCode');
      if (disbanded.has(body.openConversationId)) return refuse(400, 'group.disbanded');
      const words = wordsOf(body);
      if (!words) return refuse(400, 'invalidParameter.msgParam.tooLong');
      post(`g:${body.openConversationId}`, words);
      return { body: { processQueryKey: `k${++ids}` } };
    },
    'POST /v1.0/card/instances/createAndDeliver'(body) {
      const {
        cardTemplateId,
        outTrackId,
        callbackType,
        cardData,
        privateData = {},
        userIdType,
        openSpaceId,
      } = body;
      if (![BASIC, OURS].includes(cardTemplateId)) return refuse(400, 'param.templateNotExist');
      if (typeof outTrackId !== 'string' || outTrackId.length > 100) return refuse(400, 'param.outTrackId');
      if (cards.has(outTrackId)) return refuse(400, 'param.cardAlreadyExist');
      if (callbackType !== 'STREAM' || userIdType !== 1) return refuse(400, 'param.callbackType');
      for (const map of [cardData, ...Object.values(privateData as Json)]) {
        const bad = badParams(map?.cardParamMap);
        if (bad) return refuse(400, bad);
      }
      const [, space, id = ''] = /^dtv1\.card\/\/IM_(GROUP|ROBOT)\.(.+)$/.exec(openSpaceId) ?? [];
      const model = space === 'GROUP' ? body.imGroupOpenDeliverModel : body.imRobotOpenDeliverModel;
      const spaced = space === 'GROUP' ? body.imGroupOpenSpaceModel : body.imRobotOpenSpaceModel;
      if (!spaced || model?.robotCode !== APP.clientId) return refuse(400, 'param.deliverModel');
      if (space === 'ROBOT' && model.spaceType !== 'IM_ROBOT') return refuse(400, 'param.spaceType');
      const key = `${space === 'GROUP' ? 'g' : 'p'}:${id}`;
      if (disbanded.has(id)) return { body: delivered(outTrackId, false, 'group.disbanded') };
      const message = post(key, {
        id: outTrackId,
        kind: 'card',
        template: cardTemplateId,
        params: cardData.cardParamMap,
        own: new Map(Object.entries(privateData as Json).map(([user, map]) => [user, map.cardParamMap])),
        at: Object.keys(model.atUserIds ?? {}),
        ...(model.recipients && { only: model.recipients }),
      });
      cards.set(outTrackId, { chat: key, message });
      return { body: delivered(outTrackId, true) };
    },
    'PUT /v1.0/card/instances'({ outTrackId, cardData, privateData = {}, userIdType, cardUpdateOptions }) {
      const known = cards.get(outTrackId);
      if (!known) return refuse(400, 'param.outTrackIdNotExist');
      if (userIdType !== 1 || !cardUpdateOptions?.updateCardDataByKey)
        return refuse(400, 'param.cardUpdateOptions');
      const maps = [...(cardData ? [cardData] : []), ...Object.values(privateData as Json)];
      const bad = maps.map((map) => badParams(map?.cardParamMap)).find(Boolean);
      if (bad) return refuse(400, bad);
      apply(known.message, { cardData, privateData });
      return { body: { success: true, result: true } };
    },
    'POST /v1.0/robot/messageFiles/download'({ downloadCode, robotCode }) {
      if (robotCode !== APP.clientId || !files.has(downloadCode)) return refuse(400, 'param.downloadCode');
      return { body: { downloadUrl: `${url}/file?code=${downloadCode}` } };
    },
    'POST /topapi/v2/user/getuserinfo'({ code }) {
      const userid = codes.get(code);
      codes.delete(code);
      return { body: userid ? { errcode: 0, result: { userid } } : { errcode: 40078, errmsg: 'not a code' } };
    },
    'POST /topapi/v2/department/listsub': ({ dept_id }) => ({
      body: { errcode: 0, result: contacts.departments.filter(({ parent_id }) => parent_id === dept_id) },
    }),
    'POST /topapi/user/listid': ({ dept_id }) => ({
      body: {
        errcode: 0,
        result: {
          userid_list: contacts.users.filter((one) => one.dept === dept_id).map((one) => one.userid),
        },
      },
    }),
    'POST /topapi/v2/user/get': ({ userid }) => ({
      body: { errcode: 0, result: contacts.users.find((one) => one.userid === userid) },
    }),
    'POST /media/upload': () => ({ body: { errcode: 0, media_id: `@media${++ids}` } }),
    'POST /webhook'({ msgtype, text, markdown, at }, query) {
      const key = query.get('chat') ?? '';
      const words = { kind: msgtype, text: text?.content ?? markdown?.text };
      const named = (at?.atUserIds ?? []).filter((id: string) => words.text.includes(`@${id}`));
      post(key, { ...words, at: named });
      return { body: { errcode: 0, errmsg: 'ok' } };
    },
  };

  function delivered(outTrackId: string, success: boolean, errorMsg?: string): Json {
    return {
      success: true,
      result: { outTrackId, deliverResults: [{ success, ...(errorMsg && { errorMsg }) }] },
    };
  }

  function apply(message: Message, { cardData, privateData = {} }: Json): void {
    if (cardData) message.params = { ...message.params, ...cardData.cardParamMap };
    for (const [user, map] of Object.entries(privateData as Json))
      message.own.set(user, { ...message.own.get(user), ...map.cardParamMap });
  }

  const OPEN_TO_ALL = /oauth2|gateway|webhook/;

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(req.url ?? '/', url);
    const raw = Buffer.concat(await req.toArray());
    const body =
      /json/.test(req.headers['content-type'] ?? '') && raw.length > 0 ? JSON.parse(String(raw)) : {};
    if (req.method === 'GET' && pathname === '/file')
      return void res.end(files.get(searchParams.get('code') ?? ''));
    const fits = ({ path }: Trouble) => (path ? path.test(pathname) : !/oauth2|gateway/.test(pathname));
    const at = troubles.findIndex(fits);
    const trouble = at < 0 ? undefined : troubles.splice(at, 1)[0];
    const proof = searchParams.get('access_token') ?? req.headers['x-acs-dingtalk-access-token'];
    const proven = OPEN_TO_ALL.test(pathname) || tokens.has(String(proof));
    const run = () => {
      if (!proven) return refuse(401, 'InvalidAuthentication');
      const handler = handlers[`${req.method} ${pathname}`];
      return handler ? handler(body, searchParams) : refuse(404, 'InvalidAction.NotFound');
    };
    const own = trouble?.status !== undefined || trouble?.body !== undefined;
    const { status = 200, body: said } =
      trouble?.fail === 'cut' ? {} : own ? { status: trouble.status, body: trouble.body ?? {} } : run();
    calls.push({ path: pathname, method: req.method ?? '', body, status });
    if (trouble?.delayMs) await new Promise((resolve) => setTimeout(resolve, trouble.delayMs));
    if (trouble?.fail) return void req.socket.destroy();
    res.writeHead(status, { 'content-type': 'application/json' });
    res.end(JSON.stringify(said));
  }

  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      res.statusCode = 500;
      res.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const gateway = new WebSocketServer({ server, autoPong: false });
  gateway.on('connection', (socket, req) => {
    const ticket = new URL(req.url ?? '/', url).searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) return socket.close(4001, 'used or unknown ticket');
    opened += 1;
    sockets.add(socket);
    acks.set(socket, new Map());
    socket.on('ping', () => frozen || socket.pong());
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data) => {
      if (frozen) return;
      const ack = JSON.parse(String(data));
      acks.get(socket)?.get(ack.headers.messageId)?.(ack);
    });
  });

  /** Push one frame through one of the sockets, the newest if none is named; resolves to its acknowledgement. */
  async function push(
    type: string,
    topic: string,
    data: Json | string,
    headers: Json = {},
    through = -1,
  ): Promise<Json> {
    const messageId = headers.messageId ?? `frame-${++ids}`;
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    const frame = {
      specVersion: '1.0',
      type,
      headers: { topic, messageId, contentType: 'application/json', time: '1', ...headers },
      data: text,
    };
    const socket = [...sockets].at(through);
    if (!socket) throw new Error('nobody is connected');
    const began = performance.now();
    const answered = new Promise<Json>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no acknowledgement of ${messageId}`)), ACK_MS);
      acks.get(socket)?.set(messageId, (ack) => {
        clearTimeout(timer);
        resolve({
          ...ack,
          ms: performance.now() - began,
          answer: ack.data ? JSON.parse(ack.data) : undefined,
        });
      });
    });
    socket.send(JSON.stringify(frame));
    return answered;
  }

  return {
    url,
    calls,
    contacts,
    /** Connections that were ever opened, and those that are. */
    opened: () => opened,
    sockets: () => sockets.size,
    push,
    /** The body of a message as this DingTalk sends it. */
    messageOf: (said: Said) => messageOf(url, said),
    say: (said: Said, headers: Json = {}, through?: number) =>
      push('CALLBACK', '/v1.0/im/bot/messages/get', messageOf(url, said), headers, through),
    /** Press a button; what the acknowledgement changes, the presser sees from then on. */
    async press(
      card: string,
      user: string,
      button: string,
      params: Json = {},
      messageId?: string,
      through?: number,
    ): Promise<Json> {
      const ack = await push(
        'CALLBACK',
        '/v1.0/card/instances/callback',
        pressOf(card, user, button, params),
        messageId ? { messageId } : {},
        through,
      );
      const { cardData, userPrivateData } = ack.answer?.response ?? {};
      const message = cards.get(card)?.message;
      for (const map of [cardData, userPrivateData])
        if (message && map) apply(message, { privateData: { [user]: map } });
      return ack;
    },
    event: (eventType: string, data: Json) =>
      push('EVENT', '*', data, { eventType, eventId: `event-${++ids}`, eventCorpId: CORP }),
    /** Written as it is. */
    raw: (text: string) => {
      for (const socket of sockets) socket.send(text);
    },
    /** Say that every socket will be closed, deliver nothing more on it, and close it. */
    disconnect(closeMs = 50) {
      for (const socket of [...sockets]) {
        socket.send(
          JSON.stringify({
            type: 'SYSTEM',
            headers: { topic: 'disconnect', messageId: `d${++ids}` },
            data: '{}',
          }),
        );
        sockets.delete(socket);
        setTimeout(() => socket.close(), closeMs);
      }
    },
    drop: () => {
      for (const socket of sockets) socket.terminate();
    },
    /** Half open: sockets stay and nothing comes through them. */
    freeze: (now: boolean) => {
      frozen = now;
    },
    expireTokens: () => tokens.clear(),
    file: (code: string, bytes: Uint8Array) => void files.set(code, bytes),
    code: (code: string, staff: string) => void codes.set(code, staff),
    /** The chat `p:<staff>` or `g:<conversation>`: nothing can be sent there any more. */
    goneFrom: (id: string) => void disbanded.add(id),
    trouble: (trouble: Trouble, times = 1) => {
      for (let i = 0; i < times; i++) troubles.push(trouble);
    },
    /** What a chat shows to one of its people, oldest first. */
    seen: (key: string, user: string): readonly Message[] =>
      chat(key)
        .filter(({ only }) => !only || only.includes(user))
        .map((message) => ({ ...message, params: { ...message.params, ...message.own.get(user) } })),
    close: async () => {
      for (const socket of gateway.clients) socket.terminate();
      gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FakeDingtalk = Awaited<ReturnType<typeof startFakeDingtalk>>;
