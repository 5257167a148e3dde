import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Place, SendError } from '../../../src/bot/delivery/channel.ts';
import { addressOf, createAgents, noToken, send } from '../../../src/channels/teams/connector.ts';
import { retryAfterMs, sendError } from '../../../src/channels/teams/send.ts';
import type { Trouble } from '../../fake-connector.ts';
import { failure } from '../channel.contract.ts';
import { NOW, type Rig, startRig } from './kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered already
const card = { type: 'AdaptiveCard', version: '1.5', body: [] } as any;
let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

function place(conversation = 'c1', changes: object = {}): Place {
  const bot = { id: '28:bot', name: '会商' };
  const ref = {
    channelId: 'msteams',
    serviceUrl: rig.connector.url,
    conversation: { id: conversation },
    bot,
    ...changes,
  };
  return { key: `msteams|${conversation}`, kind: 'personal', ref };
}

describe('sending', () => {
  it('posts text as plain text, and resolves to the id', async () => {
    expect(await rig.channel.send(place(), { text: '*您好*' }, 'k')).toBe('m1');
    expect(rig.connector.calls).toHaveLength(1);
    const [call] = rig.connector.calls;
    expect(call).toMatchObject({
      method: 'POST',
      conversation: 'c1',
      activity: { type: 'message', text: '*您好*' },
    });
    expect(call?.target).toBeUndefined();
    expect(call?.authorization).toBeUndefined();
    expect(call?.activity).toMatchObject({ textFormat: 'plain', locale: 'zh-CN', from: { id: '28:bot' } });
  });

  it('posts a card with its text as summary, as text only in the Emulator', async () => {
    await rig.channel.send(place(), { text: '新问题', card }, 'k');
    await rig.channel.send(place('c2', { channelId: 'emulator' }), { text: '新问题', card }, 'k');
    const [teams, emulator] = rig.connector.calls.map((call) => call.activity);
    expect(teams).toMatchObject({
      summary: '新问题',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: card,
        },
      ],
    });
    expect(teams?.text).toBeUndefined();
    expect(emulator).toMatchObject({ summary: '新问题', text: '新问题' });
  });

  it('keeps below what a message may weigh, however much is said', async () => {
    const text = '“很长”\n'.repeat(20_000);
    await rig.channel.send(place(), { text }, 'k');
    await rig.channel.send(place(), { text, mention: { name: '李四', account: '29:li' } }, 'k');
    await rig.channel.send(place(), { text, card }, 'k');
    for (const { activity } of rig.connector.calls)
      expect(JSON.stringify(activity).length * 2).toBeLessThan(80_000);
    const [alone, , summed] = rig.connector.calls.map((call) => call.activity);
    expect(String(alone?.text)).toMatch(/^“很长”.*…$/s);
    expect(String(summed?.summary).length).toBeLessThanOrEqual(200);
  });

  it('takes an accepted message with unreadable words as sent', async () => {
    rig.connector.trouble({ body: 'ok' });
    expect(await rig.channel.send(place(), { text: '好' }, 'k')).toBe('');
    expect((await failure(rig.channel.update(place(), '', { text: '好' }))).kind).toBe('refused');
    expect(rig.connector.calls).toHaveLength(1);
  });
});

describe('failures', () => {
  it.each<[Trouble, SendError['kind'], number?]>([
    [{ status: 412 }, 'retry'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'limited', 7_000],
    [{ status: 429, headers: { 'retry-after': 'Mon, 23 Nov 2026 01:00:30 GMT' } }, 'limited', 30_000],
    [{ status: 429, headers: { 'retry-after': 'soon' } }, 'limited'],
    [{ status: 500 }, 'retry'],
    [{ status: 408 }, 'retry'],
    [{ status: 520, body: '<html>' }, 'retry'],
    [{ status: 401 }, 'configuration'],
    [{ status: 407 }, 'configuration'],
    [{ status: 502 }, 'retry'],
    [{ status: 503, headers: { 'retry-after': '0' } }, 'retry', 0],
    [{ status: 504, body: '<html>' }, 'retry'],
    [{ fail: 'cut' }, 'unsure'],
    [{ status: 403, code: 'BotNotInConversationRoster' }, 'gone'],
    [{ status: 403, code: 'ConversationBlockedByUser' }, 'gone'],
    [{ status: 403, code: 'BotDisabledByAdmin' }, 'gone'],
    [{ status: 403, code: 'ForbiddenOperationException' }, 'gone'],
    [{ status: 403, code: 'MessageWritesBlocked' }, 'gone'],
    [{ status: 404, code: 'ConversationNotFound' }, 'gone'],
    [{ status: 404, code: 'BotNotInConversationRoster' }, 'refused'],
    [{ status: 403 }, 'refused'],
    [{ status: 404, body: 'not here' }, 'refused'],
    [{ status: 413, code: 'MessageSizeTooBig' }, 'refused'],
  ])('%j is %s', async (trouble, kind, wait) => {
    rig.connector.trouble(trouble);
    const error = await failure(rig.channel.send(place(), { text: '秘密', card }, 'k'));
    expect({ kind: error.kind, wait: error.retryAfterMs }).toEqual({ kind, wait });
    expect(rig.connector.calls).toHaveLength(1);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('秘密');
  });

  it.each<[Trouble]>([[{ fail: 'hang' }], [{ fail: 'half' }]])('%j is unsure in the end', async (trouble) => {
    const hurried = await startRig({ timeoutMs: 100 });
    hurried.connector.trouble(trouble);
    const there = place('c1', { serviceUrl: hurried.connector.url });
    const error = await failure(hurried.channel.send(there, { text: '秘密', card }, 'k'));
    expect({ kind: error.kind, wait: error.retryAfterMs }).toEqual({ kind: 'unsure', wait: undefined });
    expect(hurried.connector.calls.length).toBeLessThanOrEqual(1);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('秘密');
    await hurried.close();
  });

  it('does not follow redirects', async () => {
    const location = `${rig.connector.url}v3/conversations/c9/activities`;
    rig.connector.trouble({ status: 307, headers: { location } });
    expect((await failure(rig.channel.send(place(), { text: '好' }, 'k'))).kind).toBe('refused');
    expect(rig.connector.calls).toHaveLength(1);
  });

  it('tries again later when nobody listens', async () => {
    const { url } = rig.connector;
    const gone = place('c1', { serviceUrl: url.replace(/:\d+\//, ':1/') });
    expect((await failure(rig.channel.send(gone, { text: '好' }, 'k'))).kind).toBe('retry');
  });

  it('refuses a reference that leaves this machine, or is none', async () => {
    const abroad = [
      'https://smba.trafficmanager.net/',
      'http://127.0.0.1.example.com/',
      'http://localhost@example.com/',
    ];
    for (const serviceUrl of abroad) {
      const error = await failure(rig.channel.send(place('c1', { serviceUrl }), { text: '好' }, 'k'));
      expect(error).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('Without credentials'),
      });
    }
    for (const ref of [undefined, {}, { serviceUrl: 5 }])
      expect((await failure(rig.channel.send({ ...place(), ref }, { text: '好' }, 'k'))).kind).toBe(
        'refused',
      );
    expect(rig.connector.calls).toHaveLength(0);
  });

  it('tells a token that cannot be fetched now from one that is refused, and keeps no secret of either', () => {
    const kind = (fields: object) =>
      sendError(noToken(Object.assign(new Error('x'), { request: 'secret' }, fields)), NOW).kind;
    expect(kind({ errorCode: 'network_error' })).toBe('retry');
    expect(kind({ errorCode: 'endpoints_resolution_error' })).toBe('retry');
    expect(kind({ code: 'ECONNREFUSED' })).toBe('retry');
    expect(kind({ errorCode: 'invalid_client' })).toBe('configuration');
    expect(kind({})).toBe('configuration');
    expect(sendError(undefined, NOW).kind).toBe('refused');
    expect(JSON.stringify(noToken({ request: 'secret' }))).not.toContain('secret');
  });

  it('fetches another token when one is not accepted, once', async () => {
    const agents = createAgents();
    const connector = {
      where: addressOf(rig.connector.url),
      userAgent: 'test',
      agent: agents.plain,
      authorization: async (fresh = false) => (fresh ? 'Bearer new' : 'Bearer old'),
    };
    rig.connector.trouble({ status: 401 });
    expect(await send(connector, 'c1', { type: 'message', text: '好' }, {}, 1_000)).toBe('m2');
    expect(rig.connector.calls.map(({ authorization }) => authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
    rig.connector.trouble({ status: 401 }, 2);
    await expect(send(connector, 'c1', {}, {}, 1_000)).rejects.toMatchObject({ statusCode: 401 });
    agents.plain.destroy();
  });

  it('knows that nothing was sent where nobody could be reached, also when that takes too long', async () => {
    // Accepts a connection and never speaks TLS: as behind a firewall, nothing of the message leaves.
    const mute = createServer((socket) => void socket.resume().on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const away = place('c1', { serviceUrl: `https://127.0.0.1:${port}/` });
    const hurried = await startRig({ timeoutMs: 300 });
    const error = await failure(hurried.channel.send(away, { text: '好' }, 'k'));
    expect([error.kind, error.message]).toEqual(['retry', 'timeout no answer within 300 ms']);
    await hurried.close();
    await new Promise((resolve) => mute.close(resolve));
  });

  it('reads Retry-After', () => {
    expect(retryAfterMs('1.5', NOW)).toBe(1_500);
    expect(retryAfterMs('Mon, 23 Nov 2026 00:00:00 GMT', NOW)).toBe(0);
    expect(retryAfterMs('99999999999', NOW)).toBe(86_400_000);
    expect(retryAfterMs(undefined, NOW)).toBeUndefined();
  });
});

it('keeps connections open between messages', async () => {
  for (let i = 0; i < 20; i++) await rig.channel.send(place(`c${i}`), { text: '好' }, 'k');
  expect(rig.connector.connections()).toBe(1);
});
