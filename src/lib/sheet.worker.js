/**
 * The thread that writes one spreadsheet: gets pages of lines, then the end; answers with the file.
 * JavaScript, because a thread does not learn to read TypeScript from the process that starts it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import writeXlsx from 'write-excel-file/node';

const SHANGHAI_MS = 8 * 3_600_000;
/** Of one cell; Excel refuses the whole file over 32,767. */
const LONGEST = 32_000;

/** The head of lib/sheet.ts. */
const { sheet, columns } = workerData;
const rows = [
  columns.map(({ title }) => ({
    value: title,
    type: String,
    fontWeight: 'bold',
    backgroundColor: '#f3e3e1',
    alignVertical: 'center',
  })),
];

parentPort.on('message', async ({ lines, end }) => {
  for (const line of lines ?? []) rows.push(columns.map(({ kind }, at) => cell(kind, line[at])));
  if (!end) return;
  const book = writeXlsx(
    rows,
    { columns: columns.map(({ width }) => ({ width })), stickyRowsCount: 1, sheet, orientation: 'landscape' },
    { features: [autoFilter(columns.length, rows.length)] },
  );
  // A copy of its own: what is handed over is gone here.
  const bytes = new Uint8Array(await book.toBuffer());
  parentPort.postMessage(bytes, [bytes.buffer]);
  parentPort.close();
});

/** A cell of a kind of column, see lib/sheet.ts; text has its type said, so that it never becomes a formula. */
function cell(kind, value) {
  if (value === null || value === undefined || value === '') return null;
  switch (kind) {
    case 'number':
      return { value: Number(value), type: Number };
    case 'day':
      return { value: new Date(`${value}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' };
    case 'time':
      return { value: new Date(Date.parse(value) + SHANGHAI_MS), type: Date, format: 'yyyy-mm-dd hh:mm' };
    default:
      return { value: String(value).slice(0, LONGEST), type: String };
  }
}

/** The little arrows in the header; the library leaves them to its users. */
function autoFilter(width, height) {
  const filter = `<autoFilter ref="A1:${letters(width)}${height}"/>`;
  const transform = (xml) => xml.replace('</sheetData>', () => `</sheetData>${filter}`);
  return { files: { transform: { 'xl/worksheets/sheet{id}.xml': { transform } } } };
}

/** The name of a column: A, Z, AA. */
function letters(column) {
  const last = String.fromCharCode(65 + ((column - 1) % 26));
  return column > 26 ? letters(Math.floor((column - 1) / 26)) + last : last;
}
