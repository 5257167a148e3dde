/** How long a million rows take to open and how much memory they need, and whether a fold makes anybody wait. */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SNAPSHOT } from '../../src/store/lowdb/adapter.ts';
import { foldsAfter } from '../../src/store/lowdb/index.ts';
import { type Line, median, type Options, sayNumber, startWorker } from './kit.ts';

/** Turns per second while it folds. */
const RATE = 200;
const FOLD_AT_MOST_MS = 60_000;

interface Stall {
  readonly loop: number;
  readonly commit: number;
  readonly ms: number;
}

/** All rows into the snapshot, then the journal as long as it gets before it is folded by default; resolves to its MiB. */
async function lengthen(dir: string, place: { cache: string; rows: number }): Promise<number> {
  const bytesOf = async (ending: string) => {
    const names = (await readdir(dir)).filter((name) => name.endsWith(ending));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const open = async (foldAfterBytes?: number) => {
    const worker = startWorker('engine.child.ts');
    await worker.call('open', { name: 'huishang', dir, ...place, foldAfterBytes });
    return worker;
  };
  const folder = await open(1);
  await folder.call('stall', { rate: RATE, file: join(dir, SNAPSHOT), ms: FOLD_AT_MOST_MS });
  await folder.close();
  const writer = await open();
  const enough = foldsAfter(await bytesOf(SNAPSHOT));
  while ((await bytesOf('.journal')) < enough) await writer.call('commit', { writers: 64, count: 1000 });
  await writer.close();
  return (await bytesOf('.journal')) / 2 ** 20;
}

export async function open({ quick, runs, cache, scratch, say }: Options): Promise<Line[]> {
  const rows = quick ? 10_000 : 1_000_000;
  const dirs = { huishang: join(scratch, 'open-huishang'), sqlite: join(scratch, 'open-sqlite') };
  const place = { cache, rows };
  for (const [name, dir] of Object.entries(dirs)) {
    await mkdir(dir, { recursive: true });
    const worker = startWorker('engine.child.ts');
    await worker.call('open', { name, dir, ...place, foldAfterBytes: foldsAfter(0) });
    await worker.call('seed', { rows });
    await worker.close();
    say(`${name} has ${sayNumber(rows)} rows`);
  }

  say(`${sayNumber(await lengthen(dirs.huishang, place))} MiB of journal come after the snapshot`);

  const opened = { huishang: [] as number[], sqlite: [] as number[] };
  const memory = { rss: [] as number[], peak: [] as number[] };
  const folds: Stall[] = [];
  const calm: Stall[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const name of ['sqlite', 'huishang'] as const) {
      const dir = dirs[name];
      const worker = startWorker('engine.child.ts');
      opened[name].push(await worker.call<number>('open', { name, dir, ...place }));
      if (name === 'huishang') {
        const { rss, peak } = await worker.call<{ rss: number; peak: number }>('memory');
        memory.rss.push(rss);
        memory.peak.push(peak);
      }
      await worker.close();
    }
    say(`opened ${run + 1} of ${runs} times: ${sayNumber((opened.huishang.at(-1) ?? 0) / 1000)} s`);
  }

  // A process that folds again and again, with turns going on.
  const worker = startWorker('engine.child.ts');
  const dir = dirs.huishang;
  try {
    await worker.call('open', { name: 'huishang', dir, cache, rows, foldAfterBytes: 1 });
    const file = join(dir, SNAPSHOT);
    await worker.call('stall', { rate: RATE, file, ms: FOLD_AT_MOST_MS });
    for (let run = 0; run < runs; run += 1) {
      const fold = await worker.call<Stall>('stall', { rate: RATE, file, ms: FOLD_AT_MOST_MS });
      folds.push(fold);
      say(
        `a fold took ${sayNumber(fold.ms)} ms; stalls ${sayNumber(fold.loop)} and ${sayNumber(fold.commit)} ms`,
      );
    }
  } finally {
    await worker.close();
  }
  const still = startWorker('engine.child.ts');
  try {
    await still.call('open', { name: 'huishang', dir, cache, rows });
    for (let run = 0; run < runs; run += 1) {
      calm.push(await still.call<Stall>('stall', { rate: RATE, ms: median(folds.map(({ ms }) => ms)) }));
    }
  } finally {
    await still.close();
  }

  const seconds = median(opened.huishang) / 1000;
  const worst = (stalls: readonly Stall[], of: 'loop' | 'commit') => median(stalls.map((stall) => stall[of]));
  const ms = (value: number) => `${sayNumber(value)} ms`;
  const size = `${sayNumber(rows)} rows`;
  return [
    {
      what: `open ${size}, against better-sqlite3 (which reads nothing yet)`,
      ours: `${sayNumber(seconds)} s`,
      baseline: ms(median(opened.sqlite)),
      ratio: null,
      target: { text: '< 10 s', met: seconds < 10 },
    },
    {
      what: `memory with ${size} open (RSS)`,
      ours: `${sayNumber(median(memory.rss))} MiB`,
      baseline: `peak ${sayNumber(median(memory.peak))} MiB`,
      ratio: null,
      target: { text: '< 2 GiB', met: median(memory.peak) < 2048 },
    },
    ...(['loop', 'commit'] as const).map((of) => ({
      what: `longest ${of === 'loop' ? 'event-loop stall' : 'commit'} during a fold of ${size}, ${RATE} turns/s, against no fold`,
      ours: ms(worst(folds, of)),
      baseline: ms(worst(calm, of)),
      ratio: worst(folds, of) / worst(calm, of),
      target: { text: '≤ 50 ms', met: worst(folds, of) <= 50 },
    })),
  ];
}
