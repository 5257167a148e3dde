/**
 * The daily look: what only time makes true. It asks for what has crossed its line since the last look (deadlines, due
 * days, the end of a quarter), so that it costs the same however many records there are.
 */
import type { JobKind } from '../../bot/jobs/job.ts';
import { type Listener, on } from '../../bot/turn/events.ts';
import type { Doing } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { periodName, sayDatedPeriod } from '../../lib/schedule.ts';
import { censusDone, handedIn } from '../analysis/index.ts';
import { deadlineBefore, issueSaved, lateWithin } from '../issues/index.ts';
import { units } from '../orgs/index.ts';
import { caseFailed, caseRelapsed } from '../rectification/index.ts';
import { dueBetween, dueTasks, shortOf } from '../tasks/index.ts';
import { isTrue, redFacts, waitedFor } from './facts.ts';
import { RED_WORKDAYS, STALE_DAYS, talkMarks, talks } from './model.ts';
import {
  consider,
  saveTalk,
  suggestDiffers,
  suggestFailed,
  suggestRed,
  suggestRelapse,
  tellFound,
} from './suggest.ts';

const PAGE = 100;
/** Townships of a task in one step. */
const TOWNSHIPS = 20;

/** Where the look goes on: which part of it, over which days, after what. */
interface Cursor {
  readonly part: keyof typeof PARTS;
  /** The day of the last look, and up to which deadline it went; '' before the first one. */
  readonly from: string;
  readonly red: string;
  readonly until: string;
  readonly page?: string | undefined;
  /** Within a page of tasks: which one, and after which of its townships. */
  readonly at?: number;
  readonly after?: string | undefined;
}
/** The cursor of the same part; undefined when it is done. */
type Part = (doing: Doing, cursor: Cursor) => Promise<Cursor | undefined>;

const nextPage = (cursor: Cursor, next: string | undefined): Cursor | undefined =>
  next === undefined ? undefined : { ...cursor, page: next };

const redUntil = ({ workdays }: Pick<Doing, 'workdays'>, day: string) =>
  deadlineBefore(day, RED_WORKDAYS, workdays);

const red: Part = async (doing, cursor) => {
  const span = [cursor.red, redUntil(doing, cursor.until)] as const;
  const { rows, next } = await lateWithin(doing, span, PAGE, cursor.page);
  for (const owner of new Set(rows.map((issue) => issue.owner)))
    await consider(doing, owner, 'red', await redFacts(doing, owner));
  return nextPage(cursor, next);
};

/** What was left alone for a while and is still so. */
const quiet: Part = async (doing, cursor) => {
  const range = { gt: cursor.from, lte: cursor.until };
  const query = { order: 'quietUntil', range, limit: PAGE } as const;
  const { rows, next } = await doing.tx.table(talks).find({ ...query, after: cursor.page });
  for (const unit of new Set(rows.flatMap((talk) => (talk.kind === 'red' ? [talk.unit] : []))))
    await consider(doing, unit, 'red', await redFacts(doing, unit));
  return nextPage(cursor, next);
};

const tasks: Part = async (doing, cursor) => {
  // What was due before the first look is nobody's fault.
  if (cursor.from === '') return undefined;
  const { rows, next } = await dueTasks(doing.tx, PAGE, cursor.page);
  for (let at = cursor.at ?? 0; at < rows.length; at++) {
    const task = rows[at];
    const [round] = task ? dueBetween(task, waitedFor(doing, cursor.from), doing) : [];
    if (!task || !round) continue;
    const after = at === cursor.at ? cursor.after : undefined;
    const found = await shortOf(doing, task, round.period, TOWNSHIPS, after);
    for (const { township, words } of found.short)
      await consider(doing, township, 'tasks', [{ key: task.id, words: `${task.id} ${words}` }]);
    return found.next === undefined
      ? { ...cursor, at: at + 1, after: undefined }
      : { ...cursor, at, after: found.next };
  }
  return nextPage({ ...cursor, at: 0, after: undefined }, next);
};

const missing: Part = async (doing, cursor) => {
  const quarter = periodName(cursor.until, 'quarter');
  if (cursor.from === '' || periodName(cursor.from, 'quarter') === quarter) return undefined;
  const last = periodName(addDays(firstOf(quarter), -1), 'quarter');
  const query = { where: { kind: 'township' }, order: 'name', limit: PAGE } as const;
  const { rows, next } = await doing.tx.table(units).find({ ...query, after: cursor.page });
  for (const { id } of rows)
    if (!(await handedIn(doing, id, last)))
      await consider(doing, id, 'missing', [{ key: last, words: `${sayDatedPeriod(last)}研判没有提交` }]);
  return nextPage(cursor, next);
};

const firstOf = (quarter: string) =>
  `${quarter.slice(0, 4)}-${String(Number(quarter.slice(6)) * 3 - 2).padStart(2, '0')}-01`;

/** Suggestions on which nobody decided before their facts were gone, or for long: there are never many to look at. */
const lapse: Part = async (doing, cursor) => {
  const query = { where: { state: 'suggested' }, order: 'on', limit: PAGE } as const;
  const { rows, next } = await doing.tx.table(talks).find({ ...query, after: cursor.page });
  const stale = addDays(doing.today, -STALE_DAYS);
  for (const talk of rows)
    if (talk.on <= stale || !(await isTrue(doing, talk)))
      await saveTalk(doing, { ...talk, state: 'lapsed', movedOn: doing.today, quietUntil: doing.today });
  return nextPage(cursor, next);
};

/** Whoever has others below is told of all that was found for them at once. */
const tell: Part = async (doing, cursor) => {
  const query = { where: { kind: ['city', 'county'] as const }, order: 'name', limit: PAGE } as const;
  const { rows, next } = await doing.tx.table(units).find({ ...query, after: cursor.page });
  for (const { id } of rows) await tellFound(doing, id, cursor.until);
  return nextPage(cursor, next);
};

const PARTS = { lapse, red, quiet, tasks, missing, tell } as const;
const ORDER = Object.keys(PARTS) as (keyof typeof PARTS)[];

export const lookJob: JobKind = {
  kind: 'talks.look',
  daily: true,
  async step(doing, { cursor }) {
    const known = await doing.tx.table(talkMarks).get('look');
    const begin: Cursor = {
      part: 'lapse',
      from: known?.day ?? '',
      red: known?.red ?? '',
      until: doing.today,
    };
    const now: Cursor = cursor === null ? begin : JSON.parse(cursor);
    if (now.from >= now.until) return undefined;
    const more = await PARTS[now.part](doing, now);
    if (more) return JSON.stringify(more);
    const part = ORDER[ORDER.indexOf(now.part) + 1];
    if (part) return JSON.stringify({ part, from: now.from, red: now.red, until: now.until });
    const red = redUntil(doing, now.until);
    await doing.tx.table(talkMarks).put({ ...known, id: 'look', day: now.until, red });
    return undefined;
  },
};

/** What an event makes true at once. */
export const listeners: readonly Listener[] = [
  on(issueSaved, async (doing, { issue: { owner, state, deadline } }) => {
    const runs = state === 'pending' || state === 'active';
    // Taken back, an issue has its old deadline again.
    if (runs && deadline <= redUntil(doing, doing.today)) await suggestRed(doing, owner);
  }),
  on(caseRelapsed, suggestRelapse),
  on(caseFailed, suggestFailed),
  on(censusDone, (doing, { county }) => suggestDiffers(doing, county)),
];
