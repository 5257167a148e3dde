/** 走访: a visit is planned by a form, listed, opened by its number, and called to mind on its morning. */
import { z } from 'zod';
import { field } from '../../../src/bot/cards/fields.ts';
import { button, listCard, note, recordCard } from '../../../src/bot/cards/spec.ts';
import type { View } from '../../../src/bot/feature.ts';
import { operation } from '../../../src/bot/operation.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../../src/bot/reminders/reminder.ts';
import { recordOperation, recordsOf } from '../../../src/bot/turn/records.ts';
import { may } from '../../../src/bot/turn/rights.ts';
import { peopleOf, unitsOf } from '../../../src/features/members/index.ts';
import { sayDay } from '../../../src/lib/dates.ts';
import { cursor, day, words } from '../../../src/lib/inputs.ts';
import { numbers, visits } from './model.ts';
import { rights } from './rights.ts';

const records = recordsOf({ kind: 'visit', table: visits, numbers, word: '走访' });

export const plan = operation({
  right: rights.plan,
  words: ['登记走访'],
  help: '登记一次走访，当天早上提醒',
  fromText: (title) => (title ? { title } : {}),
  days: { fields: /^day$/, toward: 'ahead' },
  input: z.object({ title: words('走访内容', 60), day: day('请选日期') }),
  form: async ({ today }) => ({
    fields: [
      field.text('title', '走访内容', 60, { required: true }),
      field.date('day', '日期', { min: today, required: true }),
    ],
    submit: { op: rights.plan },
  }),
  async run(ctx, input) {
    const id = await numbers.next(ctx.tx, ctx.today);
    const row = await ctx.tx.table(visits).put({ id, unit: ctx.me.unit, by: ctx.me.id, ...input });
    return records.changed(ctx, row, `已登记 ${id}，${sayDay(row.day, ctx.today)}早上提醒。`);
  },
});

export const list = operation({
  right: rights.list,
  words: ['走访'],
  help: '本单位的走访',
  input: z.object({ after: cursor }),
  async run({ tx, me, today }, { after }) {
    const query = { where: { unit: me.unit }, order: 'day', desc: true, limit: 8, after } as const;
    const { rows, next } = await tx.table(visits).find(query);
    const lines = rows.map(({ id, title, day }) => ({
      mark: sayDay(day, today),
      title,
      sub: id,
      op: rights.show,
      data: { visit: id },
    }));
    const more = next ? [button(rights.list, { after: next }, 'default', '下一页')] : [];
    const sub = lines.length > 0 ? '' : '还没有登记。发送“登记走访”来登记。';
    return { text: '', card: listCard('走访', sub, lines, more), mine: true };
  },
});

export const show = recordOperation(records.load, records.fromNumber)(rights.show, { run: records.shown });

export const visitView: View = async (world, id, viewer) => {
  const visit = await world.tx.table(visits).get(id);
  // In a group nobody in particular looks, and `may` asks only what the record allows.
  if (!visit || !viewer || !(await may(rights.show, visit, world, viewer))) return note('没有找到这次走访。');
  const facts = [['日期', sayDay(visit.day, world.today)]] as const;
  return recordCard({ number: id, title: visit.title, state: '已登记', facts });
};

export const morning: Reminder = {
  name: 'visits.morning',
  title: '当天的走访',
  schedule: MORNING,
  async plan({ tx, workdays }, { day }, after) {
    // What lies on rest days is said on the working day before them.
    const range = { gte: day, lt: workdays.add(day, 1) };
    const query = { order: 'day', range, limit: 200, after } as const;
    const { rows, next } = await tx.table(visits).find(query);
    const reminders: PlannedLine[] = [];
    for (const { id, title, unit, day: due } of rows) {
      const line = { title, ask: '请走访', due, op: rights.show, data: { visit: id } };
      for (const { id: person } of await peopleOf(tx, unit)) reminders.push({ person, line });
    }
    return { reminders, next };
  },
  async still({ tx }, { data }, person) {
    const visit = await tx.table(visits).get(String(data.visit));
    return visit !== undefined && (await unitsOf(tx, person)).includes(visit.unit);
  },
};
