/** kill -9 in the middle of concurrent reports, again and again: what was acknowledged is there, nothing twice. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueEvents, issues } from '../../src/features/issues/model.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { executes, type FakeConnector, type Json, startFakeConnector } from '../fake-connector.ts';
import { accountOf, postTo, spawnApp, tempDir } from './rig.ts';

/** `KILL_ROUNDS=20` kills more of them. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6);
const REPORTS = 200;

let connector: FakeConnector;
let dir: string;
beforeAll(async () => {
  connector = await startFakeConnector();
  dir = await tempDir();
});
afterAll(async () => {
  await connector.close();
  await rm(dir, { recursive: true });
});

/** One report as Teams would send it; the same title is the same activity when it is sent again. */
function reportOf(title: string): Json {
  const from = {
    serviceUrl: connector.url,
    ...accountOf('huang-wenchang'),
    conversation: 'a:kill',
    id: `act-${title}`,
  };
  return executes(from, '', 'issues.report', { title, star: 'pingan-fazhi', aspect: '物' });
}

/** The number that an answer acknowledges, if there is one. */
async function send(url: string, title: string): Promise<string | undefined> {
  try {
    const response = await postTo(url, reportOf(title));
    return /WT-\d{4}-\d{4,}/.exec(await response.text())?.[0];
  } catch {
    return undefined; // the server was killed: no answer, no acknowledgement
  }
}

async function stored() {
  const store = await openLowdb({ dir, tables: [issues, issueEvents] });
  const rows = await store.read(async (tx) => {
    const all = [];
    for (let after: string | undefined; ; ) {
      const page = await tx
        .table(issues)
        .find({ where: { state: 'pending' }, order: 'deadline', limit: 1000, ...(after && { after }) });
      all.push(...page.rows);
      if (!page.next) return all;
      after = page.next;
    }
  });
  await store.close();
  return rows;
}

it(`${ROUNDS} times kill -9 in ${REPORTS} concurrent reports`, { timeout: 400_000 }, async () => {
  const acknowledged = new Map<string, string>();
  let app = await spawnApp(dir);
  let lost = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const titles = Array.from({ length: REPORTS }, (_, i) => `r${round}-${i}`);
    const killAfter = 1 + Math.floor(Math.random() * (REPORTS - 1));
    let answers = 0;
    const { url, kill } = app;
    await Promise.all(
      titles.map(async (title) => {
        const number = await send(url, title);
        if (number === undefined) lost++;
        else acknowledged.set(title, number);
        if (++answers === killAfter) await kill();
      }),
    );
    await kill();
    const rows = await stored();
    const numberOf = new Map(rows.map(({ title, id }) => [title, id]));
    expect(numberOf.size, 'a title is there once').toBe(rows.length);
    expect(new Set(rows.map(({ id }) => id)).size, 'a number is given once').toBe(rows.length);
    for (const [title, number] of acknowledged) expect(numberOf.get(title), title).toBe(number);

    // Whatever was not answered is sent again, as Teams would: it is there once in the end.
    app = await spawnApp(dir);
    const again = await Promise.all(
      titles.map(async (title) => [title, await send(app.url, title)] as const),
    );
    for (const [title, number] of again) {
      if (acknowledged.has(title)) expect(number, title).toBe(acknowledged.get(title));
      acknowledged.set(title, number ?? '');
    }
  }
  await app.kill();
  const rows = await stored();
  expect(rows).toHaveLength(ROUNDS * REPORTS);
  expect(new Set(rows.map(({ title }) => title)).size).toBe(ROUNDS * REPORTS);
  console.info(
    `kill -9: ${ROUNDS} rounds, ${ROUNDS * REPORTS} reports, ${lost} unanswered at first, none lost, none twice`,
  );
});
