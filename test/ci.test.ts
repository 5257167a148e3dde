/**
 * What .ci/run adds to a machine, with a played apt-get: Chromium where the tests look for it, and fonts by themselves;
 * and that a test which fails fails the run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = new URL('../.ci/run', import.meta.url).pathname;
let dir: string;
let chromium: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-ci-'));
  chromium = join(dir, 'chromium');
});
afterEach(() => rm(dir, { recursive: true }));

async function command(name: string, does: string): Promise<void> {
  await writeFile(join(dir, name), `#!/bin/sh\n${does}\n`);
  await chmod(join(dir, name), 0o755);
}

/** Run it on a machine that has these; resolves to what it called in turn. `comes`: apt-get brings Chromium. */
async function run({ browser = true, fonts = true, comes = true }) {
  const called = join(dir, 'called');
  const note = `echo "$(basename "$0") $*" >> ${called}`;
  await command('npm', note);
  await command('sudo', 'exec "$@"');
  await command('fc-list', fonts ? 'echo NotoSansCJK-Regular.ttc' : '');
  await command('apt-get', `${note}\n${comes ? `touch ${chromium}; chmod +x ${chromium}` : ''}`);
  if (browser) await command('chromium', '');
  const env = { PATH: `${dir}:${process.env.PATH}`, CHROMIUM: chromium };
  const { status, stderr } = spawnSync('bash', [script], { env, encoding: 'utf8' });
  const lines = (await readFile(called, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const installed = lines.find((line) => line.startsWith('apt-get install'))?.split(' ') ?? [];
  return {
    status,
    stderr,
    installed: installed.slice(2).filter((word) => !word.startsWith('-')),
    npm: lines.filter((line) => line.startsWith('npm')),
  };
}

const ALL = ['npm ci --no-audit --no-fund', 'npm run check', 'npm test'];

it.each([
  [{}, []],
  [{ browser: false }, ['chromium']],
  [{ fonts: false }, ['fontconfig', 'fonts-noto-cjk']],
  [{ browser: false, fonts: false }, ['chromium', 'fontconfig', 'fonts-noto-cjk']],
])('of %j it installs %j, and runs everything', async (machine, expected) => {
  expect(await run(machine)).toMatchObject({ status: 0, installed: expected, npm: ALL });
});

it('does not run without a browser: the tests would skip the page and pass', async () => {
  const ran = await run({ browser: false, comes: false });
  expect(ran).toMatchObject({ status: 1, npm: [] });
  expect(ran.stderr).toContain(`no Chromium at ${chromium}`);
});

it.each([
  ['postgres:', '1 passed', 0],
  ['mysql:', '1 failed', 1],
])('ends as its tests do, also when PostgreSQL was started: %s %s', async (KIND, counts, status) => {
  const root = new URL('..', import.meta.url).pathname;
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/ending/vitest.config.ts'];
  const run = spawn(process.execPath, [...args, '--root', root], {
    cwd: root,
    env: { ...process.env, KIND },
  });
  const ended = once(run, 'exit');
  const said = (await run.stdout.setEncoding('utf8').toArray()).join('');
  expect(said).toContain(counts);
  expect(await ended).toEqual([status, null]);
});
