/** 会商, 推进会: the board of the month, public to all units, my invitations; what waits for a person. */

import { z } from 'zod';
import { inLines } from '../../bot/cards/page.ts';
import { button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { addMonths } from '../../lib/dates.ts';
import { id } from '../../lib/inputs.ts';
import { readPeriod } from '../../lib/periods.ts';
import { periodName, sayDatedPeriod } from '../../lib/schedule.ts';
import type { Tx } from '../../store/store.ts';
import { allStars, unitName } from '../orgs/index.ts';
import { sayWhen } from './draft-agenda.ts';
import { decisions, invites, type Meeting, meetings, standing } from './model.ts';
import { topicRows } from './proposed-topics.ts';
import { loadMeeting, meetingTitle, numberAndWords, numbers } from './record.ts';
import { rights } from './rights.ts';

const WAITING = 20;
const REPLY = '请回复';
const MONTH = /^20\d{2}-(0[1-9]|1[0-2])$/;

/** The month that words name: 2026年11月, 上个月; 12月 is the nearest one, which may be to come. */
function monthIn(words: string, today: string): string | undefined {
  const now = today.slice(0, 7);
  if (/^下个?月份?$/.test(words)) return addMonths(now, 1);
  const [month, another] = readPeriod(words, today) ?? [];
  if (!month || another || !MONTH.test(month)) return undefined;
  const next = addMonths(month, 12);
  const isNearer = !/\d{4}/.test(words) && addMonths(next, -6) < now;
  return isNearer ? next : month;
}

/** The meeting of each star in one month, with how it stands; a month that is over without one is 未开. */
export async function boardOf(world: World, period: string) {
  const { rows } = await world.tx.table(meetings).find({ where: { period }, order: 'startsAt', limit: 500 });
  const over = period < world.today.slice(0, 7);
  return (await allStars(world.tx)).map((star) => {
    const held = rows.filter((row) => row.star === star.id && row.state !== 'cancelled').at(-1);
    const state = standing(held, world.now);
    return { star, meeting: held, state: over && (state === '未发起' || state === '已定') ? '未开' : state };
  });
}

/** The quarter of a push meeting that is not cancelled; undefined for any other meeting. */
export async function pushQuarter(tx: Tx, id: string): Promise<string | undefined> {
  const meeting = await tx.table(meetings).get(id);
  return meeting?.kind === 'push' && meeting.state !== 'cancelled' ? meeting.period : undefined;
}

/** Whether there is a meeting this month for each star that the unit leads. */
export async function called(world: World, unit: string, month: string): Promise<boolean> {
  const own = (await boardOf(world, month)).filter(({ star }) => star.lead === unit);
  return own.every(({ meeting }) => meeting !== undefined);
}

export const board = operation({
  right: rights.board,
  words: ['会商', 'meeting', '本月会商', '本月的会商', '这个月会商', '这个月的会商'],
  example: 'HS-2026-11-01',
  help: '这个月的会商，请我参加的会',
  fromText(rest): Raw {
    const { meeting } = numberAndWords(rest);
    if (numbers.pattern.test(meeting)) return { meeting };
    return rest ? { words: rest } : {};
  },
  input: z.object({
    meeting: id().optional(),
    period: z.string().regex(MONTH, '月份请写成 2026-11 这样').optional(),
    words: z.string().max(200, '请写编号或月份，例如：会商 2026-11').default(''),
  }),
  async run(ctx, { meeting, words, ...at }): Promise<Outcome> {
    const period = words ? monthIn(words, ctx.today) : (at.period ?? ctx.today.slice(0, 7));
    if (meeting || !period) return { ...(await open(ctx, meeting ?? words)), mine: true };
    const all = await boardOf(ctx, period);
    const invited = await invitations(ctx, ctx.me);
    // A meeting of this month is asked about on its star's row: no meeting is there twice.
    const rows: RowSpec[] = invited
      .filter(({ number }) => !all.some(({ meeting: held }) => held?.id === number))
      .map(({ ask, tone, title, number, op, data }) => ({ mark: ask, tone, title, sub: number, op, data }));
    rows.push(...(await topicRows(ctx, ctx.me)));
    for (const { star, meeting: held, state } of all) {
      const lead = await unitName(ctx.tx, star.lead);
      if (!held) {
        rows.push({ mark: state, title: star.name, sub: lead, op: null, data: {} });
        continue;
      }
      const ask = invited.find(({ number }) => number === held.id)?.ask;
      const [mark, also] = ask === REPLY ? [ask, state] : [state, ask];
      const sub = [also, held.id, sayWhen(held, ctx.today), lead].filter(Boolean).join(' · ');
      rows.push({ mark, title: star.name, sub, op: rights.show, data: { meeting: held.id } });
    }
    const leads = await may(
      rights.call,
      { stars: all.map(({ star }) => star).filter(({ lead }) => lead === ctx.me.unit) },
      ctx,
      ctx.me,
    );
    const buttons = [
      ...(leads ? [button(rights.call, {}, 'positive')] : []),
      button(rights.board, { period: addMonths(period, -1) }, 'default', '上个月'),
      // What was called for the month after this one is there to be seen.
      ...(period <= ctx.today.slice(0, 7)
        ? [button(rights.board, { period: addMonths(period, 1) }, 'default', '下个月')]
        : []),
    ];
    const title = `${Number(period.slice(0, 4))}年${Number(period.slice(5))}月 一月一会商`;
    return { text: inLines(title, rows), card: listCard(title, '', rows, buttons), mine: true };
  },
});

export const show = operation({
  right: rights.show,
  fromText: (rest) => numberAndWords(rest),
  input: z.object({ meeting: id() }),
  run: async (ctx, { meeting }) => ({ ...(await open(ctx, meeting)), mine: true }),
});

async function open(ctx: Ctx, number: string) {
  const meeting = await loadMeeting(ctx, { meeting: number });
  return {
    text: `${meeting.id} ${await meetingTitle(ctx, meeting)}`,
    card: { subject: { kind: 'meeting', id: meeting.id } },
  };
}

export const pushBoard = operation({
  right: rights.quarter,
  words: ['推进会', 'push'],
  help: '季度推进会',
  async run(ctx): Promise<Outcome> {
    const period = periodName(ctx.today, 'quarter');
    const { rows } = await ctx.tx.table(meetings).find({ where: { period }, order: 'startsAt', limit: 50 });
    const held = rows.filter(({ kind }) => kind === 'push');
    const lines = [];
    for (const row of held) lines.push(await rowOf(ctx, row));
    const calls = await may(rights.push, null, ctx, ctx.me);
    const buttons = calls ? [button(rights.push, {}, 'positive')] : [];
    const title = `${sayDatedPeriod(period)}推进会`;
    const none = calls ? '点“发起推进会”定时间。' : '由市委组织部来发起，有要商量的请发送“提议题”。';
    const sub = lines.length > 0 ? '' : `本季度的还没有发起。${none}`;
    const text = inLines([title, sub].filter(Boolean).join('\n'), lines);
    return { text, card: listCard(title, sub, lines, buttons), mine: true };
  },
});

async function rowOf(world: World, meeting: Meeting): Promise<RowSpec> {
  const mark = meeting.state === 'cancelled' ? '已取消' : standing(meeting, world.now);
  const sub = `${meeting.id} · ${sayWhen(meeting, world.today)}`;
  return {
    mark,
    title: await meetingTitle(world, meeting),
    sub,
    op: rights.show,
    data: { meeting: meeting.id },
  };
}

/** Invitations of this unit to meetings that are still to come. */
async function invitations(world: World, { unit }: Actor): Promise<readonly Todo[]> {
  const { rows } = await world.tx.table(invites).find({
    where: { unit, state: 'set' },
    order: 'startsAt',
    range: { gt: world.now.toISOString() },
    limit: WAITING,
  });
  const found: Todo[] = [];
  for (const invite of rows) {
    const meeting = await world.tx.table(meetings).get(invite.meeting);
    if (!meeting) continue;
    const asked = invite.answer === 'none';
    const title = `${sayWhen(meeting, world.today)} ${await meetingTitle(world, meeting)}`;
    found.push({
      number: meeting.id,
      title,
      ask: asked ? REPLY : '已回复',
      due: meeting.date,
      op: rights.show,
      data: { meeting: meeting.id },
    });
  }
  return found;
}

/** Invitations to answer, minutes to write, decisions to carry out and to confirm. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const decided = (whose: { readonly unit: string } | { readonly confirms: string }) =>
    world.tx.table(decisions).find({ where: { ...whose, state: 'open' }, order: 'deadline', limit: WAITING });
  const [invited, open, claims, bare] = await Promise.all([
    invitations(world, actor),
    decided({ unit: actor.unit }),
    decided({ confirms: actor.unit }),
    unminuted(world, actor),
  ]);
  const found = invited.filter(({ ask }) => ask === REPLY);
  for (const { id, text, deadline: due, meeting, claim } of open.rows) {
    if (claim) continue;
    found.push({
      number: id,
      title: text,
      ask: '请落实',
      due,
      op: rights.decision,
      data: { decision: id, meeting },
    });
  }
  for (const { id, text, deadline: due, meeting } of claims.rows)
    found.push({
      number: id,
      title: text,
      ask: '请确认落实',
      due,
      op: rights.decision,
      data: { decision: id, meeting },
    });
  for (const meeting of bare) {
    const title = await meetingTitle(world, meeting);
    found.push({
      number: meeting.id,
      title,
      ask: '请出纪要',
      due: meeting.date,
      since: true,
      op: rights.show,
      data: { meeting: meeting.id },
    });
  }
  return found;
}

/** Meetings that this unit called, that have begun and have no minutes; of this month and the last. */
async function unminuted(world: World, { unit }: Actor): Promise<readonly Meeting[]> {
  const month = world.today.slice(0, 7);
  const period = [month, addMonths(month, -1), periodName(world.today, 'quarter')];
  const { rows } = await world.tx.table(meetings).find({ where: { period }, order: 'startsAt', limit: 500 });
  return rows.filter(
    (row) => row.lead === unit && row.state === 'set' && new Date(row.startsAt) <= world.now,
  );
}
