/** The tables of a report as a spreadsheet, one sheet each; all words are text, never a formula. */

import writeXlsx from 'write-excel-file/node';
import type { Download, File } from '../../bot/feature.ts';
import { may } from '../../bot/turn/rights.ts';
import { wordsForCell } from '../../lib/cells.ts';
import { units } from '../orgs/index.ts';
import { reportOf } from './report.ts';
import { rights } from './rights.ts';
import { NO_BASIS, placeOf, type Report, sayWhen, type Table } from './shape.ts';

const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const SHEETS: Readonly<Record<Table['id'], string>> = {
  stars: '几颗星',
  holders: '每颗星',
  issues: '问题',
  weak: '整顿',
  help: '派驻和结对',
  tasks: '任务',
  trend: '各季度',
  meetings: '会商',
};

const text = (value: string, bold = false) => ({
  value: wordsForCell(value),
  type: String,
  ...(bold && { fontWeight: 'bold' as const }),
});

export function sheetsOf(report: Report, today: string): File {
  const name = `公开 ${placeOf(report.unit)} ${report.quarter}.xlsx`;
  const sheets = report.tables.map((table) => ({
    sheet: SHEETS[table.id],
    columns: [{ width: 24 }, ...table.columns.map(() => ({ width: 12 }))],
    stickyRowsCount: 3,
    data: [
      [text(`${table.title}（${sayWhen(report, today)}）`, true)],
      [text(report.settings.basis === 'no' ? `${table.rule}${NO_BASIS}` : table.rule)],
      [table.head, ...table.columns].map((title) => text(title, true)),
      ...table.lines.map(({ title, cells }) => [
        text(title),
        ...cells.map((cell) => (typeof cell === 'number' ? { value: cell, type: Number } : text(cell))),
      ]),
    ],
  }));
  return { name, type: TYPE, body: async () => new Uint8Array(await writeXlsx(sheets).toBuffer()) };
}

/** The link on the card: `<unit>|<quarter>`. */
export const figuresFile: Download = async (world, id, viewer) => {
  if (!(await may(rights.show, null, world, viewer))) return undefined;
  const [name = '', quarter = ''] = id.split('|');
  const unit = await world.tx.table(units).get(name);
  const report = unit && (await reportOf(world, unit, quarter));
  return report && sheetsOf(report, world.today);
};
