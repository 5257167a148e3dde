/**
 * What numbers of records look like as they are kept: WT-2026-0001, HS-2026-11-01. Two letters for the kind, then the
 * year, for some the month, and the count; whatever recognizes one anywhere does it by what stands here.
 */
type Letter =
  | ('A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M')
  | ('N' | 'O' | 'P' | 'Q' | 'R' | 'S' | 'T' | 'U' | 'V' | 'W' | 'X' | 'Y' | 'Z');

/** The letters that numbers of one kind begin with. */
export type NumberKind = `${Letter}${Letter}`;

/** Those of any kind, as a piece of a regular expression; in lower case where what is typed was made so. */
export const KIND = '[A-Z]{2}';
export const KIND_TYPED = KIND.toLowerCase();

/** A whole number inside a text. */
export const WHOLE = `\\b${KIND}(?:-\\d+){2,3}\\b`;

const BEGINS = new RegExp(`^${KIND}-\\d`);
/** A decision has one more, behind that of its meeting. */
const FIRST = new RegExp(`^${KIND}(?:-\\d+){2,4}`);
const ANY = new RegExp(`\\b${KIND}(?:-\\d+){2,4}\\b`);

/** Whether a text begins as a number does; the rest of it may be missing. */
export function looksNumbered(text: string): boolean {
  return BEGINS.test(text);
}

/** The number that a key begins with: `RW-2026-0001` of `RW-2026-0001|2026-W47`; '' when it begins with none. */
export function numberAt(key: string): string {
  return FIRST.exec(key)?.[0] ?? '';
}

/** The first number in a key: `RW-2026-0001` of `checkin:RW-2026-0001|once`; '' when there is none. */
export function numberIn(key: string): string {
  return ANY.exec(key)?.[0] ?? '';
}
