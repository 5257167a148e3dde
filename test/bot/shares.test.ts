/** Several servers, one limit: together they use nearly all of it and never more, whoever comes, goes or hangs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRateLimits } from '../../src/bot/delivery/limits.ts';
import { createPauses } from '../../src/bot/delivery/pauses.ts';
import { createShares, shares as table } from '../../src/bot/delivery/shares.ts';
import { createLog } from '../../src/lib/log.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { silent } from '../platform.ts';

const MOST = 50;
const STEP_MS = 5;
const channel = {
  ...silent('teams'),
  limits: { perPlace: [], total: [{ count: MOST, ms: 1_000 }] },
};

let dir: string;
let store: Store;
let clock: number;
let arrived: number[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-'));
  store = await openLowdb({ dir, tables: [table] });
  clock = 0;
  arrived = [];
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

function server(name: string) {
  const elapsed = () => clock;
  const now = () => new Date(Date.parse('2026-11-20T09:00+08:00') + clock);
  const log = createLog('silent');
  const shares = createShares({ store, log, now, elapsed, server: name });
  const limits = createRateLimits(elapsed, createPauses(elapsed, log, undefined as never), shares);
  let n = 0;
  return {
    shares,
    /** Send as much as it may this moment, at most `most`. */
    send(most = Number.POSITIVE_INFINITY) {
      for (let sent = 0; sent < most; sent += 1) {
        const slot = limits.atOnce(channel, `${name}:${n++}`);
        if (!slot) return;
        slot.sent();
        slot.dropped();
        arrived.push(clock);
      }
    },
  };
}
type Server = ReturnType<typeof server>;

/** Let time go by: each server renews at its own moments and sends what it has. */
async function run(ms: number, servers: readonly (readonly [Server, number])[]): Promise<number> {
  const from = clock;
  const before = arrived.length;
  while (clock < from + ms) {
    clock += STEP_MS;
    for (const [i, [one, most]] of servers.entries()) {
      if ((clock + i * 130) % 500 === 0) await one.shares.renew([channel]);
      one.send(most);
    }
    // What a server asks the store for when it sends is answered before the next step.
    await store.read(async () => undefined);
  }
  return (arrived.length - before) / (ms / 1_000) / MOST;
}

/** The most that arrived in any second. */
function mostAtOnce(): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of arrived.entries()) {
    while ((arrived[first] ?? 0) <= at - 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

const FULL = Number.POSITIVE_INFINITY;

it('gives one server all, three of them a third each, and what a dead one had to the others', async () => {
  const [a, b, c] = [server('a'), server('b'), server('c')];
  await run(5_000, [[a, FULL]]);
  expect(await run(10_000, [[a, FULL]])).toBeGreaterThan(0.95);
  await run(10_000, [
    [a, FULL],
    [b, FULL],
    [c, FULL],
  ]);
  const three = await run(52_000, [
    [a, FULL],
    [b, FULL],
    [c, FULL],
  ]);
  process.stdout.write(`three servers use ${(100 * three).toFixed(1)} % of one limit\n`);
  expect(three).toBeGreaterThanOrEqual(0.95);
  // Killed: nothing was given back.
  await run(12_000, [
    [a, FULL],
    [c, FULL],
  ]);
  expect(
    await run(52_000, [
      [a, FULL],
      [c, FULL],
    ]),
  ).toBeGreaterThanOrEqual(0.95);
  expect(mostAtOnce()).toBeLessThanOrEqual(MOST);
});

it('lets the busy one use what the others do not, and gives it back when they want it', async () => {
  const [a, b] = [server('a'), server('b')];
  await run(8_000, [
    [a, FULL],
    [b, 0],
  ]);
  expect(
    await run(10_000, [
      [a, FULL],
      [b, 0],
    ]),
  ).toBeGreaterThan(0.9);
  const before = arrived.length;
  await run(8_000, [
    [a, 0],
    [b, FULL],
  ]);
  expect(arrived.length - before).toBeGreaterThan(MOST);
  expect(
    await run(10_000, [
      [a, 0],
      [b, FULL],
    ]),
  ).toBeGreaterThan(0.9);
  expect(mostAtOnce()).toBeLessThanOrEqual(MOST);
});

it('sends nothing with a share that ran out while the process stood still', async () => {
  const [a, b] = [server('a'), server('b')];
  await run(5_000, [[a, FULL]]);
  await run(15_000, [[b, FULL]]);
  const before = arrived.length;
  a.send();
  expect(arrived.length).toBe(before);
  await run(10_000, [
    [a, FULL],
    [b, FULL],
  ]);
  expect(mostAtOnce()).toBeLessThanOrEqual(MOST);
});

it('leaves its share to who comes after it', async () => {
  const a = server('a');
  await run(5_000, [[a, FULL]]);
  await a.shares.leave();
  const b = server('b');
  await run(3_000, [[b, FULL]]);
  expect(await run(5_000, [[b, FULL]])).toBeGreaterThan(0.95);
  expect(mostAtOnce()).toBeLessThanOrEqual(MOST);
});
