/** `npm run restore -- <file>`: what a backup holds into the configured store, and checked. */
import { parseArgs } from 'node:util';
import { contentOf, keepContents } from '../backup/contents.ts';
import { readBackup } from '../backup/file.ts';
import { Tally } from '../backup/tally.ts';
import { engineOf } from '../engine.ts';
import { counted, runTool, UsageError, verify } from './run.ts';

const USAGE = `npm run restore -- <file> [--force]
  puts what a backup holds into the store (DATABASE_URL, else DATA_DIR), all of it or nothing;
  BACKUP_PASSPHRASE opens an encrypted one; --force replaces what the store holds`;

await runTool(USAGE, async ({ config, open, openFiles, passphrase, say }) => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false } },
  });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new UsageError('name one file');
  const store = await open(engineOf(config));
  const contents = await openFiles();
  const tally = new Tally();
  const rows = keepContents(readBackup(file, passphrase), contents);
  await store.import(counted(rows, tally, say), { replace: values.force });
  say('restored; reading again what the store holds now');
  await verify(store, tally, say);
  let [kept, lacking] = [0, 0];
  for await (const item of store.export()) {
    const hash = contentOf(item);
    if (hash !== undefined && (await contents.get(hash))) kept += 1;
    else if (hash !== undefined) lacking += 1;
  }
  say(`  files: ${kept}${lacking > 0 ? `, and ${lacking} whose contents the backup did not have` : ''}`);
  say('done');
});
