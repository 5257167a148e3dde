/** How issues stood on any day: what facts about a branch are computed from. Pure but for finding them. */
import type { World } from '../../bot/world.ts';
import { dayOfIso, instant } from '../../lib/dates.ts';
import { pages } from '../../lib/pages.ts';
import type { Page, Tx } from '../../store/store.ts';
import { ENDED, type Issue, type IssueStep, isOpen, issues, OPEN, RUNNING, STATE_NAMES } from './model.ts';

/** How an issue stood from a day on. */
export interface Standing extends Omit<IssueStep, 'at'> {
  readonly on: string;
}

/** An issue as it stood on some day. */
export interface IssueRecord
  extends Pick<Issue, 'id' | 'title' | 'branch' | 'star' | 'aspect' | 'source' | 'recurrenceOf'> {
  readonly reportedOn: string;
  /** Oldest first, the last one is how it stood at the end of the day; never empty. */
  readonly standings: readonly Standing[];
}

/** The steps of an issue with what is written now, where that changes anything. @param what the word of the button */
export function withStep(issue: Issue, at: string, what: string): readonly IssueStep[] {
  const { state, owner, deadline, verdict, recurs, steps } = issue;
  const last = steps.at(-1);
  const via = !last || last.owner === owner ? (last?.via ?? null) : wayOf(what);
  const step: IssueStep = { state, owner, deadline, verdict, recurs, via, at };
  const keys = ['state', 'owner', 'deadline', 'verdict', 'recurs'] as const;
  return last && keys.every((key) => last[key] === step[key]) ? steps : [...steps, step];
}

/** How it came to another owner: handed over, taken back, or else up. */
function wayOf(what: string): IssueStep['via'] {
  if (what.startsWith('转办')) return 'over';
  return what === '收回' ? null : 'up';
}

/** An issue as it stood at the end of `day`; undefined when it was not reported yet. */
export function issueOn(issue: Issue, day: string): IssueRecord | undefined {
  const reportedOn = dayOfIso(issue.reportedAt);
  if (reportedOn > day) return undefined;
  const standings: Standing[] = [];
  for (const { at, state, owner, deadline, via, verdict, recurs } of stepsOf(issue)) {
    const on = dayOfIso(at);
    if (on <= day) standings.push({ on, state, owner, deadline, via, verdict, recurs });
  }
  const { id, title, branch, star, aspect, source, recurrenceOf } = issue;
  return { id, title, branch, star, aspect, source, recurrenceOf, reportedOn, standings };
}

/** What was written by a server that kept no steps is made up from the row: it stood so from the beginning, or from its end. */
function stepsOf(issue: Issue): readonly IssueStep[] {
  const { state, owner, deadline, steps, closedAt } = issue;
  const last = steps.at(-1);
  if (last && last.state === state && last.owner === owner && last.deadline === deadline) return steps;
  const now = { state, owner, deadline, verdict: issue.verdict, recurs: issue.recurs };
  if (last) return [...steps, { ...now, via: last.via, at: closedAt ?? last.at }];
  const first: IssueStep = { ...now, at: issue.reportedAt, via: issue.township === owner ? null : 'over' };
  return closedAt
    ? [
        { ...first, state: 'active', verdict: null },
        { ...first, at: closedAt },
      ]
    : [first];
}

const PAGE = 500;

/** The issues of a township’s branches that were open on `since` or are newer, as they stood on `day`. */
export async function issuesOn(
  tx: Tx,
  township: string,
  since: string,
  day: string,
): Promise<readonly IssueRecord[]> {
  const found: IssueRecord[] = [];
  const rows = tx.table(issues);
  const range = { gte: instant(since).toISOString() };
  const ended = {
    where: { township, state: ENDED },
    order: 'closedAt',
    range,
  } as const;
  const open = { where: { township, state: OPEN }, order: 'deadline' } as const;
  for (const query of [ended, open]) {
    for await (const page of pages((from) => rows.find({ ...query, limit: PAGE, ...from })))
      for (const row of page.rows) {
        const record = issueOn(row, day);
        if (record) found.push(record);
      }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Issues of one branch that are looked at, of those that are open and of the others. */
const MOST_OF_BRANCH = 500;

/** The issues of a branch that were reported from `since` on or are open now, as they stood on `day`; by number. */
export async function branchIssuesOn(
  tx: Tx,
  branch: string,
  since: string,
  day: string,
): Promise<readonly IssueRecord[]> {
  const rows = tx.table(issues);
  const query = { order: 'deadline', desc: true, limit: MOST_OF_BRANCH } as const;
  const open = await rows.find({ ...query, where: { branch, state: OPEN } });
  // A deadline is never before the report.
  const ended = { where: { branch, state: ENDED }, range: { gte: since } };
  const found: IssueRecord[] = [];
  for (const row of [...open.rows, ...(await rows.find({ ...query, ...ended })).rows]) {
    const record = issueOn(row, day);
    if (record && (isOpen(row) || record.reportedOn >= since)) found.push(record);
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A page of the issues that are red for more than so many working days, for not more than `recent` ones longer. */
export function overdueFor(
  { tx, today, workdays }: Pick<World, 'tx' | 'today' | 'workdays'>,
  { more, recent }: { readonly more: number; readonly recent: number },
  after?: string,
): Promise<Page<Issue>> {
  const [gte, lt] = [workdays.add(today, -(more + recent)), workdays.add(today, -more)];
  return tx.table(issues).find({
    ...{ where: { state: RUNNING }, order: 'deadline', range: { gte, lt }, limit: PAGE },
    ...(after && { after }),
  });
}

/** An issue as records that it is linked to speak of it. */
export interface IssueBrief
  extends Pick<Issue, 'id' | 'title' | 'branch' | 'star' | 'aspect' | 'verdict' | 'deadline'> {
  readonly open: boolean;
  /** Nobody has taken it on. */
  readonly pending: boolean;
  /** Who reported it took it back. */
  readonly withdrawn: boolean;
  readonly stateName: string;
  /** The day on which it last moved. */
  readonly movedOn: string;
}

/** An issue in brief; undefined when there is none of this number. */
export async function briefOf(tx: Tx, number: string): Promise<IssueBrief | undefined> {
  const issue = await tx.table(issues).get(number);
  if (!issue) return undefined;
  const { id, title, branch, star, aspect, verdict, deadline, state, reportedAt, steps } = issue;
  const movedOn = dayOfIso(steps.at(-1)?.at ?? reportedAt);
  const stateName = STATE_NAMES[state];
  const is = { open: isOpen(issue), pending: state === 'pending', withdrawn: state === 'withdrawn' };
  return { id, title, branch, star, aspect, verdict, deadline, ...is, stateName, movedOn };
}
