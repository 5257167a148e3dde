/**
 * A morning of a province: 46,000 branches, 200,000 people, everybody is reminded of something at 08:30.
 * How long planning takes, how long a chat turn waits meanwhile, what an idle tick costs, and how fast it goes out
 * through a connector that enforces Teams' limits.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bot, tablesOf } from '../../src/bot/bot.ts';
import { createAdaptive, loadCards } from '../../src/bot/cards/adaptive.ts';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { entries } from '../../src/bot/operation.ts';
import type { Reminder } from '../../src/bot/reminders/reminder.ts';
import { createTeams } from '../../src/channels/teams/index.ts';
import { features } from '../../src/features/index.ts';
import { peopleOf } from '../../src/features/members/index.ts';
import { type UnitKind, units } from '../../src/features/orgs/index.ts';
import { instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Web } from '../../src/web/server.ts';
import { type Line, median, type Options, sayNumber, startWorker } from './kit.ts';
import { countPlanned, createPlanner } from './planner.ts';
import { BRANCHES, botOf, fill, MONDAY, PEOPLE, quiet, summary, turns } from './province.ts';

/** Units of one page of planning, as the programme's own reminders have it. */
const PAGE = 100;
/** 30 spans of the limiter, so that it does not matter where in one of them it begins and ends. */
const SEND_MS = Number(process.env.SEND_MS ?? 31_200);

const KINDS: readonly UnitKind[] = ['city', 'lead', 'county', 'township', 'village'];

/** Reminds everybody of every unit. */
const everybody: Reminder = {
  name: 'bench.everybody',
  title: '提醒所有人',
  schedule: { every: 'workday', time: '08:30' },
  async plan({ tx }, { period }, after) {
    const page = await tx
      .table(units)
      .find({ where: { kind: KINDS }, order: 'name', limit: PAGE, ...(after && { after }) });
    const line = {
      title: `${period}报进展：入户走访`,
      ask: '请报进展',
      due: period,
      op: entries.todo,
      data: { duty: period },
    };
    const reminders = [];
    for (const { id } of page.rows) {
      for (const { id: person } of await peopleOf(tx, id)) reminders.push({ person, line });
    }
    return page.next ? { reminders, next: page.next } : { reminders };
  },
  still: async () => true,
  upcoming: async () => [],
};

export async function morning({ scratch, say }: Pick<Options, 'scratch' | 'say'>): Promise<Line[]> {
  const connector = startWorker('limited.child.ts');
  const feature: Feature = { name: 'bench', tables: [], operations: [], reminders: [everybody] };
  const all = [...features, feature];
  const store = await openLowdb({ dir: `${scratch}/morning`, tables: tablesOf(all) });
  try {
    await fill(store, await connector.call<number>('listen'));
    say(
      `province of ${BRANCHES} branches and ${PEOPLE} people, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
    );

    // The clock goes on from whatever it is set to.
    let [set, since] = [instant(MONDAY, '08:00').getTime(), performance.now()];
    const now = () => new Date(set + performance.now() - since);
    const clock = (time: string) => {
      [set, since] = [instant(MONDAY, time).getTime(), performance.now()];
    };
    const channels = new Map<string, Channel>();
    let ids = 0;
    const workdays = createLiveWorkdays();
    const newId = () => `id-${ids++}`;
    const bot = botOf({ store, features: all, channels, workdays, now, newId });
    // biome-ignore lint/suspicious/noExplicitAny: only the channel's sending side is used
    const web = { server: { post() {} } } as any as Web;

    channels.set(
      'teams',
      createTeams({
        bot,
        render: createAdaptive(await loadCards(fileURLToPath(new URL('../../cards', import.meta.url)))),
        web,
        log: quiet,
        now,
      }),
    );

    await bot.tick();
    const idle = await idleTick(bot);
    say(`idle tick ${idle.toFixed(2)} ms`);

    await turns(bot, now, 500);
    const calm = await turns(bot, now, 2_000);
    clock('08:30');
    const began = performance.now();
    let done = false;
    const planning = createPlanner({ store, workdays, now, newId }, all)().finally(() => {
      done = true;
    });
    const busy = await turns(bot, now, () => done);
    await planning;
    const planMs = performance.now() - began;
    const planned = await store.read(countPlanned);
    say(
      `planned ${planned} digests in ${Math.round(planMs)} ms, turns ${summary(calm)} before, ${summary(busy)} meanwhile`,
    );
    clock('08:20');
    const loaded = await idleTick(bot);
    say(`idle tick with all of them waiting ${loaded.toFixed(2)} ms`);

    clock('08:35');
    const sending = bot.pump();
    await sleep(2_000);
    const from = await connector.call<Counts>('counts');
    const start = performance.now();
    await sleep(SEND_MS);
    const to = await connector.call<Counts>('counts');
    const perSecond = ((to.taken - from.taken) / (performance.now() - start)) * 1000;
    say(`sent ${perSecond.toFixed(1)}/s, refused with 429: ${to.refused}`);
    clock('08:00'); // nothing is due any more
    await sending;
    await bot.stop();
    const worst = Math.max(...busy);
    const line = (what: string, ours: string, text: string, met: boolean): Line => ({
      what,
      ours,
      baseline: '–',
      ratio: null,
      target: { text, met },
    });
    return [
      line(
        `planning a morning of ${sayNumber(planned)} people`,
        `${sayNumber(planMs)} ms`,
        '< 5 s',
        planMs < 5_000,
      ),
      line('a chat turn meanwhile', summary(busy), 'max < 50 ms', worst < 50),
      line(
        'an idle tick (with everybody waiting)',
        `${sayNumber(idle)} (${sayNumber(loaded)}) ms`,
        '< 1 ms',
        Math.max(idle, loaded) < 1,
      ),
      line(
        'sending through a connector that enforces 50/s',
        `${perSecond.toFixed(1)}/s`,
        '≥ 47.5/s',
        perSecond >= 47.5,
      ),
      line('refused by it with 429', String(to.refused), '0', to.refused === 0),
    ];
  } finally {
    await store.close();
    await connector.close();
  }
}

interface Counts {
  readonly taken: number;
  readonly refused: number;
}

async function idleTick(bot: Bot): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < 400; n++) {
    const began = performance.now();
    await bot.tick();
    taken.push(performance.now() - began);
  }
  return median(taken.slice(100));
}
