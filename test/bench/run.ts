/** `npm run bench`: measures the bot against its baselines, side by side in the same run, and prints a table. */
import { arch, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analysisOfAProvince } from './analysis.ts';
import { fetchBaselines } from './baselines.ts';
import { boardOfACity } from './board.ts';
import { cards } from './cards.ts';
import { runChaos } from './chaos.ts';
import { commit } from './commit.ts';
import { exporting } from './export.ts';
import { type Line, type Options, removeDir, type Subject, scratchDir, table } from './kit.ts';
import { morning } from './morning.ts';
import { open } from './open.ts';
import { query } from './query.ts';
import { search } from './search.ts';
import { turnsOverPostgres } from './servers.ts';
import { taskOfAProvince } from './tasks.ts';
import { turn } from './turn.ts';

const SUBJECTS: Readonly<Record<string, Subject>> = {
  commit,
  query,
  search,
  open,
  turn,
  servers: turnsOverPostgres,
  chaos: runChaos,
  cards,
  morning,
  tasks: taskOfAProvince,
  export: exporting,
  analysis: analysisOfAProvince,
  board: boardOfACity,
};
const USAGE = `npm run bench -- [${Object.keys(SUBJECTS).join('|')} …] [--quick] [--runs 5] [--cache <folder>]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), `huishang-bench-packages-${process.versions.modules}`) },
    help: { type: 'boolean', default: false },
  },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(SUBJECTS);
const unknown = wanted.filter((name) => !(name in SUBJECTS));
const runs = Number(values.runs ?? (values.quick ? 2 : 5));
if (values.help || unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(values.help ? 0 : 1);
}

const say = (text: string) => void process.stderr.write(`  ${text}\n`);
const options: Options = { quick: values.quick, runs, cache: values.cache, scratch: await scratchDir(), say };
try {
  if (wanted.some((name) => ['commit', 'query', 'open'].includes(name))) {
    await fetchBaselines(options.cache, say);
  }
  const lines: Line[] = [];
  for (const name of wanted) {
    say(`${name} …`);
    const began = performance.now();
    lines.push(...((await SUBJECTS[name]?.(options)) ?? []));
    say(`${name} took ${Math.round((performance.now() - began) / 1000)} s`);
  }
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${arch()}`;
  process.stdout.write(`\nNode ${process.version}, ${machine}; medians of ${runs} runs\n\n${table(lines)}\n`);
} finally {
  await removeDir(options.scratch);
}
