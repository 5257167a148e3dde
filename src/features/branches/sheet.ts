/** Reads profiles of branches from an .xlsx file. Runs in a process of its own (see lib/apart.ts). */
import { z } from 'zod';
import { cellText, columnTitle, LONGEST_CELL } from '../../lib/cells.ts';
import { wellFormed } from '../../lib/text.ts';
import { readTitled, titledRow } from '../../lib/titled.ts';

/** Of a sheet, titles included. */
export const MOST_ROWS = 50_000;
const MOST_COLUMNS = 40;

const COLUMNS = {
  branch: ['支部', '支部名称', '村', '社区', '单位', '单位名称', '党支部'],
  township: ['乡镇', '街道', '所属乡镇', '上级单位'],
  lng: ['经度', 'lng'],
  lat: ['纬度', 'lat'],
  industries: ['产业', '主导产业', '产业类别'],
  households: ['户数', '总户数', '农户数'],
  source: ['来源', '依据', '收入来源', '审计依据'],
};
/** `2025年集体经济收入（万元）`, `2024年收入(元)` */
const INCOME = /^(20\d\d)年?.*收入/;
/** A sheet that names branches and none of these, nor an income, is something else. */
const TELLING = ['lng', 'lat', 'industries', 'households'] as const;

export const profileSheetRow = titledRow(COLUMNS).extend({
  income: z
    .array(z.object({ year: z.number().int(), amount: z.string().max(LONGEST_CELL), yuan: z.boolean() }))
    .max(MOST_COLUMNS),
});
export type ProfileSheetRow = z.infer<typeof profileSheetRow>;

/** The fields of the operation 导入支部; undefined when the file has no sheet of profiles. */
export async function read(bytes: Uint8Array) {
  const limits = { kind: '支部档案', rows: MOST_ROWS, columns: MOST_COLUMNS };
  const sheet = await readTitled(bytes, limits, COLUMNS, (found, titles) => {
    const tells = titles.some((title) => INCOME.test(title)) || TELLING.some((one) => found.has(one));
    return found.has('branch') && tells;
  });
  if (!sheet) return undefined;
  const years = sheet.titles.flatMap((cell, at) => {
    const [, year] = INCOME.exec(columnTitle(cell)) ?? [];
    return year ? [{ at, year: Number(year), yuan: /[（(]元[)）]/.test(cellText(cell)) }] : [];
  });
  const rows = sheet.rows.map(({ line, words, cells }): ProfileSheetRow => {
    const income = years.flatMap(({ at, year, yuan }) => {
      const amount = cellText(cells[at]);
      return amount === '' ? [] : [{ year, amount, yuan }];
    });
    return { line, ...words, income };
  });
  return { rows: wellFormed(rows) };
}
