/**
 * What is counted of a township, each kind by one source: the one place where a figure comes from. What a source gives
 * is added up for counties and the city, so a figure is a count, never a share. A further one
 * (people dispatched by kind, pairs) is a line in `sources` and its names in `WEAK` of report.ts.
 */
import type { World } from '../../bot/world.ts';
import { listings } from '../analysis/index.ts';
import { awardsOf, starsOn } from '../branches/index.ts';
import { closedIssues, openIssues } from '../issues/index.ts';
import { allStars, type Unit } from '../orgs/index.ts';
import { type Case, cases } from '../rectification/index.ts';
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

/** Weak branches: those on the list, and where their rectification stands. */
const weakSource: Source = {
  when: 'now',
  async count({ tx }, { township: { id: township } }) {
    const of = (state: Case['state'] | readonly Case['state'][]) =>
      tx.table(cases).count({ township, state });
    return {
      [N.weakListed]: await tx.table(listings).count({ township, state: 'listed' }),
      [N.rectifying]: await of(['active', 'applied']),
      [N.settling]: await of('settling'),
      [N.weakLeft]: await of('closed'),
    };
  },
};

const sources: readonly Source[] = [starSource, openSource, closedSource, weakSource];

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
