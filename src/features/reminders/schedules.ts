/** 改日程: the organiser sees when things of the programme come round, and sets other times. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { button, listCard } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { scheduleOf } from '../../bot/reminders/plan.ts';
import type { Reminder } from '../../bot/reminders/reminder.ts';
import { schedules } from '../../bot/reminders/tables.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { TIME_MAX, time as timeOf } from '../../lib/inputs.ts';
import { nextOccurrences, type Schedule, saySchedule, scheduleSchema } from '../../lib/schedule.ts';
import { warningOf } from './reminders.ts';
import { rights } from './rights.ts';

const PREVIEW = 5;

export const list = operation({
  right: rights.schedules,
  words: ['改日程', '日程'],
  async run(ctx): Promise<Outcome> {
    const rows = [];
    for (const reminder of ctx.reminders) {
      const mark = saySchedule(await scheduleOf(ctx, reminder));
      const data = { rhythm: reminder.name };
      rows.push({
        mark: reminder.title,
        title: '',
        sub: mark,
        op: rights.schedule,
        data,
      });
    }
    const warning = warningOf(ctx);
    const sub = ['点一下，看接下来五次，也可以改。', warning].filter(Boolean).join('\n');
    const text = ['日程', ...rows.map(({ mark, sub: when }) => `${mark}：${when}`)].join('\n');
    return { text, card: listCard('日程', sub, rows, warning ? [button(rights.holidays)] : []), mine: true };
  },
});

/** `rhythm` in the data of buttons is the reminder's name: cards of the versions before have it so. */
function reminderOf(ctx: Ctx, name: unknown): Reminder {
  const reminder = ctx.reminders.find((one) => one.name === name);
  if (!reminder) throw new AppError('not_found', '没有这个日程。发送“改日程”看看有哪些。');
  return reminder;
}

/** The next five dates of a schedule, as rows. */
function datesOf(ctx: Ctx, schedule: Schedule) {
  return nextOccurrences(schedule, ctx.workdays, ctx.now, PREVIEW).map(({ period, day }) => ({
    mark: `${sayDay(day, ctx.today)} ${schedule.time}`,
    title: ctx.workdays.covers(day) ? '' : '（放假安排未知）',
    sub: period,
    op: rights.schedules,
    data: {},
  }));
}

export const show = operation({
  right: rights.schedule,
  record: async (ctx, { rhythm: reminder }) => reminderOf(ctx, reminder),
  async run(ctx, _input, reminder): Promise<Outcome> {
    const schedule = await scheduleOf(ctx, reminder);
    const rows = datesOf(ctx, schedule);
    const data = { rhythm: reminder.name };
    const buttons = [button(rights.change, data, 'positive'), button(rights.schedules)];
    const text = [reminder.title, saySchedule(schedule), ...rows.map(({ mark }) => mark)].join('\n');
    return { text, card: listCard(reminder.title, saySchedule(schedule), rows, buttons), mine: true };
  },
});

const count = (label: string, most: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? Number(value.normalize('NFKC')) : value),
    z
      .number(`${label}请写数字`)
      .int(`${label}请写整数`)
      .min(1, `${label}从1算起`)
      .max(most, `${label}最大${most}`),
  );

const changeInput = z.object({
  month: count('第几个月', 6).default(1),
  from: z.enum(['start', 'end'], '请选从月初还是月底算').default('start'),
  workday: count('第几个工作日', 15).default(1),
  time: timeOf('请写几点'),
});

export const change = operation({
  right: rights.change,
  record: async (ctx, { rhythm: reminder }) => reminderOf(ctx, reminder),
  input: changeInput,
  refine: async (_ctx, fields, { schedule: { every } }) => {
    const months = every === 'half' ? 6 : every === 'quarter' ? 3 : 1;
    return fields.month > months ? [{ field: 'month', message: `第几个月最大${months}` }] : [];
  },
  async form(ctx, reminder) {
    const now = await scheduleOf(ctx, reminder);
    const months = { workday: 0, month: 0, quarter: 3, half: 6 }[now.every];
    const monthly = now.every !== 'workday';
    const pick = (n: number) => ({ title: `第${n}个月`, value: String(n) });
    return {
      intro: `${reminder.title}，现在是${saySchedule(now)}`,
      fields: [
        ...(months > 0
          ? [
              field.select(
                'month',
                '第几个月',
                Array.from({ length: months }, (_, i) => pick(i + 1)),
                { value: monthly ? String(now.month) : '1' },
              ),
            ]
          : []),
        ...(monthly
          ? [
              field.pick(
                'from',
                '从哪头算',
                [
                  { title: '从月初往后数', value: 'start' },
                  { title: '从月底往前数', value: 'end' },
                ],
                { value: now.from },
              ),
              field.text('workday', '第几个工作日', 2, { value: String(now.workday) }),
            ]
          : []),
        field.text('time', '几点', TIME_MAX, { required: true, value: now.time }),
      ],
      submit: { title: '看看日期', op: rights.change, data: { rhythm: reminder.name } },
    };
  },
  preview: async (ctx, fields, reminder) => {
    const schedule = chosen(fields, reminder);
    const lines = datesOf(ctx, schedule).map(({ mark, title }) => ({ mark, text: title }));
    return {
      title: reminder.title,
      text: `改成${saySchedule(schedule)}，接下来五次：`,
      lines,
      confirm: '保存',
    };
  },
  async run(ctx, fields, reminder): Promise<Outcome> {
    const schedule = chosen(fields, reminder);
    const known = await ctx.tx.table(schedules).get(reminder.name);
    const row = { ...known, id: reminder.name, schedule, by: ctx.me.id, at: ctx.now.toISOString() };
    await ctx.tx.table(schedules).put(row);
    return {
      text: `已改：${reminder.title}，${saySchedule(schedule)}。`,
      did: { kind: 'schedule', id: reminder.name },
    };
  },
});

function chosen({ time, ...rest }: z.infer<typeof changeInput>, { schedule: { every } }: Reminder): Schedule {
  return scheduleSchema.parse(every === 'workday' ? { every, time } : { every, time, ...rest });
}
