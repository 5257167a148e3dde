/** The fields that come with a turn: days read, checked against the operation's schema, judged by it. */
import { declaredFields } from '../cards/forms.ts';
import { type FieldError, formOf, type Raw } from '../cards/spec.ts';
import { fieldsBehind } from '../cards/typed.ts';
import type { AnyOperation, Ctx } from '../operation.ts';
import { readDays } from './days.ts';
import type { Call } from './router.ts';

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

/** The fields that are typed line by line behind a command, with the record that they are for. */
export async function fieldsOf(
  ctx: Ctx,
  op: AnyOperation,
  record: unknown,
  { raw, behind, fieldWords }: NonNullable<Call['lines']>,
  read: ReadonlySet<string>,
): Promise<Raw | undefined> {
  const form = op.form && formOf(await op.form(ctx, record, raw, []), raw, []);
  const fields = form?.submit.op === op.right.name && fieldsBehind(form, behind, fieldWords, raw);
  return fields ? { ...declaredFields(form.submit.data, {}, read), ...fields } : undefined;
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
