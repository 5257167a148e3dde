/** `npm run backup -- <file>`: everything that the configured store holds, in one file. */
import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { engineOf } from '../engine.ts';
import { writeBackup } from './file.ts';
import { counted, runTool, UsageError } from './run.ts';
import { Tally } from './tally.ts';

const USAGE = `npm run backup -- <file> [--force]
  writes all rows and numbers of the store (DATABASE_URL, else DATA_DIR) to <file> (gzip, JSON lines);
  --force replaces a file that is there`;

await runTool(USAGE, async ({ config, open, say }) => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false } },
  });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new UsageError('name one file');
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there && !values.force) throw new UsageError(`${file} is there already`);
  const store = await open(engineOf(config));
  const tally = new Tally();
  await writeBackup(file, counted(store.export(), tally, say));
  for (const line of tally.lines()) say(`  ${line}`);
  say(`done: ${file}`);
});
