/** Whole turns through POST /api/messages, as `npm start` runs the bot, against a bare botbuilder echo bot. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { executes, says } from '../fake-connector.ts';
import { NODE_ARGS } from '../start.ts';
import { makeCity, type Person, writes } from './city.ts';
import { type Line, median, type Options, sayNumber, startWorker, type Worker } from './kit.ts';
import { type Load, load } from './load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONNECTIONS = [1, 16, 64] as const;
/** One round; what has a target is measured three times, because the machine has slow seconds. */
const ROUND = [16, 1, 16, 64, 16] as const;
const KINDS = ['echo', 'report', 'unlimited', 'form'] as const;
type Kind = (typeof KINDS)[number] | 'checkin';
/** What is sent only so that the others can be measured. */
type Sent = Kind | 'hello' | 'assign';

const WHAT: Readonly<Record<Exclude<Kind, 'echo'>, string>> = {
  report: 'report sent in (Action.Execute): issue made, durable, people told at 50 messages a second',
  unlimited: 'the same, people told as fast as it goes',
  checkin: '“报进展 入户走访 35户” typed: read, kept, the sums and the cards with it',
  form: '“上报 …” typed: form made, durable, sent through the connector',
};

/** One load, and how long afterwards the last message was out. */
interface Run extends Load {
  readonly drainMs: number;
  readonly sent: number;
  /** Microseconds of CPU that the server took per turn, with all that it sent; NaN where there is no /proc. */
  readonly cpu: number;
}

export async function turn(options: Options): Promise<Line[]> {
  const { quick, scratch, say } = options;
  const city = join(scratch, 'city');
  const people = await makeCity(city);
  const connectors = {
    echo: startWorker('connector.child.ts'),
    bot: startWorker('connector.child.ts'),
    held: startWorker('connector.child.ts'),
  };
  const stops: (() => Promise<void>)[] = Object.values(connectors).map((worker) => worker.close);
  try {
    const toEcho = await connectors.echo.call<number>('listen');
    const toBot = await connectors.bot.call<number>('listen');
    const toHeld = await connectors.held.call<number>('listen');
    const runs = new Map<string, Run[]>();
    for (let round = 0; round < options.runs; round += 1) {
      // Fresh servers for each round: nobody has been told too much yet that day, and both are equally old.
      const echo = startWorker('echo.child.ts', profiling(`echo-${round}`));
      stops.push(echo.close);
      const echoPort = await echo.call<number>('listen');
      const bot = await startBot(join(scratch, `turn-${round}`), city, profiling(`bot-${round}`), false);
      stops.push(bot.stop);
      // What Teams takes from a bot holds this one back, as it does in earnest.
      const held = await startBot(join(scratch, `held-${round}`), city, profiling(`held-${round}`), true);
      stops.push(held.stop);
      const onEcho = createRunner({
        ...people,
        url: `http://127.0.0.1:${echoPort}`,
        pid: echo.pid,
        connector: toEcho,
      });
      const onBot = createRunner({ ...people, ...bot, connector: toBot, counter: connectors.bot });
      const onHeld = createRunner({ ...people, ...held, connector: toHeld });
      await onHeld('hello', 16, 60_000);
      held.freeze(true);
      const run = async (kind: Sent, connections: number, ms: number) => {
        if (kind === 'echo') return onEcho(kind, connections, ms);
        if (kind !== 'report') return onBot(kind, connections, ms);
        // It still has messages to send for minutes: that must not slow down the others.
        held.freeze(false);
        const done = await onHeld(kind, connections, ms);
        held.freeze(true);
        return done;
      };
      const measure = async (kind: Kind, connections: number) => {
        const done = await run(kind, connections, quick ? 1_000 : 2_500);
        const key = `${kind} ${connections}`;
        runs.set(key, [...(runs.get(key) ?? []), done]);
      };
      await run('hello', 16, 60_000);
      // Compiled by V8 before anything counts.
      for (const kind of KINDS) await run(kind, 16, quick ? 1_500 : 4_000);
      for (const [place, connections] of (quick ? [16] : ROUND).entries()) {
        const kinds = (round + place) % 2 ? KINDS.toReversed() : KINDS;
        for (const kind of kinds) await measure(kind, connections);
      }
      await run('assign', 1, 60_000);
      await run('checkin', 16, quick ? 1_500 : 4_000);
      for (const connections of quick ? [16] : CONNECTIONS) await measure('checkin', connections);
      await Promise.all([bot.stop(), held.stop()]);
      await echo.close();
      say(`round ${round + 1} of ${options.runs}`);
    }
    return linesOf(runs);
  } finally {
    for (const stop of stops) await stop();
  }
}

function linesOf(runs: ReadonlyMap<string, readonly Run[]>): Line[] {
  const lines: Line[] = [];
  for (const kind of ['report', 'unlimited', 'form', 'checkin'] as const) {
    for (const connections of CONNECTIONS) {
      const [mine, theirs] = [runs.get(`${kind} ${connections}`), runs.get(`echo ${connections}`)];
      if (!mine || !theirs) continue;
      const of = (all: readonly Run[], read: (run: Run) => number) => median(all.map(read));
      const say = (all: readonly Run[]) =>
        `${sayNumber(of(all, (r) => r.perSecond))}/s, p50 ${sayNumber(of(all, (r) => r.p50))} ms, p99 ${sayNumber(of(all, (r) => r.p99))} ms, CPU ${sayNumber(of(all, (r) => r.cpu))} µs`;
      const ratio = of(mine, (r) => r.perSecond) / of(theirs, (r) => r.perSecond);
      const sent = of(mine, (r) => r.sent / r.ok);
      const drained = of(mine, (r) => r.drainMs);
      const out = `, ${sent.toFixed(1)} messages a turn, the last one out after ${sayNumber(drained)} ms`;
      lines.push({
        what: `${WHAT[kind]}${kind === 'report' ? '' : out}, ${connections} connections, against an echo bot`,
        ours: say(mine),
        baseline: say(theirs),
        ratio,
        ...(connections === 16 &&
          kind !== 'unlimited' && {
            target:
              kind === 'checkin'
                ? { text: 'p99 ≤ 2 ×', met: of(mine, (r) => r.p99) <= 2 * of(theirs, (r) => r.p99) }
                : { text: '≥ 0.9 ×', met: ratio >= 0.9 },
          }),
      });
    }
  }
  return lines;
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

function createRunner({ organiser, reporters, told, url, pid, connector, counter }: RunnerParts) {
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

/** With BENCH_PROFILE each server writes a CPU profile to that folder when it ends. */
function profiling(name: string): string[] {
  const dir = process.env.BENCH_PROFILE;
  return dir ? ['--cpu-prof', `--cpu-prof-dir=${join(dir, name)}`] : [];
}

/** The bot as `npm start` runs it, Teams' limits in force or not; resolves once it listens. */
async function startBot(dir: string, city: string, execArgv: readonly string[], limited: boolean) {
  const preload = limited ? [] : ['--import', './test/bench/unlimited.ts'];
  const child: ChildProcess = spawn(
    process.execPath,
    [...NODE_ARGS, ...execArgv, ...preload, 'src/main.ts'],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dir, CITY_DATA: city },
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
