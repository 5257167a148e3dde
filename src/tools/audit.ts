/** `npm run audit:verify`: whether the audit trail is what was written. */
import { parseArgs } from 'node:util';
import { verifyAudit } from '../bot/turn/audit-chain.ts';
import { engineOf } from '../engine.ts';
import { StoreError } from '../store/store.ts';
import { runTool, UsageError } from './run.ts';

const USAGE = `npm run audit:verify [-- --head <hash>]
  goes through the audit trail of the store (DATABASE_URL, else DATA_DIR; embedded: stop the server first);
  --head: a hash that the server's log named ("audit sealed"), which the trail has to hold`;

await runTool(USAGE, async ({ config, open, now, say }) => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { head: { type: 'string' } },
  });
  if (positionals.length > 0) throw new UsageError('there is nothing to name');
  const store = await open(engineOf(config));
  const { blocks, lines, unsealed, head, faults } = await verifyAudit(store, now(), values.head);
  say(`${lines} lines in ${blocks} blocks, ${unsealed} not sealed yet; head ${head || '(none)'}`);
  for (const fault of faults) say(`  ${fault}`);
  if (faults.length > 0) throw new StoreError('damaged', 'the audit trail is not what was written');
  say('done: nothing was changed');
});
