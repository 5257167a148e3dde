/** Turns over PostgreSQL against the same turns over the embedded store, and the statements that they cost. */
import { join } from 'node:path';
import pg from 'pg';
import { startPg } from '../store/pg.ts';
import { makeCity } from './city.ts';
import { type Line, median, type Options, sayNumber, startWorker } from './kit.ts';
import { atRest, createRunner, type Kind, type Run, startBot } from './turns.ts';

const CONNECTIONS = [1, 16, 64] as const;
const KINDS = ['unlimited', 'look', 'form'] as const satisfies readonly Kind[];
const WHAT: Readonly<Record<(typeof KINDS)[number], string>> = {
  unlimited: 'report sent in, people told as fast as it goes',
  look: '待办 pressed',
  form: '“上报 …” typed',
};

export async function turnsOverPostgres(options: Options): Promise<Line[]> {
  const { quick, scratch, say } = options;
  const city = join(scratch, 'city');
  const people = await makeCity(city);
  const connector = startWorker('connector.child.ts');
  const stops: (() => Promise<unknown>)[] = [connector.close];
  const runs = new Map<string, Run[]>();
  try {
    const port = await connector.call<number>('listen');
    const server = await startPg();
    stops.unshift(server.remove);
    for (let round = 0; round < options.runs; round += 1) {
      const url = await server.database();
      for (const name of ['embedded', 'postgres']) {
        const env = name === 'postgres' ? { DATABASE_URL: url } : {};
        const bot = await startBot(join(scratch, `${name}-${round}`), city, [], false, env);
        stops.unshift(bot.stop);
        await atRest(bot.pid);
        const run = createRunner({ ...people, ...bot, connector: port, counter: connector });
        await run('hello', 16, 120_000);
        for (const kind of KINDS) await run(kind, 16, quick ? 1_000 : 4_000);
        for (const connections of CONNECTIONS)
          for (const kind of KINDS) {
            // What the turns before have set off is counted with them.
            await atRest(bot.pid);
            const before = name === 'postgres' ? await transactions(url) : 0;
            const done = await run(kind, connections, quick ? 1_000 : 2_500);
            const key = `${name} ${kind} ${connections}`;
            runs.set(key, [...(runs.get(key) ?? []), done]);
            if (name === 'postgres')
              say(
                `${kind} ${connections}: ${((await transactions(url)) - before) / done.ok} transactions a turn`,
              );
          }
        await bot.stop();
      }
      say(`round ${round + 1} of ${options.runs}`);
    }
  } finally {
    for (const stop of stops) await stop();
  }
  return linesOf(runs);
}

async function transactions(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ n: string }>(
    'SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  await client.end();
  return Number(rows[0]?.n);
}

function linesOf(runs: ReadonlyMap<string, readonly Run[]>): Line[] {
  const of = (all: readonly Run[], read: (run: Run) => number) => median(all.map(read));
  const sayRun = (all: readonly Run[]) =>
    `${sayNumber(of(all, (r) => r.perSecond))}/s, p50 ${sayNumber(of(all, (r) => r.p50))} ms, p99 ${sayNumber(of(all, (r) => r.p99))} ms, CPU ${sayNumber(of(all, (r) => r.cpu))} µs`;
  return KINDS.flatMap((kind) =>
    CONNECTIONS.map((connections): Line => {
      const mine = runs.get(`postgres ${kind} ${connections}`) ?? [];
      const theirs = runs.get(`embedded ${kind} ${connections}`) ?? [];
      const ratio = of(mine, (r) => r.perSecond) / of(theirs, (r) => r.perSecond);
      return {
        what: `${WHAT[kind]}, ${connections} connections: PostgreSQL against the embedded store`,
        ours: sayRun(mine),
        baseline: sayRun(theirs),
        ratio,
        ...(connections === 16 && kind === 'unlimited' && { target: { text: '≥ 0.6 ×', met: ratio >= 0.6 } }),
      };
    }),
  );
}
