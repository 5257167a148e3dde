/** The page of a deployment: in by a link that works once, as oneself, and out again. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { conversations } from '../../src/bot/delivery/conversations.ts';
import { issueSignInLink, sessions, signInLinks } from '../../src/bot/turn/page-sessions.ts';
import { readConfig } from '../../src/config.ts';
import { members } from '../../src/features/members/model.ts';
import { createLog } from '../../src/lib/log.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { launch } from '../channels/webchat/browser.ts';
import { root, tempDir } from './rig.ts';

const browser = await launch();
if (!browser) console.warn('\n*** SKIPPED: no Chromium: the door was not opened in a browser ***\n');

const HERE = 'https://huishang.example.gov.cn';
const SECRETARY = 'huang-wenchang';
const own = (id: string) => `webchat|p:${id}`;
let dir: string;
let app: App;
let url: string;
let clock: Date;
let tokens = 0;

async function start(publicUrl: string, port = 0): Promise<App> {
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATA_DIR: dir,
    CITY_DATA: `${root}data/demo`,
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: '00000000-0000-0000-0000-000000000001',
    MicrosoftAppPassword: 'a password of the tests',
    MicrosoftAppTenantId: '00000000-0000-0000-0000-000000000002',
  });
  const started = await startApp({ config, log: createLog('silent'), now: () => clock });
  url = `http://127.0.0.1:${started.port}`;
  return started;
}

beforeAll(async () => {
  clock = new Date('2026-11-20T01:00:00Z');
  dir = await tempDir();
  app = await start(HERE);
});
beforeEach(() => {
  clock = new Date('2026-11-20T01:00:00Z');
});
afterAll(async () => {
  await app.stop();
  await rm(dir, { recursive: true });
});

async function link(person = SECRETARY): Promise<string> {
  const token = `token-${++tokens}`;
  const world = { now: clock, today: '2026-11-20', workdays: createLiveWorkdays() };
  await app.store.transaction((tx) => issueSignInLink({ ...world, tx }, token, person));
  return `/in/${token}`;
}

function send(
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${url}${path}`, { redirect: 'manual', ...init });
}
const press = (path: string, origin = HERE) => send(path, { method: 'POST', headers: { origin } });

/** Through the door; resolves to what the browser keeps. */
async function enter(person = SECRETARY): Promise<{ cookie: string; csrf: string }> {
  const response = await press(await link(person));
  expect(response.status).toBe(303);
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const session = await send('/webchat/session', { headers: { cookie } });
  return { cookie, csrf: (await session.json()).csrf };
}

const say = (headers: Record<string, string>, text = '待办', place = own(SECRETARY)) =>
  send('/webchat/text', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: HERE, ...headers },
    body: JSON.stringify({ place, id: `say-${++tokens}-00000000`, text }),
  });

describe('the board', () => {
  it('opens with a session and for its person alone, whatever the address claims', async () => {
    for (const path of ['/board', '/board/zzb/stars.5', '/board/zzb.xlsx', '/board?as=bai-zhiyuan']) {
      const shut = await send(path);
      expect([shut.status, (await shut.text()).includes('看板')], path).toEqual([403, true]);
    }
    const { cookie: secretary } = await enter();
    const text = async (path: string, cookie: string) => (await send(path, { headers: { cookie } })).text();
    expect(await text('/board', secretary)).toContain('104个（59.8%');
    const said = { title: '村口路灯坏了', star: 'pingan-fazhi', aspect: '物', source: '群众反映' };
    const { csrf, cookie } = await enter();
    const data = { ...said, details: '', urgency: '一般', branch: 'qingshan-shiqiao-liuwan' };
    const body = { place: own(SECRETARY), id: 'board-press-0000', op: 'issues.report', data };
    const headers = { cookie, 'x-csrf': csrf, origin: HERE, 'content-type': 'application/json' };
    await send('/webchat/action', { method: 'POST', headers, body: JSON.stringify(body) });
    expect(await text('/board/zzb/open', secretary)).toContain('村口路灯坏了');
    // Another one does not see it by saying who he is not.
    const other = (await enter('du-hongbin')).cookie;
    for (const claim of ['', `?as=${SECRETARY}`]) {
      const page = await text(`/board/zzb/open${claim}`, other);
      expect(page).toContain('没办完的问题');
      expect(page).not.toContain('村口路灯坏了');
      expect(page).not.toContain('as=');
    }
    for (const path of [
      '/board/%E0%A4%A',
      '/board/nobody',
      '/board/zzb/constructor',
      '/board/zzb/open?after=%0Ax',
    ])
      expect((await send(path, { headers: { cookie } })).status, path).toBe(404);
  });
});

describe('the link', () => {
  it('is only shown when it is fetched, and opens the page when it is pressed, once', async () => {
    const path = await link();
    for (let i = 0; i < 3; i++) {
      const shown = await send(path);
      expect([shown.status, shown.headers.get('set-cookie')]).toEqual([200, null]);
      const page = await shown.text();
      expect(page).toContain('打开会商');
      expect(page).toContain('<strong>黄文昌</strong>（柳湾村党支部支部书记）');
    }
    const opened = await press(path);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, `${HERE}/`]);
    const again = await press(path);
    expect([again.status, again.headers.get('set-cookie')]).toEqual([410, null]);
    expect(await again.text()).toContain('用过了');
  });

  it('ends after ten minutes, and is nothing when it was not given out', async () => {
    const path = await link();
    clock = new Date(clock.getTime() + 10 * 60_000);
    const late = await press(path);
    expect([late.status, await late.text()]).toEqual([410, expect.stringContaining('过期')]);
    expect((await press('/in/token-of-my-own')).status).toBe(403);
    expect((await press('/in/')).status).toBe(403);
    // Whoever only looks is told as well, and offered nothing to press.
    for (const [where, status] of [
      [path, 410],
      ['/in/token-of-my-own', 403],
    ] as const) {
      const shown = await send(where);
      expect([shown.status, await shown.text()]).toEqual([status, expect.not.stringContaining('<form')]);
    }
  });

  it('names its person in exactly these characters', async () => {
    const hostile = '<b>甲</b>&amp;"\'';
    const row = await app.store.read((tx) => tx.table(members).get('wang-caifeng'));
    if (!row) throw new Error('nobody of that name');
    await app.store.transaction((tx) => tx.table(members).put({ ...row, name: hostile }));
    const page = await (await send(await link('wang-caifeng'))).text();
    expect(page).toContain('&#60;b&#62;甲&#60;/b&#62;&#38;amp;&#34;&#39;');
    expect(page).not.toContain('<b>');
    const now = await app.store.read((tx) => tx.table(members).get('wang-caifeng'));
    if (now) await app.store.transaction((tx) => tx.table(members).put({ ...now, name: row.name }));
  });

  it('is not used up from another site, and two presses at once open one session', async () => {
    const path = await link();
    expect((await press(path, 'https://evil.example')).status).toBe(403);
    const site = { 'sec-fetch-site': 'cross-site' };
    expect((await send(path, { method: 'POST', headers: site })).status).toBe(403);
    const both = await Promise.all([press(path), press(path)]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  it('is kept as a hash, and so is the session', async () => {
    await press(await link());
    const rows: string[] = [];
    for await (const item of app.store.export())
      if ('row' in item && [signInLinks.name, sessions.name].includes(item.table))
        rows.push(JSON.stringify(item.row));
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.join()).not.toContain('token-');
  });
});

describe('the session', () => {
  it('is a cookie that scripts, other sites and plain HTTP do not get', async () => {
    const response = await press(await link());
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-huishang=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  it('is one person in the own chat, whatever is claimed', async () => {
    const { cookie, csrf } = await enter();
    const chats = await send('/webchat/chats?as=bai-zhiyuan', {
      headers: { cookie, 'x-person': 'bai-zhiyuan' },
    });
    const { me, chats: list } = await chats.json();
    expect([me.id, list.map(({ place }: { place: string }) => place)]).toEqual([SECRETARY, [own(SECRETARY)]]);
    expect((await say({ cookie, 'x-csrf': csrf, 'x-person': 'bai-zhiyuan' })).status).toBe(200);
    for (const place of [own('bai-zhiyuan'), 'webchat|g:qingshan-shiqiao'])
      expect((await say({ cookie, 'x-csrf': csrf }, '待办', place)).status).toBe(403);
    expect((await send('/webchat/people', { headers: { cookie } })).status).toBe(404);
    const place = await app.store.read((tx) => tx.table(conversations).get(own(SECRETARY)));
    expect(place?.person).toBe(SECRETARY);
  });

  it('takes no write without its token, with another one’s, or from another site', async () => {
    const [mine, other] = [await enter(), await enter('huang-changqing')];
    expect((await say({ cookie: mine.cookie })).status).toBe(403);
    expect((await say({ cookie: mine.cookie, 'x-csrf': 'forged' })).status).toBe(403);
    expect((await say({ cookie: mine.cookie, 'x-csrf': other.csrf })).status).toBe(403);
    expect((await say({ cookie: other.cookie, 'x-csrf': other.csrf })).status).toBe(403); // not that person's chat
    for (const origin of ['https://evil.example', 'http://huishang.example.gov.cn', 'null'])
      expect((await say({ cookie: mine.cookie, 'x-csrf': mine.csrf, origin })).status).toBe(403);
    const leave = await send('/webchat/leave', {
      method: 'POST',
      headers: { cookie: mine.cookie, origin: HERE },
    });
    expect(leave.status).toBe(403);
    expect((await say({ cookie: mine.cookie, 'x-csrf': mine.csrf })).status).toBe(200);
  });

  it('shows nothing without a cookie, or with a made-up one', async () => {
    for (const cookie of ['', '__Host-huishang=', '__Host-huishang=made-up', 'huishang=made-up']) {
      for (const path of ['session', 'chats', `messages?place=${own(SECRETARY)}`, 'stream']) {
        const response = await send(`/webchat/${path}`, { headers: { cookie } });
        expect([path, response.status]).toEqual([path, 403]);
        expect((await response.json()).message).toContain('看板');
      }
    }
  });

  it('ends when one leaves, after twelve hours, and when the person is taken off the list', async () => {
    const alive = async (cookie: string) => (await send('/webchat/chats', { headers: { cookie } })).status;
    const left = await enter();
    const headers = {
      cookie: left.cookie,
      'x-csrf': left.csrf,
      origin: HERE,
      'content-type': 'application/json',
    };
    const answer = await send('/webchat/leave', { method: 'POST', headers, body: '{}' });
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await alive(left.cookie)).toBe(403);

    const { cookie } = await enter();
    expect(await alive(cookie)).toBe(200);
    clock = new Date(clock.getTime() + 12 * 3_600_000);
    expect(await alive(cookie)).toBe(403);

    const gone = await enter('chen-delin');
    await app.store.transaction(async (tx) => {
      const row = await tx.table(members).get('chen-delin');
      if (row) await tx.table(members).delete(row);
    });
    expect(await alive(gone.cookie)).toBe(403);
  });

  it('is at most five at a time for one person', async () => {
    const opened = [];
    for (let i = 0; i < 6; i++) {
      clock = new Date(clock.getTime() + 1_000);
      opened.push(await enter('wang-haiyan'));
    }
    const states = [];
    for (const { cookie } of opened)
      states.push((await send('/webchat/chats', { headers: { cookie } })).status);
    expect(states).toEqual([403, 200, 200, 200, 200, 200]);
  });
});

it('runs no inline script and sends its forms nowhere else', async () => {
  for (const path of ['/', await link(), '/webchat/app.js', '/webchat/chats']) {
    const response = await send(path);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).toContain(path.startsWith('/in/') ? "form-action 'self'" : "form-action 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await response.text();
    if (path === '/' || path.startsWith('/in/'))
      expect(text).not.toMatch(/<script(?![^>]*src=)|style=|onclick/);
  }
});

describe.skipIf(!browser)('in a browser', () => {
  const problems: string[] = [];
  beforeAll(async () => {
    await app.stop();
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    app = await start(`http://127.0.0.1:${port}`, port);
  });
  afterAll(async () => {
    await browser?.close();
    expect(problems).toEqual([]);
  });

  for (const [size, width, height] of [
    ['desk', 1280, 800],
    ['phone', 320, 640],
  ] as const) {
    it(`one comes in by the link, works as oneself, and leaves, ${width} px wide`, async () => {
      const context = await browser?.newContext({ viewport: { width, height }, deviceScaleFactor: 2 });
      const page = await context?.newPage();
      if (!context || !page) throw new Error('no browser');
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('console', (said) => said.text().includes('Content Security') && problems.push(said.text()));
      const look = async (name: string) => {
        const wide = await page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - innerWidth);
        expect(wide, `${name} is cut off at the right`).toBeLessThanOrEqual(0);
        const folder = process.env.SHOTS;
        if (folder) await page.screenshot({ path: join(folder, `door-${size}-${name}.png`) });
      };
      const path = await link();
      await page.goto(`${url}${path}`);
      await look('1-link');
      await page.getByRole('button', { name: '打开会商' }).click();
      await page.waitForSelector('.talk:not([hidden]) .composer');
      expect(await page.evaluate(() => document.cookie)).toBe('');
      await page.fill('.composer textarea', '我的');
      await page.press('.composer textarea', 'Enter');
      await page.locator('.card').getByText('柳湾村党支部').first().waitFor();
      await look('2-office');
      const list = page.getByRole('button', { name: '退出' });
      if (!(await list.isVisible())) await page.getByRole('button', { name: /会话/ }).first().click();
      await look('3-list');
      await list.click();
      await page.getByText('发“看板”').waitFor();
      await look('4-out');
      await page.goto(`${url}${path}`);
      await page.getByText('用过了').waitFor();
      await look('5-used');
      await context.close();
    });
  }
});
