/** The board: its page and its card with 200 and with 46,000 branches, and its page beside a million records, on both engines. */
import { performance } from 'node:perf_hooks';
import { type Bot, tablesOf } from '../../src/bot/bot.ts';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import type { After, Claimed, Job, JobKind } from '../../src/bot/jobs/job.ts';
import { awards } from '../../src/features/branches/model.ts';
import { features } from '../../src/features/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { members } from '../../src/features/members/model.ts';
import { figures } from '../../src/features/openness/model.ts';
import { countJob } from '../../src/features/openness/rollup.ts';
import { stars, type UnitKind, units } from '../../src/features/orgs/index.ts';
import { checkins } from '../../src/features/tasks/model.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import type { Store } from '../../src/store/store.ts';
import { startPg } from '../store/pg.ts';
import { issueOf } from './analysis.ts';
import { type Line, median, type Options, percentile, sayNumber } from './kit.ts';
import { botOf, MONDAY, put, type Row } from './province.ts';

const STARS = ['支部过硬', '产业兴旺', '生态宜居', '平安法治', '文明幸福'];
const QUARTER = '2026-Q4';
const PERSON = 'p-0';
const LOOKS = 200;
/** As many counties however many branches: the page has a line for each of them. */
const COUNTIES = 12;
const LARGE = 46_000;
const SMALL = 200;
const tables = () => tablesOf(features);

interface City {
  readonly branches: number;
  readonly townships: number;
  readonly counties: number;
}

const cityOf = (branches: number, counties = COUNTIES): City => ({
  ...{ branches, counties, townships: Math.max(counties, Math.round(branches / 18)) },
});

function* unitsOf({ branches, townships, counties }: City): Generator<Row> {
  const unit = (id: string, name: string, kind: UnitKind, parent: string | null, held: string[] = []) =>
    [units, { id, name, kind, parent, stars: held }] as const;
  yield unit('zzb', '市委组织部', 'city', null);
  yield unit('zfw', '市委政法委', 'lead', 'zzb');
  for (const [n, name] of STARS.entries())
    yield [stars, { id: `s-${n}`, name: `${name}星`, kinds: ['village'], lead: 'zfw' }] as const;
  yield [members, { id: PERSON, name: '某人', unit: 'zzb', role: 'head' }] as const;
  for (let n = 0; n < counties; n++) yield unit(`c-${n}`, `第${n}县委`, 'county', 'zzb');
  for (let n = 0; n < townships; n++) yield unit(`t-${n}`, `第${n}镇党委`, 'township', `c-${n % counties}`);
  for (let n = 0; n < branches; n++) {
    const held = STARS.map((_, i) => `s-${i}`).slice(0, n % 6);
    yield unit(`b-${n}`, `第${n}村党支部`, 'village', `t-${n % townships}`, held);
    for (const star of held) {
      const from = `202${4 + (n % 2)}-0${1 + (n % 8)}-15`;
      const given = { id: `b-${n}|${star}|${from}`, branch: `b-${n}`, star, from, to: null };
      yield [awards, { ...given, document: '', by: '', endDocument: '', endBy: '', reason: '' }] as const;
    }
  }
}

/** One in ten an issue, the others check-ins. */
function* recordsOf({ branches, townships, counties }: City, records: number): Generator<Row> {
  for (let n = 0; n < records; n++) {
    const branch = n % branches;
    const township = branch % townships;
    if (n % 10 === 0) {
      const issue = issueOf(branch, n % 6);
      const place = { township: `t-${township}`, county: `c-${township % counties}`, star: 's-3' };
      yield [issues, { ...issue, ...place, id: `WT-2026-${1_000_000 + n}` }] as const;
      continue;
    }
    const period = `2026-W${n % 47}`;
    const at = instant(addDays(MONDAY, -(n % 300))).toISOString();
    const unit = `b-${branch}`;
    yield [
      checkins,
      {
        ...{
          id: `RW-2026-${n}|${period}|${unit}`,
          round: `RW-2026-${n % 97}|${period}`,
          task: `RW-2026-${n}`,
        },
        ...{ period, unit, parent: `t-${township}`, issuer: 'zzb', state: 'in', amount: null, percent: 100 },
        ...{ words: '', difficulty: '', late: false, person: PERSON, name: '某人', at, version: 1 },
        ...{ before: null, reason: '', issue: null, marks: [] },
      },
    ] as const;
  }
}

const workdays = createLiveWorkdays();
const now = () => instant(MONDAY, '09:00');

/** The work of a night: all townships, counties, the city; resolves to how many steps that took. */
async function countAll(store: Store): Promise<number> {
  let steps = 0;
  const parts = { now, workdays, newId: () => `j-${steps}`, listeners: [] };
  const kind: JobKind = countJob;
  for (let cursor: string | null = null; ; ) {
    const job: Job = { key: '', data: {}, cursor, from: null, attempts: 0 };
    const after: After = await store.transaction((tx) =>
      withDoing(parts, tx, null, (doing) => kind.step(doing, job, undefined as Claimed & undefined)),
    );
    steps += 1;
    if (typeof after !== 'string') return steps;
    cursor = after;
  }
}

/** How long each look took, and how long the processor was at it on the average, in ms; the first ones are not counted. */
interface Looks {
  readonly times: readonly number[];
  readonly cpu: number;
}

async function looksOf(look: () => Promise<unknown>): Promise<Looks> {
  for (let n = 0; n < 20; n++) await look();
  const times: number[] = [];
  const used = process.cpuUsage();
  for (let n = 0; n < LOOKS; n++) {
    const began = performance.now();
    await look();
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(used);
  return { times, cpu: (user + system) / 1000 / LOOKS };
}

const pageOf = (bot: Bot) => bot.page('board', { path: '', query: new URLSearchParams(), person: PERSON });
const cardOf = (bot: Bot) =>
  bot.draw({ text: '', card: { subject: { kind: 'figures', id: `zzb|${QUARTER}` } } }, PERSON);

const sayLooks = ({ times, cpu }: Looks) =>
  `p50 ${sayNumber(median(times))} ms, p95 ${sayNumber(percentile(times, 95))} ms, CPU ${sayNumber(cpu)} ms`;

export async function boardOfACity({ quick, scratch, say }: Options): Promise<Line[]> {
  const records = quick ? 20_000 : 1_000_000;
  const found = new Map<string, { page: Looks; card: Looks }>();
  const lines: Line[] = [];
  for (const branches of [SMALL, LARGE]) {
    const city = cityOf(branches);
    const store = await openLowdb({ dir: `${scratch}/board-${branches}`, tables: tables() });
    try {
      await put(store, unitsOf(city));
      if (branches === LARGE) await put(store, recordsOf(city, records));
      const began = performance.now();
      const steps = await countAll(store);
      say(
        `${branches} branches: nine quarters counted in ${Math.round(performance.now() - began)} ms, ${steps} steps`,
      );
      const bot = botOf({ store, now });
      found.set(String(branches), {
        page: await looksOf(() => pageOf(bot)),
        card: await looksOf(() => cardOf(bot)),
      });
      const html = String((await pageOf(bot))?.body);
      const svg = (html.match(/<svg.*?<\/svg>/gs) ?? []).reduce(
        (sum, one) => sum + Buffer.byteLength(one),
        0,
      );
      say(
        `page ${Math.round(Buffer.byteLength(html) / 1024)} KB, of which ${Math.round(svg / 1024)} KB are SVG`,
      );
      await bot.stop();
      if (branches === LARGE) lines.push(...(await overPostgres(store, city, records, say)));
    } finally {
      await store.close();
    }
  }
  const [small, large] = [found.get(String(SMALL)), found.get(String(LARGE))];
  if (!small || !large) throw new Error('nothing was measured');
  for (const what of ['page', 'card'] as const) {
    const ratio = median(large[what].times) / median(small[what].times);
    lines.push({
      what: `${what} of the city, ${sayNumber(LARGE)} branches against ${SMALL}`,
      ours: sayLooks(large[what]),
      baseline: sayLooks(small[what]),
      ratio,
      target: { text: '≤ 2 ×', met: ratio <= 2 },
    });
  }
  lines.push(withinLine('the embedded store', records, large.page));
  return lines;
}

function withinLine(engine: string, records: number, looks: Looks): Line {
  return {
    what: `page of the city, ${sayNumber(LARGE)} branches, ${sayNumber(records)} records, ${engine}`,
    ours: sayLooks(looks),
    baseline: '–',
    ratio: null,
    target: { text: 'p95 ≤ 50 ms', met: percentile(looks.times, 95) <= 50 },
  };
}

const ofEach = (kind: string, count: number) => Array.from({ length: count }, (_, n) => `${kind}-${n}`);

/** The same rows in PostgreSQL, its figures taken over instead of counted anew. */
async function overPostgres(from: Store, city: City, records: number, say: Options['say']): Promise<Line[]> {
  const server = await startPg();
  try {
    const store = await openPostgres({ url: await server.database(), tables: tables() });
    try {
      await put(store, unitsOf(city));
      await put(store, recordsOf(city, records));
      const ids = ['zzb', ...ofEach('c', city.counties), ...ofEach('t', city.townships)];
      for (const unit of ids) {
        const query = { where: { unit }, order: 'quarter', limit: 100 } as const;
        const { rows } = await from.read((tx) => tx.table(figures).find(query));
        await put(
          store,
          rows.map(({ rev: _, ...row }) => [figures, row] as const),
        );
      }
      say('PostgreSQL has the same rows');
      const bot = botOf({ store, now });
      const looks = await looksOf(() => pageOf(bot));
      await bot.stop();
      return [withinLine('PostgreSQL', records, looks)];
    } finally {
      await store.close();
    }
  } finally {
    await server.remove();
  }
}
