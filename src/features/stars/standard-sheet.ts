/** Reads standards of stars from an .xlsx file. Runs in a process of its own (see lib/apart.ts). */
import { z } from 'zod';
import { visible, wellFormed } from '../../lib/text.ts';
import { readTitled, titledRow } from '../../lib/titled.ts';
import type { Cell } from '../../lib/workbook.ts';

/** Of a sheet, titles included: a city has a few stars. */
export const MOST_ROWS = 100;
const MOST_COLUMNS = 20;
/** Longer is told to be too long, and by how much does not matter. */
const LONGEST_TEXT = 1_200;
const COLUMNS = {
  star: ['星', '星名', '创建星'],
  text: ['标准', '创建标准', '标准内容'],
  version: ['版本', '标准版本'],
  from: ['起用', '起用日期', '启用日期'],
};

export const standardSheetRow = titledRow(COLUMNS).extend({ text: z.string().max(LONGEST_TEXT) });
export type StandardSheetRow = z.infer<typeof standardSheetRow>;

/** The fields of the operation 导入标准; undefined when the file has no such sheet. */
export async function read(bytes: Uint8Array) {
  const limits = { kind: '创星标准', rows: MOST_ROWS, columns: MOST_COLUMNS };
  const sheet = await readTitled(bytes, limits, COLUMNS, (found) => found.has('star') && found.has('text'));
  const rows = sheet?.rows.map(({ line, words, cell }): StandardSheetRow => {
    // A cell with a date is read as an instant.
    const from = words.from.replace(/T[\d:.]+Z$/, '');
    return { line, ...words, text: wordsIn(cell('text')), from };
  });
  return rows && { rows: wellFormed(rows) };
}

/** Words of any length, with their lines. */
function wordsIn(cell: Cell): string {
  return visible(String(cell ?? ''))
    .trim()
    .slice(0, LONGEST_TEXT);
}
