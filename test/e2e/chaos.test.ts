/** The quick cells of the chaos table (chaos.kit.ts), on both engines; `npm run bench -- chaos` runs all of them. */
import { afterEach, expect, it } from 'vitest';
import { newDatabase, startProxy } from '../store/pg.ts';
import {
  chaosTable,
  clockJumps,
  longTransaction,
  networkIsCut,
  openTown,
  type Row,
  serverDies,
  serverPauses,
  type Town,
} from './chaos.kit.ts';

const MESSAGES = 120;

/** They wait for leases of real processes, for minutes on a busy machine. */
const REAL = process.env.CHAOS === 'on';
if (!REAL) console.warn('\n*** SKIPPED: the chaos cells over PostgreSQL run with CHAOS=on ***\n');

let town: Town | undefined;
afterEach(() => town?.close());

function judge(rows: readonly Row[]): void {
  process.stdout.write(`${chaosTable(rows)}\n`);
  for (const row of rows) {
    expect(row, row.cell).toMatchObject({ lost: 0, twice: 0 });
    expect(row.unsure, row.cell).toBeLessThanOrEqual(row.mayBeUnsure);
  }
}

it('over a folder nothing is lost and nothing comes twice', async () => {
  town = await openTown({});
  const server = await town.start();
  judge([
    await clockJumps(town, server, MESSAGES),
    await serverPauses(town, server, MESSAGES),
    await serverDies(town, server, MESSAGES),
  ]);
});

it.runIf(REAL)('over PostgreSQL nothing is lost and nothing comes twice', async () => {
  const database = await newDatabase();
  const proxy = await startProxy(database);
  town = await openTown({ database });
  const [a, b] = await Promise.all([town.start(proxy.url), town.start()]);
  judge([
    await clockJumps(town, b, MESSAGES),
    await longTransaction(town, a, database, MESSAGES),
    await networkIsCut(town, a, b, proxy, 4 * MESSAGES),
    await serverPauses(town, a, MESSAGES, b),
    await serverDies(town, a, MESSAGES, b),
  ]);
  proxy.close();
});
