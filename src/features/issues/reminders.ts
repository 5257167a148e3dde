/** What issues remind of: nearly due (blue), overdue (red), and overdue climbing to the units above. */

import type { DigestLine } from '../../bot/delivery/tables.ts';
import { MORNING, type Plan, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import type { World } from '../../bot/world.ts';
import { addDays, instant } from '../../lib/dates.ts';
import { peopleOf, unitsOf } from '../members/index.ts';
import { organiser } from '../orgs/index.ts';
import {
  BLUE_WORKDAYS,
  CLIMB_WORKDAYS,
  climbed,
  isRunning,
  issues,
  overdueBy,
  RUNNING,
  type StoredIssue,
} from './model.ts';
import { rights } from './rights.ts';

const PAGE = 200;
/** Most issues of which the coming reminder is listed. */
const SHOWN = 5;
/** Longest run of rest days around a working day; no holiday of China is longer. */
const LONGEST_REST = 15;
/** Overdue climbs at most to the organiser, four levels up. */
const LEVELS = 4;

async function linesFor(
  world: World,
  units: readonly string[],
  issue: StoredIssue,
  ask: string,
): Promise<PlannedLine[]> {
  const line = { title: issue.title, ask, due: issue.deadline, op: rights.show, data: { issue: issue.id } };
  const found: PlannedLine[] = [];
  for (const unit of units)
    for (const { id } of await peopleOf(world.tx, unit)) found.push({ person: id, line });
  return found;
}

/** Running issues whose deadline lies in the half-open span (from, to], a page at a time. */
async function dueWithin(world: World, from: string, to: string, after: string | undefined) {
  return world.tx.table(issues).find({
    where: { state: RUNNING },
    order: 'deadline',
    range: { gt: from, lte: to },
    limit: PAGE,
    after,
  });
}

async function plan(
  world: World,
  [from, to]: readonly [string, string],
  after: string | undefined,
  linesOf: (issue: StoredIssue) => Promise<PlannedLine[]>,
): Promise<Plan> {
  const page = await dueWithin(world, from, to, after);
  const reminders: PlannedLine[] = [];
  for (const issue of page.rows) reminders.push(...(await linesOf(issue)));
  return { reminders, next: page.next };
}

/** Still to be said while the issue is running, to whoever is still of one of these units. */
function stillFor(unitsOfIssue: (issue: StoredIssue, world: World) => Promise<readonly string[]>) {
  return async (world: World, { data }: DigestLine, person: string): Promise<boolean> => {
    const issue = await world.tx.table(issues).get(String(data.issue));
    if (!issue || !isRunning(issue)) return false;
    const theirs = await unitsOf(world.tx, person);
    return (await unitsOfIssue(issue, world)).some((unit) => theirs.includes(unit));
  };
}

/** On the third working day before the deadline. */
const blue: Reminder = {
  name: 'issues.blue',
  title: '问题快到期（到期前3个工作日，紧急的前1个）',
  schedule: MORNING,
  plan(world, { day }, after) {
    // Deadlines that are exactly so many working days away, rest days behind them included.
    const { workdays } = world;
    const away = Object.values(BLUE_WORKDAYS);
    const from = addDays(workdays.add(day, Math.min(...away)), -1);
    const to = addDays(workdays.add(day, Math.max(...away) + 1), -1);
    return plan(world, [from, to], after, async (issue) =>
      workdays.between(day, issue.deadline) === BLUE_WORKDAYS[issue.urgency]
        ? linesFor(world, [issue.owner], issue, '快到期，请办结')
        : [],
    );
  },
  still: stillFor(async ({ owner, deadline }, { today }) => (today > deadline ? [] : [owner])),
  async upcoming({ tx, today, workdays }, { unit }, { time }) {
    const { rows } = await tx.table(issues).find({
      where: { owner: unit, state: RUNNING },
      order: 'deadline',
      range: { gte: today },
      limit: SHOWN,
    });
    const days = rows.map(({ title, deadline, urgency }) => ({
      title,
      day: workdays.add(deadline, -BLUE_WORKDAYS[urgency]),
    }));
    return days
      .filter(({ day }) => day > today)
      .map(({ day, title }) => ({ at: instant(day, time), title: `快到期，请办结：${title}` }));
  },
};

/** On the first working day after the deadline. */
const red: Reminder = {
  name: 'issues.red',
  title: '问题超期（期限后第1个工作日）',
  schedule: MORNING,
  plan(world, { day }, after) {
    const from = addDays(world.workdays.add(day, -1), -1);
    return plan(world, [from, addDays(day, -1)], after, (issue) =>
      linesFor(world, [...new Set([issue.owner, issue.supervisor])], issue, '已超期，请过问'),
    );
  },
  still: stillFor(async ({ owner, supervisor, deadline }, { today }) =>
    today > deadline ? [owner, supervisor] : [],
  ),
};

/** One level up each second working day overdue. */
const climb: Reminder = {
  name: 'issues.climb',
  title: '超期升级（每过2个工作日升一级）',
  schedule: MORNING,
  async plan(world, { day }, after) {
    const root = (await organiser(world.tx)).id;
    const oldest = addDays(world.workdays.add(day, -(LEVELS * CLIMB_WORKDAYS)), -LONGEST_REST);
    return plan(world, [oldest, addDays(day, -1)], after, async (issue) => {
      const late = overdueBy(issue, day, world.workdays);
      if (late === 0 || late % CLIMB_WORKDAYS !== 0) return [];
      const reached = climbed(issue, root, day, world.workdays);
      const before = climbed(issue, root, world.workdays.add(day, -1), world.workdays);
      const top = reached.length > before.length ? reached.at(-1) : undefined;
      return top ? linesFor(world, [top], issue, `超期${late}个工作日，请过问`) : [];
    });
  },
  still: stillFor(async (issue, { tx, today, workdays }) =>
    climbed(issue, (await organiser(tx)).id, today, workdays),
  ),
};

export const reminders: readonly Reminder[] = [blue, red, climb];
