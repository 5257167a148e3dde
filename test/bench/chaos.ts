/** The whole chaos table (e2e/chaos.kit.ts), with the cells that take minutes, and two versions side by side. */
import * as chaos from '../e2e/chaos.kit.ts';
import { type PgServer, startPg, startProxy } from '../store/pg.ts';
import type { Line, Options } from './kit.ts';
import { versionsSideBySide } from './versions.ts';

/** The version before, beside which this one has to run. */
const BEFORE = process.env.CHAOS_BEFORE ?? '3a72a33';

/** `CHAOS=bloat,backlog` runs some of the parts. */
export async function runChaos({ quick, say }: Options): Promise<Line[]> {
  const messages = quick ? 240 : 480;
  const wanted = process.env.CHAOS?.split(',');
  const server = await startPg();
  const rows: chaos.Row[] = [];
  const parts: Readonly<Record<string, () => Promise<chaos.Row[]>>> = {
    folder: () => overAFolder(messages),
    postgres: () => overPostgres(server, messages),
    crowds: async () => [
      ...(await crowds(quick ? 1_000 : 10_000, quick ? 200 : 2_000)),
      ...(await crowds(quick ? 1_000 : 10_000, quick ? 200 : 2_000, await server.database())),
    ],
    bloat: async () => [
      await bloat(quick ? 20_000 : 200_000, messages),
      await bloat(quick ? 20_000 : 200_000, messages, await server.database()),
    ],
    limits: async () => [await limits(await server.database(), quick ? 1_000 : 2_500)],
    versions: async () => versionsSideBySide(await server.database(), BEFORE, quick ? 20 : 60),
  };
  try {
    for (const [name, run] of Object.entries(parts)) {
      if (wanted && !wanted.includes(name)) continue;
      const came = await run();
      rows.push(...came);
      say(`${name}\n${chaos.chaosTable(came)}`);
    }
  } finally {
    await server.remove();
  }
  return rows.map((row) => ({
    what: `${row.cell}, ${row.engine}, ${row.messages} messages`,
    ours: `lost ${row.lost}, twice ${row.twice}, unsure ${row.unsure}${row.note ? `; ${row.note}` : ''}`,
    baseline: '–',
    ratio: null,
    target: {
      text: `0 lost, 0 twice, unsure ≤ ${row.mayBeUnsure}`,
      met: row.lost === 0 && row.twice === 0 && row.unsure <= row.mayBeUnsure,
    },
  }));
}

async function overAFolder(messages: number): Promise<chaos.Row[]> {
  const town = await chaos.openTown({});
  try {
    const server = await town.start();
    return [
      await chaos.clockJumps(town, server, messages),
      await chaos.serverPauses(town, server, messages),
      await chaos.serverDies(town, server, messages),
    ];
  } finally {
    await town.close();
  }
}

async function overPostgres(server: PgServer, messages: number): Promise<chaos.Row[]> {
  const database = await server.database();
  const proxy = await startProxy(database);
  const town = await chaos.openTown({ database });
  try {
    const [a, b] = await Promise.all([town.start(proxy.url), town.start()]);
    return [
      await chaos.clockJumps(town, b, messages),
      await chaos.longTransaction(town, a, database, messages),
      await chaos.networkIsCut(town, a, b, proxy, messages),
      await chaos.databaseDies(town, a, server, messages),
      await chaos.serverPauses(town, a, messages, b),
      await chaos.serverDies(town, a, messages, b),
    ];
  } finally {
    await town.close();
    proxy.close();
  }
}

async function crowds(many: number, people: number, database?: string): Promise<chaos.Row[]> {
  const town = await chaos.openTown({ ...(database && { database }), people, fast: true });
  try {
    const server = await town.start();
    return [await chaos.backlog(town, server, many), await chaos.fanOut(town, server, people)];
  } finally {
    await town.close();
  }
}

async function bloat(updates: number, messages: number, database?: string): Promise<chaos.Row> {
  const town = await chaos.openTown({ ...(database && { database }), fast: true });
  try {
    const server = await town.start();
    await chaos.backlog(town, server, 1_000);
    return await chaos.bloat(town, server, updates, messages, database);
  } finally {
    await town.close();
  }
}

async function limits(database: string, messages: number): Promise<chaos.Row> {
  const town = await chaos.openTown({ database, chats: messages, limited: true });
  try {
    const servers = [await town.start(), await town.start(), await town.start()];
    return await chaos.sharedLimits(town, servers, messages);
  } finally {
    await town.close();
  }
}
