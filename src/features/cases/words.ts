/** The words of a case: paragraphs, each with the records behind its figures. Pure. */
import { personalNumber } from '../../lib/private.ts';
import { readNumber } from '../../lib/recordnumber.ts';
import type { Paragraph } from './model.ts';

/** What a figure of the branch's profile rests on. */
export const PROFILE = '支部档案';

export const MOST_CHARS = 3_000;
const MOST_PARAGRAPHS = 40;
export const MOST_RECORDS = 60;

const NUMBER = /(?<![a-z\d])(?:wt|rw|zd)[\s\p{Pd}_]{0,3}20\d\d[\s\p{Pd}_]{0,3}\d{1,8}(?!\d)/giu;
/** What is left around numbers that were taken out. */
const EMPTY_BRACKETS = /[（(](?:依据|见|编号)?[\s:：,，、和及]*[）)]/g;
const LEFT_AT_END = /[\s,，、（(]*(?:依据|见|编号)?[\s:：,，、和及]*(?=[。；;]?$)/;
const BETWEEN = /\s*[,，、](?=[\s,，、]*[,，、。；;])/g;

/** Digits that count nothing: days, and how many stars a branch holds. */
const DATES = /20\d\d[-./年]?(?:\d{1,2}[-./月]?(?:\d{1,2}日?)?)?|\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日|\d星/g;
const COUNTED =
  /[二三四五六七八九]?[十百千万亿][〇零一二两三四五六七八九十百千万亿]*(?:多|余|来)?(?:件|户|人|位|名|元|亩|次|条|公里|米|吨|盏)/;

/** Letters and digits of any width as plain ones; punctuation stays as it is. */
const narrow = (text: string) =>
  text.replace(/[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, (char) =>
    String.fromCharCode(char.charCodeAt(0) - 0xfee0),
  );

/** The first figure of a text, as it is written; undefined when it has none. */
export function figureIn(text: string): string | undefined {
  const plain = narrow(text).replace(DATES, '');
  return (/\d[\d.,]*[%％]?\p{Script=Han}{0,2}/u.exec(plain) ?? COUNTED.exec(plain))?.[0];
}

function paragraphOf(line: string): Paragraph {
  const plain = narrow(line);
  const found = [...plain.matchAll(NUMBER)].flatMap(([number]) => readNumber(number)?.number ?? []);
  const text =
    found.length === 0
      ? plain
      : plain
          .replace(NUMBER, '')
          .replace(EMPTY_BRACKETS, '')
          .replace(BETWEEN, '')
          .replace(LEFT_AT_END, '')
          .replace(/\s{2,}/g, ' ');
  const records = [...new Set([...found, ...(plain.includes(PROFILE) ? [PROFILE] : [])])];
  return { text: text.trim(), records };
}

/** The paragraphs of what was typed, one a line. */
export function paragraphsOf(typed: string): readonly Paragraph[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map(paragraphOf);
}

/** The paragraphs as they are typed again: the numbers behind the words. */
export function typedAgain(paragraphs: readonly Paragraph[]): string {
  return paragraphs
    .map(({ text, records }) => [text, ...records.filter((one) => one !== PROFILE)].join(' ').trim())
    .join('\n');
}

/** What is wrong with a title and paragraphs, without looking at the records; undefined when nothing is. */
export function faultOf(title: string, paragraphs: readonly Paragraph[]): string | undefined {
  const number = personalNumber([title, ...paragraphs.map(({ text }) => text)].join('\n'));
  if (number) return `里面像有${number}，请删去`;
  if (paragraphs.length > MOST_PARAGRAPHS) return `正文最多${MOST_PARAGRAPHS}段`;
  if (paragraphs.flatMap(({ records }) => records).length > MOST_RECORDS)
    return `依据的编号最多${MOST_RECORDS}个`;
  const bare = paragraphs.findIndex(
    ({ text, records }) => records.length === 0 && figureIn(text) !== undefined,
  );
  const figure = figureIn(paragraphs[bare]?.text ?? '');
  return figure === undefined
    ? undefined
    : `第${bare + 1}段写了“${figure}”，请在这一段里写上依据的编号，例如 WT-2026-0001；收入、户数写“${PROFILE}”`;
}
