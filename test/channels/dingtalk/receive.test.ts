/** What people send, in the shapes of DingTalk's documents and examples, as the kernel hears it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFrame, parseLeavers, parseMessage, parsePress } from '../../../src/channels/dingtalk/frames.ts';
import { rosterColumn, whereOf } from '../../../src/channels/dingtalk/place.ts';
import { receiveMessage } from '../../../src/channels/dingtalk/receive.ts';
import { pressedBy } from '../../../src/channels/dingtalk/words.ts';
import { CORP, messageOf, type Said } from '../../dingtalk-payloads.ts';

const NOW = new Date('2026-11-23T01:00:00.000Z');
function hear(said: Said) {
  const message = parseMessage(JSON.stringify(messageOf('http://127.0.0.1:1', said)));
  if (!message) throw new Error('not read');
  return receiveMessage(message, NOW);
}

describe('a message', () => {
  it('in the single chat is that person’s, in a group the group’s', () => {
    expect(hear({ staff: 'manager4220', text: '待办' })).toMatchObject({
      inbound: {
        channel: 'dingtalk',
        text: '待办',
        place: { key: `dingtalk|p:${CORP}:manager4220`, kind: 'personal' },
        sender: { account: `${CORP}:manager4220`, name: 'manager4220', handle: 'manager4220' },
      },
    });
    expect(hear({ staff: 'a', text: '待办', group: 'cidX+/==' })).toMatchObject({
      inbound: { text: '待办', place: { key: `dingtalk|g:${CORP}:cidX+/==`, kind: 'group', name: '工作群' } },
    });
  });

  it.each([
    ['picture', { downloadCode: 'c1' }, '', [{ name: '图片', code: 'c1' }]],
    ['file', { downloadCode: 'c2', fileName: '台账.xlsx' }, '', [{ name: '台账.xlsx', code: 'c2' }]],
    ['audio', { downloadCode: 'c3', duration: 3000, recognition: '村口路灯坏了' }, '村口路灯坏了', []],
    [
      'richText',
      { richText: [{ text: '上报 ' }, { text: '门口积水' }, { type: 'picture', downloadCode: 'c4' }] },
      '上报 门口积水',
      [{ name: '图片', code: 'c4' }],
    ],
  ] as const)('of kind %s is words and files', (msgtype, content, text, files) => {
    expect(hear({ staff: 'a', fields: { msgtype, content, text: undefined } })).toMatchObject({
      kind: 'inbound',
      inbound: { text },
      files,
    });
  });

  it.each([
    [{ msgtype: 'audio', content: { downloadCode: 'c' } }, '这条语音没有转成文字'],
    [{ msgtype: 'video', content: { downloadCode: 'c' } }, '请发文字、照片或文件'],
    [{ msgtype: 'richText', content: { richText: Array(201).fill({ text: '字' }) } }, '请发文字、照片或文件'],
    [{ senderStaffId: undefined }, '请用本单位的钉钉账号'],
    [{ senderStaffId: null }, '请用本单位的钉钉账号'],
    [{ senderCorpId: 'ding-other' }, '请用本单位的钉钉账号'],
  ])('that cannot be handled is answered in words: %o', (fields, words) => {
    expect(hear({ staff: 'a', fields })).toMatchObject({ kind: 'say', text: expect.stringContaining(words) });
  });

  it.each([
    { msgId: '' },
    { msgId: 'with a space' },
    { conversationType: '3' },
    { chatbotCorpId: undefined },
  ])('that is none is not read: %o', (fields) => {
    const body = messageOf('http://127.0.0.1:1', { staff: 'a', text: 'x', fields });
    expect(parseMessage(JSON.stringify(body))).toBeUndefined();
  });
});

it('presses, leavers and frames are read, and nothing else for them', () => {
  const content = JSON.stringify({ cardPrivateData: { actionIds: ['form'], params: { form: { a: 'b' } } } });
  const body = { type: 'actionCallback', outTrackId: 't', userId: 'u', spaceId: 'x', content };
  expect(parsePress(JSON.stringify(body))).toEqual({
    card: 't',
    user: 'u',
    button: 'form',
    params: { form: { a: 'b' } },
  });
  for (const wrong of [
    { ...body, content: '{}' },
    { ...body, outTrackId: '' },
    { ...body, content: 'x' },
    7,
    null,
  ])
    expect(parsePress(JSON.stringify(wrong))).toBeUndefined();
  expect(parseLeavers('{"userId":["a","b"]}')).toEqual(['a', 'b']);
  expect(parseLeavers('{"userId":7}')).toEqual([]);
  for (const wrong of ['', '[]', '{"type":"EVENT"}', '{"headers":{"messageId":"x"}}'])
    expect(parseFrame(wrong)).toBeUndefined();
});

it('only a whole name behind a command presses a button', () => {
  expect(pressedBy('受理 #issues.accept~3nK_-9aQ12Zx')).toBe('issues.accept~3nK_-9aQ12Zx');
  for (const words of [
    '受理 #1',
    '#issues.accept~3nK_-9aQ12Zx',
    '受理 #issues.accept~short',
    '受理 issues.accept~3nK_-9aQ12Zx',
  ])
    expect(pressedBy(words)).toBeUndefined();
});

it('an account in a list is a staff id of the organisation, and no key is taken for another platform’s', () => {
  expect(rosterColumn(CORP).read('Manager01')).toBe(`${CORP}:Manager01`);
  expect(rosterColumn(undefined).read('Manager01')).toBeUndefined();
  expect(rosterColumn(undefined).read('ding9:0123')).toBe('ding9:0123');
  for (const key of ['msteams|a', 'webchat|p:a', 'dingtalk|x:c:a', 'dingtalk|p:c', 'dingtalk|p:c:a b'])
    expect(whereOf({ key })).toBeUndefined();
});

it('whatever DingTalk sends is read or left, never a fault', () => {
  const names = ['msgtype', 'text', 'content', 'senderStaffId', 'msgId', 'sessionWebhook', 'chatbotCorpId'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue()), (fields) => {
      const body = messageOf('http://127.0.0.1:1', { staff: 'a', text: 'x', fields });
      const text = JSON.stringify(body);
      parseFrame(text);
      parsePress(text);
      const message = parseMessage(text);
      if (message) expect(['inbound', 'say']).toContain(receiveMessage(message, NOW).kind);
    }),
  );
});
