/** Ticks go on whatever is done to the wall clock, and what they left undone comes once. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScheduler, type Scheduler } from '../../src/bot/reminders/scheduler.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let real: number;
let wall: number;
let ticks: number;
let work: () => Promise<void>;
let logged: string[];
let late: number[];
let scheduler: Scheduler;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [real, ticks] = [1_000, 0];
  wall = Date.parse('2026-11-23T01:00:02.300Z');
  logged = [];
  late = [];
  work = async () => {};
  const line = (...what: unknown[]) => void logged.push(JSON.stringify(what));
  scheduler = createScheduler(
    () => {
      ticks += 1;
      return work();
    },
    {
      log: { warn: line, error: line },
      metrics: { tick: (ms) => void late.push(ms) },
      now: () => new Date(wall),
      elapsed: () => real,
    },
  );
  scheduler.start();
});
afterEach(async () => {
  await scheduler.stop();
  vi.useRealTimers();
});

/** Time goes by, on both clocks. */
async function pass(ms: number, wallMs = ms): Promise<void> {
  for (let gone = 0; gone < ms; gone += 100) {
    real += 100;
    wall += (wallMs / ms) * 100;
    await vi.advanceTimersByTimeAsync(100);
  }
}

describe('ticks', () => {
  it('come every five seconds, on the seconds', async () => {
    await pass(60 * SECOND);
    expect(ticks).toBe(12);
    expect(Math.max(...late)).toBeLessThan(SECOND);
    expect(scheduler.running).toBe(true);
    expect(real - (scheduler.lastTick ?? 0)).toBeLessThan(6 * SECOND);
    expect(logged).toEqual([]);
  });

  it.each([
    ['back by a minute', -60 * SECOND],
    ['back by two hours', -2 * HOUR],
    ['back by eight hours', -8 * HOUR],
    ['back by nine months', -270 * DAY],
    ['forward by twelve hours', 12 * HOUR],
    ['forward by three days', 3 * DAY],
    ['forward by ten days', 10 * DAY],
    ['forward by nine months', 270 * DAY],
  ])('go on when the clock is set %s, with one line about it', async (_name, ms) => {
    await pass(20 * SECOND);
    const before = ticks;
    wall += ms;
    await pass(60 * SECOND);
    expect(ticks - before).toBeGreaterThanOrEqual(11);
    expect(ticks - before).toBeLessThanOrEqual(13);
    expect(logged).toEqual([expect.stringContaining('the clock was set')]);
    expect(JSON.parse(logged[0] ?? '')[0].byMs).toBeCloseTo(ms, -3);
  });

  it('go on while the clock stands still, and while it runs ten times too fast', async () => {
    await pass(60 * SECOND, 0);
    expect(ticks).toBeGreaterThanOrEqual(5);
    const before = ticks;
    await pass(60 * SECOND, 600 * SECOND);
    expect(ticks - before).toBeGreaterThanOrEqual(5);
    expect(logged.length).toBeLessThanOrEqual(3);
  });

  it('wait for the one under way; when it hangs, the last one that ended is known', async () => {
    await pass(6 * SECOND);
    const last = scheduler.lastTick;
    expect(ticks).toBe(1);
    let end = () => {};
    work = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    await pass(120 * SECOND);
    expect(ticks).toBe(2);
    expect(scheduler.lastTick).toBe(last);
    work = async () => {};
    end();
    await pass(10 * SECOND);
    expect(ticks).toBeGreaterThan(2);
    expect(scheduler.lastTick).toBeGreaterThan(last ?? real);
  });

  it('that fail are no ticks, and the next one is tried', async () => {
    const began = scheduler.lastTick;
    work = () => Promise.reject(new Error('the store is away'));
    await pass(30 * SECOND);
    expect(ticks).toBe(6);
    expect(scheduler.lastTick).toBe(began);
    expect(logged).toHaveLength(6);
  });

  it('end with stop', async () => {
    await pass(10 * SECOND);
    await scheduler.stop();
    expect(scheduler.running).toBe(false);
    const before = ticks;
    await pass(60 * SECOND);
    expect(ticks).toBe(before);
  });
});
