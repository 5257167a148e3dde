/** What every store driver has to do for those who share it: claims, signals, copies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnyTable, Item, Store } from '../../src/store/store.ts';
import type { OpenedStore } from './store.contract.ts';
import { others, thing, things } from './store.model.ts';

/** Resolves once `check` holds; fails the test when it never does. */
export async function until(check: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > end) throw new Error('waited in vain');
    await sleep(5);
  }
}

/** Everything that a store exports, in an order of its own. */
export async function itemsOf(store: Store): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of store.export()) items.push(item);
  const key = (item: Item) => ('table' in item ? `t ${item.table} ${item.row.id}` : `n ${item.series}`);
  return items.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function* streamOf(items: readonly Item[], thenFail = false): AsyncGenerator<Item> {
  yield* items;
  if (thenFail) throw new Error('the source failed');
}

export function sharingContract(
  name: string,
  open: (tables: readonly AnyTable[]) => Promise<OpenedStore>,
): void {
  describe(`${name}: the contract of those who share a store`, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open([things, others]);
      store = opened.store;
    });
    afterEach(() => opened.cleanup());

    const fill = (count: number) =>
      store.transaction(async (tx) => {
        for (let n = 0; n < count; n += 1) await tx.table(things).put(thing(`t${n}`, { rank: n }));
        await tx.next('WT');
        await tx.next('\u0000 会商');
      });

    it('gives each row of a pile to one of many who claim', async () => {
      await fill(30);
      const taken: string[] = [];
      const worker = async () => {
        for (;;) {
          const mine = await store.transaction(async (tx) => {
            const table = tx.table(things);
            const query = { where: { kind: ['a', 'b'] }, order: 'rank', limit: 4, claim: true } as const;
            const { rows } = await table.find(query);
            for (const row of rows) await table.put({ ...row, kind: 'done' });
            return rows.map(({ id }) => id);
          });
          if (mine.length === 0) return;
          taken.push(...mine);
        }
      };
      await Promise.all(Array.from({ length: 5 }, worker));
      // One that found nothing because others held the last rows has left; nothing is left over in the end.
      await worker();
      expect(taken.toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => `t${n}`).toSorted());
      const claim = store.read((tx) => tx.table(things).find({ limit: 1, claim: true }));
      await expect(claim).rejects.toMatchObject({ code: 'read_only' });
    });

    it('tells those who listen once a transaction has landed, and nothing of one that failed', async () => {
      const heard: unknown[] = [];
      const end = store.listen('chat', (payload) => heard.push(payload));
      const ended = store.listen('chat', () => heard.push('no'));
      store.listen('other', (payload) => payload !== undefined && heard.push('no'));
      ended();
      const say = (words: string, fail = false) =>
        store.transaction(async (tx) => {
          tx.signal('chat', words);
          await tx.next('WT');
          if (fail) throw new Error('no');
        });
      // A distributed store hears once its line is open.
      await until(async () => {
        await say('open?');
        return heard.includes('open?');
      });
      heard.length = 0;
      await say('failed', true).catch(() => {});
      await say('一');
      await store.transaction(async (tx) => tx.signal('chat', '二'));
      await until(() => heard.includes('二'));
      // While its line opens, words may come by two ways; undefined says that some may have been missed.
      const told = new Set(heard.filter((words) => words !== 'open?' && words !== undefined));
      expect([...told]).toEqual(['一', '二']);
      end();
      await expect(say('x'.repeat(4_001))).rejects.toThrow(RangeError);
      await expect(store.read(async (tx) => tx.signal('chat', ''))).rejects.toMatchObject({
        code: 'read_only',
      });
    });

    it('copies everything: rows with revisions, numbers, tables that nobody declares', async () => {
      await fill(1_100);
      await store.transaction(async (tx) => {
        const row = await tx.table(things).get('t5');
        if (row) await tx.table(things).put({ ...row, code: '😀' });
        await tx.table(others).put({ id: '！' });
      });
      store = await opened.reopen([things]);
      const all = await itemsOf(store);
      expect(all).toHaveLength(1_103);
      expect(all).toContainEqual({ table: 'others', row: { id: '！', rev: 1 } });
      expect(all).toContainEqual({
        table: 'things',
        row: { ...thing('t5', { rank: 5, code: '😀' }), rev: 2 },
      });
      expect(all).toContainEqual({ series: '\u0000 会商', value: 1 });

      await expect(store.import(streamOf(all))).rejects.toMatchObject({ code: 'not_empty' });
      await expect(store.import(streamOf(all.slice(5), true), { replace: true })).rejects.toThrow('failed');
      expect(await itemsOf(store)).toEqual(all);

      const some = [...all.slice(0, 10), { table: 'new', row: { id: 'x', rev: 7, more: [1] } }];
      await store.import(streamOf(some), { replace: true });
      for (let time = 0; time < 2; time += 1) {
        expect(await itemsOf(store)).toHaveLength(11);
        expect(await itemsOf(store)).toContainEqual(some[10]);
        const found = await store.read((tx) => tx.table(things).count({ kind: 'a' }));
        expect(found).toBe(some.filter((item) => 'table' in item && item.table === 'things').length);
        store = await opened.reopen();
      }
      const bad: Item = { table: 'things', row: { id: 'y', rev: 1 } };
      await expect(store.import(streamOf([bad]), { replace: true })).rejects.toMatchObject({
        code: 'invalid_row',
      });
      expect(await itemsOf(store)).toHaveLength(11);
    });
  });
}
