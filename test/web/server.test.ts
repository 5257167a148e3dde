/** The web server's own guards: too many requests from one address, connections that are held, bodies that do not come. */
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Request, Response } from 'restify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BodyError, readBody, readJson } from '../../src/web/body.ts';
import { createWeb, type Web, type WebOptions } from '../../src/web/server.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let clock = 0;
let web: Web;
let url: string;
let port: number;
const start = async (options: Partial<WebOptions>) => {
  web = createWeb({
    log: quiet,
    loopbackOnly: false,
    elapsed: () => clock,
    health: async () => 'ok',
    ...options,
  });
  web.server.post('/api/messages', async (_req, res) => void res.send(200));
  const answer = (read: (req: Request) => Promise<unknown>) => async (req: Request, res: Response) => {
    try {
      res.send(200, await read(req));
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      res.send(error.status);
    }
  };
  web.server.post(
    '/large',
    answer(async (req) => ({ size: (await readBody(req, 100)).length })),
  );
  web.server.post(
    '/json',
    answer(async (req) => ({ got: await readJson(req, 100) })),
  );
  port = await web.listen('127.0.0.1', 0);
  url = `http://127.0.0.1:${port}`;
};
beforeEach(() => {
  clock = 0;
});
afterEach(() => web.close());

async function statuses(
  times: number,
  headers: Record<string, string> = {},
  path = '/healthz',
  method = 'GET',
) {
  const seen = new Map<number, number>();
  for (let n = 0; n < times; n += 50) {
    const some = Array.from({ length: Math.min(50, times - n) }, () =>
      fetch(url + path, { method, headers }),
    );
    for (const { status } of await Promise.all(some)) seen.set(status, (seen.get(status) ?? 0) + 1);
  }
  return Object.fromEntries(seen);
}

describe('one address', () => {
  it('may ask 3,000 times a minute, and goes on when the minute does', async () => {
    await start({});
    expect(await statuses(3_010)).toEqual({ 200: 3_000, 429: 10 });
    const refused = await fetch(`${url}/healthz`);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await refused.json()).message).toMatch(/。$/);
    // What Teams delivers comes from few addresses.
    expect(await statuses(20, {}, '/api/messages', 'POST')).toEqual({ 200: 20 });
    // A header is only believed from behind a proxy.
    expect(await statuses(1, { 'x-forwarded-for': '10.0.0.9' })).toEqual({ 429: 1 });
    clock = 1_000;
    expect(await statuses(60)).toEqual({ 200: 50, 429: 10 });
  });

  it('is the one that the proxy saw, not what was written before it', async () => {
    await start({ proxied: true });
    expect(await statuses(3_001, { 'x-forwarded-for': '10.0.0.1' })).toEqual({ 200: 3_000, 429: 1 });
    expect(await statuses(1, { 'x-forwarded-for': '10.0.0.2' })).toEqual({ 200: 1 });
    expect(await statuses(1, { 'x-forwarded-for': '10.0.0.2, 10.0.0.1' })).toEqual({ 429: 1 });
  });

  it('is everybody’s on one’s own machine, and not limited', async () => {
    await start({ loopbackOnly: true });
    expect(await statuses(3_100)).toEqual({ 200: 3_100 });
  });
});

describe('an address', () => {
  it('where nothing is says so in words, as a page to whoever looks', async () => {
    await start({});
    for (const [path, method, status] of [
      ['/baord', 'GET', 404],
      ['/healthz', 'DELETE', 405],
    ] as const) {
      const answer = await fetch(`${url}${path}`, { method });
      expect([answer.status, await answer.json()]).toEqual([
        status,
        { code: 'not_found', message: expect.stringMatching(/^没有这一页。/) },
      ]);
      const page = await fetch(`${url}${path}`, { method, headers: { accept: 'text/html,*/*;q=0.8' } });
      expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
      expect(await page.text()).toContain('<p>没有这一页。');
    }
  });

  it('is asked for its head as for what is there, and no body comes', async () => {
    await start({});
    const { socket, heard } = await open(`HEAD /healthz HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    expect(await heard).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
    socket.destroy();
  });
});

/** A connection on which this was written; `heard` is all that comes back until the server ends it. */
async function open(bytes: string): Promise<{ socket: Socket; heard: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(bytes);
  return { socket, heard: text(socket).catch(() => 'cut') };
}

const held = () =>
  new Promise<number>((resolve) => web.server.server.getConnections((_, count) => resolve(count)));
const head = 'Host: 127.0.0.1\r\n';
const half = `POST /json HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"a":`;
const trickling = (size: number) =>
  `POST /large HTTP/1.1\r\n${head}Content-Length: ${size}\r\nConnection: close\r\n\r\n`;

describe('a connection', () => {
  it('that asks for another protocol is answered and ended', async () => {
    await start({});
    const ask = `GET / HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    const all = await Promise.all(Array.from({ length: 300 }, () => open(ask)));
    for (const { heard } of all) expect(await heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(await held()).toBe(0);
  });

  it.each([
    ['half a body', half],
    ['half a body that nobody reads', half.replace('/json', '/nothing')],
    ['half a file', half.replace('/json', '/large')],
    ['half a head', `GET /healthz HTTP/1.1\r\n${head}X-Half: `],
    ['nothing', ''],
  ])('on which %s comes ends after a while', async (_what, bytes) => {
    await start({ limits: { arrivalMs: 100 } });
    await (await open(bytes)).heard;
    expect(await held()).toBe(0);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('on which a file trickles has as long again for each piece', async () => {
    await start({ limits: { arrivalMs: 2_000 } });
    const { socket, heard } = await open(trickling(25));
    for (let piece = 0; piece < 25; piece += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.write('x');
    }
    expect(await heard).toContain('{"size":25}');
  });

  it('on which a file trickles for ever ends all the same', async () => {
    await start({ limits: { longestMs: 300, arrivalMs: 250 } });
    const { socket, heard } = await open(trickling(99));
    const trickle = setInterval(() => socket.write('x'), 50);
    expect(await heard).not.toContain('size');
    clearInterval(trickle);
  });

  it('on which nobody takes the answer ends after a while', async () => {
    await start({ limits: { stalledMs: 200 } });
    web.server.get('/much', async (_req, res) => void res.sendRaw(200, 'x'.repeat(2 ** 25)));
    const socket = connect(port, '127.0.0.1').pause();
    socket.write(`GET /much HTTP/1.1\r\n${head}\r\n`);
    await expect.poll(held).toBe(1);
    await expect.poll(held, { timeout: 5_000 }).toBe(0);
    socket.destroy();
  });

  it('that only waits gives way when there are too many', async () => {
    await start({ limits: { connections: 3 } });
    const waiting = await open(`GET /healthz HTTP/1.1\r\n${head}\r\n`);
    await new Promise((resolve) => waiting.socket.once('data', resolve));
    const busy = [await open(half), await open(half)];
    expect(await (await open(`GET /healthz HTTP/1.1\r\n${head}\r\n`)).heard).not.toContain('200 OK');
    expect(await waiting.heard).toContain('200 OK');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const { socket } of busy) socket.destroy();
  });
});

describe('a body', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/json`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it('is the JSON that was sent, of a modest size and depth', async () => {
    await start({});
    expect(await (await post('{"a":[1,"会商"]}')).json()).toEqual({ got: { a: [1, '会商'] } });
    expect((await post(nested(32))).status).toBe(200);
    for (const [body, status, headers] of [
      [nested(33), 400],
      ['{"a":', 400],
      ['', 400],
      [JSON.stringify('x'.repeat(99)), 413],
      ['{}', 415, { 'content-type': 'text/plain' }],
      ['{}', 415, { 'content-encoding': 'gzip' }],
    ] as const)
      expect((await post(body, headers)).status, body).toBe(status);
  });

  it('that turns out to be too large is answered all the same', async () => {
    await start({});
    const chunked = `POST /large HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    const pieces = `32\r\n${'x'.repeat(50)}\r\n`.repeat(3);
    expect(await (await open(`${chunked}${pieces}0\r\n\r\n`)).heard).toMatch(/^HTTP\/1\.1 413 /);
  });
});
