/**
 * Posts to a connector: one request on a kept-open connection, with a deadline, never tried again, never redirected.
 * The SDK's own client spends three times as long on each message, most of it in copying the card (test/bench).
 */
import { type Agent, type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { fieldsIn } from '../../lib/json.ts';

/** The address of a service, taken apart once. `path` ends in a slash. */
export interface Address {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly search: string;
}

/** How to talk to one service. */
export interface Connector {
  readonly where: Address;
  readonly userAgent: string;
  /** Keeps the connections to it, maybe through a proxy. */
  readonly agent: Agent;
  /**
   * The header that proves who we are; undefined where nobody asks.
   * @param fresh the last one was not accepted: fetch another, whatever the clock says
   */
  authorization(fresh?: boolean): Promise<string | undefined>;
}

/**
 * How far a request came: `token`: it could not be proven who we are. `connect`: nobody was reached, so nothing was
 * sent. `sent`: it left, at least in part, and no answer came. `answered`: see the status.
 */
export type Stage = 'token' | 'connect' | 'sent' | 'answered';

/** Why a message was not taken, or a file not given. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly stage: Stage = 'sent';
  /** Of the answer; absent when none came. */
  readonly statusCode?: number;
  /** The service's word for it, or Node's (`ECONNREFUSED` …). */
  readonly code?: string;
  readonly retryAfter?: string;

  constructor(
    message: string,
    fields: Partial<Pick<ConnectorError, 'stage' | 'statusCode' | 'code' | 'retryAfter'>>,
  ) {
    super(message);
    Object.assign(this, fields);
  }
}

const IDLE_MS = 30_000;
/** An id or an error; more than this is neither. */
const MOST_BYTES = 64 * 1024;

/** Agents that keep connections open, for services with and without TLS. */
export function createAgents(): { readonly plain: Agent; readonly secure: Agent } {
  const options = { keepAlive: true, timeout: IDLE_MS };
  return { plain: new HttpAgent(options), secure: new HttpsAgent(options) };
}

/** @throws TypeError when it is no URL */
export function addressOf(serviceUrl: string): Address {
  const { protocol, hostname, port, pathname, search } = new URL(serviceUrl);
  return {
    secure: protocol === 'https:',
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: pathname.endsWith('/') ? pathname : `${pathname}/`,
    search,
  };
}

interface Said {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
  /** Whether we showed who we are. */
  readonly proven: boolean;
}

/**
 * POST an activity into a conversation, or PUT it in place of another one; resolves to its id, '' when the answer names
 * none. Rejects with ConnectorError.
 */
export async function send(
  connector: Connector,
  conversation: string,
  activity: object,
  { replaced, only }: { readonly replaced?: string | undefined; readonly only?: string | undefined },
  timeoutMs: number,
): Promise<string> {
  const to = `v3/conversations/${encodeURIComponent(conversation)}/activities`;
  const [method, path] =
    replaced === undefined ? ['POST', to] : ['PUT', `${to}/${encodeURIComponent(replaced)}`];
  const query = only === undefined ? undefined : 'isTargetedActivity=true';
  const request = { method: method ?? '', path: path ?? '', query, body: JSON.stringify(activity) };
  let answer = await exchange(connector, request, timeoutMs);
  // The token may have been taken back, or be older than our clock believes: once more, with a new one.
  if (answer.status === 401 && answer.proven)
    answer = await exchange(connector, { ...request, fresh: true }, timeoutMs);
  const { status, text, retryAfter } = answer;
  // Of a proxy's page the status says enough.
  const said = fieldsIn(text);
  if (status >= 200 && status < 300) return typeof said.id === 'string' ? said.id : '';
  const { code, message } = (said.error ?? {}) as { code?: unknown; message?: unknown };
  throw new ConnectorError(typeof message === 'string' ? message : `answered with ${status}`, {
    stage: 'answered',
    statusCode: status,
    ...(typeof code === 'string' && { code }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

function searchWith(search: string, query: string | undefined): string {
  return query === undefined ? search : `${search === '' ? '?' : `${search}&`}${query}`;
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly query?: string | undefined;
  readonly body: string;
  readonly fresh?: boolean;
}

/** The deadline is for all of it: the token may have to be fetched first. */
function exchange(
  { where, agent, userAgent, authorization }: Connector,
  { method, path, query, body, fresh = false }: Outgoing,
  timeoutMs: number,
): Promise<Said> {
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined;
    let over = false;
    let stage: Stage = 'token';
    const end = (settle: () => void) => {
      over = true;
      clearTimeout(timer);
      settle();
    };
    const timer = setTimeout(() => {
      end(() => reject(new ConnectorError(`no answer within ${timeoutMs} ms`, { stage, code: 'timeout' })));
      request?.destroy();
    }, timeoutMs);
    const fail = ({ message, code }: NodeJS.ErrnoException) =>
      end(() => reject(new ConnectorError(message, { stage, ...(code !== undefined && { code }) })));

    authorization(fresh).then(
      (proof) => {
        if (over) return;
        stage = 'connect';
        const options = {
          hostname: where.hostname,
          port: where.port,
          path: `${where.path}${path}${searchWith(where.search, query)}`,
          method,
          agent,
          headers: {
            accept: 'application/json',
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
            'user-agent': userAgent,
            ...(proof !== undefined && { authorization: proof }),
          },
        };
        request = (where.secure ? httpsRequest : httpRequest)(options, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            if (text.length < MOST_BYTES) text += part;
          });
          const { statusCode: status = 0, headers } = response;
          const said = { status, retryAfter: headers['retry-after'], proven: proof !== undefined };
          response.on('end', () => end(() => resolve({ ...said, text })));
          response.on('error', fail);
        });
        request.on('error', fail);
        request.on('socket', (socket) => {
          const ready = () => {
            stage = 'sent';
          };
          // One that was kept open takes what is written at once.
          if (socket.connecting) socket.once(where.secure ? 'secureConnect' : 'connect', ready);
          else ready();
        });
        request.end(body);
      },
      // What the SDK throws holds the request and our secret: its words are enough.
      (error: unknown) => end(() => reject(noToken(error))),
    );
  });
}

/** That there is no token: the words of the library that asks for it, and its code. */
export function noToken(error: unknown): ConnectorError {
  const { message, errorCode, code } = (error ?? {}) as Record<string, unknown>;
  const known = errorCode ?? code;
  const words = String(message ?? error);
  return new ConnectorError(words, { stage: 'token', ...(known !== undefined && { code: String(known) }) });
}
