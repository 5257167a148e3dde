/**
 * The Stream: one socket that DingTalk pushes through, so that nobody needs to reach us. One loop connects, with ever
 * longer pauses while that fails; the next socket is open before the one that is to go is closed; one that is dead
 * without saying so is found out.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Log } from '../../lib/log.ts';
import { within } from '../../lib/within.ts';
import type { Client } from './client.ts';
import { CARD, type Frame, parseFrame, ROBOT } from './frames.ts';

export interface Stream {
  /** Connect, and keep connected until `stop`. */
  start(): void;
  /** Take nothing new; resolves when what is under way has been acknowledged and all sockets are closed. */
  stop(): Promise<void>;
}

export interface StreamParts {
  readonly client: Pick<Client, 'open'>;
  readonly log: Log;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  /** Handles one frame; resolves to what its acknowledgement holds. Rejects when it was not taken: it will come again. */
  readonly take: (frame: Frame) => Promise<object>;
  /** Told how many sockets are open. */
  readonly connected?: (sockets: number) => void;
  readonly times?: Partial<StreamTimes>;
}

/** Milliseconds. */
export interface StreamTimes {
  readonly ping: number;
  readonly firstPause: number;
  readonly longestPause: number;
  /** A socket that lived so long was fine: the next pause is a short one again. */
  readonly settled: number;
  readonly connect: number;
}

const TIMES: StreamTimes = {
  ping: 20_000,
  firstPause: 1_000,
  longestPause: 60_000,
  settled: 30_000,
  connect: 10_000,
};
/** Pings without an answer after which a socket is dead. */
const MISSES = 2;
const SUBSCRIPTIONS = [
  { type: 'EVENT', topic: '*' },
  { type: 'CALLBACK', topic: ROBOT },
  { type: 'CALLBACK', topic: CARD },
];
const MOST_BYTES = 1024 * 1024;
/** How long acknowledgements are waited for at the end. */
const STOP_MS = 2_000;

export function createStream({ client, log, elapsed, take, connected, times }: StreamParts): Stream {
  const { ping, firstPause, longestPause, settled, connect } = { ...TIMES, ...times };
  const sockets = new Set<WebSocket>();
  const underWay = new Set<Promise<void>>();
  const ended = new AbortController();
  const leaving = new WeakSet<WebSocket>();
  let looping: Promise<void> | undefined;

  async function loop(): Promise<void> {
    let failures = 0;
    let before: WebSocket | undefined;
    while (!ended.signal.aborted) {
      try {
        const socket = await openSocket();
        const began = elapsed();
        // The one before gets nothing more; what it brought is acknowledged on it as long as it lasts.
        if (before) closeSoon(before);
        before = socket;
        log.info({ sockets: sockets.size }, 'connected to DingTalk');
        const why = await over(socket);
        if (ended.signal.aborted) break;
        failures = elapsed() - began >= settled ? 0 : failures + 1;
        log.info({ why }, 'connecting to DingTalk again');
      } catch (error) {
        if (ended.signal.aborted) break;
        failures += 1;
        log.warn({ err: error, failures }, 'no connection to DingTalk');
      }
      if (failures > 0) await pause(failures);
    }
  }

  async function pause(failures: number): Promise<void> {
    const ms = Math.min(firstPause * 2 ** Math.min(failures - 1, 10), longestPause);
    await sleep(ms * (0.5 + Math.random() / 2), undefined, { signal: ended.signal }).catch(() => undefined);
  }

  async function openSocket(): Promise<WebSocket> {
    const { endpoint, ticket } = await client.open({
      ua: 'huishang',
      localIp: '127.0.0.1',
      subscriptions: SUBSCRIPTIONS,
    });
    const url = new URL(String(endpoint));
    const local = url.protocol === 'ws:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    if (!local && url.protocol !== 'wss:') throw new Error('the gateway named an address without TLS');
    url.searchParams.set('ticket', String(ticket));
    const socket = new WebSocket(url, { handshakeTimeout: connect, maxPayload: MOST_BYTES });
    // Before anything else is heard: a frame may come with the handshake.
    socket.on('message', (data) => hear(socket, String(data)));
    await once(socket, 'open', { signal: ended.signal }).catch((error) => {
      // What is cut off while it connects says so once more.
      socket.on('error', () => undefined).terminate();
      throw error;
    });
    socket.on('error', (error) => log.warn({ err: error }, 'the connection to DingTalk failed'));
    keep(socket);
    return socket;
  }

  /** Watch over a socket that is open. */
  function keep(socket: WebSocket): void {
    sockets.add(socket);
    connected?.(sockets.size);
    let missed = 0;
    const alive = () => {
      missed = 0;
    };
    socket.on('pong', alive);
    socket.on('message', alive);
    const beat = setInterval(() => {
      if (missed >= MISSES) {
        socket.terminate();
        return;
      }
      missed += 1;
      socket.ping();
    }, ping);
    socket.once('close', () => {
      clearInterval(beat);
      sockets.delete(socket);
      connected?.(sockets.size);
    });
  }

  /** Resolves once this socket is closed, or will be. */
  function over(socket: WebSocket): Promise<string> {
    return new Promise((resolve) => {
      if (socket.readyState !== WebSocket.OPEN || leaving.has(socket)) resolve('at once');
      socket.once('close', () => resolve('closed'));
      socket.once(LEAVING, () => resolve('told to'));
    });
  }

  function closeSoon(socket: WebSocket): void {
    void Promise.allSettled([...underWay]).then(() => socket.close());
  }

  function hear(socket: WebSocket, text: string): void {
    if (ended.signal.aborted) return;
    const frame = parseFrame(text);
    if (!frame) {
      log.warn({ bytes: text.length }, 'DingTalk sent what is no frame');
      return;
    }
    const { type, headers, data } = frame;
    if (type === 'SYSTEM' && headers.topic === 'ping')
      acknowledge(socket, headers.messageId, 200, data ?? '');
    else if (type === 'SYSTEM' && headers.topic === 'disconnect') {
      leaving.add(socket);
      socket.emit(LEAVING);
    } else if (type !== 'SYSTEM') {
      const work = answer(socket, frame).finally(() => underWay.delete(work));
      underWay.add(work);
    }
  }

  async function answer(socket: WebSocket, frame: Frame): Promise<void> {
    const { messageId } = frame.headers;
    try {
      acknowledge(socket, messageId, 200, JSON.stringify(await take(frame)));
    } catch (error) {
      log.error({ err: error, messageId }, 'not taken from DingTalk, it will come again');
      acknowledge(socket, messageId, 500, JSON.stringify({ status: 'LATER', message: '' }));
    }
  }

  function acknowledge(socket: WebSocket, messageId: string, code: number, data: string): void {
    if (socket.readyState !== WebSocket.OPEN) {
      log.warn({ messageId }, 'too late to acknowledge, it will come again');
      return;
    }
    const headers = { messageId, contentType: 'application/json' };
    socket.send(JSON.stringify({ code, message: code === 200 ? 'OK' : 'FAILED', headers, data }));
  }

  return {
    start() {
      looping ??= loop();
    },
    async stop() {
      ended.abort();
      await within(STOP_MS, Promise.allSettled([...underWay])).catch(() => undefined);
      for (const socket of sockets) socket.terminate();
      await looping;
    },
  };
}

/** DingTalk said that it will close this socket. */
const LEAVING = 'leaving';
