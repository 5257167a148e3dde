/** Reads how many residents said what, as people type it: 16 1 1, 十六/一/一, 满意16 基本满意1 不满意1, 16人满意，1人不满意. */
import { z } from 'zod';
import type { Raw } from '../../bot/cards/spec.ts';
import { findNumerals, foldWidth } from '../../lib/numerals.ts';

const MOST_ASKED = 100_000;

/** The fields in the order in which numbers alone are typed. */
const FIELDS = ['satisfied', 'basic', 'unsatisfied', 'asked'] as const;
type Field = (typeof FIELDS)[number];
const LABELS: readonly (readonly [RegExp, Field])[] = [
  [/^基本满意/, 'basic'],
  [/^(?:不满意|不太满意)/, 'unsatisfied'],
  [/^满意/, 'satisfied'],
  [/^(?:一共|总共|共)?问了?|^(?:一共|总共|共)/, 'asked'],
];
const BETWEEN = /^[\s,，、;；/|:：。和是有]+/;
/** A number with what would make it another one: a sign, a fraction, a share. */
const NUMBER = /^[-−+]?[\d.零〇一二两三四五六七八九十百千万]+%?/;
const HEADS = /^\s*[人位名个]/;

type Token = { readonly field: Field } | { readonly number: string };

/** Labels and numbers in their order; undefined when there is anything else. */
function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let rest = text.trim(); rest !== ''; rest = rest.replace(BETWEEN, '')) {
    const label = LABELS.find(([pattern]) => pattern.test(rest));
    const number = NUMBER.exec(rest)?.[0];
    if (label) {
      tokens.push({ field: label[1] });
      rest = rest.replace(label[0], '');
    } else if (number !== undefined) {
      tokens.push({ number });
      rest = rest.slice(number.length).replace(HEADS, '');
    } else return undefined;
  }
  return tokens;
}

/**
 * What was typed behind the case, by field; undefined when it cannot be told which number is which. A number is left as
 * it was typed, for the field to say what is wrong with it.
 */
export function countsIn(text: string): Raw | undefined {
  const tokens = tokensOf(foldWidth(text));
  if (!tokens || tokens.length === 0) return undefined;
  const numbers = tokens.flatMap((token) => ('number' in token ? [token.number] : []));
  const fields = tokens.flatMap((token) => ('field' in token ? [token.field] : []));
  if (fields.length === 0)
    return numbers.length === 3 || numbers.length === 4
      ? Object.fromEntries(numbers.map((number, i) => [FIELDS[i], number]))
      : undefined;
  // 满意16 or 16人满意, all in one way and each once.
  const inTurn = (first: number) => tokens.every((token, i) => 'field' in token === (i % 2 === first));
  const paired = fields.length === numbers.length && (inTurn(0) || inTurn(1));
  if (!paired || new Set(fields).size !== fields.length) return undefined;
  return Object.fromEntries(fields.map((field, i) => [field, numbers[i]]));
}

/** How many people: in any digits, also Chinese ones. */
export const count = (label: string) =>
  z
    .union([z.string(), z.number()], { error: `请写${label}的人数` })
    .transform((typed) =>
      read(
        foldWidth(String(typed))
          .trim()
          .replace(/[人位名]$/, ''),
      ),
    )
    .refine((n) => n !== undefined, `请写${label}的人数，只写一个数`)
    .transform((n) => n ?? 0)
    .refine((n) => n <= MOST_ASKED, `${label}的人数太多了，请再看一眼`);

function read(typed: string): number | undefined {
  const [one, another] = findNumerals(typed);
  const whole = one?.start === 0 && one.end === typed.length && !another && !/[.,]/.test(typed);
  return whole && Number.isInteger(one.value) ? one.value : undefined;
}
