/**
 * The cells of the chaos table: what happens to servers and their database while messages go out, and what the connector
 * counted afterwards. Nothing may be lost, and nothing may come twice; of what was under way when it happened nobody may
 * know whether it arrived, and then that is written down as `unsure`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startWorker, type Worker } from '../bench/kit.ts';
import { bundled } from '../bundle.ts';
import { type FakeConnector, startFakeConnector, TEAMS_LIMITS } from '../fake-connector.ts';
import type { PgServer, startProxy } from '../store/pg.ts';
import type { ServerOptions } from './chaos.child.ts';

export type Engine = 'embedded' | 'PostgreSQL';

/** What became of the messages of one cell. */
export interface Row {
  readonly cell: string;
  readonly engine: Engine;
  readonly messages: number;
  readonly lost: number;
  readonly twice: number;
  readonly unsure: number;
  /** How many may be unsure: those that were under way. */
  readonly mayBeUnsure: number;
  readonly note?: string;
}

/** Messages that one server sends at a time. */
const UNDER_WAY = 16;
const CHATS = 40;
/** Longer than a claim holds. */
const PAST_LEASE_MS = 61_000;
const HOUR_MS = 3_600_000;
/** How long the connector takes over a message, so that there is always something under way. */
const ANSWER_MS = 20;
const LONGEST_MS = 120_000;
const CHILD = fileURLToPath(new URL('chaos.child.ts', import.meta.url));

interface Server extends Worker {
  readonly runs: boolean;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
}

interface TownOptions {
  /** The address of PostgreSQL; without it, a folder. */
  readonly database?: string;
  readonly people?: number;
  readonly chats?: number;
  /** Teams' limits are enforced and kept to. */
  readonly limited?: boolean;
  /** The connector answers at once. */
  readonly fast?: boolean;
}

/** Servers over one store, and the connector that counts what they send. */
export interface Town {
  readonly engine: Engine;
  readonly connector: FakeConnector;
  /** @param through another way to the database */
  start(through?: string): Promise<Server>;
  /** Say so many messages, meddle once a part of them is out, wait for the end, count. */
  play(cell: string, scene: Scene): Promise<Row>;
  /** Let time go by for all servers; those that stand still see it when they go on. */
  pass(ms: number): Promise<void>;
  /** Set the clock of one server so much ahead of the others. */
  setAhead(server: Server, ms: number): Promise<void>;
  close(): Promise<void>;
}

interface Scene {
  readonly on: Server;
  readonly count: number;
  readonly to?: 'chats' | 'people';
  readonly mayBeUnsure?: number;
  /** What happens once a third is out; resolves to who is there at the end, and to what is to be said of it. */
  meddle?(): Promise<{ readonly end?: Server; readonly note?: string } | undefined>;
}

export async function until(what: string, done: () => Promise<boolean> | boolean): Promise<void> {
  for (const from = performance.now(); !(await done()); await sleep(20))
    if (performance.now() - from > LONGEST_MS) throw new Error(`still not: ${what}`);
}

export async function openTown(options: TownOptions): Promise<Town> {
  const { database, people = 0, chats = CHATS, limited = false, fast = false } = options;
  const [connector, place, bundle] = await Promise.all([
    startFakeConnector({ limited }),
    database ?? mkdtemp(join(tmpdir(), 'huishang-chaos-')),
    bundled(CHILD),
  ]);
  const engine: Engine = database ? 'PostgreSQL' : 'embedded';
  const since = Date.now();
  const servers: Server[] = [];
  let clock = 0;
  const setAhead = (server: Server, ms: number) => server.call<void>('setClock', { ms: clock + ms });

  /** How often each message was taken. */
  function arrivals(cell: string): Map<string, number> {
    const times = new Map<string, number>();
    for (const { activity, status } of connector.calls)
      if (status < 300 && String(activity.text).startsWith(`${cell}-`))
        times.set(activity.text, (times.get(activity.text) ?? 0) + 1);
    return times;
  }

  return {
    engine,
    connector,
    setAhead,
    async pass(ms) {
      clock += ms;
      const set = servers.map(async (server) => server.runs && setAhead(server, 0));
      await Promise.all(set);
    },
    async start(through = place) {
      const worker = startWorker(bundle);
      let state: 'runs' | 'stands' | 'ended' = 'runs';
      const server: Server = {
        ...worker,
        get runs() {
          return state === 'runs';
        },
        async kill() {
          state = 'ended';
          process.kill(worker.pid, 'SIGKILL');
          await worker.close();
        },
        async close() {
          if (state === 'ended') return;
          if (state === 'stands') server.resume();
          state = 'ended';
          await worker.call('stop');
          await worker.close();
        },
        pause() {
          state = 'stands';
          process.kill(worker.pid, 'SIGSTOP');
        },
        resume() {
          // What it reads first when it goes on.
          setAhead(server, 0).catch(() => {});
          state = 'runs';
          process.kill(worker.pid, 'SIGCONT');
        },
      };
      servers.push(server);
      const given: ServerOptions = {
        place: through,
        connector: connector.url,
        chats,
        people,
        limited,
        since,
        clock,
      };
      await server.call('open', given);
      return server;
    },
    async play(cell, { on, count, to = 'chats', mayBeUnsure = 0, meddle }) {
      const before = connector.calls.length;
      if (!limited && !fast) connector.trouble({ delayMs: ANSWER_MS }, count);
      await on.call('say', { cell, count, to });
      await until(`${cell}: a third is out`, () => connector.calls.length - before >= count / 3);
      const { end = on, note } = (await meddle?.()) ?? {};
      await until(`${cell}: nothing waits`, async () => (await end.call<number>('left')) === 0);
      const states = await end.call<Record<string, string>>('states', { cell });
      const times = arrivals(cell);
      const ids = Array.from({ length: count }, (_, n) => `${cell}-${n}`);
      return {
        cell,
        engine,
        messages: count,
        lost: ids.filter((id) => !times.has(id) && states[id] !== 'unsure').length,
        twice: ids.filter((id) => (times.get(id) ?? 0) > 1).length,
        unsure: ids.filter((id) => states[id] === 'unsure').length,
        mayBeUnsure,
        ...(note && { note }),
      };
    },
    async close() {
      for (const server of servers) await server.close();
      await connector.close();
      if (!database) await rm(place, { recursive: true });
    },
  };
}

/** Wait for so many more messages; where fewer are left, until all are out. */
async function sendsOn({ connector }: Town, server: Server, count: number): Promise<void> {
  const sent = connector.calls.length;
  await until(
    'it sends on',
    async () => connector.calls.length >= sent + count || (await server.call<number>('left')) === 0,
  );
}

/** The clock of a server jumps an hour ahead while it sends, and back again. */
export async function clockJumps(town: Town, on: Server, count: number): Promise<Row> {
  return town.play('clock jump', {
    on,
    count,
    mayBeUnsure: UNDER_WAY,
    async meddle() {
      await town.setAhead(on, HOUR_MS);
      await sendsOn(town, on, count / 4);
      await town.setAhead(on, 0);
      return undefined;
    },
  });
}

/** kill -9 of the server that sends. `other` goes on; over a folder, or without one, it starts again. */
export async function serverDies(town: Town, on: Server, count: number, other?: Server): Promise<Row> {
  return town.play('kill -9 of a server', {
    on,
    count,
    mayBeUnsure: other ? 2 * UNDER_WAY : UNDER_WAY,
    async meddle() {
      await on.kill();
      const end = other ?? (await town.start());
      await town.pass(PAST_LEASE_MS);
      return { end };
    },
  });
}

/** A server stands still in the middle of its sends for longer than a claim holds, and then goes on. */
export async function serverPauses(town: Town, on: Server, count: number, other?: Server): Promise<Row> {
  return town.play('paused longer than a claim holds', {
    on,
    count,
    // Time passes for the other, too, and for what it is sending.
    mayBeUnsure: other ? 2 * UNDER_WAY : UNDER_WAY,
    async meddle() {
      on.pause();
      await town.pass(PAST_LEASE_MS);
      if (other)
        await until('the other has done the rest', async () => (await other.call<number>('left')) === 0);
      on.resume();
      // Its own sends end, and it writes down what came of them.
      await until('it ticks again', async () => (await on.call<number>('left')) === 0);
      return undefined;
    },
  });
}

/** The network between a server and its database is cut again and again, also between COMMIT and its answer. */
export async function networkIsCut(
  town: Town,
  on: Server,
  other: Server,
  proxy: Awaited<ReturnType<typeof startProxy>>,
  count: number,
): Promise<Row> {
  const CUTS = 6;
  return town.play('network cut', {
    on,
    count,
    // A claim whose answer was lost, or a send whose end could not be written down: the pipelines of each cut.
    mayBeUnsure: CUTS * UNDER_WAY,
    async meddle() {
      for (let n = 0; n < CUTS; n++) {
        if (n % 3 === 0) proxy.cutAll();
        else proxy.cutNext(n % 3 === 1 ? 'before' : 'after');
        await sendsOn(town, other, UNDER_WAY);
      }
      await town.pass(PAST_LEASE_MS);
      return { note: `${CUTS} cuts` };
    },
  });
}

/** Somebody has read all messages, and a row of them changed, in a transaction that stays open. */
export async function longTransaction(town: Town, on: Server, database: string, count: number): Promise<Row> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
  await client.query('SELECT count(*) FROM huishang.outbox');
  await client.query('UPDATE huishang.members SET rev = rev');
  try {
    return await town.play('long transaction beside', { on, count });
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}

/** kill -9 of PostgreSQL while servers send. */
export async function databaseDies(town: Town, on: Server, server: PgServer, count: number): Promise<Row> {
  return town.play('kill -9 of the database', {
    on,
    count,
    mayBeUnsure: 2 * UNDER_WAY,
    async meddle() {
      await server.kill();
      await server.start();
      await town.pass(PAST_LEASE_MS);
      return undefined;
    },
  });
}

/** So many messages that are due at once. */
export const backlog = (town: Town, on: Server, count: number): Promise<Row> =>
  town.play('backlog', { on, count });

/** One event of which so many people are told, each in a chat of their own. */
export const fanOut = (town: Town, on: Server, count: number): Promise<Row> =>
  town.play('one event to many people', { on, count, to: 'people' });

/** The rows of the outbox were changed so often, and over PostgreSQL none of their old versions could be cleared away. */
export async function bloat(
  town: Town,
  on: Server,
  updates: number,
  count: number,
  database?: string,
): Promise<Row> {
  if (!database) {
    await on.call('churn', { updates });
    return town.play('bloat', { on, count, meddle: async () => ({ note: `${updates} updates before` }) });
  }
  const [beside, client] = [database, database].map(
    (connectionString) => new pg.Client({ connectionString }),
  );
  if (!beside || !client) throw new Error('unreachable');
  await Promise.all([beside.connect(), client.connect()]);
  try {
    await beside.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await beside.query('SELECT count(*) FROM huishang.outbox');
    const { rows } = await client.query<{ ids: string[] }>(
      `SELECT array_agg(id) AS ids FROM (SELECT id FROM huishang.outbox WHERE k_state = '4sent' LIMIT 1000) t`,
    );
    const ids = rows[0]?.ids ?? [];
    // Through the part of the index where servers look, and back, so that nobody sees it.
    for (let done = 0; done < updates; done += 2 * ids.length)
      await client.query(
        `BEGIN;
         UPDATE huishang.outbox SET k_state = '4due' WHERE id IN (${ids.map((id) => `'${id}'`)});
         UPDATE huishang.outbox SET k_state = '4sent' WHERE id IN (${ids.map((id) => `'${id}'`)});
         COMMIT`,
      );
    const row = await town.play('bloat', { on, count });
    const { rows: plan } = await client.query<Record<string, string>>(
      `EXPLAIN (ANALYZE, BUFFERS) SELECT id FROM huishang.outbox WHERE k_state = '4due' ORDER BY k_due LIMIT 100`,
    );
    const pages = /Buffers: shared hit=(\d+)/.exec(plan.map((each) => each['QUERY PLAN']).join('\n'))?.[1];
    return {
      ...row,
      note: `${updates} updates before, none cleared away: a look at what is due touches ${pages} pages`,
    };
  } finally {
    await Promise.all([beside.end(), client.end()]);
  }
}

/** Servers that share Teams' limits, which the connector enforces: what of them was used, and how often it refused. */
export async function sharedLimits(town: Town, servers: readonly Server[], count: number): Promise<Row> {
  const [on] = servers;
  if (!on) throw new Error('no server');
  const row = await town.play(`${servers.length} servers under one limit`, { on, count });
  const taken = town.connector.calls.filter(({ status }) => status < 300).map(({ at }) => at);
  const refused = town.connector.calls.filter(({ status }) => status === 429).length;
  // When all have their share, and before the last ones have nothing to send.
  const [from, to] = [(taken[0] ?? 0) + 8_000, (taken.at(-1) ?? 0) - 3_000];
  const counted = taken.filter((at) => at >= from && at < to).length;
  const used = counted / ((to - from) / 1_000) / TEAMS_LIMITS.inAll[0][0];
  return { ...row, note: `429: ${refused}; ${(100 * used).toFixed(1)} % of the limit used` };
}

/** As markdown. */
export function chaosTable(rows: readonly Row[]): string {
  const head = ['cell', 'engine', 'messages', 'lost', 'twice', 'unsure (at most)', ''];
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map((row) =>
      line([
        row.cell,
        row.engine,
        row.messages,
        row.lost,
        row.twice,
        `${row.unsure} (${row.mayBeUnsure})`,
        row.note ?? '',
      ]),
    ),
  ].join('\n');
}
