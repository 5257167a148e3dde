/** What the organiser still has to answer: in 待办, and in the morning before it is due and after it was. */
import type { DigestLine } from '../../bot/delivery/tables.ts';
import type { Feature } from '../../bot/feature.ts';
import type { Todo } from '../../bot/operation.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import { may } from '../../bot/turn/rights.ts';
import { instant } from '../../lib/dates.ts';
import { shorten } from '../../lib/text.ts';
import { actorIn, peopleOf } from '../members/index.ts';
import { getUnit, organiser } from '../orgs/index.ts';
import { opinions } from './model.ts';
import { rights } from './rights.ts';

/** Most that are listed for one person. */
const SHOWN = 50;
const PAGE = 200;

export const todos: NonNullable<Feature['todos']> = async (world, actor) => {
  if ((await getUnit(world.tx, actor.unit)).kind !== 'city') return [];
  const query = { where: { state: 'open' as const }, order: 'due' as const, limit: SHOWN };
  const { rows } = await world.tx.table(opinions).find(query);
  const found: Todo[] = [];
  for (const row of rows) {
    if (!(await may(rights.answer, row, world, actor))) continue;
    found.push({
      number: row.id,
      title: `意见：${shorten(row.words, 40)}`,
      ask: '请答复',
      due: row.due,
      op: rights.show,
      data: { opinion: row.id },
    });
  }
  return found;
};

/** On the working day before an answer is due, and on the first one after it was. */
const due: Reminder = {
  name: 'opinions.due',
  title: '意见快到答复期限（前1个工作日），超期后再提一次',
  schedule: MORNING,
  async plan(world, { day }, after) {
    const { tx, workdays } = world;
    const root = await organiser(tx);
    const page = await tx.table(opinions).find({
      where: { state: 'open' },
      order: 'due',
      range: { gte: workdays.add(day, -1), lt: workdays.add(day, 2) },
      limit: PAGE,
      after,
    });
    const reminders: PlannedLine[] = [];
    for (const row of page.rows) {
      if (row.due === day) continue;
      const line = {
        // Others may read it out to who could not be reached: no word of what was said.
        title: `意见 ${row.id}`,
        ask: row.due < day ? '超期，请答复' : '快到期，请答复',
        due: row.due,
        op: rights.show,
        data: { opinion: row.id },
      };
      for (const { id: person, name, role } of await peopleOf(tx, root.id)) {
        const actor = { id: person, name, unit: root.id, role };
        if (await may(rights.answer, row, world, actor)) reminders.push({ person, line });
      }
    }
    return { reminders, next: page.next };
  },
  async still(world, { data }: DigestLine, person) {
    const row = await world.tx.table(opinions).get(String(data.opinion));
    const actor = await actorIn(world.tx, person, (await organiser(world.tx)).id);
    return row !== undefined && actor !== undefined && may(rights.answer, row, world, actor);
  },
  async upcoming(world, actor, { time }) {
    const { workdays, now } = world;
    const coming = (await todos(world, actor)).flatMap(({ number, due: day }) =>
      day ? [{ at: instant(workdays.add(day, -1), time), title: `快到期，请答复：意见 ${number}` }] : [],
    );
    return coming.filter(({ at }) => at > now);
  },
};

export const reminders: readonly Reminder[] = [due];
