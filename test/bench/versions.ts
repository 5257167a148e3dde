/** Servers of two versions over one database, as during an update, and as when it is taken back. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Row } from '../e2e/chaos.kit.ts';
import { accountOf, postTo, root, spawnApp } from '../e2e/rig.ts';
import { executes, startFakeConnector } from '../fake-connector.ts';

const run = promisify(execFile);

/** The sources of another version, ready to run with the packages that are here. */
async function checkOut(version: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'huishang-before-'));
  await run(
    'git',
    ['archive', '--output', join(dir, 'all.tar'), version, '--', 'src', 'data', 'cards', 'package.json'],
    {
      cwd: root,
    },
  );
  await run('tar', ['xf', join(dir, 'all.tar')], { cwd: dir });
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}

/**
 * An old server alone, then a new one beside it, then the new one alone; then an old one again beside the new one, and
 * alone. Everybody reports to whoever is there, all the time.
 */
export async function versionsSideBySide(database: string, version: string, reports: number): Promise<Row[]> {
  const connector = await startFakeConnector();
  const before = await checkOut(version);
  const data = join(before, 'run');
  await mkdir(data);
  const settings = { DATABASE_URL: database };
  const start = {
    old: () => spawnApp(data, settings, { home: before }),
    new: () => spawnApp(data, settings),
  };
  const numbers = new Map<string, string>();
  let said = 0;
  let refused = 0;
  /** Each title once, sent again until it is acknowledged: to the servers in turn. */
  async function report(cell: string, servers: readonly { readonly url: string }[]): Promise<void> {
    await Promise.all(
      Array.from({ length: reports }, async (_, n) => {
        const title = `${cell}-${n}`;
        for (let press = 1; !numbers.has(title) && press < 10; press++) {
          const from = {
            serviceUrl: connector.url,
            ...accountOf('huang-wenchang'),
            conversation: `a:${title}`,
          };
          const fields = { title, star: 'pingan-fazhi', aspect: '物' };
          const activity = executes({ ...from, id: `act-${title}-${press}` }, '', 'issues.report', fields);
          const answer = await (await postTo(servers[n % servers.length]?.url ?? '', activity)).text();
          const number = /WT-\d{4}-\d{4,}/.exec(answer)?.[0];
          if (number) numbers.set(title, number);
          else refused++;
        }
        said++;
      }),
    );
  }
  const running: { kill(): Promise<void> }[] = [];
  const up = async <T extends { kill(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    running.push(server);
    return server;
  };
  try {
    const old = await up(start.old());
    await report('old', [old]);
    const fresh = await up(start.new());
    await report('update', [old, fresh]);
    await old.kill();
    await report('new', [fresh]);
    const again = await up(start.old());
    await report('taken back', [fresh, again]);
    await fresh.kill();
    await report('old again', [again]);
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    const issues = await client.query<{ id: string; title: string }>(
      `SELECT id, data->>'title' AS title FROM huishang.issues`,
    );
    const { rows: waiting } = await client.query<{ n: string }>(
      `SELECT count(*) AS n FROM huishang.outbox WHERE k_state NOT IN ('4sent', '4due', '4waiting', '4sending', '4merged', '4void')`,
    );
    await client.end();
    const stored = new Map(issues.rows.map(({ title, id }) => [title, id]));
    const lost = [...numbers].filter(([title, id]) => stored.get(title) !== id).length + said - numbers.size;
    return [
      {
        cell: 'two versions side by side, there and back',
        engine: 'PostgreSQL',
        messages: said,
        lost,
        twice: issues.rows.length - stored.size,
        unsure: Number(waiting[0]?.n),
        mayBeUnsure: 0,
        note: `${version} and this one; asked to try again: ${refused}`,
      },
    ];
  } finally {
    for (const server of running) await server.kill();
    await connector.close();
    await rm(before, { recursive: true });
  }
}
