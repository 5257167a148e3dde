/**
 * 导出 of a task to 46,000 branches: how long until the link is there, how long a chat turn waits meanwhile, and the
 * longest time that the thread which answers people was busy with something else.
 */
import { writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bot, tablesOf } from '../../src/bot/bot.ts';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import { createLinks } from '../../src/bot/files/links.ts';
import { exportsTable, files } from '../../src/bot/files/tables.ts';
import { features } from '../../src/features/index.ts';
import { members } from '../../src/features/members/model.ts';
import { type UnitKind, units } from '../../src/features/orgs/model.ts';
import { checkins, tallies, tasks } from '../../src/features/tasks/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { openFolder } from '../../src/store/lowdb/files.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { platform } from '../platform.ts';
import { type Line, type Options, percentile } from './kit.ts';
import { botOf, put, type Row } from './province.ts';

const COUNTIES = 158;
const TOWNSHIPS = 2_000;
const TASK = 'RW-2026-0001';
const ROUND = `${TASK}|once`;
const AT = instant('2026-11-20', '09:00').toISOString();
const WORDS = '已走访三组，群众反映村口路灯不亮、化粪池堵塞等问题，已登记并报镇里协调，下周回访。';

function* province(branches: number): Generator<Row> {
  const unit = (id: string, name: string, kind: UnitKind, parent: string | null) =>
    [units, { id, name, kind, parent, stars: [] }] as const;
  yield unit('zzb', '省委组织部', 'city', null);
  yield [members, { id: 'boss', name: '白部长', unit: 'zzb', role: 'head' }];
  for (let n = 0; n < COUNTIES; n++) yield unit(`c-${n}`, `第${n}县委`, 'county', 'zzb');
  for (let n = 0; n < TOWNSHIPS; n++) yield unit(`t-${n}`, `第${n}镇党委`, 'township', `c-${n % COUNTIES}`);
  for (let n = 0; n < branches; n++)
    yield unit(`b-${n}`, `第${n}村党支部`, n % 5 ? 'village' : 'community', `t-${n % TOWNSHIPS}`);
  yield [
    tasks,
    tasks.schema.parse({
      ...{ id: TASK, title: '入户走访', standard: '200户', target: 200, measure: '户', size: branches },
      scope: { below: ['zzb'], kinds: ['village', 'community'], units: [] },
      ...{ rhythm: 'once', day: '2026-11-27', evidence: '', visible: 'parties', issuer: 'zzb', by: 'boss' },
      ...{ state: 'open', handedAt: AT, endedOn: null, nudgedAt: null, decision: null },
    }),
  ];
  for (let n = 0; n < TOWNSHIPS; n++) {
    const sums = { in: 20, passed: 10, returned: 0, late: 0, amount: 4_000 };
    const of = { round: ROUND, parent: `t-${n}`, top: `c-${n % COUNTIES}` };
    yield [tallies, { id: `${ROUND}|t-${n}`, ...of, ...sums }];
  }
  for (let n = 0; n < branches; n++) {
    if (n % 10 === 0) continue;
    yield [
      checkins,
      checkins.schema.parse({
        ...{ id: `${ROUND}|b-${n}`, round: ROUND, task: TASK, period: 'once', unit: `b-${n}` },
        ...{ parent: `t-${n % TOWNSHIPS}`, issuer: 'zzb', state: n % 2 ? 'in' : 'passed', late: n % 7 === 0 },
        ...{ amount: n % 300, percent: null, words: `${n}：${WORDS}`, difficulty: n % 4 ? '' : '缺人手' },
        ...{ person: `p-${n}`, name: `张${n}`, at: AT, version: 1, before: null, reason: '', issue: null },
      }),
    ];
  }
}

export async function exporting({ quick, scratch, say }: Options): Promise<Line[]> {
  const branches = quick ? 2_000 : 46_000;
  const tables = tablesOf(features);
  const store = await openLowdb({ dir: `${scratch}/export`, tables });
  const [since, start] = [performance.now(), instant('2026-11-20', '10:00').getTime()];
  const now = () => new Date(start + performance.now() - since);
  const fileStore = await openFolder(`${scratch}/export/files`, now);
  const shown: string[] = [];
  const channel: Channel = {
    ...platform('webchat'),
    personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
    send: async (_place, { card }, key) => {
      shown.push(JSON.stringify(card ?? {}));
      return key;
    },
    update: async (_place, _message, { card }) => void shown.push(JSON.stringify(card ?? {})),
  };
  let ids = 0;
  const bot = botOf({
    ...{ store, fileStore, now },
    channels: new Map([[channel.name, channel]]),
    links: createLinks({
      secret: 'a secret of the bench only',
      base: () => 'https://bench.example',
      pick: false,
    }),
  });
  const chat = async (text: string) => {
    await bot.handle({
      ...{ channel: 'webchat', kind: 'text', id: `m-${ids++}`, text, at: now() },
      place: { key: 'webchat|p:boss', kind: 'personal' },
      sender: { account: 'boss', name: '' },
    });
  };
  try {
    await put(store, province(branches));
    say(`province of ${branches} branches, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
    for (let n = 0; n < 50; n++) await chat('我的');
    const calm = await turns(chat, async () => {
      await sleep(2_000);
      return true;
    });

    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    const began = performance.now();
    await chat(`导出 ${TASK}`);
    const busy = await turns(chat, () => isDone(bot, store));
    const seconds = (performance.now() - began) / 1000;
    loop.disable();

    const progress = new Set(shown.flatMap((card) => /正在导出 [\d,]+\/[\d,]+/.exec(card)?.[0] ?? []));
    const about = await store.read(async (tx) => {
      const [one] = (await tx.table(exportsTable).find({ order: 'at', limit: 1 })).rows;
      return one && tx.table(files).find({ where: { about: `export:${one.id}` }, order: 'at', limit: 1 });
    });
    const file = about?.rows[0];
    const bytes = file && (await fileStore.get(file.hash));
    if (bytes && process.env.BENCH_EXPORT) await writeFile(process.env.BENCH_EXPORT, bytes);
    say(
      `done in ${seconds.toFixed(1)} s, ${((bytes?.length ?? 0) / 2 ** 20).toFixed(1)} MiB, progress: ${[...progress].join(', ')}`,
    );
    const worst = Math.max(...busy);
    const stall = loop.max / 1e6;
    const turn = (ms: readonly number[]) =>
      `p50 ${percentile(ms, 50).toFixed(1)} ms, p99 ${percentile(ms, 99).toFixed(1)} ms, longest ${Math.max(...ms).toFixed(1)} ms`;
    return [
      {
        what: `导出 of ${branches} lines until the link is there`,
        ours: `${seconds.toFixed(1)} s, progress said ${progress.size} times`,
        baseline: '',
        ratio: null,
        target: { text: '< 10 s', met: seconds < 10 },
      },
      {
        what: 'a chat turn meanwhile, against before',
        ours: turn(busy),
        baseline: turn(calm),
        ratio: null,
        target: { text: 'longest ≤ 50 ms', met: worst <= 50 },
      },
      {
        what: 'longest time without a look at who is waiting',
        ours: `${stall.toFixed(1)} ms`,
        baseline: '',
        ratio: null,
      },
    ];
  } finally {
    await bot.stop();
    await fileStore.close();
    await store.close();
  }
}

async function isDone(bot: Bot, store: Store): Promise<boolean> {
  await bot.pump();
  const { rows } = await store.read((tx) => tx.table(exportsTable).find({ order: 'at', limit: 1 }));
  return rows[0]?.state !== 'open';
}

/** Turns one after the other, 20 ms apart, until `done`; how long each took in milliseconds. */
async function turns(turn: (text: string) => Promise<void>, done: () => Promise<boolean>): Promise<number[]> {
  const taken: number[] = [];
  let over = false;
  const watch = (async () => {
    while (!(await done())) await sleep(100);
    over = true;
  })();
  while (!over) {
    const began = performance.now();
    await turn('我的');
    taken.push(performance.now() - began);
    await sleep(20);
  }
  await watch;
  return taken;
}
