/** The Stream under faults: nothing lost, nothing handled twice under one name, one socket afterwards. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../../src/bot/bot.ts';
import { button, note } from '../../../src/bot/cards/spec.ts';
import { type Inbound, turnId } from '../../../src/bot/turn/inbound.ts';
import { groupPlace } from '../../../src/channels/dingtalk/place.ts';
import { inbox } from '../../../src/channels/dingtalk/tables.ts';
import { CORP } from '../../fake-dingtalk.ts';
import { idleBot } from '../../platform.ts';
import { buttonsIn, startKit, until } from './kit.ts';

/** Milliseconds: a Stream whose minutes are moments. */
const TIMES = { ping: 30, firstPause: 10, longestPause: 80, settled: 200, connect: 500 };

let kit: Awaited<ReturnType<typeof startKit>>;
const handled: Inbound[] = [];
afterEach(async () => {
  handled.length = 0;
  await kit.close();
});

function bot(wait: (inbound: Inbound) => Promise<unknown> = async () => undefined): Bot {
  return idleBot({
    async handle(inbound) {
      handled.push(inbound);
      await wait(inbound);
      return { scope: 'words', shown: { text: '好的' }, refused: false };
    },
  });
}
const waiting = () =>
  kit.store.read(async (tx) => (await tx.table(inbox).find({ limit: 100, order: 'at' })).rows);
const turns = () => new Set(handled.map(turnId));

describe('the Stream', () => {
  it('echoes the ping of the platform, and takes no frame for what it is not', async () => {
    kit = await startKit(bot());
    const { fake } = kit;
    expect(await fake.push('SYSTEM', 'ping', { opaque: 'x' })).toMatchObject({
      code: 200,
      answer: { opaque: 'x' },
    });
    fake.raw('{ this is no JSON');
    fake.raw('{"type":"CALLBACK"}');
    expect(await fake.push('CALLBACK', '/v1.0/im/bot/messages/get', 'neither is this')).toMatchObject({
      code: 200,
    });
    expect(await fake.push('CALLBACK', '/somewhere/else', {})).toMatchObject({ code: 200 });
    expect(handled).toEqual([]);
    expect(kit.logged.filter((line) => /no frame|cannot be read|nobody asked/.test(line))).toHaveLength(4);
  });

  it('takes no word of a push whose content was kept back, and says so in the log', async () => {
    kit = await startKit(bot());
    const { fake } = kit;
    const answered = new Promise((resolve) => setTimeout(resolve, 50));
    fake.raw(
      JSON.stringify({
        type: 'CALLBACK',
        headers: { topic: '/v1.0/im/bot/messages/get', messageId: 'm' },
        errCode: 20001,
      }),
    );
    await answered;
    expect(handled).toEqual([]);
    expect(kit.logged.some((line) => line.startsWith('error') && line.includes('20001'))).toBe(true);
  });

  it('names a message the same when it comes again in another frame', async () => {
    kit = await startKit(bot());
    for (const messageId of ['frame-a', 'frame-b', 'frame-a'])
      await kit.fake.say({ staff: 'zhang', text: '待办', msgId: 'the-same' }, { messageId });
    expect(handled).toHaveLength(3);
    expect(turns().size).toBe(1);
  });

  it('opens the next socket before it leaves one that will be closed, and has one afterwards', async () => {
    kit = await startKit(bot(), 'form', { times: TIMES });
    const { fake } = kit;
    for (let storm = 0; storm < 8; storm++) {
      fake.disconnect(20);
      await until(() => fake.sockets() > 0);
      await fake.say({ staff: 'zhang', text: `第${storm}次` });
    }
    expect(turns().size).toBe(8);
    await until(() => fake.sockets() === 1);
    const opened = fake.opened();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(fake.sockets()).toBe(1);
    expect(fake.opened()).toBe(opened);
  });

  it('slows down when every connection breaks at once', async () => {
    kit = await startKit(bot(), 'form', { times: { ...TIMES, longestPause: 5_000 } });
    const { fake } = kit;
    const before = fake.opened();
    const end = performance.now() + 700;
    while (performance.now() < end) {
      fake.drop();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // 10, 20, 40 … milliseconds: without the pauses there would be a hundred.
    expect(fake.opened() - before).toBeLessThan(12);
  });

  it('finds out that a socket is dead, and connects anew', async () => {
    kit = await startKit(bot(), 'form', { times: TIMES });
    const { fake } = kit;
    const before = fake.opened();
    fake.freeze(true);
    await until(() => fake.opened() > before);
    fake.freeze(false);
    await until(() => fake.sockets() === 1);
    await fake.say({ staff: 'zhang', text: '又通了' });
    expect(handled).toHaveLength(1);
  });

  it('connects again when tickets were refused, with a fresh one', async () => {
    kit = await startKit(bot(), 'form', { times: TIMES });
    const { fake } = kit;
    fake.trouble({ path: /gateway/, status: 503 }, 3);
    fake.drop();
    await until(
      () => fake.calls.filter(({ path, status }) => /gateway/.test(path) && status === 503).length === 3,
    );
    await until(() => fake.sockets() === 1);
  });
});

describe('acknowledgements', () => {
  it('come in time also when the work takes long: it is written down first, done, and forgotten', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    kit = await startKit(
      bot(() => held),
      'form',
      { soonMs: 30 },
    );
    expect(await kit.fake.say({ staff: 'zhang', text: '待办' })).toMatchObject({
      code: 200,
      answer: { response: null },
    });
    expect(await waiting()).toHaveLength(1);
    release();
    await until(async () => (await waiting()).length === 0);
    expect(handled).toHaveLength(1);
  });

  it('are 500 when it can neither be done in time nor written down: it comes again', async () => {
    kit = await startKit(
      bot(() => new Promise((resolve) => setTimeout(resolve, 200))),
      'form',
      { soonMs: 10 },
    );
    const { transaction } = kit.store;
    kit.store.transaction = async () => {
      throw new Error('the disk is full');
    };
    expect(await kit.fake.say({ staff: 'zhang', text: '待办' })).toMatchObject({
      code: 500,
      answer: { status: 'LATER' },
    });
    kit.store.transaction = transaction;
  });

  it('what was acknowledged and not done before a crash is done by whoever starts next', async () => {
    let at = new Date('2026-11-23T01:00:00.000Z');
    kit = await startKit(bot(), 'form', {}, () => at);
    const data = JSON.stringify(kit.fake.messageOf({ staff: 'zhang', text: '上报 路灯坏了', msgId: 'kept' }));
    const row = {
      id: 'frame-1',
      topic: '/v1.0/im/bot/messages/get',
      data,
      at: at.toISOString(),
      attempts: 1,
    };
    await kit.store.transaction((tx) =>
      tx.table(inbox).put({ ...row, due: new Date(at.getTime() + 60_000).toISOString() }),
    );
    at = new Date(at.getTime() + 61_000);
    await kit.channel.resume();
    await until(async () => (await waiting()).length === 0);
    expect(handled).toMatchObject([{ kind: 'text', text: '上报 路灯坏了', id: 'kept' }]);
  });

  it('come within a second for nearly all of 50 presses a second', async () => {
    kit = await startKit(bot(() => new Promise((resolve) => setTimeout(resolve, 20))));
    const card = note('会商', [
      button({ name: 'meetings.join', title: '参加' }, { meeting: 'HS-2026-11-01' }),
    ]);
    const id = await kit.channel.send(groupPlace(CORP, 'cidAll'), { text: '', card }, 'notice:1');
    const [join] = buttonsIn(kit.fake.seen('g:cidAll', 'p0')[0]?.params ?? {});
    const took: number[] = [];
    const all: Promise<unknown>[] = [];
    for (let n = 0; n < 150; n++) {
      all.push(kit.fake.press(id, `p${n}`, join?.id).then(({ ms }) => took.push(ms)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(all);
    took.sort((a, b) => a - b);
    const p99 = took[Math.floor(took.length * 0.99)] ?? 0;
    console.info(`150 presses at 50 a second: acknowledged within ${Math.round(p99)} ms for 99 of 100`);
    expect(new Set(handled.map(({ sender }) => sender.account)).size).toBe(150);
    expect(p99).toBeLessThan(1_000);
  });
});
