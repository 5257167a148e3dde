/** The DingTalk channel: hears through the Stream (and over HTTP), answers presses in their acknowledgement. */
import type { Bot } from '../../bot/bot.ts';
import type { Capabilities, Channel } from '../../bot/delivery/channel.ts';
import type { DingtalkCredentials } from '../../config.ts';
import type { Limits } from '../../lib/limiter.ts';
import type { Log } from '../../lib/log.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Web } from '../../web/server.ts';
import { createCallCount } from './call-count.ts';
import { createCards } from './cards.ts';
import { createClient } from './client.ts';
import { CARD, type Frame, ROBOT } from './frames.ts';
import { createHandling } from './handling.ts';
import { mountHttp } from './http.ts';
import { createIntake } from './intake.ts';
import { mountPages, type People } from './pages.ts';
import type { Tier } from './params.ts';
import { DINGTALK, personalPlace, rosterColumn } from './place.ts';
import { BATCH, createSender } from './send.ts';
import { createStream, type StreamTimes } from './stream.ts';
import { dingtalkTables } from './tables.ts';
import { createWebhooks } from './webhooks.ts';

export interface DingtalkOptions {
  readonly bot: Bot;
  readonly store: Pick<Store, 'transaction' | 'read'>;
  readonly web: Web;
  readonly log: Log;
  readonly credentials: DingtalkCredentials;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  /** Where people reach this server, without a slash at the end; without it there are no pages. */
  readonly publicUrl?: string;
  /** Names a text for good, so that nobody else can: links to forms. */
  readonly sign: (text: string) => string;
  readonly people: People;
  readonly metrics: {
    calls(channel: string, used: number, most: number): void;
    connections(channel: string, open: number): void;
  };
  /** Tells the organiser, once for each `key`. */
  readonly warn: (tx: Tx, words: string, key: string) => Promise<void>;
  /** For tests: other times than DingTalk's. */
  readonly timeoutMs?: number;
  readonly soonMs?: number;
  readonly times?: Partial<StreamTimes>;
}

export interface DingtalkChannel extends Channel {
  /** Connect; resolves at once. */
  start(): Promise<void>;
  /** Do what was acknowledged and is not done, once nobody works on it any more; it looks by itself, too. */
  resume(): Promise<void>;
  /** End what is under way, and the connection. */
  stop(): Promise<void>;
}

/** 20 requests a second of one app; a message of the robot is at most 15,000 bytes. */
const LIMITS: Limits = { perPlace: [], total: [{ count: 20, ms: 1_000 }] };
const CAPABILITIES = {
  bytes: 15_000,
  choices: 0,
  viewers: 60,
  update: false,
  mentions: false,
  files: true,
  givesFiles: true,
  batch: BATCH,
  idempotent: false,
  notifies: true,
  holdsBack: false,
} as const satisfies Capabilities;
const TIMEOUT_MS = 10_000;

/** Opens an address in a window of DingTalk itself, where it can be asked who looks; elsewhere it could not. */
function insideDingtalk(url: string): string {
  return `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent(url)}&popup_wnd=true`;
}

/** Build the channel and mount its routes. Nothing is heard until `start`. */
export function createDingtalk(options: DingtalkOptions): DingtalkChannel {
  const { bot, store, web, log, credentials, now, elapsed, metrics, timeoutMs = TIMEOUT_MS } = options;
  const { cardTemplate, basicTemplate } = credentials;
  const tier: Tier = cardTemplate ? 'form' : basicTemplate ? 'basic' : 'words';
  const calls = createCallCount({
    store,
    log,
    now,
    most: credentials.monthlyCalls,
    seen: (used, most) => metrics.calls(DINGTALK, used, most),
    warn: options.warn,
  });
  const client = createClient({ credentials, elapsed, timeoutMs, counted: calls.counted });
  const webhooks = createWebhooks(now);
  const { publicUrl } = options;
  // The signature makes the address one that nobody can guess; who fills it in, DingTalk says.
  const formUrl = (form: string) =>
    publicUrl && insideDingtalk(`${publicUrl}/dingtalk/form/${form}.${options.sign(`form ${form}`)}`);
  const robotCode = () => handling.robotCode();
  const template = cardTemplate ?? basicTemplate;
  const cards =
    tier === 'words' || template === undefined
      ? undefined
      : createCards({
          client,
          store,
          bot,
          template,
          options: { tier, valueBytes: credentials.valueBytes, formUrl },
          robotCode,
          now,
        });
  const handling = createHandling({ bot, store, client, cards, credentials, log, now });
  const intake = createIntake({
    store,
    log,
    now,
    work: handling.work,
    ...(options.soonMs !== undefined && { soonMs: options.soonMs }),
  });
  const sender = createSender({
    client,
    store,
    cards,
    calls,
    webhooks,
    robotCode,
    formUrl,
    log,
    now,
  });

  /** What the acknowledgement of a frame holds. */
  async function take({ type, headers, data, errCode }: Frame): Promise<object> {
    const { topic = '', messageId, eventType, eventId, eventCorpId } = headers;
    if (errCode !== null && errCode !== undefined) {
      // Over the month's quota of pushes they come without content.
      log.error({ errCode, messageId }, 'DingTalk kept the content of a push back');
      return {};
    }
    const content = data ?? '';
    if (type === 'EVENT') {
      const id = `event:${eventId || messageId}`;
      await handling.event({ type: eventType ?? '', corp: eventCorpId ?? undefined, data: content, id });
      return { status: 'SUCCESS', message: '' };
    }
    if (topic === ROBOT) {
      await intake.take({ id: messageId, topic, data: content });
      return { response: null };
    }
    if (topic === CARD)
      return { response: (await intake.take({ id: messageId, topic, data: content })) ?? {} };
    log.warn({ topic, type }, 'DingTalk sent what nobody asked for');
    return {};
  }

  const stream = createStream({
    client,
    log,
    elapsed,
    take,
    connected: (open) => metrics.connections(DINGTALK, open),
    ...(options.times && { times: options.times }),
  });
  mountHttp({ web, log, now, secret: credentials.clientSecret, take: intake.take });
  if (publicUrl !== undefined)
    mountPages({ ...options, client, publicUrl, corp: handling.corp, handle: handling.fromPage });

  return {
    name: DINGTALK,
    title: '钉钉',
    people: 'accounts',
    roster: rosterColumn(credentials.corpId),
    // A card can point somebody out and be for one of a group; words cannot, but where somebody has just written.
    capabilities: { ...CAPABILITIES, ...(cards ? { update: true, mentions: true, aside: true } : {}) },
    limits: LIMITS,
    tables: dingtalkTables,
    personalPlace,
    send: sender.send,
    update: sender.update,
    async start() {
      await calls.refresh();
      intake.start();
      stream.start();
    },
    resume: intake.resume,
    async stop() {
      await stream.stop();
      await intake.stop();
      await calls.flush();
    },
  };
}
