/** 统计, 本月情况: how many issues a unit has in each state, each a row that opens them. */
import { listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { operation } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { getUnit } from '../orgs/index.ts';
import { scopeOf } from './list.ts';
import { issues, RUNNING, STATE_NAMES, STATES } from './model.ts';
import { rights } from './rights.ts';

/** More of them are not counted one by one. */
const MOST_COUNTED = 1000;

export const figures = operation({
  right: rights.figures,
  words: ['统计', '本月情况', '情况统计', '统计数据', '本月统计', '数据统计'],
  help: '问题有多少、办到哪一步',
  async run(ctx) {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const scope = scopeOf(unit);
    const mine = scope ? { [scope]: unit.id } : {};
    const table = ctx.tx.table(issues);
    const late = await table.find({
      where: { state: RUNNING, ...mine },
      order: 'deadline',
      range: { lt: ctx.today },
      limit: MOST_COUNTED,
    });
    const rows: RowSpec[] = [];
    for (const state of STATES) {
      const count = await table.count({ state, ...mine });
      const filter = STATE_NAMES[state];
      rows.push({
        mark: `${count}件`,
        title: filter,
        sub: '',
        op: rights.list,
        data: { filter },
      });
    }
    const overdue = `${late.rows.length}${late.next ? '多' : ''}件`;
    const tone = late.rows.length > 0 ? 'attention' : 'default';
    rows.push({ mark: overdue, tone, title: '超期', sub: '', op: rights.list, data: { filter: '超期' } });
    const sub = `${unit.name}，到${sayDay(ctx.today, ctx.today)}`;
    const text = [`统计：${sub}`, ...rows.map(({ mark, title }) => `${title} ${mark}`)].join('\n');
    return { text, card: listCard('统计', sub, rows, []), mine: true };
  },
});
