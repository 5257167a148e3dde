/** What was published of what DingTalk sends, through the Stream and the receiver, as the kernel hears it. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { button, note } from '../../../src/bot/cards/spec.ts';
import type { ChatEvent } from '../../../src/bot/delivery/channel.ts';
import type { Attachment, Inbound } from '../../../src/bot/turn/inbound.ts';
import { buttonName } from '../../../src/channels/dingtalk/params.ts';
import { personalPlace } from '../../../src/channels/dingtalk/place.ts';
import { cards } from '../../../src/channels/dingtalk/tables.ts';
import { APP, type Json } from '../../dingtalk-payloads.ts';
import { EVENT_HEADERS, EVENTS, IN_GROUPS, MESSAGES, PRESS, SYSTEM } from '../../dingtalk-published.ts';
import { idleBot } from '../../platform.ts';
import { startKit, until } from './kit.ts';

const ROBOT = '/v1.0/im/bot/messages/get';
const handled: { inbound: Inbound; files: readonly Attachment[] }[] = [];
const happened: ChatEvent[] = [];
const bot = idleBot({
  async handle(inbound, files = []) {
    handled.push({ inbound, files });
    return { scope: 'words', shown: { text: '收到' }, refused: false };
  },
  chatEvent: async (event) => void happened.push(event),
});

let kit: Awaited<ReturnType<typeof startKit>>;
beforeAll(async () => {
  const TIMES = { ping: 30_000, firstPause: 10, longestPause: 80, settled: 200, connect: 500 };
  kit = await startKit(bot, 'form', { times: TIMES });
});
beforeEach(() => {
  handled.length = 0;
  happened.length = 0;
});
afterAll(() => kit.close());

/** Its webhook leads to the played DingTalk; resolves to what is said there. */
async function hear(message: Json): Promise<string | undefined> {
  const chat = `said:${message.msgId}`;
  const sessionWebhook = `${kit.fake.url}/webhook?chat=${encodeURIComponent(chat)}`;
  const body = { ...message, sessionWebhook, ...(message.robotCode && { robotCode: APP.clientId }) };
  const ack = await kit.fake.push('CALLBACK', ROBOT, JSON.stringify(body).replaceAll('*', '0'));
  expect(ack).toMatchObject({ code: 200, answer: { response: null } });
  return kit.fake.seen(chat.replaceAll('*', '0'), 'anybody').at(-1)?.text;
}

it.each([
  ['text', 'hello DingTalk!', []],
  ['picture', '', ['图片']],
  ['audio', '钉钉PaaS开放中心，致力为企业……', []],
  ['file', '', ['foobar.zip']],
  ['richText', '这个问题示例图如下：通过以上示意图可以明白完整的交互流程', ['图片']],
] as const)('a message of kind %s is words and files of that person', async (kind, text, names) => {
  expect(await hear(MESSAGES[kind])).toBe('收到');
  const account = 'ding00006741:042000297';
  expect(handled).toMatchObject([
    { inbound: { text, sender: { account, name: '张三' }, place: { kind: 'personal' } } },
  ]);
  expect(handled[0]?.files.map(({ name }) => name)).toEqual(names);
});

it.each(['video', 'unknown'] as const)('a message of kind %s is answered by what to send', async (kind) => {
  expect(await hear(MESSAGES[kind])).toContain('请发文字、照片或文件');
  expect(handled).toEqual([]);
});

it.each([
  ['called in front', 'abcd', 2],
  ['called behind', '', 1],
  ['plain text, called behind', 'hello world', 0],
] as const)('in a group who called the bot is no word of the message: %s', async (name, text, pictures) => {
  await hear(IN_GROUPS[name]);
  expect(handled).toMatchObject([
    { inbound: { text, place: { kind: 'group', key: 'dingtalk|g:dinge8a565xxxx:xxx' } } },
  ]);
  expect(handled[0]?.files).toHaveLength(pictures);
});

it('in a group others who are called with the bot stay in the words', async () => {
  const atUsers = [{ dingtalkId: '$:li' }, { dingtalkId: MESSAGES.group.chatbotUserId }];
  const richText = [{ text: '请' }, { text: '@李四' }, { text: ' 看看' }, { text: '@会商助手' }];
  await hear({ ...MESSAGES.group, msgId: 'two', msgtype: 'richText', atUsers, content: { richText } });
  expect(handled).toMatchObject([{ inbound: { text: '请@李四 看看' } }]);
});

it('a group is met at its first message, with its name and a webhook', async () => {
  expect(await hear(MESSAGES.group)).toBe('收到');
  expect(happened).toMatchObject([
    { what: 'added', account: 'dinge8a565xxxx:user123', place: { name: '机器人测试-TEST' } },
  ]);
  expect(handled).toMatchObject([{ inbound: { text: '你好' } }]);
});

it('a press is one of that person on that card, and none of who has the same id in another organisation', async () => {
  const place = personalPlace('dingxxxx:xxxx');
  const op = { name: 'issues.accept', title: '受理' };
  const row = { id: 'xxxx', place: place?.key ?? '', at: '2026-11-23T01:00:00.000Z', shown: '', viewers: [] };
  await kit.store.transaction((tx) => tx.table(cards).put(row));
  // In the frame that was printed the template names its buttons; here they are named when they are drawn.
  if (place) await kit.channel.send(place, { text: '', card: note('一', [button(op, { issue: 'A' })]) }, 'k');
  const content = PRESS.content.replace(
    'single_button_node_ocltl6e6foq',
    buttonName(op.name, { issue: 'A' }),
  );
  for (const body of [{ ...PRESS, content, corpId: 'dingyyyy' }, PRESS, { ...PRESS, content }])
    expect(await kit.fake.push('CALLBACK', '/v1.0/card/instances/callback', body)).toMatchObject({
      code: 200,
    });
  expect(handled).toMatchObject([
    { inbound: { kind: 'action', op: '', sender: { account: 'dingxxxx:xxxx' }, pressed: 'xxxx' } },
    { inbound: { kind: 'action', op: 'issues.accept', data: { issue: 'A' } } },
  ]);
});

it.each(EVENTS)('$type of $key ends what it ends, in either of its shapes', async ({ type, data, key }) => {
  const headers = { ...EVENT_HEADERS, eventType: type, eventId: 'c7c7120f2c07419**ebdba0318c8' };
  const ack = await kit.fake.push('EVENT', '*', data, headers);
  expect(ack).toMatchObject({ code: 200, answer: { status: 'SUCCESS' } });
  const what = type === 'chat_disband' ? 'removed' : 'left';
  expect(happened).toMatchObject([{ what, place: { key: `dingtalk|${key}` } }]);
});

it('a ping is echoed, and a disconnect, which has no id, makes it connect anew', async () => {
  const { ping, disconnect } = SYSTEM;
  expect(await kit.fake.push(ping.type, 'ping', ping.data, ping.headers)).toMatchObject({
    code: 200,
    answer: { opaque: '123-dsfs' },
  });
  const opened = kit.fake.opened();
  kit.fake.raw(JSON.stringify(disconnect));
  await until(() => kit.fake.opened() === opened + 1 && kit.fake.sockets() === 1);
  expect(await hear({ ...MESSAGES.text, msgId: 'afterwards' })).toBe('收到');
});
