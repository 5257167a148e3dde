/** The fields of the check-in form: how much was done, in whatever way a number is written, and the words about it. */
import { z } from 'zod';
import type { FieldError } from '../../bot/cards/spec.ts';
import type { FieldWords } from '../../bot/cards/typed.ts';
import { amount, optionalWords, sentPhotos } from '../../lib/inputs.ts';
import { readAmount } from './amounts.ts';
import { whyUnclear } from './doubts.ts';
import type { Said, StoredTask } from './model.ts';

/** What people call the fields of our forms. */
export const FIELD_WORDS: FieldWords = {
  title: ['任务'],
  standard: ['要求'],
  amount: ['数量', '完成', '完成了', '完成数量'],
  percent: ['百分比', '进度', '完成率'],
  evidence: ['佐证', '要佐证的理由'],
  rhythm: ['频次', '周期'],
};

const MOST_AMOUNT = 1_000_000_000;

/** What is written in place of a number; it is read once the task says in which measure. */
const number = z
  .union([z.string(), z.number()])
  .catch('')
  .default('')
  .transform((typed) => String(typed).slice(0, 100));

/** The fields that are sent in, whatever the task is measured in. `done`: all of it, as somebody said. */
export const checkinFields = z.object({
  amount: number,
  percent: number,
  words: optionalWords('情况', 600),
  difficulty: optionalWords('困难', 500),
  done: z.literal('yes').optional().catch(undefined),
  files: sentPhotos,
});

/** The numbers of a task of this measure; without one, it is done to so many per cent. */
function numbersOf(measure: string | null) {
  const said = (words: string, of: string | null): { amount?: number; percent?: number } => {
    const { doubt, ...known } = readAmount(words, of);
    return doubt ? {} : known;
  };
  return z.object({
    amount: amount('完成数量', MOST_AMOUNT, (words) => said(words, measure).amount),
    percent: amount('百分比', 100, (words) => said(words, null).percent),
  });
}

/** What a unit says in the fields; what does not fit is named. */
export function checkFields(
  task: StoredTask,
  { done, words, difficulty, files: _, ...typed }: z.infer<typeof checkinFields>,
): { said?: Said; errors: readonly FieldError[] } {
  const { measure } = task;
  const { data, error } = numbersOf(measure).safeParse(measure === null ? { ...typed, amount: '' } : typed);
  if (!data)
    return {
      errors: error.issues.map(({ path, message }) => {
        const field = String(path[0]);
        const why = field === 'amount' ? whyUnclear(typed.amount, task) : '';
        return { field, message: why ? `${message}：${why}` : message };
      }),
    };
  if (measure !== null && !done && data.amount === null && data.percent === null)
    return { errors: [{ field: 'amount', message: `请写完成了多少${measure}` }] };
  return { said: { ...data, words, difficulty }, errors: [] };
}
