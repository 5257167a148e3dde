/** The fields that come with a turn: days read, checked against the operation's schema, judged by it. */
import type { FieldError, Raw } from '../cards/spec.ts';
import type { AnyOperation, Ctx } from '../operation.ts';
import { readDays } from './days.ts';

export interface Input {
  /** As they came, days as days. */
  readonly raw: Raw;
  /** As the schema made them; meaningless with errors. */
  readonly parsed: unknown;
  /** What is wrong, in words; empty when nothing is. */
  readonly errors: readonly FieldError[];
}

/** Read the claimed fields for the record that was loaded. */
export async function readInput(ctx: Ctx, op: AnyOperation, typed: Raw, record: unknown): Promise<Input> {
  const { read: raw, unread } = readDays(op.days, typed, ctx.now);
  await op.saveDraft?.(ctx, raw, record);
  const { success, data: parsed, error } = op.input.safeParse(raw, { error: sayIssue });
  if (success) return { raw, parsed, errors: (await op.refine?.(ctx, parsed, record)) ?? [] };
  const errors = error.issues.map(({ path, message }) => {
    const field = String(path[0] ?? '');
    return { field, message: unread.get(field) ?? message };
  });
  return { raw, parsed, errors };
}

/** What is said of a field whose schema has no words of its own for what is wrong. */
export function sayIssue(issue: {
  readonly code?: string;
  readonly maximum?: unknown;
  readonly origin?: string;
}): string {
  return issue.code === 'too_big' && issue.origin === 'string'
    ? `最多${issue.maximum}个字`
    : '填得不对，请重新填';
}
