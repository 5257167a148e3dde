/** What 整顿 reminds of: plans and deadlines, missing first secretaries, dispatches that end, cases in which nothing moves. */
import type { Todo } from '../../bot/operation.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { pages } from '../../lib/pages.ts';
import { peopleOf, unitsOf } from '../members/index.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import { type Case, cases, dispatches, OPEN, planOf, type StoredCase } from './model.ts';
import { dispatchesOf, progressOf, teamOf } from './record.ts';
import { rights } from './rights.ts';

/** Days before an end on which it is said, and without any movement after which a sentence is asked for. */
const AHEAD = 30;
const STILL = 30;
/** Working days before a plan is due on which it is said. */
const PLAN_AHEAD = 2;
const PAGE = 200;

type Kind = 'plan' | 'first' | 'deadline' | 'ends' | 'still';

/** A line about a case for those who answer for some units. */
async function linesFor(
  world: World,
  one: Case,
  kind: Kind,
  [words, ask, due]: readonly [string, string, string | null],
  units: readonly string[],
  more: { readonly people?: readonly string[]; readonly dispatch?: string } = {},
): Promise<PlannedLine[]> {
  const title = `${one.id} ${await unitName(world.tx, one.branch)}：${words}`;
  const { people = [], dispatch } = more;
  const data = { case: one.id, kind, ...(dispatch && { dispatch }) };
  const line = { title, ask, due, op: rights.show, data };
  const staff = [...people];
  for (const unit of new Set(units))
    for (const { id, role } of await peopleOf(world.tx, unit)) if (role !== 'secretary') staff.push(id);
  return [...new Set(staff)].map((person) => ({ person, line }));
}

const hasFirst = async ({ tx, today }: World, one: Case) =>
  (await dispatchesOf(tx, one)).some(({ kind, to }) => kind === '第一书记' && to >= today);

/** Open cases whose day in a field lies in (after, until]. */
async function dueIn(
  { tx }: World,
  order: 'planDue' | 'deadline',
  after: string,
  until: string,
): Promise<readonly StoredCase[]> {
  const range = { gt: after, lte: until };
  return (await tx.table(cases).find({ where: { state: 'active' }, order, range, limit: 1000 })).rows;
}

/** Whether a line still has to be said. */
async function holds(world: World, one: Case, kind: Kind, dispatch: string): Promise<boolean> {
  if (kind === 'ends') {
    const sent = await world.tx.table(dispatches).get(dispatch);
    return one.state !== 'closed' && sent !== undefined && sent.to >= world.today;
  }
  if (one.state !== 'active') return false;
  if (kind === 'plan') return !planOf(one);
  if (kind === 'first') return !(await hasFirst(world, one));
  if (kind === 'still') return (await progressOf(world, one)).movedOn <= addDays(world.today, -STILL);
  return true;
}

const still: Reminder['still'] = async (world, { data }, person) => {
  const one = await world.tx.table(cases).get(String(data.case));
  if (!one || !(await holds(world, one, data.kind as Kind, String(data.dispatch ?? '')))) return false;
  const units = await unitsOf(world.tx, person);
  const sent = data.dispatch ? await world.tx.table(dispatches).get(String(data.dispatch)) : undefined;
  const told = [one.township, one.county, planOf(one)?.unit, sent?.senderUnit];
  return told.some((unit) => unit && units.includes(unit)) || (await teamOf(world, one)).includes(person);
};

const days: Reminder = {
  name: 'rectification.days',
  title: '整顿：方案、第一书记、时限、派驻到期',
  schedule: MORNING,
  async plan(world, { day }) {
    const { tx, workdays } = world;
    // Days without work are said on the next one with.
    const before = workdays.add(day, -1);
    const reminders: PlannedLine[] = [];
    const soon = [workdays.add(before, PLAN_AHEAD), workdays.add(day, PLAN_AHEAD)] as const;
    for (const one of await dueIn(world, 'planDue', ...soon))
      if (!planOf(one))
        reminders.push(
          ...(await linesFor(
            world,
            one,
            'plan',
            ['方案快到期', '请定方案', one.planDue],
            [one.county, one.township],
          )),
        );
    for (const one of await dueIn(world, 'planDue', before, day))
      if (!(await hasFirst(world, one)))
        reminders.push(
          ...(await linesFor(world, one, 'first', ['还没有第一书记', '请派驻', null], [one.county])),
        );
    for (const one of await dueIn(world, 'deadline', addDays(before, AHEAD), addDays(day, AHEAD)))
      reminders.push(
        ...(await linesFor(
          world,
          one,
          'deadline',
          [`还有${AHEAD}天到时限`, '请抓紧', one.deadline],
          [one.county, one.township],
        )),
      );
    const range = { gt: addDays(before, AHEAD), lte: addDays(day, AHEAD) };
    for (const sent of (await tx.table(dispatches).find({ order: 'to', range, limit: 1000 })).rows) {
      const one = await tx.table(cases).get(sent.case);
      if (!one || one.state === 'closed') continue;
      const units = [one.county, ...(sent.senderUnit ? [sent.senderUnit] : [])];
      const words = `${sent.kind}${sent.people.join('、')}（${sent.sender}）还有${AHEAD}天到期`;
      reminders.push(
        ...(await linesFor(world, one, 'ends', [words, '请接续', sent.to], units, { dispatch: sent.id })),
      );
    }
    return { reminders };
  },
  still,
};

const idle: Reminder = {
  name: 'rectification.idle',
  title: '整顿：一个月没有动静的，请派驻的同志写一句（每月第3个工作日）',
  schedule: { every: 'month', month: 1, from: 'start', workday: 3, time: '08:30' },
  async plan(world, _occurrence, after) {
    const query = { where: { state: 'active' }, order: 'deadline', limit: PAGE } as const;
    const found = await world.tx.table(cases).find({ ...query, after });
    const reminders: PlannedLine[] = [];
    for (const one of found.rows) {
      if (!(await holds(world, one, 'still', ''))) continue;
      const people = await teamOf(world, one);
      const units = people.length > 0 ? [] : [planOf(one)?.unit ?? one.township];
      const said = ['一个月没有动静', '请写一句进展', null] as const;
      reminders.push(...(await linesFor(world, one, 'still', said, units, { people })));
    }
    return { reminders, next: found.next };
  },
  still,
};

export const reminders: readonly Reminder[] = [days, idle];

/** What waits for a person: a plan to make, a check to enter, a doubt to answer. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const unit = await getUnit(world.tx, actor.unit);
  if (actor.role === 'secretary' || (unit.kind !== 'township' && unit.kind !== 'county')) return [];
  const scope = unit.kind === 'county' ? { county: unit.id } : { township: unit.id };
  const query = { where: { ...scope, state: OPEN }, order: 'deadline', limit: PAGE } as const;
  const waiting: Todo[] = [];
  for await (const { rows } of pages((from) => world.tx.table(cases).find({ ...query, ...from }))) {
    for (const one of rows) {
      const asks = [
        [rights.relapse, '请定是不是反弹', null],
        [rights.accept, '请登记验收', null],
        [rights.plan, '请定方案', one.planDue],
      ] as const;
      for (const [right, ask, due] of asks) {
        if (right === rights.plan && planOf(one)) continue;
        if (!(await may(right, one, world, actor))) continue;
        const title = await unitName(world.tx, one.branch);
        waiting.push({
          aside: true,
          number: one.id,
          title,
          ask,
          due,
          op: rights.show,
          data: { case: one.id },
        });
        break;
      }
    }
  }
  return waiting;
}
