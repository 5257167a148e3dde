/** The page's endpoints through real HTTP: chats, durability, permission, streams, and what hostile requests get. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GROUP, type Kit, own, PEOPLE, startKit } from './kit.ts';
import { HOSTILE } from './samples.ts';

const CHINESE = /[\u4e00-\u9fff]/;
const enc = encodeURIComponent;

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
afterAll(() => kit.stop());

/** What a stream says, until `enough` of it has come. */
async function stream(who: string, enough: (text: string) => boolean, meanwhile: () => Promise<unknown>) {
  const stop = new AbortController();
  const res = await fetch(`${kit.url}/webchat/stream?as=${who}`, { signal: stop.signal });
  let text = '';
  const started = meanwhile();
  for await (const chunk of res.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (enough(text)) break;
  }
  await started;
  stop.abort();
  return text;
}

describe('chats', () => {
  it('shows the town, and to each person the personal chat and the groups', async () => {
    expect((await kit.call('/webchat/people')).json.people).toEqual(PEOPLE);
    const { json } = await kit.call('/webchat/chats', 'sun');
    expect(json.me.name).toBe('孙立军');
    expect(json.chats.map((chat: { place: string }) => chat.place)).toEqual([own('sun'), GROUP]);
    expect((await kit.call('/webchat/chats', 'guo')).json.chats).toHaveLength(1);
  });

  it('keeps what a person says, hands it to the bot and shows the reply', async () => {
    const { status, json } = await kit.say('guo', own('guo'), '你好');
    expect(status).toBe(200);
    expect(json.message).toMatchObject({ text: '你好', from: 'guo', name: '郭承业', unit: '市委政法委' });
    expect(kit.inbounds.at(-1)).toMatchObject({
      channel: 'webchat',
      kind: 'text',
      text: '你好',
      sender: { account: 'guo', name: '郭承业' },
      place: { key: own('guo'), kind: 'personal' },
    });
    const shown = await kit.messages('guo', own('guo'));
    expect(shown.map((one: { text: string }) => one.text)).toEqual(['你好', '收到：你好']);
    expect(kit.channel.personalPlace?.('guo')).toEqual({ key: own('guo'), kind: 'personal' });
  });

  it('takes the same message twice as one, also when the bot could not answer the first time', async () => {
    const id = randomUUID();
    const before = kit.inbounds.length;
    for (const _ of [1, 2, 3])
      await kit.call('/webchat/text', 'zhao', { place: own('zhao'), text: '只说一次', id });
    expect(await kit.messages('zhao', own('zhao'))).toHaveLength(2);
    expect(kit.inbounds.length).toBe(before + 1);
    const elsewhere = await kit.call('/webchat/text', 'zhao', { place: own('zhao'), text: '别的话', id });
    expect(elsewhere.json.message.text).toBe('只说一次');
  });

  it('says to the people of a group only what is not for the bot', async () => {
    const before = kit.inbounds.length;
    const { json } = await kit.say('sun', GROUP, '大家好', { ask: false });
    expect(json.message.ask).toBe(false);
    expect(kit.inbounds.length).toBe(before);
    expect((await kit.messages('chen', GROUP)).at(-1)).toMatchObject({
      text: '大家好',
      name: '孙立军',
      unit: '石桥镇党委',
    });
  });

  it('hears a typed mention in a group, and hands on what follows it', async () => {
    const { json } = await kit.say('sun', GROUP, '@会商 待办', { ask: false });
    expect(json.message).toMatchObject({ text: '@会商 待办', ask: true });
    expect(kit.inbounds.at(-1)).toMatchObject({ text: '待办', place: { key: GROUP, kind: 'group' } });
  });

  it('pages back from the newest 30 and catches up without a gap', async () => {
    for (let n = 0; n < 20; n++) await kit.say('li', own('li'), `第 ${n} 条`);
    const place = enc(own('li'));
    const newest = (await kit.call(`/webchat/messages?place=${place}`, 'li')).json;
    expect(newest.messages).toHaveLength(30);
    expect(newest.more).toBe(true);
    const older = (await kit.call(`/webchat/messages?place=${place}&before=${newest.messages[0].seq}`, 'li'))
      .json;
    expect(older.messages).toHaveLength(10);
    expect(older.more).toBe(false);
    const all = [...older.messages, ...newest.messages];
    expect(all.map((one) => one.seq)).toEqual(all.map((one) => one.seq).toSorted((a, b) => a - b));
    const missed = (await kit.call(`/webchat/changes?place=${place}&after=${older.messages[9].stamp}`, 'li'))
      .json;
    expect(missed.messages.map((one: { id: string }) => one.id)).toEqual(
      newest.messages.map((one: { id: string }) => one.id),
    );
    expect(missed.stamp).toBe(newest.stamp);
  });

  it('counts what a person has not read yet, and forgets it once read', async () => {
    const unread = async () => (await kit.call('/webchat/chats', 'chen')).json.chats[1];
    const before = await unread();
    await kit.say('sun', GROUP, '新的一条', { ask: false });
    const after = await unread();
    expect(after.unread).toBe(before.unread + 1);
    expect(after.last.text).toBe('孙立军：新的一条');
    expect((await kit.call('/webchat/read', 'chen', { place: GROUP, seq: after.last.seq })).status).toBe(200);
    expect((await unread()).unread).toBe(0);
  });

  it('counts no message that asks for what somebody else has done', async () => {
    const place = { key: own('zhao'), kind: 'personal' as const };
    const unread = async () => (await kit.call('/webchat/chats', 'zhao')).json.chats[0].unread;
    const before = await unread();
    const about = { kind: 'issue', id: 'WT-2026-0031' };
    const asks = { unit: 'qs', of: ['issues.accept'], about };
    await kit.channel.send(place, { text: '请受理', subject: about, asks }, 'asked');
    await kit.channel.send(place, { text: '知道就行', subject: about }, 'told');
    expect(await unread()).toBe(before + 2);
    const press = { id: randomUUID(), place: own('sun'), op: 'issues.accept', data: {} };
    await kit.call('/webchat/action', 'sun', press);
    expect(await unread()).toBe(before + 1);
  });
});

describe('as a channel', () => {
  it('says of a message that it was changed, and changes none of another chat', async () => {
    const place = { key: own('guo'), kind: 'personal' } as const;
    await kit.channel.send(place, { text: '提醒一' }, 'notice:1');
    const find = async () =>
      (await kit.messages('guo', own('guo'))).filter((one: { id: string }) => one.id === 'notice:1');
    expect(await find()).toMatchObject([{ text: '提醒一', edited: false, from: 'bot' }]);
    await kit.channel.update(place, 'notice:1', { text: '改了' });
    expect(await find()).toMatchObject([{ text: '改了', edited: true }]);
    const elsewhere = { key: own('li'), kind: 'personal' } as const;
    await expect(kit.channel.update(elsewhere, 'notice:1', { text: 'x' })).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  it('draws a card about a subject for whoever looks, as it is now', async () => {
    await kit.say('chen', GROUP, '问题');
    const card = async (who: string) => JSON.stringify((await kit.messages(who, GROUP)).at(-1).card);
    expect(await card('sun')).toContain('受理');
    expect(await card('chen')).not.toContain('"受理"');
    const message = (await kit.messages('sun', GROUP)).at(-1).id;
    const pressed = await kit.call('/webchat/action', 'sun', {
      place: GROUP,
      message,
      op: 'issues.accept',
      data: { id: 'WT-2026-0031' },
      id: randomUUID(),
    });
    expect(pressed.json).toMatchObject({
      scope: 'card',
      refused: false,
      shown: { subject: { kind: 'issue' } },
    });
    expect(kit.inbounds.at(-1)).toMatchObject({
      kind: 'action',
      inline: true,
      pressed: message,
      op: 'issues.accept',
    });
    expect(await card('chen')).toContain('办理中');
  });

  it('gives a refusal as a sentence to the presser and leaves the card alone', async () => {
    const last = (await kit.messages('sun', GROUP)).at(-1);
    const press = { place: GROUP, message: last.id, op: 'issues.return', data: {}, id: randomUUID() };
    const { json } = await kit.call('/webchat/action', 'sun', press);
    expect(json).toMatchObject({ scope: 'words', refused: true });
    expect((await kit.messages('sun', GROUP)).at(-1).stamp).toBe(last.stamp);
  });
});

describe('the event stream', () => {
  it('rings for new and changed messages of my own chats only', async () => {
    const heard = await stream(
      'chen',
      (text) => text.includes('event: ring'),
      async () => {
        await kit.say('guo', own('guo'), '别人的私聊');
        await kit.say('sun', GROUP, '群里的', { ask: false });
      },
    );
    expect(heard).toContain('event: hello');
    expect(heard).toContain(GROUP);
    expect(heard).not.toContain(own('guo'));
    expect(heard).not.toContain('群里的');
  });

  it('has an end: too many pages of one person are refused in words', async () => {
    const stop = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 12 }, () => fetch(`${kit.url}/webchat/stream?as=li`, { signal: stop.signal })),
    );
    expect(open.every((res) => res.status === 200)).toBe(true);
    const refused = await kit.call('/webchat/stream?as=li');
    expect(refused.status).toBe(503);
    expect(refused.json.message).toMatch(CHINESE);
    stop.abort();
  });
});

describe('permission', () => {
  const message = 'reply:x';
  const requests: [string, object | undefined][] = [
    [`/webchat/messages?place=${enc(own('li'))}`, undefined],
    [`/webchat/messages?place=${enc(GROUP)}`, undefined],
    [`/webchat/changes?place=${enc(GROUP)}&after=0`, undefined],
    ['/webchat/text', { place: GROUP, text: '混进来', id: 'abcdefgh1' }],
    ['/webchat/action', { place: GROUP, message, op: 'x', data: {}, id: 'abcdefgh2' }],
    ['/webchat/read', { place: own('li'), seq: 1 }],
  ];
  it.each(requests)('keeps others out of %s', async (path, body) => {
    const rows = kit.store.count('webchat_messages');
    const { status, json } = await kit.call(path, 'guo', body);
    expect(status).toBe(403);
    expect(json.message).toMatch(CHINESE);
    expect(kit.store.count('webchat_messages')).toBe(rows);
  });

  it.each(requests)('asks who it is for %s', async (path, body) => {
    for (const who of [undefined, 'nobody', '%E0%A4%A'])
      expect((await kit.call(path, who, body)).status).toBe(403);
  });

  it('does not let one press a message that is not a card of the bot in this chat', async () => {
    const mine = (await kit.messages('guo', own('guo')))[0].id;
    for (const pressed of [mine, 'notice:none']) {
      const body = { place: own('guo'), message: pressed, op: 'x', data: {}, id: randomUUID() };
      expect((await kit.call('/webchat/action', 'guo', body)).status).toBe(404);
    }
  });
});

describe('guards', () => {
  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('answers no page of another site: %o', async (headers) => {
    const body = { place: own('guo'), text: '来自别处', id: randomUUID() };
    expect((await kit.call('/webchat/text', 'guo', body, headers)).status).toBe(403);
    expect((await kit.call('/webchat/chats', 'guo', undefined, headers)).status).toBe(403);
  });

  it('answers the page itself', async () => {
    const headers = { origin: kit.url, 'sec-fetch-site': 'same-origin' };
    const body = { place: own('guo'), text: '来自本页', id: randomUUID() };
    expect((await kit.call('/webchat/text', 'guo', body, headers)).status).toBe(200);
  });

  it('takes JSON only, of a modest size, and says so in Chinese', async () => {
    const body = { place: own('guo'), text: 'x', id: randomUUID() };
    const form = await kit.call('/webchat/text', 'guo', JSON.stringify(body), {
      'content-type': 'text/plain',
    });
    const broken = await kit.call('/webchat/text', 'guo', '{"place":');
    const large = await kit.call('/webchat/text', 'guo', { ...body, text: '长'.repeat(40_000) });
    const long = await kit.call('/webchat/text', 'guo', { ...body, text: '长'.repeat(4_001) });
    expect([form.status, broken.status, large.status, long.status]).toEqual([415, 400, 413, 400]);
    for (const { json } of [form, broken, large, long]) expect(json.message).toMatch(CHINESE);
  });

  it('takes no data deeper than any card, and keeps nothing of it', async () => {
    await kit.say('sun', GROUP, '问题 路灯');
    const all: { id: string; from: string }[] = await kit.messages('sun', GROUP);
    const message = all.find(({ from }) => from === 'bot')?.id;
    const press = (levels: number) => {
      const id = randomUUID();
      const data = `{"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
      return kit.call(
        '/webchat/action',
        'sun',
        `{"place":"${GROUP}","id":"${id}","message":"${message}","op":"x","data":${data}}`,
      );
    };
    const turns = kit.inbounds.length;
    for (const levels of [31, 5_000, 60_000]) {
      const { status, json } = await press(levels);
      expect(status).toBe(400);
      expect(json.message).toMatch(CHINESE);
    }
    expect(kit.inbounds).toHaveLength(turns);
    expect((await press(30)).status).toBe(200);
  });

  it('asks whether somebody sends too much before it reads and keeps what was sent', async () => {
    const words = '您发得太快了，请停 15 秒再发。';
    kit.refusals.set('guo', words);
    const rows = kit.store.count('webchat_messages');
    const turns = kit.inbounds.length;
    // Nothing of the bodies would fit: they are not looked at.
    for (const path of ['text', 'action', 'file']) {
      const { status, json } = await kit.call(`/webchat/${path}`, 'guo', '{"half":');
      expect([status, json.message]).toEqual([429, words]);
    }
    expect(kit.store.count('webchat_messages')).toBe(rows);
    expect(kit.inbounds).toHaveLength(turns);
    kit.refusals.clear();
    expect((await kit.say('guo', own('guo'), '待办')).status).toBe(200);
  });

  it('sends strict headers with page and data', async () => {
    for (const path of ['/', '/webchat/app.js', '/webchat/people']) {
      const { headers } = await kit.call(path);
      expect(headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await kit.call('/webchat/people')).headers.get('cache-control')).toBe('no-store');
    const js = await kit.call('/webchat/app.js');
    const etag = js.headers.get('etag') ?? '';
    expect(js.headers.get('content-encoding')).toBe('gzip');
    expect((await kit.call('/webchat/app.js', undefined, undefined, { 'if-none-match': etag })).status).toBe(
      304,
    );
    expect((await kit.call('/')).json).not.toMatch(/<script>|style=|onload/);
  });

  it('survives whatever is sent: clean 4xx in Chinese, nothing kept', async () => {
    const rows = kit.store.count('webchat_messages');
    const turns = kit.inbounds.length;
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(HOSTILE, '__proto__', '', GROUP, `${own('guo')}|`, 'webchat|p:', '../', '\u0000', '😀'),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    // `id` and `place` are never both right, so nothing here may be kept.
    const fields = fc.record(
      { place: odd, text: odd, id: odd, message: odd, op: odd, data: odd, seq: odd, ask: odd },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      { weight: 4, arbitrary: fields.map((value) => JSON.stringify(value)) },
      fc.string(),
      odd.map((value) => JSON.stringify(value) ?? ''),
    );
    const path = fc.constantFrom('text', 'action', 'read');
    const query = fc.tuple(
      fc.constantFrom('messages', 'changes', 'chats', 'stream'),
      fc.record({ place: fc.string(), after: fc.string(), before: fc.string() }, { requiredKeys: [] }),
    );
    const bad = (status: number, message: unknown) => {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(message).toMatch(CHINESE);
    };
    await fc.assert(
      fc.asyncProperty(path, body, async (name, sent) => {
        const { status, json } = await kit.call(`/webchat/${name}`, 'guo', sent);
        bad(status, json.message);
      }),
      { numRuns: 1_500 },
    );
    await fc.assert(
      fc.asyncProperty(query, async ([name, values]) => {
        const who = name === 'chats' || name === 'stream' ? 'nobody' : 'guo';
        const { status, json } = await kit.call(`/webchat/${name}?${new URLSearchParams(values)}`, who);
        bad(status, json.message);
      }),
      { numRuns: 500 },
    );
    expect(kit.store.count('webchat_messages')).toBe(rows);
    expect(kit.inbounds.length).toBe(turns);
  });
});

describe('with credentials', () => {
  it('says where to go, and gives away nothing', async () => {
    const closed = await startKit({ demo: false });
    const page = await closed.call('/');
    expect(page.status).toBe(200);
    expect(page.json).toContain('请在 Teams 或钉钉里');
    expect((await closed.call('/webchat/closed.css')).status).toBe(200);
    for (const path of ['people', 'chats', 'messages', 'changes', 'stream?as=sun']) {
      const { status, json } = await closed.call(`/webchat/${path}`, 'sun');
      expect(status).toBe(403);
      expect(json.message).toMatch(CHINESE);
    }
    for (const path of ['text', 'action', 'read'])
      expect((await closed.call(`/webchat/${path}`, 'sun', {})).status).toBe(403);
    expect(closed.channel.personalPlace).toBeUndefined();
    await closed.stop();
  });
});
