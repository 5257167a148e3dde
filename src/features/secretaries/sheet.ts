/** Reads trainings and honours of secretaries from an .xlsx file. Runs in a process of its own (see lib/apart.ts). */
import type { z } from 'zod';
import { wellFormed } from '../../lib/text.ts';
import { readTitled, titledRow } from '../../lib/titled.ts';

/** Of a sheet, titles included: a county writes one row for each training; more come in several files. */
export const MOST_ROWS = 500;
const MOST_COLUMNS = 40;

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
};
/** A sheet that names branches and people and none of these is something else. */
const TELLING = ['since', 'training', 'honour'] as const;

export const secretarySheetRow = titledRow(COLUMNS);
export type SecretarySheetRow = z.infer<typeof secretarySheetRow>;

/** The fields of the operation 导入书记; undefined when the file has no such sheet. */
export async function read(bytes: Uint8Array) {
  const limits = { kind: '书记档案', rows: MOST_ROWS, columns: MOST_COLUMNS };
  const sheet = await readTitled(
    bytes,
    limits,
    COLUMNS,
    (found) => found.has('branch') && found.has('name') && TELLING.some((one) => found.has(one)),
  );
  return sheet && { rows: wellFormed(sheet.rows.map(({ line, words }) => ({ line, ...words }))) };
}
