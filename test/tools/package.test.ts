/** The Teams app as `npm run package` makes it: what is in it, whose words it says, what is refused. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRouter } from '../../src/bot/turn/router.ts';
import { features } from '../../src/features/index.ts';
import { buildApp, type Install, PackageError, zipApp } from '../../src/tools/manifest.ts';
import type { Json } from '../fake-connector.ts';

const root = new URL('../..', import.meta.url).pathname;
const install: Install = {
  appId: '11111111-2222-4333-8444-555555555555',
  version: '1.2.3',
  url: 'https://huishang.example.gov.cn',
  developer: '示范市',
};
const operations = features.flatMap((feature) => feature.operations);

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-package-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function unpacked(changes: Partial<Install> = {}): Promise<{ manifest: Json; english: Json }> {
  const files = unzipSync(zipApp(await buildApp(features, { ...install, ...changes })));
  const json = (name: string) => JSON.parse(Buffer.from(files[name] ?? []).toString('utf8'));
  return { manifest: json('manifest.json'), english: json('en-us.json') };
}

async function problems(changes: Partial<Install>): Promise<string> {
  return buildApp(features, { ...install, ...changes }).then(
    () => '',
    (error: PackageError) => error.message,
  );
}

describe('the Teams app', () => {
  it('is a manifest, its English words and two icons, which Microsoft’s schema takes', async () => {
    const files = await buildApp(features, install);
    expect(Object.keys(unzipSync(zipApp(files)))).toEqual([
      'manifest.json',
      'en-us.json',
      'color.png',
      'outline.png',
    ]);
  });

  it('names the bot everywhere and asks for nothing that it does not need', async () => {
    const { manifest } = await unpacked();
    expect(manifest).toMatchObject({
      id: install.appId,
      version: '1.2.3',
      bots: [{ botId: install.appId, scopes: ['personal', 'team', 'groupChat'], supportsFiles: true }],
      validDomains: ['huishang.example.gov.cn'],
      developer: { name: '示范市', websiteUrl: install.url },
    });
    expect(JSON.stringify(manifest)).not.toMatch(/resourceSpecific|\.Read\.|webApplicationInfo/);
  });

  it('offers commands in the features’ own words, and each of them calls its operation', async () => {
    const { manifest, english } = await unpacked();
    const router = createRouter(features);
    const [bot] = manifest.bots;
    expect(bot.commandLists.map(({ scopes }: Json) => scopes)).toEqual([
      ['personal'],
      ['groupChat'],
      ['team'],
    ]);
    for (const [list, { commands }] of bot.commandLists.entries()) {
      expect(commands.length).toBeGreaterThan(3);
      expect(commands.length).toBeLessThanOrEqual(10);
      for (const [at, { title, description }] of commands.entries()) {
        const operation = operations.find(({ words }) => words?.[0] === title);
        expect(description).toBe(operation?.help);
        const plain = english[`bots[0].commandLists[${list}].commands[${at}].title`];
        expect([router.byText(title)?.op, router.byText(plain)?.op]).toEqual([operation, operation]);
      }
    }
  });

  it('is the same bytes again, in another time zone too', async () => {
    const print = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const here = print(zipApp(await buildApp(features, { ...install, developer: '会商' })));
    for (const TZ of ['Asia/Shanghai', 'America/Los_Angeles']) {
      const out = join(dir, `${TZ.replace('/', '-')}.zip`);
      const ran = run(['--version', '1.2.3', '--out', out], {
        TZ,
        MicrosoftAppId: install.appId,
        PUBLIC_URL: install.url,
      });
      expect([ran.status, ran.stderr]).toEqual([0, '']);
      expect(print(await readFile(out))).toBe(here);
    }
  });

  it('says everything that is wrong at once, in words', async () => {
    const ran = run(['--url', 'http://plain.example', '--out', join(dir, 'no.zip')]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('MicrosoftAppId (or --app-id) must be');
    expect(ran.stderr).toContain('must be an https address');
    expect(ran.stderr).not.toMatch(/^\s+at /m);
    expect(await problems({ version: '1', developer: '' })).toMatch(/--version[\s\S]*--developer/);
    expect(await problems({ privacy: 'privacy.html' })).toContain('--privacy');
    expect(await problems({})).toBe('');
  });

  it('is not made when a command is offered that no feature has', async () => {
    const without = features.filter(({ name }) => name !== 'issues');
    await expect(buildApp(without, install)).rejects.toThrow('names issues.draft, which is no operation');
  });

  it('is held to the schema of its version', async () => {
    const long = features.map((feature) => ({
      ...feature,
      operations: feature.operations.map((operation) => ({ ...operation, help: '长'.repeat(5_000) })),
    }));
    await expect(buildApp(long, install)).rejects.toThrow(PackageError);
    // Microsoft's own limit on a website's address; nothing of ours looks at it.
    expect(await problems({ website: `https://x.example/${'a'.repeat(3_000)}` })).toContain(
      'manifest.json/developer/websiteUrl',
    );
  });
});

function run(args: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'src/tools/package.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
}
