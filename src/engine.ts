/** Opens the store of the whole programme in one of the engines. */
import { join } from 'node:path';
import { tablesOf } from './bot/bot.ts';
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
import { type AnyTable, type Store, StoreError } from './store/store.ts';

export type Engine = 'lowdb' | 'postgres';

interface Opens {
  /** Whether the settings mean it, and no other one. */
  readonly meant: (config: Config) => boolean;
  /** The variable that says where it is. */
  readonly where: string;
  readonly store: (config: Config, tables: readonly AnyTable[], log: Log) => Promise<Store>;
  readonly files: (config: Config, now: () => Date, log: Log) => Promise<FileStore>;
}

const OPENS: Readonly<Record<Engine, Opens>> = {
  lowdb: {
    meant: ({ databaseUrl }) => databaseUrl === undefined,
    where: 'DATA_DIR',
    store: ({ dataDir: dir }, tables, log) => openLowdb({ dir, tables, log }),
    files: ({ dataDir }, now) => openFolder(join(dataDir, 'files'), now),
  },
  postgres: {
    meant: ({ databaseUrl }) => databaseUrl !== undefined,
    where: 'DATABASE_URL',
    store: (config, tables, log) => openPostgres({ url: urlOf(config), tables, log, ...config.database }),
    files: (config, now, log) => openPgFiles(urlOf(config), now, log, config.database.backend),
  },
};
export const ENGINES = Object.keys(OPENS) as readonly Engine[];

function urlOf({ databaseUrl }: Config): string {
  if (databaseUrl) return databaseUrl;
  throw new AppError('config', 'DATABASE_URL is not set: it says where PostgreSQL is');
}

/** The engine that a server uses. */
export function engineOf(config: Config): Engine {
  return ENGINES.find((engine) => OPENS[engine].meant(config)) ?? 'lowdb';
}

/** All tables, whoever brings them. */
export function allTables() {
  return [...tablesOf(features), ...webchatTables, ...dingtalkTables];
}

/** What to do where a store cannot be opened. */
const HINTS: Partial<Record<StoreError['code'], (where: string) => string>> = {
  unavailable: (where) => `Is ${where} right, and what it names there and open to this user?`,
  damaged: () => 'Nothing was changed: keep a copy of it, and restore a backup (npm run restore)',
};

/** @throws AppError `config`, StoreError `locked`, `damaged` or `unavailable` */
export async function openStore(config: Config, engine: Engine, log: Log): Promise<Store> {
  const { store, where } = OPENS[engine];
  return store(config, allTables(), log).catch((cause: unknown) => {
    const hint = cause instanceof StoreError ? HINTS[cause.code]?.(where) : undefined;
    throw cause instanceof StoreError && hint
      ? new StoreError(cause.code, `${cause.message}. ${hint}`, { cause })
      : cause;
  });
}

/**
 * Open what keeps the contents of files, after the store: the folder `files` in DATA_DIR, or PostgreSQL, which all
 * servers share. Rejects with StoreError `unavailable`.
 */
export async function openFiles(config: Config, now: () => Date, log: Log): Promise<FileStore> {
  return OPENS[engineOf(config)].files(config, now, log);
}
