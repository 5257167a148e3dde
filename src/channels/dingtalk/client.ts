/** Calls to DingTalk: one shared token, at most so many a second, each with a deadline, none repeated but for a token. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SendError } from '../../bot/delivery/channel.ts';
import type { DingtalkCredentials } from '../../config.ts';
import { AppError } from '../../lib/errors.ts';
import { sayTooLarge } from '../../lib/filelimits.ts';
import { fieldsIn } from '../../lib/json.ts';
import { createLimiter } from '../../lib/limiter.ts';
import { sendErrorOf, unreached } from './errors.ts';

/** What comes back: fields of whatever shape. */
// biome-ignore lint/suspicious/noExplicitAny: each caller looks at the few fields that it knows
export type Json = Record<string, any>;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: Json | FormData;
}

export interface Client {
  /** A call of the new API, by its path: `/v1.0/…`. Rejects with SendError. */
  api(path: string, call: Call): Promise<Json>;
  /** A call of the old API, by its path: `/topapi/…`. */
  oapi(path: string, call: Call): Promise<Json>;
  /** Say something in the chat that a webhook stands for; costs no call of the month. */
  webhook(url: string, body: Json): Promise<void>;
  /** The content at an address that DingTalk named, at most so many bytes. */
  download(url: string, mostBytes: number): Promise<Uint8Array>;
  /** Upload a file of at most 20 MB; resolves to its id in messages. */
  upload(name: string, bytes: Uint8Array): Promise<string>;
  /** Where Stream connections begin. */
  open(body: Json): Promise<Json>;
}

export interface ClientParts {
  readonly credentials: DingtalkCredentials;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  readonly timeoutMs: number;
  /** Counts one call of the month. */
  readonly counted: () => void;
}

/** Of one app and one API. */
const PER_API = { count: 20, ms: 1_000 };
/** A token is fetched again so long before it ends. */
const EARLY_MS = 300_000;
const TOKEN_REFUSED = new Set(['InvalidAuthentication', '40014', '42001', '40001']);
/** Whoever names an address by which we answer must be DingTalk. */
const THEIRS = /(?:^|\.)(?:dingtalk\.com|dingtalkapps\.com|aliyuncs\.com|alicdn\.com)$/i;

interface Token {
  readonly value: string;
  readonly until: number;
}

interface Answered {
  readonly status: number;
  readonly json: Json;
}

export function createClient({ credentials, elapsed, timeoutMs, counted }: ClientParts): Client {
  const { api, oapi, clientId, clientSecret } = credentials;
  const limiter = createLimiter({ perPlace: [PER_API], total: [] });
  let token: Promise<Token> | undefined;

  /** Wait for room, then one request; what is answered, whatever it says. */
  async function exchange(
    url: string,
    { method = 'POST', body }: Call,
    headers: Json = {},
  ): Promise<Answered> {
    const json = body !== undefined && !(body instanceof FormData);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(json && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: json ? JSON.stringify(body) : (body as FormData) }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      // Of a proxy's page the status says enough.
      return { status: response.status, json: fieldsIn(await response.text()) };
    } catch (error) {
      throw unreached(error);
    }
  }

  async function room(api: string): Promise<void> {
    for (let ms = limiter.take(api, elapsed()); ms > 0; ms = limiter.take(api, elapsed())) await sleep(ms);
    limiter.sent(api, elapsed());
  }

  async function fetchToken(): Promise<Token> {
    const body = { appKey: clientId, appSecret: clientSecret };
    const { status, json } = await exchange(`${api}/v1.0/oauth2/accessToken`, { body }).catch((error) => {
      // Nothing was sent yet.
      throw new SendError('retry', `no token: ${error instanceof Error ? error.message : error}`);
    });
    if (status === 200 && typeof json.accessToken === 'string')
      return {
        value: json.accessToken,
        until: elapsed() + Number(json.expireIn ?? 7_200) * 1_000 - EARLY_MS,
      };
    const refused = refusalIn(status, json);
    throw new SendError(
      status >= 500 || status === 429 ? 'retry' : 'configuration',
      `no token: ${refused?.code ?? status}`,
    );
  }

  /** One fetch for all who ask meanwhile. `stale`: the one that was not accepted. */
  async function currentToken(stale?: string): Promise<string> {
    const known = await token?.catch(() => undefined);
    if (!known || known.value === stale || known.until <= elapsed()) {
      // Whoever waited for the same may have begun already.
      const mine = token;
      if (mine === undefined || (await mine.catch(() => undefined)) === known) token = fetchToken();
    }
    return (await (token as Promise<Token>)).value;
  }

  async function call(base: string, path: string, how: Call): Promise<Json> {
    const old = base === oapi;
    const attempt = async (proof: string) => {
      await room(path);
      counted();
      const url = old
        ? `${base}${path}${path.includes('?') ? '&' : '?'}access_token=${proof}`
        : `${base}${path}`;
      return exchange(url, how, old ? {} : { 'x-acs-dingtalk-access-token': proof });
    };
    let proof = await currentToken();
    let { status, json } = await attempt(proof);
    if (status === 401 || TOKEN_REFUSED.has(String(refusalIn(status, json)?.code))) {
      proof = await currentToken(proof);
      ({ status, json } = await attempt(proof));
    }
    const refused = refusalIn(status, json);
    if (refused) throw sendErrorOf(refused);
    return json;
  }

  /** @throws SendError for an address that is not DingTalk's */
  function theirs(url: string): string {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const played =
      parsed && [api, oapi].some((base) => new URL(base).origin === parsed.origin && /^http:/i.test(base));
    if (
      parsed &&
      !parsed.username &&
      (played || (parsed.protocol === 'https:' && THEIRS.test(parsed.hostname)))
    )
      return url;
    throw new SendError('refused', 'an address that is not one of DingTalk');
  }

  return {
    api: (path, how) => call(api, path, how),
    oapi: (path, how) => call(oapi, path, how),
    async upload(name, bytes) {
      const body = new FormData();
      body.append('media', new Blob([new Uint8Array(bytes)]), name);
      const { media_id: id } = await call(oapi, '/media/upload?type=file', { body });
      return String(id ?? '');
    },
    async webhook(url, body) {
      const { status, json } = await exchange(theirs(url), { body });
      const refused = refusalIn(status, json);
      if (refused) throw sendErrorOf(refused);
    },
    async download(url, most) {
      const response = await fetch(theirs(url), {
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok || !response.body) throw new SendError('retry', `no file: ${response.status}`);
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of response.body) {
        size += part.length;
        if (size > most) throw new AppError('invalid', sayTooLarge(undefined, most));
        parts.push(part);
      }
      return Buffer.concat(parts);
    },
    async open(body) {
      const how = { body: { ...body, clientId, clientSecret } };
      const { status, json } = await exchange(`${api}/v1.0/gateway/connections/open`, how);
      const refused = refusalIn(status, json);
      if (refused) throw sendErrorOf(refused);
      return json;
    },
  };
}

/** The refusal in an answer: 200 may hold one, too. Undefined when it was taken. */
export function refusalIn(status: number, json: Json) {
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (json.punish !== undefined || json.status === 1111)
    return { status, code: text(json.status ?? '1111'), message: text(json.punish) };
  const code = text(json.code ?? json.errcode);
  const message = text(json.message ?? json.errmsg);
  const fine = status >= 200 && status < 300 && (code === '' || code === '0') && json.success !== false;
  return fine ? undefined : { status, code: code === '0' ? '' : code, message };
}
