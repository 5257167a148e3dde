/** 撤销: takes a check-in back; the card offers to say it again. */
import { z } from 'zod';
import { operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { getUnit } from '../orgs/index.ts';
import type { Assignment } from './assignment.ts';
import { checkinOutcome } from './checkin.ts';
import { checkins, type StoredCheckin, tasks } from './model.ts';
import {
  checkinOf,
  dropCheckin,
  keepEvent,
  loadTask,
  numberAndWords,
  periodFor,
  putCheckin,
  refreshCards,
  sayAmount,
  sayTask,
} from './record.ts';
import { rights } from './rights.ts';

/** 撤销: what the last check-in replaced is back; the first one is gone. */
export const undo = operation<
  Assignment & { readonly checkin: StoredCheckin },
  { version?: number | undefined }
>({
  right: rights.undo,
  words: ['撤销', '撤销打卡', '撤销进展'],
  glued: 'number',
  fromText: (rest) => numberAndWords(rest),
  async record(ctx, raw) {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const last = raw.task
      ? undefined
      : (await ctx.tx.table(checkins).find({ where: { unit: unit.id }, order: 'at', desc: true, limit: 1 }))
          .rows[0];
    if (!raw.task && !last)
      throw new AppError('not_found', '您的单位还没有报过进展，没有可以撤销的。要报，发送“报进展”。');
    const task = last ? await ctx.tx.table(tasks).get(last.task) : await loadTask(ctx, raw);
    if (!task) throw new AppError('not_found', '没有找到这个任务。');
    const round = periodFor(ctx, task, last ?? raw);
    const known = await checkinOf(ctx.tx, round, unit.id);
    if (!known) throw new AppError('not_found', `${task.id} 您的单位还没有报进展，没有可以撤销的。`);
    return { unit, task, round, checkin: known };
  },
  input: z.object({ version: z.number().int().optional().catch(undefined) }),
  async run(ctx, { version }, assignment) {
    const { unit, task, round, checkin: known } = assignment;
    if (version !== undefined && version !== known.version)
      throw new AppError('stale', '这次进展后来又改过，请看现在的卡再撤销。');
    const { before } = known;
    if (before)
      await putCheckin(ctx, known, { ...known, ...before, before: null, version: known.version + 1 });
    else await dropCheckin(ctx, known);
    const { amount, percent, words, difficulty } = known;
    const undone = { amount, percent, words, difficulty };
    await keepEvent(ctx, ctx.me, known, '撤销', sayAmount(task, known), undone);
    await refreshCards(ctx, task, round, unit);
    const title = sayTask(task, round.period);
    const text = before
      ? `已撤销，恢复到 ${sayAmount(task, before)}。`
      : `已撤销 ${title} 的进展，可以重新报进展。`;
    // On the card of the whole task there is no room for one more button.
    const back =
      ctx.pressed?.kind === 'task' ? `原来报的是 ${sayAmount(task, known)}。` : '撤销错了点“恢复”。';
    return checkinOutcome(ctx, assignment, text + back);
  },
});
