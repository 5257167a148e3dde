/** What all benchmarks share: medians, result lines, workers in processes of their own, and the table at the end. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_ARGS, WITHOUT_TSX } from '../start.ts';

export interface Options {
  /** Fewer runs and no million rows: to see that everything works, not to be quoted. */
  readonly quick: boolean;
  /** Runs per number; the median counts. */
  readonly runs: number;
  /** Where baselines' packages are kept between benchmarks. */
  readonly cache: string;
  /** A folder for this benchmark's files; removed at the end. */
  readonly scratch: string;
  say(text: string): void;
}

/** One line of the table. `ratio` is ours by the baseline's: of costs less is better, of throughputs more. */
export interface Line {
  readonly what: string;
  readonly ours: string;
  readonly baseline: string;
  readonly ratio: number | null;
  /** Said of the target in issue 3, when there is one. */
  readonly target?: { readonly text: string; readonly met: boolean };
}

export type Subject = (options: Options) => Promise<Line[]>;

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/**
 * Run every case once, then all of them again …: what disturbs one disturbs the others. Each time in another order, so
 * that nobody always follows the same neighbour. Medians per case.
 */
export async function interleaved<K extends string>(
  runs: number,
  cases: Readonly<Record<K, () => Promise<number>>>,
): Promise<Record<K, number>> {
  const names = Object.keys(cases) as K[];
  const taken = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const name of shuffled(names)) taken.get(name)?.push(await cases[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<K, number>;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

export function scratchDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'huishang-bench-'));
}

export function removeDir(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true });
}

/** A process that answers calls; `close` ends it. */
export interface Worker {
  call<R>(name: string, args?: object): Promise<R>;
  readonly pid: number;
  close(): Promise<void>;
}

interface AnswerMessage {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/**
 * Start `<file>` of this folder, or what was bundled, as a process of its own, as the bot is started. It must call
 * `answerCalls`.
 */
export function startWorker(file: string, execArgv: readonly string[] = []): Worker {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child: ChildProcess = fork(path, [], {
    execArgv: [...(file.endsWith('.mjs') ? WITHOUT_TSX : NODE_ARGS), ...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let calls = 0;
  child.on('message', ({ id, result, error }: AnswerMessage) => {
    const settle = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) settle?.resolve(result);
    else settle?.reject(new Error(error));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with ${code ?? signal}`));
  });
  return {
    pid: child.pid ?? 0,
    call: <R>(name: string, args: object = {}) =>
      new Promise<R>((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id, name, args });
      }),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: each call knows the shape of its arguments
type Calls = Readonly<Record<string, (args: any) => unknown>>;

/** Inside a worker: answer the parent's calls until it goes away. */
export function answerCalls(calls: Calls, onGone: () => Promise<void> | void = () => {}): void {
  process.on('message', async ({ id, name, args }: { id: number; name: string; args: object }) => {
    try {
      process.send?.({ id, result: await calls[name]?.(args) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once('disconnect', async () => {
    await onGone();
    process.exit(0);
  });
}

/** 1234567 → 1,234,567; small numbers keep two digits. */
export function sayNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Markdown, so that README.md can take it as it is. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map(({ what, ours, baseline, ratio, target }) => [
    what,
    ours,
    baseline,
    ratio === null ? '–' : `${ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2)} ×`,
    target ? `${target.text}: ${target.met ? 'met' : 'NOT met'}` : '',
  ]);
  const head = ['what', 'huishang', 'baseline', 'ratio', 'target'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
