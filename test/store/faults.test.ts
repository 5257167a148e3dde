/** The embedded store on a disk that fails or loses power at every single step. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { defineTable, type Store, StoreError } from '../../src/store/store.ts';
import { Disk, diskError, type Operation } from './disk.ts';

const half = z.object({ id: z.string(), number: z.number(), by: z.string(), text: z.string() });
/** Every transaction writes one row into each: half of it must never be seen. */
const lefts = defineTable<z.infer<typeof half>>({
  name: 'lefts',
  schema: half,
  indexes: [{ on: ['by'] }],
  keep: 'for ever: because it is a test’s',
});
const rights = defineTable<z.infer<typeof half>>({
  name: 'rights',
  schema: half,
  indexes: [{ on: ['by'] }],
  keep: 'for ever: because it is a test’s',
});
/** One row that is written over and over. */
const latest = defineTable({
  name: 'latest',
  schema: z.object({ id: z.string(), number: z.number() }),
  indexes: [],
  keep: 'for ever: because it is a test’s',
});

const FOLD_AFTER = 1500;
const open = (fs: Disk, foldAfterBytes = FOLD_AFTER) =>
  openLowdb({ dir: '/data', tables: [lefts, rights, latest], fs, foldAfterBytes });

/** The same numbers for the same seed. */
function random(seed: number): (n: number) => number {
  let state = seed * 2654435761 + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const commit = (store: Store, by: string) =>
  store.transaction(async (tx) => {
    const number = await tx.next('HS');
    const row = { id: `${number}`, number, by, text: '路灯'.repeat(number % 20) };
    await tx.table(lefts).put(row);
    await tx.table(rights).put(row);
    const last = await tx.table(latest).get('last');
    await tx.table(latest).put(last ? { ...last, number } : { id: 'last', number });
    if (number % 7 === 0) {
      const old = await tx.table(lefts).get(`${number - 6}`);
      if (old) await tx.table(lefts).delete(old);
    }
    return number;
  });

/** Some writers at the same time; what they are told goes into `told` and `refused`. */
async function work(
  store: Store,
  rounds: number,
  told: Map<number, string>,
  refused: string[],
): Promise<void> {
  const writer = async (name: string) => {
    for (let round = 0; round < rounds; round += 1) {
      const by = `${name}-${round}-${told.size}-${refused.length}`;
      try {
        const number = await commit(store, by);
        expect(told.has(number)).toBe(false);
        told.set(number, by);
      } catch (error) {
        expect(error).toMatchObject({ name: 'StoreError', code: 'unavailable' });
        refused.push(by);
      }
    }
  };
  await Promise.all(['甲', '乙', '丙'].map(writer));
}

/** Everything that was acknowledged is there, nothing is there by half. Returns who wrote what is there. */
async function check(store: Store, told: Map<number, string>): Promise<Set<string>> {
  return store.read(async (tx) => {
    const bys = new Set<string>();
    const count = await tx.table(rights).count();
    for (let number = 1; number <= count; number += 1) {
      const right = await tx.table(rights).get(`${number}`);
      const left = await tx.table(lefts).get(`${number}`);
      if (!right) throw new Error(`number ${number} of ${count} is missing`);
      if (told.has(number)) expect(right.by).toBe(told.get(number));
      const removed = number % 7 === 1 && count >= number + 6;
      expect(left?.by).toBe(removed ? undefined : right.by);
      const page = await tx.table(lefts).find({ where: { by: right.by }, limit: 9 });
      expect(page.rows.filter((row) => row.number === number)).toEqual(left ? [left] : []);
      bys.add(right.by);
    }
    expect(Math.max(0, ...told.keys())).toBeLessThanOrEqual(count);
    if (count > 0) expect(await tx.table(latest).get('last')).toMatchObject({ number: count });
    return bys;
  });
}

/** How many steps the disk makes when all goes well. */
async function countSteps(run: (disk: Disk) => Promise<void>): Promise<number> {
  const disk = new Disk();
  let steps = 0;
  disk.before = () => {
    steps += 1;
  };
  await run(disk);
  return steps;
}

describe('lowdb on a disk without mercy', () => {
  it('has all that it acknowledged after a power cut at any step', async () => {
    const scenario = async (disk: Disk, told: Map<number, string>) => {
      const store = await open(disk);
      await work(store, 8, told, []);
      await store.close();
    };
    const steps = await countSteps((disk) => scenario(disk, new Map()));
    expect(steps).toBeGreaterThan(40);
    let folds = 0;
    for (let step = 1; step <= steps; step += 1) {
      for (let seed = 0; seed < 4; seed += 1) {
        const disk = new Disk();
        let made = 0;
        disk.before = () => {
          made += 1;
          if (made >= step) throw diskError('EIO');
        };
        const told = new Map<number, string>();
        await scenario(disk, told).catch((error) => expect(error).toMatchObject({ code: 'unavailable' }));
        folds += disk.counts.get('rename') ?? 0;
        const after = disk.crash(random(step * 31 + seed));
        const context = `step ${step}, seed ${seed}: ${[...after.names.keys()]}`;
        const store = await open(after).catch((cause) => {
          throw new Error(context, { cause });
        });
        await check(store, told).catch((cause) => {
          throw new Error(context, { cause });
        });
        await work(store, 1, told, []);
        const last = after.crash(random(step));
        await check(await open(last), told);
      }
    }
    expect(folds).toBeGreaterThan(steps);
  });

  it('keeps what it acknowledged, and nothing else, when any one step fails', async () => {
    const steps = await countSteps(async (disk) => {
      const store = await open(disk);
      await work(store, 8, new Map(), []);
      await store.close();
    });
    for (let step = 1; step <= steps; step += 1) {
      for (const code of ['ENOSPC', 'EIO']) {
        const disk = new Disk();
        let made = 0;
        let failed: string | undefined;
        disk.before = (operation, path) => {
          made += 1;
          // A lock that cannot be removed stays until this process ends.
          if (made !== step || (operation === 'unlink' && path.endsWith('.lock'))) return;
          failed = `${operation} ${path}`;
          throw diskError(code);
        };
        const told = new Map<number, string>();
        const refused: string[] = [];
        let store = await open(disk).catch((error) => {
          expect(error).toMatchObject({ code: 'unavailable' });
          return open(disk);
        });
        await work(store, 8, told, refused);
        const context = `step ${step}: ${failed}`;
        expect(refused.length, context).toBeLessThanOrEqual(3);
        expect(await check(store, told), context).toEqual(new Set(told.values()));
        await store.close();
        // The lock is renewed by the clock: a slow run of the count makes more steps than this one has.
        disk.before = () => {};
        store = await open(disk);
        expect(await check(store, told), context).toEqual(new Set(told.values()));
        await store.close();
      }
    }
  });

  it('has all that it acknowledged after a power cut while it recovers from a failure', async () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const pick = random(seed);
      const failing = 1 + pick(40);
      const cut = failing + 1 + pick(30);
      const disk = new Disk();
      const told = new Map<number, string>();
      const store = await open(disk);
      let made = 0;
      disk.before = (operation) => {
        made += 1;
        // Every other time the repair fails as well, which leaves the fold as the only way.
        const again = seed % 2 === 0 && operation === 'truncate' && made < failing + 4;
        if (made === failing || made >= cut || again) throw diskError('EIO');
      };
      await work(store, 8, told, []);
      const after = disk.crash(pick);
      const context = `seed ${seed}, failure at ${failing}, power cut at ${cut}: ${[...after.names.keys()]}`;
      const again = await open(after).catch((cause) => {
        throw new Error(context, { cause });
      });
      await check(again, told).catch((cause) => {
        throw new Error(context, { cause });
      });
    }
  });

  const failures: [string, Operation, string, number][] = [
    ['full when it appends', 'write', '.journal', 2 ** 40],
    ['broken when it syncs', 'datasync', '.journal', 2 ** 40],
    ['broken when it syncs, and can neither fold nor cut back', 'datasync', '', 2 ** 40],
    ['broken when it renames', 'rename', '', 100],
    ['full when it folds', 'write', '.tmp', 100],
  ];
  it.each(failures)('works again after a disk that is %s', async (_, operation, suffix, foldAfter) => {
    const disk = new Disk();
    let store = await open(disk, foldAfter);
    const told = new Map<number, string>();
    const refused: string[] = [];
    await work(store, 2, told, []);
    disk.before = (each, path) => {
      if (each === operation && path.endsWith(suffix)) throw diskError('ENOSPC');
      if (suffix === '' && operation === 'datasync' && (each === 'truncate' || each === 'rename'))
        throw diskError('EIO');
    };
    const before = new Map(told);
    await work(store, 4, told, refused);
    // A journal that cannot be folded goes on growing; one that cannot be written refuses.
    if (foldAfter === 100) expect(refused).toEqual([]);
    else expect(told).toEqual(before);
    expect(await check(store, told)).toEqual(new Set(told.values()));
    disk.before = () => {};
    await work(store, 2, told, []);
    expect(await check(store, told)).toEqual(new Set(told.values()));
    expect(told.size).toBe(foldAfter === 100 ? 24 : 12);
    await store.close();
    store = await open(disk, foldAfter);
    expect(await check(store, told)).toEqual(new Set(told.values()));
    await store.close();
  });

  it('tells readers nothing that is taken back later', async () => {
    const disk = new Disk();
    const store = await open(disk);
    await commit(store, '甲');
    disk.before = (operation) => {
      if (operation === 'datasync') throw diskError('EIO');
    };
    const write = commit(store, '乙');
    const seen = store.read((tx) => tx.table(rights).count());
    const error = store.transaction(async (tx) => {
      if ((await tx.table(rights).count()) === 2) throw new Error('乙 was here');
    });
    for (const each of await Promise.allSettled([write, seen, error])) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    // Reads go on meanwhile.
    expect(await store.read((tx) => tx.table(rights).count())).toBe(1);
    disk.before = () => {};
    expect(await commit(store, '丙')).toBe(2);
    await store.close();
  });

  it('is not opened when any one bit of the last line is wrong: that was acknowledged', async () => {
    const disk = new Disk();
    const store = await open(disk);
    for (const by of ['甲', '乙', '丙']) await commit(store, by);
    const path = '/data/huishang.000001.journal';
    const whole = disk.names.get(path)?.data ?? Buffer.alloc(0);
    const end = whole.lastIndexOf('\n') + 1;
    const last = whole.lastIndexOf('\n', end - 2) + 1;
    const opened = (at: number, wrong: number) => {
      const after = disk.crash(() => 0);
      // With what was written ahead, or without.
      const data = Buffer.from(whole.subarray(0, at % 2 === 0 ? end : whole.length));
      data[at] = wrong;
      after.names.set(path, { data, synced: data });
      return open(after);
    };
    const [right = 0] = whole.subarray(last);
    await check(await opened(last, right), new Map([[3, '丙']]));
    for (let at = last; at < end; at += 1) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const opening = opened(at, (whole[at] ?? 0) ^ bit);
        await expect(opening, `byte ${at - last}, bit ${bit}`).rejects.toMatchObject({
          code: 'damaged',
          message: expect.stringContaining(`${path}: line 3: `),
        });
      }
    }
  });

  it('does not open on a disk that refuses, and says so', async () => {
    const disk = new Disk();
    disk.before = () => {
      throw diskError('EACCES');
    };
    const opening = open(disk);
    await expect(opening).rejects.toBeInstanceOf(StoreError);
    await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
  });
});
