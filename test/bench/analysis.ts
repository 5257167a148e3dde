/** 研判 and 排查 of a province: cards of a township and a county, and the facts of all branches beside chat turns. */
import { tablesOf } from '../../src/bot/bot.ts';
import { FIRST } from '../../src/features/analysis/criteria.ts';
import { findingsOf } from '../../src/features/analysis/gather.ts';
import { trialJob, trials } from '../../src/features/analysis/trial.ts';
import { features } from '../../src/features/index.ts';
import { type Issue, issues } from '../../src/features/issues/model.ts';
import { accounts, members } from '../../src/features/members/model.ts';
import { getUnit } from '../../src/features/orgs/index.ts';
import { checkins, targets, tasks } from '../../src/features/tasks/model.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { type Line, median, type Options, sayNumber } from './kit.ts';
import { BRANCHES, botOf, COUNTIES, fill, MONDAY, press, summary, TOWNSHIPS, turns } from './province.ts';

const HEAD = 'county-head';
const COUNTY = 'c-7';
/** Of one branch in the year that counts. */
const ISSUES = 6;
const QUARTERS = ['2026-Q2', '2026-Q3'] as const;

export const issueOf = (branch: number, n: number): Issue => {
  const township = `t-${branch % TOWNSHIPS}`;
  const on = addDays(MONDAY, -((branch * 7 + n * 61) % 360));
  const at = instant(on, '10:00').toISOString();
  const deadline = addDays(on, 14);
  const open = n === 0 && branch % 5 === 0;
  const closedAt = open ? null : instant(addDays(on, 9), '10:00').toISOString();
  const state = open ? ('active' as const) : ('closed' as const);
  const step = { owner: township, deadline, via: null, verdict: null, recurs: null };
  return {
    ...{ id: `WT-2026-${100_000 + branch * ISSUES + n}`, title: '路坏了', details: '', aspect: '物' },
    ...{
      star: 'pingan-fazhi',
      branch: `b-${branch}`,
      township,
      county: `c-${(branch % TOWNSHIPS) % COUNTIES}`,
    },
    ...{ source: n % 3 === 0 ? '上级交办' : '群众反映', urgency: '一般', state, reporter: 'p-0' },
    ...{ reporterUnit: `b-${branch}`, owner: township, supervisor: 'zfw', handlers: [township], deadline },
    ...{ reportedAt: at, returned: 0, slipped: 0, extension: null, grantor: null, result: '', evidence: '' },
    ...{
      resolvedBy: null,
      verdict: open ? null : '满意',
      closedAt,
      recurrenceOf: null,
      origin: null,
      recurs: null,
      doubt: null,
      raised: null,
    },
    steps: [
      { ...step, at, state: 'pending' },
      { ...step, at, state: 'active' },
      ...(closedAt
        ? [
            { ...step, at: closedAt, state: 'verifying' as const },
            { ...step, at: closedAt, state },
          ]
        : []),
    ],
  };
};

/** A year of issues, and a 重点任务 of all branches in which four of five are in. */
async function history(store: Store): Promise<void> {
  const handedAt = instant('2026-04-10').toISOString();
  const id = 'RW-2026-0001';
  await store.transaction(async (tx) => {
    await tx.table(tasks).put({
      ...{
        id,
        title: '入户走访',
        details: '',
        standard: '',
        target: null,
        measure: null,
        size: BRANCHES,
        rhythm: 'quarter',
      },
      ...{ scope: { below: ['zzb'], kinds: ['village'], units: [] }, day: '2026-06-20', evidence: '' },
      ...{ visible: 'parties', issuer: 'zzb', by: 'p-0', state: 'open', handedAt, endedOn: null },
      ...{ nudgedAt: null, decision: null, major: true },
    });
    const target = { id: `${id}|below:zzb`, task: id, key: 'below:zzb', state: 'open' as const, handedAt };
    await tx.table(targets).put({ ...target, major: true });
    const { county, ...head } = { county: COUNTY, id: HEAD, name: '某人', role: 'head' as const };
    await tx.table(members).put({ ...head, unit: county });
    await tx.table(accounts).put({ id: `teams:aad-${HEAD}`, person: HEAD });
  });
  for (let from = 0; from < BRANCHES; from += 1_000) {
    await store.transaction(async (tx) => {
      for (let n = from; n < Math.min(from + 1_000, BRANCHES); n++) {
        for (let i = 0; i < ISSUES; i++) await tx.table(issues).put(issueOf(n, i));
        for (const period of n % 5 === 0 ? [] : QUARTERS) {
          const at = instant(period === '2026-Q2' ? '2026-06-10' : '2026-09-10').toISOString();
          await tx.table(checkins).put({
            ...{ id: `${id}|${period}|b-${n}`, round: `${id}|${period}`, task: id, period, unit: `b-${n}` },
            ...{
              parent: `t-${n % TOWNSHIPS}`,
              issuer: 'zzb',
              state: 'in',
              amount: null,
              percent: 100,
              words: '',
            },
            ...{ difficulty: '', late: false, person: 'p-0', name: '某人', at, version: 1, before: null },
            ...{ reason: '', issue: null, marks: [{ at, state: 'in' }], proof: 'none' },
          });
        }
      }
    });
  }
}

export async function analysisOfAProvince({
  scratch,
  say,
}: Pick<Options, 'scratch' | 'say'>): Promise<Line[]> {
  const store = await openLowdb({ dir: `${scratch}/analysis`, tables: tablesOf(features) });
  try {
    await fill(store, 9);
    await history(store);
    const began = performance.now();
    const now = () => new Date(instant(MONDAY, '09:00').getTime() + performance.now() - began);
    const workdays = createLiveWorkdays();
    const bot = botOf({ store, workdays, now });
    const one: number[] = [];
    for (let n = 0; n < 50; n++) {
      const start = performance.now();
      await store.read(async (tx) =>
        findingsOf({ tx, workdays, now: now(), today: MONDAY }, await getUnit(tx, `t-${n * 31}`), MONDAY),
      );
      one.push(performance.now() - start);
    }
    const census: number[] = [];
    for (let n = 0; n < 10; n++) {
      const start = performance.now();
      const { shown } = await press(bot, HEAD, 'analysis.census', {}, now());
      census.push(performance.now() - start);
      if (!shown.text.includes('排查') && !shown.card) throw new Error(shown.text);
    }
    await turns(bot, now, 500);
    const calm = await turns(bot, now, 2_000);
    const key = 'bench';
    await store.transaction(async (tx) => {
      const standard = { ...FIRST, version: '试', from: '2027-01-01' };
      await tx.table(trials).put({ id: HEAD, number: key, standard });
    });
    let done = false;
    const spent = process.cpuUsage();
    const start = performance.now();
    const running = trialJob
      .prepare?.(
        { key, data: { person: HEAD, number: key, day: MONDAY }, cursor: null, from: null, attempts: 0 },
        {
          read: (body) => store.read((tx) => body({ tx, workdays, now: now(), today: MONDAY })),
          channels: new Map(),
          renew: async () => true,
        },
      )
      .finally(() => {
        done = true;
      });
    const busy = await turns(bot, now, () => done);
    const found = await running;
    const took = performance.now() - start;
    const { user, system } = process.cpuUsage(spent);
    const meets = [...(found ?? [])].reduce((sum, [, [n]]) => sum + n, 0);
    say(
      `${meets} of ${BRANCHES} 够条件; ${sayNumber((user + system) / 1000)} ms of CPU with the turns meanwhile; turns ${summary(calm)} before, ${summary(busy)} meanwhile`,
    );
    await bot.stop();
    const line = (what: string, ours: string, text: string, met: boolean): Line => ({
      ...{ what, ours, baseline: '–', ratio: null },
      target: { text, met },
    });
    const slowest = Math.max(...busy);
    const first = Math.max(...census);
    return [
      line(
        'facts of the branches of one township',
        `${sayNumber(median(one))} ms`,
        '≤ 50 ms',
        median(one) <= 50,
      ),
      line(
        `排查 of a county of ${Math.round(BRANCHES / COUNTIES)} branches, opened first and again`,
        `${sayNumber(first)}, ${sayNumber(median(census))} ms`,
        '< 300 ms',
        first < 300,
      ),
      line(
        `facts of ${sayNumber(BRANCHES)} branches, ${sayNumber(BRANCHES * ISSUES)} issues, by two standards`,
        `${sayNumber(took)} ms`,
        '< 10 s',
        took < 10_000,
      ),
      line('a chat turn meanwhile', summary(busy), 'max ≤ 50 ms', slowest <= 50),
    ];
  } finally {
    await store.close();
  }
}
