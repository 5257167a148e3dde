/** Work beside turns: what a server does not know is left to those that do, and what fails waits longer each time. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { exportsTable } from '../../src/bot/files/tables.ts';
import { type JobKind, jobs } from '../../src/bot/jobs/job.ts';
import { entries } from '../../src/bot/operation.ts';
import { remindNow } from '../../src/bot/reminders/plan.ts';
import type { Reminder } from '../../src/bot/reminders/reminder.ts';
import type { Doing } from '../../src/bot/world.ts';
import { features as town } from '../../src/features/index.ts';
import { instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import type { Store } from '../../src/store/store.ts';
import { type Arrival, loadDemo, openBot, openTownStore, playChannel } from './city.ts';

const PERSON = 'huang-changqing';
const MINUTE = 60_000;
let dir: string;
let store: Store;
let clock: number;
let arrivals: Arrival[];
let complaints: unknown[][];
let bots: Bot[];
const now = () => new Date(clock);

/** A server with these features besides those of every town. */
function server(...more: readonly Feature[]): Bot {
  const channel = playChannel({
    name: 'webchat',
    idempotent: true,
    now,
    arrived: (arrival) => void arrivals.push(arrival),
    personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
  });
  const known = town.filter(({ name }) => ['members', 'orgs', 'home'].includes(name));
  const complain = (...what: unknown[]) => void complaints.push(what);
  const bot = openBot(store, {
    dir,
    channels: [channel],
    now,
    elapsed: () => clock,
    features: [...known, ...more],
    complain,
  });
  bots.push(bot);
  return bot;
}
const start = (body: (doing: Doing) => void) =>
  store.transaction((tx) =>
    withDoing(
      { now, workdays: createWorkdays(), newId: () => 'one', listeners: [] },
      tx,
      null,
      async (doing) => body(doing),
    ),
  );
const left = () => store.read((tx) => tx.table(jobs).count());
async function hours(bot: Bot, count: number, every = 5 * MINUTE): Promise<void> {
  for (const end = clock + count * 60 * MINUTE; clock < end; clock += every) await bot.tick();
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-jobs-'));
  [clock, arrivals, complaints, bots] = [instant('2026-11-20', '09:00').getTime(), [], [], []];
  store = await openTownStore({ dir, channels: [], now });
  await loadDemo(store);
});
afterEach(async () => {
  for (const bot of bots) await bot.stop();
  await store.close();
  await rm(dir, { recursive: true });
});

/** Reminds one person of something, whenever it is asked to. */
const reminder: Reminder = {
  name: 'newer.reminder',
  title: '新的提醒',
  schedule: { every: 'workday', time: '08:00' },
  plan: async () => ({
    reminders: [
      { person: PERSON, line: { title: '新的事', ask: '请办', due: null, op: entries.todo, data: {} } },
    ],
  }),
  upcoming: async () => [],
};

it('is not begun where two reminders or jobs have one name: they would share how far they are', () => {
  const reminding = { name: 'newer', tables: [], operations: [], reminders: [reminder] };
  const daily: JobKind = { kind: reminder.name, daily: true, step: async () => undefined };
  for (const twice of [{ jobs: [daily] }, { reminders: [reminder, reminder] }])
    expect(() => server({ ...reminding, ...twice })).toThrow(
      'Two reminders or jobs are called newer.reminder',
    );
});

describe('work of a newer server', () => {
  const counted: unknown[] = [];
  const newer: Feature = {
    name: 'newer',
    tables: [],
    operations: [],
    jobs: [{ kind: 'newer.count', step: async (_doing, { data }) => void counted.push(data) }],
    checks: { 'newer.check': async (_world, about) => `说一声${about}` },
  };
  const warnings = () => complaints.filter(([, words]) => String(words).includes('left alone'));

  it('of a kind that is not known is left alone, named once, and done by one that knows it', async () => {
    await start((doing) => doing.start({ kind: 'newer.count' }, { of: 'things' }, { key: 'a' }));
    await hours(server(), 4);
    expect(await left()).toBe(1);
    expect(warnings()).toEqual([[{ kind: 'newer.count' }, expect.anything()]]);
    await server(newer).tick();
    expect(await left()).toBe(0);
    expect(counted).toEqual([{ of: 'things' }]);
  });

  it('on a reminder that is not known is left alone, and what is behind it is done', async () => {
    await start((doing) => remindNow(doing, reminder.name, 'today'));
    const older = server({
      name: 'older',
      tables: [],
      operations: [],
      reminders: [{ ...reminder, name: 'older.reminder' }],
    });
    await start((doing) => remindNow(doing, 'older.reminder', 'today'));
    await hours(older, 8);
    expect(await left()).toBe(1);
    expect(warnings()).toEqual([[expect.objectContaining({ kind: 'reminders.plan' }), expect.anything()]]);
    expect(arrivals).toHaveLength(1);
    const knowing = server({ ...newer, reminders: [reminder] });
    await hours(knowing, 8);
    expect(await left()).toBe(0);
    expect(arrivals).toHaveLength(2);
  });

  it('on an export that is not known is left alone: nobody hears that they may not have it', async () => {
    await store.transaction(async (tx) => {
      const counts = { lines: 0, total: 0, attempts: 0 };
      const row = {
        id: 'x',
        name: 'newer.list',
        data: {},
        title: '清单',
        person: PERSON,
        at: now().toISOString(),
      };
      await tx.table(exportsTable).put({ ...row, due: '9999', state: 'open', ...counts });
    });
    await start((doing) => doing.start({ kind: 'exports.make' }, { name: 'newer.list' }, { key: 'x' }));
    await hours(server(), 4);
    expect(await left()).toBe(1);
    expect(await store.read((tx) => tx.table(exportsTable).get('x'))).toMatchObject({ state: 'open' });
  });

  it('on a notice whose question is not known is left alone, not taken for answered', async () => {
    const later = { at: now(), check: 'newer.check', about: '这件事' };
    await start((doing) => doing.notify({ to: { person: PERSON }, text: '', key: 'n', later }));
    await hours(server(), 1);
    expect(await store.read((tx) => tx.table(outbox).get('n'))).toMatchObject({ state: 'due' });
    expect(arrivals).toEqual([]);
    await hours(server(newer), 1);
    expect(arrivals.map(({ text }) => text)).toEqual(['说一声这件事']);
  });
});

it('a reminder that fails to plan is tried again after a minute, two, four … and then every hour', async () => {
  const tries: number[] = [];
  const failing: Reminder = {
    ...reminder,
    async plan() {
      tries.push(clock);
      throw new Error('its fault');
    },
  };
  const bot = server({ name: 'newer', tables: [], operations: [], reminders: [failing] });
  await start((doing) => remindNow(doing, failing.name, 'today'));
  await hours(bot, 5, MINUTE);
  const waits = tries.slice(1).map((at, n) => (at - (tries[n] ?? 0)) / MINUTE);
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

it('what is being prepared while its server stops is given back, and done by the next one', async () => {
  const done: unknown[] = [];
  const stopping = server({
    name: 'long',
    tables: [],
    operations: [],
    jobs: [
      {
        kind: 'long.work',
        async prepare(_job, { renew }) {
          void stopping.stop();
          return renew();
        },
        step: async (_doing, _job, prepared) => void done.push(prepared),
      },
    ],
  });
  await start((doing) => doing.start({ kind: 'long.work' }, {}, { key: 'a' }));
  await stopping.tick();
  await stopping.stop();
  expect(done).toEqual([]);
  expect(await left()).toBe(1);
  const step = async () => void done.push('done');
  await server({ name: 'long', tables: [], operations: [], jobs: [{ kind: 'long.work', step }] }).tick();
  expect(done).toEqual(['done']);
  expect(await left()).toBe(0);
});

it('what one server after the other dies at is given up', async () => {
  const said: string[] = [];
  const deadly: JobKind = {
    kind: 'long.work',
    attempts: 3,
    step: async () => void said.push('begun'),
    givenUp: async () => void said.push('given up'),
  };
  await start((doing) => doing.start({ kind: 'long.work' }, {}, { key: 'a' }));
  await store.transaction(async (tx) => {
    const row = await tx.table(jobs).get('long.work a');
    // As the third of them left it behind.
    if (row) await tx.table(jobs).put({ ...row, claim: 'of the dead', attempts: 3 });
  });
  await server({ name: 'long', tables: [], operations: [], jobs: [deadly] }).tick();
  expect(said).toEqual(['given up']);
  expect(await left()).toBe(0);
});
