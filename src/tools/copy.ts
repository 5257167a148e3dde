/** `npm run store:copy -- --from lowdb --to postgres`: everything from one engine into the other, and checked. */
import { parseArgs } from 'node:util';
import { Tally } from '../backup/tally.ts';
import { ENGINES, type Engine } from '../engine.ts';
import { counted, runTool, UsageError, verify } from './run.ts';

const USAGE = `npm run store:copy -- --from lowdb --to postgres [--force]
  copies all rows and numbers from DATA_DIR to DATABASE_URL, or back (--from postgres --to lowdb);
  --force replaces what the target holds`;

function engine(value: string | undefined): Engine {
  const known = ENGINES.find((one) => one === value);
  if (known) return known;
  throw new UsageError(`--from and --to name an engine: ${ENGINES.join(' or ')}`);
}

await runTool(USAGE, async ({ open, say }) => {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, to: { type: 'string' }, force: { type: 'boolean', default: false } },
  });
  const from = engine(values.from);
  const to = engine(values.to);
  if (from === to) throw new UsageError('--from and --to are the same');
  const source = await open(from);
  const target = await open(to);
  const tally = new Tally();
  say(`${from} → ${to}`);
  await target.import(counted(source.export(), tally, say), { replace: values.force });
  say('copied; reading again what the target holds now');
  await verify(target, tally, say);
  say(`done: ${to} holds the same as ${from}`);
});
