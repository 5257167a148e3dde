/** 延期: asked by the owner before the deadline, granted or not by the supervisor. */

import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day, words } from '../../lib/inputs.ts';
import { organiser, unitName } from '../orgs/index.ts';
import { issueForm } from './acts.ts';
import { grantorOf } from './model.ts';
import { changed, issueOperation, numberAndWords, saveIssue, tellIssueUnit, tellReporter } from './record.ts';
import { rights } from './rights.ts';

/** A deadline can move by at most this many days at a time. */
const MOST_DAYS = 90;

export const extend = issueOperation(rights.extend, {
  words: ['申请延期', '延期'],
  example: 'WT-2026-0001 12月25日 等配件',
  fromText(rest) {
    const { issue, words: typed } = numberAndWords(rest);
    const [date = '', ...reason] = typed.split(/\s+/);
    return date ? { issue, date, reason: reason.join(' ') } : { issue };
  },
  days: { fields: /^date$/, toward: 'due' },
  input: z.object({
    date: day('请选延到哪一天'),
    reason: words('原因', 200, '请写延期的原因'),
  }),
  refine: async ({ today, workdays }, { date }, { deadline }) => {
    const later = sayDay(workdays.add(deadline, 5), today);
    if (date < today)
      return [
        {
          field: 'date',
          message: `${sayDay(date, today)}已经过了，请写${sayDay(deadline, today)}以后的日期，例如${later}`,
        },
      ];
    if (date <= deadline)
      return [{ field: 'date', message: `要比现在的期限（${sayDay(deadline, today)}）晚，例如${later}` }];
    const most = addDays(deadline, MOST_DAYS);
    return date > most
      ? [{ field: 'date', message: `一次最多延${MOST_DAYS}天，到${sayDay(most, today)}` }]
      : [];
  },
  // Nobody works on that day: it may be meant all the same.
  async preview({ today, workdays }, { date }) {
    if (workdays.isWorkday(date)) return undefined;
    const next = workdays.add(date, 1);
    return {
      title: '这一天是休息日',
      text: `${sayDay(date, today)}是休息日，下一个工作日是${sayDay(next, today)}。就延到这一天请点“就延到${sayDay(date, today)}”，要改日期请点“再改改”。`,
      confirm: `就延到${sayDay(date, today)}`,
    };
  },
  form: issueForm(rights.extend, (_ctx, issue) => [
    field.date('date', '延到哪一天', { required: true, min: addDays(issue.deadline, 1) }),
    field.lines('reason', '原因', 200, { required: true, hint: '一句话就行' }),
  ]),
  async run(ctx, { date, reason }, issue) {
    const grantor = grantorOf(issue, (await organiser(ctx.tx)).id);
    const saved = await saveIssue(
      ctx,
      { ...issue, extension: { to: date, reason, by: ctx.me.id }, grantor },
      '申请延期',
      `延到${sayDay(date, ctx.today)}，${reason}`,
    );
    const from = await unitName(ctx.tx, issue.owner);
    await tellIssueUnit(
      ctx,
      saved,
      grantor,
      `${from}申请把 ${issue.id} ${issue.title} 延到${sayDay(date, ctx.today)}：${reason}。请批。`,
      rights.grant,
    );
    return changed(ctx, saved, `延期申请已提，等${await unitName(ctx.tx, grantor)}批。`);
  },
});

export const grant = issueOperation(rights.grant, {
  words: ['同意', '同意延期'],
  async run(ctx, _input, issue) {
    const { extension } = issue;
    if (!extension) throw new AppError('stale', '现在没有待批的延期申请。');
    const saved = await saveIssue(
      ctx,
      { ...issue, deadline: extension.to, slipped: issue.slipped + 1, extension: null, grantor: null },
      '同意延期',
      `延到${sayDay(extension.to, ctx.today)}`,
    );
    await tellIssueUnit(
      ctx,
      saved,
      issue.owner,
      `${issue.id} ${issue.title} 同意延到${sayDay(extension.to, ctx.today)}。`,
    );
    tellReporter(
      ctx,
      saved,
      `您上报的“${issue.title}”延期到${sayDay(extension.to, ctx.today)}：${extension.reason}。`,
    );
    return changed(ctx, saved, `已同意延到${sayDay(extension.to, ctx.today)}。`);
  },
});

export const deny = issueOperation(rights.deny, {
  words: ['不同意', '不同意延期'],
  async run(ctx, _input, issue) {
    const saved = await saveIssue(ctx, { ...issue, extension: null, grantor: null }, '不同意延期');
    await tellIssueUnit(
      ctx,
      saved,
      issue.owner,
      `${issue.id} ${issue.title} 不同意延期，请在${sayDay(issue.deadline, ctx.today)}前办结。`,
    );
    return changed(ctx, saved, '已回复：不同意延期。');
  },
});
