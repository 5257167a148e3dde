/** `npm run members:import -- <file.xlsx>`: people of a roster into the configured store, after a look at what changes. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DINGTALK, rosterColumn } from '../channels/dingtalk/place.ts';
import { ROSTER, TEAMS } from '../channels/teams/place.ts';
import { engineOf } from '../engine.ts';
import { applyRoster, planRoster, readRoster, sayPlan } from '../features/members/index.ts';
import { runTool, UsageError } from './run.ts';

const USAGE = `npm run members:import -- <file.xlsx> [--apply] [--remove-gone]
  says what the roster would change, row by row; --apply changes it, rows with problems are left out.
  Columns: 姓名, 单位, 角色 (负责人, 联络员, 支部书记); if you have them 手机, 编号, and accounts by platform: Teams账号 (Entra object id),
  钉钉账号 (corp id:user id; the user id alone with DINGTALK_CORP_ID).
  --remove-gone also removes people of the roster's units who are not in it.
  The store is DATABASE_URL, else DATA_DIR: stop the server first, or send the file to the bot as the organiser.`;

await runTool(USAGE, async ({ config, open, say }) => {
  const options = { apply: { type: 'boolean' }, 'remove-gone': { type: 'boolean' } } as const;
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new UsageError('name one file');
  const removeGone = values['remove-gone'] ?? false;
  if (removeGone && !values.apply) throw new UsageError('--remove-gone goes with --apply');
  const rows = await readRoster(await readFile(file));
  if (!rows) throw new UsageError(`${file} is no .xlsx with the columns 姓名, 单位 and 角色`);
  const { dingtalk } = config.credentials;
  const platforms = [
    { name: TEAMS, roster: ROSTER },
    { name: DINGTALK, roster: rosterColumn(dingtalk?.corpId) },
  ];
  const store = await open(engineOf(config));
  const plan = values.apply
    ? await store.transaction((tx) => applyRoster(tx, rows, randomUUID, removeGone, platforms))
    : await store.read((tx) => planRoster(tx, rows, platforms));
  for (const line of sayPlan(plan, Number.POSITIVE_INFINITY)) say(line);
  if (!values.apply) say('Nothing was changed. With --apply it is.');
  else
    say(
      `done: ${plan.added} added, ${plan.changed} changed${removeGone ? `, ${plan.gone.length} removed` : ''}`,
    );
});
