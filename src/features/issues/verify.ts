/** What the reporter's side says of the result: 满意销号 and 不满意退回 where residents are asked, else 核验通过 and 退回. */
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { words as typedWords } from '../../lib/inputs.ts';
import { unitName } from '../orgs/index.ts';
import { issueForm } from './acts.ts';
import { type Issue, RESIDENTS, renewedDeadline, type StoredIssue, VERDICTS } from './model.ts';
import { changed, issueOperation, numberAndWords, saveIssue, tellIssueUnit, wordsFor } from './record.ts';
import { rights } from './rights.ts';

type Verdict = NonNullable<Issue['verdict']>;

/** 退回 as the button is called. */
export function titleOfReturn({ source }: Pick<Issue, 'source'>): string {
  return source === RESIDENTS ? '不满意退回' : rights.return.title;
}

export const verify = issueOperation(rights.verify, {
  words: ['核验通过', '核验'],
  example: 'WT-2026-0001 满意',
  fromText(rest): Raw {
    const { issue, words: typed } = numberAndWords(rest);
    const [verdict = '', ...reason] = typed.split(/\s+/);
    return { issue, ...(verdict && { verdict }), ...(reason.length > 0 && { reason: reason.join(' ') }) };
  },
  // Who is not satisfied says why.
  open: async (_ctx, raw) => (raw.verdict === '不满意' ? { op: sendBackOperation, raw } : undefined),
  input: z.object({ verdict: z.enum(VERDICTS, '请选满意、基本满意或不满意').optional() }),
  refine: (_ctx, { verdict }, { source }): Promise<readonly FieldError[]> =>
    Promise.resolve(
      source === RESIDENTS && !verdict
        ? [{ field: 'verdict', message: '请问一问群众，选满意、基本满意或不满意' }]
        : [],
    ),
  form: issueForm(rights.verify, () => [
    field.pick(
      'verdict',
      '群众评价',
      choicesFrom(VERDICTS, (value) => (value === '不满意' ? '不满意（退回再办）' : value)),
      { required: true },
    ),
  ]),
  run: (ctx, { verdict }, issue) =>
    close(ctx, issue, verdict ?? null, '核验通过，销号', verdict ? `群众${verdict}` : ''),
});

export const satisfied = issueOperation(rights.satisfied, {
  words: ['满意销号', '满意'],
  run: (ctx, _input, issue) => close(ctx, issue, '满意', rights.satisfied.title),
});

async function close(ctx: Ctx, issue: StoredIssue, verdict: Verdict | null, what: string, words = '') {
  const saved = await saveIssue(
    ctx,
    { ...issue, state: 'closed', verdict, closedAt: ctx.now.toISOString() },
    what,
    words,
  );
  return changed(ctx, saved, `${issue.id} 已销号，谢谢！`);
}

export const sendBackOperation = issueOperation(rights.return, {
  words: ['退回', '不满意退回', '不满意'],
  example: 'WT-2026-0001 灯还没亮',
  fromText: wordsFor('reason'),
  input: z.object({ reason: typedWords('退回的原因', 500) }),
  form: issueForm(
    rights.return,
    (_ctx, { source }) => [
      field.lines('reason', source === RESIDENTS ? '群众为什么不满意' : '为什么退回', 500, {
        required: true,
        hint: '还差什么，一两句话就行',
      }),
    ],
    { style: 'destructive', titleOf: titleOfReturn },
  ),
  /** The owner works on it again, with a few working days at least. */
  async run(ctx, { reason }, issue) {
    const deadline = renewedDeadline(issue, ctx.today, ctx.workdays);
    const verdict = issue.source === RESIDENTS ? ('不满意' as const) : issue.verdict;
    const saved = await saveIssue(
      ctx,
      { ...issue, state: 'active', returned: issue.returned + 1, deadline, resolvedBy: null, verdict },
      titleOfReturn(issue),
      reason,
    );
    await tellIssueUnit(
      ctx,
      saved,
      issue.owner,
      `${issue.id} ${issue.title} 被退回：${reason}。请在${sayDay(deadline, ctx.today)}前再办一次。`,
      rights.resolve,
    );
    return changed(ctx, saved, `已退回给${await unitName(ctx.tx, issue.owner)}再办。`);
  },
});
