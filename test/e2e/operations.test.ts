/** What whoever runs the server sees of it: its numbers, and how it stops. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { readConfig } from '../../src/config.ts';
import { openStore } from '../../src/engine.ts';
import { instant } from '../../src/lib/dates.ts';
import { createMetrics, mountMetrics } from '../../src/web/metrics.ts';
import { createWeb } from '../../src/web/server.ts';
import { executes, type FakeConnector, says, startFakeConnector } from '../fake-connector.ts';
import { accountOf, postTo, type Rig, spawnApp, startRig, tempDir } from './rig.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const open = (dir: string) => openStore(readConfig({ DATA_DIR: dir }), 'lowdb', quiet);

/** The samples of a scrape, by name and labels as they are written. */
async function scrape(url: string, headers: Record<string, string> = {}): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain');
  const samples = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at))];
    }),
  );
}

describe('/metrics', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ now: () => instant('2026-11-20', '09:00') });
  });
  afterAll(() => rig.close());

  it('counts turns, sends, commits and what waits', async () => {
    const secretary = rig.person('huang-wenchang');
    await secretary.says('帮助');
    await secretary.says('受理 WT-2026-9999');
    rig.connector.trouble({ status: 503 });
    await rig.post(says(secretary.from, '待办'));
    const numbers = await scrape(rig.url);
    expect(numbers.get('huishang_turn_seconds_count{channel="teams",outcome="done"}')).toBe(2);
    expect(numbers.get('huishang_turn_seconds_count{channel="teams",outcome="refused"}')).toBe(1);
    expect(numbers.get('huishang_sends_total{channel="teams",kind="reply",result="sent"}')).toBe(2);
    expect(numbers.get('huishang_sends_total{channel="teams",kind="reply",result="retry"}')).toBe(1);
    expect(numbers.get('huishang_outbox_messages')).toBe(1);
    expect(numbers.get('huishang_outbox_oldest_seconds')).toBe(0);
    expect(numbers.get('huishang_store_commit_seconds_count')).toBeGreaterThanOrEqual(6);
    expect(numbers.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(numbers.has('huishang_scheduler_lag_seconds')).toBe(true);
  });

  it('is for those who have the token, and for nobody where there is none', async () => {
    const away = () => Promise.reject(new Error('the store is away'));
    const metrics = createMetrics(away, () => ({ tickAge: 7, failing: true, serial: false }), quiet);
    const served = async (options: { token?: string; open: boolean }) => {
      const web = createWeb({ log: quiet, loopbackOnly: false, health: async () => 'ok' });
      mountMetrics({ web, metrics, ...options });
      return { web, url: `http://127.0.0.1:${await web.listen('127.0.0.1', 0)}` };
    };
    const shut = await served({ open: false });
    expect((await fetch(`${shut.url}/metrics`)).status).toBe(403);
    const kept = await served({ open: true, token: 'a-long-secret-word' });
    expect((await fetch(`${kept.url}/metrics`)).status).toBe(401);
    const wrong = { authorization: 'Bearer a-long-secret-worD' };
    expect((await fetch(`${kept.url}/metrics`, { headers: wrong })).status).toBe(401);
    const numbers = await scrape(kept.url, { authorization: 'Bearer a-long-secret-word' });
    expect(numbers.get('huishang_outbox_messages')).toBeNaN();
    expect([numbers.get('huishang_last_tick_seconds'), numbers.get('huishang_store_failing')]).toEqual([
      7, 1,
    ]);
    await Promise.all([shut, kept].map(({ web }) => web.close()));
  });
});

describe('SIGTERM', () => {
  let connector: FakeConnector;
  let dir: string;
  beforeAll(async () => {
    connector = await startFakeConnector();
    dir = await tempDir();
  });
  afterAll(async () => {
    await connector.close();
    await rm(dir, { recursive: true });
  });

  it('lets turns and sends under way end, gives claims back and exits with 0', async () => {
    const app = await spawnApp(dir, {}, { sources: true });
    const from = (id: string) => ({ serviceUrl: connector.url, ...accountOf(id), conversation: `a:${id}` });
    await postTo(app.url, says(from('huang-changqing'), '帮助'));
    await postTo(app.url, says(from('huang-wenchang'), '帮助'));
    connector.reset();

    // Every send takes a while from here on; the press is answered at once, what it told others is on its way.
    connector.trouble({ delayMs: 1_000 }, 50);
    const report = { title: '路灯', star: 'pingan-fazhi', aspect: '物' };
    await postTo(app.url, executes(from('huang-wenchang'), '', 'issues.report', report));
    const typed = postTo(app.url, says(from('huang-wenchang'), '待办'));
    await expect.poll(() => connector.calls.length).toBeGreaterThanOrEqual(2);
    const gone = once(app.process, 'exit');
    app.process.kill('SIGTERM');
    expect((await typed).status).toBe(200);
    expect(await gone).toEqual([0, null]);

    const store = await open(dir);
    const count = (state: 'sending' | 'unsure' | 'sent') =>
      store.read((tx) => tx.table(outbox).count({ state }));
    expect([await count('sending'), await count('unsure')]).toEqual([0, 0]);
    expect(await count('sent')).toBeGreaterThanOrEqual(1);
    await store.close();
  });

  it('does not wait for everything that is due: that is the next server’s', async () => {
    const id = 'msteams|a:busy';
    const at = new Date().toISOString();
    const store = await open(dir);
    await store.transaction(async (tx) => {
      const reference = { channelId: 'msteams', serviceUrl: connector.url, conversation: { id: 'a:busy' } };
      const place = {
        ...newConversation,
        id,
        channel: 'teams',
        kind: 'group' as const,
        at,
      };
      await tx.table(conversations).put({ ...place, ref: reference });
      for (let n = 0; n < 200; n += 1) {
        await tx.table(outbox).put({
          ...{ id: `due-${n}`, kind: 'notice', person: null, place: id, reply: { text: `第${n}条` } },
          ...{ lines: [], later: null, from: null, instead: null, state: 'due', due: at, attempts: 0, at },
          ...{ day: '', week: '', error: null },
        });
      }
    });
    await store.close();
    connector.reset();
    const app = await spawnApp(dir);
    // The scheduler has begun; Teams' limits make it take minutes.
    await expect.poll(() => connector.calls.length).toBeGreaterThan(2);
    const gone = once(app.process, 'exit');
    app.process.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);

    const after = await open(dir);
    const count = (state: 'due' | 'sending') => after.read((tx) => tx.table(outbox).count({ state }));
    expect(await count('sending')).toBe(0);
    expect(await count('due')).toBeGreaterThan(100);
    await after.close();
  });
});

describe('an empty store', () => {
  it('takes the invented city for somebody’s own only with a warning', async () => {
    const dir = await tempDir();
    const warned: unknown[] = [];
    const log = { ...quiet, warn: (...what: unknown[]) => void warned.push(what.at(-1)) };
    const start = async (more: Record<string, string>) => {
      const config = readConfig({
        PORT: '0',
        HOST: '127.0.0.1',
        DATA_DIR: dir,
        DEMO_HISTORY: 'off',
        ...more,
      });
      await (await startApp({ config, log })).stop();
    };
    const teams = { MicrosoftAppId: 'app', MicrosoftAppPassword: 'secret', MicrosoftAppTenantId: 'tenant' };
    await start(teams);
    expect(warned).toEqual([expect.stringContaining('set CITY_DATA')]);
    // It is there now: whoever starts again was told.
    await start(teams);
    await rm(dir, { recursive: true });
    await start({});
    expect(warned).toHaveLength(1);
    await rm(dir, { recursive: true });
  });
});
