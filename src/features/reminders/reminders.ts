/** 提醒: what comes next for me, and the hours in which I want to hear it. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { type Button, button, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { theFirst, theRest, USUAL_HOURS, withinHours } from '../../bot/delivery/digest.ts';
import { outbox, prefs } from '../../bot/delivery/tables.ts';
import { type Ctx, entries, type Outcome, operation } from '../../bot/operation.ts';
import { scheduleOf } from '../../bot/reminders/plan.ts';
import { may } from '../../bot/turn/rights.ts';
import { addDays, sayTime } from '../../lib/dates.ts';
import { TIME_MAX, time as timeOf } from '../../lib/inputs.ts';
import { readHours } from '../../lib/when/index.ts';
import { rights } from './rights.ts';

/** How far ahead put-off digests are looked for, in days. */
const AHEAD_DAYS = 10;

export const reminders = operation({
  right: rights.next,
  words: ['提醒', 'reminders'],
  help: '接下来会提醒我什么，什么时候',
  async run(ctx): Promise<Outcome> {
    const hours = (await ctx.tx.table(prefs).get(ctx.me.id)) ?? USUAL_HOURS;
    const put = await waiting(ctx);
    const rows = [...theFirst(put), ...theRest(put), ...(await coming(ctx, hours))];
    const none = rows.length === 0 ? '接下来没有要提醒您的，等您办的发送“待办”看。' : '';
    const sub = `工作日${hours.from}到${hours.to}提醒您，别的时间不打扰。${none}`;
    const organiser = await may(rights.schedules, null, ctx, ctx.me);
    const buttons: Button[] = [button(rights.hours)];
    if (organiser) buttons.push(button(rights.schedules), button(rights.ledger));
    // Others can do nothing about it.
    const warning = organiser ? warningOf(ctx) : '';
    if (warning) buttons.push(button(rights.holidays));
    const text = [`提醒：${sub}`, ...rows.map(({ mark, title }) => `${mark} ${title}`), warning]
      .filter(Boolean)
      .join('\n');
    return {
      text,
      card: listCard('提醒', [sub, warning].filter(Boolean).join('\n'), rows, buttons),
      mine: true,
    };
  },
});

/** Said as long as the holidays of the coming months are not known. */
export function warningOf({ workdays, today }: Pick<Ctx, 'workdays' | 'today'>): string {
  const later = addDays(today, 60);
  if (workdays.covers(later)) return '';
  const year = later.slice(0, 4);
  return `${year}年的放假安排还没有导入，先按周一到周五算。公布以后请点“导入节假日”。`;
}

/** Digests that wait for their time: what was put off, what came after today's. */
async function waiting(ctx: Ctx): Promise<RowSpec[]> {
  const rows: RowSpec[] = [];
  for (let day = ctx.today; day <= addDays(ctx.today, AHEAD_DAYS); day = addDays(day, 1)) {
    for (const half of ['am', 'pm']) {
      const row = await ctx.tx.table(outbox).get(`digest:${ctx.me.id}:${day}:${half}`);
      if (row?.state !== 'due') continue;
      for (const { title, ask, op, data } of row.lines) {
        rows.push({
          mark: sayTime(row.due, ctx.today),
          title: `${ask}：${title}`,
          sub: '',
          op: { name: op },
          data,
        });
      }
    }
  }
  return rows;
}

/** What comes round for this person next, at the hour at which it will be said. */
async function coming(ctx: Ctx, own: Parameters<typeof withinHours>[1]): Promise<RowSpec[]> {
  const rows: (RowSpec & { at: Date })[] = [];
  for (const reminder of ctx.reminders) {
    const planned = (await reminder.upcoming?.(ctx, ctx.me, await scheduleOf(ctx, reminder))) ?? [];
    for (const { at: begins, title, exact } of planned) {
      const at = exact ? begins : withinHours(begins, own, ctx.workdays);
      const mark = sayTime(at.toISOString(), ctx.today);
      rows.push({ mark, title, sub: '', op: entries.todo, data: {}, at });
    }
  }
  return rows.sort((a, b) => a.at.getTime() - b.at.getTime()).map(({ at: _at, ...row }) => row);
}

export const hours = operation({
  right: rights.hours,
  words: ['提醒时段', '免打扰'],
  glued: 'any',
  fromText: (rest) => {
    const { value } = readHours(rest);
    if (value) return value;
    const [from, to = ''] = rest.split(/[\s到至~～—-]+/);
    return from ? { from, to } : {};
  },
  input: z
    .object({ from: timeOf('请写从几点'), to: timeOf('请写到几点') })
    .refine(({ from, to }) => from < to, { path: ['to'], message: '“到几点”要比“从几点”晚' }),
  form: async (ctx, _record) => {
    const now = (await ctx.tx.table(prefs).get(ctx.me.id)) ?? USUAL_HOURS;
    return {
      intro: '只在工作日的这段时间提醒您，紧急的除外。',
      fields: [
        field.text('from', '从几点', TIME_MAX, { required: true, value: now.from }),
        field.text('to', '到几点', TIME_MAX, { required: true, value: now.to }),
      ],
      submit: { title: '保存', op: rights.hours },
    };
  },
  async run(ctx, { from, to }) {
    const known = await ctx.tx.table(prefs).get(ctx.me.id);
    await ctx.tx.table(prefs).put({ ...known, id: ctx.me.id, from, to });
    return { text: `好的，以后工作日${from}到${to}提醒您。`, did: { kind: 'prefs', id: ctx.me.id } };
  },
});
