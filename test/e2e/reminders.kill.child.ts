/** A bot that plans and sends morning after morning over the real store, until it is killed; what it sent it writes down, synced. */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { entries, operation } from '../../src/bot/operation.ts';
import type { Reminder } from '../../src/bot/reminders/reminder.ts';
import { accounts, members } from '../../src/features/members/model.ts';
import { stars, units } from '../../src/features/orgs/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { openBot, openTownStore, rowsOf } from '../bot/city.ts';
import { platform } from '../platform.ts';

export const PEOPLE = 60;

/** Two reminders on the same mornings, in pages: a person has one card with a line of each. */
const rhythm = (name: string): Reminder => ({
  name: `kill.${name}`,
  title: name,
  schedule: { every: 'workday', time: '08:30' },
  async plan({ tx }, { period }, after) {
    const page = await tx.table(members).find({ limit: 20, ...(after && { after }) });
    const line = { title: `${name} ${period}`, ask: '请办', due: null, op: entries.todo, data: {} };
    const reminders = page.rows.map(({ id: person }) => ({ person, line }));
    return page.next ? { reminders, next: page.next } : { reminders };
  },
  upcoming: async () => [],
});
export const killFeatures: readonly Feature[] = [
  {
    name: 'kill',
    tables: [units, stars, members, accounts],
    // Nobody calls them here, but every bot has them.
    operations: Object.values(entries).map((entry) =>
      operation({
        right: { ...entry, who: 'all' },
        input: z.object({}),
        run: async () => ({ text: entry.title }),
      }),
    ),
    reminders: ['一', '二'].map(rhythm),
  },
];

const DAYS = createWorkdays();
export const firstDay = '2026-01-05';
export const nextDay = (day: string) => DAYS.add(day, 1);

async function main(
  dir: string,
  ledger: string,
  from: string,
  minutes: number,
  idempotent: boolean,
  stop: boolean,
) {
  const sent = existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n') : [];
  const known = new Set(sent.map((line) => line.split(' ')[0] ?? ''));
  const file = openSync(ledger, 'a');
  const channel: Channel = {
    ...platform('webchat', { idempotent }),
    personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
    async send(_place, shown, key) {
      await sleep(Math.random() * 3);
      if (!(idempotent && known.has(key))) {
        writeSync(file, `${key} ${rowsOf(shown).length}\n`);
        fsyncSync(file);
        known.add(key);
      }
      await sleep(Math.random() * 3);
      return key;
    },
    async update() {},
  };
  let clock = instant(from, '08:30').getTime() + minutes * 60_000;
  const options = { dir, channels: [channel], now: () => new Date(clock), features: killFeatures };
  const store = await openTownStore(options);
  await store.transaction(async (tx) => {
    if (await tx.table(members).get('p-0')) return;
    for (let n = 0; n < PEOPLE; n++)
      await tx.table(members).put({ id: `p-${n}`, name: `某${n}`, unit: 'u', role: 'secretary' });
  });
  const bot = openBot(store, options);
  if (!stop) process.stdout.write('go\n');
  for (let day = from; ; day = nextDay(day)) {
    clock = Math.max(clock, instant(day, '08:30').getTime());
    await bot.tick();
    if (stop) break;
    process.stdout.write(`${nextDay(day)}\n`);
  }
  await bot.stop();
  await store.close();
  closeSync(file);
}

const [, script, dir, ledger, from, minutes, idempotent, stop] = process.argv;
if (script?.includes('reminders.kill.child') && dir && ledger && from)
  void main(dir, ledger, from, Number(minutes), idempotent === 'yes', stop === 'stop');
