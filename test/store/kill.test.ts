/** A process is killed while it writes, again and again: nothing that it acknowledged may be lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { bundled } from '../bundle.ts';
import { entries, FOLD_AFTER } from './kill.child.ts';

const ROUNDS = 20;
const child = fileURLToPath(new URL('./kill.child.ts', import.meta.url));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(`${tmpdir()}/huishang-kill-`);
});
afterAll(() => rm(dir, { recursive: true }));

/** Run the child, kill it some milliseconds after its first word, return the numbers that it printed. */
async function runAndKill(after: number): Promise<number[]> {
  const process_ = spawn(process.execPath, [await bundled(child), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const first = new Promise<void>((resolve) => {
    process_.stdout.on('data', (data) => {
      said += data;
      resolve();
    });
  });
  const closed = once(process_, 'close');
  await Promise.race([first, closed]);
  await sleep(after);
  process_.kill('SIGKILL');
  await closed;
  // The last line may be cut off.
  return said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map(Number);
}

it(`keeps everything acknowledged over ${ROUNDS} kills`, async () => {
  const told = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const numbers = await runAndKill(Math.random() * 80);
    expect(numbers.length).toBeGreaterThan(0);
    for (const number of numbers) {
      expect(told.has(number), `number ${number} was given twice`).toBe(false);
      told.add(number);
    }
    const store = await openLowdb({ dir, tables: [entries], foldAfterBytes: FOLD_AFTER });
    const count = await store.read(async (tx) => {
      for (const number of told) {
        const row = await tx.table(entries).get(`HS-${number}`);
        if (row?.number !== number) throw new Error(`number ${number} was acknowledged, and is gone`);
      }
      return tx.table(entries).count();
    });
    // Numbers have no gaps, so the next one follows the rows that are there.
    expect(await store.transaction((tx) => tx.next('HS'))).toBe(count + 1);
    await store.transaction((tx) =>
      tx.table(entries).put({ id: `HS-${count + 1}`, number: count + 1, at: '' }),
    );
    told.add(count + 1);
    await store.close();
  }
});
