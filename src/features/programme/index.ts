/** The reminders of the year: monthly consultation, quarterly push, township analysis, county census. */

import type { Act } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { entries } from '../../bot/operation.ts';
import type { Plan, Reminder } from '../../bot/reminders/reminder.ts';
import type { Actor, World } from '../../bot/world.ts';
import { nextOccurrences, type Occurrence, periodEnd, type Schedule, sayPeriod } from '../../lib/schedule.ts';
import { analysisRights, handedIn } from '../analysis/index.ts';
import { called } from '../meetings/index.ts';
import { linesFor, peopleOf, unitsOf } from '../members/index.ts';
import { allStars, getUnit, type Unit, type UnitKind, units } from '../orgs/index.ts';

/** Units of one page; a unit has a handful of people. */
const PAGE = 100;

interface Duty {
  readonly name: string;
  readonly title: string;
  readonly schedule: Schedule;
  /** Whose duty it is: kinds of units, and of those perhaps only the ones that lead a star. */
  readonly kinds: readonly UnitKind[];
  readonly leads?: boolean;
  /** Whoever has done it hears nothing of it. */
  readonly unless?: (world: World, unit: string, period: string) => Promise<boolean>;
  readonly ask: string;
  /** What opens it; 待办 without it. */
  readonly op?: Act;
  /** What is expected, in one sentence; the period as people say it. */
  readonly words: (period: string) => string;
}

const DUTIES: readonly Duty[] = [
  {
    name: 'month.open',
    title: '一月一会商：月初提醒',
    schedule: { every: 'month', month: 1, from: 'start', workday: 1, time: '08:30' },
    kinds: ['city', 'lead'],
    leads: true,
    unless: called,
    ask: '请定会商',
    words: (period) => `${period}联席会商：定好时间，通知责任单位`,
  },
  {
    name: 'month.closing',
    title: '一月一会商：月底前5个工作日提醒',
    schedule: { every: 'month', month: 1, from: 'end', workday: 5, time: '08:30' },
    kinds: ['city', 'lead'],
    leads: true,
    unless: called,
    ask: '请抓紧',
    words: (period) => `${period}联席会商快到月底了：没开的请本周内开`,
  },
  {
    name: 'quarter.push',
    title: '一季度一推进',
    schedule: { every: 'quarter', month: 3, from: 'start', workday: 5, time: '08:30' },
    kinds: ['city'],
    ask: '请定推进会',
    words: (period) => `${period}推进会：定好时间，准备各星情况`,
  },
  {
    name: 'quarter.analysis',
    title: '乡镇（街道）每季度分析',
    schedule: { every: 'quarter', month: 3, from: 'start', workday: 10, time: '08:30' },
    kinds: ['township'],
    unless: handedIn,
    ask: '请研判',
    op: analysisRights.analyse,
    words: (period) => `${period}支部分析：逐个村（社区）看人、治、物、效，列出要整顿的`,
  },
  {
    name: 'half.census',
    title: '县区每半年排查',
    schedule: { every: 'half', month: 6, from: 'start', workday: 5, time: '08:30' },
    kinds: ['county'],
    unless: handedIn,
    ask: '请排查',
    op: analysisRights.census,
    words: (period) => `${period}支部排查：所有村（社区）过一遍，定整顿措施`,
  },
];

function reminderOf(duty: Duty): Reminder {
  const { name, title, schedule, kinds, leads, unless, ask, op = entries.todo, words } = duty;
  async function isTheirs({ tx }: Pick<World, 'tx'>, unit: Unit): Promise<boolean> {
    if (!kinds.includes(unit.kind)) return false;
    return !leads || (await allStars(tx)).some(({ lead }) => lead === unit.id);
  }

  async function isDone(world: World, unit: string, period: string): Promise<boolean> {
    return (await unless?.(world, unit, period)) === true;
  }

  async function plan(world: World, { period }: Occurrence, after?: string): Promise<Plan> {
    const page = await world.tx.table(units).find({
      where: { kind: kinds },
      order: 'name',
      limit: PAGE,
      after,
    });
    const line = { title: words(sayPeriod(period)), ask, due: null, op, data: { duty: name } };
    const reminders = [];
    for (const unit of page.rows) {
      if (!(await isTheirs(world, unit)) || (await isDone(world, unit.id, period))) continue;
      reminders.push(...linesFor(await peopleOf(world.tx, unit.id), line));
    }
    return { reminders, next: page.next };
  }

  return {
    name: `programme.${name}`,
    title,
    schedule,
    plan,
    async still(world, { period: said }, person) {
      const [period = '', again] = said.split('+');
      // Caught up too late, the month or quarter is over; who put it off wants to hear it all the same.
      if (!again && world.now > periodEnd(period)) return false;
      for (const id of await unitsOf(world.tx, person)) {
        if ((await isTheirs(world, await getUnit(world.tx, id))) && !(await isDone(world, id, period)))
          return true;
      }
      return false;
    },
    async upcoming(world: World, actor: Actor, now: Schedule) {
      if (!(await isTheirs(world, await getUnit(world.tx, actor.unit)))) return [];
      const [next] = nextOccurrences(now, world.workdays, world.now, 1);
      if (!next || (await isDone(world, actor.unit, next.period))) return [];
      return [{ at: next.at, title: words(sayPeriod(next.period)) }];
    },
  };
}

export const programme: Feature = {
  name: 'programme',
  tables: [],
  operations: [],
  reminders: DUTIES.map(reminderOf),
};
