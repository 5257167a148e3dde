/** Work beside turns goes on where a server left it, however that server ended. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Export, Feature } from '../../src/bot/feature.ts';
import { exportsTable } from '../../src/bot/files/tables.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { features } from '../../src/features/index.ts';
import { instant } from '../../src/lib/dates.ts';
import { createKit, type Kit } from '../kit.ts';
import { openBot } from './town.ts';

const PERSON = 'huang-changqing';

let kit: Kit;
let during: () => void;

const ledger: Export = {
  name: 'test.ledger',
  open: async () => ({ sheet: '台账', columns: [], name: '台账', total: 1 }),
  async page() {
    during();
    return { lines: [] };
  },
};
const withLedger: readonly Feature[] = [
  ...features,
  { name: 'test', tables: [], operations: [], exports: [ledger] },
];

beforeEach(async () => {
  during = () => {};
  kit = await createKit({ day: '2026-11-20', time: '09:05', features: withLedger });
  await kit.store.transaction(async (tx) => {
    const at = '2026-11-20T01:00:00.000Z';
    await tx.table(exportsTable).put({
      ...{ id: 'x1', name: 'test.ledger', data: {}, title: '台账', person: PERSON, at, due: at },
      ...{ state: 'open', lines: 0, total: 0, attempts: 0 },
    });
  });
});
afterEach(() => kit.close());

const state = async () => (await kit.store.read((tx) => tx.table(exportsTable).get('x1')))?.state;

/** Another server over the same store, a minute later. */
async function nextServer(): Promise<void> {
  const now = () => instant('2026-11-20', '09:06');
  const bot = openBot(kit.store, { dir: kit.dir, channels: [kit.channel], features: withLedger, now });
  await bot.tick();
  await bot.stop();
}

it('an export that a server was at when it was stopped is made by the next one', async () => {
  during = () => void kit.bot.stop();
  await kit.bot.tick();
  await kit.bot.stop();
  expect(await state()).toBe('open');
  during = () => {};
  await nextServer();
  expect(await state()).toBe('done');
});

it('an export at which one server after the other dies is given up', async () => {
  await kit.store.transaction(async (tx) => {
    const died = { claim: 'of the dead', attempts: 3, due: '2026-11-20T01:04:00.000Z' };
    await tx.table(jobs).put({
      ...{ id: 'exports.make x1', kind: 'exports.make', data: {}, cursor: null, from: null, again: false },
      ...died,
    });
    const row = await tx.table(exportsTable).get('x1');
    if (row) await tx.table(exportsTable).put({ ...row, due: '9999' });
  });
  let tries = 0;
  during = () => {
    tries += 1;
  };
  await kit.bot.tick();
  expect([tries, await state()]).toEqual([0, 'failed']);
});
