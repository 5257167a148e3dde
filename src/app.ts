/** The composition root: store + bot + channels + web, started and stopped in the right order. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createBot } from './bot/bot.ts';
import { loadCards } from './bot/cards.ts';
import type { Channel } from './bot/channel.ts';
import { createScheduler } from './bot/scheduler.ts';
import { kernelTables, places } from './bot/tables.ts';
import { createTeams } from './channels/teams/index.ts';
import { createWebchat, webchatTables } from './channels/webchat/index.ts';
import type { Config } from './config.ts';
import { unknownWords } from './features/home/index.ts';
import { features } from './features/index.ts';
import {
  actorOf,
  createTown,
  groupUnits,
  identify,
  loadCity,
  mentionOf,
  standIns,
} from './features/members/index.ts';
import { AppError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import { createLiveWorkdays } from './lib/workdays.ts';
import { openLowdb } from './store/lowdb/index.ts';
import { openPostgres } from './store/postgres/index.ts';
import type { Store } from './store/store.ts';
import { createWeb } from './web/server.ts';

export interface App {
  /** The port that is listened on. */
  readonly port: number;
  readonly store: Store;
  /** Send and redraw all that is due. */
  pump(): Promise<void>;
  /** What the scheduler does every few seconds. */
  tick(): Promise<void>;
  /** End requests and sends under way, then close the store. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now?: () => Date;
}

const CARDS = fileURLToPath(new URL('../cards', import.meta.url));

/** Open one of the two engines with the tables of the whole programme. @throws StoreError */
export function openStore(
  { databaseUrl: url, dataDir: dir }: Config,
  engine: 'lowdb' | 'postgres',
  log: Log,
): Promise<Store> {
  const tables = [...kernelTables, ...webchatTables, ...features.flatMap((feature) => feature.tables)];
  if (engine === 'lowdb') return openLowdb({ dir, tables, log });
  if (!url) throw new AppError('config', 'DATABASE_URL is not set: it says where PostgreSQL is');
  return openPostgres({ url, tables, log });
}

/** Start everything. @throws AppError `config`, StoreError `locked` or `damaged` */
export async function startApp({ config, log, now = () => new Date() }: AppOptions): Promise<App> {
  const store = await openStore(config, config.databaseUrl ? 'postgres' : 'lowdb', log);
  const demo = config.credentials === undefined;
  const loaded = await loadCity(store, config.cityData);
  if (loaded) log.info(loaded, 'city loaded');
  if (demo) await openGroups(store, now());

  const channels = new Map<string, Channel>();
  const deck = await loadCards(CARDS);
  const workdays = createLiveWorkdays();
  const newId = randomUUID;
  const bot = createBot({
    store,
    features,
    deck,
    channels,
    identify,
    actor: actorOf,
    mention: mentionOf,
    standIns,
    elapsed: () => performance.now(),
    unknownWords,
    workdays,
    log,
    now,
    newId,
  });
  const scheduler = createScheduler(bot.tick, log);
  const web = createWeb({ log, loopbackOnly: demo, ready: () => scheduler.running });
  const webchat = createWebchat({ bot, store, web, log, demo, town: createTown(store), now });
  const teams = createTeams({
    bot,
    web,
    log,
    now,
    ...(config.credentials && { credentials: config.credentials }),
  });
  for (const channel of [webchat, teams]) channels.set(channel.name, channel);
  await webchat.ready;

  const port = await web.listen(config.host, config.port);
  scheduler.start();
  return {
    port,
    store,
    pump: bot.pump,
    tick: bot.tick,
    async stop() {
      await scheduler.stop();
      webchat.stop();
      await web.close();
      await bot.stop();
      await store.close();
    },
  };
}

/** The work groups of the local page belong to their units from the start. */
async function openGroups(store: Store, at: Date): Promise<void> {
  await store.transaction(async (tx) => {
    for (const { id: unit } of await groupUnits(tx)) {
      const id = `webchat|g:${unit}`;
      if (await tx.table(places).get(id)) continue;
      await tx.table(places).put({
        id,
        channel: 'webchat',
        kind: 'group',
        person: null,
        unit,
        star: null,
        ref: null,
        at: at.toISOString(),
      });
    }
  });
}
