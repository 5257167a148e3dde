/** 转为问题: a difficulty of a check-in becomes an issue, both linked. */

import type { Raw } from '../../bot/cards/spec.ts';
import type { AnyOperation, Ctx } from '../../bot/operation.ts';
import type { Right } from '../../bot/turn/rights.ts';
import { getUnit } from '../orgs/index.ts';
import { keepEvent, numberAndWords, putCheckin, refreshCards } from './record.ts';
import { loadSheet, type Sheet } from './review.ts';
import { rights } from './rights.ts';

/** What the feature of issues offers: an operation that makes an issue of another record. */
export type Raise = (from: {
  readonly name: string;
  readonly title: string;
  readonly words: readonly string[];
  fromText(rest: string): Raw;
  record(ctx: Ctx, raw: Raw): Promise<Sheet>;
  readonly right: Right<Sheet>;
  claim(sheet: Sheet): Raw;
  fill(ctx: Ctx, sheet: Sheet): Raw;
  origin(sheet: Sheet): string;
  done(ctx: Ctx, sheet: Sheet, issue: string): Promise<void>;
}) => AnyOperation;

export function raiseOperation(raise: Raise): AnyOperation {
  return raise({
    name: 'tasks.raise',
    title: '转为问题',
    words: ['转为问题'],
    fromText(rest) {
      const { task, words } = numberAndWords(rest);
      return { ...(task && { task }), ...(words && { unit: words }) };
    },
    // A branch speaks of itself.
    record: (ctx, raw) => loadSheet(ctx, raw.checkin || raw.unit ? raw : { ...raw, unit: ctx.me.unit }),
    right: rights.raise,
    claim: ({ checkin: { id } }) => ({ checkin: id }),
    fill: (_ctx, { task, checkin: { difficulty, unit } }) => ({
      title: difficulty.split('\n')[0]?.slice(0, 60) ?? '',
      details: `${difficulty}\n（任务 ${task.id} ${task.title}）`,
      branch: unit,
      source: '自查',
    }),
    origin: ({ task }) => task.id,
    async done(ctx, { task, round, checkin }, issue) {
      await putCheckin(ctx, checkin, { ...checkin, issue });
      await keepEvent(ctx, ctx.me, checkin, '转为问题', issue);
      await refreshCards(ctx, task, round, await getUnit(ctx.tx, checkin.unit));
    },
  });
}
