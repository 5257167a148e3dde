/** What every store driver has to do. A driver's test calls `storeContract` with a way to open a fresh, empty store. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AnyTable,
  defineTable,
  type IndexValue,
  type Query,
  type Store,
  type Stored,
  type StoreErrorCode,
  type Tx,
} from '../../src/store/store.ts';
import {
  batches,
  compare,
  others,
  play,
  questions,
  type Thing,
  thing,
  thingRow,
  things,
} from './store.model.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Close what is open and open the same data again, maybe with other tables. */
  reopen(tables?: readonly AnyTable[]): Promise<Store>;
  /** Close what is open and remove the data. */
  cleanup(): Promise<void>;
}

function refused(code: StoreErrorCode, ...words: string[]) {
  const message = expect.stringMatching(words.join('.*'));
  return expect.objectContaining({ name: 'StoreError', code, ...(words.length > 0 && { message }) });
}

export function storeContract(
  name: string,
  open: (tables: readonly AnyTable[]) => Promise<OpenedStore>,
): void {
  describe(`${name}: the store contract`, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open([things, others]);
      store = opened.store;
    });
    afterEach(() => opened.cleanup());

    const put = (row: Thing & { rev?: number }) => store.transaction((tx) => tx.table(things).put(row));
    const get = (id: string) => store.read((tx) => tx.table(things).get(id));
    const find = (query: Query<Thing>) => store.read((tx) => tx.table(things).find(query));
    const ids = async (query: Omit<Query<Thing>, 'limit'>) =>
      (await find({ limit: 1000, ...query })).rows.map((row) => row.id);

    it('inserts, reads and replaces rows, counting revisions from 1', async () => {
      expect(await get('t1')).toBeUndefined();
      const first = await put(thing('t1'));
      expect(first).toEqual({ ...thing('t1'), rev: 1 });
      const second = await put({ ...first, owner: '李' });
      expect(second).toEqual({ ...thing('t1', { owner: '李' }), rev: 2 });
      expect(await get('t1')).toEqual(second);
    });

    it('keeps what people typed as it is', async () => {
      const id = 'a"b\\c\n会商 \u2028 😀 __proto__';
      const deep = { 小区: ['路灯', { x: null }], constructor: 1 };
      await put(thing(id, { owner: id, data: { tags: [id, ''], deep } }));
      store = await opened.reopen();
      expect(await get(id)).toEqual({ ...thing(id, { owner: id, data: { tags: [id, ''], deep } }), rev: 1 });
    });

    it('is not changed through rows it took or gave', async () => {
      const mine = { ...thing('t1'), data: { tags: ['x'], deep: {} } };
      await put(mine);
      mine.data.tags.push('mine');
      mine.owner = 'mine';
      const theirs = (await get('t1')) as Stored<typeof mine>;
      for (const change of [() => theirs.data.tags.push('y'), () => Object.assign(theirs, { owner: 'y' })]) {
        try {
          change();
        } catch {
          // a driver may freeze its rows
        }
      }
      expect(await get('t1')).toMatchObject({ owner: null, data: { tags: ['x'] } });
    });

    it('refuses a second row with the same id', async () => {
      await put(thing('t1'));
      await expect(put(thing('t1'))).rejects.toEqual(refused('duplicate', 'things', 't1'));
    });

    it('runs again after a conflict and gives up in the end', async () => {
      const old = await put(thing('t1'));
      await put({ ...old, owner: 'b' });
      let runs = 0;
      await store.transaction(async (tx) => {
        runs += 1;
        const row = runs === 1 ? old : await tx.table(things).get('t1');
        await tx.table(things).put({ ...(row ?? old), owner: 'c' });
      });
      expect(runs).toBe(2);
      expect(await get('t1')).toMatchObject({ owner: 'c', rev: 3 });

      await expect(put({ ...old, owner: 'd' })).rejects.toEqual(refused('conflict', 'things', 't1'));
      await expect(put({ ...thing('gone'), rev: 1 })).rejects.toEqual(refused('conflict'));
      await expect(store.transaction((tx) => tx.table(things).delete(old))).rejects.toEqual(
        refused('conflict'),
      );
      expect(await get('t1')).toMatchObject({ owner: 'c', rev: 3 });
    });

    it('removes rows', async () => {
      await put(thing('t1', { code: 'c' }));
      await store.transaction(async (tx) => {
        const row = await tx.table(things).get('t1');
        if (row) await tx.table(things).delete(row);
        expect(await tx.table(things).get('t1')).toBeUndefined();
        await tx.table(things).put(thing('t2', { code: 'c' }));
      });
      expect(await ids({})).toEqual(['t2']);
      expect(await put(thing('t1'))).toMatchObject({ rev: 1 });
    });

    it('lets rows share the values of an index, and one move to where another is', async () => {
      await put(thing('t1', { code: 'x' }));
      await put(thing('t2', { code: 'x' }));
      const mine = await put(thing('t3', { code: 'y' }));
      await put({ ...mine, code: 'x' });
      expect(await ids({ where: { code: 'x' } })).toEqual(['t1', 't2', 't3']);
      expect(await ids({ where: { code: 'y' } })).toEqual([]);
    });

    it('lets one of many win an id', async () => {
      const all = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => put(thing('t1', { code: `c${n}` }))),
      );
      expect(all.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
      const losers = all.filter((each) => each.status === 'rejected');
      for (const { reason } of losers) expect(reason).toEqual(refused('duplicate', 'things', 't1'));
    });

    it('finds by index: order, direction, range, one of several values', async () => {
      const ranks: IndexValue[] = ['b', 2, null, 'B', true, 10, false, '会'];
      await store.transaction(async (tx) => {
        for (const [n, rank] of ranks.entries()) {
          await tx.table(things).put(thing(`t${n}`, { rank, kind: n % 2 === 0 ? 'even' : 'odd' }));
        }
        await tx.table(things).put(thing('t9', { rank: 2, kind: 'odd' }));
      });
      const sorted = ['t2', 't6', 't4', 't1', 't9', 't5', 't3', 't0', 't7'];
      expect(await ids({ order: 'rank' })).toEqual(sorted);
      expect(await ids({ order: 'rank', desc: true })).toEqual(sorted.toReversed());
      expect(await ids({})).toEqual(sorted.toSorted());
      expect(await ids({ desc: true })).toEqual(sorted.toSorted().toReversed());
      expect(await ids({ where: { kind: 'even' }, order: 'rank' })).toEqual(['t2', 't6', 't4', 't0']);
      expect(await ids({ where: { kind: ['odd', 'even', 'odd', 'none'] }, order: 'rank' })).toEqual(sorted);
      expect(await ids({ where: { kind: [] }, order: 'rank' })).toEqual([]);
      expect(await ids({ where: { kind: ['even', 'odd'], owner: [null, 'x'] }, order: 'rank' })).toEqual(
        sorted,
      );
      expect(await ids({ order: 'rank', range: { gte: 2, lt: 'b' } })).toEqual(['t1', 't9', 't5', 't3']);
      expect(await ids({ order: 'rank', range: { gt: 2, lte: 'b' } })).toEqual(['t5', 't3', 't0']);
      expect(await ids({ order: 'rank', desc: true, range: { gte: 2, lt: 'b' } })).toEqual([
        't3',
        't5',
        't9',
        't1',
      ]);
      expect(await ids({ order: 'rank', range: { gt: null, lte: true } })).toEqual(['t6', 't4']);
      expect((await find({ order: 'rank', limit: 2 })).next).toBeTypeOf('string');
      expect((await find({ order: 'rank', limit: 9 })).next).toBeUndefined();
    });

    it('finds by terms: all groups, one of each, whatever becomes of the rows', async () => {
      const tagged = (id: string, tags: string[], rank: number) =>
        put(thing(id, { rank, data: { tags, deep: {} } }));
      const first = await tagged('t1', ['水', '路'], 1);
      await tagged('t2', ['水'], 2);
      await tagged('t3', ["it's \\ & | ! ( ) :*", '😀'], 3);
      const match = (...groups: string[][]) => ids({ match: groups, order: 'rank', desc: true });
      expect(await match(['tag 水'])).toEqual(['t2', 't1']);
      expect(await match(['tag 水'], ['tag 路'])).toEqual(['t1']);
      expect(await match(['tag 路', "tag it's \\ & | ! ( ) :*"])).toEqual(['t3', 't1']);
      expect(await match(['tag 😀'], ['tag 水'])).toEqual([]);
      expect(await match(['tag 没有'])).toEqual([]);
      expect(await match(['tag 水'], [])).toEqual([]);
      const seen = await store.transaction(async (tx) => {
        const table = tx.table(things);
        await table.put({ ...first, data: { tags: ['灯'], deep: {} } });
        return (await table.find({ match: [['tag 灯']], order: 'rank', limit: 5 })).rows.map(({ id }) => id);
      });
      expect(seen).toEqual(['t1']);
      await store.transaction(async (tx) => {
        const row = await tx.table(things).get('t2');
        if (row) await tx.table(things).delete(row);
      });
      store = await opened.reopen();
      expect([await match(['tag 水']), await match(['tag 灯'])]).toEqual([[], ['t1']]);
      // Terms that older rows were not stored with.
      const of = ({ code, rank }: Thing) => new Set([`code ${code}`, `rank ${rank}`]);
      const newer = defineTable<Thing>({ ...things, terms: { of, version: 2 } });
      store = await opened.reopen([newer]);
      const query = { match: [['code null'], ['rank 1', 'rank 3']], order: 'rank', limit: 5 } as const;
      const found = async () =>
        (await store.read((tx) => tx.table(newer).find(query))).rows.map(({ id }) => id);
      await expect.poll(found, { timeout: 10_000 }).toEqual(['t1', 't3']);
    });

    it('pages through rows with common terms and through those with rare ones', async () => {
      const most = 1_500;
      await store.transaction(async (tx) => {
        for (let n = 0; n < most; n += 1) {
          const tags = [...(n < 30 ? ['rare'] : []), n % 2 ? 'odd' : 'even', 'all'];
          await tx.table(things).put(thing(`t${n}`, { rank: n, data: { tags, deep: {} } }));
        }
      });
      const all = async (...match: string[][]) => {
        const found: unknown[] = [];
        let pages = 0;
        for (let from: { after?: string } = {}; ; pages += 1) {
          const page = await find({ match, order: 'rank', desc: true, limit: 100, ...from });
          found.push(...page.rows.map(({ rank }) => rank));
          if (page.next === undefined) return { found, pages: pages + 1 };
          from = { after: page.next };
        }
      };
      const down = (n: number) => Array.from({ length: n }, (_, at) => n - 1 - at);
      expect(await all(['tag all'])).toEqual({ found: down(most), pages: 15 });
      expect(await all(['tag all'], ['tag odd'])).toEqual({
        found: down(most).filter((n) => n % 2),
        pages: 8,
      });
      expect(await all(['tag all', 'tag odd'], ['tag rare'])).toEqual({ found: down(30), pages: 1 });
      expect(await all(['tag even'], ['tag odd'])).toEqual({ found: [], pages: 1 });
      // Opened again: what is changed before anybody has looked is found as it is now.
      store = await opened.reopen();
      await store.transaction(async (tx) => {
        const [gone, moved] = [await tx.table(things).get('t29'), await tx.table(things).get('t1400')];
        if (gone) await tx.table(things).delete(gone);
        if (moved) await tx.table(things).put({ ...moved, data: { tags: ['rare'], deep: {} } });
        await tx.table(things).put(thing('new', { rank: -1, data: { tags: ['rare'], deep: {} } }));
      });
      expect(await all(['tag rare'])).toEqual({ found: [1400, ...down(29), -1], pages: 1 });
    });

    it('pages on while rows come and go', async () => {
      const rows = Array.from({ length: 9 }, (_, n) => thing(`t${n}`, { rank: n }));
      await store.transaction(async (tx) => {
        for (const row of rows) await tx.table(things).put(row);
      });
      const first = await find({ order: 'rank', limit: 3 });
      expect(first.rows.map((row) => row.id)).toEqual(['t0', 't1', 't2']);
      await store.transaction(async (tx) => {
        const table = tx.table(things);
        for (const id of ['t1', 't2', 't4']) {
          const row = await table.get(id);
          if (row) await table.delete(row);
        }
        await table.put(thing('before', { rank: 1 }));
        await table.put(thing('after', { rank: 3.5 }));
      });
      const second = await find({ order: 'rank', limit: 3, after: first.next ?? '' });
      expect(second.rows.map((row) => row.id)).toEqual(['t3', 'after', 't5']);
      const third = await find({ order: 'rank', limit: 3, after: second.next ?? '' });
      expect(third.rows.map((row) => row.id)).toEqual(['t6', 't7', 't8']);
      expect(third.next).toBeUndefined();
    });

    it('counts, in all and by value', async () => {
      await store.transaction(async (tx) => {
        const table = tx.table(things);
        for (let n = 0; n < 12; n += 1) {
          await table.put(thing(`t${n}`, { kind: n % 3 === 0 ? null : n % 3, owner: n < 6 ? 'x' : 'y' }));
        }
        expect(await table.count({ kind: 1 })).toBe(4);
      });
      await store.read(async (tx) => {
        const table = tx.table(things);
        expect(await table.count()).toBe(12);
        expect(await table.count({ kind: [1, 2] })).toBe(8);
        expect(await table.count({ kind: null, owner: 'x' })).toBe(2);
        expect(await table.count({ kind: 'nothing' })).toBe(0);
        expect(await table.countBy('kind')).toEqual({ null: 4, 1: 4, 2: 4 });
        expect(await table.countBy('kind', { owner: 'x' })).toEqual({ null: 2, 1: 2, 2: 2 });
        expect(await table.countBy('kind', { owner: ['x', 'y', 'z'] })).toEqual({ null: 4, 1: 4, 2: 4 });
        expect(await table.countBy('kind', { owner: 'z' })).toEqual({});
        expect(await tx.table(others).count()).toBe(0);
      });
    });

    it('shows a transaction its own writes', async () => {
      await put(thing('t1', { owner: 'x', rank: 1 }));
      await store.transaction(async (tx) => {
        const table = tx.table(things);
        const row = await table.get('t1');
        if (row) await table.put({ ...row, rank: 5 });
        await table.put(thing('t2', { owner: 'x', rank: 3 }));
        expect(await table.get('t2')).toMatchObject({ rev: 1 });
        const page = await table.find({ where: { owner: 'x', kind: 'a' }, order: 'rank', limit: 5 });
        expect(page.rows.map((each) => each.id)).toEqual(['t2', 't1']);
        expect(await table.count({ owner: 'x', kind: 'a' })).toBe(2);
        expect(await table.countBy('kind', { owner: 'x' })).toEqual({ a: 2 });
      });
    });

    it('takes everything back when the body fails', async () => {
      const row = await put(thing('t1', { code: 'x', rank: 1 }));
      await put(thing('t2'));
      expect(await store.transaction((tx) => tx.next('WT'))).toBe(1);
      const boom = new Error('boom');
      const failed = store.transaction(async (tx) => {
        const table = tx.table(things);
        await table.put({ ...row, code: 'y', rank: 9 });
        await table.put(thing('t3', { code: 'x' }));
        const second = await table.get('t2');
        if (second) await table.delete(second);
        await tx.next('WT');
        await tx.next('new');
        throw boom;
      });
      await expect(failed).rejects.toBe(boom);
      expect(await get('t1')).toEqual(row);
      expect(await ids({ order: 'rank' })).toEqual(['t2', 't1']);
      expect(await ids({ where: { code: 'x' } })).toEqual(['t1']);
      expect(await ids({ where: { code: 'y' } })).toEqual([]);
      expect(await store.transaction(async (tx) => [await tx.next('WT'), await tx.next('new')])).toEqual([
        2, 1,
      ]);
    });

    it('gives every number once, without gaps but for failures', async () => {
      const given: number[] = [];
      await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const run = store.transaction(async (tx) => {
            const number = await tx.next('WT-2026');
            await tx.table(things).put(thing(`t${n}`, { rank: number }));
            if (n % 10 === 0) throw new Error('no');
            return number;
          });
          await run.then((number) => given.push(number)).catch(() => {});
        }),
      );
      expect(given.sort((a, b) => a - b)).toEqual(Array.from({ length: 180 }, (_, n) => n + 1));
      store = await opened.reopen();
      expect(await store.transaction((tx) => tx.next('WT-2026'))).toBe(181);
      expect(await store.transaction((tx) => tx.next('__proto__'))).toBe(1);
    });

    it.each(['all', 'written'] as const)(
      'loses no update of many at the same time, guarding %s',
      async (guard) => {
        await put(thing('t1', { rank: 0 }));
        const add = (tx: Parameters<Parameters<Store['transaction']>[0]>[0]) =>
          tx
            .table(things)
            .get('t1')
            .then((row) => row && tx.table(things).put({ ...row, rank: Number(row.rank) + 1 }));
        await Promise.all(Array.from({ length: 50 }, () => store.transaction(add, guard)));
        expect(await get('t1')).toMatchObject({ rank: 50, rev: 51 });
      },
    );

    it('refuses queries without an index, naming table and index', async () => {
      const cases: [Query<Thing>, string][] = [
        [{ where: { owner: 'x' }, limit: 1 }, 'owner'],
        [{ order: 'code', limit: 1 }, 'code'],
        [{ where: { kind: 'a' }, order: 'owner', limit: 1 }, 'kind.*owner'],
        [{ where: { kind: 'a', owner: 'x' }, limit: 1 }, 'kind.*owner'],
      ];
      for (const [query, wanted] of cases) {
        await expect(find(query)).rejects.toEqual(refused('no_index', 'things', wanted));
      }
      await store.read(async (tx) => {
        const table = tx.table(things);
        await expect(table.count({ owner: 'x' })).rejects.toEqual(refused('no_index', 'things', 'owner'));
        await expect(table.countBy('owner')).rejects.toEqual(refused('no_index', 'things', 'owner'));
        await expect(table.countBy('owner', { kind: 'a' })).rejects.toEqual(refused('no_index', 'things'));
      });
    });

    it('refuses terms where there are none, in an order without an index, beside “where”, in any number', async () => {
      const match = [['owner x']];
      await expect(store.read((tx) => tx.table(others).find({ match, limit: 5 }))).rejects.toEqual(
        refused('no_index', 'others', 'terms'),
      );
      await expect(find({ match, order: 'code', limit: 5 })).rejects.toEqual(refused('no_index', 'things'));
      await expect(find({ match, where: { kind: 'a' }, limit: 5 })).rejects.toThrow(RangeError);
      const many = Array.from({ length: 501 }, (_, n) => `kind ${n}`);
      await expect(find({ match: [many], limit: 5 })).rejects.toThrow(RangeError);
    });

    it('refuses rows that the schema does not know, and pages without sense', async () => {
      await expect(put({ id: 't1' } as Thing)).rejects.toEqual(refused('invalid_row', 'things', 'kind'));
      await expect(put(thing(''))).rejects.toEqual(refused('invalid_row', 'things'));
      // What a snapshot or a backup could not write again is refused when it comes.
      const cyclic: Record<string, unknown> = {};
      cyclic.self = cyclic;
      const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
      for (const inner of [nested(3_000), nested(20_000), nested(110), cyclic, 1n])
        await expect(put(thing('t1', { data: { tags: [], deep: { inner } } }))).rejects.toEqual(
          refused('invalid_row', 'things', 'cannot be written'),
        );
      for (const limit of [0, 1001, 1.5]) await expect(find({ limit })).rejects.toThrow(RangeError);
      await expect(find({ limit: 1, after: 'nonsense' })).rejects.toMatchObject({ code: 'bad_cursor' });
      const kind = Array.from({ length: 51 }, (_, n) => n);
      await expect(find({ where: { kind }, limit: 1 })).rejects.toThrow(RangeError);
      expect(await ids({})).toEqual([]);
    });

    it('writes what was most likely only looked at, whatever the body makes of a refusal', async () => {
      const look = () =>
        store.transaction(async (tx) => {
          const known = await tx.table(things).get('looked');
          if (!known)
            await tx
              .table(things)
              .put(thing('looked'))
              .catch(() => {});
          return known?.rev;
        }, 'looks');
      expect(await look()).toBeUndefined();
      expect(await look()).toBe(1);
      expect(await store.read((tx) => tx.table(things).count())).toBe(1);
    });

    it('refuses to write in a read', async () => {
      const row = await put(thing('t1'));
      await store.read(async (tx) => {
        await expect(tx.table(things).put(thing('t2'))).rejects.toEqual(refused('read_only'));
        await expect(tx.table(things).delete(row)).rejects.toEqual(refused('read_only'));
        await expect(tx.next('WT')).rejects.toEqual(refused('read_only'));
      });
      expect(await ids({})).toEqual(['t1']);
    });

    it('says whether a transaction has changed anything', async () => {
      await put(thing('t1'));
      await store.transaction(async (tx) => {
        expect(tx.changed).toBe(false);
        const row = await tx.table(things).get('t1');
        await tx.table(things).find({ limit: 10 });
        await tx.table(things).count();
        expect(tx.changed).toBe(false);
        if (row) await tx.table(things).delete(row);
        expect(tx.changed).toBe(true);
      });
      for (const write of [
        (tx: Tx) => tx.table(things).put(thing('t2')),
        (tx: Tx) => tx.next('series'),
        async (tx: Tx) => tx.signal('topic', 'payload'),
      ]) {
        await store.transaction(async (tx) => {
          await write(tx);
          expect(tx.changed).toBe(true);
        });
      }
    });

    it('refuses calls that outlive their transaction, and everything once closed', async () => {
      const table = await store.transaction(async (tx) => tx.table(things));
      await expect(table.put(thing('late'))).rejects.toThrow('over');
      await expect(table.get('late')).rejects.toThrow('over');
      await store.close();
      await store.close();
      await expect(put(thing('t1'))).rejects.toEqual(refused('unavailable'));
      await expect(get('t1')).rejects.toEqual(refused('unavailable'));
    });

    it('finishes what was asked for before it closes', async () => {
      const writes = Array.from({ length: 10 }, (_, n) => put(thing(`t${n}`)));
      await store.close();
      await Promise.all(writes);
      store = await opened.reopen();
      expect(await ids({})).toHaveLength(10);
    });

    it('has everything after it was closed and opened again', async () => {
      const row = await put(
        thing('t1', { owner: '李', rank: 3, data: { tags: ['x'], deep: { y: [1, null] } } }),
      );
      await put(thing('t2', { rank: 1 }));
      const gone = await put(thing('t3'));
      await store.transaction((tx) => tx.table(things).delete(gone));
      for (let time = 0; time < 2; time += 1) {
        store = await opened.reopen();
        expect(await get('t1')).toEqual(row);
        expect(await ids({ order: 'rank' })).toEqual(['t2', 't1']);
        expect(await store.read((tx) => tx.table(things).countBy('kind'))).toEqual({ a: 2 });
      }
    });

    it('fills in defaults for rows older than a field, and indexes them', async () => {
      await put(thing('t1'));
      const newer = defineTable({
        name: 'things',
        schema: thingRow.extend({ star: z.string().default('none') }),
        indexes: [{ on: ['star'] }],
        keep: 'for ever: because it is a test’s',
      });
      store = await opened.reopen([newer]);
      expect(await store.read((tx) => tx.table(newer).find({ where: { star: 'none' }, limit: 5 }))).toEqual({
        rows: [{ ...thing('t1'), star: 'none', rev: 1 }],
      });
    });

    it('keeps the rows of a table that nobody declares for a while', async () => {
      await put(thing('t1'));
      store = await opened.reopen([others]);
      await store.transaction((tx) => tx.table(others).put({ id: 'o' }));
      store = await opened.reopen([others]);
      store = await opened.reopen([others, things]);
      expect(await ids({})).toEqual(['t1']);
    });

    it('answers like a plain list, whatever happens to it', async () => {
      const plain = new Map<string, Stored<Thing>>();
      const property = fc.asyncProperty(batches, questions, async (someBatches, someQuestions) => {
        for (const steps of someBatches) await play(store, plain, steps);
        for (const each of someQuestions) await compare(store, [...plain.values()], each);
      });
      // One store for all runs: what a run leaves behind is where the next one begins.
      await fc.assert(property, { numRuns: 60, endOnFailure: true });
      store = await opened.reopen();
      const page = await find({ limit: 1000 });
      expect(page.rows).toEqual([...plain.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
    });
  });
}
