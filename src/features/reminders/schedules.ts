/** 改日程: the organiser sees when things of the programme come round, and sets other times. */
import { z } from 'zod';
import { buildForm, button, listCard } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { scheduleOf } from '../../bot/reminders/plan.ts';
import type { Rhythm } from '../../bot/reminders/reminder.ts';
import { schedules } from '../../bot/reminders/tables.ts';
import { AppError } from '../../lib/errors.ts';
import { TIME_MAX, time as timeOf } from '../../lib/inputs.ts';
import { nextOccurrences, type Schedule, saySchedule, scheduleSchema } from '../../lib/schedule.ts';
import { warningOf } from './reminders.ts';
import { rights } from './rights.ts';

const PREVIEW = 5;

export const list = operation({
  name: 'reminders.schedules',
  title: '改日程',
  words: ['改日程', '日程'],
  right: rights.schedules,
  input: z.object({}),
  async run(ctx): Promise<Outcome> {
    const rows = [];
    for (const rhythm of ctx.rhythms) {
      const mark = saySchedule(await scheduleOf(ctx, rhythm));
      const data = { rhythm: rhythm.name };
      rows.push({
        mark: rhythm.title,
        tone: 'default' as const,
        title: '',
        sub: mark,
        op: 'reminders.schedule',
        data,
      });
    }
    const sub = ['点一下，看接下来五次，也可以改。', warningOf(ctx)].filter(Boolean).join('\n');
    const text = ['日程', ...rows.map(({ mark, sub: when }) => `${mark}：${when}`)].join('\n');
    return { text, card: listCard('日程', sub, rows, []), mine: true };
  },
});

function rhythmOf(ctx: Ctx, name: unknown): Rhythm {
  const rhythm = ctx.rhythms.find((one) => one.name === name);
  if (!rhythm) throw new AppError('not_found', '没有这个日程。发送“改日程”看看有哪些。');
  return rhythm;
}

/** The next five dates of a schedule, as rows. */
function datesOf(ctx: Ctx, schedule: Schedule) {
  return nextOccurrences(schedule, ctx.workdays, ctx.now, PREVIEW).map(({ period, day }) => ({
    mark: `${day} ${schedule.time}`,
    tone: 'default' as const,
    title: ctx.workdays.covers(day) ? '' : '（放假安排未知）',
    sub: period,
    op: 'reminders.schedules',
    data: {},
  }));
}

export const show = operation({
  name: 'reminders.schedule',
  title: '看日程',
  right: rights.schedule,
  record: async (ctx, { rhythm }) => rhythmOf(ctx, rhythm),
  input: z.object({}),
  async run(ctx, _input, rhythm): Promise<Outcome> {
    const schedule = await scheduleOf(ctx, rhythm);
    const rows = datesOf(ctx, schedule);
    const data = { rhythm: rhythm.name };
    const buttons = [
      button('改时间', 'reminders.change', data, 'positive'),
      button('改日程', 'reminders.schedules'),
    ];
    const text = [rhythm.title, saySchedule(schedule), ...rows.map(({ mark }) => mark)].join('\n');
    return { text, card: listCard(rhythm.title, saySchedule(schedule), rows, buttons), mine: true };
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
  name: 'reminders.change',
  title: '改时间',
  right: rights.change,
  record: async (ctx, { rhythm }) => rhythmOf(ctx, rhythm),
  input: changeInput,
  refine: async (_ctx, fields, { schedule: { every } }) => {
    const months = every === 'half' ? 6 : every === 'quarter' ? 3 : 1;
    return fields.month > months ? [{ field: 'month', message: `第几个月最大${months}` }] : [];
  },
  async form(ctx, rhythm, values, errors) {
    const now = await scheduleOf(ctx, rhythm);
    const months = { workday: 0, month: 0, quarter: 3, half: 6 }[now.every];
    const monthly = now.every !== 'workday';
    const pick = (n: number) => ({ title: `第${n}个月`, value: String(n) });
    return buildForm(
      {
        title: '改时间',
        intro: `${rhythm.title}，现在是${saySchedule(now)}`,
        fields: [
          ...(months > 0
            ? [
                {
                  kind: 'select' as const,
                  id: 'month',
                  label: '第几个月',
                  value: monthly ? String(now.month) : '1',
                  choices: Array.from({ length: months }, (_, i) => pick(i + 1)),
                },
              ]
            : []),
          ...(monthly
            ? [
                {
                  kind: 'pick' as const,
                  id: 'from',
                  label: '从哪头算',
                  value: now.from,
                  choices: [
                    { title: '从月初往后数', value: 'start' },
                    { title: '从月底往前数', value: 'end' },
                  ],
                },
                {
                  kind: 'text' as const,
                  id: 'workday',
                  label: '第几个工作日',
                  max: 2,
                  value: String(now.workday),
                },
              ]
            : []),
          { kind: 'text', id: 'time', label: '几点', max: TIME_MAX, required: true, value: now.time },
        ],
        submit: { title: '看看日期', op: 'reminders.change', data: { rhythm: rhythm.name } },
      },
      values,
      errors,
    );
  },
  preview: async (ctx, fields, rhythm) => {
    const schedule = chosen(fields, rhythm);
    const lines = datesOf(ctx, schedule).map(({ mark, title, tone }) => ({ mark, text: title, tone }));
    return {
      title: rhythm.title,
      text: `改成${saySchedule(schedule)}，接下来五次：`,
      lines,
      confirm: '就这样定',
    };
  },
  async run(ctx, fields, rhythm): Promise<Outcome> {
    const schedule = chosen(fields, rhythm);
    const known = await ctx.tx.table(schedules).get(rhythm.name);
    const row = { ...known, id: rhythm.name, schedule, by: ctx.me.id, at: ctx.now.toISOString() };
    await ctx.tx.table(schedules).put(row);
    return {
      text: `已改：${rhythm.title}，${saySchedule(schedule)}。`,
      did: { kind: 'schedule', id: rhythm.name },
    };
  },
});

function chosen({ time, ...rest }: z.infer<typeof changeInput>, { schedule: { every } }: Rhythm): Schedule {
  return scheduleSchema.parse(every === 'workday' ? { every, time } : { every, time, ...rest });
}
