/**
 * Facts A–D about a branch on a day, and what they come to: pure, so that a day that is looked at again says the same.
 * A machine says 够条件 and 关注 and gives reasons; nobody is counted, ranked or limited in number.
 */
import { z } from 'zod';
import { addDays, daysBetween } from '../../lib/dates.ts';
import type { Workdays } from '../../lib/workdays.ts';
import type { IssueRecord, Standing } from '../issues/index.ts';
import type { MajorRecord } from '../tasks/index.ts';
import type { Criteria } from './criteria.ts';

export const LETTERS = ['A', 'B', 'C', 'D'] as const;
export type Letter = (typeof LETTERS)[number];
export const LETTER_NAMES: Readonly<Record<Letter, string>> = {
  A: '任务没落实',
  B: '群众多次反映',
  C: '上级多次要求',
  D: '乡镇未及时解决',
};

/** As it is frozen with what people decided on its ground. */
export const factRow = z.object({
  letter: z.enum(LETTERS),
  /** Which sentence of the letter is true. */
  kind: z.enum([
    'periods',
    'once',
    'residents',
    'recurrence',
    'dissatisfied',
    'climbed',
    'superiors',
    'overdue',
    'open',
  ]),
  /** Numbers of issues and tasks. */
  records: z.array(z.string()),
  /** For what is counted by star and aspect. */
  star: z.string().exactOptional(),
  aspect: z.string().exactOptional(),
  /** How many: working days over, days open, verdicts; what the sentence says. */
  amount: z.number().exactOptional(),
  /** The title of the task, with the periods that were missed. */
  words: z.string().exactOptional(),
  /** The first day on which it is gone if nothing new comes; without it somebody has to do something. */
  until: z.string().exactOptional(),
});
export type Fact = z.infer<typeof factRow>;

/** What is known of one branch. */
export interface Material {
  /** The township that answers for it. */
  readonly township: string;
  readonly issues: readonly IssueRecord[];
  readonly tasks: readonly MajorRecord[];
}

/** 够条件, 关注, or nothing to say. */
export type Level = 'meets' | 'watch' | 'none';

/** Every fact that holds on a day. */
export function factsOn(
  { issues, tasks, ...of }: Material,
  day: string,
  criteria: Criteria,
  workdays: Workdays,
): readonly Fact[] {
  const lived = issues.filter(({ standings }) => stateOf(standings) !== 'withdrawn');
  return [
    ...missed(tasks, day, criteria),
    ...raised(lived, day, criteria),
    ...climbed(lived, day, criteria, workdays, of),
    ...unsolved(lived, day, criteria, workdays, of),
  ];
}

/** What facts (and what people say, `typed`) come to. */
export function levelOf(facts: readonly Pick<Fact, 'letter'>[], typed: boolean, { meets }: Criteria): Level {
  const has = (letter: Letter) => facts.some((fact) => fact.letter === letter);
  const enough = meets === 'A&B&C&D' ? LETTERS.every(has) : has('A') && has('D') && (has('B') || has('C'));
  if (typed || enough) return 'meets';
  return facts.length > 0 ? 'watch' : 'none';
}

type Of = Pick<Material, 'township'>;

const stateOf = (standings: readonly Standing[]) => standings.at(-1)?.state;
const isOpen = ({ standings }: IssueRecord) => !['closed', 'withdrawn'].includes(stateOf(standings) ?? '');
/** What is later than so many days before a day. */
function within(day: string, days: number): (on: string) => boolean {
  const since = addDays(day, -days);
  return (on) => on > since;
}

/** A: a 重点任务 was not done in the last two periods, or one that does not come back is long overdue. */
function missed(tasks: readonly MajorRecord[], day: string, { A }: Criteria): Fact[] {
  const found: Fact[] = [];
  const recently = within(day, YEAR);
  for (const number of new Set(tasks.map(({ task }) => task))) {
    const own = tasks.filter(({ task }) => task === number);
    const [first] = own;
    if (!first) continue;
    const bad = own.filter(({ state }) => state !== 'done');
    const recent = bad.filter(({ due }) => recently(due));
    const fact = { letter: 'A' as const, records: [number] };
    if (first.period === 'once') {
      const late = daysBetween(first.due, day);
      const undone = recent.some(({ state }) => state === 'missing' || state === 'returned');
      if (undone && late > A.onceLateDays)
        found.push({ ...fact, kind: 'once', amount: late, words: first.title, ...ending(first) });
    } else if (recent.length >= A.periods) {
      const labels = [...recent].reverse().map(({ label, state }) => `${label}${STATES[state]}`);
      const words = `${first.title}：${labels.join('、')}`;
      found.push({ ...fact, kind: 'periods', amount: recent.length, words, ...ending(recent.at(-1)) });
    }
  }
  return found;
}

const YEAR = 365;
const STATES: Readonly<Record<MajorRecord['state'], string>> = {
  missing: '没报',
  late: '超期才报',
  returned: '退回没改',
  done: '已报',
};

/** What nobody can make up for any more is forgotten after a year. */
function ending(record: MajorRecord | undefined): { until?: string } {
  return record?.ended ? { until: addDays(record.due, YEAR) } : {};
}

/** B: residents said it again and again, it came back, or they were not satisfied. */
function raised(issues: readonly IssueRecord[], day: string, { B }: Criteria): Fact[] {
  const said = issues.filter(({ source }) => source === '群众反映');
  const found: Fact[] = repeated(said, day, B.residents).map((fact) => ({
    ...fact,
    letter: 'B',
    kind: 'residents',
  }));
  const again = within(day, B.recurrence.days);
  const came = issues.filter(
    ({ recurrenceOf, reportedOn, standings }) =>
      recurrenceOf !== null && standings.at(-1)?.recurs !== false && again(reportedOn),
  );
  if (came.length >= B.recurrence.count) {
    const until = fades(
      came.map(({ reportedOn }) => reportedOn),
      B.recurrence,
    );
    found.push({ letter: 'B', kind: 'recurrence', records: numbers(came), amount: came.length, until });
  }
  const lately = within(day, B.dissatisfied.days);
  const unhappy = said.flatMap((issue) =>
    dissatisfied(issue).flatMap((on) => (lately(on) ? [{ issue, on }] : [])),
  );
  if (unhappy.length >= B.dissatisfied.count) {
    const until = fades(
      unhappy.map(({ on }) => on),
      B.dissatisfied,
    );
    const records = numbers(unhappy.map(({ issue }) => issue));
    found.push({ letter: 'B', kind: 'dissatisfied', records, amount: unhappy.length, until });
  }
  return found;
}

/** The days on which residents said 不满意. */
function dissatisfied({ standings }: IssueRecord): readonly string[] {
  return standings.flatMap(({ on, state, verdict }, i) => {
    const before = standings[i - 1];
    return before?.state === 'verifying' && state === 'active' && verdict === '不满意' ? [on] : [];
  });
}

/** C: it had to be asked of the county or higher, or those above asked for it themselves. */
function climbed(
  issues: readonly IssueRecord[],
  day: string,
  { C }: Criteria,
  workdays: Workdays,
  of: Of,
): Fact[] {
  const recent = within(day, C.climbed.days);
  const up = issues.flatMap((issue) => {
    const on = climbedOn(issue, day, workdays, of);
    return on !== undefined && recent(on) ? [{ issue, on }] : [];
  });
  const found: Fact[] = [];
  if (up.length >= C.climbed.count) {
    const until = fades(
      up.map(({ on }) => on),
      C.climbed,
    );
    const records = numbers(up.map(({ issue }) => issue));
    found.push({ letter: 'C', kind: 'climbed', records, amount: up.length, until });
  }
  const asked = issues.filter(({ source }) => source === '上级交办' || source === '督导发现');
  for (const fact of repeated(asked, day, C.superiors))
    found.push({ ...fact, letter: 'C', kind: 'superiors' });
  return found;
}

/** Working days overdue after which an issue climbs to the county. */
const CLIMBS_AFTER = 2;

/** The last day on which an issue climbed above the township: by itself, overdue, or handed up; undefined when it never did. */
function climbedOn(
  issue: IssueRecord,
  day: string,
  workdays: Workdays,
  { township }: Of,
): string | undefined {
  const climbs = spans(issue, day).flatMap(({ from, to, standing }, i) => {
    if (standing.owner !== township) {
      const [before, after] = [issue.standings[i - 1], issue.standings[i + 1]];
      const came = before?.owner !== standing.owner && standing.via === 'up';
      // 收回: nobody above has taken it on.
      const back = after?.owner === township && after.via === null;
      return came && !back ? [from] : [];
    }
    if (!isRunning(standing)) return [];
    const on = workdays.add(deadlineAt(issue, standing), CLIMBS_AFTER);
    return on <= to ? [on] : [];
  });
  return isElsewhere(issue, township) ? undefined : climbs.sort().at(-1);
}

/** D: the township was long overdue with it, or it is open for long. */
function unsolved(
  issues: readonly IssueRecord[],
  day: string,
  { D }: Criteria,
  workdays: Workdays,
  { township }: Of,
): Fact[] {
  const found: Fact[] = [];
  for (const issue of issues) {
    if (!isOpen(issue) || isElsewhere(issue, township)) continue;
    const fact = { letter: 'D' as const, records: [issue.id] };
    const over = Math.max(
      0,
      ...spans(issue, day).map(({ to, standing }) =>
        standing.owner === township && isRunning(standing)
          ? workdays.between(deadlineAt(issue, standing), to)
          : 0,
      ),
    );
    const open = daysBetween(issue.reportedOn, day) - grantedDays(issue, day);
    if (over >= D.overdueWorkdays) found.push({ ...fact, kind: 'overdue', amount: over });
    else if (open >= D.openDays) found.push({ ...fact, kind: 'open', amount: open });
  }
  return found;
}

const isRunning = ({ state }: Standing) => state === 'pending' || state === 'active';
/** It was handed over to somebody off the line: not theirs to solve any more. */
function isElsewhere({ standings }: IssueRecord, township: string): boolean {
  const last = standings.at(-1);
  return last?.via === 'over' && last.owner !== township;
}

interface Span {
  readonly from: string;
  readonly to: string;
  readonly standing: Standing;
}

/** From when until when it stood how, up to a day. */
function spans({ standings }: IssueRecord, day: string): readonly Span[] {
  return standings.map((standing, i) => ({ from: standing.on, to: standings[i + 1]?.on ?? day, standing }));
}

/** The deadline as it was moved while the same owner had it: time that was granted afterwards is not late either. */
function deadlineAt({ standings }: IssueRecord, standing: Standing): string {
  let latest = standing.deadline;
  for (const next of standings.slice(standings.indexOf(standing) + 1)) {
    if (next.owner !== standing.owner || next.state === 'verifying') break;
    if (isRunning(next) && next.state === standing.state && next.deadline > latest) latest = next.deadline;
  }
  return latest;
}

/** Calendar days up to a day by which a deadline was moved while the owner was at work on it. */
function grantedDays({ standings }: IssueRecord, day: string): number {
  let sum = 0;
  for (const [i, standing] of standings.entries()) {
    const before = standings[i - 1];
    if (!before || before.owner !== standing.owner || before.state !== standing.state) continue;
    if (standing.deadline <= before.deadline) continue;
    const end = standing.deadline < day ? standing.deadline : day;
    sum += Math.max(0, daysBetween(before.deadline, end));
  }
  return sum;
}

interface Counted {
  readonly count: number;
  readonly days: number;
}

/** What was reported often enough on one star and aspect. */
function repeated(
  issues: readonly IssueRecord[],
  day: string,
  limit: Counted,
): readonly (Pick<Fact, 'records' | 'amount'> & { star: string; aspect: string; until: string })[] {
  const counts = within(day, limit.days);
  const groups = new Map<string, IssueRecord[]>();
  for (const issue of issues) {
    if (!counts(issue.reportedOn)) continue;
    const key = `${issue.star}|${issue.aspect}`;
    groups.set(key, [...(groups.get(key) ?? []), issue]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length < limit.count) return [];
    const until = fades(
      group.map(({ reportedOn }) => reportedOn),
      limit,
    );
    const { star, aspect } = first;
    return [{ records: numbers(group), star, aspect, amount: group.length, until }];
  });
}

/** The first day on which fewer than enough of these are left, if nothing new comes. */
function fades(on: readonly string[], { count, days }: Counted): string {
  const sorted = [...on].sort();
  return addDays(sorted[sorted.length - count] ?? '', days);
}

function numbers(issues: readonly IssueRecord[]): string[] {
  return [...new Set(issues.map(({ id }) => id))].sort();
}
