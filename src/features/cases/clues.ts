/**
 * 线索: what the machine notices, at the event and not by looking through everything: a branch has left the list and
 * holds three stars, or so many issues were closed 满意 and none came back. And what speaks against a case that stands.
 */
import { on } from '../../bot/turn/events.ts';
import type { Doing } from '../../bot/world.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { listed } from '../analysis/index.ts';
import { starsChanged } from '../branches/index.ts';
import { issueSaved, type StoredIssue, satisfiedIssues } from '../issues/index.ts';
import { units } from '../orgs/index.ts';
import { type Case, caseClosed, lastCase } from '../rectification/index.ts';
import { CLUE } from './model.ts';
import { begin, examplesOf, recordsIn, saveExample } from './record.ts';

/** Numbers that a clue names. */
const NAMED = 30;

/** The branch has left the list and holds enough stars: once for each time that it left. */
async function leftTheList(doing: Doing, one: Case): Promise<void> {
  const branch = await doing.tx.table(units).get(one.branch);
  if (one.state !== 'closed' || !branch || branch.stars.length < CLUE.stars) return;
  const known = await examplesOf(doing.tx, branch.id);
  if (known.some(({ reasons }) => reasons.some(({ records }) => records.includes(one.id)))) return;
  const text = `${sayDay(one.closedOn ?? doing.today, doing.today)}整顿销号，现在${branch.stars.length}星`;
  await begin(doing, branch, { origin: 'weak', star: null, reasons: [{ text, records: [one.id] }] });
}

export const left = on(caseClosed, leftTheList);

/** A star more may be the third; with one less a case may hold no longer. */
export const starred = on(starsChanged, async (doing, { branch, held, day }) => {
  if (held) {
    const one = await lastCase(doing.tx, branch);
    if (one) await leftTheList(doing, one);
  } else await raiseDoubt(doing, branch, `${sayDay(day, doing.today)}摘了一颗星`);
});

export const listedWeak = on(listed, (doing, { listing, day }) =>
  raiseDoubt(doing, listing.branch, `${sayDay(day, doing.today)}列入整顿`),
);

/** Enough were closed 满意 and none came back: once in so many days. */
async function solved(doing: Doing, { branch: id }: StoredIssue): Promise<void> {
  const since = addDays(doing.today, -CLUE.days);
  const known = await examplesOf(doing.tx, id);
  if (known.some(({ origin, on: day }) => origin === 'issues' && day > since)) return;
  // A branch that was merged into another one meanwhile is nobody's example.
  const branch = await doing.tx.table(units).get(id);
  if (!branch) return;
  const { closed, recurring } = await satisfiedIssues(doing, id, CLUE.days);
  if (closed.length < CLUE.issues || recurring) return;
  const text = `${CLUE.days}天里满意销号${closed.length}件，没有反弹`;
  const counts = new Map<string, number>();
  for (const { star } of closed) counts.set(star, (counts.get(star) ?? 0) + 1);
  const [star = null] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0] ?? [];
  const records = closed.slice(0, NAMED).map((issue) => issue.id);
  await begin(doing, branch, { origin: 'issues', star, reasons: [{ text, records }] });
}

export const issueMoved = on(issueSaved, async (doing, { issue }) => {
  const { state, verdict, recurs, recurrenceOf, steps } = issue;
  // Said now, and not when anything else of it changes later.
  const said = steps.at(-1)?.at === doing.now.toISOString() && steps.at(-2)?.recurs !== true;
  if (recurs === true) {
    if (!said || !recurrenceOf) return;
    await raiseDoubt(doing, issue.branch, `${recurrenceOf}反弹（${issue.id}）`, recurrenceOf);
    return;
  }
  if ((state === 'closed' && verdict === '满意') || recurs === false) await solved(doing, issue);
});

/** What is published about a branch is to be looked at again; `record`: only what rests on that. */
async function raiseDoubt(doing: Doing, branch: string, words: string, record?: string): Promise<void> {
  for (const row of await examplesOf(doing.tx, branch)) {
    if (row.state !== 'published' || (record !== undefined && !recordsIn(row).includes(record))) continue;
    const doubt = [row.doubt, words].filter(Boolean).join('；');
    await saveExample(doing, { ...row, doubt, revisitOn: doing.today });
  }
}
