/** The fields of the check-in form: how much was done, in whatever way a number is written, and the words about it. */
import { z } from 'zod';
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import { amount, optionalWords } from '../../lib/inputs.ts';
import { readAmount } from './amounts.ts';
import type { Said, StoredTask } from './model.ts';

const MOST_AMOUNT = 1_000_000_000;

/** The fields of the form for a task of this measure; without one, it is done to so many per cent. */
function fieldsOf(measure: string | null) {
  const said = (words: string, of: string | null): { amount?: number; percent?: number } => {
    const { doubt, ...known } = readAmount(words, of);
    return doubt ? {} : known;
  };
  return z.object({
    amount: amount('完成数量', MOST_AMOUNT, (words) => said(words, measure).amount),
    percent: amount('百分比', 100, (words) => said(words, null).percent),
    words: optionalWords('情况', 600),
    difficulty: optionalWords('困难', 500),
  });
}

/** The fields of the form as they stand; what does not fit is named. */
export function judge({ measure }: StoredTask, raw: Raw): { said?: Said; errors: readonly FieldError[] } {
  const { data, error } = fieldsOf(measure).safeParse(measure === null ? { ...raw, amount: null } : raw);
  if (!data)
    return { errors: error.issues.map(({ path, message }) => ({ field: String(path[0]), message })) };
  if (measure !== null && data.amount === null && data.percent === null)
    return { errors: [{ field: 'amount', message: `请写完成了多少${measure}` }] };
  return { said: data, errors: [] };
}
