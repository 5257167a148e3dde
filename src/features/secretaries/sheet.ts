/** Reads trainings and honours of secretaries from an .xlsx file. Runs in a process of its own (see lib/apart.ts). */
import { z } from 'zod';
import { cellText, columnTitle, LONGEST_CELL } from '../../lib/cells.ts';
import { wellFormed } from '../../lib/text.ts';
import { type Rows, readWorkbook } from '../../lib/workbook.ts';

/** Of a sheet, titles included: a county writes one row for each training; more come in several files. */
export const MOST_ROWS = 500;
const LIMITS = { kind: '书记档案', rows: MOST_ROWS, columns: 40 };
/** The row with the titles is looked for this far down: names of the table stand above it. */
const HEAD_WITHIN = 10;

const COLUMNS = {
  branch: ['支部', '支部名称', '村', '社区', '党支部'],
  township: ['乡镇', '街道', '所属乡镇'],
  name: ['姓名', '书记', '支部书记', '书记姓名'],
  since: ['任职时间', '任职日期', '任现职时间', '上任时间'],
  training: ['培训', '培训名称', '培训班'],
  on: ['培训时间', '培训日期'],
  days: ['天数', '培训天数'],
  honour: ['荣誉', '荣誉名称', '表彰'],
  honouredOn: ['荣誉时间', '荣誉日期', '表彰时间'],
} as const;
type Column = keyof typeof COLUMNS;

const text = z.string().max(LONGEST_CELL);
export const secretarySheetRow = z.object({
  /** Of the row in the sheet, as a person counts. */
  line: z.number().int().positive(),
  ...{ branch: text, township: text, name: text, since: text },
  ...{ training: text, on: text, days: text, honour: text, honouredOn: text },
});
export type SecretarySheetRow = z.infer<typeof secretarySheetRow>;

/** The fields of the operation 导入书记; undefined when the file has no such sheet. */
export async function read(bytes: Uint8Array) {
  for (const data of (await readWorkbook(bytes, LIMITS)) ?? []) {
    const rows = readSheet(data);
    if (rows) return { rows: wellFormed(rows) };
  }
  return undefined;
}

/** A sheet that names branches and people and none of these is something else. */
const TELLING: readonly (Column | undefined)[] = ['since', 'training', 'honour'];

function readSheet(data: Rows): readonly SecretarySheetRow[] | undefined {
  const columnsOf = (row: Rows[number] = []) => row.map((cell) => columnOf(columnTitle(cell)));
  const head = data.slice(0, HEAD_WITHIN).findIndex((row) => {
    const found = columnsOf(row);
    return found.includes('branch') && found.includes('name') && found.some((one) => TELLING.includes(one));
  });
  if (head < 0) return undefined;
  const columns = columnsOf(data[head]);
  return data.flatMap((row, i) => {
    if (i <= head || row.every((cell) => cellText(cell) === '')) return [];
    const of = (column: Column) => cellText(row[columns.indexOf(column)]);
    return [
      {
        line: i + 1,
        ...{ branch: of('branch'), township: of('township'), name: of('name'), since: of('since') },
        ...{ training: of('training'), on: of('on'), days: of('days') },
        ...{ honour: of('honour'), honouredOn: of('honouredOn') },
      },
    ];
  });
}

function columnOf(title: string): Column | undefined {
  const found = Object.entries(COLUMNS).find(([, titles]) => (titles as readonly string[]).includes(title));
  return found?.[0] as Column | undefined;
}
