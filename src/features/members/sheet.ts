/**
 * Reads a roster from an .xlsx file: which columns it has, what stands in each row, and what cannot be read. Runs in a
 * process of its own when people send the file (see lib/apart.ts).
 */
import { z } from 'zod';
import { cellText, columnTitle, LONGEST_CELL as LONGEST } from '../../lib/cells.ts';
import { wellFormed } from '../../lib/text.ts';
import { readTitled, titledRow } from '../../lib/titled.ts';
import { nameOf } from './names.ts';

/** Of a sheet, titles included. */
export const MOST_ROWS = 20_000;
const MOST_COLUMNS = 50;

/** The columns by their titles; 姓名, 单位 and 角色 must be there. */
const COLUMNS = {
  id: ['编号', '人员编号', 'id'],
  name: ['姓名', '名字'],
  unit: ['单位', '所在单位', '单位名称'],
  role: ['角色', '岗位', '职务'],
  phone: ['手机', '手机号', '手机号码', '电话', '联系电话'],
};

export const rosterRow = titledRow(COLUMNS).extend({
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
  const limits = { kind: '名单', rows: MOST_ROWS, columns: MOST_COLUMNS };
  const sheet = await readTitled(
    bytes,
    limits,
    COLUMNS,
    (found) => found.has('name') && found.has('unit') && found.has('role'),
  );
  if (!sheet) return undefined;
  const titles = sheet.titles.map((cell) => /^.*账号$/.exec(columnTitle(cell).replace('帐号', '账号'))?.[0]);
  let above = '';
  const rows = sheet.rows.map(({ line, words, cell, cells }): RosterRow => {
    const notes: string[] = [];
    let { unit } = words;
    if (unit === '' && above !== '' && words.name !== '') {
      // A cell merged over several rows stands in the first of them only.
      unit = above;
      notes.push(`单位空着，按上面的“${above}”`);
    }
    above = unit;
    const accounts = Object.fromEntries(
      titles.flatMap((title, k) => (title ? [[title, cellText(cells[k])]] : [])),
    );
    if (typeof cell('phone') === 'number') notes.push('手机是数字格式，按文字读了');
    const phone = words.phone.replace(/[\s-]/g, '').replace(/^\+?86(?=1\d{10}$)/, '');
    const account = Object.values(accounts)[0] ?? '';
    return { line, ...words, name: nameOf(words.name), unit, phone, account, accounts, notes };
  });
  return wellFormed(rows);
}

/** The fields of the operation 导入名单. */
export async function read(bytes: Uint8Array) {
  const rows = await readRoster(bytes);
  return rows && { rows };
}
