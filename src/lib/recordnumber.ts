/** Numbers of records as people write them: wt-2026-1, ＷＴ２０２６０００１, “WT–2026–0001”。 */
import { KIND_TYPED, type NumberKind } from './numbershape.ts';
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
const BY_YEAR = new RegExp(
  `^${OPEN}(?!${MONTHLY})(${KIND_TYPED})${DASH}(\\d{4})${DASH}(\\d{1,8})${END}`,
  'u',
);

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

/** The numbers of one kind of record. */
export interface Numbers {
  /** A number as it is kept. */
  readonly pattern: RegExp;
  readonly example: string;
  /** The next one in the year (or month) of a day. */
  next(tx: { next(series: string): Promise<number> }, day: string): Promise<string>;
  /** The number of this kind that a text begins with. */
  read(text: string): Numbered | undefined;
  /** The number and the words behind it; '' and all the words where none begins it. */
  split(text: string): { readonly number: string; readonly words: string };
}

/**
 * @param kind the letters that numbers of this kind begin with: two, as everything that recognizes one expects
 * @param meant what a first word looks like that is meant for a number and is none; it is taken for one, to be refused
 */
export function numbered(kind: NumberKind, meant?: RegExp): Numbers {
  const monthly = kind.toLowerCase() === MONTHLY;
  const pattern = new RegExp(monthly ? `^${kind}-\\d{4}-\\d{2}-\\d{1,6}$` : `^${kind}-\\d{4}-\\d{4,}$`);
  const read = (text: string) => {
    const found = readNumber(text);
    return found && pattern.test(found.number) ? found : undefined;
  };
  return {
    pattern,
    example: monthly ? `${kind}-2026-11-01` : `${kind}-2026-0001`,
    async next(tx, day) {
      const series = `${kind}-${day.slice(0, monthly ? 7 : 4)}`;
      return `${series}-${pad(String(await tx.next(series)), monthly ? 2 : 4)}`;
    },
    read,
    split(text) {
      const found = read(text);
      if (found) return { number: found.number, words: found.words };
      const [first = ''] = text.trim().split(/\s/, 1);
      const number = meant?.test(first.normalize('NFKC')) ? first : '';
      return { number, words: text.trim().slice(number.length).trim() };
    },
  };
}
