/** Cells of spreadsheets that people filled in: their words, and the titles of columns. */
import { visible } from './text.ts';
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
