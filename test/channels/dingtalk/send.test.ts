/** What is sent to DingTalk, how few calls it takes, and what its refusals mean. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../../src/bot/bot.ts';
import { button, note, recordCard } from '../../../src/bot/cards/spec.ts';
import type { Place, SendError } from '../../../src/bot/delivery/channel.ts';
import type { Inbound } from '../../../src/bot/turn/inbound.ts';
import { sendErrorOf } from '../../../src/channels/dingtalk/errors.ts';
import { groupPlace, personalPlace } from '../../../src/channels/dingtalk/place.ts';
import { months } from '../../../src/channels/dingtalk/tables.ts';
import { CORP } from '../../fake-dingtalk.ts';
import { buttonsIn, startKit, until } from './kit.ts';

const ACCEPT = { name: 'issues.accept', title: '受理' };
const CARD = note('村口路灯坏了', [button(ACCEPT, { issue: 'WT-2026-0001' })]);
const to = (staff: string) => personalPlace(`${CORP}:${staff}`) as Place;
const GROUP = groupPlace(CORP, 'cidGroup');
const subject = { kind: 'issue', id: 'WT-2026-0001' };

let kit: Awaited<ReturnType<typeof startKit>>;
afterEach(() => kit.close());

const bot = {
  handle: async () => ({ scope: 'words', shown: { text: '好的' }, refused: false }),
  chatEvent: async () => {},
  async draw(_reply, viewer) {
    const mine = typeof viewer === 'object' && viewer?.account === `${CORP}:head`;
    return { text: '', card: mine ? CARD : note('村口路灯坏了') };
  },
} satisfies Partial<Bot> as unknown as Bot;

const callsTo = (path: string) => kit.fake.calls.filter((call) => call.path.endsWith(path));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: SendError) => error.kind,
  );

describe('calls', () => {
  it('reach twenty people at once who are to hear the same, and each hears what became of theirs', async () => {
    kit = await startKit(bot);
    kit.fake.goneFrom('p7');
    const people = Array.from({ length: 45 }, (_, i) => `p${i}`);
    const sent = await Promise.allSettled(
      people.map((staff) =>
        kit.channel.send(to(staff), { text: '本月还没开支委会', kind: 'digest' }, `digest:${staff}`),
      ),
    );
    expect(
      callsTo('batchSend')
        .map(({ body }) => body.userIds.length)
        .sort((a, b) => b - a),
    ).toEqual([20, 20, 5]);
    expect(sent.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
    expect(sent[7]).toMatchObject({ reason: { kind: 'gone' } });
    expect(kit.fake.seen('p:p44', 'p44')).toMatchObject([{ text: '本月还没开支委会' }]);
  });

  it('go through the webhook of the chat while there is one, and cost none of the month', async () => {
    const heard: Inbound[] = [];
    kit = await startKit({
      ...bot,
      async handle(inbound) {
        heard.push(inbound);
        return { scope: 'none', shown: { text: '' }, refused: false };
      },
    });
    await kit.fake.say({ staff: 'zhang', text: '待办' });
    // As the kernel keeps it: whichever server sends, before a restart or after.
    const place = JSON.parse(JSON.stringify(heard[0]?.place)) as Place;
    const used = kit.fake.calls.length;
    await kit.channel.send(place, { text: '没有等您办的事' }, 'reply:1');
    expect(kit.fake.calls.slice(used).map(({ path }) => path)).toEqual(['/webhook']);
    expect(kit.used.at(-1) ?? 0).toBe(0);
    // One that ended is given up, and the message goes out all the same.
    kit.fake.trouble({ path: /webhook/, body: { errcode: 400101, errmsg: 'session not exists' } });
    await kit.channel.send(place, { text: '第二条' }, 'reply:2');
    await kit.channel.send(place, { text: '第三条' }, 'reply:3');
    expect(callsTo('batchSend')).toHaveLength(2);
    // Nor is one used that says itself that it is over, or that is none.
    for (const ref of [{ webhook: kit.fake.url, until: 1 }, { webhook: 7 }, null])
      await kit.channel.send({ ...to('zhang'), ref }, { text: '第四条' }, 'reply:4');
    expect(callsTo('batchSend')).toHaveLength(5);
  });

  it('show one of a group what is theirs alone, and leave it to the kernel where that cannot be', async () => {
    kit = await startKit(bot);
    const aside = { ...GROUP, only: 'zhang' };
    await kit.channel.send(aside, { text: '没有找到这个问题' }, 'reply:1');
    await kit.channel.send(aside, { text: '', card: CARD }, 'reply:2');
    expect(kit.fake.seen('g:cidGroup', 'li')).toEqual([]);
    expect(kit.fake.seen('g:cidGroup', 'zhang')).toMatchObject([
      { params: { title: '没有找到这个问题' } },
      { params: { title: '村口路灯坏了' } },
    ]);
    kit.fake.trouble({ status: 400, body: { code: 'param.templateNotExist', message: '' } });
    expect(await failure(kit.channel.send(aside, { text: '一' }, 'reply:3'))).toBe('refused');
    expect(kit.fake.seen('g:cidGroup', 'zhang')).toHaveLength(2);
  });

  it('put a card in place only when somebody sees something else', async () => {
    kit = await startKit(bot);
    const id = await kit.channel.send(to('zhang'), { text: '', card: CARD, subject }, 'notice:1');
    await kit.channel.update(to('zhang'), id, { text: '', card: CARD, subject });
    expect(callsTo('/card/instances')).toHaveLength(0);
    await kit.channel.update(to('zhang'), id, { text: '', card: note('已办结'), subject });
    expect(callsTo('/card/instances')).toHaveLength(1);
    expect(kit.fake.seen('p:zhang', 'zhang')).toMatchObject([{ params: { title: '已办结', buttons: '[]' } }]);
  });

  it('give each of the group who may press a card of their own, and take it back', async () => {
    kit = await startKit(bot);
    const shown = { text: '', card: note('村口路灯坏了'), subject };
    const id = await kit.channel.send(GROUP, { ...shown, viewers: ['head', 'other'] }, 'notice:1');
    const seenBy = (user: string) =>
      buttonsIn(kit.fake.seen('g:cidGroup', user)[0]?.params ?? {}).map(({ text }) => text);
    expect(seenBy('head')).toEqual(['受理']);
    expect(seenBy('other')).toEqual([]);
    await kit.channel.update(GROUP, id, { ...shown, viewers: ['other'] });
    expect(seenBy('head')).toEqual([]);
    // What everybody sees reaches also those who had a card of their own.
    await kit.channel.update(GROUP, id, { ...shown, card: note('已办结') });
    expect(kit.fake.seen('g:cidGroup', 'head')[0]?.params.title).toBe('已办结');
  });

  it('turn from cards into words when few are left, and the organiser is told once', async () => {
    kit = await startKit(bot);
    const month = { id: '2026-11', calls: 3_999, warned: false };
    await kit.store.transaction((tx) => tx.table(months).put(month));
    await kit.channel.send(to('a'), { text: '新问题', card: CARD, kind: 'notice' }, 'notice:1');
    await until(() => kit.warned.length > 0);
    expect(kit.warned).toEqual([expect.stringContaining('已经用了4000次，占5000次的80%')]);
    expect(kit.fake.seen('p:a', 'a')).toMatchObject([{ kind: 'card' }]);

    const set = async (calls: number) => {
      await kit.store.transaction(async (tx) => {
        const row = await tx.table(months).get('2026-11');
        if (row) await tx.table(months).put({ ...row, calls });
      });
      // Other servers’ calls are learnt of with the next own one.
      await kit.channel.send(to('x'), { text: `到${calls}` }, `notice:${calls}`);
      await until(() => (kit.used.at(-1) ?? 0) > calls);
    };
    await set(4_600);
    const id = await kit.channel.send(to('b'), { text: '新问题', card: CARD, kind: 'notice' }, 'notice:2');
    expect(kit.fake.seen('p:b', 'b')).toMatchObject([
      { kind: 'markdown', text: expect.stringContaining('[受理](dtmd:') },
    ]);
    await kit.channel.send(to('b'), { text: '', card: CARD, kind: 'reply' }, 'reply:1');
    expect(kit.fake.seen('p:b', 'b')).toMatchObject([{ kind: 'markdown' }, { kind: 'card' }]);
    expect(await failure(kit.channel.update(to('b'), id, { text: '', card: CARD }))).toBe('refused');
    await set(4_950);
    await kit.channel.send(to('c'), { text: '', card: CARD, kind: 'reply' }, 'reply:2');
    expect(kit.fake.seen('p:c', 'c')).toMatchObject([{ kind: 'markdown' }]);
    expect(kit.warned).toHaveLength(1);
  });
});

describe('faults', () => {
  it('a token that is not accepted any more is fetched once for all, and the message goes out once', async () => {
    kit = await startKit(bot);
    await kit.channel.send(to('a'), { text: '一' }, 'notice:1');
    kit.fake.expireTokens();
    await Promise.all(
      ['b', 'c', 'd'].map((staff) => kit.channel.send(to(staff), { text: staff }, `notice:${staff}`)),
    );
    expect(callsTo('accessToken')).toHaveLength(2);
    for (const staff of ['b', 'c', 'd']) expect(kit.fake.seen(`p:${staff}`, staff)).toHaveLength(1);
  });

  it('a card that was taken and shown nowhere is a failure, and is not delivered twice under one name', async () => {
    kit = await startKit(bot);
    const deliverResults = [{ success: false, errorMsg: 'system.busy' }];
    kit.fake.trouble({ body: { success: true, result: { deliverResults } } });
    expect(await failure(kit.channel.send(to('a'), { text: '', card: CARD }, 'notice:1'))).toBe('retry');
    await kit.channel.send(to('a'), { text: '', card: CARD }, 'notice:1');
    await kit.channel.send(to('a'), { text: '', card: CARD }, 'notice:1');
    expect(new Set(kit.fake.seen('p:a', 'a').map(({ id }) => id)).size).toBe(2);
  });

  it('a template that is no more costs the card, not the message', async () => {
    kit = await startKit(bot);
    kit.fake.trouble({ status: 400, body: { code: 'param.templateNotExist', message: '' } });
    await kit.channel.send(to('a'), { text: '新问题', card: CARD }, 'notice:1');
    expect(kit.fake.seen('p:a', 'a')).toMatchObject([
      { kind: 'markdown', text: expect.stringContaining('村口路灯坏了') },
    ]);
  });

  it('no answer after it was sent is unsure: it went out, and is not sent again by the channel', async () => {
    kit = await startKit(bot);
    kit.fake.trouble({ fail: 'late' });
    expect(await failure(kit.channel.send(to('a'), { text: '一' }, 'notice:1'))).toBe('unsure');
    expect(kit.fake.seen('p:a', 'a')).toHaveLength(1);
  });

  it.each([
    [403, 'Forbidden.AccessDenied.QpsLimitForApi', 'limited'],
    [200, 'system.busy', 'retry'],
    [400, 'invalid.openConversationId', 'gone'],
    [400, 'group.disbanded', 'gone'],
    [400, 'bot.stopped', 'gone'],
    [400, 'chatbotId.notAllow.sendOTO', 'gone'],
    [400, 'param.userIdNotExist', 'gone'],
    [400, 'contain.unsafe.url', 'refused'],
    [400, 'card.content.checkFailed', 'refused'],
    [400, 'param.contentUnsafe', 'refused'],
    [400, 'msgParam.tooLong', 'refused'],
    [200, 'unknown.send.result', 'unsure'],
    [403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied', 'configuration'],
    [400, 'invalidParameter.robotCode.notExist', 'configuration'],
    [403, 'Forbidden.AccessDenied.ApiCountLimitForOrg', 'configuration'],
    [500, '', 'retry'],
    [400, 'whatever', 'refused'],
  ] as const)('%i %s is %s', async (status, code, kind) => {
    kit = await startKit(bot);
    expect(sendErrorOf({ status, code, message: '' }).kind).toBe(kind);
    expect(sendErrorOf({ status, code: '', message: code }).kind).toBe(kind);
  });
});

it('nothing that people typed is markup in words, and every button is a link that says its command', async () => {
  kit = await startKit(bot, 'words');
  const hostile = '[点我](https://evil.example) <font color=red>x</font> **粗**';
  const card = recordCard({
    ...{ number: 'WT-2026-0001', title: hostile, state: '待受理', ask: '' },
    facts: [['详情', hostile]],
    buttons: [button(ACCEPT, { issue: 'WT-2026-0001' })],
  });
  await kit.channel.send(to('a'), { text: hostile, card }, 'notice:1');
  const text = kit.fake.seen('p:a', 'a')[0]?.text ?? '';
  const links = [...text.matchAll(/\[([^\]]*)\]\(([^)]*)\)/g)].map(([, title]) => title);
  expect(links).toEqual(['受理']);
  expect(text).not.toMatch(/<font|\*\*粗/);
});
