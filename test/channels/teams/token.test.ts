import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clouds } from '../../../src/channels/teams/clouds.ts';
import type { Credentials } from '../../../src/config.ts';
import { type Json, says } from '../../fake-connector.ts';
import { type Rig, startRig } from './kit.ts';

const APP = '11111111-2222-3333-4444-555555555555';
const credentials: Credentials = {
  type: 'SingleTenant',
  appId: APP,
  password: 'secret',
  tenantId: 'Tenant-1',
};
const { issuer: ISSUER } = clouds.Public;
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });

const keys = createServer((req, res) => {
  const base = `http://${req.headers.host}`;
  const key = {
    ...ours.publicKey.export({ format: 'jwk' }),
    kid: 'k1',
    use: 'sig',
    endorsements: ['msteams'],
  };
  const other = { ...key, kid: 'skype', endorsements: ['skype'] };
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(
    JSON.stringify(
      req.url === '/keys' ? { keys: [key, other] } : { issuer: ISSUER, jwks_uri: `${base}/keys` },
    ),
  );
});

function authentication(
  metadataUrl: string,
  { cloud }: Credentials = credentials,
): ConfigurationBotFrameworkAuthentication {
  const { issuer } = clouds[cloud ?? 'Public'];
  return new ConfigurationBotFrameworkAuthentication(
    {
      ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
      ToChannelFromBotOAuthScope: issuer,
      ToBotFromChannelTokenIssuer: issuer,
      ...clouds[cloud ?? 'Public'].settings(credentials),
      ToBotFromChannelOpenIdMetadataUrl: metadataUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: metadataUrl,
    },
    {
      isValidAppId: async (id) => id === APP,
      isAuthenticationDisabled: async () => false,
      // Sending without a token keeps these tests on this machine.
      createCredentials: async () => ({ signRequest: async (request: unknown) => request }) as never,
    },
  );
}

const encode = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function token(claims: Json, header: Json = {}, key: KeyObject = ours.privateKey): string {
  const body = `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${body}.${createSign('RSA-SHA256').update(body).sign(key).toString('base64url')}`;
}

describe('with credentials', () => {
  let rig: Rig;
  let metadata: string;
  // Whatever is printed, by whoever: the SDK writes keys to the console.
  const printed = [
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
    vi.spyOn(console, 'error'),
  ];
  beforeAll(async () => {
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    metadata = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/meta`;
    rig = await startRig({ credentials, authentication: authentication(metadata) });
  });
  afterEach(() => {
    rig.handled.length = 0;
    for (const spy of printed) spy.mockClear();
  });
  afterAll(async () => {
    for (const spy of printed) spy.mockRestore();
    await rig.close();
    keys.close();
  });

  const claims = (changes: Json = {}): Json => {
    const now = Math.floor(Date.now() / 1_000);
    const serviceurl = rig.connector.url;
    return { iss: ISSUER, aud: APP, serviceurl, nbf: now - 10, exp: now + 3_600, ...changes };
  };
  const post = (authorization: string | undefined, body?: Json) =>
    rig.post(body ?? says({ serviceUrl: rig.connector.url, tenant: 'tenant-1' }, '待办'), {
      ...(authorization !== undefined && { authorization }),
    });

  it('a good token runs, and the reply goes out', async () => {
    expect((await post(`Bearer ${token(claims())}`)).status).toBe(200);
    expect(rig.handled).toHaveLength(1);
    expect(rig.connector.messages('a:1-aad-zhang')).toHaveLength(1);
  });

  it('a token as Microsoft makes them runs: no tenant in it, whatever the bot is', async () => {
    const header = { x5t: 'q-23falevZhhD3hm9CQbkP5MQyU', typ: 'JWT' };
    expect((await post(`Bearer ${token(claims(), header)}`)).status).toBe(200);
    expect(rig.handled).toHaveLength(1);
  });

  it('a bad token is 401, runs nothing and prints nothing', async () => {
    const old = Math.floor(Date.now() / 1_000) - 7_200;
    const bad: Record<string, string | undefined> = {
      'no token': undefined,
      empty: '',
      'not a bearer': `Basic ${token(claims())}`,
      garbage: 'Bearer x.y.z',
      'not JSON': `Bearer ${Buffer.from('{').toString('base64url')}.e30.x`,
      'two tokens': `Bearer ${token(claims())} ${token(claims())}`,
      'signed by somebody else': `Bearer ${token(claims(), {}, theirs.privateKey)}`,
      'cut signature': `Bearer ${token(claims()).slice(0, -8)}`,
      'unknown key': `Bearer ${token(claims(), { kid: 'k2' })}`,
      'no key': `Bearer ${token(claims(), { kid: undefined })}`,
      'algorithm none': `Bearer ${encode({ alg: 'none', kid: 'k1' })}.${encode(claims())}.x`,
      unsigned: `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims())}.`,
      'signature cut off': `Bearer ${token(claims()).split('.').slice(0, 2).join('.')}.`,
      'algorithm HS256': `Bearer ${token(claims(), { alg: 'HS256' })}`,
      expired: `Bearer ${token(claims({ nbf: old, exp: old + 60 }))}`,
      'not valid yet': `Bearer ${token(claims({ nbf: old + 14_400 }))}`,
      'for another bot': `Bearer ${token(claims({ aud: 'somebody-else' }))}`,
      'for another service': `Bearer ${token(claims({ serviceurl: 'https://smba.example/' }))}`,
      'for no service': `Bearer ${token(claims({ serviceurl: undefined }))}`,
      'for no bot': `Bearer ${token(claims({ aud: undefined }))}`,
      'a key endorsed for another channel': `Bearer ${token(claims(), { kid: 'skype' })}`,
      'another issuer': `Bearer ${token(claims({ iss: 'https://sts.windows.net/tenant-1/' }))}`,
      'of a person (tid)': `Bearer ${token(claims({ tid: 'tenant-1' }))}`,
    };
    for (const [name, authorization] of Object.entries(bad)) {
      const response = await post(authorization);
      expect(response.status, name).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'unauthorized' });
    }
    expect(rig.handled).toEqual([]);
    for (const spy of printed) expect(spy.mock.calls).toEqual([]);
    const logged = rig.logged.join();
    expect(logged).not.toMatch(/PUBLIC KEY|stack| at .*\.js/);
    for (const authorization of Object.values(bad))
      for (const part of (authorization ?? '').split(/[ .]/).filter(({ length }) => length > 20))
        expect(logged).not.toContain(part);
    expect(rig.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('an endorsement for another channel is 401', async () => {
    const emulator = says({ serviceUrl: rig.connector.url, channelId: 'emulator' }, '待办');
    expect((await post(`Bearer ${token(claims())}`, emulator)).status).toBe(401);
  });

  it('another tenant is 403, and so is none', async () => {
    const { url } = rig.connector;
    const good = says({ serviceUrl: url, tenant: 'tenant-1' }, '待办');
    const bearer = `Bearer ${token(claims())}`;
    for (const body of [
      says({ serviceUrl: url, tenant: 'tenant-2' }, '待办'),
      { ...good, channelData: { tenant: { id: 'tenant-2' } } },
      { ...good, conversation: { ...good.conversation, tenantId: 'tenant-2' } },
      { ...good, channelData: null, conversation: { id: 'c' } },
    ])
      expect((await post(bearer, body)).status).toBe(403);
    expect(rig.handled).toEqual([]);
    expect((await post(bearer, { ...good, channelData: {} })).status).toBe(200);
  });

  it('a service that is none of Teams is 403, whatever the token says', async () => {
    for (const serviceUrl of [
      'https://smba.example/emea/',
      'https://smba.trafficmanager.net.evil.example/',
      'https://evil-smba.trafficmanager.net/',
      'https://smba.trafficmanager.net@evil.example/',
      'http://smba.trafficmanager.net/emea/',
      'https://teams.microsoft.com.evil.example/',
      'https://169.254.169.254/',
      'http://localhost:9/',
    ]) {
      const bearer = `Bearer ${token(claims({ serviceurl: serviceUrl }))}`;
      const response = await post(bearer, says({ serviceUrl, tenant: 'tenant-1' }, '待办'));
      expect([serviceUrl, response.status]).toEqual([serviceUrl, 403]);
    }
    expect(rig.handled).toEqual([]);
  });

  it('what has no shape is 400 before any token is looked at', async () => {
    expect((await rig.post({})).status).toBe(400);
  });

  it('stays shut, asks to be sent again and says so in the log when the keys cannot be fetched', async () => {
    const failing = createServer((req, res) => {
      if (req.url === '/hanging') return;
      const answers: Record<string, [number, string]> = {
        '/broken': [200, '<html>'],
        '/meta': [200, JSON.stringify({ jwks_uri: `http://${req.headers.host}/keys` })],
      };
      const [status, body] = answers[req.url ?? ''] ?? [500, ''];
      res.writeHead(status);
      res.end(body);
    });
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
    const { port } = failing.address() as AddressInfo;
    const paths = ['hanging', 'broken', 'meta', 'nothing'].map((path) => `http://127.0.0.1:${port}/${path}`);
    for (const url of [...paths, 'http://127.0.0.1:1/']) {
      const shut = await startRig({ credentials, authentication: authentication(url), timeoutMs: 200 });
      const serviceurl = shut.connector.url;
      const headers = { authorization: `Bearer ${token({ ...claims(), serviceurl })}` };
      const response = await shut.post(says({ serviceUrl: serviceurl }, '待办'), headers);
      expect([url, response.status, response.headers.get('retry-after')]).toEqual([url, 503, '10']);
      expect(shut.handled).toEqual([]);
      expect(shut.logged.join()).toContain('the keys cannot be fetched');
      await shut.close();
    }
    failing.closeAllConnections();
    failing.close();
  });

  it('a bot in one cloud refuses the tokens of the other, both ways', async () => {
    const china: Credentials = { ...credentials, cloud: 'China' };
    const other = await startRig({ credentials: china, authentication: authentication(metadata, china) });
    const said = (at: Rig, cloud: 'Public' | 'China') => {
      const { url } = at.connector;
      const bearer = token(claims({ iss: clouds[cloud].issuer, serviceurl: url }));
      return at.post(says({ serviceUrl: url, tenant: 'tenant-1' }, '待办'), {
        authorization: `Bearer ${bearer}`,
      });
    };
    const statuses = [
      (await said(rig, 'Public')).status,
      (await said(rig, 'China')).status,
      (await said(other, 'China')).status,
      (await said(other, 'Public')).status,
    ];
    expect(statuses).toEqual([200, 401, 200, 401]);
    expect([rig.handled.length, other.handled.length]).toEqual([1, 1]);
    await other.close();
  });

  it('a bot in China asks for its token there, and only there', async () => {
    const china: Credentials = { ...credentials, cloud: 'China' };
    const settings = clouds.China.settings(china);
    expect(settings.ToChannelFromBotLoginUrl).toBe('https://login.partner.microsoftonline.cn/Tenant-1');
    for (const [name, value] of Object.entries(settings))
      if (value.startsWith('https:'))
        expect([name, new URL(value).hostname]).toEqual([name, expect.stringMatching(/\.cn$/)]);
    const sdk = new ConfigurationBotFrameworkAuthentication({
      MicrosoftAppType: 'SingleTenant',
      MicrosoftAppId: APP,
      MicrosoftAppPassword: 'secret',
      MicrosoftAppTenantId: 'Tenant-1',
      ...settings,
    });
    const factory = sdk.createConnectorFactory({ getClaimValue: () => APP, claims: [] } as never);
    const { credentials: asks } = (await factory.create(
      'https://smba.teams.microsoftonline.cn/',
      undefined as never,
    )) as never as {
      credentials: { oAuthEndpoint: string; oAuthScope: string };
    };
    expect([asks.oAuthEndpoint, asks.oAuthScope]).toEqual([
      'https://login.partner.microsoftonline.cn/tenant-1',
      clouds.China.issuer,
    ]);
  });

  it('every type of credentials makes a channel, and nobody gets in without a token', async () => {
    const all: Credentials[] = [
      { type: 'MultiTenant', appId: APP, password: 'p' },
      { type: 'SingleTenant', appId: APP, password: 'p', tenantId: 't' },
      { type: 'UserAssignedMsi', appId: APP, password: 'left over', tenantId: 't' },
      { type: 'SingleTenant', appId: APP, password: 'p', tenantId: 't', cloud: 'China' },
      { type: 'MultiTenant', appId: APP, password: 'p', cloud: 'China' },
    ];
    for (const each of all) {
      const strict = await startRig({ credentials: each });
      expect((await strict.post(says({ serviceUrl: strict.connector.url }, '待办'))).status).toBe(401);
      await strict.close();
    }
  });
});
