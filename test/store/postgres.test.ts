/** The distributed store: the contract of all stores, and what only several servers over one database can do. */
import pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { backends } from '../../src/store/postgres/backend.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import { createPool } from '../../src/store/postgres/pool.ts';
import { Session } from '../../src/store/postgres/session.ts';
import { statement } from '../../src/store/postgres/tables.ts';
import { type AnyTable, defineTable, type Store } from '../../src/store/store.ts';
import { emptyDatabase, newDatabase, startPg, startProxy } from './pg.ts';
import { itemsOf, sharingContract, until } from './sharing.contract.ts';
import { type OpenedStore, storeContract } from './store.contract.ts';
import { type Thing, thing, thingRow, things } from './store.model.ts';

let url: string;
beforeAll(async () => {
  url = await newDatabase();
});

async function open(tables: readonly AnyTable[]): Promise<OpenedStore> {
  await emptyDatabase(url);
  let current = tables;
  let store = await openPostgres({ url, tables });
  return {
    store,
    async reopen(others) {
      await store.close();
      current = others ?? current;
      store = await openPostgres({ url, tables: current });
      return store;
    },
    cleanup: () => store.close(),
  };
}
storeContract('postgres', open);
sharingContract('postgres', open);

describe('several servers over one PostgreSQL', () => {
  beforeEach(() => emptyDatabase(url));
  const openAll = (count: number, tables: readonly AnyTable[] = [things], at = url) =>
    Promise.all(Array.from({ length: count }, () => openPostgres({ url: at, tables })));
  const closeAll = (stores: readonly Store[]) => Promise.all(stores.map((store) => store.close()));

  it('start at once on an empty database, and on one that lacks an index', async () => {
    const stores = await openAll(4);
    await Promise.all(
      stores.map((store, n) => store.transaction((tx) => tx.table(things).put(thing(`t${n}`, { rank: n })))),
    );
    const newer = defineTable<Thing>({ ...things, indexes: [...things.indexes, { on: ['owner'] }] });
    const more = await openAll(3, [newer]);
    for (const store of more) {
      expect(await store.read((tx) => tx.table(newer).count({ owner: null }))).toBe(4);
    }
    await closeAll([...stores, ...more]);
  });

  it('do everything once between them, whatever they do at once', async () => {
    const stores = await openAll(3);
    const counter = await stores[0]?.transaction((tx) => tx.table(things).put(thing('sum', { rank: 0 })));
    expect(counter?.rev).toBe(1);
    const given: number[] = [];
    await Promise.all(
      Array.from({ length: 120 }, async (_, n) => {
        const number = await (stores[n % 3] as Store).transaction(async (tx) => {
          const table = tx.table(things);
          const sum = await table.get('sum');
          if (sum) await table.put({ ...sum, rank: Number(sum.rank) + 1 });
          const next = await tx.next('WT');
          await table.put(thing(`t${next}`, { rank: next, code: `c${next}` }));
          return next;
        });
        given.push(number);
      }),
    );
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    expect(await stores[1]?.read((tx) => tx.table(things).get('sum'))).toMatchObject({ rank: 120, rev: 121 });
    await closeAll(stores);
  });

  it('do not both act on what the other is changing: somebody stays on call', async () => {
    const stores = await openAll(2);
    for (let round = 0; round < 20; round += 1) {
      await stores[0]?.transaction(async (tx) => {
        for (const id of [`a${round}`, `b${round}`])
          await tx.table(things).put(thing(id, { owner: `on${round}` }));
      });
      const leave = (store: Store, id: string) =>
        store.transaction(async (tx) => {
          const table = tx.table(things);
          const onCall = await table.count({ owner: `on${round}`, kind: 'a' });
          const row = await table.get(id);
          if (row && onCall > 1) await table.put({ ...row, owner: null });
        });
      await Promise.all([
        leave(stores[0] as Store, `a${round}`),
        leave(stores[1] as Store, `b${round}`),
        leave(stores[1] as Store, `a${round}`),
      ]);
      const left = await stores[0]?.read((tx) => tx.table(things).count({ owner: `on${round}`, kind: 'a' }));
      expect(left).toBe(1);
    }
    await closeAll(stores);
  });

  it('take writes of an older server, and fill in for it what is indexed since', async () => {
    const before = defineTable({ ...things, indexes: [{ on: ['kind'] }] });
    const newer = defineTable({
      name: 'things',
      schema: thingRow.extend({ star: z.string().default('none') }),
      keep: 'for ever: because it is a test’s',
      indexes: [{ on: ['kind'] }, { on: ['star'] }, { on: ['kind'], order: 'code' }, { on: ['owner'] }],
    });
    const [older] = (await openAll(1, [before])) as [Store];
    await older.transaction((tx) => tx.table(before).put(thing('t1')));
    const [store] = (await openAll(1, [newer])) as [Store];
    const codes = async () => {
      const query = { where: { kind: 'a' }, order: 'code', limit: 9 } as const;
      return (await store.read((tx) => tx.table(newer).find(query))).rows.map(({ id }) => id);
    };
    const counts = (where: { star: string } | { owner: string | null }) =>
      store.read((tx) => tx.table(newer).count(where));
    await older.transaction((tx) => tx.table(before).put(thing('t3', { code: "丙'丙", owner: 'x' })));
    await older.transaction((tx) => tx.table(before).put(thing('t2', { code: '乙' })));
    expect(await codes()).toEqual(['t1', 't3', 't2']);
    expect([
      await counts({ star: 'none' }),
      await counts({ owner: null }),
      await counts({ owner: 'x' }),
    ]).toEqual([3, 2, 1]);
    // The newer one changes a row, then the older one does: the indexes follow both.
    await store.transaction(async (tx) => {
      const row = await tx.table(newer).get('t1');
      if (row) await tx.table(newer).put({ ...row, code: '龙', star: 'two' });
    });
    expect([await codes(), await counts({ star: 'two' })]).toEqual([['t3', 't2', 't1'], 1]);
    await older.transaction(async (tx) => {
      const row = await tx.table(before).get('t1');
      if (row) await tx.table(before).put({ ...row, code: '一' });
    });
    expect(await codes()).toEqual(['t1', 't3', 't2']);
    // What the database would sort in another way than we do waits for the end of the update.
    const odd = older.transaction((tx) => tx.table(before).put(thing('t4', { code: '\u{1f600}' })));
    await expect(odd).rejects.toMatchObject({ code: 'unavailable' });
    await closeAll([store, older]);
    // Back again: the index is forgotten, rows go in.
    const [back] = (await openAll(1, [before])) as [Store];
    await back.transaction((tx) => tx.table(before).put(thing('t4', { code: '\u{1f600}' })));
    const [again] = (await openAll(1, [newer])) as [Store];
    expect(await again.read((tx) => tx.table(newer).count({ star: 'none' }))).toBe(4);
    await closeAll([back, again]);
  });

  it('find by their terms rows from before there were any, and those that an older server writes meanwhile', async () => {
    const { terms, ...before } = things;
    const [older] = (await openAll(1, [before])) as [Store];
    const put = (store: Store, table: typeof things, id: string, owner: string) =>
      store.transaction(async (tx) => {
        const row = await tx.table(table).get(id);
        await tx.table(table).put({ ...(row ?? thing(id)), owner });
      });
    await older.transaction(async (tx) => {
      for (let n = 0; n < 250; n += 1) await tx.table(before).put(thing(`t${n}`, { rank: n, owner: 'x' }));
    });
    const [store, beside] = (await openAll(2)) as [Store, Store];
    const found = async (owner: string) => {
      const query = { match: [[`owner ${owner}`]], order: 'rank', limit: 1000 } as const;
      return (await store.read((tx) => tx.table(things).find(query))).rows.map(({ id }) => id);
    };
    const soon = { timeout: 15_000 };
    await expect.poll(async () => (await found('x')).length, soon).toBe(250);
    await put(older, before, 'new', 'older');
    await put(older, before, 't7', 'older');
    await put(store, things, 't8', 'newer');
    await expect.poll(() => found('older'), soon).toEqual(['new', 't7']);
    expect([await found('newer'), (await found('x')).length]).toEqual([['t8'], 248]);
    // What the older one wrote last counts, whoever wrote before.
    await put(older, before, 't8', 'older');
    await put(store, things, 't7', 'newer');
    await expect.poll(() => found('older'), soon).toEqual(['new', 't8']);
    expect(await found('newer')).toEqual(['t7']);
    expect((await itemsOf(store)).length).toBe(251);
    await closeAll([older, store, beside]);
  });

  it('refuse to start on rows that a schema refuses, and change nothing then', async () => {
    const [store] = (await openAll(1)) as [Store];
    await store.transaction((tx) => tx.table(things).put(thing('t1')));
    const before = await itemsOf(store);
    const stricter = defineTable({ ...things, schema: thingRow.extend({ star: z.string() }), indexes: [] });
    const damaged = expect.objectContaining({ code: 'damaged', message: expect.stringContaining('t1') });
    await expect(openAll(1, [stricter])).rejects.toEqual(damaged);
    expect(await itemsOf(store)).toEqual(before);
    expect(await store.read((tx) => tx.table(things).count({ kind: 'a' }))).toBe(1);
    await closeAll([store]);
  });

  it('keep what no index of PostgreSQL could hold, and tell long values apart', async () => {
    const [store] = (await openAll(1)) as [Store];
    const long = '长'.repeat(5_000);
    const texts = [long, `${long}1`, `${long}2`, '\ud800', '\u0000', '\u0000\u0001', 'ok'];
    await store.transaction(async (tx) => {
      for (const text of texts) await tx.table(things).put(thing(text, { kind: text, code: text }));
    });
    for (const text of texts) {
      expect(await store.read((tx) => tx.table(things).get(text))).toMatchObject({ id: text, code: text });
      const { rows } = await store.read((tx) => tx.table(things).find({ where: { kind: text }, limit: 9 }));
      expect(rows.map(({ id }) => id)).toEqual([text]);
    }
    const counts = await store.read((tx) => tx.table(things).countBy('kind'));
    expect(counts).toEqual(Object.fromEntries(texts.map((text) => [text, 1])));
    await closeAll([store]);
  });

  it('find out what became of a COMMIT whose answer was lost', async () => {
    const [direct] = (await openAll(1)) as [Store];
    const proxy = await startProxy(url);
    const store = await openPostgres({ url: proxy.url, tables: [things] });
    const put = (id: string) => store.transaction((tx) => tx.table(things).put(thing(id)));
    await put('t1');
    proxy.cutNext('after');
    expect(await put('t2')).toMatchObject({ id: 't2', rev: 1 });
    proxy.cutNext('before');
    await expect(put('t3')).rejects.toMatchObject({ code: 'unavailable' });
    await put('t4');
    const { rows } = await direct.read((tx) => tx.table(things).find({ limit: 9 }));
    expect(rows.map(({ id }) => id)).toEqual(['t1', 't2', 't4']);
    await closeAll([store, direct]);
    proxy.close();
  });

  it('say “unavailable” while PostgreSQL is away, and go on by themselves', async () => {
    const server = await startPg({ durable: false });
    const own = await server.database();
    const [store] = (await openAll(1, [things], own)) as [Store];
    const missed: unknown[] = [];
    store.listen('chat', (payload) => missed.push(payload));
    await until(() => missed.length === 1);
    const put = (id: string) => store.transaction((tx) => tx.table(things).put(thing(id)));
    await put('t1');
    const held = store.transaction(async (tx) => {
      await tx.table(things).get('t1');
      await server.stop();
      await tx.table(things).put(thing('lost'));
    });
    const gone = expect.objectContaining({ name: 'StoreError', code: 'unavailable' });
    await expect(held).rejects.toEqual(gone);
    await expect(put('t2')).rejects.toEqual(gone);
    await expect(store.read((tx) => tx.table(things).get('t1'))).rejects.toEqual(gone);
    await expect(openAll(1, [things], own)).rejects.toEqual(gone);
    await server.start();
    await put('t3');
    expect(await store.read((tx) => tx.table(things).count())).toBe(2);
    await until(() => missed.length === 2);
    expect(missed).toEqual([undefined, undefined]);

    // After a crash PostgreSQL gives numbers of transactions again: what has landed under one is another one's.
    const change = store.transaction(async (tx) => {
      const row = await tx.table(things).get('t1');
      await server.kill();
      await server.start();
      const others = new pg.Client({ connectionString: own });
      await others.connect();
      for (let n = 0; n < 20; n += 1) await others.query('SELECT pg_current_xact_id()');
      await others.end();
      if (row) await tx.table(things).put({ ...row, rank: 9 });
    });
    await expect(change).rejects.toEqual(gone);
    expect(await store.read((tx) => tx.table(things).get('t1'))).toMatchObject({ rev: 1 });
    await closeAll([store]);
    await server.remove();
  });
});

it('goes on with a connection on which one statement of several has failed', async () => {
  const pool = createPool(url, backends.postgres, undefined, 1);
  const session = async () => new Session(await pool.connect(), 'read', backends.postgres);
  const [wrong, right] = [statement('SELECT 1 / $1::int'), statement('SELECT $1::int')];
  const first = await session();
  const asked = await Promise.allSettled([wrong, right].map((each) => first.run(each, [0])));
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await first.rollback();
  first.release();

  const second = await session();
  expect((await second.run(right, [3])).rows).toEqual([['3']]);
  // Nobody waits for it before it is all taken back.
  const unheard = expect(second.run(wrong, [0])).rejects.toThrow('division by zero');
  await second.rollback();
  second.release();
  await unheard;

  const third = await session();
  expect((await third.run(wrong, [1])).rows).toEqual([['1']]);
  third.leave();
  third.release();
  await pool.end();
});
