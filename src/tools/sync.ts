/** `npm run members:sync`: compares the list with DingTalk's directory; changes nothing unless told to. */
import { parseArgs } from 'node:util';
import { systemClock } from '../app.ts';
import { createCallCount } from '../channels/dingtalk/call-count.ts';
import { createClient } from '../channels/dingtalk/client.ts';
import { readContacts } from '../channels/dingtalk/contacts.ts';
import { DINGTALK } from '../channels/dingtalk/place.ts';
import { engineOf } from '../engine.ts';
import { applySync, planSync, saySync } from '../features/members/index.ts';
import { AppError } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import { runTool, UsageError } from './run.ts';

const USAGE = `npm run members:sync [-- --apply] [--unbind-gone]
  says who of the list could be given an account of DingTalk (by name and department), who has left, who is unknown;
  --apply gives the accounts; --unbind-gone also ends the access of those who have left.
  One call of the month for each department and each person. The store is DATABASE_URL, else DATA_DIR (stop the server).`;
const TIMEOUT_MS = 20_000;

await runTool(USAGE, async ({ config, open, say }) => {
  const { values } = parseArgs({
    options: { apply: { type: 'boolean' }, 'unbind-gone': { type: 'boolean' } },
  });
  const unbind = values['unbind-gone'] ?? false;
  if (unbind && !values.apply) throw new UsageError('--unbind-gone goes with --apply');
  const { dingtalk: credentials } = config.credentials;
  if (!credentials?.corpId)
    throw new AppError(
      'config',
      'This needs DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET and DINGTALK_CORP_ID',
    );
  const store = await open(engineOf(config));
  let calls = 0;
  const seen = () => undefined;
  const most = credentials.monthlyCalls;
  const count = createCallCount({
    store,
    log: createLog('warn'),
    now: systemClock,
    most,
    seen,
    warn: async () => undefined,
  });
  const counted = () => {
    calls += 1;
    count.counted();
  };
  const elapsed = () => performance.now();
  const client = createClient({ credentials, elapsed, timeoutMs: TIMEOUT_MS, counted });
  const directory = await readContacts(client, credentials.corpId);
  const plan = await store.read((tx) => planSync(tx, DINGTALK, directory));
  for (const line of saySync(plan)) say(line);
  if (values.apply) await store.transaction((tx) => applySync(tx, DINGTALK, plan, unbind));
  await count.flush();
  say(`${calls} calls. ${values.apply ? 'Done.' : 'Nothing was changed. With --apply it is.'}`);
});
