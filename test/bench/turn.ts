/** Whole turns through POST /api/messages, as `npm start` runs the bot, against a bare botbuilder echo bot. */
import { join } from 'node:path';
import { makeCity } from './city.ts';
import { type Line, median, type Options, sayNumber, startWorker } from './kit.ts';
import { atRest, createRunner, type Kind, type Run, type Sent, startBot } from './turns.ts';

const CONNECTIONS = [1, 16, 64] as const;
/** One round; what has a target is measured three times, because the machine has slow seconds. */
const ROUND = [16, 1, 16, 64, 16] as const;
const KINDS = ['echo', 'report', 'unlimited', 'form', 'look'] as const;
const WHAT: Readonly<Record<Exclude<Kind, 'echo'>, string>> = {
  report: 'report sent in (Action.Execute): issue made, durable, people told at 50 messages a second',
  unlimited: 'the same, people told as fast as it goes',
  checkin: '“报进展 入户走访 35户” typed: read, kept, the sums and the cards with it',
  look: '待办 pressed',
  form: '“上报 …” typed: form made, durable, sent through the connector',
};

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
      await atRest(held.pid);
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
      await atRest(bot.pid);
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
  for (const kind of ['report', 'unlimited', 'look', 'form', 'checkin'] as const) {
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
          kind !== 'unlimited' &&
          kind !== 'look' && {
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

/** With BENCH_PROFILE each server writes a CPU profile to that folder when it ends. */
function profiling(name: string): string[] {
  const dir = process.env.BENCH_PROFILE;
  return dir ? ['--cpu-prof', `--cpu-prof-dir=${join(dir, name)}`] : [];
}
