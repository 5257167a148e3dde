/** The Teams channel: receives Bot Framework activities at POST /api/messages and sends through the connector. */

import type { Request, Response } from 'restify';
import type { Bot } from '../../bot/bot.ts';
import type { RenderAdaptive } from '../../bot/cards/adaptive.ts';
import type { Capabilities, Channel, Look } from '../../bot/delivery/channel.ts';
import { type Answer, type Attachment, type Inbound, turnId } from '../../bot/turn/inbound.ts';
import type { Credentials } from '../../config.ts';
import type { Limits } from '../../lib/limiter.ts';
import type { Log } from '../../lib/log.ts';
import { within } from '../../lib/within.ts';
import { BodyError, readJson } from '../../web/body.ts';
import type { Web } from '../../web/server.ts';
import { type Activity, inThread, parseActivity, referenceOf } from './activity.ts';
import { type Authentication, createAdapter } from './adapter.ts';
import { fetchableFiles } from './attachments.ts';
import { cloudOf } from './clouds.ts';
import { isLoopbackUrl, isOurTenant, isServiceUrl, mayBeChannelToken } from './guard.ts';
import { remembering } from './known-tokens.ts';
import { createMuteConsole } from './mute-console.ts';
import { ROSTER, TEAMS } from './place.ts';
import { receive } from './receive.ts';
import { createSender, messageOf, pressResponse, type Render, searchResponse } from './send.ts';

export interface TeamsOptions {
  readonly bot: Bot;
  readonly render: RenderAdaptive;
  readonly web: Web;
  readonly log: Log;
  /** Absent on one's own machine: then only loopback is talked to, in both directions. */
  readonly credentials?: Credentials;
  /** Hosts that activities may ask to be answered at, beside those of the bot's cloud; lower case. */
  readonly serviceHosts?: readonly string[];
  readonly now: () => Date;
  /** For tests only: checks tokens against a local key server instead of Microsoft's. */
  readonly authentication?: Authentication;
  /** For tests only: how long a request of ours may take; 10 s. */
  readonly timeoutMs?: number;
}

/** What Teams takes of one bot: per thread, and 50 requests a second per app and tenant. */
const LIMITS: Limits = {
  perPlace: [
    { count: 7, ms: 1_000 },
    { count: 8, ms: 2_000 },
    { count: 60, ms: 30_000 },
    { count: 1_800, ms: 3_600_000 },
  ],
  total: [{ count: 50, ms: 1_000 }],
};
/**
 * Teams refuses messages of about 100 KB, so ours keep below 80 KB; a summary and the names of the viewers go with the
 * card. Of what is looked up it shows 15.
 */
const CAPABILITIES: Capabilities = {
  bytes: 66_000,
  choices: 15,
  viewers: 60,
  update: true,
  mentions: true,
  files: true,
  aside: true,
  batch: 1,
  idempotent: false,
  notifies: true,
  holdsBack: false,
};
const MOST_BYTES = 256 * 1024;
const TIMEOUT_MS = 10_000;
const TYPING_AFTER_MS = 1_000;
const SORRY = '出了点问题，请稍后再试。';

class Refusal extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 413 | 415 | 503,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Mount the channel on the web server. */
export function createTeams(options: TeamsOptions): Channel {
  const { bot, web, log, credentials, now, timeoutMs = TIMEOUT_MS } = options;
  const cloud = cloudOf(credentials);
  const adapter = createAdapter(credentials, timeoutMs, options.authentication);
  const render: Render = (card, around) => options.render(card, CAPABILITIES.bytes, around);
  const sender = createSender(adapter, credentials === undefined, now, render);
  const muteConsole = createMuteConsole();
  const authenticate = remembering(adapter.authenticate, () => now().getTime());

  web.server.post('/api/messages', async (req: Request, res: Response) => {
    try {
      const activity = parseActivity(await bodyOf(req));
      if (!activity) throw new Refusal(400, 'bad_request', 'The body is not an activity that this bot takes');
      await admit(activity, req.headers.authorization ?? '');
      // Answers go into the conversation, from any server and again after a fault; never into the response.
      if (isWaitingForReplies(activity)) throw new Refusal(400, 'bad_request', 'No such deliveryMode here');
      const { status, body } = await take(activity);
      if (body === undefined) res.send(status);
      else res.send(status, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      log.info({ status: error.status, reason: error.message }, 'activity refused');
      if (error.status === 503) res.setHeader('Retry-After', '10');
      res.send(error.status, { code: error.code, message: error.message });
    }
  });

  /** Let an activity in, or throw the refusal. */
  async function admit(activity: Activity, authorization: string): Promise<void> {
    if (!credentials) {
      if (isLoopbackUrl(activity.serviceUrl)) return;
      throw new Refusal(403, 'forbidden', 'Without credentials the serviceUrl must be on this machine');
    }
    if (!isServiceUrl(activity.serviceUrl, cloud, options.serviceHosts ?? []))
      throw new Refusal(403, 'forbidden', 'The serviceUrl is not one of Teams (see TEAMS_SERVICE_HOSTS)');
    if (!mayBeChannelToken(authorization, cloud)) throw unauthorized();
    try {
      await within(
        timeoutMs,
        muteConsole(() => authenticate(activity, authorization)),
      );
    } catch (error) {
      if (isTheirFault(error)) {
        log.info({ err: error }, 'token not accepted');
        throw unauthorized();
      }
      // Closed, but not for good: who sent it may send it again.
      log.error({ err: error }, 'token not checked: the keys cannot be fetched');
      throw new Refusal(503, 'unavailable', 'The keys that tokens are signed with cannot be fetched now');
    }
    if (!isOurTenant(activity, credentials)) throw new Refusal(403, 'forbidden', 'Another tenant');
  }

  /** Run what an activity asks for; the status and body to answer with. */
  async function take(activity: Activity): Promise<{ status: number; body?: unknown }> {
    const received = receive(activity, now());
    if (received.kind === 'malformed') throw new Refusal(400, 'bad_request', 'The press cannot be read');
    if (received.kind === 'look') return { status: 200, body: await lookFor(received.look) };
    if (received.kind === 'unknown') return { status: 501 };
    if (received.kind === 'query')
      return { status: 200, body: searchResponse(await bot.search(received.query)) };
    if (received.kind === 'event') {
      // Not taken in, it may be told again: the answer is an error then.
      await bot.chatEvent(received.event);
      return { status: 200 };
    }
    if (received.kind !== 'inbound') return { status: 200 };
    const { inbound } = received;
    if (inbound.kind === 'action' && inbound.inline)
      return { status: 200, body: await answerInPlace(inbound) };
    await answerInChat(inbound, activity, fetchableFiles(activity, adapter, credentials === undefined));
    return { status: 200 };
  }

  /** The card drawn for one person; when there is none, the client keeps the one that it has. */
  async function lookFor(look: Look): Promise<unknown> {
    try {
      const shown = await bot.look(look);
      if (shown?.card) return pressResponse(shown, render);
    } catch (error) {
      log.error({ err: error }, 'card not refreshed');
    }
    return {
      statusCode: 404,
      type: 'application/vnd.microsoft.error',
      value: { code: 'NotFound', message: SORRY },
    };
  }

  /** The reply is out before the request is answered, unless the connector is slow: then the outbox goes on. */
  async function answerInChat(
    inbound: Inbound,
    activity: Activity,
    files: readonly Attachment[],
  ): Promise<void> {
    const turn = turnId(inbound);
    const here = inThread(referenceOf(activity), inbound.place.thread);
    const say = (said: Parameters<typeof adapter.post>[1]) => adapter.post(here, said);
    const typing = setTimeout(() => {
      if (!bot.spare(inbound.channel, inbound.place.key)) return;
      say({ type: 'typing' }).catch((error: unknown) => log.debug({ turn, err: error }, 'typing not shown'));
    }, TYPING_AFTER_MS);
    try {
      const { scope, shown } = await answer(inbound, files);
      // Words that are in no outbox (the store is down) are said at once.
      if (scope === 'words') await say(messageOf(shown, activity, render));
    } catch (error) {
      log.error({ turn, err: error }, 'reply not out yet');
    } finally {
      clearTimeout(typing);
    }
  }

  async function answerInPlace(inbound: Inbound): Promise<unknown> {
    const { scope, shown } = await answer(inbound);
    return pressResponse(scope === 'card' || scope === 'mine' ? shown : { text: shown.text }, render);
  }

  /** The kernel promises not to reject; if it does, the person still hears something. */
  async function answer(inbound: Inbound, files: readonly Attachment[] = []): Promise<Answer> {
    try {
      return await bot.handle(inbound, files);
    } catch (error) {
      log.error({ turn: turnId(inbound), err: error }, 'turn failed');
      return { scope: 'words', shown: { text: SORRY }, refused: true };
    }
  }

  return {
    name: TEAMS,
    title: 'Teams',
    people: 'accounts',
    roster: ROSTER,
    capabilities: CAPABILITIES,
    limits: LIMITS,
    send: (place, shown) => sender.post(place, shown),
    update: async (place, message, shown) => {
      await sender.post(place, shown, message);
    },
  };
}

async function bodyOf(req: Request): Promise<unknown> {
  try {
    return await readJson(req, MOST_BYTES);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    const code = { 400: 'bad_request', 413: 'too_large', 415: 'unsupported_media_type' }[error.status];
    throw new Refusal(error.status, code, error.message);
  }
}

/** `expectReplies` and `stream` want the answers in the response; a press is answered there anyway. */
function isWaitingForReplies({ type, deliveryMode }: Activity): boolean {
  return type !== 'invoke' && !['', 'normal', 'notification'].includes(deliveryMode?.toLowerCase() ?? '');
}

function unauthorized(): Refusal {
  return new Refusal(401, 'unauthorized', 'The request needs a token of the Bot Framework');
}

function isTheirFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, statusCode } = error as Error & { statusCode?: unknown };
  return statusCode === 401 || name === 'JsonWebTokenError' || name === 'NotBeforeError';
}
