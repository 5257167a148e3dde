/** Connections to PostgreSQL: how many, how long anything may take, and what planner and session are told. */
import pg from 'pg';
import type { Log } from '../../lib/log.ts';
import type { Backend } from './backend.ts';
import { storeError } from './errors.ts';

/** Connections of one server; transactions beyond that wait for one. */
export const MAX_CONNECTIONS = 16;
/** Milliseconds. A person waits at most 15 s for an answer in Teams. */
const CONNECT_MS = 4_000;
const QUERY_MS = 12_000;

/**
 * Queries are written so that an index serves each in its order, also while tables are small and nobody has gathered
 * statistics: plans that do otherwise are off, and one plan per statement is enough. A transaction that stands still
 * (its server hangs, or its machine is gone) is ended, so that it does not hold up the others.
 */
const PLANNER = [
  'enable_seqscan = off',
  'enable_bitmapscan = off',
  'enable_sort = off',
  'jit = off',
  'plan_cache_mode = force_generic_plan',
];
const LIMITS = [
  'statement_timeout = 10000',
  'lock_timeout = 8000',
  'idle_in_transaction_session_timeout = 10000',
  'client_min_messages = error',
];

/** The statements that set them, for a connection (`SET`) or for one transaction (`SET LOCAL`). */
export function settingsOf({ planner }: Backend, set: 'SET' | 'SET LOCAL'): string[] {
  return [...(planner ? PLANNER : []), ...LIMITS].map((each) => `${set} ${each}`);
}

const common = { keepAlive: true, application_name: 'huishang', connectionTimeoutMillis: CONNECT_MS };

/** A pool whose connections send queries without waiting for the answers to those before. */
export function createPool(
  url: string,
  backend: Backend,
  log: Log | undefined,
  max = MAX_CONNECTIONS,
): pg.Pool {
  const pool = new pg.Pool({
    ...common,
    connectionString: url,
    pipeline: true,
    max,
    query_timeout: QUERY_MS,
    idleTimeoutMillis: 60_000,
    onConnect: async (client) => {
      // One that is lost between two queries fails the next one; without a listener it would end the process.
      client.on('error', () => {});
      if (backend.settings === 'connection') await client.query(settingsOf(backend, 'SET').join('; '));
    },
  });
  pool.on('error', (err) => log?.warn({ err }, 'a connection to PostgreSQL was lost'));
  return pool;
}

/** Begins a transaction for what takes long, with plans that go along the indexes. */
export function beginLong(client: pg.ClientBase, mode = ''): Promise<unknown> {
  return client.query(
    `BEGIN ${mode}; SET LOCAL enable_seqscan = off; SET LOCAL client_min_messages = error; SET LOCAL statement_timeout = 0`,
  );
}

/** A connection of its own without time limits, for what takes long. Rejects with StoreError `unavailable`. */
export async function connectAlone(url: string): Promise<pg.Client> {
  const client = new pg.Client({ ...common, connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw storeError(error);
  }
}
