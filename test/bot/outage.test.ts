/** What an outage of a platform must not do: lose messages, say one twice, or have it asked about each of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { queue } from '../../src/bot/delivery/enqueue.ts';
import { nextTry, WORTH_MS } from '../../src/bot/delivery/retry.ts';
import { type OutboxRow, outbox } from '../../src/bot/delivery/tables.ts';
import { createTeams } from '../../src/channels/teams/index.ts';
import { dayOf, instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import type { Store } from '../../src/store/store.ts';
import { createWeb } from '../../src/web/server.ts';
import { type FakeConnector, startFakeConnector, type Trouble } from '../fake-connector.ts';
import { renderCard } from '../kit.ts';
import { openBot, openTownStore, playChannel } from './city.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const CHATS = 40;
const EVER = 100_000;

let dir: string;
let store: Store;
let bot: Bot;
let clock: number;
let connector: FakeConnector;
let said: string[];
let pageArrivals: number;
const now = () => new Date(clock);
const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-outage-'));
  clock = instant('2026-11-23', '09:00').getTime();
  connector = await startFakeConnector();
  said = [];
  pageArrivals = 0;
  const web = createWeb({ log: silent, loopbackOnly: true, health: async () => 'ok' });
  // Its limits are told elsewhere: a clock that is set stands still while one waits for room.
  const { limits: _, ...teams } = createTeams({
    bot: {} as Bot,
    render: renderCard,
    web,
    log: silent,
    now,
  });
  const page = playChannel({ name: 'webchat', idempotent: true, now, arrived: () => void pageArrivals++ });
  const channels: Channel[] = [teams, page];
  const complain = (...what: unknown[]) => void said.push(JSON.stringify(what));
  const options = { dir, channels, now, elapsed: () => clock, complain };
  store = await openTownStore(options);
  await store.transaction(async (tx) => {
    const blank = { ...newConversation, kind: 'group' as const, at: '' };
    for (let n = 0; n < CHATS; n++) {
      const ref = { channelId: 'msteams', serviceUrl: connector.url, conversation: { id: `c${n}` } };
      await tx.table(conversations).put({ ...blank, id: `teams|c${n}`, channel: 'teams', ref });
    }
    await tx.table(conversations).put({ ...blank, id: 'webchat|g:1', channel: 'webchat' });
  });
  bot = openBot(store, options);
});
afterEach(async () => {
  await bot.stop();
  await store.close();
  await connector.close();
  await rm(dir, { recursive: true });
});

async function say(
  id: string,
  place = `teams|c${Number(id.slice(1)) % CHATS}`,
  kind: OutboxRow['kind'] = 'notice',
): Promise<void> {
  await store.transaction(async (tx) => {
    const world = { tx, now: now(), today: dayOf(now()), workdays: createWorkdays() };
    await queue(world, { id, kind, person: null, place, reply: { text: id } });
  });
}

/** Let time go by, with the ticks that come in it. */
async function pass(ms: number): Promise<void> {
  for (const end = clock + ms; clock < end; clock += 5 * SECOND) await bot.tick();
}

const states = () => store.read((tx) => tx.table(outbox).countBy('state'));
const arrived = () =>
  Array.from({ length: CHATS }, (_, n) => connector.messages(`c${n}`).map(({ text }) => text)).flat();

/** A hundred messages, before and during an outage of so long; resolves to how often the platform was asked. */
async function outage(trouble: Trouble, ms: number): Promise<number> {
  connector.trouble(trouble, EVER);
  for (let n = 0; n < 50; n++) await say(`m${n}`, undefined, n % 5 === 0 ? 'reply' : 'notice');
  await pass(ms / 2);
  for (let n = 50; n < 100; n++) await say(`m${n}`);
  await pass(ms / 2);
  const asked = connector.calls.length;
  connector.reset();
  await pass(2 * MINUTE);
  return asked;
}

describe('an outage', () => {
  it.each<[string, Trouble, number]>([
    ['half an hour of 503', { status: 503 }, 30 * MINUTE],
    ['half an hour of 500', { status: 500 }, 30 * MINUTE],
    ['half an hour of 401', { status: 401 }, 30 * MINUTE],
    ['an hour of 429', { status: 429 }, 60 * MINUTE],
    ['an hour of 429 that asks for a minute', { status: 429, headers: { 'retry-after': '60' } }, 60 * MINUTE],
    [
      'a quarter of an hour of 503 that asks to come at once',
      { status: 503, headers: { 'retry-after': '0' } },
      15 * MINUTE,
    ],
  ])('%s loses nothing, says nothing twice and hammers nobody', async (_name, trouble, ms) => {
    const asked = await outage(trouble, ms);
    expect(arrived().sort()).toEqual(Array.from({ length: 100 }, (_, n) => `m${n}`).sort());
    expect(await states()).toEqual({ sent: 90 });
    // One try a minute, and a few at first.
    expect(asked).toBeLessThan(ms / MINUTE + 40);
    expect(asked).toBeGreaterThan(ms / MINUTE / 2);
  });

  it('in which nobody knows what arrived costs a few messages their certainty, not all of them', async () => {
    const asked = await outage({ fail: 'cut' }, 10 * MINUTE);
    const { unsure = 0, sent = 0, ...rest } = await states();
    // Those that found it out, and those that tried whether it is back.
    expect(unsure).toBeLessThan(40);
    expect(unsure).toBe(asked);
    expect(rest).toEqual({});
    expect(arrived()).toHaveLength(100 - unsure);
    expect(sent).toBeGreaterThan(50);
  });

  it('of one platform does not stop another', async () => {
    connector.trouble({ status: 503 }, EVER);
    for (let n = 0; n < 300; n++) await say(`m${n}`);
    await say('page', 'webchat|g:1');
    await pass(10 * SECOND);
    expect(pageArrivals).toBe(1);
  });

  it('of a token is said aloud', async () => {
    connector.trouble({ status: 401 }, EVER);
    await say('m1');
    await pass(MINUTE);
    expect(said.join()).toContain('check the app’s id, secret, tenant and permissions');
  });

  it('is over for all when it is over for one', async () => {
    await outage({ status: 503 }, 30 * MINUTE);
    expect(connector.calls).toHaveLength(100);
  });
});

describe('one bad chat', () => {
  it('holds up nobody: the others go on, and it is tried less and less for a day', async () => {
    await store.transaction(async (tx) => {
      const known = await tx.table(conversations).get('teams|c1');
      const ref = { channelId: 'msteams', serviceUrl: 'http://127.0.0.1:1/', conversation: { id: 'c1' } };
      if (known) await tx.table(conversations).put({ ...known, ref });
    });
    for (let n = 0; n < 12; n++) await say(`b${n}`, 'teams|c1');
    for (let n = 0; n < 15; n++) {
      await say(`m${n}`, 'teams|c2');
      await pass(MINUTE);
      expect(connector.messages('c2').map(({ text }) => text)).toContain(`m${Math.max(0, n - 1)}`);
    }
    expect(await states()).toEqual({ sent: 15, waiting: 12 });
    clock += 25 * 60 * MINUTE;
    await pass(20 * MINUTE);
    expect(await states()).toEqual({ sent: 15, failed: 12 });
  });
});

describe('waiting', () => {
  it('doubles, as long as it is worth it, whatever the clock does', () => {
    let [at, tries] = [Date.parse('2026-11-23T00:00:00Z'), 0];
    let since: string | undefined;
    for (let again = nextTry(new Date(at), since, WORTH_MS.other); again; tries++) {
      expect(Date.parse(again.due) - at).toBeLessThanOrEqual(600_000);
      expect(Date.parse(again.due) - at).toBeGreaterThanOrEqual(500);
      at = Date.parse(again.due);
      since = again.since;
      again = nextTry(new Date(at), since, WORTH_MS.other);
    }
    expect(tries).toBeGreaterThan(100);
    expect(tries).toBeLessThan(400);
    // The clock was a year ahead when it failed first.
    const ahead = nextTry(new Date('2026-11-23T00:00:00Z'), '2027-11-23T00:00:00Z', WORTH_MS.other);
    expect(ahead?.since).toBe('2026-11-23T00:00:00.000Z');
    // A platform that asks for a month is asked again all the same.
    const month = nextTry(new Date('2026-11-23T00:00:00Z'), undefined, WORTH_MS.other, 30 * 86_400_000);
    expect(month?.due).toBe('2026-11-23T00:10:00.000Z');
  });
});
