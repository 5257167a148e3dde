/** What /healthz says when the disk is full, when no tick comes, and when all is well again. */
import { beforeEach, describe, expect, it } from 'vitest';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { timed } from '../../src/store/timed.ts';
import { createHealth, type HealthCheck } from '../../src/web/health.ts';
import { Disk, diskError } from '../store/disk.ts';
import { thing, things } from '../store/store.model.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const scheduler = { running: true, lastTick: 0 };
let clock: number;
let room: () => Promise<number>;
let disk: Disk;
let store: Store;
let health: HealthCheck;
let written: number;
beforeEach(async () => {
  clock = 0;
  written = 0;
  scheduler.running = true;
  room = async () => 1e9;
  disk = new Disk();
  const opened = await openLowdb({ dir: '/data', tables: [things], fs: disk });
  store = timed(opened, () => clock, {
    landed: (_ms, wrote) => wrote && health.wrote(true),
    failed: () => health.wrote(false),
  });
  health = createHealth({
    scheduler: () => scheduler,
    elapsed: () => clock,
    probe: () => store.transaction((tx) => tx.next('health')),
    room: () => room(),
    log: quiet,
  });
});

const fill = () => {
  disk.before = (operation) => {
    if (operation !== 'write') return;
    written += 1;
    throw diskError('ENOSPC');
  };
};
const put = (id: string) => store.transaction((tx) => tx.table(things).put(thing(id)));
const look = () => store.transaction((tx) => tx.table(things).get('t1'));

describe('the store', () => {
  it('is ill from the first write that is not kept until one is, though nobody else writes', async () => {
    await put('t1');
    expect(await health.check()).toBe('ok');
    fill();
    await expect(put('t2')).rejects.toMatchObject({ code: 'unavailable' });
    expect(health.numbers().failing).toBe(true);
    expect(await health.check()).toBe('store');
    // What only looks proves nothing, also a transaction.
    await look();
    expect(await health.check()).toBe('store');
    disk.before = () => {};
    expect(await health.check()).toBe('ok');
    expect(health.numbers().failing).toBe(false);
    expect(await put('t2')).toMatchObject({ id: 't2' });
  });

  it('is tried once, however many ask', async () => {
    fill();
    await expect(put('t1')).rejects.toMatchObject({ code: 'unavailable' });
    written = 0;
    const all = await Promise.all(Array.from({ length: 50 }, () => health.check()));
    expect(new Set(all)).toEqual(new Set(['store']));
    expect(written).toBe(1);
  });

  it('is not asked while it is well: a look leaves nothing behind', async () => {
    fill();
    expect(await health.check()).toBe('ok');
    expect(written).toBe(0);
  });

  it('has a disk that is full before anybody is refused', async () => {
    room = async () => 4_096;
    expect(await health.check()).toBe('disk');
    room = () => Promise.reject(new Error('no such folder'));
    expect(await health.check()).toBe('disk');
  });
});

describe('the scheduler', () => {
  it('is ill when no tick came for a minute, and well with the next one', async () => {
    scheduler.lastTick = 0;
    clock = 60_000;
    expect(await health.check()).toBe('ok');
    clock = 60_001;
    expect([await health.check(), health.numbers().tickAge]).toEqual(['ticks', 60.001]);
    scheduler.lastTick = clock;
    expect([await health.check(), health.numbers().tickAge]).toEqual(['ok', 0]);
  });

  it('is awaited at the start', async () => {
    scheduler.running = false;
    expect(await health.check()).toBe('starting');
  });
});
