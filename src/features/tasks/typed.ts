/** The fields of the check-in form: how much was done, in whatever way a number is written, and the words about it. */
import { z } from 'zod';
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { readAmount } from './amounts.ts';
import type { Said, StoredTask } from './model.ts';

const MOST_AMOUNT = 1_000_000_000;

const text = (label: string, most: number) =>
  z.string().trim().max(most, `${label}最多${most}个字`).default('');

const fields = z.object({ words: text('情况', 600), difficulty: text('困难', 500) });

/** What was typed for a number, read as in a line: 35, 35户, 三十五, 1.2万; a sentence where that is not clear. */
function readTyped(
  typed: unknown,
  label: string,
  most: number,
  read: (words: string) => number | undefined,
): number | null | string {
  const words = foldWidth(typeof typed === 'number' ? String(typed) : typeof typed === 'string' ? typed : '');
  const plain = words.trim();
  if (plain === '') return null;
  const value = /^\d{1,9}(?:\.\d{1,3})?$/.test(plain) ? Number(plain) : read(plain);
  if (value === undefined) return `${label}请写数字，没看准“${plain.slice(0, 20)}”是多少`;
  return value > most ? `${label}最多${most}` : value;
}

/** The fields of the form as they stand; what does not fit is named. */
export function judge(task: StoredTask, raw: Raw): { said?: Said; errors: readonly FieldError[] } {
  const { measure } = task;
  const amount = readTyped(measure === null ? '' : raw.amount, '完成数量', MOST_AMOUNT, (words) => {
    const said = readAmount(words, measure);
    return said.doubt ? undefined : said.amount;
  });
  const percent = readTyped(raw.percent, '百分比', 100, (words) => {
    const said = readAmount(words, null);
    return said.doubt ? undefined : said.percent;
  });
  const parsed = fields.safeParse(raw);
  const errors: FieldError[] = [];
  const wrong = (field: string, message: string) => errors.push({ field, message });
  if (typeof amount === 'string') wrong('amount', amount);
  if (typeof percent === 'string') wrong('percent', percent);
  for (const { path, message } of parsed.error?.issues ?? []) wrong(String(path[0]), message);
  if (measure && amount === null && percent === null) wrong('amount', `请写完成了多少${measure}`);
  if (!parsed.success || typeof amount === 'string' || typeof percent === 'string' || errors.length > 0)
    return { errors };
  return { said: { ...parsed.data, amount, percent }, errors };
}
