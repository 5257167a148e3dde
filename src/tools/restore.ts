/** `npm run restore -- <file>`: what a backup holds into the configured store, and checked. */
import { parseArgs } from 'node:util';
import { engineOf } from '../engine.ts';
import { readBackup } from './file.ts';
import { counted, runTool, UsageError, verify } from './run.ts';
import { Tally } from './tally.ts';

const USAGE = `npm run restore -- <file> [--force]
  puts what a backup holds into the store (DATABASE_URL, else DATA_DIR), all of it or nothing;
  --force replaces what the store holds`;

await runTool(USAGE, async ({ config, open, say }) => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false } },
  });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new UsageError('name one file');
  const store = await open(engineOf(config));
  const tally = new Tally();
  await store.import(counted(readBackup(file), tally, say), { replace: values.force });
  say('restored; reading again what the store holds now');
  await verify(store, tally, say);
  say('done');
});
