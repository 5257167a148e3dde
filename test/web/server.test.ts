/** The web server's own guard: too many requests from one address, also behind a proxy. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWeb, type Web, type WebOptions } from '../../src/web/server.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let clock = 0;
let web: Web;
let url: string;
const start = async (options: Partial<WebOptions>) => {
  web = createWeb({ log: quiet, loopbackOnly: false, elapsed: () => clock, ready: () => true, ...options });
  web.server.post('/api/messages', async (_req, res) => void res.send(200));
  url = `http://127.0.0.1:${await web.listen('127.0.0.1', 0)}`;
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
