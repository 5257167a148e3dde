/**
 * What is counted of a township, each kind by one source: the one place where a figure comes from. What a source gives
 * is added up for counties and the city, so a figure is a count, never a share. A further one is a line in `sources`,
 * its names in `N`, its place in report-tables.ts, what opens behind it in behind.ts, who may see it in public.ts.
 */
import type { World } from '../../bot/world.ts';
import { awardsOf, starsOn } from '../branches/index.ts';
import { closedIssues, openIssues } from '../issues/index.ts';
import { allStars, type Unit } from '../orgs/index.ts';
import { pairsOn } from '../pairing/index.ts';
import { casesOf, relapsesOf, sendKinds, sentOn, standOn } from '../rectification/index.ts';
import { dueIn } from '../tasks/index.ts';
import { endOf, type Numbers, quarterOf, startOf } from './model.ts';

export interface Counted {
  readonly township: Unit;
  /** All of its branches. */
  readonly branches: readonly Unit[];
  readonly quarter: string;
}

interface Source {
  /** `now`: says only how things are today; of quarters that are over, what was counted then stays. */
  readonly when: 'always' | 'now';
  /** Undefined when nobody knows, for that quarter. */
  count(world: World, of: Counted): Promise<Numbers | undefined>;
}

/** The day of the figures of a quarter: its last one, or today. */
export const lastDay = (quarter: string, today: string): string =>
  endOf(quarter) < today ? endOf(quarter) : today;

/** Names of the numbers. */
export const N = {
  branches: 'branches',
  /** Townships that have branches, and those all of whose branches have three stars or more. */
  townships: 'townships',
  whole: 'whole',
  /** Branches that hold so many stars. */
  stars: (n: number) => `stars:${n}`,
  /** Branches that hold this star, and those that can. */
  holds: (star: string) => `holds:${star}`,
  can: (star: string) => `can:${star}`,
  open: 'issues:open',
  red: 'issues:red',
  yellow: 'issues:yellow',
  blue: 'issues:blue',
  recurring: 'issues:recurring',
  closed: 'closed',
  verdict: (verdict: string) => `closed:${verdict}`,
  weakListed: 'weak:listed',
  rectifying: 'weak:rectifying',
  settling: 'weak:consolidating',
  weakLeft: 'weak:left',
  /** So far. */
  relapses: 'weak:relapses',
  /** Within the quarter: listed, passed, left, begun again. */
  cameOn: 'weak:in',
  passed: 'weak:passed',
  wentOff: 'weak:out',
  relapsed: 'weak:relapsed',
  sent: (how: string, by: string) => `sent:${how}:${by}`,
  pairs: 'pairs',
  /** Reports that were due, and those that came in time, or late. */
  due: 'tasks:due',
  timely: 'tasks:timely',
  late: 'tasks:late',
  /** Closed after so many days; prefix. */
  days: 'closed:days:',
} as const;

/** Longer is counted as this. */
const MOST_DAYS = 400;
export const MOST_STARS = 5;

const starSource: Source = {
  when: 'always',
  async count({ tx, today }, { branches, quarter }) {
    const past = quarter < quarterOf(today);
    const numbers: Record<string, number> = { [N.branches]: branches.length, [N.townships]: 1 };
    for (let n = 0; n <= MOST_STARS; n++) numbers[N.stars(n)] = 0;
    const count = (name: string, by = 1) => {
      numbers[name] = (numbers[name] ?? 0) + by;
    };
    const all = await allStars(tx);
    let least = MOST_STARS;
    for (const branch of branches) {
      let held: readonly string[] = branch.stars;
      if (past) {
        const history = await awardsOf(tx, branch);
        // A star without a day may have been given at any time.
        if (history.some(({ from }) => from === '')) return undefined;
        held = starsOn(history, endOf(quarter));
      }
      const stars = Math.min(held.length, MOST_STARS);
      least = Math.min(least, stars);
      count(N.stars(stars));
      for (const { id, kinds } of all) {
        if (!kinds.some((kind) => kind === branch.kind)) continue;
        count(N.can(id));
        count(N.holds(id), held.includes(id) ? 1 : 0);
      }
    }
    return { ...numbers, [N.whole]: least >= 3 ? 1 : 0 };
  },
};

const openSource: Source = {
  when: 'now',
  async count(world, { township }) {
    const { open, red, yellow, blue, recurring } = await openIssues(world, township.id);
    return {
      ...{ [N.open]: open, [N.red]: red, [N.yellow]: yellow, [N.blue]: blue, [N.recurring]: recurring },
    };
  },
};

const closedSource: Source = {
  when: 'always',
  async count(world, { township, quarter }) {
    const { verdicts, days } = await closedIssues(world, township.id, startOf(quarter), endOf(quarter));
    const numbers: Record<string, number> = { [N.closed]: days.length };
    for (const [verdict, n] of Object.entries(verdicts)) numbers[N.verdict(verdict)] = n;
    for (const n of days) {
      const name = `${N.days}${Math.min(n, MOST_DAYS)}`;
      numbers[name] = (numbers[name] ?? 0) + 1;
    }
    return numbers;
  },
};

/** Weak branches: where their rectification stood on the day, and what came and went in the quarter. */
const weakSource: Source = {
  when: 'always',
  async count({ tx, today }, { township, quarter }) {
    const [from, day] = [startOf(quarter), lastDay(quarter, today)];
    const within = (on: string | null) => on !== null && on >= from && on <= day;
    const sum = { listed: 0, active: 0, settling: 0, left: 0, relapses: 0 };
    const moved = { in: 0, passed: 0, out: 0, relapsed: 0 };
    for (const one of await casesOf(tx, township.id)) {
      const stand = standOn(one, day);
      if (!stand) continue;
      const again = relapsesOf(one);
      sum[stand === 'closed' ? 'left' : stand] += 1;
      if (stand !== 'closed') sum.listed += 1;
      sum.relapses += again.filter((on) => on <= day).length;
      moved.in += within(one.listedOn) ? 1 : 0;
      moved.passed += one.checks.filter((check) => check.passed && within(check.on)).length;
      moved.out += within(one.closedOn) ? 1 : 0;
      moved.relapsed += again.filter(within).length;
    }
    return {
      ...{ [N.weakListed]: sum.listed, [N.rectifying]: sum.active, [N.settling]: sum.settling },
      ...{ [N.weakLeft]: sum.left, [N.relapses]: sum.relapses },
      ...{ [N.cameOn]: moved.in, [N.passed]: moved.passed, [N.wentOff]: moved.out },
      [N.relapsed]: moved.relapsed,
    };
  },
};

/** People who are in villages on the day, by how they were sent and by whom; pairs of branches that help each other. */
const helpSource: Source = {
  when: 'always',
  async count({ tx, today }, { township, quarter }) {
    const day = lastDay(quarter, today);
    const numbers: Record<string, number> = { [N.pairs]: (await pairsOn(tx, township.id, day)).length };
    for (const how of sendKinds.how) for (const by of sendKinds.by) numbers[N.sent(how, by)] = 0;
    for (const { kind, senderKind, people } of await sentOn({ tx }, township.id, day)) {
      const name = N.sent(kind, senderKind);
      numbers[name] = (numbers[name] ?? 0) + people.length;
    }
    return numbers;
  },
};

/** What branches were to report by a day of the quarter that is over. */
const taskSource: Source = {
  when: 'always',
  async count(world, { township, branches, quarter }) {
    const numbers = { [N.due]: 0, [N.timely]: 0, [N.late]: 0 };
    for (const one of await dueIn(world, township, branches, startOf(quarter), endOf(quarter))) {
      numbers[N.due] = (numbers[N.due] ?? 0) + one.asked;
      numbers[N.timely] = (numbers[N.timely] ?? 0) + one.timely;
      numbers[N.late] = (numbers[N.late] ?? 0) + one.late;
    }
    return numbers;
  },
};

const sources: readonly Source[] = [starSource, openSource, closedSource, weakSource, helpSource, taskSource];

/** Everything that is known of a township in a quarter; undefined when it is not known how many stars there were. */
export async function count(world: World, of: Counted): Promise<Numbers | undefined> {
  const past = of.quarter < quarterOf(world.today);
  let all: Numbers = {};
  for (const { when, count: ask } of sources) {
    if (past && when === 'now') continue;
    const found = await ask(world, of);
    if (!found) return undefined;
    all = { ...all, ...found };
  }
  return all;
}
