/**
 * The thread that writes one spreadsheet: gets pages of lines, then the end; answers with the file.
 * JavaScript, because a thread does not learn to read TypeScript from the process that starts it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import writeXlsx from 'write-excel-file/node';

const SHANGHAI_MS = 8 * 3_600_000;
/** Of one cell; Excel refuses the whole file over 32,767. */
const LONGEST = 32_000;
/** Of a row: one line of text, and what Excel allows. */
const LINE_POINTS = 15;
const TALLEST_POINTS = 405;

const DAY = /^\d{4}-\d\d-\d\d$/;

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
  for (const line of lines ?? []) rows.push(row(line));
  if (!end) return;
  const book = writeXlsx(
    rows,
    { columns: columns.map(({ width }) => ({ width })), stickyRowsCount: 1, sheet, orientation: 'landscape' },
    { features: [autoFilter(columns.length, rows.length), onPaper(sheet)] },
  );
  // A copy of its own: what is handed over is gone here.
  const bytes = new Uint8Array(await book.toBuffer());
  parentPort.postMessage(bytes, [bytes.buffer]);
  parentPort.close();
});

/** The cells of a line; long texts go on below, or they would be cut off on paper, and the row is as tall as they are. */
function row(line) {
  const cells = columns.map(({ kind }, at) => cell(kind, line[at]));
  const lines = columns.map(({ kind, width }, at) => (kind === 'text' ? linesOf(line[at], width) : 1));
  const most = Math.max(...lines);
  if (most === 1) return cells;
  const height = Math.min(most * LINE_POINTS, TALLEST_POINTS);
  return cells.map((one, at) => one && { ...one, height, alignVertical: 'top', wrap: lines[at] > 1 });
}

/** How many lines a text takes in a column of so many characters, a Chinese one counting as two. */
function linesOf(text, width) {
  if (!text) return 1;
  const lines = String(text).slice(0, LONGEST).split('\n');
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil((line.length * 2) / width)), 0);
}

/** A cell of a kind of column, see lib/sheet.ts; text has its type said, so that it never becomes a formula. */
function cell(kind, value) {
  if (value === null || value === undefined || value === '') return null;
  switch (kind === 'time' && DAY.test(value) ? 'day' : kind) {
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

/** Printed, all columns are on one sheet of A4 and the titles are on each. The name is ours: letters only. */
function onPaper(name) {
  const fitted = (xml) =>
    xml
      .replace('<sheetViews', () => '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews')
      .replace('<pageSetup ', () => '<pageSetup fitToWidth="1" fitToHeight="0" ');
  const titles = `<definedName name="_xlnm.Print_Titles" localSheetId="0">'${name}'!$1:$1</definedName>`;
  const titled = (xml) => xml.replace('<definedNames/>', () => `<definedNames>${titles}</definedNames>`);
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': { transform: fitted },
        'xl/workbook.xml': { transform: titled },
      },
    },
  };
}

/** The name of a column: A, Z, AA. */
function letters(column) {
  const last = String.fromCharCode(65 + ((column - 1) % 26));
  return column > 26 ? letters(Math.floor((column - 1) / 26)) + last : last;
}
