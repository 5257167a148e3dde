/** The engines that are compared, behind the few calls that the benchmarks make of each. */

import nodeFs from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { openSqlite } from './baselines.ts';
import {
  type BenchRow,
  changedThing,
  codeOf,
  idOf,
  makeThing,
  SQL_INSERT,
  SQL_TABLE,
  SQL_UPDATE,
  STATES,
  things,
  UNITS,
  valuesOf,
} from './rows.ts';

export const ENGINES = ['huishang', 'lowdb', 'sqlite', 'raw', 'rawAsync'] as const;
export type EngineName = (typeof ENGINES)[number];

export const QUERIES = ['byCode', 'page', 'nextPage', 'countByUnit', 'countByAll'] as const;
export type QueryName = (typeof QUERIES)[number];

export interface Engine {
  /** Insert rows `from` to `to` (exclusive), many at a time. */
  seed(from: number, to: number): Promise<void>;
  /** Change row `n` for the `change`-th time; resolves (or returns) once it is on the disk. */
  commit(n: number, change: number): Promise<unknown> | unknown;
  /** Bring what was left to the operating system to the disk, or whoever comes next waits for it. */
  settle?(): Promise<void>;
  /** Answer one query about something that `n` decides; how many rows or groups there were. */
  readonly queries?: Readonly<Record<QueryName, (n: number) => Promise<number> | number>>;
  close(): Promise<void> | void;
}

interface Place {
  readonly dir: string;
  /** Where the baselines' packages are. */
  readonly cache: string;
  /** Only ours: from how many bytes of journal on it folds. */
  readonly foldAfterBytes?: number;
}

export function openEngine(name: EngineName, place: Place): Promise<Engine> | Engine {
  switch (name) {
    case 'huishang':
      return huishang(place);
    case 'lowdb':
      return lowdb(place);
    case 'sqlite':
      return sqlite(place);
    case 'raw':
      return raw(place, false);
    case 'rawAsync':
      return raw(place, true);
  }
}

const AT_ONCE = 1000;
const PAGE = 20;

async function huishang({ dir, foldAfterBytes = Number.MAX_SAFE_INTEGER }: Place): Promise<Engine> {
  const store = await openLowdb({ dir, tables: [things], foldAfterBytes });
  const where = (n: number) => ({ unit: `unit-${n % UNITS}`, state: STATES[n % STATES.length] ?? '' });
  const cursors = new Map<string, string>();
  const page = async (n: number, after?: string) =>
    store.read((tx) =>
      tx
        .table(things)
        .find({ where: where(n), order: 'deadline', limit: PAGE, ...(after !== undefined && { after }) }),
    );
  return {
    async seed(from, to) {
      for (let n = from; n < to; n += AT_ONCE) {
        await store.transaction(async (tx) => {
          const rows = tx.table(things);
          for (let i = n; i < Math.min(n + AT_ONCE, to); i += 1) await rows.put(makeThing(i));
        });
      }
    },
    commit: (n, change) =>
      store.transaction(async (tx) => {
        const rows = tx.table(things);
        const known = await rows.get(idOf(n));
        if (!known) throw new Error(`no row ${n}`);
        await rows.put({ ...changedThing(n, change), rev: known.rev });
      }),
    queries: {
      byCode: (n) =>
        store.read(
          async (tx) => (await tx.table(things).find({ where: { code: codeOf(n) }, limit: 1 })).rows.length,
        ),
      page: async (n) => (await page(n)).rows.length,
      async nextPage(n) {
        const key = `${n % UNITS}|${n % STATES.length}`;
        const { rows, next } = await page(n, cursors.get(key));
        if (next === undefined) cursors.delete(key);
        else cursors.set(key, next);
        return rows.length;
      },
      countByUnit: (n) =>
        store.read(async (tx) => {
          const counts = await tx.table(things).countBy('state', { unit: `unit-${n % UNITS}` });
          return Object.keys(counts).length;
        }),
      countByAll: () => store.read(async (tx) => Object.keys(await tx.table(things).countBy('state')).length),
    },
    close: () => store.close(),
  };
}

function sqlite({ dir, cache }: Place): Engine {
  const db = openSqlite(cache, join(dir, 'sqlite.db'));
  db.exec(SQL_TABLE);
  const insert = db.prepare(SQL_INSERT);
  const update = db.prepare(SQL_UPDATE);
  const many = db.transaction((from: number, to: number) => {
    for (let n = from; n < to; n += 1) insert.run(...valuesOf(makeThing(n)));
  });
  const byCode = db.prepare('SELECT * FROM things WHERE code = ? LIMIT 1');
  const first = db.prepare(
    'SELECT * FROM things WHERE unit = ? AND state = ? ORDER BY deadline, id LIMIT 20',
  );
  const following = db.prepare(
    `SELECT * FROM things WHERE unit = ? AND state = ? AND (deadline, id) > (?, ?)
     ORDER BY deadline, id LIMIT 20`,
  );
  const countByUnit = db.prepare('SELECT state, count(*) AS n FROM things WHERE unit = ? GROUP BY state');
  const countByAll = db.prepare('SELECT state, count(*) AS n FROM things GROUP BY state');
  const cursors = new Map<string, BenchRow>();
  const where = (n: number) => [`unit-${n % UNITS}`, STATES[n % STATES.length]] as const;
  return {
    async seed(from, to) {
      for (let n = from; n < to; n += AT_ONCE * 10) many(n, Math.min(n + AT_ONCE * 10, to));
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    commit(n, change) {
      const [id, ...values] = valuesOf(changedThing(n, change));
      update.run(...values, id);
    },
    queries: {
      byCode: (n) => (byCode.get(codeOf(n)) ? 1 : 0),
      page: (n) => first.all(...where(n)).length,
      nextPage(n) {
        const key = `${n % UNITS}|${n % STATES.length}`;
        const after = cursors.get(key);
        const rows = (
          after ? following.all(...where(n), after.deadline, after.id) : first.all(...where(n))
        ) as BenchRow[];
        const last = rows.at(-1);
        if (last && rows.length === PAGE) cursors.set(key, last);
        else cursors.delete(key);
        return rows.length;
      },
      countByUnit: (n) => countByUnit.all(`unit-${n % UNITS}`).length,
      countByAll: () => countByAll.all().length,
    },
    close: () => db.close(),
  };
}

/** As its README shows it: all rows in one file, written anew with every change; no sync. */
async function lowdb({ dir }: Place): Promise<Engine> {
  const path = join(dir, 'lowdb.json');
  const db = new Low<{ things: BenchRow[] }>(new JSONFile(path), { things: [] });
  await db.read();
  return {
    async seed(from, to) {
      for (let n = from; n < to; n += 1) db.data.things.push(makeThing(n));
      await db.write();
    },
    commit: (n, change) =>
      db.update(({ things }) => {
        things[n] = changedThing(n, change);
      }),
    async settle() {
      const file = await openFile(path, 'r+');
      await file.datasync();
      await file.close();
    },
    close: () => {},
  };
}

/** The floor: one line appended and synced, by blocking calls or, as a server must, without blocking. */
async function raw({ dir }: Place, async: boolean): Promise<Engine> {
  const file = await openFile(join(dir, `raw-${async}`), 'a');
  const { fd } = file;
  return {
    seed: async () => {},
    commit(n, change) {
      nodeFs.writeSync(fd, `${JSON.stringify(changedThing(n, change))}\n`);
      if (!async) return nodeFs.fdatasyncSync(fd);
      return new Promise<void>((resolve, reject) => {
        nodeFs.fdatasync(fd, (error) => (error ? reject(error) : resolve()));
      });
    },
    close: () => file.close(),
  };
}
