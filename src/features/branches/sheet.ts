/** Reads profiles of branches from an .xlsx file. Runs in a process of its own (see lib/apart.ts). */
import { z } from 'zod';
import { cellText, columnTitle, LONGEST_CELL } from '../../lib/cells.ts';
import { wellFormed } from '../../lib/text.ts';
import { type Rows, readWorkbook } from '../../lib/workbook.ts';

/** Of a sheet, titles included. */
export const MOST_ROWS = 50_000;
const MOST_COLUMNS = 40;
const LIMITS = { kind: '支部档案', rows: MOST_ROWS, columns: MOST_COLUMNS };
/** The row with the titles is looked for this far down: names of the table stand above it. */
const HEAD_WITHIN = 10;

const COLUMNS = {
  branch: ['支部', '支部名称', '村', '社区', '单位', '单位名称', '党支部'],
  township: ['乡镇', '街道', '所属乡镇', '上级单位'],
  lng: ['经度', 'lng'],
  lat: ['纬度', 'lat'],
  industries: ['产业', '主导产业', '产业类别'],
  households: ['户数', '总户数', '农户数'],
  source: ['来源', '依据', '收入来源', '审计依据'],
} as const;
type Column = keyof typeof COLUMNS;
/** `2025年集体经济收入（万元）`, `2024年收入(元)` */
const INCOME = /^(20\d\d)年?.*收入/;

const text = z.string().max(LONGEST_CELL);
export const profileSheetRow = z.object({
  /** Of the row in the sheet, as a person counts. */
  line: z.number().int().positive(),
  branch: text,
  township: text,
  lng: text,
  lat: text,
  industries: text,
  households: text,
  source: text,
  income: z.array(z.object({ year: z.number().int(), amount: text, yuan: z.boolean() })).max(MOST_COLUMNS),
});
export type ProfileSheetRow = z.infer<typeof profileSheetRow>;

/** The fields of the operation 导入支部; undefined when the file has no sheet of profiles. */
export async function read(bytes: Uint8Array) {
  for (const data of (await readWorkbook(bytes, LIMITS)) ?? []) {
    const rows = readSheet(data);
    if (rows) return { rows: wellFormed(rows) };
  }
  return undefined;
}

function readSheet(data: Rows): readonly ProfileSheetRow[] | undefined {
  const titles = (row: Rows[number] = []) => row.map(columnTitle);
  const head = data.slice(0, HEAD_WITHIN).findIndex((row) => {
    const found = titles(row).map(columnOf);
    const tells = titles(row).some((title) => INCOME.test(title));
    return found.includes('branch') && (tells || found.some((one) => TELLING.includes(one)));
  });
  if (head < 0) return undefined;
  const columns = titles(data[head]).map(columnOf);
  const years = (data[head] ?? []).flatMap((cell, at) => {
    const [, year] = INCOME.exec(columnTitle(cell)) ?? [];
    return year ? [{ at, year: Number(year), yuan: /[（(]元[)）]/.test(cellText(cell)) }] : [];
  });
  return data.flatMap((row, i) => {
    const of = (column: Column) => cellText(row[columns.indexOf(column)]);
    if (i <= head || row.every((cell) => cellText(cell) === '')) return [];
    const { branch, township, lng, lat, industries, households, source } = {
      ...{ branch: of('branch'), township: of('township'), lng: of('lng'), lat: of('lat') },
      ...{ industries: of('industries'), households: of('households'), source: of('source') },
    };
    const income = years.flatMap(({ at, year, yuan }) => {
      const amount = cellText(row[at]);
      return amount === '' ? [] : [{ year, amount, yuan }];
    });
    return [{ line: i + 1, branch, township, lng, lat, industries, households, source, income }];
  });
}

/** A sheet that names branches and none of these is something else. */
const TELLING: readonly (Column | undefined)[] = ['lng', 'lat', 'industries', 'households'];

function columnOf(title: string): Column | undefined {
  const found = Object.entries(COLUMNS).find(([, titles]) => (titles as readonly string[]).includes(title));
  return found?.[0] as Column | undefined;
}
