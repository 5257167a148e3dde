/** The wall clock is set, back and forth, or was wrong when the server started: what was to be said is said, once. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { SendError } from '../../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { queue } from '../../src/bot/delivery/enqueue.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { entries } from '../../src/bot/operation.ts';
import type { Reminder } from '../../src/bot/reminders/reminder.ts';
import { watermarks } from '../../src/bot/reminders/tables.ts';
import { features } from '../../src/features/index.ts';
import { addDays, dayOf, instant } from '../../src/lib/dates.ts';
import type { Schedule } from '../../src/lib/schedule.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import type { Store } from '../../src/store/store.ts';
import { type Arrival, type Fate, loadDemo, openBot, openTownStore, playChannel } from './city.ts';

const PERSON = 'huang-changqing';
const GROUP = 'webchat|g:desk';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = 30 * DAY;

let dir: string;
let store: Store;
let bot: Bot;
let real: number;
let off: number;
let arrivals: Arrival[];
let fate: (key: string) => Fate;
let said: string[];
let stepped: string[];
const now = () => new Date(real + off);

const monthly: Schedule = { every: 'month', month: 1, from: 'start', workday: 3, time: '08:30' };
const rhythm = (name: string, schedule: Schedule): Reminder => ({
  name: `test.${name}`,
  title: name,
  schedule,
  async plan(_world, { period }) {
    const line = { title: `${name} ${period}`, ask: '请办', due: null, op: entries.todo, data: {} };
    return { reminders: [{ person: PERSON, line }] };
  },
  upcoming: async () => [],
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-clock-'));
  [arrivals, said, stepped, off] = [[], [], [], 0];
  real = instant('2026-11-19', '12:00').getTime();
  fate = () => ({ taken: true });
  const town = features.filter(({ name }) => ['members', 'orgs', 'home'].includes(name));
  const test: Feature = {
    name: 'test',
    tables: [],
    operations: [],
    reminders: [rhythm('日', { every: 'workday', time: '08:30' }), rhythm('月', monthly)],
    jobs: [{ kind: 'test.work', step: async () => void stepped.push(now().toISOString()) }],
  };
  const channel = playChannel({
    name: 'webchat',
    idempotent: false,
    now,
    arrived: (arrival) => void arrivals.push(arrival),
    fate: (_place, key) => fate(key),
    personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
  });
  const complain = (...what: unknown[]) => void said.push(JSON.stringify(what));
  const options = { dir, channels: [channel], now, elapsed: () => real, features: [...town, test], complain };
  store = await openTownStore(options);
  await loadDemo(store);
  await store.transaction((tx) =>
    tx.table(conversations).put({ ...newConversation, id: GROUP, channel: 'webchat', kind: 'group', at: '' }),
  );
  bot = openBot(store, options);
  await bot.tick();
});
afterEach(async () => {
  await bot.stop();
  await store.close();
  await rm(dir, { recursive: true });
});

/** Time goes by, with a tick every minute or so. */
async function pass(ms: number, step = MINUTE): Promise<void> {
  for (const end = real + ms; real < end; real += step) await bot.tick();
}
/** The wall clock shows this, and a tick comes. */
function tick(day: string, time: string): Promise<void> {
  real = instant(day, time).getTime() - off;
  return bot.tick();
}
const say = (id: string) =>
  store.transaction((tx) => {
    const world = { tx, now: now(), today: dayOf(now()), workdays: createWorkdays() };
    return queue(world, { id, kind: 'notice', person: null, place: GROUP, reply: { text: id } });
  });
const lines = () => arrivals.filter(({ key }) => key.startsWith('digest:')).map((arrival) => arrival.lines);
const texts = () => arrivals.filter(({ key }) => !key.startsWith('digest:')).map(({ text }) => text);

describe('set back', () => {
  it.each([
    ['a minute', MINUTE],
    ['two hours', 2 * HOUR],
    ['eight hours', 8 * HOUR],
    ['a day and an hour', DAY + HOUR],
    ['nine months', 9 * MONTHS],
  ])(
    'by %s: a refused message is tried again, messages go out, and the next morning comes',
    async (_n, ms) => {
      await tick('2026-11-20', '08:30');
      real += 3 * HOUR;
      fate = () => ({ taken: false, error: new SendError('retry', '503') });
      await say('refused');
      await pass(5 * MINUTE);
      off -= ms;
      fate = () => ({ taken: true });
      await say('new');
      await pass(12 * MINUTE);
      expect(texts().sort()).toEqual(['new', 'refused']);
      expect(lines()).toEqual([['请办：日 2026-11-20']]);
      const today = dayOf(now());
      for (let n = 1; n <= 7; n++) await tick(addDays(today, n), '08:30');
      const later = lines().slice(1).flat();
      expect(new Set(later).size).toBe(later.length);
      expect(later.filter((line) => line.startsWith('请办：日')).length).toBeGreaterThanOrEqual(4);
      // What was said of that day is not said again when it comes round a second time.
      if (ms < DAY) expect(later).not.toContain('请办：日 2026-11-20');
    },
  );

  it('frees what somebody was at when it crashed, what was to be redrawn, and work in the background', async () => {
    await say('claimed');
    const due = new Date(now().getTime() + MINUTE).toISOString();
    await store.transaction(async (tx) => {
      const row = await tx.table(outbox).get('claimed');
      if (row) await tx.table(outbox).put({ ...row, state: 'sending', due, attempts: 1 });
      const common = { due, cursor: null, from: null, claim: null, again: false, attempts: 0 };
      const subject = { kind: 'issue', id: 'x' };
      const data = { subject, stamp: 's' };
      await tx.table(jobs).put({ id: 'cards.redraw issue:x', kind: 'cards.redraw', data, ...common });
      await tx.table(jobs).put({ id: 'test.work e', kind: 'test.work', data: {}, ...common, claim: 'c' });
    });
    off -= 8 * HOUR;
    await pass(5 * MINUTE);
    const left = await store.read(async (tx) => ({
      claimed: (await tx.table(outbox).get('claimed'))?.state,
      jobs: await tx.table(jobs).countBy('kind'),
    }));
    expect(left).toEqual({ claimed: 'unsure', jobs: {} });
    expect(stepped).toHaveLength(1);
  });

  it('holds nothing back that was due, and lets go of nothing that was not', async () => {
    await bot.tick();
    real += 3 * SECOND;
    await say('due');
    await store.transaction((tx) => {
      const world = { tx, now: now(), today: dayOf(now()), workdays: createWorkdays() };
      const due = new Date(now().getTime() + HOUR).toISOString();
      return queue(
        world,
        { id: 'later', kind: 'notice', person: null, place: GROUP, reply: { text: 'later' } },
        { due },
      );
    });
    off -= 2 * MINUTE;
    await bot.tick();
    expect(texts()).toEqual(['due']);
    await pass(50 * MINUTE);
    expect(texts()).toEqual(['due']);
    await pass(15 * MINUTE);
    expect(texts()).toEqual(['due', 'later']);
  });

  it('in the middle of a send that is refused: it is tried again', async () => {
    fate = () => {
      off -= 8 * HOUR;
      return { taken: false, error: new SendError('retry', '503') };
    };
    await say('refused');
    await bot.tick();
    fate = () => ({ taken: true });
    await pass(5 * MINUTE);
    expect(texts()).toEqual(['refused']);
  });
});

describe('set forward', () => {
  it.each([
    ['twelve hours', 12 * HOUR],
    ['three days', 3 * DAY],
    ['ten days', 10 * DAY],
    ['nine months', 9 * MONTHS],
  ])('by %s: what was missed is said once, in one card', async (_name, ms) => {
    await tick('2026-11-20', '08:30');
    fate = () => ({ taken: false, error: new SendError('retry', '503') });
    await say('refused');
    await bot.tick();
    fate = () => ({ taken: true });
    off += ms;
    await pass(3 * DAY, 10 * MINUTE);
    const all = lines()
      .flat()
      .filter((line) => !line.startsWith('还有'));
    expect(new Set(all).size).toBe(all.length);
    const days = new Set(arrivals.filter(({ key }) => key.startsWith('digest:')).map(({ at }) => dayOf(at)));
    expect(lines()).toHaveLength(days.size);
    expect(texts()).toEqual(['refused']);
  });
});

describe('set forward in the middle of an outage', () => {
  it.each([
    ['a day and an hour', DAY + HOUR, 0],
    ['nine months', 9 * MONTHS, 0],
    ['three days, and back again', 3 * DAY, 3 * DAY],
  ])('by %s: what waits for its end has not waited for so long', async (_name, forward, back) => {
    await bot.tick();
    fate = () => ({ taken: false, error: new SendError('retry', '503') });
    for (let n = 0; n < 8; n++) await say(`m${n}`);
    await pass(10 * MINUTE);
    off += forward;
    await pass(10 * MINUTE);
    off -= back;
    await pass(10 * MINUTE);
    fate = () => ({ taken: true });
    await pass(30 * MINUTE);
    expect(texts().sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']);
  });
});

describe('ahead when the server started, and then right', () => {
  it.each([
    ['two days', 2 * DAY],
    ['three weeks', 21 * DAY],
    ['nine months', 9 * MONTHS],
  ])('by %s: the reminders of the time between come, also those missed before', async (_name, ms) => {
    await tick('2026-11-20', '08:30');
    // Down on the 23rd and 24th; thirteen seconds of the 25th are taken for another day, at night.
    real = instant('2026-11-25', '02:00').getTime();
    off = ms;
    await bot.tick();
    real += 13 * SECOND;
    await bot.tick();
    off = 0;
    await tick('2026-11-25', '02:01');
    expect(said.join()).toContain('this is not believed');
    const wrong = lines().length;
    for (const day of ['2026-11-25', '2026-11-26', '2026-12-03']) await tick(day, '08:30');
    const came = lines().slice(wrong);
    expect(came[0]).toEqual(['请办：日 2026-11-23', '请办：日 2026-11-24', '请办：日 2026-11-25']);
    expect(came[1]).toEqual(['请办：日 2026-11-26']);
    expect(came[2]).toContain('请办：月 2026-12');
  });

  it('how far a rhythm was planned is not believed from a row of an older version either', async () => {
    await store.transaction(async (tx) => {
      for (const id of ['test.日', 'test.月']) {
        const mark = await tx.table(watermarks).get(id);
        if (mark)
          await tx
            .table(watermarks)
            .put({ id, rev: mark.rev, at: '2027-08-31T15:59:59.999Z', current: null });
      }
    });
    await tick('2026-11-20', '08:29');
    expect(said.filter((line) => line.includes('not believed'))).toHaveLength(2);
    await tick('2026-11-20', '08:30');
    expect(lines()).toEqual([['请办：日 2026-11-20']]);
    await tick('2026-12-03', '08:30');
    expect(lines()[1]).toContain('请办：月 2026-12');
  });

  it('does not have messages forgotten that are still to be sent', async () => {
    fate = () => ({ taken: false, error: new SendError('configuration', '401') });
    await say('kept');
    await bot.tick();
    off = 9 * MONTHS;
    await bot.tick();
    off = 0;
    fate = () => ({ taken: true });
    await pass(12 * MINUTE);
    expect(texts()).toEqual(['kept']);
  });
});
