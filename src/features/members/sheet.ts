/** Reads a roster from an .xlsx file: which columns it has, what stands in each row, and what cannot be read. */
import { Unzip, UnzipInflate } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { z } from 'zod';
import { wellFormed } from '../../lib/text.ts';

/** A file packs more than this many bytes only if it is no roster. */
const MOST_UNPACKED = 16 * 1024 * 1024;
const CHUNK = 64 * 1024;
export const MOST_ROWS = 20_000;
/** The row with the titles is looked for this far down: names of the table stand above it. */
const HEAD_WITHIN = 10;

/** The columns by their titles; 姓名, 单位 and 角色 must be there. */
const COLUMNS = {
  id: ['编号', '人员编号', 'id'],
  name: ['姓名', '名字'],
  unit: ['单位', '所在单位', '单位名称'],
  role: ['角色', '岗位', '职务'],
  phone: ['手机', '手机号', '手机号码', '电话', '联系电话'],
  account: ['teams账号', 'teams帐号', '账号', '帐号'],
} as const;
type Column = keyof typeof COLUMNS;

export const rosterRow = z.object({
  /** Of the row in the sheet, as a person counts. */
  line: z.number().int().positive(),
  id: z.string().max(200),
  name: z.string().max(200),
  unit: z.string().max(200),
  role: z.string().max(200),
  phone: z.string().max(200),
  account: z.string().max(200),
  /** What was made of a cell that was not quite right. */
  notes: z.array(z.string().max(200)).max(10),
});
export type RosterRow = z.infer<typeof rosterRow>;

/** What is in the file, or undefined when it is no roster. Never throws: the content may be anything. */
export async function readRoster(bytes: Uint8Array): Promise<readonly RosterRow[] | undefined> {
  try {
    if (!unpacksSmall(bytes)) return undefined;
    for (const { data } of await readXlsx(Buffer.from(bytes))) {
      const rows = readSheet(data);
      if (rows) return wellFormed(rows);
    }
  } catch {
    // Not a workbook that can be read; the caller says so.
  }
  return undefined;
}

/** Counts what really comes out, not what the file says of itself. */
function unpacksSmall(bytes: Uint8Array): boolean {
  let left = MOST_UNPACKED;
  const unzip = new Unzip((file) => {
    file.ondata = (error, data) => {
      if (error) throw error;
      left -= data.length;
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  for (let at = 0; at < bytes.length && left >= 0; at += CHUNK) {
    unzip.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
  }
  return left >= 0;
}

/** Text, a number, true or false, a date, or nothing; the library's types say something else. */
type Cell = unknown;

/** The rows of one sheet; undefined when it has no row of titles with 姓名 and 单位. */
export function readSheet(data: readonly (readonly Cell[])[]): readonly RosterRow[] | undefined {
  const head = data.slice(0, HEAD_WITHIN).findIndex((row) => {
    const titles = row.map(columnOf);
    return titles.includes('name') && titles.includes('unit') && titles.includes('role');
  });
  if (head < 0) return undefined;
  const columns = (data[head] ?? []).map(columnOf);
  const at = (row: readonly Cell[], column: Column): Cell => row[columns.indexOf(column)];
  const rows: RosterRow[] = [];
  let above = '';
  for (const [i, row] of data.entries()) {
    if (i <= head || row.every((cell) => textOf(cell) === '')) continue;
    if (rows.length === MOST_ROWS) break;
    const notes: string[] = [];
    let unit = textOf(at(row, 'unit'));
    if (unit === '' && above !== '' && textOf(at(row, 'name')) !== '') {
      // A cell merged over several rows stands in the first of them only.
      unit = above;
      notes.push(`单位空着，按上面的“${above}”`);
    }
    above = unit;
    const phone = at(row, 'phone');
    if (typeof phone === 'number') notes.push('手机是数字格式，按文字读了');
    rows.push({
      line: i + 1,
      id: textOf(at(row, 'id')),
      name: textOf(at(row, 'name')).replace(/\s+/g, ''),
      unit,
      role: textOf(at(row, 'role')),
      phone: textOf(phone)
        .replace(/[\s-]/g, '')
        .replace(/^\+?86(?=1\d{10}$)/, ''),
      account: textOf(at(row, 'account')).toLowerCase(),
      notes,
    });
  }
  return rows;
}

function columnOf(cell: Cell): Column | undefined {
  const title = textOf(cell)
    .replace(/\s+/g, '')
    .replace(/[（(].*$/, '')
    .replace(/[?？*＊]$/, '')
    .toLowerCase();
  const found = Object.entries(COLUMNS).find(([, titles]) => (titles as readonly string[]).includes(title));
  return found?.[0] as Column | undefined;
}

/** What stands in a cell as text, spaces of every width tidied. */
function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = cell instanceof Date ? cell.toISOString() : String(cell);
  return text
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff]+/g, ' ')
    .trim()
    .slice(0, 200);
}
