import { setTimeout as sleep } from 'node:timers/promises';
import { type Bot, tablesOf } from '../../src/bot/bot.ts';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { features } from '../../src/features/index.ts';
import { type Checkin, tasks } from '../../src/features/tasks/model.ts';
import { putCheckin } from '../../src/features/tasks/record.ts';
import { instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { type Line, median, type Options, sayNumber } from './kit.ts';
import { countPlanned } from './planner.ts';
import { BRANCHES, botOf, fill, MONDAY, press, quiet, summary, TOWNSHIPS, teams, turns } from './province.ts';

/** The head of the organiser, the first person of the province. */
const ORGANISER = 'p-0';
const TASK = 'RW-2026-0001';
const MOST_MS = 300_000;

/** A platform that takes every message at once, at the pace of Teams. */
const paced: Channel = {
  ...teams,
  limits: { perPlace: [{ count: 60, ms: 30_000 }], total: [{ count: 50, ms: 1_000 }] },
};

export async function taskOfAProvince({ scratch, say }: Pick<Options, 'scratch' | 'say'>): Promise<Line[]> {
  const store = await openLowdb({ dir: `${scratch}/tasks`, tables: tablesOf(features) });
  try {
    await fill(store, 9);
    const began = performance.now();
    const now = () => new Date(instant(MONDAY, '09:00').getTime() + performance.now() - began);
    const workdays = createLiveWorkdays();
    let ids = 0;
    const parts = { store, workdays, now, newId: () => `id-${ids++}`, log: quiet };
    const bot = botOf({ ...parts, channels: new Map([[paced.name, paced]]) });
    await turns(bot, now, 500);
    const calm = await turns(bot, now, 2_000);

    const start = performance.now();
    const turn = await handOut(bot, now);
    let done = false;
    // The turn has woken the bot's own jobs.
    const running = planned(store).finally(() => {
      done = true;
    });
    const busy = await turns(bot, now, () => done);
    await running;
    const took = performance.now() - start;
    const told = await store.read(countPlanned);
    say(
      `handed out in ${Math.round(took)} ms, ${told} people told; turns ${summary(calm)} before, ${summary(busy)} meanwhile`,
    );

    await checkInAll(store);
    const whole = await drawings(bot, `${TASK}@@once`);
    const county = await drawings(bot, `${TASK}@c-7@once`);
    const township = await drawings(bot, `${TASK}@t-7@once`);
    say(`cards: whole ${summary(whole)}; county ${summary(county)}; township ${summary(township)}`);
    await bot.stop();
    const line = (what: string, ours: string, text: string, met: boolean): Line => ({
      what,
      ours,
      baseline: '–',
      ratio: null,
      target: { text, met },
    });
    const slowest = Math.max(...busy);
    const card = Math.max(median(whole), median(county), median(township));
    return [
      line(
        `a task for ${sayNumber(BRANCHES)} branches, ${sayNumber(told)} people`,
        `${sayNumber(took)} ms`,
        '< 10 s',
        took < 10_000,
      ),
      line('the turn that hands it out', `${sayNumber(turn)} ms`, '≤ 50 ms', turn <= 50),
      line('a chat turn meanwhile', summary(busy), 'max ≤ 50 ms', slowest <= 50),
      line(
        'the roll-up card: all, one county, one township',
        [whole, county, township].map((all) => `${sayNumber(median(all))} ms`).join(', '),
        '< 100 ms',
        card < 100,
      ),
    ];
  } finally {
    await store.close();
  }
}

/** Resolves when nothing is left to be planned. @throws when that takes too long */
async function planned(store: Store): Promise<void> {
  for (const end = performance.now() + MOST_MS; performance.now() < end; await sleep(5))
    if ((await store.read((tx) => tx.table(jobs).count({ kind: 'reminders.plan' }))) === 0) return;
  throw new Error('not planned to the end');
}

/** Milliseconds of the turn that hands out. */
async function handOut(bot: Bot, now: () => Date): Promise<number> {
  const began = performance.now();
  const { shown } = await press(
    bot,
    ORGANISER,
    'tasks.assign',
    { title: '入户走访', standard: '35户', units: 'below:zzb', due: '2026-12-04', sure: 'yes' },
    now(),
  );
  if (!shown.text.includes(TASK)) throw new Error(shown.text);
  return performance.now() - began;
}

/** Every branch has said something; many at once, as nobody is measured. */
async function checkInAll(store: Store): Promise<void> {
  const task = await store.read((tx) => tx.table(tasks).get(TASK));
  if (!task) throw new Error('no task');
  for (let from = 0; from < BRANCHES; from += 2_000) {
    await store.transaction(async (tx) => {
      for (let n = from; n < Math.min(from + 2_000, BRANCHES); n++) {
        const unit = `b-${n}`;
        const row: Checkin = {
          id: `${TASK}|once|${unit}`,
          round: `${TASK}|once`,
          task: TASK,
          period: 'once',
          unit,
          parent: `t-${n % TOWNSHIPS}`,
          issuer: task.issuer,
          state: n % 3 === 0 ? 'passed' : 'in',
          amount: n % 50,
          percent: null,
          words: '已覆盖三组',
          difficulty: '',
          late: n % 40 === 0,
          person: 'p-1',
          name: '某人',
          at: instant(MONDAY, '10:00').toISOString(),
          version: 1,
          before: null,
          reason: '',
          issue: null,
          marks: [],
          proof: '',
        };
        await putCheckin({ tx, now: instant(MONDAY, '10:00') }, undefined, row);
      }
    });
  }
}

async function drawings(bot: Bot, id: string): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < 30; n++) {
    const began = performance.now();
    const { text } = await bot.draw({ text: '', card: { subject: { kind: 'task', id } } }, ORGANISER);
    taken.push(performance.now() - began);
    if (!text.includes('已报')) throw new Error(text);
  }
  return taken;
}
