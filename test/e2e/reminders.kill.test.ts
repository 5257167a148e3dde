/**
 * kill -9 while reminders are planned and sent: nothing is lost, nothing arrives twice. Real processes that are killed,
 * and, much faster, crashes at every kind of moment inside this process, over a disk that keeps only what was synced.
 * KILLS=<n> kills more real processes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { members } from '../../src/features/members/model.ts';
import { instant } from '../../src/lib/dates.ts';
import type { Store } from '../../src/store/store.ts';
import { openBot, openTownStore, rowsOf } from '../bot/city.ts';
import { bundled } from '../bundle.ts';
import { platform } from '../platform.ts';
import { Disk, diskError } from '../store/disk.ts';
import { firstDay, killFeatures, nextDay, PEOPLE } from './reminders.kill.child.ts';
import { root, tempDir } from './rig.ts';

const KILLS = Number(process.env.KILLS ?? 60);
const CRASHES = 140;

interface Verdict {
  readonly cards: number;
  readonly unsure: number;
}

/** Every person has one card with two lines on every day up to `last`, or it is known that nobody knows. */
async function judge(
  store: Store,
  sent: readonly string[],
  last: string,
  idempotent: boolean,
): Promise<Verdict> {
  const times = new Map<string, number>();
  for (const line of sent) times.set(line, (times.get(line) ?? 0) + 1);
  let [cards, unsure] = [0, 0];
  for (let day = firstDay; day <= last; day = nextDay(day)) {
    if (day === firstDay) continue; // reminders begin when they are first seen
    for (let n = 0; n < PEOPLE; n++) {
      const key = `digest:p-${n}:${day}:am`;
      const arrived = times.get(`${key} 2`) ?? 0;
      expect(times.get(`${key} 1`), `${key} came in pieces`).toBeUndefined();
      expect(arrived, `${key} came twice`).toBeLessThanOrEqual(1);
      const row = await store.read((tx) => tx.table(outbox).get(key));
      if (row?.state === 'unsure') unsure++;
      else {
        const said = sent.filter((line) => line.includes(key)).join(' | ');
        expect([arrived, row?.state], `${key}, in the ledger: “${said}”, ${JSON.stringify(row)}`).toEqual([
          1,
          'sent',
        ]);
      }
      cards++;
    }
  }
  if (idempotent) expect(unsure).toBe(0);
  return { cards, unsure };
}

// Real kills take a minute and a half, and once, under another version and a heavy load, a card was written down as sent
// that the ledger of the played channel lacked; 800 kills since showed no other. They run on demand, and say what they saw.
if (!process.env.KILLS) console.warn('\n*** SKIPPED: real kills of the reminders run with KILLS=60 ***\n');
describe.skipIf(!process.env.KILLS)('kill -9', () => {
  let dir: string;
  let bundle: string;
  beforeAll(async () => {
    dir = await tempDir();
    bundle = await bundled(join(root, 'test/e2e/reminders.kill.child.ts'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function chain(idempotent: boolean, kills: number): Promise<Verdict> {
    const place = join(dir, idempotent ? 'knows' : 'knows-not');
    await mkdir(place);
    const ledger = join(place, 'ledger');
    let [day, minutes] = [firstDay, 0];
    const start = (stop = ''): ChildProcess =>
      spawn(
        process.execPath,
        [bundle, place, ledger, day, String(minutes), idempotent ? 'yes' : 'no', stop],
        {
          cwd: root,
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
    for (let n = 0; n < kills; n++) {
      const child = start();
      if (!child.stdout) throw new Error('no output');
      const gone = once(child, 'exit');
      let timer: NodeJS.Timeout | undefined;
      for await (const line of createInterface({ input: child.stdout })) {
        if (line === 'go') timer = setTimeout(() => child.kill('SIGKILL'), Math.random() ** 2 * 150);
        else [day, minutes] = [line, 0];
      }
      const [code] = await gone;
      clearTimeout(timer);
      expect(code, 'it ended by itself').toBeNull();
      minutes += 2;
    }
    const [code] = await once(start('stop'), 'exit');
    expect(code).toBe(0);
    const store = await openTownStore({
      dir: place,
      channels: [],
      now: () => new Date(),
      features: killFeatures,
    });
    const sent = (await readFile(ledger, 'utf8')).split('\n').filter(Boolean);
    const verdict = await judge(store, sent, day, idempotent);
    await store.close();
    return verdict;
  }

  it(`${KILLS} processes: nothing lost, nothing twice`, { timeout: 240_000 }, async () => {
    const half = Math.ceil(KILLS / 2);
    const [knows, knowsNot] = await Promise.all([chain(true, half), chain(false, KILLS - half)]);
    console.info(
      `kill -9 in reminders: ${KILLS} processes; ${knows.cards} cards through a channel that knows its keys, ` +
        `${knowsNot.cards} through one that does not (${knowsNot.unsure} of them unsure); lost 0, twice 0`,
    );
  });
});

describe('crashes', () => {
  async function crashes(idempotent: boolean, count: number): Promise<Verdict> {
    let disk = new Disk();
    let clock = instant(firstDay, '08:30').getTime();
    const sent: string[] = [];
    /** Moments at which it may crash until it does. */
    let left = 0;
    let crash: () => void = () => {};
    const moment = () => {
      if (--left === 0) crash();
      return left <= 0 && crashed;
    };
    let crashed = false;
    const known = new Set<string>();

    function channelOf(): Channel {
      // Nothing moves any more in a process that died.
      const dead = () => new Promise<never>(() => {});
      return {
        ...platform('webchat', { idempotent }),
        personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
        async send(_place, shown, key) {
          await new Promise(setImmediate);
          if (moment()) return dead();
          if (!(idempotent && known.has(key))) {
            sent.push(`${key} ${rowsOf(shown).length}`);
          }
          known.add(key);
          await new Promise(setImmediate);
          if (moment()) return dead();
          return key;
        },
        async update() {},
      };
    }

    async function open() {
      crashed = false;
      const options = {
        dir: '/town',
        fs: disk,
        channels: [channelOf()],
        now: () => new Date(clock),
        features: killFeatures,
      };
      const store = await openTownStore(options);
      return { store, bot: openBot(store, options) };
    }

    let town = await open();
    await town.store.transaction(async (tx) => {
      for (let n = 0; n < PEOPLE; n++)
        await tx.table(members).put({ id: `p-${n}`, name: `某${n}`, unit: 'u', role: 'secretary' });
    });
    await town.bot.tick();
    let day = firstDay;
    for (let done = 0; done < count; ) {
      const died = new Promise<'died'>((resolve) => {
        crash = () => {
          crashed = true;
          resolve('died');
        };
      });
      left = 1 + Math.floor(Math.random() ** 2 * 300);
      const before = disk;
      before.before = () => {
        if (before !== disk || moment()) throw diskError('EIO');
      };
      const end = await Promise.race([town.bot.tick().then(() => 'done' as const), died]);
      if (end === 'died' || crashed) {
        done++;
        const after = before.crash((n) => Math.floor(Math.random() * n));
        disk = after;
        clock += 2 * 60_000;
        left = Number.POSITIVE_INFINITY;
        town = await open();
      } else {
        day = nextDay(day);
        clock = instant(day, '08:30').getTime();
      }
    }
    left = Number.POSITIVE_INFINITY;
    await town.bot.tick();
    const verdict = await judge(town.store, sent, day, idempotent);
    await town.store.close();
    return verdict;
  }

  it(`${CRASHES} in this process: nothing lost, nothing twice`, { timeout: 120_000 }, async () => {
    const knows = await crashes(true, CRASHES / 2);
    const knowsNot = await crashes(false, CRASHES / 2);
    console.info(
      `crashes in reminders: ${CRASHES}; ${knows.cards} cards through a channel that knows its keys, ` +
        `${knowsNot.cards} through one that does not (${knowsNot.unsure} of them unsure); lost 0, twice 0`,
    );
  });
});
