/** Pages inside DingTalk: a form and the chat page open as oneself; an address acts for nobody. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { APP } from '../fake-dingtalk.ts';
import { type DingtalkRig, pressables, said, startDingtalkRig } from './dingtalk.rig.ts';

const HERE = 'https://huishang.example.gov.cn';
let rig: DingtalkRig;
beforeAll(async () => {
  rig = await startDingtalkRig({ tier: 'basic', env: { PUBLIC_URL: HERE, HOST: '127.0.0.1' } });
});
afterAll(() => rig.end());

let codes = 0;
/** What DingTalk's browser is given for whoever looks. */
function codeOf(staff: string): string {
  const code = `code-${++codes}`;
  rig.fake.code(code, staff);
  return code;
}

async function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${rig.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: HERE, ...headers },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, html: await response.text(), location: response.headers.get('location') };
}

/** The path of the page behind 填写, as DingTalk opens it. */
function pathOf(url = ''): string {
  expect(url).toMatch(/^dingtalk:\/\/dingtalkclient\/page\/link\?/);
  const page = new URL(url).searchParams.get('url') ?? '';
  expect(page.startsWith(`${HERE}/dingtalk/form/`)).toBe(true);
  return page.slice(HERE.length);
}

const hidden = (html: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
const all = () =>
  rig.app.store.read(async (tx) => {
    const where = { reporter: 'huang-wenchang', state: ['pending'] as const };
    return (await tx.table(issues).find({ where, order: 'deadline', limit: 10 })).rows;
  });

it('a form is filled in by the one whose it is, and by nobody else who has its address', async () => {
  const secretary = rig.person('huang-wenchang');
  const card = await secretary.says('上报 村口路灯坏了');
  const path = pathOf(pressables(card).find(({ title }) => title === '填写')?.url);
  const shell = await fetch(`${rig.url}${path}`);
  expect(shell.status).toBe(200);
  const html = await shell.text();
  // Who holds the address learns nothing of the form.
  expect(html).not.toContain('村口路灯坏了');
  expect(html).toContain(APP.clientId);
  expect(shell.headers.get('content-security-policy')).not.toContain('unsafe-inline');

  expect(await post(path, { code: codeOf('huang-changqing') })).toMatchObject({ status: 403 });
  expect(await post(path, { code: codeOf('nobody-known') })).toMatchObject({ status: 403 });
  expect(await post(path, { code: 'made-up' })).toMatchObject({ status: 403 });
  expect(await post(path.slice(0, -1), { code: codeOf('huang-wenchang') })).toMatchObject({ status: 403 });

  const used = codeOf('huang-wenchang');
  const opened = await post(path, { code: used });
  expect(opened.status).toBe(200);
  expect(opened.html).toContain('value="村口路灯坏了"');
  expect(await post(path, { code: used })).toMatchObject({ status: 403 });
  // What may be left out says so once, what is filled in does not.
  expect(opened.html).toMatch(/<label>详情<textarea[^>]*placeholder="可不填/);
  expect(opened.html).toContain('<label>来源<select');
  const [ticket, button] = [hidden(opened.html, 'ticket'), hidden(opened.html, 'button')];
  const filled = {
    title: '村口路灯坏了<b>',
    star: 'pingan-fazhi',
    aspect: '',
    source: '群众反映',
    urgency: '一般',
  };
  expect(await post(path, { ticket: `${ticket}x`, button, ...filled })).toMatchObject({ status: 403 });
  expect(await post(path, { ticket, button, ...filled }, { origin: 'https://evil.example' })).toMatchObject({
    status: 403,
  });
  expect(await all()).toEqual([]);
  // What does not fit is said, and what was typed is still there.
  const again = await post(path, { ticket, button, ...filled });
  expect(again.html).toContain('请改一下');
  expect(again.html).toContain('村口路灯坏了&#60;b&#62;');
  const done = await post(path, { ticket, button, ...filled, aspect: '物' });
  expect(done.html).toContain('WT-2026-0001');
  expect(await all()).toMatchObject([{ title: '村口路灯坏了<b>', aspect: '物' }]);
  await post(path, { ticket, button, ...filled, aspect: '物' });
  expect(await all()).toHaveLength(1);
  await rig.app.pump();
  // In the chat the form has become the card of the issue.
  expect(said(secretary.messages().find(({ id }) => id === card.id) ?? card)).toContain('待受理');
});

it('a ticket for one form opens no other, and ends', async () => {
  const secretary = rig.person('huang-wenchang');
  const first = pathOf(
    pressables(await secretary.says('上报 一')).find(({ title }) => title === '填写')?.url,
  );
  const ticket = hidden((await post(first, { code: codeOf('huang-wenchang') })).html, 'ticket');
  const second = pathOf(
    pressables(await secretary.says('上报 二')).find(({ title }) => title === '填写')?.url,
  );
  expect(await post(second, { ticket, button: 'x' })).toMatchObject({ status: 403 });
});

it('the chat page opens as oneself', async () => {
  const shell = await (await fetch(`${rig.url}/dingtalk`)).text();
  expect(shell).toContain('login.js');
  const script = await fetch(`${rig.url}/dingtalk/login.js`);
  expect(script.status).toBe(200);
  expect((await script.text()).length).toBeGreaterThan(1_000);
  expect(await post('/dingtalk', { code: codeOf('nobody-known') })).toMatchObject({ status: 403 });
  const { status, location } = await post('/dingtalk', { code: codeOf('huang-wenchang') });
  expect(status).toBe(303);
  const door = await fetch(`${rig.url}${(location ?? '').slice(HERE.length)}`);
  expect(await door.text()).toContain('黄文昌');
});

it('over HTTP, too, only what DingTalk signed is heard, and each message once', async () => {
  const secretary = rig.person('chen-delin');
  const hear = (
    body: object,
    secret: string = APP.clientSecret,
    at = Date.parse('2026-11-20T09:00:00+08:00'),
  ) => {
    const timestamp = String(at);
    const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
    return fetch(`${rig.url}/api/dingtalk`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', timestamp, sign },
      body: JSON.stringify(body),
    });
  };
  const message = rig.fake.messageOf({ staff: 'chen-delin', text: '待办', msgId: 'over-http' });
  expect((await hear(message, 'another secret')).status).toBe(401);
  expect((await hear(message, APP.clientSecret, Date.parse('2026-11-20T07:30:00+08:00'))).status).toBe(401);
  expect((await fetch(`${rig.url}/api/dingtalk`, { method: 'POST', body: '{}' })).status).toBe(401);
  expect(secretary.messages()).toEqual([]);
  for (let again = 0; again < 2; again++) expect((await hear(message)).status).toBe(200);
  await rig.app.pump();
  expect(secretary.messages()).toHaveLength(1);
});

it('codes that are made up cost only so many calls', async () => {
  const before = rig.fake.calls.length;
  for (let n = 0; n < 100; n++) await post('/dingtalk', { code: `made-up-${n}` });
  expect(rig.fake.calls.length - before).toBeLessThanOrEqual(60);
  rig.errors.length = 0;
});
