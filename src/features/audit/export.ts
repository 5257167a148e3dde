/** 导出审计: the lines that fit as a spreadsheet, in which everything is text. */
import writeXlsx from 'write-excel-file/node';
import type { Download, World } from '../../bot/feature.ts';
import { may } from '../../bot/rights.ts';
import { dayOf, timeOf } from '../../lib/dates.ts';
import { plainText } from '../../lib/text.ts';
import { unitName } from '../orgs/index.ts';
import { rights } from './rights.ts';
import { CHANNEL_NAMES, type Filter, filterSchema, sayFilter, trail } from './trail.ts';

/** Lines in one file; for more, one exports day by day. */
export const MOST_LINES = 5_000;
const PAGE = 1_000;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const COLUMNS = [
  ['时间', 18],
  ['人员', 12],
  ['单位', 24],
  ['操作', 14],
  ['对象', 20],
  ['渠道', 8],
  ['结果', 8],
  ['说明', 50],
] as const;

async function linesOf(world: World, filter: Filter): Promise<string[][]> {
  const lines: string[][] = [];
  const names = new Map<string, string>();
  for (let after: string | undefined; ; ) {
    const page = await trail(world, filter, PAGE, after);
    for (const { at, name, unit, what, record, channel, outcome, words } of page.rows) {
      if (!names.has(unit)) names.set(unit, unit && (await unitName(world.tx, unit)));
      const when = new Date(at);
      const result = outcome === 'done' ? '已办' : '被拒绝';
      lines.push([
        `${dayOf(when)} ${timeOf(when)}`,
        name,
        names.get(unit) ?? '',
        what,
        record,
        CHANNEL_NAMES[channel] ?? channel,
        result,
        words,
      ]);
    }
    after = page.next;
    if (!after || lines.length >= MOST_LINES) return lines;
  }
}

/** The id of the download is the filter as JSON. */
export const auditFile: Download = async (world, id, viewer) => {
  if (!(await may(rights.export, null, world, viewer))) return undefined;
  const filter = filterSchema.parse(JSON.parse(id));
  const cell = (value: string) => ({ value: plainText(value), type: String });
  const head = COLUMNS.map(([title]) => ({ ...cell(title), fontWeight: 'bold' as const }));
  const rows = (await linesOf(world, filter)).map((line) => line.map(cell));
  const columns = COLUMNS.map(([, width]) => ({ width }));
  const body = await writeXlsx([head, ...rows], { columns, stickyRowsCount: 1, sheet: '审计' }).toBuffer();
  const name = sayFilter(filter)
    .replace(/[^\p{L}\p{N}-]+/gu, ' ')
    .trim();
  return { name: `审计 ${name} ${world.today}.xlsx`, type: TYPE, body };
};
