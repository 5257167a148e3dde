/** Writes a new task with what its units will look for it by. */
import type { Ctx } from '../../bot/operation.ts';
import { type StoredTask, type Task, targets, tasks } from './model.ts';
import { numbers } from './record.ts';
import { sizeOf } from './scope.ts';

/** What whoever hands out says of a task; the rest follows. */
export type TaskDraft = Pick<
  Task,
  | 'title'
  | 'details'
  | 'standard'
  | 'target'
  | 'measure'
  | 'scope'
  | 'rhythm'
  | 'day'
  | 'evidence'
  | 'visible'
  | 'issuer'
  | 'decision'
  | 'major'
>;

/** The task as it will be, but for its number. */
export function begun(ctx: Ctx, draft: TaskDraft, size: number): Omit<Task, 'id'> {
  const handedAt = ctx.now.toISOString();
  return { ...draft, size, by: ctx.me.id, state: 'open', handedAt, endedOn: null, nudgedAt: null };
}

/** Write a task with the next number. Nobody is told of it yet. */
export async function createTask(ctx: Ctx, draft: TaskDraft): Promise<StoredTask> {
  const id = await numbers.next(ctx.tx, ctx.today);
  const saved = await ctx.tx
    .table(tasks)
    .put({ id, ...begun(ctx, draft, await sizeOf(ctx.tx, draft.scope)) });
  const { below, units } = draft.scope;
  for (const key of [...below.map((top) => `below:${top}`), ...units.map((unit) => `unit:${unit}`)]) {
    const { handedAt, major } = saved;
    const row = { id: `${id}|${key}`, task: id, key, state: 'open' as const, handedAt, major };
    await ctx.tx.table(targets).put(row);
  }
  return saved;
}
