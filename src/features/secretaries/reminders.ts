/** A year after somebody took office the county is to assess: in 待办, and once in the morning. No name stands in a message. */
import type { Todo } from '../../bot/operation.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import type { Actor, World } from '../../bot/world.ts';
import { linesFor, staffOf, unitsOf } from '../members/index.ts';
import { getUnit, unitsOfKind } from '../orgs/index.ts';
import { secretaries } from './model.ts';
import { rights } from './rights.ts';
import { dueIn } from './show.ts';

export const assessments: Reminder = {
  name: 'secretaries.due',
  title: '书记任职满一年，请县区做换届后评估',
  schedule: MORNING,
  async plan({ tx, workdays }, { day }) {
    const reminders: PlannedLine[] = [];
    // What fell on rest days is said on the next working day.
    const range = { gt: workdays.add(day, -1), lte: day };
    for (const { id: county } of await unitsOfKind(tx, ['county'])) {
      const { rows } = await tx
        .table(secretaries)
        .find({ where: { county }, order: 'assessOn', range, limit: 1 });
      if (rows.length === 0) continue;
      const line = {
        title: '有书记任职满一年',
        ask: '请做换届后评估',
        due: null,
        op: rights.list,
        data: { county },
      };
      reminders.push(...linesFor(await staffOf(tx, county), line));
    }
    return { reminders };
  },
  async still(world, { data }, person) {
    const county = String(data.county);
    return (await unitsOf(world.tx, person)).includes(county) && (await dueIn(world, county)).length > 0;
  },
};

export async function todos(world: World, { id, unit, role }: Actor): Promise<readonly Todo[]> {
  if (role === 'secretary' || (await getUnit(world.tx, unit)).kind !== 'county') return [];
  const due = (await dueIn(world, unit)).filter(({ person }) => person !== id);
  return due.map((one) => ({
    ...{ number: '', title: `${one.name} ${one.branch.name}`, ask: '请做换届后评估' },
    ...{ due: one.record?.assessOn ?? null, since: true, tone: 'default', aside: true },
    ...{ op: rights.show, data: { secretary: `${one.branch.id}|${one.person}` } },
  }));
}
