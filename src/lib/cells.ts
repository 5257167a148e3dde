/** Cells of spreadsheets: words of those that people filled in, titles of columns, and words for those that we write. */
import { plainText, visible } from './text.ts';
import type { Cell } from './workbook.ts';

/** Of the text in a cell; units have the longest names. */
export const LONGEST_CELL = 200;

/** What stands in a cell as text, spaces of every width tidied. */
export function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = cell instanceof Date ? cell.toISOString() : String(cell);
  return visible(text.slice(0, 5 * LONGEST_CELL).normalize('NFKC'))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_CELL);
}

/** The title of a column without spaces, remarks in brackets and marks behind it, in lower case. */
export function columnTitle(cell: Cell): string {
  return cellText(cell)
    .replace(/\s+/g, '')
    .replace(/[（(].*$/, '')
    .replace(/[?？*＊]$/, '')
    .toLowerCase();
}

/**
 * Words as a cell is given them. The format writes an A as `_x0041_`, so that what somebody typed so is escaped. And the
 * library that writes the file takes the names of what every object has (`constructor`) for words that it has had before:
 * the whole file would be broken.
 */
export function wordsForCell(words: string): string {
  const plain = plainText(words).replace(/_(?=x[\da-f]{4}_)/gi, '_x005F_');
  if (!(plain in Object.prototype)) return plain;
  return `_x${plain.charCodeAt(0).toString(16).padStart(4, '0')}_${plain.slice(1)}`;
}
