/**
 * A server of the chaos table: the real kernel, outbox, Teams channel and store, over PostgreSQL or a folder, with a
 * clock that can be set. Its parent tells it what there is to say, and kills, stops or cuts it off meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Bot, tablesOf } from '../../src/bot/bot.ts';
import { createAdaptive, loadCards } from '../../src/bot/cards/adaptive.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { queue } from '../../src/bot/delivery/enqueue.ts';
import { type OutboxRow, outbox } from '../../src/bot/delivery/tables.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { entries, operation } from '../../src/bot/operation.ts';
import { createTeams } from '../../src/channels/teams/index.ts';
import { accounts, members } from '../../src/features/members/model.ts';
import { stars, units } from '../../src/features/orgs/model.ts';
import { dayOf, instant } from '../../src/lib/dates.ts';
import { createLog } from '../../src/lib/log.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import type { Store } from '../../src/store/store.ts';
import type { Web } from '../../src/web/server.ts';
import { answerCalls } from '../bench/kit.ts';
import { openBot } from '../bot/city.ts';

export interface ServerOptions {
  /** A folder, or the address of PostgreSQL. */
  readonly place: string;
  /** The address of the connector. */
  readonly connector: string;
  /** Group chats, and people who each have a chat of their own. */
  readonly chats: number;
  readonly people: number;
  /** Teams' limits are kept to; else messages go out as fast as they can. */
  readonly limited: boolean;
  /** When the day of the table began, in real time, so that all servers have one clock. */
  readonly since: number;
  /** How far the clock is ahead of that. */
  readonly clock: number;
}

/** Rows that are read or written at once. */
const PAGE = 500;
const BETWEEN_TICKS_MS = 100;
const WAITS = ['due', 'waiting', 'sending'] as const;

const feature: Feature = {
  name: 'chaos',
  tables: [units, stars, members, accounts],
  // Nobody calls them here, but every bot has them.
  operations: Object.values(entries).map((entry) =>
    operation({
      right: { ...entry, who: 'all' },
      input: z.object({}),
      run: async () => ({ text: entry.title }),
    }),
  ),
};

let options: ServerOptions;
let store: Store;
let bot: Bot;
let clock = 0;
let stopped = false;
let ticking: Promise<void> | undefined;
const morning = instant('2026-11-23', '10:00').getTime();
const now = () => new Date(morning + Date.now() - options.since + clock);

async function open(given: ServerOptions): Promise<void> {
  options = given;
  clock = options.clock;
  const tables = tablesOf([feature]);
  const { place } = options;
  const log = createLog(process.env.LOG_LEVEL ?? 'silent');
  store = await (place.startsWith('postgres:')
    ? openPostgres({ url: place, tables, log })
    : openLowdb({ dir: place, tables, log }));
  await settle();
  const cards = fileURLToPath(new URL('../../cards', import.meta.url));
  const { limits, ...free } = createTeams({
    bot: {} as Bot,
    render: createAdaptive(await loadCards(cards)),
    // biome-ignore lint/suspicious/noExplicitAny: only the channel's sending side is used
    web: { server: { post() {} } } as any as Web,
    log,
    now,
  });
  const teams = options.limited && limits ? { ...free, limits } : free;
  const complain = (...what: unknown[]) => log.warn({ what }, 'complaint');
  bot = openBot(store, { dir: '', channels: [teams], now, features: [feature], complain });
  ticking = (async () => {
    while (!stopped) {
      await bot.tick(false).catch((err) => log.warn({ err }, 'tick'));
      await sleep(BETWEEN_TICKS_MS);
    }
  })();
}

/** The people and their chats, once. */
async function settle(): Promise<void> {
  const ref = (id: string) => ({
    channelId: 'msteams',
    serviceUrl: options.connector,
    conversation: { id },
  });
  const all = [
    ...Array.from({ length: options.chats }, (_, n) => ({ id: `c${n}`, person: null })),
    ...Array.from({ length: options.people }, (_, n) => ({ id: `p${n}`, person: `p${n}` })),
  ];
  for (let from = 0; from < all.length; from += PAGE)
    await store.transaction(async (tx) => {
      for (const { id, person } of all.slice(from, from + PAGE)) {
        if (await tx.table(conversations).get(`teams|${id}`)) continue;
        const kind = person ? ('personal' as const) : ('group' as const);
        const blank = { ...newConversation, at: now().toISOString() };
        await tx.table(conversations).put({
          ...blank,
          id: `teams|${id}`,
          channel: 'teams',
          kind,
          person,
          ref: ref(id),
        });
        if (person) await tx.table(members).put({ id, name: `某${id}`, unit: 'u', role: 'head' });
      }
    });
}

/** One event that so many messages come of, in one transaction; each says its own id. */
async function say({ cell, count, to }: { cell: string; count: number; to: 'chats' | 'people' }) {
  const from = async (first: number, last: number) =>
    store.transaction(async (tx) => {
      const world = { tx, now: now(), today: dayOf(now()), workdays: createWorkdays() };
      for (let n = first; n < last; n++) {
        const id = `${cell}-${n}`;
        const at = n % options[to];
        const who =
          to === 'chats' ? { place: `teams|c${at}`, person: null } : { place: null, person: `p${at}` };
        await queue(world, { id, kind: 'notice', ...who, reply: { text: id } });
      }
    });
  if (to === 'people') await from(0, count);
  else for (let n = 0; n < count; n += PAGE) await from(n, Math.min(n + PAGE, count));
  await bot.tick(false);
}

/** What became of each message of a cell. */
async function states({ cell }: { cell: string }): Promise<Record<string, OutboxRow['state']>> {
  const found: Record<string, OutboxRow['state']> = {};
  for (let after: string | undefined; ; ) {
    const page = await store.read((tx) =>
      tx.table(outbox).find({ order: 'at', limit: PAGE, ...(after && { after }) }),
    );
    for (const { id, state } of page.rows) if (id.startsWith(`${cell}-`)) found[id] = state;
    if (!page.next) return found;
    after = page.next;
  }
}

/** Change so many rows that were sent, without any of them being to be sent again. */
async function churn({ updates }: { updates: number }): Promise<void> {
  const { rows } = await store.read((tx) =>
    tx.table(outbox).find({ where: { state: 'sent' }, order: 'due', limit: PAGE }),
  );
  for (let done = 0; done < updates; done += rows.length)
    await store.transaction(async (tx) => {
      for (const { rev: _, ...row } of rows) {
        const known = await tx.table(outbox).get(row.id);
        if (known)
          await tx.table(outbox).put({ ...known, due: new Date(now().getTime() + done).toISOString() });
      }
    });
}

const calls = {
  open,
  say,
  states,
  churn,
  left: () => store.read((tx) => tx.table(outbox).count({ state: WAITS })),
  setClock({ ms }: { ms: number }) {
    clock = ms;
  },
  async stop() {
    stopped = true;
    await ticking;
    await bot.stop();
    await store.close();
  },
};

if (process.send) answerCalls(calls);
