/**
 * `npm run soak`: the bot as `npm start` runs it, under mixed work at an even pace, for long; then SIGTERM in the
 * middle of it. Nothing may fail, nothing acknowledged may be lost, and what it takes of memory must be rows.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { readConfig } from '../../src/config.ts';
import { openStore } from '../../src/engine.ts';
import { issues } from '../../src/features/issues/model.ts';
import { executes, type Json, says } from '../fake-connector.ts';
import { NODE_ARGS } from '../start.ts';
import { makeCity, type Person, writes } from './city.ts';
import { percentile, removeDir, sayNumber, scratchDir, startWorker } from './kit.ts';
import { post } from './load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '200' },
    url: { type: 'string' },
  },
});
const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
if (!(seconds > 0 && rate > 0)) {
  process.stderr.write('npm run soak -- [--seconds 600] [--rate 200] [--url postgres://…]\n');
  process.exit(1);
}
const say = (text: string) => void process.stdout.write(`${text}\n`);

const scratch = await scratchDir();
const city = join(scratch, 'city');
const { reporters, told } = await makeCity(city);
const settings = {
  DATA_DIR: join(scratch, 'data'),
  CITY_DATA: city,
  ...(values.url && { DATABASE_URL: values.url }),
};
const connector = startWorker('limited.child.ts');
const port = await connector.call<number>('listen');
let failed = true;
try {
  failed = await soak();
} finally {
  await connector.close();
  await removeDir(scratch);
}
process.exit(failed ? 1 : 0);

/** Resolves to whether anything is wrong. */
async function soak(): Promise<boolean> {
  const bot = await startBot();
  const work = createWork(bot.url);
  say(`${rate} turns/s for ${seconds} s, ${values.url ? 'PostgreSQL' : 'embedded'}, Node ${process.version}`);
  say('| minute | turns | p50 ms | p99 ms | max ms | errors | RSS MiB | heap MiB | CPU % | waiting |');
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  const until = performance.now() + seconds * 1_000;
  const minutes: Awaited<ReturnType<typeof reportMinute>>[] = [];
  while (performance.now() < until) {
    const ms = Math.min(60_000, until - performance.now());
    await work.keepUp(ms);
    const cpu = minutes.at(-1)?.cpu ?? 0;
    minutes.push(await reportMinute(bot, work, minutes.length + 1, ms, cpu));
  }

  // Stopped while the work goes on: what is answered from here on counts as well.
  const gone = once(bot.process, 'exit');
  const began = performance.now();
  const last = work.keepUp(3_000, () => bot.process.exitCode !== null);
  setTimeout(() => bot.process.kill('SIGTERM'), 1_000);
  const [code, signal] = await gone;
  const stopMs = performance.now() - began - 1_000;
  await last;
  const { acknowledged, errors } = work;
  const { taken, refused } = await connector.call<{ taken: number; refused: number }>('counts');
  const { lost, wrong, sending, unsure } = await lookUp(acknowledged);

  const again = await startBot();
  const fresh = await rssOf(again.pid);
  again.process.kill('SIGTERM');
  await once(again.process, 'exit');

  const end = minutes.at(-1)?.rss ?? Number.NaN;
  say('');
  say(`SIGTERM under load: exit ${code ?? signal} after ${sayNumber(stopMs)} ms`);
  say(`${acknowledged.size} reports acknowledged, ${lost} lost, ${wrong} other than sent`);
  say(
    `outbox: ${sending} claims left, ${unsure} unsure; connector: ${taken} taken, ${refused} refused as too fast`,
  );
  say(`RSS at the end ${sayNumber(end)} MiB; a fresh process with the same rows ${sayNumber(fresh)} MiB`);
  say(`warnings and errors in the log: ${bot.complaints.length}`);
  say(
    `errors while it ran: ${errors.length}${errors.length > 0 ? `: ${errors.slice(0, 3).join(' | ')}` : ''}`,
  );
  return errors.length + lost + wrong + sending + unsure > 0 || code !== 0;
}

interface Bot {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Warnings and errors in its log. */
  readonly complaints: string[];
}

async function startBot(): Promise<Bot> {
  const child = spawn(process.execPath, [...NODE_ARGS, 'src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const complaints: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the bot ended with ${code} before it listened`)));
    lines.on('line', (line) => {
      // The address comes once more, on a line of its own.
      if (!line.startsWith('{')) return;
      const { where, level } = JSON.parse(line);
      if (where) resolve(where);
      else if (level >= 40) complaints.push(line);
      if (level >= 40 && !where && complaints.length <= 5) say(line.slice(0, 400));
    });
  });
  return { url, pid: child.pid ?? 0, process: child, complaints };
}

/** Sends turns at an even pace, whatever becomes of those before; times count from when each was to be sent. */
function createWork(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const acknowledged = new Map<string, string>();
  const errors: string[] = [];
  const recent: Json[] = [];
  let took: number[] = [];
  let sent = 0;
  const someone = (people: readonly Person[], n: number) =>
    writes(people[(n * 7) % people.length] as Person, port);

  /** The n-th turn: mostly looking and asking, some reports, now and then the same activity again. */
  function turn(n: number): { readonly activity: Json; readonly title?: string } {
    const me = someone(n % 3 === 0 ? told : reporters, n);
    const ask = (verb: string, data: Json = {}) => ({ activity: executes(me, `m${n}`, verb, data) });
    const [number] = [...acknowledged.values()].slice(-1);
    const kind = n % 50;
    if (kind === 0) return report(n);
    // 待办 as words: answered by a message, of which Teams takes 50 a second in all.
    if (kind <= 4) return { activity: says(me, kind === 1 ? '待办' : kind === 2 ? '帮助' : '问题 超期') };
    if (kind <= 7) return { activity: recent[n % recent.length] ?? ask('home.help').activity };
    if (kind <= 12 && number) return ask('issues.show', { issue: number });
    if (kind <= 22) return ask('issues.list', { filter: ['', '本单位', '我上报的'][n % 3] });
    if (kind <= 34) return ask('home.todo');
    if (kind <= 40) return ask('meetings.board');
    return ask(kind % 2 ? 'home.me' : 'home.help');
  }

  function report(n: number) {
    const title = `第${n}盏路灯不亮`;
    const fields = { title, aspect: '物', star: 'pingan-fazhi', source: '群众反映', urgency: '一般' };
    return { activity: executes(someone(reporters, n / 50), `f${n}`, 'issues.report', fields), title };
  }

  async function one(n: number, due: number, stopping: () => boolean): Promise<void> {
    const { activity, title } = turn(n);
    if (n % 10 === 0) recent[(n / 10) % 100] = activity;
    try {
      const { status, text } = await post(agent, `${url}/api/messages`, JSON.stringify(activity));
      took.push(performance.now() - due);
      const number = /WT-\d{4}-\d{4,}/.exec(text)?.[0];
      if (title && number) acknowledged.set(title, number);
      if (status !== 200 || (title && !number)) errors.push(`${status} ${text.slice(0, 200)}`);
    } catch (error) {
      if (!stopping()) errors.push(String(error));
    }
  }

  return {
    acknowledged,
    errors,
    /** @param stopping when it says so, or soon after SIGTERM, connections may be refused */
    async keepUp(ms: number, stopping?: () => boolean): Promise<void> {
      const began = performance.now();
      const running = new Set<Promise<void>>();
      const count = Math.round((ms / 1_000) * rate);
      for (let n = 0; n < count && !stopping?.(); n += 1) {
        const due = began + (n * 1_000) / rate;
        const early = due - performance.now();
        if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
        const doing = one(sent++, due, () => stopping !== undefined).finally(() => running.delete(doing));
        running.add(doing);
      }
      await Promise.all(running);
    },
    takeTimes(): number[] {
      const times = took;
      took = [];
      return times;
    },
  };
}

async function reportMinute(
  bot: Bot,
  work: ReturnType<typeof createWork>,
  minute: number,
  ms: number,
  cpuBefore: number,
) {
  const times = work.takeTimes();
  const numbers = await (await fetch(`${bot.url}/metrics`)).text();
  const of = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(numbers)?.[1]);
  const mib = 2 ** 20;
  const rss = await rssOf(bot.pid);
  const cells = [
    minute,
    times.length,
    sayNumber(percentile(times, 50)),
    sayNumber(percentile(times, 99)),
    sayNumber(Math.max(...times)),
    work.errors.length,
    sayNumber(rss),
    sayNumber(of('nodejs_heap_size_used_bytes') / mib),
    sayNumber(((of('process_cpu_seconds_total') - cpuBefore) * 100_000) / ms),
    of('huishang_outbox_messages'),
  ];
  say(`| ${cells.join(' | ')} |`);
  return { rss, cpu: of('process_cpu_seconds_total') };
}

/** Resident memory of a process in MiB; NaN where there is no /proc. */
async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** What the store says of the reports that were acknowledged, once the bot is gone. */
async function lookUp(acknowledged: ReadonlyMap<string, string>) {
  const config = readConfig(settings);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const store = await openStore(config, values.url ? 'postgres' : 'lowdb', log);
  let [lost, wrong] = [0, 0];
  for (const [title, number] of acknowledged) {
    const row = await store.read((tx) => tx.table(issues).get(number));
    if (!row) lost += 1;
    else if (row.title !== title) wrong += 1;
  }
  const count = (state: 'sending' | 'unsure') => store.read((tx) => tx.table(outbox).count({ state }));
  const found = { lost, wrong, sending: await count('sending'), unsure: await count('unsure') };
  await store.close();
  return found;
}
