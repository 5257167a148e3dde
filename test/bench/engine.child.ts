/** One engine in a process of its own, so that nobody pays for another's memory. */
import { stat } from 'node:fs/promises';
import { type Engine, type EngineName, openEngine, type QueryName } from './engines.ts';
import { answerCalls } from './kit.ts';

let engine: Engine | undefined;
/** How many rows there are, and how many changes were made to them. */
let size = 0;
let changes = 0;

/** Change one row after another, in an order that jumps about. */
function change(): Promise<unknown> | unknown {
  changes += 1;
  return current().commit((changes * 7919) % size, changes);
}

function current(): Engine {
  if (!engine) throw new Error('open an engine first');
  return engine;
}

interface OpenArgs {
  readonly name: EngineName;
  readonly dir: string;
  readonly cache: string;
  readonly rows: number;
  readonly foldAfterBytes?: number;
}

answerCalls(
  {
    /** Resolves to the milliseconds that opening took. */
    async open({ name, rows, ...place }: OpenArgs): Promise<number> {
      const began = performance.now();
      engine = await openEngine(name, place);
      size = rows;
      return performance.now() - began;
    },
    async seed({ rows }: { rows: number }): Promise<void> {
      await current().seed(0, rows);
      size = rows;
    },
    /** Microseconds per commit, `writers` at it at the same time. */
    async commit({ count, writers }: { count: number; writers: number }): Promise<number> {
      const end = changes + count;
      const began = performance.now();
      const writer = async () => {
        while (changes < end) await change();
      };
      await Promise.all(Array.from({ length: writers }, writer));
      const took = performance.now() - began;
      await current().settle?.();
      return (took * 1000) / count;
    },
    /** Microseconds per query. */
    async query({ name, count, rows }: { name: QueryName; count: number; rows: number }): Promise<number> {
      const query = current().queries?.[name];
      if (!query) throw new Error(`no query ${name}`);
      let found = 0;
      const began = performance.now();
      for (let i = 0; i < count; i += 1) found += await query((i * 7919) % rows);
      const took = performance.now() - began;
      if (found === 0) throw new Error(`${name} found nothing`);
      return (took * 1000) / count;
    },
    /** MiB now and at the most. */
    memory(): { rss: number; peak: number } {
      return { rss: process.memoryUsage.rss() / 2 ** 20, peak: process.resourceUsage().maxRSS / 1024 };
    },
    stall,
    async close(): Promise<void> {
      await engine?.close();
      engine = undefined;
    },
  },
  () => engine?.close(),
);

interface StallArgs {
  /** Commits begun per second. */
  readonly rate: number;
  /** Until this file has been replaced, or without one for this long. */
  readonly file?: string;
  readonly ms: number;
}

/** The longest that the event loop and a commit were kept waiting, in milliseconds, and for how long it was watched. */
async function stall({ rate, file, ms }: StallArgs): Promise<{ loop: number; commit: number; ms: number }> {
  const before = file && (await stat(file)).ino;
  let loop = 0;
  let commit = 0;
  let last = performance.now();
  const began = last;
  const ticking = setInterval(() => {
    const now = performance.now();
    loop = Math.max(loop, now - last - 1);
    last = now;
  }, 1);
  const open = new Set<Promise<void>>();
  const turns = setInterval(() => {
    const at = performance.now();
    const one: Promise<void> = Promise.resolve(change()).then(() => {
      commit = Math.max(commit, performance.now() - at);
      open.delete(one);
    });
    open.add(one);
  }, 1000 / rate);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const replaced = before !== undefined && file && (await stat(file)).ino !== before;
    if (replaced || performance.now() - began > ms) break;
  }
  clearInterval(ticking);
  clearInterval(turns);
  await Promise.all(open);
  return { loop, commit, ms: performance.now() - began };
}
