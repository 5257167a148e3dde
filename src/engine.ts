/** Opens the store of the whole programme in one of the two engines. */
import { join } from 'node:path';
import { kernelTables } from './bot/bot.ts';
import { dingtalkTables } from './channels/dingtalk/tables.ts';
import { webchatTables } from './channels/webchat/tables.ts';
import type { Config } from './config.ts';
import { features } from './features/index.ts';
import { AppError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import type { FileStore } from './store/files.ts';
import { openFolder } from './store/lowdb/files.ts';
import { openLowdb } from './store/lowdb/index.ts';
import { openPgFiles } from './store/postgres/files.ts';
import { openPostgres } from './store/postgres/index.ts';
import type { Store } from './store/store.ts';

export type Engine = 'lowdb' | 'postgres';

/** The engine that a server uses. */
export function engineOf({ databaseUrl }: Config): Engine {
  return databaseUrl ? 'postgres' : 'lowdb';
}

/** All tables, whoever brings them. */
export function allTables() {
  return [
    ...kernelTables,
    ...webchatTables,
    ...dingtalkTables,
    ...features.flatMap((feature) => feature.tables),
  ];
}

/** @throws AppError `config`, StoreError `locked`, `damaged` or `unavailable` */
export async function openStore(
  { databaseUrl: url, dataDir: dir, database }: Config,
  engine: Engine,
  log: Log,
): Promise<Store> {
  const tables = allTables();
  if (engine === 'lowdb') return openLowdb({ dir, tables, log });
  if (!url) throw new AppError('config', 'DATABASE_URL is not set: it says where PostgreSQL is');
  return openPostgres({ url, tables, log, ...database });
}

/**
 * Open what keeps the contents of files, after the store: the folder `files` in DATA_DIR, or PostgreSQL, which all
 * servers share. Rejects with StoreError `unavailable`.
 */
export async function openFiles(
  { databaseUrl, dataDir, database }: Config,
  now: () => Date,
  log: Log,
): Promise<FileStore> {
  return databaseUrl
    ? openPgFiles(databaseUrl, now, log, database.backend)
    : openFolder(join(dataDir, 'files'), now);
}
