/** Reads .xlsx files of people, within limits. For a process of its own (apart.ts): an XML parser takes the time it takes. */
import { strFromU8, type UnzipFileInfo, unzipSync, zipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { AppError } from './errors.ts';

/** Bytes of XML: a table that fills the limits of a roster has some 15 million. */
const MOST_UNPACKED = 32 * 1024 * 1024;
const TOO_LARGE = '这个表格解开来太大，没有读。请去掉多余的内容，或者分成几份再发。';
const SHEET = /^xl\/worksheets\/[^/]+\.xml$/;
/** An element of a row or a cell, and where it says that it stands. */
const PLACED = /<(?:\w+:)?(row|c)\b([^<>]*)/g;
const PLACE = /\sr\s*=\s*["']([A-Z]*)(\d*)["']/i;

/** Text, a number, true or false, a date, or nothing; the library's types say something else. */
export type Cell = unknown;
export type Rows = readonly (readonly Cell[])[];

/** How large a sheet is, empty rows and columns before its last cell included. */
interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** How large a sheet of one kind may be, and how people call that kind: a file is looked through for several. */
export interface SheetLimits extends Extent {
  readonly kind: string;
}

/**
 * The rows of every sheet; undefined when the content is no workbook.
 * @throws AppError `invalid` when a sheet is larger than the limits, or the whole is larger than anybody needs
 */
export async function readWorkbook(
  bytes: Uint8Array,
  limits: SheetLimits,
): Promise<readonly Rows[] | undefined> {
  const parts = unpack(bytes);
  if (!parts) return undefined;
  for (const [name, part] of Object.entries(parts)) {
    if (SHEET.test(name)) refuseLarge(extent(strFromU8(part, true)), limits);
  }
  // Exactly what was looked at, so that nobody else's idea of a damaged archive counts.
  const sheets = await readXlsx(Buffer.from(zipSync(parts, { level: 0 }))).catch(() => []);
  for (const { data } of sheets) {
    const columns = data.reduce((most, row) => Math.max(most, row.length), 0);
    refuseLarge({ rows: data.length, columns }, limits);
  }
  return sheets.map(({ data }) => data);
}

/** The parts with XML, of the size that the archive says and no larger; undefined when they are damaged. */
function unpack(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> | undefined {
  let left = MOST_UNPACKED;
  const filter = ({ name, originalSize }: UnzipFileInfo) => {
    if (!/\.(?:xml|rels)$/.test(name)) return false;
    left -= originalSize;
    if (left < 0) throw new AppError('invalid', TOO_LARGE);
    return true;
  };
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof AppError) throw error;
    return undefined;
  }
}

/** The last row and column that the XML of a sheet names, or that come to be by counting. */
function extent(xml: string): Extent {
  const most = { rows: 0, columns: 0 };
  let row = 0;
  let column = 0;
  for (const [, element, attributes = ''] of xml.matchAll(PLACED)) {
    const [, letters = '', digits = ''] = PLACE.exec(attributes) ?? [];
    if (element === 'row') {
      row = digits ? Number(digits) : row + 1;
      column = 0;
    } else {
      column = letters ? columnNumber(letters) : column + 1;
      if (digits) row = Number(digits);
    }
    most.rows = Math.max(most.rows, row);
    most.columns = Math.max(most.columns, column);
  }
  return most;
}

/** A is 1, Z 26, AA 27. */
function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

function refuseLarge({ rows, columns }: Extent, limits: SheetLimits): void {
  if (rows <= limits.rows && columns <= limits.columns) return;
  const [most, found] =
    rows > limits.rows
      ? [`${count(limits.rows)}行`, `第${count(rows)}行`]
      : [`${count(limits.columns)}列`, `第${count(columns)}列`];
  throw new AppError(
    'invalid',
    `这张表太大，没有读：${limits.kind}最多${most}，它写到了${found}（空白的也算）。请删掉多余的行和列，或者分成几份再发。`,
  );
}

const count = (n: number) => n.toLocaleString('en');
