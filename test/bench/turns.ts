/** A server as `npm start` runs it, and turns sent to it: what each kind of turn is, how long it took, what it cost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { executes, says } from '../fake-connector.ts';
import { NODE_ARGS } from '../start.ts';
import { type Person, writes } from './city.ts';
import type { Worker } from './kit.ts';
import { type Load, load } from './load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export type Kind = 'echo' | 'report' | 'unlimited' | 'form' | 'checkin' | 'look';
/** What is sent only so that the others can be measured. */
export type Sent = Kind | 'hello' | 'assign';

/** One load, and how long afterwards the last message was out. */
export interface Run extends Load {
  readonly drainMs: number;
  readonly sent: number;
  /** Microseconds of CPU that the server took per turn, with all that it sent; NaN where there is no /proc. */
  readonly cpu: number;
}

interface RunnerParts {
  readonly organiser: Person;
  readonly reporters: readonly Person[];
  readonly told: readonly Person[];
  readonly url: string;
  readonly pid: number;
  /** Port of the connector that it answers to. */
  readonly connector: number;
  /** The connector, to wait until it hears nothing more. */
  readonly counter?: Worker;
}

export function createRunner({ organiser, reporters, told, url, pid, connector, counter }: RunnerParts) {
  let n = 0;
  const reporter = () => reporters[n++ % reporters.length] ?? never();
  const typed = () => says(writes(reporter(), connector), `上报 村口第${n}盏路灯不亮`);
  const report = () =>
    executes(writes(reporter(), connector), `form-${n}`, 'issues.report', {
      title: `村口第${n}盏路灯不亮`,
      details: '天黑以后从学校到村口一段没有灯，老人和孩子走路不方便，群众已经反映过两次。',
      aspect: '物',
      star: 'pingan-fazhi',
      branch: '',
      source: '群众反映',
      urgency: '一般',
    });
  const everybody = [organiser, ...told, ...reporters].values();
  const once = [
    executes(writes(organiser, connector), 'form-0', 'tasks.assign', {
      title: '入户走访',
      standard: '35户',
      units: 'below:zzb',
      due: new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10),
      sure: 'yes',
    }),
  ].values();
  const bodies: Readonly<Record<Sent, () => object | undefined>> = {
    // A task for everybody, so that they can check in.
    assign: () => once.next().value,
    checkin: () => says(writes(reporter(), connector), `报进展 入户走访 ${n}户`),
    echo: typed,
    form: typed,
    report,
    unlimited: report,
    look: () => executes(writes(reporter(), connector), 'card-0', 'home.todo'),
    // Everybody has a chat with the bot, as they have once they installed it.
    hello: () => {
      const next = everybody.next().value;
      return next && executes(writes(next, connector), 'card-0', 'home.help');
    },
  };
  const mark: Partial<Record<Sent, string>> = {
    report: 'WT-',
    unlimited: 'WT-',
    assign: 'RW-',
  };
  const fits = (kind: Sent, text: string) =>
    !mark[kind] || (text.includes(mark[kind]) && text.includes('card.adaptive'));
  return async (kind: Sent, connections: number, ms: number): Promise<Run> => {
    const before = (await counter?.call<number>('count')) ?? 0;
    const cpuBefore = await cpuOf(pid);
    const done = await load({
      url: `${url}/api/messages`,
      connections,
      ms,
      body: () => JSON.stringify(bodies[kind]()),
      fits: (status, text) => status === 200 && fits(kind, text),
    });
    if (done.failed > 0) throw new Error(`${kind}: ${done.failed} of ${done.ok + done.failed} turns failed`);
    const { drainMs, count } = counter ? await drained(counter) : { drainMs: 0, count: 0 };
    const cpu = ((await cpuOf(pid)) - cpuBefore) / done.ok;
    return { ...done, drainMs, sent: count - before, cpu };
  };
}

function never(): never {
  throw new Error('the city has no people');
}

/** Microseconds of CPU that a process has taken; Linux counts in hundredths of a second. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Wait until a bot has done what it does after its start (count, look through all rows), at most three minutes. */
export async function atRest(pid: number): Promise<void> {
  const until = performance.now() + 180_000;
  let quiet = 0;
  for (let before = await cpuOf(pid); quiet < 4 && performance.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const now = await cpuOf(pid);
    // Less than a twelfth of a core, more than once: it begins late. Where there is no /proc, nothing is known.
    quiet = now - before > 160_000 ? 0 : quiet + 1;
    before = now;
  }
}

/** Wait until the connector hears nothing more; when it last did. */
async function drained(counter: Worker): Promise<{ drainMs: number; count: number }> {
  const began = performance.now();
  let last = { count: await counter.call<number>('count'), at: began };
  while (performance.now() - last.at < 300) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const count = await counter.call<number>('count');
    if (count !== last.count) last = { count, at: performance.now() };
  }
  return { drainMs: last.at - began, count: last.count };
}

/** The bot as `npm start` runs it, Teams' limits in force or not; resolves once it listens. */
export async function startBot(
  dir: string,
  city: string,
  execArgv: readonly string[],
  limited: boolean,
  env: Readonly<Record<string, string>> = {},
) {
  const preload = limited ? [] : ['--import', './test/bench/unlimited.ts'];
  const child: ChildProcess = spawn(
    process.execPath,
    [...NODE_ARGS, ...execArgv, ...preload, 'src/main.ts'],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dir, CITY_DATA: city, ...env },
      // One that is frozen for a while complains that it missed its ticks.
      stdio: ['ignore', 'pipe', limited ? 'ignore' : 'inherit'],
    },
  );
  if (!child.stdout) throw new Error('the bot has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const { where } = JSON.parse(line);
    if (!where) continue;
    child.stdout.resume();
    return {
      url: where as string,
      pid: child.pid ?? 0,
      freeze(yes: boolean) {
        child.kill(yes ? 'SIGSTOP' : 'SIGCONT');
      },
      async stop() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        await gone;
      },
    };
  }
  throw new Error(`the bot ended with ${child.exitCode} before it listened`);
}
