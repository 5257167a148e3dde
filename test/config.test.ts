/** The environment: safe defaults, everything wrong said at once. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

const bot = {
  MicrosoftAppId: 'id',
  MicrosoftAppPassword: 'secret',
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppTenantId: 't',
};

describe('configuration', () => {
  it('runs on this machine only when nothing is set', () => {
    expect(readConfig({})).toMatchObject({ port: 3978, host: '127.0.0.1', logLevel: 'info' });
    for (const nothing of [{}, { PORT: '', MicrosoftAppId: ' ' }])
      expect(readConfig(nothing)).toMatchObject({ demo: true, credentials: {} });
  });

  it('has a past for the invented city, where it is tried', () => {
    expect(readConfig({}).demoHistory).toBe(true);
    expect(readConfig({ DEMO_HISTORY: 'off' }).demoHistory).toBe(false);
    expect(readConfig({ CITY_DATA: 'elsewhere' }).demoHistory).toBe(false);
    expect(readConfig(bot).demoHistory).toBe(false);
    for (const env of [bot, { CITY_DATA: 'elsewhere' }])
      expect(() => readConfig({ ...env, DEMO_HISTORY: 'on' })).toThrow(
        /DEMO_HISTORY=on: only the invented city/,
      );
  });

  it('takes the address where people reach it, without the slash at its end', () => {
    expect(readConfig({}).publicUrl).toBeUndefined();
    expect(readConfig({ PUBLIC_URL: ' https://h.example/bot/ ' }).publicUrl).toBe('https://h.example/bot');
  });

  it('listens everywhere with credentials', () => {
    expect(readConfig(bot)).toMatchObject({
      host: '0.0.0.0',
      demo: false,
      credentials: { teams: { type: 'SingleTenant', appId: 'id', tenantId: 't' } },
    });
    const msi = readConfig({
      MicrosoftAppId: 'id',
      MicrosoftAppType: 'UserAssignedMsi',
      MicrosoftAppTenantId: 't',
    });
    expect(msi.credentials.teams).toEqual({ type: 'UserAssignedMsi', appId: 'id', tenantId: 't' });
  });

  it('connects DingTalk by credentials of its own', () => {
    const app = { DINGTALK_CLIENT_ID: 'ding1', DINGTALK_CLIENT_SECRET: 's' };
    expect(readConfig(app)).toMatchObject({
      demo: false,
      host: '0.0.0.0',
      credentials: { dingtalk: { clientId: 'ding1', api: 'https://api.dingtalk.com', valueBytes: 2_500 } },
    });
    expect(readConfig({ ...app, NODE_ENV: 'production' }).demo).toBe(false);
    const { dingtalk } = readConfig({ ...app, DINGTALK_BASIC_TEMPLATE: 'none' }).credentials;
    expect(dingtalk?.basicTemplate).toBeUndefined();
  });

  it('is for trying still when the only DingTalk is played on this machine, and nobody else reaches it', () => {
    const played = {
      DINGTALK_CLIENT_ID: 'ding1',
      DINGTALK_CLIENT_SECRET: 's',
      DINGTALK_API: 'http://127.0.0.1:1',
      DINGTALK_OAPI: 'http://localhost:1/',
    };
    expect(readConfig(played)).toMatchObject({ demo: true, host: '127.0.0.1', demoHistory: false });
    for (const more of [
      { PUBLIC_URL: 'https://h.example' },
      { NODE_ENV: 'production' },
      { DINGTALK_API: 'https://api.dingtalk.com' },
      bot,
    ])
      expect(readConfig({ ...played, ...more }).demo).toBe(false);
  });

  it.each([
    [{ DINGTALK_CLIENT_ID: 'x' }, /needs DINGTALK_CLIENT_SECRET/],
    [{ DINGTALK_CLIENT_SECRET: 'x' }, /DINGTALK_CLIENT_ID is not/],
    [{ DINGTALK_API: 'http://api.dingtalk.com' }, /DINGTALK_API: must look like/],
    [{ DINGTALK_MONTHLY_CALLS: '0' }, /DINGTALK_MONTHLY_CALLS/],
    [{ NODE_ENV: 'production' }, /production needs MicrosoftAppId/],
    [{ HOST: '0.0.0.0' }, /loopback only/],
    [{ PORT: 'abc' }, /PORT/],
    [{ DATABASE_URL: 'mysql://u:p@h/d' }, /DATABASE_URL/],
    [{ DATABASE_URL: 'postgres://h' }, /DATABASE_URL/],
    [{ PUBLIC_URL: 'huishang.example' }, /PUBLIC_URL/],
    [{ PUBLIC_URL: 'javascript:alert(1)' }, /PUBLIC_URL/],
    [{ PUBLIC_URL: 'https://u:p@h.example/?a=1' }, /PUBLIC_URL/],
    [{ MICROSOFT_CLOUD: 'China' }, /MICROSOFT_CLOUD is set but MicrosoftAppId is not/],
    [{ MICROSOFT_CLOUD: 'china' }, /MICROSOFT_CLOUD: must be one of Public, China/],
    [{ MicrosoftAppPassword: 'x' }, /MicrosoftAppId is not/],
    [{ MicrosoftAppId: 'x' }, /needs MicrosoftAppPassword/],
    [
      { MicrosoftAppId: 'x', MicrosoftAppPassword: 'y', MicrosoftAppType: 'SingleTenant' },
      /needs MicrosoftAppTenantId/,
    ],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL: must be one of fatal, error/],
    [{ MicrosoftAppType: 'multi' }, /MicrosoftAppType: must be one of SingleTenant/],
    [{ TEAMS_SERVICE_HOSTS: 'https://smba.example/' }, /TEAMS_SERVICE_HOSTS/],
    [{ METRICS_TOKEN: 'short' }, /METRICS_TOKEN/],
    [{ DATABASE_BACKEND: 'oracle' }, /DATABASE_BACKEND: must be one of postgres, pgbouncer/],
    [{ DATABASE_LISTEN_URL: 'localhost' }, /DATABASE_LISTEN_URL/],
    [{ DATABASE_ISOLATION: 'no' }, /DATABASE_ISOLATION: must be one of prefer, require/],
    [{ DATABASE_BACKEND: 'pgbouncer' }, /DATABASE_BACKEND=pgbouncer is set but DATABASE_URL is not/],
    [{ DATABASE_ISOLATION: 'require' }, /DATABASE_ISOLATION=require is set but DATABASE_URL is not/],
    [{ DATABASE_LISTEN_URL: 'postgres://h/d' }, /DATABASE_LISTEN_URL is set but DATABASE_URL is not/],
    [{ PERSON_LIMIT: '0' }, /PERSON_LIMIT/],
  ])('refuses %o', (env, words) => {
    expect(() => readConfig(env)).toThrow(words);
  });

  it('says everything that is wrong at once, and no secret', () => {
    try {
      readConfig({ NODE_ENV: 'production', HOST: '10.0.0.1', MicrosoftAppPassword: 'hunter2' });
      expect.unreachable();
    } catch (error) {
      const { message } = error as Error;
      expect(message.match(/ {2}- /g)).toHaveLength(3);
      expect(message).not.toContain('hunter2');
    }
  });

  it('judges the rest also when a value cannot even be read', () => {
    const env = {
      PORT: '80 80',
      LOG_LEVEL: 'loud',
      PUBLIC_URL: 'here',
      MicrosoftAppId: 'x',
      METRICS_TOKEN: 'hunter2',
    };
    try {
      readConfig(env);
      expect.unreachable();
    } catch (error) {
      const { message } = error as Error;
      for (const name of ['PORT', 'LOG_LEVEL', 'PUBLIC_URL', 'MicrosoftAppPassword', 'METRICS_TOKEN'])
        expect(message).toContain(name);
      expect(message).not.toMatch(/hunter2|80 80|NaN|Invalid input/);
    }
  });

  it('takes further hosts of Teams and the word that opens /metrics', () => {
    expect(readConfig({})).toMatchObject({ serviceHosts: [] });
    const set = readConfig({
      TEAMS_SERVICE_HOSTS: 'Smba.Example, b.example',
      METRICS_TOKEN: '0123456789abcdef',
    });
    expect(set).toMatchObject({
      serviceHosts: ['smba.example', 'b.example'],
      metricsToken: '0123456789abcdef',
    });
  });

  it('takes no variable that an operator does not find, or that does not reach a container', async () => {
    const text = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');
    const [config, compose, dockerfile, example, readme] = await Promise.all(
      ['src/config.ts', 'compose.yaml', 'Dockerfile', '.env.example', 'README.md'].map(text),
    );
    const found = config?.matchAll(/^ {2}([A-Z]\w+): (?:text|z\b)|process\.env\.(\w+)/gm) ?? [];
    const names = [...found].map(([, listed, read]) => listed ?? read ?? '');
    expect(names).toEqual(expect.arrayContaining(['NODE_ENV', 'DINGTALK_OAPI', 'BACKUP_PASSPHRASE']));

    const app = /^ {2}app:\n([\s\S]*?)\n\n/m.exec(compose ?? '')?.[1] ?? '';
    const built = /^ENV (.*)$/m.exec(dockerfile ?? '')?.[1] ?? '';
    const lacks = (where: string, has: (name: string) => boolean) =>
      names.filter((name) => !has(name)).map((name) => `${name} in ${where}`);
    expect([
      ...lacks('compose.yaml', (name) => app.includes(`\n      ${name}: `) || built.includes(`${name}=`)),
      ...lacks('.env.example', (name) => new RegExp(`\\b${name}=`).test(example ?? '')),
      ...lacks('README.md', (name) => new RegExp(`\`${name}\\b`).test(readme ?? '')),
    ]).toEqual([]);
    // The server says itself what it cannot start without: a city without Teams is none of Compose's business.
    expect(app.replace(/DATABASE_URL: .*/, '')).not.toContain(':?');
  });
});
