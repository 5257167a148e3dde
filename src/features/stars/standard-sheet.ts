/** Reads standards of stars from an .xlsx file. Runs in a process of its own (see lib/apart.ts). */
import { z } from 'zod';
import { cellText, columnTitle, LONGEST_CELL } from '../../lib/cells.ts';
import { visible, wellFormed } from '../../lib/text.ts';
import { type Cell, readWorkbook } from '../../lib/workbook.ts';

/** Of a sheet, titles included: a city has a few stars. */
export const MOST_ROWS = 100;
const LIMITS = { kind: '创星标准', rows: MOST_ROWS, columns: 20 };
const HEAD_WITHIN = 10;
/** Longer is told to be too long, and by how much does not matter. */
const LONGEST_TEXT = 1_200;
const COLUMNS = {
  star: ['星', '星名', '创建星'],
  text: ['标准', '创建标准', '标准内容'],
  version: ['版本', '标准版本'],
  from: ['起用', '起用日期', '启用日期'],
} as const;
type Column = keyof typeof COLUMNS;

const text = z.string().max(LONGEST_CELL);
export const standardSheetRow = z.object({
  /** Of the row in the sheet, as a person counts. */
  line: z.number().int().positive(),
  star: text,
  text: z.string().max(LONGEST_TEXT),
  version: text,
  from: text,
});
export type StandardSheetRow = z.infer<typeof standardSheetRow>;

/** The fields of the operation 导入标准; undefined when the file has no such sheet. */
export async function read(bytes: Uint8Array) {
  for (const data of (await readWorkbook(bytes, LIMITS)) ?? []) {
    const head = data.slice(0, HEAD_WITHIN).findIndex((row) => {
      const found = row.map(columnTitle).map(columnOf);
      return found.includes('star') && found.includes('text');
    });
    if (head < 0) continue;
    const columns = (data[head] ?? []).map(columnTitle).map(columnOf);
    const rows = data.flatMap((row, i): StandardSheetRow[] => {
      const of = (column: Column) => cellText(row[columns.indexOf(column)]);
      if (i <= head || row.every((cell) => cellText(cell) === '')) return [];
      const words = { star: of('star'), text: wordsIn(row[columns.indexOf('text')]), version: of('version') };
      // A cell with a date is read as an instant.
      return [{ line: i + 1, ...words, from: of('from').replace(/T[\d:.]+Z$/, '') }];
    });
    return { rows: wellFormed(rows) };
  }
  return undefined;
}

/** Words of any length, with their lines. */
function wordsIn(cell: Cell): string {
  return visible(String(cell ?? ''))
    .trim()
    .slice(0, LONGEST_TEXT);
}

function columnOf(title: string): Column | undefined {
  const found = Object.entries(COLUMNS).find(([, titles]) => (titles as readonly string[]).includes(title));
  return found?.[0] as Column | undefined;
}
