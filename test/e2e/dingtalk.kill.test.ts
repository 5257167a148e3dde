/** kill -9 while presses arrive: what was acknowledged is done, what was not comes again, and each is done once. */
import { rm } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { engineOf, openStore } from '../../src/engine.ts';
import { issues } from '../../src/features/issues/model.ts';
import { buttonsIn, environment, until } from '../channels/dingtalk/kit.ts';
import { filledIn } from '../dingtalk-payloads.ts';
import { type FakeDingtalk, type Message, startFakeDingtalk } from '../fake-dingtalk.ts';
import { cityOn } from './dingtalk.rig.ts';
import { spawnApp, tempDir } from './rig.ts';

const SECRETARY = 'huang-wenchang';
const COUNT = 16;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let fake: FakeDingtalk;
let dir: string;
afterEach(async () => {
  await fake.close();
  await rm(dir, { recursive: true });
});

it('loses no report and makes none twice', { timeout: 60_000 }, async () => {
  fake = await startFakeDingtalk();
  dir = await tempDir();
  const settings = { ...environment(fake, 'form'), CITY_DATA: await cityOn(dir) };
  const start = () => spawnApp(dir, settings);
  let app = await start();
  await until(() => fake.sockets() === 1, 20_000);
  for (let n = 0; n < COUNT; n++) await fake.say({ staff: SECRETARY, text: `上报 第${n}盏灯` });
  const forms = fake.seen(`p:${SECRETARY}`, SECRETARY).filter(({ params }) => params.form);
  expect(forms).toHaveLength(COUNT);

  const press = (message: Message) => {
    const submit = buttonsIn(message.params).find(({ text }) => text === '提交');
    const form = filledIn(message.params.form, { star: 'pingan-fazhi', aspect: '物' });
    return fake.press(message.id, SECRETARY, submit?.id, { form });
  };
  const first = forms.map(press);
  let acknowledged = 0;
  for (const one of first)
    one.then(
      () => void acknowledged++,
      () => undefined,
    );
  // In the middle: some are done, some under way, some not yet looked at.
  await until(() => acknowledged >= 2, 20_000);
  await app.kill();
  const outcome = await Promise.allSettled(first);
  const missed = forms.filter((_, i) => outcome[i]?.status === 'rejected');
  console.info(`killed after ${COUNT - missed.length} of ${COUNT} presses were acknowledged`);

  app = await start();
  await until(() => fake.sockets() === 1, 20_000);
  // DingTalk sends again what was not acknowledged, in new frames; and some that were.
  for (const message of [...missed, ...forms.slice(0, 2)])
    expect(await press(message)).toMatchObject({ code: 200 });
  await app.kill();

  const config = readConfig({ DATA_DIR: dir });
  const store = await openStore(config, engineOf(config), quiet);
  const { rows } = await store.read((tx) =>
    tx
      .table(issues)
      .find({ where: { reporter: SECRETARY, state: ['pending'] }, order: 'deadline', limit: 100 }),
  );
  await store.close();
  expect(rows.map(({ title }) => title).sort()).toEqual(forms.map((_, n) => `第${n}盏灯`).sort());
});
