/** The first minute of a process: its past, its address, and what it says where it cannot start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { messages } from '../../src/channels/webchat/tables.ts';
import { readConfig } from '../../src/config.ts';
import { issues, STATES } from '../../src/features/issues/model.ts';
import { tasks } from '../../src/features/tasks/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { createLog } from '../../src/lib/log.ts';
import { bundled } from '../bundle.ts';
import { WITHOUT_TSX } from '../start.ts';
import { newDatabase } from '../store/pg.ts';
import { root, tempDir } from './rig.ts';

let dir: string;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => rm(dir, { recursive: true }));

async function run(settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const args = [...WITHOUT_TSX, await bundled(join(root, 'src/main.ts'))];
  const env = { PATH: process.env.PATH, PORT: '0', DEMO_HISTORY: 'off', ...settings };
  return spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a start that fails says, errors of its log among it, and the code with which it ends. */
async function failing(settings: Readonly<Record<string, string>>): Promise<{ said: string; code: number }> {
  const child = await run(settings);
  let said = '';
  child.stderr?.on('data', (part) => {
    said += part;
  });
  let log = '';
  child.stdout?.on('data', (part) => {
    log += part;
  });
  const [code] = await once(child, 'close');
  const errors = log.split('\n').filter((one) => /"level":[56]0/.test(one));
  return { said: errors.join('\n') + said, code };
}

/** Reads on until a line fits; resolves to it. */
async function line(child: ChildProcess, fits: RegExp): Promise<string> {
  if (!child.stdout) throw new Error('nothing to read');
  for await (const text of createInterface({ input: child.stdout })) if (fits.test(text)) return text;
  throw new Error(`it ended without ${fits}`);
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

it('says in a sentence what to do where it cannot start, and ends with 1', async () => {
  const own = join(dir, 'errors');
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const sentence = (part: string) => new RegExp(`^[^\\n]*${part}[^\\n]*\\n$`);

  const busy = await failing({ DATA_DIR: own, PORT: String(port) });
  expect(busy).toEqual({ code: 1, said: expect.stringMatching(sentence(`port ${port} is taken.*PORT=`)) });
  const early = join(dir, 'early');
  const past = await failing({ DATA_DIR: early, PORT: String(port), DEMO_HISTORY: 'on' });
  expect(past).toEqual(busy);
  // Nothing was begun that takes long.
  await expect(readdir(early)).rejects.toThrow('ENOENT');
  taken.close();

  // The folder was left as it should be: it is nobody's now.
  const first = await run({ DATA_DIR: own });
  await line(first, /^http:\/\/127\.0\.0\.1:\d+$/);
  const locked = await failing({ DATA_DIR: own });
  expect(locked).toEqual({
    code: 1,
    said: expect.stringMatching(sentence('process \\d+.*stop it.*DATA_DIR')),
  });
  await killed(first);

  const city = await failing({ DATA_DIR: join(dir, 'nowhere'), CITY_DATA: join(dir, 'no-city') });
  const what = sentence('no-city.units.json cannot be read: is CITY_DATA right');
  expect(city).toEqual({ code: 1, said: expect.stringMatching(what) });

  const elsewhere = await failing({ DATA_DIR: own, HOST: '127.0.0.1', DEMO_HISTORY: 'perhaps' });
  expect(elsewhere).toEqual({ code: 1, said: expect.stringMatching(/DEMO_HISTORY: must be one of on, off/) });
});

/** The demo city as it stands in a folder, opened by a server of its own that ends again. */
async function opened(data: string, now: Date, more: Readonly<Record<string, string>> = {}) {
  const config = readConfig({ PORT: '0', DATA_DIR: data, DEMO_HISTORY: 'on', ...more });
  const app = await startApp({ config, log: createLog('silent'), now: () => now, ticking: false });
  const count = () =>
    app.store.read(async (tx) => ({
      issues: await tx.table(issues).count({ state: STATES }),
      tasks: await tx.table(tasks).count({ state: ['open', 'ended'] }),
      messages: await tx.table(messages).count(),
    }));
  const before = await count();
  await app.tick();
  const after = await count();
  await app.stop();
  return { before, after };
}

it('has a past once it has started, made whole or not at all, sent to nobody again, and once', async () => {
  const data = join(dir, 'past');
  // Killed as soon as it has begun, and again in the middle, when the first photos have been sent.
  const begun = await run({ DATA_DIR: data, DEMO_HISTORY: 'on' });
  await line(begun, /gets its past/);
  await killed(begun);
  const halfway = await run({ DATA_DIR: data, DEMO_HISTORY: 'on' });
  const folders = () => readdir(join(data, 'files')).catch(() => []);
  await expect.poll(async () => (await folders()).some((name) => /^[0-9a-f]{2}$/.test(name))).toBe(true);
  await killed(halfway);
  expect(
    (await opened(join(dir, 'none'), instant('2026-11-26', '10:00'), { DEMO_HISTORY: 'off' })).before.issues,
  ).toBe(0);

  const now = instant('2026-11-26', '10:00');
  const { before, after } = await opened(data, now);
  expect(before.issues).toBeGreaterThanOrEqual(60);
  expect(after).toEqual(before);
  const again = await opened(data, new Date(now.getTime() + 60_000));
  expect(again.before).toEqual(before);
  expect(again.after).toEqual(before);
});

it('has the same past in PostgreSQL', async () => {
  const url = { DATABASE_URL: await newDatabase() };
  const now = instant('2026-11-26', '10:00');
  const { before, after } = await opened(join(dir, 'files'), now, url);
  expect(before.issues).toBeGreaterThanOrEqual(60);
  expect(after).toEqual(before);
  expect((await opened(join(dir, 'files'), new Date(now.getTime() + 60_000), url)).after).toEqual(before);
});
