/** What waits: a clue to be written or left, a case to be verified or published, one to be looked at again. */
import type { Todo } from '../../bot/operation.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import { may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { actorOf, linesFor, postsOf, staffOf } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { waitingFor } from './list.ts';
import { type Example, examples, isDue } from './model.ts';
import { rights } from './rights.ts';

const PAGE = 100;

/** The step that a case waits for, and how that is asked; undefined when it waits for none. */
function stepOf(
  row: Example,
  today: string,
): { readonly right: Right<Example>; readonly ask: string } | undefined {
  switch (row.state) {
    case 'clue':
      return { right: rights.write, ask: row.reason ? '被退回，请再写' : '请撰写或不采用' };
    case 'written':
      return { right: rights.verify, ask: '请核实' };
    case 'verified':
      return { right: rights.publish, ask: '请发布' };
    default:
      return isDue(row, today) ? { right: rights.keep, ask: '请回访：保留或撤下' } : undefined;
  }
}

export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const found: Todo[] = [];
  for (const row of await waitingFor({ tx: world.tx, today: world.today, me: actor })) {
    const step = stepOf(row, world.today);
    if (!step || !(await may(step.right, row, world, actor))) continue;
    found.push({
      number: row.id,
      title: row.title || `${await unitName(world.tx, row.branch)}的典型线索`,
      ask: step.ask,
      // Praise has no deadline: it stands behind everything that has one.
      due: null,
      tone: 'default',
      aside: true,
      op: rights.show,
      data: { example: row.id },
    });
  }
  return found;
}

/** Once in the morning after a clue came up, and when a case is to be looked at again. */
export const asking: Reminder = {
  name: 'cases.asking',
  title: '典型线索、到了回访时候的典型',
  schedule: MORNING,
  async plan({ tx, workdays }, { day }, after) {
    const before = workdays.add(day, -1);
    const rows = tx.table(examples);
    const reminders: PlannedLine[] = [];
    const add = async (row: Example, unit: string, title: string, ask: string): Promise<void> => {
      const line = { title, ask, due: null, op: rights.show, data: { example: row.id } };
      reminders.push(...linesFor(await staffOf(tx, unit), line));
    };
    // Whoever recommends a branch knows of it.
    const since = {
      where: { state: 'clue' },
      order: 'on',
      range: { gte: before, lt: day },
      limit: PAGE,
    } as const;
    for (const row of after === undefined ? (await rows.find(since)).rows : [])
      if (row.origin !== 'people' && row.reason === '')
        await add(row, row.waits, `${await unitName(tx, row.branch)}有一条典型线索`, '请撰写或不采用');
    const range = { gte: before, lte: day };
    const page = await rows.find({
      where: { state: 'published' },
      order: 'revisitOn',
      range,
      limit: PAGE,
      after,
    });
    // What speaks against one is said in the morning after, the half year on its day.
    const isNow = ({ revisitOn, doubt }: Example) =>
      revisitOn !== null && (doubt === '' ? revisitOn > before : revisitOn < day);
    for (const row of page.rows.filter(isNow)) await add(row, row.lead, `典型：${row.title}`, '请回访');
    return { reminders, next: page.next };
  },
  async still(world, { data }, person) {
    const row = await world.tx.table(examples).get(String(data.example));
    const step = row && stepOf(row, world.today);
    const actor = await actorOf(world.tx, person);
    for (const post of row && step && actor ? await postsOf(world.tx, actor) : [])
      if (actor && row && step && (await may(step.right, row, world, { ...actor, ...post }))) return true;
    return false;
  },
};
