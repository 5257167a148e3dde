/** `npm run backup -- <file>`: everything that the configured store holds, the contents of files too, in one file. */
import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { entriesOf } from '../backup/contents.ts';
import { linesOf, readBackup, writeBackup } from '../backup/file.ts';
import { askForBackup } from '../backup/live.ts';
import { Tally } from '../backup/tally.ts';
import { engineOf } from '../engine.ts';
import { StoreError } from '../store/store.ts';
import { runTool, UsageError } from './run.ts';

const USAGE = `npm run backup -- <file> [--force]
  writes all rows, numbers and files of the store (DATABASE_URL, else DATA_DIR) to <file> (gzip, JSON lines), also
  while servers run, and reads it again; BACKUP_PASSPHRASE encrypts it; --force replaces a file that is there`;

await runTool(USAGE, async ({ config, open, openFiles, passphrase, say }) => {
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

  const text = async () => {
    try {
      const store = await open(engineOf(config));
      return linesOf(entriesOf(store, await openFiles()));
    } catch (error) {
      const held = error instanceof StoreError && error.code === 'locked';
      const handedOut = held ? await askForBackup(config.dataDir) : undefined;
      if (!handedOut) throw error;
      say('from the server that runs');
      return handedOut;
    }
  };
  await writeBackup(file, await text(), passphrase);
  const tally = new Tally();
  for await (const entry of readBackup(file, passphrase)) tally.add(entry);
  for (const line of tally.lines()) say(`  ${line}`);
  say(`done: ${file}`);
});
