/** 问题 with words among 100,000 issues on both engines: a page of what is found, a report, opening, memory. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '../../src/bot/operation.ts';
import { allTables } from '../../src/engine.ts';
import { type Issue, issues, STATES, terms } from '../../src/features/issues/model.ts';
import { searchIssues } from '../../src/features/issues/search.ts';
import { loadCity } from '../../src/features/members/index.ts';
import { stars, type Unit, units } from '../../src/features/orgs/index.ts';
import { addDays } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import type { AnyTable, Item, Store } from '../../src/store/store.ts';
import { startPg } from '../store/pg.ts';
import { type Line, median, type Options, percentile, sayNumber } from './kit.ts';

const DEMO = new URL('../../data/demo', import.meta.url).pathname;
const TODAY = '2026-11-23';
const FIRST = 'WT-2026-000001';
const NOW = new Date(`${TODAY}T04:00:00Z`);
/** What is searched for, by an organiser, a county, a township and a village each. */
const ASKED = [
  '自来水',
  '路灯 本月',
  '后麦仓村',
  '麦仓镇 路灯',
  '平安法治星',
  '本月',
  '超期',
  '待受理 垃圾',
  '已撤回 修路',
  '自来水 养老 校车',
  '绝对没有的词',
  '水',
  '示范市',
];
const PEOPLE = [
  ['bai-zhiyuan', 'zzb'],
  ['hao-haitao', 'qingshan'],
  ['lin-shuai', 'qingshan-maicang'],
  ['cai-zhongyi', 'qingshan-maicang-houmaicang'],
] as const;

const THINGS =
  '路灯 自来水 垃圾 水管 修路 下水道 养老 校车 低保 宅基地 粮食补贴 机井 变压器 健身器材 村卫生室 噪音 流浪狗 占道 污水 桥栏'.split(
    ' ',
  );
const HAPPEN = '坏了 停了三天 没人管 漏了 不够用 堵住了 发得晚 反映多次没人修 有安全隐患 邻居争吵'.split(' ');
const PLACES = '村口 一组 二组 三组 学校门口 桥头 卫生室旁 大队部后面 主干道 河堤上'.split(' ');

/** Numbers that are the same each time. */
function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

function* manyIssues(
  rows: number,
  branches: readonly Unit[],
  above: ReadonlyMap<string, Unit>,
  starIds: readonly string[],
): Generator<Issue> {
  const roll = dice(7);
  const pick = <T>(list: readonly T[]) => list[roll(list.length)] as T;
  const words = Array.from({ length: 3_000 }, () => {
    const char = () => String.fromCodePoint(0x4e00 + Math.floor(3_000 * (roll(1_000) / 1_000) ** 2));
    return char() + char() + (roll(2) ? char() : '');
  });
  /** The first word as often as the next three together, and so on, as in all texts. */
  const sentence = (length: number) =>
    Array.from({ length }, () => words[Math.floor(3_000 ** (roll(10_000) / 10_000)) - 1]).join('');
  for (let n = 0; n < rows; n += 1) {
    const branch = pick(branches);
    const township = above.get(branch.parent ?? '');
    const day = addDays(TODAY, -Math.floor(((rows - n) / rows) * 1_000));
    const state = n < rows * 0.95 ? (roll(20) ? 'closed' : 'withdrawn') : pick(STATES);
    yield {
      id: `WT-2026-${String(n + 1).padStart(6, '0')}`,
      title: `${pick(PLACES)}${pick(THINGS)}${pick(HAPPEN)}`,
      details: `${sentence(8)}，${pick(PLACES)}${pick(THINGS)}${pick(HAPPEN)}，${sentence(14)}。`,
      aspect: '物',
      star: pick(starIds),
      branch: branch.id,
      township: township?.id ?? '',
      county: township?.parent ?? '',
      source: '群众反映',
      urgency: '一般',
      state,
      reporter: `p-${branch.id}`,
      reporterUnit: branch.id,
      owner: township?.id ?? '',
      supervisor: pick(['zhengfawei', 'nongyeju', 'minzhengju']),
      handlers: [township?.id ?? ''],
      deadline: addDays(day, 14),
      reportedAt: `${day}T0${roll(9)}:${String(10 + roll(50))}:00.000Z`,
      returned: roll(10) ? 0 : 1,
      slipped: 0,
      extension: null,
      grantor: null,
      result: '',
      evidence: '',
      resolvedBy: null,
      verdict: null,
      closedAt: state === 'closed' ? `${day}T09:00:00.000Z` : null,
      recurrenceOf: null,
      recurs: null,
      doubt: null,
      raised: null,
      origin: null,
      steps: [],
    };
  }
}

async function fill(store: Store, rows: number): Promise<void> {
  await loadCity(store, DEMO);
  const { all, starIds } = await store.read(async (tx) => ({
    all: (await tx.table(units).find({ order: 'name', limit: 1000 })).rows,
    starIds: (await tx.table(stars).find({ limit: 10 })).rows.map(({ id }) => id),
  }));
  const branches = all.filter(({ kind }) => kind === 'village' || kind === 'community');
  const above = new Map(all.map((unit) => [unit.id, unit]));
  const items: Item[] = [];
  for await (const item of store.export()) items.push(item);
  async function* everything(): AsyncGenerator<Item> {
    yield* items.filter((item) => 'table' in item);
    for (const row of manyIssues(rows, branches, above, starIds))
      yield { table: 'issues', row: { ...row, rev: 1 } };
  }
  await store.import(everything(), { replace: true });
}

const workdays = createLiveWorkdays();

/** Milliseconds of two pages for each of the words and people, in each of the runs. */
async function searches(store: Store, { runs, say }: Options, elapsed: () => number): Promise<number[]> {
  const all: number[] = [];
  for (const words of ASKED) {
    const took: number[] = [];
    // The first time statements are prepared and code is compiled.
    for (let run = 0; run <= runs; run += 1) {
      for (const [id, unit] of PEOPLE) {
        const began = elapsed();
        await store.read(async (tx) => {
          const me = { id, name: id, unit, role: 'head' as const };
          const ctx = { tx, me, now: NOW, today: TODAY, workdays } as unknown as Ctx;
          const page = await searchIssues(ctx, words, 5, undefined);
          if (page.next !== undefined) await searchIssues(ctx, words, 5, page.next);
        });
        if (run > 0) took.push(elapsed() - began);
      }
    }
    say(`${words}: p50 ${median(took).toFixed(1)} ms, at most ${Math.max(...took).toFixed(1)} ms`);
    all.push(...took);
  }
  return all;
}

/** Microseconds for a report, one after the other, and for one that comes further. */
async function writes(store: Store, count: number): Promise<{ report: number; further: number }> {
  const sample = await store.read((tx) => tx.table(issues).get(FIRST));
  if (!sample) throw new Error('there are rows');
  const { rev: _, ...row } = sample;
  const report: number[] = [];
  const further: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = `WT-2027-${n}`;
    let began = performance.now();
    const put = await store.transaction((tx) =>
      tx.table(issues).put({ ...row, id, title: `${row.title}${n}` }),
    );
    report.push((performance.now() - began) * 1000);
    began = performance.now();
    await store.transaction((tx) => tx.table(issues).put({ ...put, state: 'active' }));
    further.push((performance.now() - began) * 1000);
  }
  await store.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      const there = await tx.table(issues).get(`WT-2027-${n}`);
      if (there) await tx.table(issues).delete(there);
    }
  });
  return { report: median(report), further: median(further) };
}

/** The tables, with what issues are found by or without. */
function tables(withTerms: boolean): AnyTable[] {
  return allTables().map((table) => {
    if (withTerms || table.name !== 'issues') return table;
    const { terms: _, ...plain } = table;
    return plain;
  });
}

const wall = () => performance.now();

/** Of this process alone, whatever else the machine does; in milliseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function heap(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

interface Figures {
  /** Milliseconds of two pages each. */
  readonly took: readonly number[];
  readonly opened: number;
  readonly heap: number;
  readonly written: { readonly report: number; readonly further: number };
}

/** Opening, memory and writing, and where issues have terms also searching. */
async function measure(
  open: () => Promise<Store>,
  options: Options,
  elapsed?: () => number,
): Promise<Figures> {
  const { quick, say } = options;
  const before = heap();
  const began = performance.now();
  const store = await open();
  const opened = performance.now() - began;
  const found = async () => {
    const query = {
      match: [[terms.state('closed'), terms.state('withdrawn')]],
      order: 'reportedAt',
      limit: 1,
    } as const;
    return (await store.read((tx) => tx.table(issues).find(query))).rows[0]?.id;
  };
  if (elapsed) {
    while ((await found()) !== FIRST) await sleep(500);
    say(`all could be found after ${sayNumber((performance.now() - began) / 1000)} s`);
  }
  const held = heap() - before;
  const written = await writes(store, quick ? 20 : 200);
  const took = elapsed ? await searches(store, options, elapsed) : [];
  await store.close();
  return { took, opened, heap: held, written };
}

/** One engine: filled without terms, as the version before left it, opened so once more, then with terms. */
async function engine(
  name: string,
  open: (tables: readonly AnyTable[]) => Promise<Store>,
  options: Options,
  elapsed: () => number,
): Promise<Line[]> {
  const rows = options.quick ? 10_000 : 100_000;
  const store = await open(tables(false));
  await fill(store, rows);
  await store.close();
  const plain = await measure(() => open(tables(false)), options);
  const found = await measure(() => open(tables(true)), options, elapsed);
  const line = (what: string, ours: string, baseline = '', target?: Line['target']): Line => ({
    what: `${name}: ${what}`,
    ours,
    baseline,
    ratio: null,
    ...(target && { target }),
  });
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const p95 = percentile(found.took, 95);
  return [
    line(`two pages for words among ${sayNumber(rows)} issues, p50`, ms(median(found.took))),
    line('the same, p95', ms(p95), '', { text: '≤ 10 ms', met: p95 <= 10 }),
    line('an issue reported, against one without terms', us(found.written.report), us(plain.written.report)),
    line('its state changed, the same', us(found.written.further), us(plain.written.further)),
    line(
      'opening for the first time with them, against opening as usual',
      ms(found.opened),
      ms(plain.opened),
    ),
    line('heap, the same', `${sayNumber(found.heap)} MiB`, `${sayNumber(plain.heap)} MiB`),
  ];
}

function us(value: number): string {
  return `${sayNumber(value)} µs`;
}

export async function search(options: Options): Promise<Line[]> {
  const dir = join(options.scratch, 'search');
  await mkdir(dir, { recursive: true });
  const lines = await engine('embedded', (tables) => openLowdb({ dir, tables }), options, cpu);
  const server = await startPg();
  try {
    const url = await server.database();
    return [
      ...lines,
      ...(await engine('PostgreSQL', (tables) => openPostgres({ url, tables }), options, wall)),
    ];
  } finally {
    await server.remove();
  }
}
