/**
 * Reads a roster from an .xlsx file: which columns it has, what stands in each row, and what cannot be read. Runs in a
 * process of its own when people send the file (see lib/apart.ts).
 */
import { z } from 'zod';
import { columnTitle, LONGEST_CELL as LONGEST, cellText as textOf } from '../../lib/cells.ts';
import { wellFormed } from '../../lib/text.ts';
import type { Cell, Rows } from '../../lib/workbook.ts';
import { readWorkbook } from '../../lib/workbook.ts';
import { nameOf } from './names.ts';

/** Of a sheet, titles included. */
export const MOST_ROWS = 20_000;
const LIMITS = { kind: '名单', rows: MOST_ROWS, columns: 50 };
/** The row with the titles is looked for this far down: names of the table stand above it. */
const HEAD_WITHIN = 10;

/** The columns by their titles; 姓名, 单位 and 角色 must be there. */
const COLUMNS = {
  id: ['编号', '人员编号', 'id'],
  name: ['姓名', '名字'],
  unit: ['单位', '所在单位', '单位名称'],
  role: ['角色', '岗位', '职务'],
  phone: ['手机', '手机号', '手机号码', '电话', '联系电话'],
} as const;
type Column = keyof typeof COLUMNS;

export const rosterRow = z.object({
  /** Of the row in the sheet, as a person counts. */
  line: z.number().int().positive(),
  id: z.string().max(LONGEST),
  name: z.string().max(LONGEST),
  unit: z.string().max(LONGEST),
  role: z.string().max(LONGEST),
  phone: z.string().max(LONGEST),
  /** The first of `accounts`, for servers of the version before. */
  account: z.string().max(LONGEST),
  /** By the title of their column in lower case, such as `账号` or that of a platform. */
  accounts: z.record(z.string().max(LONGEST), z.string().max(LONGEST)).default({}),
  /** What was made of a cell that was not quite right. */
  notes: z.array(z.string().max(LONGEST)).max(10),
});
export type RosterRow = z.infer<typeof rosterRow>;

/**
 * What is in the file, or undefined when it is no roster; the content may be anything.
 * @throws AppError `invalid` when it is too large to be one
 */
export async function readRoster(bytes: Uint8Array): Promise<readonly RosterRow[] | undefined> {
  for (const data of (await readWorkbook(bytes, LIMITS)) ?? []) {
    const rows = readSheet(data);
    if (rows) return wellFormed(rows);
  }
  return undefined;
}

/** The fields of the operation 导入名单. */
export async function read(bytes: Uint8Array) {
  const rows = await readRoster(bytes);
  return rows && { rows };
}

/** The rows of one sheet; undefined when it has no row of titles with 姓名 and 单位. */
function readSheet(data: Rows): readonly RosterRow[] | undefined {
  const head = data.slice(0, HEAD_WITHIN).findIndex((row) => {
    const titles = row.map(columnOf);
    return titles.includes('name') && titles.includes('unit') && titles.includes('role');
  });
  if (head < 0) return undefined;
  const columns = (data[head] ?? []).map(columnOf);
  const titles = (data[head] ?? []).map((cell) => /^.*账号$/.exec(titleOf(cell))?.[0]);
  const at = (row: readonly Cell[], column: Column): Cell => row[columns.indexOf(column)];
  const rows: RosterRow[] = [];
  let above = '';
  for (const [i, row] of data.entries()) {
    if (i <= head || row.every((cell) => textOf(cell) === '')) continue;
    const notes: string[] = [];
    let unit = textOf(at(row, 'unit'));
    if (unit === '' && above !== '' && textOf(at(row, 'name')) !== '') {
      // A cell merged over several rows stands in the first of them only.
      unit = above;
      notes.push(`单位空着，按上面的“${above}”`);
    }
    above = unit;
    const phone = at(row, 'phone');
    const accounts = Object.fromEntries(
      titles.flatMap((title, k) => (title ? [[title, textOf(row[k])]] : [])),
    );
    if (typeof phone === 'number') notes.push('手机是数字格式，按文字读了');
    rows.push({
      line: i + 1,
      id: textOf(at(row, 'id')),
      name: nameOf(textOf(at(row, 'name'))),
      unit,
      role: textOf(at(row, 'role')),
      phone: textOf(phone)
        .replace(/[\s-]/g, '')
        .replace(/^\+?86(?=1\d{10}$)/, ''),
      account: Object.values(accounts)[0] ?? '',
      accounts,
      notes,
    });
  }
  return rows;
}

function titleOf(cell: Cell): string {
  return columnTitle(cell).replace('帐号', '账号');
}

function columnOf(cell: Cell): Column | undefined {
  const title = titleOf(cell);
  const found = Object.entries(COLUMNS).find(([, titles]) => (titles as readonly string[]).includes(title));
  return found?.[0] as Column | undefined;
}
