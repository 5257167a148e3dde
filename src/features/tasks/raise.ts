/** 转为问题: a difficulty of a check-in becomes an issue, both linked. */

import { operation } from '../../bot/operation.ts';
import {
  checkReport,
  type Report,
  type ReportingUnit,
  reportForm,
  reportInput,
  reportingUnit,
  writeReport,
} from '../issues/index.ts';
import { getUnit } from '../orgs/index.ts';
import { keepEvent, numberAndWords, putCheckin, refreshCards } from './record.ts';
import { loadCheckin, type SubmittedCheckin } from './review.ts';
import { rights } from './rights.ts';

export const raise = operation<SubmittedCheckin & { readonly reporting: ReportingUnit }, Report>({
  right: rights.raise,
  words: ['转为问题'],
  glued: 'number',
  fromText(rest) {
    const { task, words } = numberAndWords(rest);
    return { ...(task && { task }), ...(words && { unit: words }) };
  },
  async record(ctx, raw) {
    // A branch speaks of itself.
    const named = raw.checkin || raw.unit ? raw : { ...raw, unit: ctx.me.unit };
    return { ...(await loadCheckin(ctx, named)), reporting: await reportingUnit(ctx) };
  },
  input: reportInput,
  refine: async (ctx, fields, { reporting }) => (await checkReport(ctx, reporting, fields)).errors,
  form(ctx, { task, checkin, reporting }, values, errors) {
    const { difficulty, unit } = checkin;
    const filled = {
      title: difficulty.split('\n')[0]?.slice(0, 60) ?? '',
      details: `${difficulty}\n（任务 ${task.id} ${task.title}）`,
      branch: unit,
      source: '自查',
    };
    return reportForm(ctx, reporting, { ...filled, ...values }, errors, rights.raise, {
      checkin: checkin.id,
    });
  },
  async run(ctx, fields, { task, round, checkin, reporting }) {
    const outcome = await writeReport(ctx, fields, reporting, task.id);
    const issue = outcome.did.id;
    await putCheckin(ctx, checkin, { ...checkin, issue });
    await keepEvent(ctx, ctx.me, checkin, '转为问题', issue);
    await refreshCards(ctx, task, round, await getUnit(ctx.tx, checkin.unit));
    // The card on which it was pressed stays what it is.
    return ctx.pressed && ctx.pressed.kind !== 'form' ? { ...outcome, mine: true } : outcome;
  },
});
