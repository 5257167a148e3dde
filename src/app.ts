/** The composition root: store + bot + channels + web, started and stopped in the right order. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entriesOf } from './backup/contents.ts';
import { linesOf } from './backup/file.ts';
import { handOutBackups } from './backup/live.ts';
import { createBot } from './bot/bot.ts';
import { createAdaptive, loadCards } from './bot/cards/adaptive.ts';
import type { Channel } from './bot/delivery/channel.ts';
import { queue } from './bot/delivery/enqueue.ts';
import { outbox } from './bot/delivery/tables.ts';
import { createLinks, keepSecret } from './bot/files/links.ts';
import { worldOf } from './bot/kernel.ts';
import { createScheduler } from './bot/reminders/scheduler.ts';
import { issueSignInLink } from './bot/turn/page-sessions.ts';
import { createDingtalk, type DingtalkOptions } from './channels/dingtalk/index.ts';
import { DINGTALK } from './channels/dingtalk/place.ts';
import { createTeams } from './channels/teams/index.ts';
import { createWebchat, groupPlace, WEBCHAT } from './channels/webchat/index.ts';
import { type Config, DEMO_CITY } from './config.ts';
import type { FillOptions } from './demo/index.ts';
import { engineOf, openFiles, openStore } from './engine.ts';
import { branchFiles } from './features/branches/index.ts';
import { featureParts, features } from './features/index.ts';
import {
  createCity,
  identify,
  isLoaded,
  loadCity,
  openGroups,
  organisers,
} from './features/members/index.ts';
import { loadBoundaries } from './features/openness/index.ts';
import { secretaryFiles } from './features/secretaries/index.ts';
import { starFiles } from './features/stars/index.ts';
import type { Log } from './lib/log.ts';
import { createLiveWorkdays, type Workdays } from './lib/workdays.ts';
import type { FileStore } from './store/files.ts';
import { type Store, StoreError } from './store/store.ts';
import { timed } from './store/timed.ts';
import { mountDownloads } from './web/downloads.ts';
import { createHealth } from './web/health.ts';
import { createMetrics, mountMetrics, type Waiting } from './web/metrics.ts';
import { mountPages } from './web/pages.ts';
import { createWeb, tryPort } from './web/server.ts';

export interface App {
  /** The port that is listened on. */
  readonly port: number;
  /** Where it listens, as a browser is told. */
  readonly url: string;
  readonly store: Store;
  readonly fileStore: FileStore;
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
  /** Milliseconds on a clock that is never set back, for the channels' limits. */
  readonly elapsed?: () => number;
  /** False: nothing ticks by itself, only `App.tick` does, so that a test knows what comes when. */
  readonly ticking?: boolean;
}

const CARDS = fileURLToPath(new URL('../cards', import.meta.url));

/** What everything goes by, unless it is told otherwise. */
export const systemClock = () => new Date();

/** Start everything. @throws AppError `config`, StoreError `locked`, `damaged` or `unavailable` */
export async function startApp({
  config,
  log,
  now = systemClock,
  elapsed = () => performance.now(),
  ticking = true,
}: AppOptions): Promise<App> {
  // Said at once: the past of the demo takes seconds.
  if (config.demoHistory) await tryPort(config.host, config.port);
  const opened = await openStore(config, engineOf(config), log);
  // Whatever the channels' limits are told: ticks come in real time.
  const uptime = () => performance.now();
  const health = createHealth({
    scheduler: () => scheduler,
    elapsed: uptime,
    probe: () => store.transaction((tx) => tx.next('health')),
    ...(engineOf(config) === 'lowdb' && { room: () => roomIn(config.dataDir) }),
    ...(opened.serial && { serial: true }),
    log,
  });
  const metrics = createMetrics(() => waiting(opened, now()), health.numbers, log);
  const store = timed(opened, elapsed, {
    landed(ms, wrote) {
      metrics.commit(ms);
      if (wrote) health.wrote(true);
    },
    failed: () => health.wrote(false),
  });
  const fileStore = await openFiles(config, now, log).catch(async (error) => {
    await store.close();
    throw error;
  });
  const { demo, credentials } = config;
  const render = createAdaptive(await loadCards(CARDS));
  if (config.demoHistory) await fillDemo({ ...config, store, fileStore, render, log, now: now() });
  const loaded = await loadCity(store, config.cityData, [branchFiles, secretaryFiles, starFiles]);
  if (loaded) log.info(loaded, 'city loaded');
  if (loaded && !demo && config.cityData === resolve(DEMO_CITY)) {
    log.warn(
      'the city loaded is an invented one: set CITY_DATA to yours and start again with an empty store',
    );
  }
  if (loaded && !demo && loaded.organisers === 0) {
    log.warn(
      'nobody of the organiser has an account in members.json: nobody could approve a 绑定 or import a list. Give one to somebody and start again with an empty store',
    );
  }
  await loadBoundaries(store, config.cityData, log);

  const channels = new Map<string, Channel>();
  const workdays = createLiveWorkdays();
  const newId = randomUUID;
  const secret = await keepSecret(store, 'downloads', () => randomBytes(32).toString('base64url'), now());
  let base = config.publicUrl;
  const bot = createBot({
    ...featureParts,
    store,
    channels,
    elapsed,
    workdays,
    log,
    now,
    newId,
    fileStore,
    links: createLinks({ secret, base: () => base, pick: demo }),
    metrics,
    personLimit: config.personLimit,
    auditHash: config.auditHash,
  });
  const scheduler = createScheduler(() => bot.tick(false), { log, metrics, now, elapsed: uptime });
  const web = createWeb({
    log,
    loopbackOnly: demo,
    // TLS ends at a proxy, so whoever is reached by https sits behind one.
    proxied: config.publicUrl?.startsWith('https:') === true,
    elapsed,
    health: health.check,
    ...(opened.serial && { notes: { writers: 'one after another: the database does not isolate them' } }),
  });
  mountDownloads({ bot, web, log });
  mountMetrics({ web, metrics, open: demo, ...(config.metricsToken && { token: config.metricsToken }) });
  const webchat = createWebchat({
    bot,
    render,
    store,
    web,
    log,
    demo,
    city: createCity(store, WEBCHAT, demo),
    now,
    newSecret: () => randomBytes(32).toString('base64url'),
    ...(config.publicUrl && { publicUrl: config.publicUrl }),
  });
  mountPages({
    bot,
    web,
    log,
    names: features.flatMap(({ pages }) => Object.keys(pages ?? {})),
    // Without credentials nobody says who they are: what is public is tried as anybody would see it.
    who: demo && config.publicBoard ? async () => undefined : webchat.visitor,
    open: new Set(config.publicBoard ? ['board'] : []),
  });
  channels.set(webchat.name, webchat);
  // Without credentials it trusts whoever is on this machine: only where nobody else is heard.
  if (demo || credentials.teams) {
    const own = credentials.teams && { credentials: credentials.teams };
    const teams = createTeams({ bot, render, web, log, now, serviceHosts: config.serviceHosts, ...own });
    channels.set(teams.name, teams);
  }
  const dingtalk =
    credentials.dingtalk &&
    createDingtalk({
      bot,
      store,
      web,
      log,
      now,
      elapsed,
      metrics,
      credentials: credentials.dingtalk,
      sign: (text) => createHmac('sha256', secret).update(text).digest('base64url'),
      ...dingtalkPeople({ store, workdays, now }),
      ...(config.publicUrl && { publicUrl: config.publicUrl }),
    });
  if (dingtalk) channels.set(dingtalk.name, dingtalk);
  let endBackups = async () => {};
  async function stop(): Promise<void> {
    await endBackups();
    webchat.stop();
    // What it brought is handled while everything else still runs.
    await dingtalk?.stop();
    // All at once: a tick under way would go on until everything that is due is sent.
    await Promise.all([bot.stop(), scheduler.stop(), web.close()]);
    // The replies to the last requests, and the calls that they took.
    await bot.stop();
    await dingtalk?.stop();
    await fileStore.close();
    await store.close();
  }
  if (demo) await openGroups(store, WEBCHAT, groupPlace, now());
  let port: number;
  try {
    await webchat.ready;
    if (engineOf(config) === 'lowdb')
      endBackups = await handOutBackups(config.dataDir, () => linesOf(entriesOf(store, fileStore)), log);
    port = await web.listen(config.host, config.port);
    await dingtalk?.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  if (demo) base ??= url;
  if (ticking) scheduler.start();
  return {
    port,
    url,
    store,
    fileStore,
    pump: bot.pump,
    tick: bot.tick,
    stop,
  };
}

/** Bytes that anybody but root may still write in this folder. */
async function roomIn(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** What the outbox still holds; counted and found by an index. */
async function waiting(store: Store, now: Date): Promise<Waiting> {
  const where = { state: ['due', 'waiting', 'sending'] as const };
  return store.read(async (tx) => {
    const { rows } = await tx.table(outbox).find({ where, order: 'due', limit: 1 });
    const late = rows[0] ? now.getTime() - Date.parse(rows[0].due) : 0;
    return { depth: await tx.table(outbox).count(where), lateSeconds: Math.max(0, late) / 1_000 };
  });
}

/**
 * The invented city with its past, for a store that has nothing yet. Whoever tries the bot needs the city more than the
 * past: when that cannot be made, it is said, and the city begins today.
 */
async function fillDemo(options: FillOptions): Promise<void> {
  if (await options.store.read(isLoaded)) return;
  try {
    await (await import('./demo/index.ts')).fill(options);
  } catch (error) {
    // Another server was faster.
    if (error instanceof StoreError && error.code === 'not_empty') return;
    options.log.error({ err: error }, 'the demo city has no history: it could not be made');
  }
}

/** Who is who for DingTalk's pages, and how the organiser is told what an administrator should know. */
function dingtalkPeople(parts: {
  readonly store: Store;
  readonly workdays: Workdays;
  readonly now: () => Date;
}): Pick<DingtalkOptions, 'people' | 'warn'> {
  const { store } = parts;
  const platform = { name: DINGTALK, people: 'accounts' } as const;
  return {
    people: {
      idOf: (account) => store.read(async (tx) => (await identify(tx, platform, account))?.id),
      signInToken: (person) =>
        store.transaction(async (tx) => {
          const token = randomBytes(32).toString('base64url');
          await issueSignInLink(worldOf(parts, tx), token, person);
          return token;
        }),
    },
    async warn(tx, text, key) {
      for (const { id: person } of await organisers(tx)) {
        const id = `${key}@${person}`;
        if (!(await tx.table(outbox).get(id)))
          await queue(worldOf(parts, tx), { id, kind: 'notice', person, place: null, reply: { text } });
      }
    },
  };
}
