/** Fetches what we are measured against with npm, into a cache folder: never a dependency of the product. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** better-sqlite3 is built with node-gyp where there is no ready binary: python3, make, g++ and Node's headers. */
const PACKAGES = { 'better-sqlite3': '12.11.1' };

/** Make sure that `cache` holds the baselines' packages, built for this Node. Rejects with npm's last words. */
export async function fetchBaselines(cache: string, say: (text: string) => void): Promise<void> {
  const missing = Object.entries(PACKAGES).filter(
    ([name]) => !existsSync(join(cache, 'node_modules', name, 'build/Release')),
  );
  if (missing.length === 0) return;
  const wanted = missing.map(([name, version]) => `${name}@${version}`);
  say(`fetching ${wanted.join(', ')} into ${cache} (a minute where it has to be built)`);
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, 'package.json'), '{"private":true}\n');
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...wanted], {
    cwd: cache,
    timeout: 600_000,
  });
}

/** What is used of better-sqlite3. */
export interface Sqlite {
  pragma(text: string): unknown;
  exec(sql: string): void;
  prepare(sql: string): {
    run(...values: readonly unknown[]): unknown;
    get(...values: readonly unknown[]): unknown;
    all(...values: readonly unknown[]): unknown[];
  };
  transaction<A extends unknown[]>(body: (...args: A) => void): (...args: A) => void;
  close(): void;
}

/** Open a database with the pragmas of the comparison: WAL, every commit synced; a cache that is not stingy. */
export function openSqlite(cache: string, file: string): Sqlite {
  const Database = createRequire(join(cache, 'package.json'))('better-sqlite3') as new (
    file: string,
  ) => Sqlite;
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -262144');
  return db;
}
