/** What one indexed find, one page and one count-by cost among a million rows. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QUERIES, type QueryName } from './engines.ts';
import { interleaved, type Line, type Options, sayNumber, startWorker } from './kit.ts';

const WHAT: Readonly<Record<QueryName, string>> = {
  byCode: 'find one row by a unique index',
  page: 'first page of 20 of a unit and state, by deadline',
  nextPage: 'following page of 20 (keyset)',
  countByUnit: 'count by state within one unit',
  countByAll: 'count by state over all rows',
};

/** SQLite reads every entry of an index that it counts: tens of milliseconds for all rows. */
const COUNTS: Readonly<Record<QueryName, { ours: number; sqlite: number }>> = {
  byCode: { ours: 20_000, sqlite: 20_000 },
  page: { ours: 5_000, sqlite: 5_000 },
  nextPage: { ours: 5_000, sqlite: 5_000 },
  countByUnit: { ours: 5_000, sqlite: 500 },
  countByAll: { ours: 5_000, sqlite: 5 },
};

export async function query({ quick, runs, cache, scratch, say }: Options): Promise<Line[]> {
  const rows = quick ? 10_000 : 1_000_000;
  const ours = startWorker('engine.child.ts');
  const sqlite = startWorker('engine.child.ts');
  try {
    for (const [name, worker] of Object.entries({ huishang: ours, sqlite })) {
      const dir = join(scratch, `query-${name}`);
      await mkdir(dir, { recursive: true });
      await worker.call('open', { name, dir, cache, rows: 0 });
      await worker.call('seed', { rows });
      say(`${name} has ${sayNumber(rows)} rows`);
    }
    const lines: Line[] = [];
    for (const name of QUERIES) {
      const counts = COUNTS[name];
      // Once for nothing: both are to answer from warm memory.
      await ours.call('query', { name, count: 200, rows });
      await sqlite.call('query', { name, count: 5, rows });
      const took = await interleaved(runs, {
        ours: () => ours.call<number>('query', { name, count: counts.ours, rows }),
        sqlite: () => sqlite.call<number>('query', { name, count: counts.sqlite, rows }),
      });
      const ratio = took.ours / took.sqlite;
      lines.push({
        what: `${WHAT[name]}, ${sayNumber(rows)} rows, against better-sqlite3`,
        ours: `${sayNumber(took.ours)} µs`,
        baseline: `${sayNumber(took.sqlite)} µs`,
        ratio,
        target: { text: '≤ 1 ×', met: ratio <= 1 },
      });
    }
    return lines;
  } finally {
    await Promise.all([ours.close(), sqlite.close()]);
  }
}
