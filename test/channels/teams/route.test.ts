import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/bot/turn/inbound.ts';
import { executes, type From, other, says, submits } from '../../fake-connector.ts';
import { type Rig, startRig } from './kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered already
const card = { type: 'AdaptiveCard', version: '1.5', body: [] } as any;
let rig: Rig;
let me: From;
beforeEach(async () => {
  rig = await startRig();
  me = { serviceUrl: rig.connector.url };
});
afterEach(() => rig.close());

const answer = (changes: Partial<Answer>): Answer => ({
  scope: 'none',
  shown: { text: '' },
  refused: false,
  ...changes,
});

describe('words and submits', () => {
  it('have the reply out before the request is answered', async () => {
    const response = await rig.post(says(me, '待办'));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(rig.connector.messages('a:1-aad-zhang')).toMatchObject([{ text: '收到' }]);
    await rig.post(submits(me, 'm1', { op: 'issues.accept' }));
    expect(rig.handled.map(({ kind }) => kind)).toEqual(['text', 'action']);
    expect(rig.connector.messages('a:1-aad-zhang')).toHaveLength(2);
  });

  it('show that somebody is typing when it takes more than a second', async () => {
    rig.answerWith(async () => {
      await expect.poll(() => rig.connector.calls).toHaveLength(1);
      return answer({});
    });
    expect((await rig.post(says(me, '待办'))).status).toBe(200);
    expect(rig.connector.calls.map(({ activity }) => activity.type)).toEqual(['typing']);
    expect(rig.connector.calls[0]).toMatchObject({ method: 'POST', conversation: 'a:1-aad-zhang' });
  });

  it('do not wait for a typing notice that fails, and never try it twice', async () => {
    rig.connector.trouble({ status: 503 });
    rig.answerWith(async () => {
      await expect.poll(() => rig.logged.join()).toContain('typing not shown');
      return answer({});
    });
    expect((await rig.post(says(me, '待办'))).status).toBe(200);
    expect(rig.connector.calls).toHaveLength(1);
    expect(rig.logged.filter((line) => !line.startsWith('debug'))).toEqual([]);
  });

  it('say words that are in no outbox at once', async () => {
    rig.answerWith(() => answer({ scope: 'words', shown: { text: '系统正忙' }, refused: true }));
    await rig.post(says(me, '待办'));
    expect(rig.connector.messages('a:1-aad-zhang')).toMatchObject([
      { text: '系统正忙', textFormat: 'plain' },
    ]);
  });

  it('are answered also when the bot or the connector fails', async () => {
    rig.answerWith(() => {
      throw new Error('boom');
    });
    expect((await rig.post(says(me, '待办'))).status).toBe(200);
    expect(rig.connector.messages('a:1-aad-zhang')).toMatchObject([{ text: '出了点问题，请稍后再试。' }]);
    rig.connector.trouble({ status: 500 });
    expect((await rig.post(says(me, '待办'))).status).toBe(200);
    expect(rig.logged.filter((line) => line.startsWith('error'))).toHaveLength(3);
  });

  it('are answered also when the connector never answers', async () => {
    const hurried = await startRig({ timeoutMs: 100 });
    hurried.connector.trouble({ fail: 'hang' });
    expect((await hurried.post(says({ serviceUrl: hurried.connector.url }, '待办'))).status).toBe(200);
    expect(hurried.logged.filter((line) => line.startsWith('error'))).toHaveLength(1);
    await hurried.close();
  });
});

describe('presses of Action.Execute', () => {
  it.each<[Answer['scope']]>([['card'], ['mine']])('are answered with the card: %s', async (scope) => {
    rig.answerWith(() => answer({ scope, shown: { text: '已受理', card } }));
    const response = await rig.post(executes(me, 'm1', 'issues.accept'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.card.adaptive',
      value: card,
    });
    expect(rig.connector.calls).toHaveLength(0);
  });

  it.each<[Answer['scope']]>([['words'], ['none']])('are answered with a sentence: %s', async (scope) => {
    rig.answerWith(() => answer({ scope, shown: { text: '收到', card } }));
    expect(await (await rig.post(executes(me, 'm1', 'issues.accept'))).json()).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.activity.message',
      value: '收到',
    });
  });

  it('are answered with a sentence also when the bot fails', async () => {
    rig.answerWith(() => Promise.reject(new Error('boom')));
    const response = await rig.post(executes(me, 'm1', 'issues.accept'));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ value: '出了点问题，请稍后再试。' });
  });

  it('that cannot be read are 400, other invokes 501', async () => {
    const press = executes(me, 'm1', 'x');
    expect((await rig.post({ ...press, value: { action: [] } })).status).toBe(400);
    expect((await rig.post({ ...press, name: 'task/fetch' })).status).toBe(501);
    // Asking for buffered replies must not change the answer.
    expect(await (await rig.post({ ...press, deliveryMode: 'expectReplies' })).json()).toMatchObject({
      statusCode: 200,
    });
    expect(rig.handled).toHaveLength(1);
  });
});

describe('everything else', () => {
  it('is 200 and runs nothing', async () => {
    const added = { membersAdded: [{ id: '28:bot' }], id: undefined };
    for (const body of [
      other(me, 'conversationUpdate', added),
      other(me, 'installationUpdate', { action: 'add' }),
      other(me, 'messageReaction', { reactionsAdded: [{ type: 'like' }] }),
      other(me, 'typing'),
      other(me, 'somethingNew'),
      { ...says(me, '待办'), from: { id: '28:bot-app-id' } },
    ])
      expect((await rig.post(body)).status).toBe(200);
    expect(rig.handled).toEqual([]);
    expect(rig.connector.calls).toEqual([]);
  });

  it('is a clean 4xx when it is no activity', async () => {
    const text = { 'content-type': 'text/plain' };
    const cases: [unknown, number, Record<string, string>?][] = [
      ['', 400],
      ['{', 400],
      ['null', 400],
      ['[]', 400],
      ['"x"', 400],
      ['{}', 400],
      [{ type: 'message' }, 400],
      [{ ...says(me, '待办'), channelId: 'directline' }, 400],
      [says(me, '待办'), 415, text],
      [JSON.stringify(says(me, 'x'.repeat(300_000))), 413],
      // Deeper than any card, in a field that is read and in one that is not.
      ...['value', 'channelData'].map((field): [string, number] => {
        const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
        return [
          JSON.stringify({ ...says(me, '待办'), [field]: 0 }).replace(`"${field}":0`, `"${field}":${deep}`),
          400,
        ];
      }),
    ];
    for (const [body, status, headers] of cases) {
      const response = await rig.post(body, headers);
      expect(response.status, String(body).slice(0, 40)).toBe(status);
      expect(await response.json()).toHaveProperty('code');
    }
    expect(rig.handled).toEqual([]);
  });

  it('is 400 when the answers are wanted in the response: they go into the conversation', async () => {
    for (const deliveryMode of ['expectReplies', 'ExpectReplies', 'stream', 'odd']) {
      const response = await rig.post({ ...says(me, '待办'), deliveryMode });
      expect([response.status, await response.json()], deliveryMode).toEqual([
        400,
        { code: 'bad_request', message: 'No such deliveryMode here' },
      ]);
    }
    expect(rig.handled).toEqual([]);
    rig.answerWith(() => answer({}));
    for (const deliveryMode of ['normal', 'notification', '', null, undefined])
      expect((await rig.post({ ...says(me, '待办'), deliveryMode })).status).toBe(200);
  });

  it('is 403 from another machine, for as long as there are no credentials', async () => {
    for (const serviceUrl of [
      'https://smba.trafficmanager.net/emea/',
      'http://127.0.0.1.evil.example/',
      'http://127.0.0.1@evil.example/',
      'http://evil.example/?http://127.0.0.1/',
      'http://[::ffff:7f00:1]/',
      'http://10.0.0.1/',
    ])
      expect((await rig.post(says({ serviceUrl }, '待办'))).status, serviceUrl).toBe(403);
    expect(rig.handled).toEqual([]);
    rig.answerWith(() => answer({}));
    for (const serviceUrl of ['http://localhost:9/', 'https://127.0.0.2:9', 'http://[::1]:9/x'])
      expect((await rig.post(says({ serviceUrl }, '待办'))).status, serviceUrl).toBe(200);
  });
});
