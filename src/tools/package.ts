/** `npm run package`: the Teams app as a zip to upload, made for one bot registration and one address. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readNames } from '../config.ts';
import { features } from '../features/index.ts';
import { buildApp, PackageError, zipApp } from './manifest.ts';
import { runTool, UsageError } from './run.ts';

const USAGE = `npm run package -- [--app-id <guid>] [--url https://…] [--out huishang-teams.zip]
    [--version 1.0.0] [--developer <name>] [--website https://…] [--privacy https://…] [--terms https://…]
  makes the Teams app to upload; MicrosoftAppId and PUBLIC_URL are taken from the environment when they are set`;

await runTool(USAGE, async ({ say }) => {
  const { values } = parseArgs({
    options: {
      'app-id': { type: 'string' },
      url: { type: 'string' },
      out: { type: 'string', default: 'huishang-teams.zip' },
      version: { type: 'string' },
      developer: { type: 'string', default: '会商' },
      website: { type: 'string' },
      privacy: { type: 'string' },
      terms: { type: 'string' },
    },
  });
  const known = readNames();
  const own = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const { website, privacy, terms } = values;
  try {
    const files = await buildApp(features, {
      appId: values['app-id'] ?? known.appId ?? '',
      url: values.url ?? known.publicUrl ?? '',
      version: values.version ?? own.version,
      developer: values.developer,
      ...(website && { website }),
      ...(privacy && { privacy }),
      ...(terms && { terms }),
    });
    const zip = zipApp(files);
    await writeFile(values.out, zip);
    for (const [name, { length }] of Object.entries(files)) say(`  ${String(length).padStart(7)}  ${name}`);
    say(`done: ${values.out}, ${zip.length} bytes. Upload it in the Teams admin center, Manage apps.`);
  } catch (error) {
    throw error instanceof PackageError ? new UsageError(error.message) : error;
  }
});
