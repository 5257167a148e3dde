/** What all operations on one issue share: loading it for the sender, writing it with its history, telling the others. */
import type { Act } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { defineEvent } from '../../bot/turn/events.ts';
import { recordOperation, recordsOf } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, Notice, World } from '../../bot/world.ts';
import { numbered } from '../../lib/recordnumber.ts';
import { tellPerson, tellUnit } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { type Issue, issueEvents, issues, type StoredIssue } from './model.ts';
import { rights } from './rights.ts';
import { withStep } from './standing.ts';

export const numbers = numbered('WT', /./);
const records = recordsOf({ kind: 'issue', table: issues, numbers, word: '问题' });
export const { load: loadIssue, numberAndWords, fromNumber, wordsFor, changed } = records;

/** An issue was reported. */
export const reported = defineEvent<StoredIssue>('issues.reported');

/** An operation on one issue. */
export const issueOperation = recordOperation(loadIssue, fromNumber);

/** An issue of this township was reported, or stands otherwise than before. */
export const issueSaved = defineEvent<{ readonly township: string; readonly issue: StoredIssue }>(
  'issues.saved',
);

/** Write the issue and one line of its history; its cards everywhere follow. */
export async function saveIssue(
  ctx: Ctx,
  issue: Issue & { readonly rev?: number },
  what: string,
  words = '',
): Promise<StoredIssue> {
  const at = ctx.now.toISOString();
  const saved = await ctx.tx.table(issues).put({ ...issue, steps: [...withStep(issue, at, what)] });
  await ctx.tx.table(issueEvents).put({
    id: ctx.newId(),
    issue: issue.id,
    at,
    person: ctx.me.id,
    name: ctx.me.name,
    unitName: await unitName(ctx.tx, ctx.me.unit),
    what,
    words,
  });
  ctx.refresh({ kind: 'issue', id: issue.id });
  ctx.emit(issueSaved, { township: issue.township, issue: saved });
  return saved;
}

/** Tell a unit about an issue, once for each change of it; `of` is what it is asked to do, any one of them. */
export function tellIssueUnit(
  ctx: Ctx,
  issue: StoredIssue,
  unit: string,
  text: string,
  ...of: readonly Act[]
): Promise<void> {
  return tellUnit(ctx, unit, {
    text,
    card: { subject: { kind: 'issue', id: issue.id } },
    key: keyOf(issue),
    ...(of.length > 0 && { asks: { unit, of } }),
  });
}

/** Tell one person about an issue, once for each change of it. */
export function tellIssuePerson(
  ctx: Ctx,
  issue: StoredIssue,
  person: string,
  text: string,
  more: Pick<Notice, 'calm' | 'asks'> = {},
): void {
  tellPerson(ctx, person, {
    text,
    card: { subject: { kind: 'issue', id: issue.id } },
    key: keyOf(issue),
    ...more,
  });
}

/** Tell who reported it what became of it, in one line; somebody of the unit that acts knows. */
export function tellReporter(ctx: Ctx, issue: StoredIssue, text: string): void {
  if (issue.reporterUnit === ctx.me.unit) return;
  const line = { reminder: 'notice', title: text, ask: '进展', due: null, op: rights.show };
  tellIssuePerson(ctx, issue, issue.reporter, text, { calm: { ...line, data: { issue: issue.id } } });
}

/** Of one change everybody hears once, also who is of several units that are told of it. */
function keyOf({ id, rev }: StoredIssue): string {
  return `issue:${id}:${rev}`;
}

/** Whether somebody may look at the issue of a number. */
export async function seesIssue(world: World, actor: Actor, number: string): Promise<boolean> {
  const issue = await world.tx.table(issues).get(number);
  return issue !== undefined && may(rights.show, issue, world, actor);
}
