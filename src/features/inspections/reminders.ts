/** What 督导 reminds of: who goes, on the day, without a name; and townships of what was found, on the working day after. */
import type { Handover, Todo } from '../../bot/operation.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { pages } from '../../lib/pages.ts';
import { briefOf, issueRights } from '../issues/index.ts';
import { linesFor, peopleOf, unitsOf } from '../members/index.ts';
import { getUnit } from '../orgs/index.ts';
import { type Inspection, inspections, inspectors } from './model.ts';
import { openOf, visitsOf } from './record.ts';
import { KINDS, rights, teamOf } from './rights.ts';

const PAGE = 100;
const sayDrawn = ({ amount }: Inspection) => `督导：已封存${amount}个支部`;

const onTheDay: Reminder = {
  name: 'inspections.day',
  title: '督导：当天请督导人员开始',
  schedule: MORNING,
  async plan(world, { day }, after) {
    // Days without work are said on the next one with.
    const range = { gt: world.workdays.add(day, -1), lte: day };
    const query = { where: { state: 'sealed' }, order: 'day', range, limit: PAGE } as const;
    const page = await world.tx.table(inspections).find({ ...query, after });
    const reminders: PlannedLine[] = [];
    for (const one of page.rows) {
      const data = { inspection: one.id };
      const title = `${one.id} ${sayDrawn(one)}`;
      const line = { title, ask: '今天请开始', due: one.day, op: rights.show, data };
      reminders.push(...linesFor(await teamOf(world.tx, one), line));
    }
    return { reminders, next: page.next };
  },
  async still({ tx }, { data }, person) {
    const one = await tx.table(inspections).get(String(data.inspection));
    return one?.state === 'sealed' && (await teamOf(tx, one)).some(({ id }) => id === person);
  },
};

/** Not told when it is submitted: it comes with what a township is reminded of anyway. */
const found: Reminder = {
  name: 'inspections.found',
  title: '督导发现的问题（提交后下一个工作日，告诉乡镇）',
  schedule: MORNING,
  async plan(world, { day }, after) {
    const { tx, workdays } = world;
    const range = { gte: workdays.add(day, -1), lt: day };
    const query = { order: 'submittedOn', range, limit: PAGE } as const;
    const page = await tx.table(inspections).find({ ...query, after });
    const reminders: PlannedLine[] = [];
    for (const one of page.rows) {
      for (const { township, issues } of await visitsOf(tx, one)) {
        const people = issues.length > 0 ? await peopleOf(tx, township) : [];
        for (const issue of issues) {
          const brief = await briefOf(tx, issue);
          if (!brief) continue;
          const data = { issue, township };
          const line = {
            title: brief.title,
            ask: '督导发现，请受理',
            due: brief.deadline,
            op: issueRights.show,
            data,
          };
          reminders.push(...linesFor(people, line));
        }
      }
    }
    return { reminders, next: page.next };
  },
  async still({ tx }, { data }, person) {
    const brief = await briefOf(tx, String(data.issue));
    return brief?.pending === true && (await unitsOf(tx, person)).includes(String(data.township));
  },
};

export const reminders: readonly Reminder[] = [onTheDay, found];

/** What waits for who goes, with numbers only. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const { kind } = await getUnit(world.tx, actor.unit);
  if (!KINDS.includes(kind)) return [];
  const waiting: Todo[] = [];
  for (const one of await openOf(world.tx, actor.unit, ['sealed', 'begun'])) {
    const steps = [
      [rights.begin, '请开始'],
      [rights.submit, '请记录、提交'],
    ] as const;
    for (const [right, ask] of steps) {
      if (!(await may(right, one, world, actor))) continue;
      const title = one.state === 'sealed' ? sayDrawn(one) : `督导：${one.amount}个支部`;
      const data = { inspection: one.id };
      waiting.push({ number: one.id, title, ask, due: one.day, aside: true, op: rights.show, data });
    }
  }
  return waiting;
}

/** Who goes: handed to a successor in the same unit, as long as it is under way. */
async function* goings({ tx }: Pick<World, 'tx'>, { id: person, unit }: Actor) {
  const query = { where: { person, unit }, limit: PAGE } as const;
  for await (const { rows } of pages((from) => tx.table(inspectors).find({ ...query, ...from })))
    for (const row of rows) {
      const one = await tx.table(inspections).get(row.inspection);
      if (one?.state === 'sealed' || one?.state === 'begun') yield row;
    }
}

export const inspecting: Handover = {
  title: '督导',
  async count(world, from) {
    let n = 0;
    for await (const _ of goings(world, from)) n += 1;
    return n;
  },
  async move(ctx, from, to) {
    const rows = ctx.tx.table(inspectors);
    const all = [];
    for await (const row of goings(ctx, from)) all.push(row);
    for (const row of all) {
      const id = `${row.inspection}|${to.id}`;
      if (!(await rows.get(id)))
        await rows.put({ id, inspection: row.inspection, person: to.id, unit: row.unit });
      await rows.delete(row);
      ctx.refresh({ kind: 'inspection', id: row.inspection });
    }
  },
};
