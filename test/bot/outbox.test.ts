/** What reminders must survive: refusals, nights, changed schedules, second servers, and reminders that fail. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { type Channel, SendError } from '../../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { addLines } from '../../src/bot/delivery/digest.ts';
import { queue } from '../../src/bot/delivery/enqueue.ts';
import { batches, outbox } from '../../src/bot/delivery/tables.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { entries } from '../../src/bot/operation.ts';
import type { Reminder } from '../../src/bot/reminders/reminder.ts';
import { schedules, watermarks } from '../../src/bot/reminders/tables.ts';
import { features } from '../../src/features/index.ts';
import { dayOf, instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { timed } from '../../src/store/timed.ts';
import { type Arrival, type Fate, loadDemo, openBot, openTownStore, playChannel, press } from './city.ts';

const PERSON = 'huang-changqing';
const OTHER = 'bai-zhiyuan';
let dir: string;
let store: Store;
let bot: Bot;
let clock: Date;
let arrivals: Arrival[];
let fate: (key: string) => Fate | undefined;
let whenPlanning: (name: string) => Promise<void>;
let channels: Channel[];
const set = (day: string, time: string) => {
  clock = instant(day, time);
};
const tick = (day: string, time: string) => {
  set(day, time);
  return bot.tick();
};
const row = (id: string) => store.read((tx) => tx.table(outbox).get(id));
const digests = () => arrivals.filter(({ key }) => key.startsWith('digest:'));
const linesAt = () => digests().map(({ at, lines }) => [at.toISOString(), ...lines]);
const utc = (day: string, time: string) => instant(day, time).toISOString();

/** Every working day, for one person; in two pages, the second of which is empty. */
const rhythm = (name: string, time = '08:30'): Reminder => ({
  name: `test.${name}`,
  title: name,
  schedule: { every: 'workday', time },
  async plan(_world, { day }, after) {
    await whenPlanning(name);
    if (after) return { reminders: [] };
    const line = { title: `${name} ${day}`, ask: '请办', due: null, op: entries.todo, data: {} };
    return { reminders: [{ person: PERSON, line }], next: 'more' };
  },
  upcoming: async () => [],
});

function options(complain: (...what: unknown[]) => void = () => {}) {
  const town = features.filter(({ name }) => ['members', 'orgs', 'reminders', 'home'].includes(name));
  const feature: Feature = {
    name: 'test',
    tables: [],
    operations: [],
    reminders: ['甲', '乙'].map((name) => rhythm(name)),
  };
  return { dir, channels, now: () => clock, features: [...town, feature], complain };
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-outbox-'));
  arrivals = [];
  fate = () => undefined;
  whenPlanning = async () => {};
  set('2026-11-19', '12:00');
  channels = [
    playChannel({
      name: 'webchat',
      idempotent: false,
      now: () => clock,
      arrived: (arrival) => void arrivals.push(arrival),
      fate: (_place, key) => fate(key) ?? { taken: true },
      personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
    }),
  ];
  store = await openTownStore(options());
  await loadDemo(store);
  bot = openBot(store, options());
  await bot.tick();
});
afterEach(async () => {
  await bot.stop();
  await store.close();
  await rm(dir, { recursive: true });
});

describe('what a card says', () => {
  it('is the reminders, not the error of the first attempt', async () => {
    fate = () => ({ taken: false, error: new SendError('retry', 'HTTP 429') });
    await tick('2026-11-20', '08:30');
    fate = () => undefined;
    await tick('2026-11-20', '08:35');
    expect(digests().map(({ lines }) => lines)).toEqual([['请办：乙 2026-11-20', '请办：甲 2026-11-20']]);
  });

  it('is the reminders also for those who stand in, when the hours allow it', async () => {
    await store.transaction((tx) =>
      tx.table(conversations).put({
        ...newConversation,
        id: 'webchat|g:town',
        channel: 'webchat',
        kind: 'group',
        unit: 'qingshan-shiqiao',
        at: '',
      }),
    );
    let refused = 0;
    fate = (key) =>
      key.includes('>')
        ? refused++ === 0
          ? { taken: false, error: new SendError('retry', '502', 10 * 3_600_000) }
          : undefined
        : { taken: false, error: new SendError('gone', '403') };
    await tick('2026-11-20', '08:30');
    await tick('2026-11-20', '18:40');
    expect(arrivals).toEqual([]);
    await tick('2026-11-21', '09:00'); // a Saturday
    expect(arrivals).toEqual([]);
    fate = () => undefined;
    await tick('2026-11-23', '08:30');
    const [first] = arrivals.filter(({ key }) => key.includes('>'));
    expect(first?.text).toContain('没有收到，请转告');
    expect(first?.lines).toEqual(['请办：乙 2026-11-20', '请办：甲 2026-11-20']);
  });
});

describe('the hours', () => {
  it('hold when the bot was down between planning and sending: one card on the next working day', async () => {
    set('2026-11-20', '08:30');
    const line = {
      rhythm: 'test.丙',
      period: 'x',
      title: '往后放的',
      ask: '请办',
      due: null,
      op: 'home.todo',
      data: {},
    };
    await store.transaction((tx) =>
      addLines({ tx, now: clock, today: '2026-11-20', workdays: createWorkdays() }, PERSON, [line], clock),
    );
    await tick('2026-11-20', '22:00');
    await tick('2026-11-21', '10:00'); // a Saturday
    expect(digests()).toEqual([]);
    await tick('2026-11-23', '08:30');
    expect(digests().map(({ lines }) => [...lines].sort())).toEqual([
      [
        '请办：往后放的',
        ...['甲', '乙'].flatMap((name) => [`请办：${name} 2026-11-20`, `请办：${name} 2026-11-23`]),
      ].sort(),
    ]);
    expect((await row(`digest:${PERSON}:2026-11-20:am`))?.state).toBe('merged');
  });

  it('hold for what is tried again, too: what was certainly not taken joins the next card', async () => {
    fate = () => ({ taken: false, error: new SendError('retry', '502', 10 * 3_600_000) });
    await tick('2026-11-20', '08:30');
    fate = () => undefined;
    await tick('2026-11-20', '18:40');
    await tick('2026-11-22', '10:00');
    expect(digests()).toEqual([]);
    await tick('2026-11-23', '08:30');
    expect(digests().map(({ lines }) => lines.length)).toEqual([4]);
  });
});

describe('a busy day', () => {
  it('is one card with the nearest deadlines; the rest is counted, and no other day is pushed back', async () => {
    const line = (n: number, due: string | null, title = `第${n}件`) => ({
      rhythm: 'test.丙',
      period: 'x',
      title,
      ask: '请办',
      due,
      op: 'home.todo',
      data: { n },
    });
    const add = (lines: ReturnType<typeof line>[], at: Date) =>
      store.transaction((tx) =>
        addLines({ tx, now: clock, today: '2026-11-20', workdays: createWorkdays() }, PERSON, lines, at),
      );
    set('2026-11-20', '08:00');
    // What has no deadline came first, and what is most urgent last.
    const many = Array.from({ length: 330 }, (_, n) => line(n, n % 2 === 0 ? null : '2026-12-31'));
    for (const one of many) await add([one], clock);
    await add([...many, line(400, '2026-11-20', '今天到期'), line(401, '2026-11-19', '昨天到期')], clock);
    await add([line(500, '2026-11-24', '下周的')], instant('2026-11-23', '08:30'));
    await tick('2026-11-20', '08:30');
    const [card, ...more] = digests();
    expect(more).toEqual([]);
    // Two reminders of this town say something as well.
    expect(card?.lines).toHaveLength(21);
    expect(card?.lines.slice(0, 2)).toEqual(['请办：昨天到期', '请办：今天到期']);
    expect(card?.lines.at(-1)).toBe('还有314条，见待办：');
    expect(card?.text).toContain('共334件');
    expect(card?.text.split('\n')).toHaveLength(22);
    await tick('2026-11-20', '14:30');
    expect(digests()).toHaveLength(1);
    await tick('2026-11-23', '08:30');
    expect(digests()[1]?.lines).toHaveLength(3);
    expect(digests()[1]?.lines[0]).toBe('请办：下周的');
  });
});

describe('a schedule', () => {
  it('that is moved to later on the same day reminds of nothing twice', async () => {
    await tick('2026-11-20', '08:30');
    await store.transaction(async (tx) => {
      const schedule = { every: 'workday', time: '14:30' } as const;
      await tx.table(schedules).put({ id: 'test.甲', schedule, by: OTHER, at: clock.toISOString() });
    });
    await tick('2026-11-20', '14:30');
    expect(linesAt()).toHaveLength(1);
    await tick('2026-11-23', '08:30');
    expect(linesAt()).toHaveLength(2);
    await tick('2026-11-23', '14:30');
    expect(linesAt().slice(1)).toEqual([
      [utc('2026-11-23', '08:30'), '请办：乙 2026-11-23'],
      [utc('2026-11-23', '14:30'), '请办：甲 2026-11-23'],
    ]);
  });
});

describe('planning', () => {
  it('is not stopped by a rhythm that fails; that one is tried again', async () => {
    const complaints: unknown[] = [];
    const careful = openBot(
      store,
      options((...what) => void complaints.push(what)),
    );
    whenPlanning = async (name) => {
      if (name === '甲') throw new Error('its fault');
    };
    set('2026-11-20', '08:30');
    await careful.tick();
    for (const time of ['08:32', '08:34']) {
      set('2026-11-20', time);
      await careful.tick();
    }
    expect(digests().flatMap(({ lines }) => lines)).toEqual(['请办：乙 2026-11-20']);
    expect(JSON.stringify(complaints)).toContain('test.甲');
    whenPlanning = async () => {};
    await tick('2026-11-20', '08:35');
    await tick('2026-11-20', '14:30');
    expect(digests().flatMap(({ lines }) => lines)).toEqual(['请办：乙 2026-11-20', '请办：甲 2026-11-20']);
    await careful.stop();
  });

  it('comes first: somebody writes in the middle of it, and there is still one card', async () => {
    whenPlanning = async (name) => {
      if (name !== '乙') return;
      // Not inside the transaction of the plan: beside it, as people do.
      setImmediate(() => void press(bot, OTHER, 'home.todo', {}, `turn-${Math.random()}`, clock));
    };
    set('2026-11-20', '08:30');
    const writing = Array.from({ length: 20 }, (_, n) => press(bot, OTHER, 'home.todo', {}, `t-${n}`, clock));
    await Promise.all([bot.tick(), ...writing, bot.pump()]);
    await bot.pump();
    await tick('2026-11-20', '14:30');
    expect(digests().map(({ lines }) => lines.length)).toEqual([2]);
  });

  it('by two servers at once is done once', async () => {
    const second = openBot(store, options());
    set('2026-11-20', '08:30');
    await Promise.all([bot.tick(), second.tick(), bot.tick(), second.tick()]);
    await tick('2026-11-20', '14:30');
    expect(digests().map(({ lines }) => lines.length)).toEqual([2]);
    const left = await store.read((tx) => tx.table(batches).count());
    const mark = await store.read((tx) => tx.table(watermarks).get('test.甲'));
    expect([left, mark?.current, mark?.at]).toEqual([0, null, '2026-11-20T15:59:59.999Z']);
    await second.stop();
  });
});

describe('a message', () => {
  const KEY = `digest:${PERSON}:2026-11-20:am`;

  it('of which nobody knows whether it was sent is not sent again because there was no room for it at first', async () => {
    const limited = {
      ...(channels[0] as Channel),
      limits: { perPlace: [{ count: 1, ms: 3_600_000 }], total: [] },
    };
    const slow = openBot(store, { ...options(), channels: [limited] });
    await tick('2026-11-20', '08:30');
    const known = await row(KEY);
    expect(known?.state).toBe('sent');
    // As a crash after the claim leaves it; and meanwhile the chat has had its hour's message.
    const put = (state: 'sending' | 'due', id: string) =>
      store.transaction(async (tx) => {
        const there = await tx.table(outbox).get(id);
        if (known)
          await tx
            .table(outbox)
            .put({ ...known, ...(there && { rev: there.rev }), id, state } as typeof known);
      });
    await store.transaction(async (tx) => {
      if (!known) return;
      const { rev: _, ...blank } = known;
      await tx.table(outbox).put({
        ...blank,
        id: 'notice',
        kind: 'notice',
        lines: [],
        reply: { text: '先来的' },
        state: 'due',
        attempts: 0,
      });
    });
    set('2026-11-20', '08:40');
    await slow.pump();
    await put('sending', KEY);
    await slow.pump();
    expect((await row(KEY))?.state).toBe('sending');
    await tick('2026-11-20', '10:30');
    expect((await row(KEY))?.state).toBe('unsure');
    expect(digests()).toHaveLength(1);
    await slow.stop();
  });

  it('that arrived is not called failed because the store could not write it down', async () => {
    let failures = 0;
    const flaky: Store = {
      ...store,
      read: (body) => store.read(body),
      listen: (topic, listener) => store.listen(topic, listener),
      transaction: (body) => {
        if (arrivals.length > 0 && failures++ === 0)
          return Promise.reject(new StoreError('unavailable', 'for a moment'));
        return store.transaction(body);
      },
    };
    const careful = openBot(flaky, options());
    set('2026-11-20', '08:30');
    await careful.tick().catch(() => {});
    expect((await row(KEY))?.state).toBe('sending');
    await tick('2026-11-20', '08:40');
    expect((await row(KEY))?.state).toBe('unsure');
    expect(arrivals).toHaveLength(1);
  });

  it('is claimed by one of several servers, and seldom in vain by the others', async () => {
    const COUNT = 300;
    for (let n = 0; n < COUNT; n++) {
      const place = `webchat|g:${n}`;
      await store.transaction(async (tx) => {
        await tx
          .table(conversations)
          .put({ ...newConversation, id: place, channel: 'webchat', kind: 'group', at: '' });
        const world = { tx, now: clock, today: dayOf(clock), workdays: createWorkdays() };
        await queue(world, { id: `m${n}`, kind: 'notice', person: null, place, reply: { text: `m${n}` } });
      });
    }
    // Which chat each begins with: far from one another, as they are on the average.
    let looks = 0;
    const luck = vi.spyOn(Math, 'random').mockImplementation(() => (looks++ % 3) / 3);
    let vain = 0;
    const counting = timed(store, () => 0, {
      landed(_, wrote) {
        if (!wrote) vain++;
      },
      failed() {},
    });
    const servers = Array.from({ length: 3 }, () => openBot({ ...counting, shared: true }, options()));
    await Promise.all(servers.map((server) => server.pump()));
    luck.mockRestore();
    expect(arrivals.filter(({ key }) => key.startsWith('m')).map(({ text }) => text)).toHaveLength(COUNT);
    process.stdout.write(`three servers, ${COUNT} messages: ${vain} claims in vain\n`);
    expect(vain).toBeLessThan(COUNT / 2);
    await Promise.all(servers.map((server) => server.stop()));
  });
});
