/**
 * Text as it is searched. Chinese has no spaces, so its words are found by each two characters that stand side by side;
 * words of letters and digits are whole.
 */
import { foldHan } from './han.ts';

/** Half-width, lower case and simplified, as it is compared. */
function fold(text: string): string {
  return foldHan(text.normalize('NFKC'));
}

/** Letters and digits that are a word of their own, or one character of a script without spaces. */
const PIECES = /[\p{Script=Han}]|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu;
const HAN = /^\p{Script=Han}/u;
/** Longer words are found by their beginning. */
const LONGEST = 40;

/**
 * What a text is found by: `3号路LED灯` → 3, 3号, 号路, 路l, led, d灯. Each pair once; nothing across punctuation.
 * A character of Chinese that stands alone is none: see `charactersOf`.
 */
export function* termsOf(text: string): Generator<string> {
  let before = '';
  let end = -1;
  for (const { 0: piece, index } of fold(text).matchAll(PIECES)) {
    const isHan = HAN.test(piece);
    if (index === end) yield last(before) + first(piece);
    if (!isHan) yield piece.slice(0, LONGEST);
    before = piece;
    end = index + piece.length;
  }
}

/** Each character of Chinese, for words of one character. */
export function* charactersOf(text: string): Generator<string> {
  for (const [char] of fold(text).matchAll(/\p{Script=Han}/gu)) yield char;
}

function first(piece: string): string {
  return String.fromCodePoint(piece.codePointAt(0) ?? 0);
}

function last(piece: string): string {
  const pair = piece.slice(-2);
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : piece.slice(-1);
}
