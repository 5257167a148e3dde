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

/** The sentences of the letters, each in a word. */
const FACT_KINDS = [
  'periods',
  'once',
  'residents',
  'recurrence',
  'dissatisfied',
  'climbed',
  'superiors',
  'overdue',
  'open',
] as const;
export const FACT_NAMES: Readonly<Record<(typeof FACT_KINDS)[number], string>> = {
  periods: '重点任务连续没落实',
  once: '重点任务过期没报',
  residents: '群众反映',
  recurrence: '反弹或疑似反弹',
  dissatisfied: '群众不满意',
  climbed: '升到县区或以上',
  superiors: '上级交办或督导发现',
  overdue: '超期未销号',
  open: '上报很久未销号',
};

/** As it is frozen with what people decided on its ground. */
export const factRow = z.object({
  letter: z.enum(LETTERS),
  /** Which sentence of the letter is true. */
  kind: z.enum(FACT_KINDS),
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

/** What an issue comes to on a day, whatever the thresholds are. */
interface Seen {
  readonly issue: IssueRecord;
  /** The last day on which it climbed above the township; undefined when it never did. */
  readonly climbedOn: string | undefined;
  /** The days on which residents said 不满意. */
  readonly unhappy: readonly string[];
  /** Working days by which it was over while the township had it, and days open, time that was granted left out; 0 for what is not open or was handed over. */
  readonly over: number;
  readonly open: number;
}

/** The records of a branch, looked at on a day: all that any standard needs. */
export interface Looked {
  readonly day: string;
  readonly issues: readonly Seen[];
  readonly tasks: readonly MajorRecord[];
}

/** Looking costs most of finding facts: who compares two standards looks once. */
export function lookAt({ township, issues, tasks }: Material, day: string, workdays: Workdays): Looked {
  const seen: Seen[] = [];
  for (const issue of issues) {
    if (stateOf(issue) === 'withdrawn') continue;
    const elsewhere = isElsewhere(issue, township);
    const open = !elsewhere && stateOf(issue) !== 'closed';
    seen.push({
      issue,
      climbedOn: elsewhere ? undefined : climbedOn(issue, day, workdays, township),
      unhappy: dissatisfied(issue),
      over: open ? overdue(issue, day, workdays, township) : 0,
      open: open ? daysBetween(issue.reportedOn, day) - grantedDays(issue, day) : 0,
    });
  }
  return { day, issues: seen, tasks };
}

/** Every fact that holds by a standard. */
export function factsOn(looked: Looked, criteria: Criteria): readonly Fact[] {
  return [
    ...missed(looked, criteria),
    ...raised(looked, criteria),
    ...climbed(looked, criteria),
    ...unsolved(looked, criteria),
  ];
}

/** What facts (and what people say, `typed`) come to. */
export function levelOf(facts: readonly Pick<Fact, 'letter'>[], typed: boolean, { meets }: Criteria): Level {
  const has = (letter: Letter) => facts.some((fact) => fact.letter === letter);
  const enough = meets === 'A&B&C&D' ? LETTERS.every(has) : has('A') && has('D') && (has('B') || has('C'));
  if (typed || enough) return 'meets';
  return facts.length > 0 ? 'watch' : 'none';
}

const stateOf = ({ standings }: IssueRecord) => standings.at(-1)?.state;
/** What is later than so many days before a day. */
function within(day: string, days: number): (on: string) => boolean {
  const since = addDays(day, -days);
  return (on) => on > since;
}

/** A: a 重点任务 was not done in the last two periods, or one that does not come back is long overdue. */
function missed({ tasks, day }: Looked, { A }: Criteria): Fact[] {
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
function raised({ issues, day }: Looked, { B }: Criteria): Fact[] {
  const said = issues.filter(({ issue: { source } }) => source === '群众反映');
  const found: Fact[] = repeated(said, day, B.residents).map((fact) => ({
    ...fact,
    letter: 'B',
    kind: 'residents',
  }));
  const again = within(day, B.recurrence.days);
  const came = issues.filter(
    ({ issue: { recurrenceOf, reportedOn, standings } }) =>
      recurrenceOf !== null && standings.at(-1)?.recurs !== false && again(reportedOn),
  );
  if (came.length >= B.recurrence.count) {
    const until = fades(
      came.map(({ issue: { reportedOn } }) => reportedOn),
      B.recurrence,
    );
    found.push({ letter: 'B', kind: 'recurrence', records: numbers(came), amount: came.length, until });
  }
  const lately = within(day, B.dissatisfied.days);
  const unhappy = said.flatMap((seen) => seen.unhappy.filter(lately).map((on) => ({ ...seen, on })));
  if (unhappy.length >= B.dissatisfied.count) {
    const until = fades(
      unhappy.map(({ on }) => on),
      B.dissatisfied,
    );
    const records = numbers(unhappy);
    found.push({ letter: 'B', kind: 'dissatisfied', records, amount: unhappy.length, until });
  }
  return found;
}

/** The days on which residents said 不满意. */
function dissatisfied({ standings }: IssueRecord): readonly string[] {
  return standings.flatMap(({ on, state, verdict }, i) =>
    verdict === '不满意' && state === 'active' && standings[i - 1]?.state === 'verifying' ? [on] : [],
  );
}

/** C: it had to be asked of the county or higher, or those above asked for it themselves. */
function climbed({ issues, day }: Looked, { C }: Criteria): Fact[] {
  const recent = within(day, C.climbed.days);
  const up = issues.flatMap(({ issue, climbedOn: on }) => (on && recent(on) ? [{ issue, on }] : []));
  const found: Fact[] = [];
  if (up.length >= C.climbed.count) {
    const until = fades(
      up.map(({ on }) => on),
      C.climbed,
    );
    found.push({ letter: 'C', kind: 'climbed', records: numbers(up), amount: up.length, until });
  }
  const asked = issues.filter(({ issue: { source } }) => source === '上级交办' || source === '督导发现');
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
  township: string,
): string | undefined {
  const { standings } = issue;
  let last: string | undefined;
  for (const [i, standing] of standings.entries()) {
    const on =
      standing.owner === township
        ? climbsBy(issue, i, day, workdays)
        : standing.via === 'up' && standings[i - 1]?.owner !== standing.owner
          ? standing.on
          : undefined;
    // 收回: nobody above has taken it on.
    const after = standings[i + 1];
    const back = standing.owner !== township && after?.owner === township && after.via === null;
    if (on !== undefined && !back && (last === undefined || on > last)) last = on;
  }
  return last;
}

/** The day on which an issue climbs by itself, if it is left with the township for so long. */
function climbsBy(issue: IssueRecord, i: number, day: string, workdays: Workdays): string | undefined {
  const standing = issue.standings[i];
  if (!standing || !isRunning(standing)) return undefined;
  const [deadline, to] = [deadlineAt(issue, i), issue.standings[i + 1]?.on ?? day];
  if (deadline >= to) return undefined;
  const on = workdays.add(deadline, CLIMBS_AFTER);
  return on <= to ? on : undefined;
}

/** D: the township was long overdue with it, or it is open for long. */
function unsolved({ issues }: Looked, { D }: Criteria): Fact[] {
  const found: Fact[] = [];
  for (const { issue, over, open } of issues) {
    const fact = { letter: 'D' as const, records: [issue.id] };
    if (over >= D.overdueWorkdays) found.push({ ...fact, kind: 'overdue', amount: over });
    else if (open >= D.openDays) found.push({ ...fact, kind: 'open', amount: open });
  }
  return found;
}

/** Working days by which an issue was over, at most, while the township had it. */
function overdue(issue: IssueRecord, day: string, workdays: Workdays, township: string): number {
  const { standings } = issue;
  let most = 0;
  for (const [i, standing] of standings.entries()) {
    if (standing.owner !== township || !isRunning(standing)) continue;
    const to = standings[i + 1]?.on ?? day;
    const deadline = deadlineAt(issue, i);
    if (deadline < to) most = Math.max(most, workdays.between(deadline, to));
  }
  return most;
}

const isRunning = ({ state }: Standing) => state === 'pending' || state === 'active';
/** It was handed over to somebody off the line: not theirs to solve any more. */
function isElsewhere({ standings }: IssueRecord, township: string): boolean {
  const last = standings.at(-1);
  return last?.via === 'over' && last.owner !== township;
}

/** The deadline of the i-th standing as it was moved while the same owner had it: time that was granted afterwards is not late either. */
function deadlineAt({ standings }: IssueRecord, i: number): string {
  const standing = standings[i];
  let latest = standing?.deadline ?? '';
  for (let j = i + 1; j < standings.length; j++) {
    const next = standings[j];
    if (next?.owner !== standing?.owner || next?.state === 'verifying') break;
    if (next && isRunning(next) && next.state === standing?.state && next.deadline > latest)
      latest = next.deadline;
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
  issues: readonly Seen[],
  day: string,
  limit: Counted,
): readonly (Pick<Fact, 'records' | 'amount'> & { star: string; aspect: string; until: string })[] {
  const counts = within(day, limit.days);
  const groups = new Map<string, Seen[]>();
  for (const seen of issues) {
    const { star, aspect, reportedOn } = seen.issue;
    if (!counts(reportedOn)) continue;
    const group = groups.get(`${star}|${aspect}`);
    if (group) group.push(seen);
    else groups.set(`${star}|${aspect}`, [seen]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length < limit.count) return [];
    const until = fades(
      group.map(({ issue: { reportedOn } }) => reportedOn),
      limit,
    );
    const { star, aspect } = first.issue;
    return [{ records: numbers(group), star, aspect, amount: group.length, until }];
  });
}

/** The first day on which fewer than enough of these are left, if nothing new comes. */
function fades(on: readonly string[], { count, days }: Counted): string {
  const sorted = [...on].sort();
  return addDays(sorted[sorted.length - count] ?? '', days);
}

function numbers(seen: readonly Pick<Seen, 'issue'>[]): string[] {
  return [...new Set(seen.map(({ issue: { id } }) => id))].sort();
}
