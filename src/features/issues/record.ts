/** What all operations on one issue share: loading it for the sender, writing it with its history, telling the others. */
import { z } from 'zod';
import type { Raw, Subject } from '../../bot/cards/spec.ts';
import { type Ctx, type Operation, type Outcome, operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { readNumber } from '../../lib/recordnumber.ts';
import { tellPerson, tellUnit } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { events, type Issue, issues, type StoredIssue } from './model.ts';
import { type Act, rights } from './rights.ts';

export const NUMBER = /^WT-\d{4}-\d{4,}$/;

/** `wt-2026-1 已修好` → the number as it is kept, and the words after it. Without a number the first word is none. */
export function numberAndWords(rest: string): { issue: string; words: string } {
  const read = readNumber(rest);
  if (read) return { issue: read.number, words: read.words };
  const [first = ''] = rest.trim().split(/\s/, 1);
  return { issue: first, words: rest.trim().slice(first.length).trim() };
}

/** The issue that a press or a command names. */
export async function loadIssue(ctx: Ctx, raw: Raw): Promise<StoredIssue> {
  const number = z.string().safeParse(raw.issue);
  if (!number.success || number.data === '')
    throw new AppError('invalid', '请写上问题的编号。发送“问题”可以看到编号。');
  const id = readNumber(number.data)?.number ?? '';
  const issue = NUMBER.test(id) ? await ctx.tx.table(issues).get(id) : undefined;
  if (!issue)
    throw new AppError('not_found', `没有找到“${number.data.slice(0, 20)}”这个问题。发送“问题”看看编号。`);
  return issue;
}

/** An operation on one issue, named `issues.<act>`. */
export function issueOperation<I>(
  act: Act,
  op: Pick<
    Operation<StoredIssue, I>,
    'title' | 'words' | 'example' | 'input' | 'refine' | 'form' | 'fromText' | 'days' | 'run'
  >,
): Operation<StoredIssue, I> {
  return operation({
    name: `issues.${act}`,
    right: rights[act],
    fromText: (rest) => ({ issue: numberAndWords(rest).issue }),
    ...op,
    record: loadIssue,
  });
}

/** Write the issue and one line of its history; its cards everywhere follow. */
export async function saveIssue(
  ctx: Ctx,
  issue: Issue & { readonly rev?: number },
  what: string,
  words = '',
): Promise<StoredIssue> {
  const saved = await ctx.tx.table(issues).put(issue);
  await ctx.tx.table(events).put({
    id: ctx.newId(),
    issue: issue.id,
    at: ctx.now.toISOString(),
    person: ctx.me.id,
    name: ctx.me.name,
    unitName: await unitName(ctx.tx, ctx.me.unit),
    what,
    words,
  });
  ctx.refresh({ kind: 'issue', id: issue.id });
  return saved;
}

/** The answer to a change: a sentence, and the card as it is now. */
export function changed(issue: StoredIssue, text: string): Outcome & { readonly did: Subject } {
  const subject = { kind: 'issue', id: issue.id };
  return { text, card: { subject }, did: subject };
}

/** Tell a unit about an issue, once for each change of it. */
export function tellIssueUnit(ctx: Ctx, issue: StoredIssue, unit: string, text: string): Promise<void> {
  return tellUnit(ctx, unit, {
    text,
    card: { subject: { kind: 'issue', id: issue.id } },
    key: keyOf(issue, unit),
  });
}

/** Tell one person about an issue, once for each change of it. */
export function tellIssuePerson(ctx: Ctx, issue: StoredIssue, person: string, text: string): void {
  tellPerson(ctx, person, {
    text,
    card: { subject: { kind: 'issue', id: issue.id } },
    key: keyOf(issue, 'person'),
  });
}

function keyOf({ id, rev }: StoredIssue, to: string): string {
  return `issue:${id}:${rev}:${to}`;
}
