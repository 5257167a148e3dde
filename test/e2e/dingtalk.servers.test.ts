/** Two servers over one PostgreSQL, each connected to DingTalk: it gives each message to one of them, sometimes to both. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { issues } from '../../src/features/issues/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { buttonsIn, environment, until } from '../channels/dingtalk/kit.ts';
import { filledIn } from '../dingtalk-payloads.ts';
import { type FakeDingtalk, type Message, startFakeDingtalk } from '../fake-dingtalk.ts';
import { newDatabase } from '../store/pg.ts';
import { cityOn, pressables, said } from './dingtalk.rig.ts';
import { tempDir } from './rig.ts';

const SECRETARY = 'huang-wenchang';
const [A, B] = [0, 1] as const;
/** Beside other tests a turn takes longer than it is waited for: then it is done after the acknowledgement. */
const SLOW_MS = 15_000;
const NOTHING: Message = { id: '', kind: 'text', text: '', at: [], params: {}, own: new Map() };
const errors: unknown[] = [];
const none = () => undefined;
const log = { debug: none, info: none, warn: none, error: (...what: unknown[]) => void errors.push(what) };
let fake: FakeDingtalk;
let dir: string;
const apps: App[] = [];

beforeAll(async () => {
  [fake, dir] = await Promise.all([startFakeDingtalk(), tempDir()]);
  const settings = { PORT: '0', DATA_DIR: dir, CITY_DATA: await cityOn(dir), DEMO_HISTORY: 'off' };
  const config = readConfig({
    ...settings,
    ...environment(fake, 'form'),
    DATABASE_URL: await newDatabase(),
  });
  const began = performance.now();
  const morning = instant('2026-11-20', '09:00').getTime();
  const now = () => new Date(morning + performance.now() - began);
  for (const connected of [1, 2]) {
    apps.push(await startApp({ config, log, now }));
    await until(() => fake.sockets() === connected);
  }
}, 60_000);
afterAll(async () => {
  for (const app of apps) await app.stop();
  await fake.close();
  await rm(dir, { recursive: true });
  expect(errors).toEqual([]);
});

const seen = (staff = SECRETARY) => fake.seen(`p:${staff}`, staff);
const reported = async () => {
  const where = { reporter: SECRETARY, state: ['pending' as const] };
  const query = { where, order: 'deadline', limit: 9 } as const;
  return (await apps[0]?.store.read((tx) => tx.table(issues).find(query)))?.rows ?? [];
};

/** Press 提交 on the newest form, filled in. */
async function submits(messageId: string, ...through: readonly number[]): Promise<void> {
  await until(() => seen().at(-1)?.params.form !== '', SLOW_MS);
  const form = seen().at(-1);
  const submit = buttonsIn(form?.params ?? {}).find(({ text }) => text === '提交');
  const fields = { form: filledIn(form?.params.form, { star: 'pingan-fazhi', aspect: '物' }) };
  await Promise.all(
    through.map((at) => fake.press(form?.id ?? '', SECRETARY, submit?.id, fields, messageId, at)),
  );
}

it('a message that both get is answered once, and a press that both get counts once', async () => {
  const message = { staff: SECRETARY, text: '上报 村口路灯坏了', msgId: 'to-both' };
  await Promise.all([A, B].map((at) => fake.say(message, {}, at)));
  await until(() => seen().length > 0, SLOW_MS);
  await submits('press-to-both', A, B);
  await until(() => said(seen()[0] ?? NOTHING).includes('待受理'), SLOW_MS);
  expect((await reported()).map(({ title }) => title)).toEqual(['村口路灯坏了']);
  expect(seen().filter(({ params }) => params.form)).toEqual([]);
});

it('a form that one has sent is handed in at the other', async () => {
  const before = seen().length;
  await fake.say({ staff: SECRETARY, text: '上报 井盖丢了' }, {}, A);
  await until(() => seen().length > before, SLOW_MS);
  await submits('press-at-b', B);
  await until(async () => (await reported()).length > 1, SLOW_MS);
  expect((await reported()).map(({ title }) => title).sort()).toEqual(['井盖丢了', '村口路灯坏了']);
});

it('either answers by the webhook that came to the other, at no call of the month', async () => {
  await fake.say({ staff: 'chen-delin', text: '帮助' }, {}, A);
  await until(() => seen('chen-delin').length === 1, SLOW_MS);
  const before = fake.calls.length;
  await fake.say({ staff: 'chen-delin', text: '导出审计', fields: { sessionWebhook: undefined } }, {}, B);
  await until(() => seen('chen-delin').length === 2, SLOW_MS);
  // Others hear of what was reported meanwhile.
  const calls = fake.calls.slice(before);
  const own = calls.filter(({ body }) => JSON.stringify(body).includes('chen-delin'));
  expect(own).toEqual([]);
  expect(calls.filter(({ path }) => path === '/webhook')).toHaveLength(1);
});

it('a group is greeted once, and what one of it asked is shown by either to them alone', async () => {
  const group = 'cidShiqiao0==';
  const head = 'huang-changqing';
  const shown = (staff: string) => fake.seen(`g:${group}`, staff);
  for (const [at, count] of [
    [A, 2],
    [B, 3],
  ] as const) {
    await fake.say({ staff: head, text: '待办', group }, {}, at);
    await until(() => shown(head).length === count, SLOW_MS);
  }
  expect(shown(SECRETARY)).toHaveLength(1);
  expect(
    shown(SECRETARY)
      .flatMap(pressables)
      .map(({ title }) => title),
  ).toContain('绑定本群');
});

it('one that stops leaves the other, which gets everything then', async () => {
  await apps.shift()?.stop();
  await until(() => fake.sockets() === 1, SLOW_MS);
  const before = seen().length;
  await fake.say({ staff: SECRETARY, text: '我的' });
  await until(() => seen().length > before, SLOW_MS);
  expect(said(seen().at(-1) ?? NOTHING)).toContain('柳湾');
});
