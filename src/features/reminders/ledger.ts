/** 投递: who was reached and who was not, and why; what failed can be sent again. */
import { z } from 'zod';
import { type Ctx, type Outcome, operation } from '../../bot/feature.ts';
import { type Button, button, listCard } from '../../bot/fields.ts';
import { type OutboxRow, outbox } from '../../bot/tables.ts';
import { sayTime } from '../../lib/dates.ts';
import type { Query, Stored } from '../../store/store.ts';
import { actorOf } from '../members/index.ts';
import { getUnit } from '../orgs/index.ts';
import { rights } from './rights.ts';

const PAGE = 8;
/** Most that one press sends again; the next press takes the next ones. */
const AT_ONCE = 200;

export const DELIVERY_NAMES: Readonly<Record<OutboxRow['state'], string>> = {
  due: '待发',
  sending: '发送中',
  sent: '已送达',
  merged: '已合并',
  void: '作废',
  failed: '失败',
  unsure: '不确定',
};
const TROUBLE = ['failed', 'unsure'] as const;

/** The organiser sees everything, everybody else what their own unit caused. */
async function slice(ctx: Ctx, states: readonly OutboxRow['state'][]): Promise<Query<OutboxRow>> {
  const all = (await getUnit(ctx.tx, ctx.me.unit)).kind === 'city';
  return all
    ? { where: { state: states }, order: 'due', desc: true, limit: PAGE }
    : { where: { from: ctx.me.unit, state: states }, order: 'at', desc: true, limit: PAGE };
}

export const ledger = operation({
  name: 'reminders.ledger',
  title: '投递',
  words: ['投递'],
  help: '消息送到了没有',
  right: rights.ledger,
  input: z.object({}),
  async run(ctx): Promise<Outcome> {
    const query = await slice(ctx, TROUBLE);
    const { state: _state, ...mine } = query.where ?? {};
    const counts = await ctx.tx.table(outbox).countBy('state', mine);
    const said = Object.entries(DELIVERY_NAMES).flatMap(([state, name]) =>
      counts[state] ? [`${name}${counts[state]}`] : [],
    );
    const { rows } = await ctx.tx.table(outbox).find(query);
    const lines = [];
    for (const row of rows) lines.push(await lineOf(ctx, row));
    const sub =
      said.length === 0
        ? '还没有发过消息。'
        : `${said.join('，')}。${rows.length > 0 ? '没送到的：' : '都送到了。'}`;
    const buttons: Button[] = [];
    if (counts.failed) buttons.push(button('重发失败的', 'reminders.resend', {}, 'positive'));
    if (counts.unsure) buttons.push(button('不确定的也重发', 'reminders.resend', { unsure: 'yes' }));
    const text = [
      `投递：${sub}`,
      ...lines.map(({ mark, title, sub: why }) => `${mark} ${title}（${why}）`),
    ].join('\n');
    return { text, card: listCard('投递', sub, lines, buttons), mine: true };
  },
});

async function lineOf(ctx: Ctx, { person, place, reply, state, error, at, lines }: Stored<OutboxRow>) {
  const name = person ? ((await actorOf(ctx.tx, person))?.name ?? person) : place ? '群聊' : '';
  const what = reply.text || lines.map((line) => line.title).join('；');
  return {
    mark: DELIVERY_NAMES[state],
    tone: 'default' as const,
    title: `${name} ${sayTime(at, ctx.today)}`,
    sub: `${error ?? ''} · ${what.slice(0, 40)}`,
    op: 'reminders.ledger',
    data: {},
  };
}

export const resend = operation({
  name: 'reminders.resend',
  title: '重发失败的',
  words: ['重发失败的', '重发'],
  right: rights.resend,
  input: z.object({ unsure: z.literal('yes').optional() }),
  async run(ctx, { unsure }): Promise<Outcome> {
    const states = unsure ? TROUBLE : (['failed'] as const);
    const { rows } = await ctx.tx.table(outbox).find({ ...(await slice(ctx, states)), limit: AT_ONCE });
    const due = ctx.now.toISOString();
    for (const row of rows)
      await ctx.tx.table(outbox).put({ ...row, state: 'due', due, attempts: 0, error: null });
    if (rows.length === 0) return { text: '没有要重发的。' };
    return { text: `正在重发${rows.length}条，过一会儿再看“投递”。`, did: { kind: 'outbox', id: due } };
  },
});
