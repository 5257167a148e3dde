/** Cards that follow their record: the newest of a chat, each once, after what people wait for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bot } from '../../src/bot/bot.ts';
import { followSubject, liveCards, liveId } from '../../src/bot/cards/live.ts';
import { button, note, subjectKey } from '../../src/bot/cards/spec.ts';
import { type Channel, SendError } from '../../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import { queue } from '../../src/bot/delivery/enqueue.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { operation } from '../../src/bot/operation.ts';
import type { World } from '../../src/bot/world.ts';
import { features } from '../../src/features/index.ts';
import { dayOf, instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import type { Store } from '../../src/store/store.ts';
import { platform } from '../platform.ts';
import { openBot, openTownStore } from './city.ts';

const SUBJECT = { kind: 'thing', id: 'T-1' };
/** One that can be opened again. */
const RECORD = { kind: 'record', id: 'R-1' };
const GROUP = 'webchat|g:desk';
const START = instant('2026-11-23', '09:00').getTime();

let dir: string;
let store: Store;
let bot: Bot;
let second: Bot;
let stamps = 0;
let clock: number;
/** What left, in order: `<place> <message>`, or the words of a message. */
let left: string[];
let refusing: (message: string) => SendError | undefined;
let channel: Channel;
const now = () => new Date(clock);

/** Changes the thing and shows it. */
const touch = operation({
  right: { name: 'test.touch', title: '动一下', who: 'all' },
  words: ['动一下'],
  input: z.object({}),
  async run(ctx) {
    ctx.refresh(SUBJECT);
    return { text: '新消息', card: { subject: SUBJECT } };
  },
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-redraw-'));
  clock = START;
  left = [];
  refusing = () => undefined;
  channel = {
    ...platform('webchat'),
    async send(_place, { text }, key) {
      left.push(text);
      return key;
    },
    async update(place, message) {
      const error = refusing(message);
      if (error) throw error;
      left.push(`${place.key} ${message}`);
    },
  };
  const thing: Feature = {
    name: 'test',
    tables: [],
    operations: [touch],
    views: { thing: async () => note('一件事'), record: async () => note('一条记录') },
    opens: { record: (id) => button({ name: touch.right.name, title: '打开' }, { id }) },
  };
  const town = features.filter(({ name }) => ['members', 'orgs', 'home'].includes(name));
  const options = { dir, channels: [channel], now, elapsed: () => clock, features: [...town, thing] };
  store = await openTownStore(options);
  bot = openBot(store, options);
  second = openBot(store, options);
});
afterEach(async () => {
  await bot.stop();
  await second.stop();
  await store.close();
  await rm(dir, { recursive: true });
});

function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  return store.transaction((tx) => work({ tx, now: now(), today: dayOf(now()), workdays: createWorkdays() }));
}

/** A card about the subject is in this chat; each one second after the last. */
async function show(place: string, message: string, subject = SUBJECT): Promise<void> {
  clock += 1_000;
  await inWorld(async (world) => {
    const row = { ...newConversation, id: place, channel: 'webchat', kind: 'group' as const, at: '' };
    if (!(await world.tx.table(conversations).get(place))) await world.tx.table(conversations).put(row);
    await followSubject(world, place, message, subject, {});
  });
}

/** Follows it, too. */
async function follows(place: string, message: string): Promise<void> {
  clock += 1_000;
  const row = { id: liveId(place, message), place, message, subject: subjectKey(SUBJECT) };
  await store.transaction((tx) => tx.table(liveCards).put({ ...row, at: now().toISOString() }));
}

const change = (...refreshes: { kind: string; id: string }[]) =>
  store.transaction((tx) =>
    withDoing(
      { now, workdays: createWorkdays(), newId: () => `stamp-${stamps++}`, listeners: [] },
      tx,
      null,
      async (doing) => {
        for (const subject of refreshes) doing.refresh(subject);
      },
    ),
  );

const open = () => store.read((tx) => tx.table(jobs).count({ kind: 'cards.redraw' }));

describe('a record that was shown seventy times in a group', () => {
  beforeEach(async () => {
    await show(GROUP, 'm1');
    // As a server of the version before leaves them.
    for (let n = 2; n <= 70; n++) await follows(GROUP, `m${n}`);
  });

  it('is redrawn in the newest five cards, once for each change', async () => {
    await change(SUBJECT);
    await bot.pump();
    expect(left).toEqual([70, 69, 68, 67, 66].map((n) => `${GROUP} m${n}`));
    await bot.tick();
    expect(left).toHaveLength(5);
    expect(await open()).toBe(0);
  });

  it('follows again in an old card that was pressed, and in that one alone', async () => {
    await show(GROUP, 'm3');
    await change(SUBJECT);
    await bot.pump();
    expect(left).toHaveLength(70);
    expect(left[0]).toBe(`${GROUP} m3`);
    await change(SUBJECT);
    await bot.pump();
    expect(left.slice(70)).toEqual([`${GROUP} m3`]);
  });

  it('goes on where it had to stop', async () => {
    refusing = (message) => (message === 'm68' ? new SendError('limited', '429', 30_000) : undefined);
    await change(SUBJECT);
    await bot.pump();
    refusing = () => undefined;
    await bot.tick();
    expect(left).toEqual([`${GROUP} m70`, `${GROUP} m69`]);
    clock += 31_000;
    await bot.tick();
    expect(left).toEqual([70, 69, 68, 67, 66].map((n) => `${GROUP} m${n}`));
    expect(await open()).toBe(0);
  });
});

it('a record is followed by its newest card in a chat alone; the others there say so, once', async () => {
  const shown = new Map<string, string>();
  channel.update = async (place, message, { card }) => {
    left.push(`${place.key} ${message}`);
    shown.set(message, JSON.stringify(card));
  };
  for (const message of ['m1', 'm2', 'm3']) await show(GROUP, message, RECORD);
  await show('webchat|g:other', 'm4', RECORD);
  await change(RECORD);
  await bot.pump();
  expect(left).toHaveLength(4);
  for (const message of ['m1', 'm2']) expect(shown.get(message)).toMatch(/这张卡片不再更新.*打开/);
  for (const message of ['m3', 'm4']) expect(shown.get(message)).toContain('一条记录');
  await change(RECORD);
  await bot.pump();
  expect(left.slice(4).sort()).toEqual([`${GROUP} m3`, 'webchat|g:other m4'].sort());
});

describe('a record that is in many chats', () => {
  const chats = Array.from({ length: 60 }, (_, n) => `webchat|g:${n}`);
  beforeEach(async () => {
    for (const chat of chats) await show(chat, 'm');
  });

  it('that one of them refuses for hours is redrawn once in all the others, and there when it is back', async () => {
    const bad = channel.update.bind(channel);
    channel.update = (place, message, shown) =>
      place.key === 'webchat|g:7'
        ? Promise.reject(new SendError('retry', '503'))
        : bad(place, message, shown);
    await change(SUBJECT);
    for (const end = clock + 5 * 3_600_000; clock < end; clock += 60_000) await bot.tick();
    expect(left).toHaveLength(59);
    channel.update = bad;
    clock += 600_000;
    await bot.tick();
    expect(left).toHaveLength(60);
    expect(await open()).toBe(0);
  });

  it('reaches all of them while it changes and changes', async () => {
    let changes = 0;
    const update = channel.update.bind(channel);
    channel.update = async (place, message, shown) => {
      if (left.length % 10 === 0 && changes < 20) {
        changes += 1;
        await change(SUBJECT);
      }
      await update(place, message, shown);
    };
    await change(SUBJECT);
    await bot.pump();
    // Nobody waits for the others to be drawn a second time.
    for (let from = 0; from < left.length - 85; from += 60)
      expect(new Set(left.slice(from, from + 85)).size).toBe(60);
    // And in the end everybody sees the last change.
    expect(new Set(left.slice(-60)).size).toBe(60);
    expect(left.length).toBeLessThan(20 * 25 + 61);
  });
});

it('a card that shows the change already is not drawn a second time', async () => {
  await show(GROUP, 'old');
  const place = { key: GROUP, kind: 'group' as const };
  const sender = { account: 'a', name: '' };
  await bot.handle({
    channel: 'webchat',
    id: 'news',
    kind: 'text',
    text: '动一下',
    place,
    sender,
    at: now(),
  });
  await bot.pump();
  // A group hears no more of it than its card says.
  expect(left[0]).toBe('一件事');
  const posted = `${GROUP} reply:${GROUP}|news`;
  expect(left).toContain(`${GROUP} old`);
  expect(left).not.toContain(posted);
  const before = left.length;
  await change(SUBJECT);
  await bot.pump();
  expect(left.slice(before)).toEqual([posted]);
});

it('an answer finds room however much there is to redraw', async () => {
  Object.assign(channel, { limits: { perPlace: [{ count: 9, ms: 3_600_000 }], total: [] } });
  const subjects = Array.from({ length: 30 }, (_, n) => ({ kind: 'thing', id: `T-${n}` }));
  for (const subject of subjects) await show(GROUP, `m-${subject.id}`, subject);
  await change(...subjects);
  await bot.pump();
  expect(left).toHaveLength(6);
  for (const words of ['一', '二', '三']) {
    const reply = { id: words, kind: 'reply' as const, person: null, place: GROUP, reply: { text: words } };
    await inWorld((world) => queue(world, reply));
    await bot.pump();
  }
  expect(left.slice(6)).toEqual(['一', '二', '三']);
});

it('is drawn once by two servers over one store, however often both look', async () => {
  for (let n = 1; n <= 3; n++) await show(`webchat|g:${n}`, `m${n}`);
  await change(SUBJECT);
  await Promise.all([bot.tick(), second.tick(), bot.pump(), second.pump()]);
  expect(left.toSorted()).toEqual([1, 2, 3].map((n) => `webchat|g:${n} m${n}`));
  clock += 3_600_000;
  await Promise.all([bot.tick(), second.tick()]);
  expect(left).toHaveLength(3);
  expect(await open()).toBe(0);
});
