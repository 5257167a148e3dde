/** 投递: who was reached and who was not, and why; what failed can be sent again, all of it at once. */

import { z } from 'zod';
import { inLines } from '../../bot/cards/page.ts';
import { type Button, button, listCard, type Raw } from '../../bot/cards/spec.ts';
import { asNew } from '../../bot/delivery/enqueue.ts';
import { DELIVERY_NAMES, type OutboxRow, outbox } from '../../bot/delivery/tables.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import { type Ctx, entries, type Outcome, operation } from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { sayTime } from '../../lib/dates.ts';
import type { Stored } from '../../store/store.ts';
import { actorOf } from '../members/index.ts';
import { getUnit } from '../orgs/index.ts';
import { rights } from './rights.ts';

const PAGE = 8;
/** Messages that are sent again in one transaction. */
const AT_ONCE = 100;

const TROUBLE = ['failed', 'unsure'] as const;

/** Whose messages one sees: the organiser all, everybody else what their own unit caused. */
async function unitSeen(ctx: Ctx): Promise<string | null> {
  return (await getUnit(ctx.tx, ctx.me.unit)).kind === 'city' ? null : ctx.me.unit;
}

/** Messages in these states, as they became due; those of one unit as they came up. */
function slice(from: string | null, state: readonly OutboxRow['state'][]) {
  return from === null
    ? ({ where: { state }, order: 'due' } as const)
    : ({ where: { from, state }, order: 'at' } as const);
}

type Counts = Readonly<Record<string, number>>;

/** What the rows below are: what is in trouble, else what was not sent at all. */
function listedOf(counts: Counts): { readonly states: readonly OutboxRow['state'][]; readonly text: string } {
  const { failed, unsure } = counts;
  if (failed || unsure) {
    const what = [...(failed ? ['没送到的'] : []), ...(unsure ? ['不知道送到没有的'] : [])];
    return { states: TROUBLE, text: `${what.join('和')}：` };
  }
  return { states: ['void'], text: counts.void ? '作废的没有发，原因：' : '' };
}

/** What becomes of what is not there yet; that all is, only where all is. */
function restOf(counts: Counts): string {
  const later = [
    counts.waiting ? '排队中的会自动补发' : '',
    counts.due ? '待发的到时间就发' : '',
    counts.sending ? '发送中的马上有结果' : '',
  ].filter(Boolean);
  if (later.length > 0) return `${later.join('，')}。`;
  return counts.failed || counts.unsure || counts.void ? '' : '都送到了。';
}

export const deliveries = operation({
  right: rights.ledger,
  words: ['投递'],
  help: '消息送到了没有',
  async run(ctx): Promise<Outcome> {
    const from = await unitSeen(ctx);
    const counts = await ctx.tx.table(outbox).countBy('state', from === null ? {} : { from });
    const said = Object.entries(DELIVERY_NAMES).flatMap(([state, name]) =>
      counts[state] ? [`${name}${counts[state]}`] : [],
    );
    const listed = listedOf(counts);
    const newest = { ...slice(from, listed.states), desc: true, limit: PAGE } as const;
    const { rows } = await ctx.tx.table(outbox).find(newest);
    const lines = [];
    for (const row of rows) lines.push(await lineOf(ctx, row));
    const sub =
      said.length === 0
        ? '还没有发过消息，本单位办了事通知别人才有。等您办的，发送“待办”看。'
        : `${said.join('，')}。${restOf(counts)}${listed.text}`;
    const buttons: Button[] = [];
    if (counts.failed) buttons.push(button(rights.resend, {}, 'positive'));
    if (said.length === 0) buttons.push(button(entries.todo));
    if (counts.unsure) buttons.push(button(rights.resend, { unsure: 'yes' }, 'default', '不确定的也重发'));
    const text = inLines(`投递：${sub}`, lines);
    return { text, card: listCard('投递', sub, lines, buttons), mine: true };
  },
});

async function lineOf(ctx: Ctx, { person, place, reply, state, error, at, lines }: Stored<OutboxRow>) {
  const name = person ? ((await actorOf(ctx.tx, person))?.name ?? person) : place ? '群聊' : '';
  const what = reply.text || lines.map((line) => line.title).join('；');
  return {
    mark: DELIVERY_NAMES[state],
    title: `${name} ${sayTime(at, ctx.today)}`,
    sub: [error, what.slice(0, 40)].filter(Boolean).join(' · '),
    op: rights.ledger,
    data: {},
  };
}

export const resend = operation({
  right: rights.resend,
  words: ['重发失败的', '重发'],
  input: z.object({ unsure: z.literal('yes').optional() }),
  async run(ctx, { unsure }): Promise<Outcome> {
    const from = await unitSeen(ctx);
    const states = unsure ? TROUBLE : (['failed'] as const);
    const count = await ctx.tx.table(outbox).count(slice(from, states).where);
    if (count === 0) return { text: '没有要重发的。送到了没有，发送“投递”看。' };
    const at = ctx.now.toISOString();
    const order = { from, states, at };
    const cursor = await resendPage(ctx, order);
    if (cursor !== undefined) ctx.start(resending, order, { cursor });
    return { text: `正在重发${count}条，过一会儿再看“投递”。`, did: { kind: 'outbox', id: at } };
  },
});

const resendOrder = z.object({
  from: z.string().nullable(),
  states: z.array(z.enum(TROUBLE)),
  at: z.string(),
});

/** Sends again what had failed when it was asked for; what fails once more waits for another press. */
export const resending: JobKind = {
  kind: 'reminders.resending',
  step: (doing, { data, cursor }) => resendPage(doing, data, cursor ?? undefined),
};

async function resendPage({ tx, now }: World, data: Raw, after?: string): Promise<string | undefined> {
  const { from, states, at } = resendOrder.parse(data);
  const some = { ...slice(from, states), range: { lte: at }, limit: AT_ONCE, after };
  const page = await tx.table(outbox).find(some);
  for (const row of page.rows) await tx.table(outbox).put(asNew(row, now));
  return page.next;
}
