import { describe, expect, it, vi } from 'vitest';
import { parseActivity } from '../../../src/channels/teams/activity.ts';
import { receive } from '../../../src/channels/teams/receive.ts';
import { plainText } from '../../../src/channels/teams/text.ts';
import { executes, type Json, other, says, submits } from '../../fake-connector.ts';
import { NOW } from './kit.ts';

const here = { serviceUrl: 'http://127.0.0.1:9/' };

function received(body: unknown) {
  const activity = parseActivity(body);
  if (!activity) throw new Error('not an activity');
  return receive(activity, NOW);
}

function inbound(body: unknown) {
  const result = received(body);
  if (result.kind !== 'inbound') throw new Error(result.kind);
  return result.inbound;
}

describe('what a message becomes', () => {
  it('is text in a personal chat', () => {
    expect(inbound(says({ ...here, id: '1' }, '待办'))).toEqual({
      kind: 'text',
      text: '待办',
      channel: 'teams',
      id: '1',
      place: {
        key: 'msteams|a:1-aad-zhang',
        kind: 'personal',
        ref: {
          channelId: 'msteams',
          serviceUrl: here.serviceUrl,
          conversation: { id: 'a:1-aad-zhang', conversationType: 'personal', tenantId: 'tenant-1' },
          bot: { id: '28:bot-app-id', name: '会商' },
        },
      },
      sender: { account: 'aad-zhang', name: '张三', handle: '29:aad-zhang' },
      at: NOW,
    });
  });

  it('has the mention of the bot stripped in a group, and the thread of a channel kept', () => {
    const thread = '19:channel@thread.tacv2;messageid=1700';
    const message = inbound(says({ ...here, group: true, conversation: thread }, '上报 村口路灯坏了'));
    expect(message).toMatchObject({ kind: 'text', text: '上报 村口路灯坏了', place: { kind: 'group' } });
    // The place is the channel; only the answer goes to the thread.
    expect(message.place.key).toBe('msteams|19:channel@thread.tacv2');
    expect(message.place.thread).toBe(thread);
    expect(message.place.ref).toMatchObject({
      conversation: { id: '19:channel@thread.tacv2', isGroup: true },
    });
  });

  it('keeps the reference the same from message to message', () => {
    expect(inbound(says(here, '一')).place.ref).toEqual(inbound(says(here, '二')).place.ref);
  });

  it('says which message it replies to, where it quotes one', () => {
    const message = inbound(says(here, '<quoted messageId="1783419459151"/> 受理'));
    expect(message).toMatchObject({ kind: 'text', text: '受理', quoted: '1783419459151' });
  });

  it('is empty text when there are only attachments, and with text that is null', () => {
    const bare = { text: undefined, attachments: [{ contentType: 'image/png', contentUrl: 'x' }] };
    expect(inbound({ ...says(here, ''), ...bare })).toMatchObject({ kind: 'text', text: '' });
    expect(inbound({ ...says(here, ''), text: null, value: null })).toMatchObject({ kind: 'text', text: '' });
  });

  it('knows a person by the object id in whatever case it is written, and by nothing else so', () => {
    const from = { id: '29:AbC', aadObjectId: '79D0C30F-F030-5966-9625-DC207A6E6F3C' };
    expect(inbound({ ...says(here, '帮助'), from }).sender.account).toBe(
      '79d0c30f-f030-5966-9625-dc207a6e6f3c',
    );
    expect(inbound({ ...says(here, '帮助'), from: { id: '29:AbC' } }).sender.account).toBe('29:AbC');
  });

  it('falls back to from.id, and comes from the teams channel also in the Emulator', () => {
    const bare = { ...says({ ...here, channelId: 'emulator' }, '帮助'), from: { id: 'user-1' } };
    expect(inbound(bare)).toMatchObject({ channel: 'teams', sender: { account: 'user-1', name: '' } });
    expect(inbound({ ...bare, from: { id: 'u', name: null, aadObjectId: '' } }).sender.account).toBe('u');
  });

  it('is personal when the Emulator does not say, a group when Teams does not', () => {
    const bare = { ...says(here, '帮助'), conversation: { id: 'c' } };
    expect(inbound({ ...bare, channelId: 'emulator' }).place.kind).toBe('personal');
    expect(inbound(bare).place.kind).toBe('group');
  });
});

describe('what a press becomes', () => {
  it('is an action for Action.Submit, its operation in op', () => {
    expect(inbound(submits(here, 'm7', { op: 'issues.accept', number: 'WT-2026-0001' }))).toMatchObject({
      kind: 'action',
      op: 'issues.accept',
      data: { number: 'WT-2026-0001' },
      pressed: 'm7',
      inline: false,
    });
    expect(inbound(submits(here, 'm7', { words: 'x' }))).toMatchObject({
      kind: 'action',
      op: '',
      data: { words: 'x' },
    });
  });

  it('is words when there are words and the value names no operation', () => {
    expect(inbound({ ...says(here, '帮助'), value: { some: 'thing' } })).toMatchObject({
      kind: 'text',
      text: '帮助',
    });
    expect(inbound({ ...says(here, '帮助'), value: 'text' })).toMatchObject({ kind: 'text', text: '帮助' });
  });

  it('is an inline action for Action.Execute', () => {
    const press = executes(here, 'm8', 'issues.close', { op: 'issues.close', form: 'f1', words: '好' });
    expect(inbound(press)).toMatchObject({
      kind: 'action',
      op: 'issues.close',
      data: { form: 'f1', words: '好' },
      pressed: 'm8',
      inline: true,
    });
    const noVerb = { ...press, value: { action: { data: { op: 'issues.back' } } } };
    expect(inbound(noVerb)).toMatchObject({ op: 'issues.back', data: {} });
    expect(received({ ...press, value: { action: 'x' } }).kind).toBe('malformed');
    expect(received({ ...press, value: undefined }).kind).toBe('malformed');
  });

  it('knows no other invoke, and does nothing for anything else', () => {
    expect(received(other(here, 'invoke', { name: 'task/fetch' })).kind).toBe('unknown');
    for (const type of ['installationUpdate', 'messageReaction', 'typing', 'odd'])
      expect(received({ ...other(here, type), id: undefined }).kind).toBe('ignored');
    const own = says(here, '帮助');
    expect(received({ ...own, from: own.recipient }).kind).toBe('ignored');
  });
});

describe('plain text', () => {
  const recipient = { id: '28:bot' };
  const bot = { type: 'mention', mentioned: { id: '28:bot' }, text: '<at>会商</at>' };
  const li = { type: 'mention', mentioned: { id: '29:li' }, text: '<at>李四</at>' };
  it.each<[string, unknown, string]>([
    ['<at>会商</at>&nbsp;帮助', [bot], '帮助'],
    ['<at>会商</at> 帮助', undefined, '帮助'],
    ['<at id="0">会商</at> <at>会商</at>\n帮助', null, '帮助'],
    ['帮助 <at>会商</at>', [bot], '帮助'],
    ['交接 <at>李四</at> <at>会商</at>', [bot, li], '交接 李四'],
    ['<at>李四</at> <at>会商</at> 您看看', [li, bot], '李四  您看看'],
    ['<at>会商</at> 交接 <at>会商</at>', [bot], '交接 <at>会商</at>'],
    ['上报 <at>all</at> 坏了', [bot], '上报 <at>all</at> 坏了'],
    ['<at>会商</at> 交接 <at>李四</at> 给 <at id="1">王五</at>', undefined, '交接 李四 给 王五'],
    ['<at>会商</at> 交接 <at id="1">李四</at>', [bot, li], '交接 李四'],
    [
      '上报 a &lt; b &amp;&amp; c &gt; d &quot;x&quot; &#39;y&#39; &#x4f60;',
      [],
      `上报 a < b && c > d "x" 'y' 你`,
    ],
    ['上报 &amp;nbsp; &lt;at&gt;x&lt;/at&gt;', [], '上报 &nbsp; <at>x</at>'],
    ['&lt;at&gt;x&lt;/at&gt; 上报', [], '<at>x</at> 上报'],
    [
      '&#0; &#xD800; &#9999999; &bogus; & 1<2 <b>粗</b>',
      [],
      '&#0; &#xD800; &#9999999; &bogus; & 1<2 <b>粗</b>',
    ],
    ['  /帮助　全部 \r\n', [], '/帮助　全部'],
    ['上报 @会商 的事', 'odd', '上报 @会商 的事'],
    ['<quoted messageId="1783419459151"/> 待办', [{ type: 'quotedReply' }], '待办'],
    ['<quoted messageId="17"/><at>会商</at> 待办', [bot], '待办'],
    ['<quoted messageId="17"/>&lt;quoted messageId="18"/&gt;', [], '<quoted messageId="18"/>'],
    ['帮助', [null, 5, { type: 'mention' }, { ...bot, text: '' }, { ...bot, text: '<at>无</at>' }], '帮助'],
  ])('%s', (text, entities, expected) => {
    expect(plainText({ text, entities, recipient })).toBe(expected);
  });

  it('reads hostile text in as many steps as it has parts', () => {
    const rest = `${'<at '.repeat(10_000)}${'&'.repeat(50_000)}`;
    const text = `${'<at>x</at>'.repeat(20_000)}${rest}`;
    const entities = Array.from({ length: 5_000 }, () => ({ ...bot, text: `<at>${'x'.repeat(40)}` }));
    const steps = [
      vi.spyOn(RegExp.prototype, 'exec'),
      ...(['slice', 'indexOf'] as const).map((name) => vi.spyOn(String.prototype, name)),
    ];
    const read = plainText({ text, entities, recipient });
    const made = steps.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    vi.restoreAllMocks();
    expect(read).toBe(rest);
    // Four for each part: to find its beginning and its end, and to take it out.
    expect(made).toBeLessThan(4 * 20_000 + 1_000);
  });
});

describe('what is no activity', () => {
  const good = says(here, '帮助');
  const without = (field: string): Json => ({ ...good, [field]: undefined });
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'x'],
    ['a list', []],
    ['an empty object', {}],
    ...['type', 'id', 'from', 'conversation', 'serviceUrl', 'channelId'].map((f): [string, unknown] => [
      `no ${f}`,
      without(f),
    ]),
    ['a number as id', { ...good, id: 7 }],
    ['an empty id', { ...good, id: '' }],
    ['a line break in an id', { ...good, id: 'a\nb' }],
    ['text that is a list', { ...good, text: ['x'] }],
    ['from without id', { ...good, from: { name: 'x' } }],
    ['a conversation that is a string', { ...good, conversation: 'c' }],
    ['another channel', { ...good, channelId: 'directline' }],
    ['a serviceUrl that is none', { ...good, serviceUrl: 'urn:botframework:ws' }],
  ])('%s', (_, body) => {
    expect(parseActivity(body)).toBeUndefined();
  });

  it('takes odd fields that do not matter', () => {
    const odd = {
      ...good,
      timestamp: 5,
      entities: 'x',
      channelData: 7,
      attachments: {},
      deliveryMode: 'expectReplies',
    };
    expect(parseActivity({ ...odd, recipient: null, locale: 9, name: null, replyToId: null })).toBeDefined();
  });
});

describe('what happens to a chat', () => {
  const BOT = { id: '28:bot-app-id', name: '会商' };
  const group = { ...here, group: true };
  const happening = (type: string, fields: Json, from = group) => {
    const result = received({ ...other(from, type, fields), id: undefined });
    return result.kind === 'event' ? result.event : undefined;
  };
  const team = (eventType: string, more: Json = {}) => ({
    channelData: {
      eventType,
      tenant: { id: 'tenant-1' },
      team: { id: '19:team@thread.tacv2', name: '石桥' },
      ...more,
    },
  });

  it('is said for an installation, by both ways in which Teams tells it', () => {
    const added = {
      what: 'added',
      account: 'aad-zhang',
      place: { key: 'msteams|19:group@thread.v2', kind: 'group' },
    };
    expect(happening('installationUpdate', { action: 'add' })).toMatchObject(added);
    expect(happening('conversationUpdate', { membersAdded: [BOT] })).toMatchObject(added);
    expect(happening('installationUpdate', { action: 'add' }, { ...here, group: false })).toMatchObject({
      what: 'added',
      place: { kind: 'personal' },
    });
    expect(happening('installationUpdate', { action: 'add-upgrade' })?.what).toBe('seen');
    expect(happening('installationUpdate', { action: 'remove-upgrade' })).toBeUndefined();
  });

  it('is said for a removal, and for what goes with it', () => {
    for (const [type, fields] of [
      ['installationUpdate', { action: 'remove' }],
      ['conversationUpdate', { membersRemoved: [BOT] }],
      ['conversationUpdate', team('teamDeleted')],
      ['conversationUpdate', team('teamArchived')],
    ] as const)
      expect(happening(type, fields)).toMatchObject({ what: 'removed', whole: true });
    expect(happening('conversationUpdate', team('teamDeleted'))?.place.parent).toBe(
      'msteams|19:team@thread.tacv2',
    );
    const gone = happening(
      'conversationUpdate',
      team('channelDeleted', { channel: { id: '19:other@thread.tacv2' } }),
    );
    expect(gone).toMatchObject({
      what: 'removed',
      whole: false,
      place: { key: 'msteams|19:other@thread.tacv2' },
    });
  });

  it('is said for people who join, and for a channel with a new name', () => {
    const person = { id: '29:x', aadObjectId: 'aad-li' };
    expect(happening('conversationUpdate', { membersAdded: [person, { id: '29:y' }] })).toMatchObject({
      what: 'joined',
      accounts: ['aad-li', '29:y'],
    });
    expect(happening('conversationUpdate', { membersRemoved: [person] })?.what).toBe('seen');
    expect(happening('conversationUpdate', { membersAdded: 'nonsense' })?.what).toBe('seen');
    const renamed = team('channelRenamed', { channel: { id: '19:group@thread.v2', name: '新名字' } });
    expect(happening('conversationUpdate', renamed)).toMatchObject({
      what: 'seen',
      place: { name: '新名字' },
    });
  });

  it('is a question while somebody types into a field', () => {
    const ask = (value: Json) => received(other(here, 'invoke', { name: 'application/search', value }));
    const options = { skip: 0, top: 15 };
    expect(ask({ queryText: '柳湾', queryOptions: options, dataset: 'members.units' })).toEqual({
      kind: 'query',
      query: { channel: 'teams', account: 'aad-zhang', dataset: 'members.units', words: '柳湾', ...options },
    });
    for (const odd of [null, 'x', { skip: -1, top: '5' }, undefined])
      expect(ask({ queryText: '柳湾', queryOptions: odd, dataset: 'members.units' })).toMatchObject({
        kind: 'query',
        query: { words: '柳湾' },
      });
    expect(ask({ queryText: 5 }).kind).toBe('malformed');
  });
});
