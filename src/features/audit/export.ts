/** 导出审计: the lines that fit as a spreadsheet, made in the background; all but the time is text. */
import type { Export } from '../../bot/feature.ts';
import { may } from '../../bot/turn/rights.ts';
import { audit } from '../../bot/turn/tables.ts';
import type { Line } from '../../lib/sheet.ts';
import { unitName } from '../orgs/index.ts';
import { rights } from './rights.ts';
import { filterSchema, sayChannel, sayFilter, trail, whereOf } from './trail.ts';

/** Lines in one file; for more, one exports day by day. */
const MOST_LINES = 40_000;
const PAGE = 100;

const COLUMNS = [
  ['时间', 18, 'time'],
  ['人员', 12, 'text'],
  ['单位', 24, 'text'],
  ['操作', 14, 'text'],
  ['对象', 20, 'text'],
  ['渠道', 8, 'text'],
  ['结果', 8, 'text'],
  ['说明', 50, 'text'],
] as const;

/** What is exported is the filter. */
export const auditExport: Export = {
  name: 'audit.trail',
  async open(world, data, viewer) {
    if (!(await may(rights.export, null, world, viewer))) return undefined;
    const filter = filterSchema.parse(data);
    const words = sayFilter(filter)
      .replace(/[^\p{L}\p{N}-]+/gu, ' ')
      .trim();
    return {
      name: `审计 ${words} ${world.today}`,
      sheet: '审计',
      columns: COLUMNS.map(([title, width, kind]) => ({ title, width, kind })),
      total: Math.min(await world.tx.table(audit).count(whereOf(filter)), MOST_LINES),
    };
  },
  async page(world, data, _viewer, after = '0') {
    const [before = '0', ...cursor] = after.split(' ');
    const found = await trail(world, filterSchema.parse(data), PAGE, cursor.join(' ') || undefined);
    const lines: Line[] = [];
    for (const { at, name, unit, what, record, channel, outcome, words } of found.rows) {
      const of = unit && (await unitName(world.tx, unit));
      const result = outcome === 'done' ? '已办' : '被拒绝';
      lines.push([at, name, of, what, record, sayChannel(world, channel), result, words]);
    }
    const count = Number(before) + lines.length;
    return found.next && count < MOST_LINES ? { lines, next: `${count} ${found.next}` } : { lines };
  },
};
