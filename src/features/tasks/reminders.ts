/** What tasks remind of: a period opens, the missing at 80 %, the summary when it is over, what is overdue to those above. */

import { conversations } from '../../bot/delivery/conversations.ts';
import type { DigestLine } from '../../bot/delivery/tables.ts';
import {
  MORNING,
  type Plan,
  type PlannedLine,
  type Post,
  type Reminder,
} from '../../bot/reminders/reminder.ts';
import type { World } from '../../bot/world.ts';
import { instant, sayDay } from '../../lib/dates.ts';
import { parts } from '../../lib/pages.ts';
import type { Occurrence } from '../../lib/schedule.ts';
import type { Tx } from '../../store/store.ts';
import { linesFor, peopleOf, unitsOf } from '../members/index.ts';
import { getUnit, type Unit, unitName } from '../orgs/index.ts';
import { above, handOutText, OPENING } from './announce.ts';
import { assignmentsOf, isMissing } from './assignment.ts';
import { type StoredTask, tasks } from './model.ts';
import { askDay, currentPeriod, isPeriodOf, type Period, periodBefore, periodOf } from './periods.ts';
import { cardOf, checkinOf, progressOf, sayTask } from './record.ts';
import { rights } from './rights.ts';
import { chatUnitsOf, covers, type Siblings, walk } from './scope.ts';

/** Overdue goes to the unit above after this many working days. */
const CLIMBS_AFTER = 2;
/** Tasks looked at in one read, and reminders after which a page is full. */
const LOOKED_AT = 50;
const FULL = 200;

/** Where planning goes on: in which page of the tasks, and there after a task or (with `scope`) within it. */
interface Cursor {
  readonly page?: string;
  readonly at: string;
  readonly id: string;
  readonly scope?: string;
}

interface Part {
  readonly reminders: readonly PlannedLine[];
  readonly posts?: readonly Post[];
  /** Where the next part of the same task begins. */
  readonly next?: string | undefined;
}

/** The page of a plan over all open tasks: for those that have a period to speak of, part by part. */
async function overTasks(
  world: World,
  after: string | undefined,
  roundFor: (task: StoredTask) => Period | undefined,
  partOf: (task: StoredTask, round: Period, scope: string | undefined) => Promise<Part>,
): Promise<Plan> {
  const cursor: Cursor = after ? JSON.parse(after) : { at: '', id: '' };
  const { page } = cursor;
  const { rows, next } = await world.tx
    .table(tasks)
    .find({ where: { state: 'open' }, order: 'handedAt', limit: LOOKED_AT, ...(page && { after: page }) });
  const goOn = (from: Cursor): Plan => ({ reminders, posts, next: JSON.stringify(from) });
  const reminders: PlannedLine[] = [];
  const posts: Post[] = [];
  for (const task of rows) {
    const { handedAt: at, id } = task;
    const again = at === cursor.at && id === cursor.id && cursor.scope;
    const seen = at < cursor.at || (at === cursor.at && id <= cursor.id);
    const round = again || !seen ? roundFor(task) : undefined;
    if (!round) continue;
    const part = await partOf(task, round, again || undefined);
    reminders.push(...part.reminders);
    posts.push(...(part.posts ?? []));
    const here = { ...(page && { page }), at, id };
    if (part.next) return goOn({ ...here, scope: part.next });
    if (reminders.length >= FULL) return goOn(here);
  }
  return next === undefined ? { reminders, posts } : goOn({ page: next, at: '', id: '' });
}

/** A part of a task with a line for the people of each unit that `wants` it. */
async function linesBelow(
  world: World,
  task: StoredTask,
  round: Period,
  scope: string | undefined,
  ask: string,
  wants: (unit: Unit) => Promise<boolean>,
): Promise<Part & { readonly families: readonly Siblings[] }> {
  const page = await walk(world, task.scope, scope);
  const line = {
    title: sayTask(task, round.period),
    ask,
    due: round.due,
    op: rights.checkin,
    data: { task: task.id, period: round.period },
  };
  const reminders: PlannedLine[] = [];
  for (const unit of page.families.flatMap(({ units }) => units)) {
    if (!(await wants(unit))) continue;
    reminders.push(...linesFor(await peopleOf(world.tx, unit.id), line));
  }
  return { reminders, families: page.families, next: page.next };
}

const missingIn = (tx: Tx, round: Period) => async (unit: Unit) =>
  isMissing(await checkinOf(tx, round, unit.id));

/** The period of a task that was due on `day`, running or just over. */
function periodDue(task: StoredTask, day: string, { today, workdays }: World): Period | undefined {
  const current = currentPeriod(task, today);
  for (const period of [current, periodBefore(task, current)]) {
    const round = period ? periodOf(task, period, workdays) : undefined;
    if (round?.due === day) return round;
  }
  return undefined;
}

/** The groups of units. */
async function groupsOf(
  tx: Tx,
  units: readonly string[],
): Promise<readonly { place: string; unit: string }[]> {
  const found = [];
  for (const unit of parts(units, 50)) {
    const { rows } = await tx.table(conversations).find({ where: { unit }, limit: 1000 });
    for (const { id: place, unit: of } of rows) if (of) found.push({ place, unit: of });
  }
  return found;
}

/** The open task that a line is about, in its period. */
async function openRound({ tx, today, workdays }: World, { data }: DigestLine) {
  const task = await tx.table(tasks).get(String(data.task));
  const period = String(data.period);
  if (task?.state !== 'open' || !isPeriodOf(task, period, today)) return undefined;
  return { task, round: periodOf(task, period, workdays) };
}

/** True while one of the person's units has to do it. */
const stillMissing: Reminder['still'] = async (world, line, person) => {
  const { tx } = world;
  const found = await openRound(world, line);
  for (const id of found ? await unitsOf(tx, person) : []) {
    if (!found || !(await covers(tx, found.task.scope, await getUnit(tx, id)))) continue;
    if (isMissing(await checkinOf(tx, found.round, id))) return true;
  }
  return false;
};

/** What an occurrence was asked for: a task in one period; undefined when it is one of the schedule. */
async function askedFor({ tx, workdays }: World, { period: words }: Occurrence) {
  const [id = '', period] = words.split('|');
  const task = period ? await tx.table(tasks).get(id) : undefined;
  return task && period ? { task, round: periodOf(task, period, workdays) } : undefined;
}

/** The plan for one task alone. */
async function overOne(part: Promise<Part>): Promise<Plan> {
  const { next, ...plan } = await part;
  return { ...plan, next };
}

/** On the first working day of a period of a task that comes back; and when a task is handed out to very many. */
const opening: Reminder = {
  name: OPENING,
  title: '任务新一期开始',
  schedule: MORNING,
  async plan(world, occurrence, after) {
    const { day } = occurrence;
    const opened = async (
      task: StoredTask,
      round: Period,
      scope: string | undefined,
      text: string,
      ask: string,
    ) => {
      const { families, ...part } = await linesBelow(
        world,
        task,
        round,
        scope,
        ask,
        missingIn(world.tx, round),
      );
      const tops = scope ? [] : (await above(world, task)).map(({ id }) => id);
      const posts = (await groupsOf(world.tx, [...tops, ...families.flatMap(chatUnitsOf)])).map(
        ({ place, unit }): Post => ({
          to: { place },
          text,
          card: { subject: cardOf(task, round, unit) },
          key: `task:${round.id}:open:${place}`,
        }),
      );
      return { ...part, posts };
    };
    const asked = await askedFor(world, occurrence);
    if (asked) {
      const { task, round } = asked;
      return overOne(opened(task, round, after, await handOutText(world, task, round), '新任务，请报进展'));
    }
    const since = world.workdays.add(day, -1);
    const roundFor = (task: StoredTask) => {
      const period = currentPeriod(task, day);
      if (periodBefore(task, period) === null) return undefined; // told when it was handed out
      const round = periodOf(task, period, world.workdays);
      return round.from > since && round.from <= day ? round : undefined;
    };
    return overTasks(world, after, roundFor, (task, round, scope) => {
      const by = sayDay(round.due, world.today);
      const text = `新一期开始：${sayTask(task, round.period)}，${by}前报进展。`;
      return opened(task, round, scope, text, '新一期，请报进展');
    });
  },
  still: stillMissing,
};

/** When 80 % of a period's working days have passed; and when very many are nudged by hand. */
const asking: Reminder = {
  name: 'tasks.asking',
  title: '任务快到期，提醒还没报进展的',
  schedule: MORNING,
  async plan(world, occurrence, after) {
    const lines = (task: StoredTask, round: Period, scope: string | undefined, ask: string) =>
      linesBelow(world, task, round, scope, ask, missingIn(world.tx, round));
    const asked = await askedFor(world, occurrence);
    if (asked) return overOne(lines(asked.task, asked.round, after, '催办，请报进展'));
    const roundFor = (task: StoredTask) => {
      const round = periodOf(task, currentPeriod(task, occurrence.day), world.workdays);
      return round.due >= occurrence.day && askDay(round, world.workdays) === occurrence.day
        ? round
        : undefined;
    };
    return overTasks(world, after, roundFor, (task, round, scope) =>
      lines(task, round, scope, '快到期，请报进展'),
    );
  },
  still: stillMissing,
  async upcoming(world, actor, { time }) {
    const assignments = await assignmentsOf(world, await getUnit(world.tx, actor.unit));
    return assignments.flatMap(({ task, round, checkin }) => {
      const day = isMissing(checkin) ? askDay(round, world.workdays) : null;
      if (!day || day <= world.today) return [];
      return [{ at: instant(day, time), title: `还没报进展的话提醒：${sayTask(task, round.period)}` }];
    });
  },
};

/** The summary for the issuer on the working day after a period was due. */
const closing: Reminder = {
  name: 'tasks.closing',
  title: '任务到期小结，给下达的单位',
  schedule: MORNING,
  plan(world, { day }, after) {
    const due = world.workdays.add(day, -1);
    return overTasks(
      world,
      after,
      (task) => periodDue(task, due, world),
      async (task, round) => {
        const title = await summaryOf(world, task, round);
        const data = { task: task.id, period: round.period };
        const line = { title, ask: '到期小结', due: null, op: rights.show, data };
        const people = await peopleOf(world.tx, task.issuer);
        const posts = (await groupsOf(world.tx, [task.issuer])).map(
          ({ place, unit }): Post => ({
            to: { place },
            text: `到期小结：${title}。`,
            card: { subject: cardOf(task, round, unit) },
            key: `task:${round.id}:close:${place}`,
          }),
        );
        return { reminders: linesFor(people, line), posts };
      },
    );
  },
  async still({ tx }, { data }, person) {
    const task = await tx.table(tasks).get(String(data.task));
    return task !== undefined && (await unitsOf(tx, person)).includes(task.issuer);
  },
};

/** `入户走访（11月）：报了18个，其中超期2个，缺3个，合计420户，比上期多60户`. */
export async function summaryOf(world: World, task: StoredTask, round: Period): Promise<string> {
  const now = await progressOf(world.tx, task, round);
  const left = now.size - now.in;
  const parts = [
    `报了${now.in}个`,
    now.late > 0 ? `其中超期${now.late}个` : '',
    left > 0 ? `缺${left}个` : '一个不缺',
    task.measure ? `合计${now.amount}${task.measure}` : '',
  ];
  const before = periodBefore(task, round.period);
  if (before) {
    const last = await progressOf(world.tx, task, periodOf(task, before, world.workdays));
    const more = task.measure ? now.amount - last.amount : now.in - last.in;
    const unit = task.measure ?? '个';
    const size = Math.round(Math.abs(more) * 1000) / 1000;
    parts.push(more === 0 ? '和上期一样' : `比上期${more > 0 ? '多' : '少'}${size}${unit}`);
  }
  return `${sayTask(task, round.period)}：${parts.filter(Boolean).join('，')}`;
}

/** What is still missing two working days after it was due goes to the units above, one line each. */
const overdue: Reminder = {
  name: 'tasks.overdue',
  title: '任务超期，报上级单位（到期后2个工作日）',
  schedule: MORNING,
  plan(world, { day }, after) {
    const due = world.workdays.add(day, -CLIMBS_AFTER);
    return overTasks(
      world,
      after,
      (task) => periodDue(task, due, world),
      async (task, round, scope) => {
        const page = await walk(world, task.scope, scope);
        const missing = new Map<string, number>();
        for (const { id, parent } of page.families.flatMap(({ units }) => units)) {
          // The issuer has had the summary.
          if (!parent || parent === task.issuer || !isMissing(await checkinOf(world.tx, round, id))) continue;
          missing.set(parent, (missing.get(parent) ?? 0) + 1);
        }
        const reminders: PlannedLine[] = [];
        for (const [parent, count] of missing) {
          const line = {
            title: `${sayTask(task, round.period)}：${await unitName(world.tx, parent)}下面还有${count}个没报进展`,
            ask: '超期，请过问',
            due: round.due,
            op: rights.detail,
            data: { task: task.id, period: round.period, at: parent },
          };
          reminders.push(...linesFor(await peopleOf(world.tx, parent), line));
        }
        return { reminders, next: page.next };
      },
    );
  },
  async still(world, line, person) {
    const found = await openRound(world, line);
    const at = String(line.data.at);
    if (!found || !(await unitsOf(world.tx, person)).includes(at)) return false;
    const { task, round } = found;
    const { size, in: came } = await progressOf(world.tx, task, round, await getUnit(world.tx, at));
    return came < size;
  },
};

export const reminders: readonly Reminder[] = [opening, asking, closing, overdue];
