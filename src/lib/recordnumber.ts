/** Numbers of records as people write them: wt-2026-1, ＷＴ２０２６０００１, “WT–2026–0001”。 */
import { foldWidth } from './numerals.ts';

/** Kinds that are counted by the month: `HS-2026-11-01`. All others are by the year: `WT-2026-0001`. */
const MONTHLY = 'hs';

const OPEN = '[\\s"\'“‘「『【《〈(\\[#№:：,，]{0,5}';
/** Between the parts: dashes of every kind, what is taken for one, or nothing. */
const DASH = '[\\s\\p{Pd}−ー一_./·~]{0,3}';
const CLOSE = '["\'”’」』】》〉)\\]]{0,3}(?:号(?=[\\s,，。]|$))?[\\s,，。.、:：;；!！?？…]*';
const END = `(?![a-z\\d])${CLOSE}`;
const BY_MONTH = new RegExp(
  `^${OPEN}(${MONTHLY})${DASH}(\\d{4})${DASH}(\\d{2}|\\d(?=[^\\d]))${DASH}(\\d{1,6})${END}`,
  'u',
);
const BY_YEAR = new RegExp(`^${OPEN}(?!${MONTHLY})([a-z]{2})${DASH}(\\d{4})${DASH}(\\d{1,8})${END}`, 'u');

/** A number as it is kept, the words behind it, and how many characters it takes as it is written. */
export interface Numbered {
  readonly number: string;
  readonly words: string;
  readonly length: number;
}

/** The number that a text begins with, whatever kind of record it is of; undefined when it begins with none. */
export function readNumber(text: string): Numbered | undefined {
  const line = foldWidth(text);
  const hit = BY_MONTH.exec(line) ?? BY_YEAR.exec(line);
  if (!hit) return undefined;
  const [whole, kind = '', year = '', ...rest] = hit;
  const [n = '', month] = rest.reverse();
  const parts = month === undefined ? [year, pad(n, 4)] : [year, pad(month, 2), pad(n, 2)];
  const { length } = whole;
  return { number: [kind.toUpperCase(), ...parts].join('-'), words: text.slice(length).trim(), length };
}

function pad(digits: string, length: number): string {
  return String(Number(digits)).padStart(length, '0');
}
