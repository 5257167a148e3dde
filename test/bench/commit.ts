/** What one durable commit of one row costs, in tables of a thousand to a million rows, alone and among 64 writers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from './engines.ts';
import { interleaved, type Line, type Options, sayNumber, startWorker, type Worker } from './kit.ts';

/** Stock lowdb writes all rows with every commit: 0.3 s at 100,000 rows, seconds at a million, so not there. */
const LOWDB_MOST = 100_000;
const WRITERS = 64;
/** One writer waits for the disk, which has slow seconds: many short turns for each engine, and the median of them. */
const SLICES = 10;
/** It only appends; rows are made of numbers. */
const RAW_ROWS = 1_000;

interface Case {
  readonly engine: EngineName;
  readonly rows: number;
  readonly worker: Worker;
}

export async function commit(options: Options): Promise<Line[]> {
  const sizes = options.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
  const cases: Case[] = [];
  try {
    for (const rows of sizes) {
      for (const engine of ['huishang', 'sqlite', 'lowdb'] as const) {
        if (engine === 'lowdb' && rows > LOWDB_MOST) {
          options.say(`lowdb at ${sayNumber(rows)} rows: skipped, every commit takes seconds there`);
        } else cases.push(await prepare(options, engine, rows));
      }
    }
    // What the disk itself takes does not depend on rows.
    for (const engine of ['raw', 'rawAsync'] as const) cases.push(await prepare(options, engine, RAW_ROWS));
    const one = await measure(options, cases, 1);
    const many = await measure(options, cases, WRITERS);
    return [...linesOf(sizes, one, 'one writer'), ...linesOf(sizes, many, `${WRITERS} writers`)];
  } finally {
    await Promise.all(cases.map(({ worker }) => worker.close()));
  }
}

async function prepare({ scratch, cache, say }: Options, engine: EngineName, rows: number): Promise<Case> {
  const dir = join(scratch, `commit-${engine}-${rows}`);
  await mkdir(dir, { recursive: true });
  const worker = startWorker('engine.child.ts');
  await worker.call('open', { name: engine, dir, cache, rows: 0 });
  await worker.call('seed', { rows });
  // Compiled by V8 before anything counts.
  await worker.call('commit', { writers: WRITERS, count: engine === 'lowdb' ? WRITERS : 4_000 });
  say(`${engine} has ${sayNumber(rows)} rows`);
  return { engine, rows, worker };
}

/** Microseconds per commit by `<engine> <rows>`. */
function measure({ runs, quick }: Options, cases: readonly Case[], writers: number) {
  return interleaved(
    writers > 1 ? runs : runs * SLICES,
    Object.fromEntries(
      cases.map(({ engine, rows, worker }) => [
        `${engine} ${rows}`,
        () => worker.call<number>('commit', { writers, count: countFor(engine, rows, writers, quick) }),
      ]),
    ),
  );
}

/** Enough for a number that holds, and never more than a second or two. */
function countFor(engine: EngineName, rows: number, writers: number, quick: boolean): number {
  if (engine === 'lowdb') return Math.max(writers, 2, Math.min(20, 200_000 / rows));
  if (writers > 1) return quick ? 800 : 3_200;
  return quick ? 20 : 200;
}

function linesOf(sizes: readonly number[], took: Readonly<Record<string, number>>, who: string): Line[] {
  const alone = who === 'one writer';
  const us = (engine: EngineName, rows: number) => took[`${engine} ${rows}`] ?? Number.NaN;
  const lines: Line[] = [];
  for (const rows of sizes) {
    const ours = us('huishang', rows);
    const versus = (
      engine: EngineName,
      name: string,
      at: number,
      target?: (ratio: number) => Line['target'],
    ) => {
      const theirs = us(engine, at);
      if (Number.isNaN(theirs)) return;
      // Many writers are counted in commits per second, one in what it waits.
      const ratio = alone ? ours / theirs : theirs / ours;
      const said = target?.(ratio);
      lines.push({
        what: `commit at ${sayNumber(rows)} rows, ${who}, against ${name}`,
        ours: say(ours, alone),
        baseline: say(theirs, alone),
        ratio,
        ...(said && { target: said }),
      });
    };
    versus('lowdb', 'stock lowdb', rows);
    versus('sqlite', 'better-sqlite3', rows, (ratio) =>
      alone ? undefined : { text: '≥ 5 ×', met: ratio >= 5 },
    );
    versus('raw', 'append + fdatasync (blocking)', RAW_ROWS, (ratio) =>
      alone ? { text: '≤ 1.3 ×', met: ratio <= 1.3 } : undefined,
    );
    versus('rawAsync', 'append + fdatasync (callback)', RAW_ROWS, (ratio) =>
      alone ? { text: '≤ 1.3 ×', met: ratio <= 1.3 } : undefined,
    );
  }
  const [least = 0, most = 0] = [sizes[0], sizes.at(-1)];
  const ratio = us('huishang', most) / us('huishang', least);
  lines.push({
    what: `commit at ${sayNumber(most)} rows, ${who}, against ${sayNumber(least)} rows`,
    ours: say(us('huishang', most), alone),
    baseline: say(us('huishang', least), alone),
    ratio: alone ? ratio : 1 / ratio,
    target: { text: alone ? '≤ 1.2 ×' : '≥ 0.83 ×', met: ratio <= 1.2 },
  });
  return lines;
}

function say(us: number, alone: boolean): string {
  return alone ? `${sayNumber(us)} µs` : `${sayNumber(1e6 / us)}/s`;
}
