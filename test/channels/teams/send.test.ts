import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SendError } from '../../../src/bot/channel.ts';
import type { CardJson, Place } from '../../../src/bot/message.ts';
import { retryAfterMs, sendError } from '../../../src/channels/teams/send.ts';
import type { Trouble } from '../../fake-connector.ts';
import { NOW, type Rig, startRig } from './kit.ts';

const card: CardJson = { type: 'AdaptiveCard', version: '1.5', body: [] };
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

async function failure(work: Promise<unknown>): Promise<SendError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SendError)) throw new Error(`no SendError: ${String(error)}`);
  return error;
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

  it('posts a card with its text as summary and fallback, as text only in the Emulator', async () => {
    await rig.channel.send(place(), { text: '新问题', card }, 'k');
    await rig.channel.send(place('c2', { channelId: 'emulator' }), { text: '新问题', card }, 'k');
    const [teams, emulator] = rig.connector.calls.map((call) => call.activity);
    expect(teams).toMatchObject({
      summary: '新问题',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { ...card, fallbackText: '新问题' },
        },
      ],
    });
    expect(teams?.text).toBeUndefined();
    expect(emulator).toMatchObject({ summary: '新问题', text: '新问题' });
  });

  it('writes into the thread of a channel', async () => {
    const thread = '19:x@thread.tacv2;messageid=17';
    await rig.channel.send(place(thread), { text: '好' }, 'k');
    expect(rig.connector.messages(thread)).toHaveLength(1);
  });

  it('replaces a message', async () => {
    const id = await rig.channel.send(place(), { text: '一', card }, 'k');
    await rig.channel.update(place(), id, { text: '二' });
    expect(rig.connector.messages('c1')).toMatchObject([{ id, text: '二' }]);
    expect(rig.connector.calls[1]).toMatchObject({ method: 'PUT', target: id });
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
    [{ status: 429, headers: { 'retry-after': '7' } }, 'retry', 7_000],
    [{ status: 429, headers: { 'retry-after': 'Mon, 23 Nov 2026 01:00:30 GMT' } }, 'retry', 30_000],
    [{ status: 429, headers: { 'retry-after': 'soon' } }, 'retry'],
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
    [{ status: 408 }, 'refused'],
    [{ status: 500 }, 'refused'],
    [{ status: 401 }, 'refused'],
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

  it('tells a token that cannot be fetched now from one that is refused', () => {
    expect(sendError(Object.assign(new Error('x'), { errorCode: 'network_error' }), NOW).kind).toBe('retry');
    expect(sendError(Object.assign(new Error('x'), { errorCode: 'invalid_client' }), NOW).kind).toBe(
      'refused',
    );
    expect(sendError(undefined, NOW).kind).toBe('refused');
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
