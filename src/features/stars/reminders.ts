/** What 创星 reminds of: each stage once, some working days before it ends; the end of a 公示; the end of a 限期. */
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import type { World } from '../../bot/world.ts';
import { linesFor, peopleOf, staffOf, unitsOf } from '../members/index.ts';
import { getUnit, isBranch, organiser, unitName, units } from '../orgs/index.ts';
import { cycleOf, STAGES, type Stage, yearOf } from './cycle.ts';
import { goals, goalsOf, isSilent, isStar } from './goals.ts';
import { applications, isRunning, type State, starWarnings } from './model.ts';
import { titleOf } from './record.ts';
import { rights } from './rights.ts';

/** Working days before the last one of a stage, and before the end of a 限期, on which it is said. */
const AHEAD = 3;
/** Branches that are looked at in one page. */
const BRANCHES = 100;
const GOALS = 200;
const MOST = 1000;

/** What waits for a unit while a stage lasts. */
const WAITS: Readonly<Partial<Record<Stage, readonly State[]>>> = {
  township: ['applied'],
  county: ['agreed'],
  lead: ['reviewed'],
  city: ['checking'],
};

/** The stages of the year that are reminded of on a working day. */
async function endingSoon(
  { tx, workdays }: World,
  day: string,
): Promise<readonly (readonly [Stage, string])[]> {
  const cycle = await cycleOf(tx, yearOf(day));
  return STAGES.map((stage) => [stage, cycle[stage]] as const).filter(
    ([, until]) => workdays.add(workdays.isWorkday(until) ? until : workdays.add(until, -1), -AHEAD) === day,
  );
}

async function silentBranches(world: World, until: string, year: string, after: string | undefined) {
  const query = {
    where: { kind: ['village', 'community'] as const },
    order: 'name',
    limit: BRANCHES,
  } as const;
  const page = await world.tx.table(units).find({ ...query, after });
  const reminders: PlannedLine[] = [];
  const line = { title: `${year}年创哪几颗星`, ask: '请定目标', due: until, op: rights.aim, data: {} };
  for (const branch of page.rows)
    if (await isSilent(world, branch, year))
      reminders.push(...linesFor(await peopleOf(world.tx, branch.id), line));
  return { reminders, next: page.next };
}

async function unapplied(world: World, until: string, year: string, after: string | undefined) {
  const query = { where: { year, applied: false }, order: 'id', limit: GOALS } as const;
  const page = await world.tx.table(goals).find({ ...query, after });
  const reminders: PlannedLine[] = [];
  for (const goal of page.rows) {
    const title = await titleOf(world, goal);
    const line = { title, ask: '可以申报了', due: until, op: rights.apply, data: { star: goal.star } };
    reminders.push(...linesFor(await peopleOf(world.tx, goal.branch), line));
  }
  return { reminders, next: page.next };
}

async function waitingUnits(world: World, stage: Stage, until: string): Promise<PlannedLine[]> {
  const reminders: PlannedLine[] = [];
  for (const state of WAITS[stage] ?? []) {
    const counts = await world.tx.table(applications).countBy('waits', { state });
    for (const [unit, count] of Object.entries(counts)) {
      const title = `${await unitName(world.tx, unit)}：创星申报${count}份`;
      const line = { title, ask: '请评星', due: until, op: rights.review, data: {} };
      reminders.push(...linesFor(await staffOf(world.tx, unit), line));
    }
  }
  return reminders;
}

/** The first page is about all stages but one; the cursor names that of which there are more pages. */
const stages: Reminder = {
  name: 'stars.stages',
  title: `创星各步（每步最后一天前${AHEAD}个工作日，还没办的提醒一次）`,
  schedule: MORNING,
  async plan(world, { day }, after) {
    const year = yearOf(day);
    const ending = await endingSoon(world, day);
    const [stage = '', cursor] = after?.split('\n') ?? [];
    const reminders: PlannedLine[] = [];
    if (after === undefined)
      for (const [one, until] of ending) reminders.push(...(await waitingUnits(world, one, until)));
    for (const [one, until] of ending) {
      if (one !== 'aim' && one !== 'apply') continue;
      // One after the other: what comes before the stage that the cursor names is done.
      if (after !== undefined && STAGES.indexOf(one) < STAGES.indexOf(stage as Stage)) continue;
      const look = one === 'aim' ? silentBranches : unapplied;
      const page = await look(world, until, year, one === stage && cursor ? cursor : undefined);
      reminders.push(...page.reminders);
      if (page.next) return { reminders, next: `${one}\n${page.next}` };
    }
    return { reminders };
  },
  async still(world, { data, op }, person) {
    const { tx, today } = world;
    for (const id of await unitsOf(tx, person)) {
      const unit = await getUnit(tx, id);
      if (op === rights.review.name && (await tx.table(applications).count({ waits: id })) > 0) return true;
      if (!isBranch(unit)) continue;
      if (op === rights.aim.name && (await isSilent(world, unit, yearOf(today)))) return true;
      const own = op === rights.apply.name ? await goalsOf(world, id, yearOf(today)) : [];
      if (own.some((goal) => goal.star === data.star && !goal.applied && isStar(goal))) return true;
    }
    return false;
  },
};

/** Publicities that were over before a day, and after the working day before it. */
const over: Reminder = {
  name: 'stars.over',
  title: '创星公示期满（期满后第1个工作日）',
  schedule: MORNING,
  async plan(world, { day }) {
    const since = world.workdays.add(day, -1);
    const range = { gte: since, lt: day };
    const query = { where: { state: 'public' }, order: 'until', range, limit: MOST } as const;
    const { rows, next } = await world.tx.table(applications).find(query);
    if (rows.length === 0) return { reminders: [] };
    const title = `${rows.length}${next ? '多' : ''}颗星公示期满`;
    const line = { title, ask: '请命名', due: null, op: rights.publicity, data: {} };
    return { reminders: linesFor(await staffOf(world.tx, (await organiser(world.tx)).id), line) };
  },
  async still({ tx, today }) {
    const query = { where: { state: 'public' }, order: 'until', range: { lt: today }, limit: 1 } as const;
    return (await tx.table(applications).find(query)).rows.length > 0;
  },
};

/** The branch hears before the end of its 限期, the lead on the first working day after it. */
const term: Reminder = {
  name: 'stars.term',
  title: `预警限期（到期前${AHEAD}个工作日说给支部，到期后第1个工作日说给牵头单位）`,
  schedule: MORNING,
  async plan(world, { day }) {
    const { tx, workdays } = world;
    const [before, ahead] = [workdays.add(day, -1), workdays.add(day, AHEAD)];
    const rows = tx.table(starWarnings);
    const within = (range: { gt?: string; gte?: string; lt?: string; lte?: string }) =>
      rows.find({ where: { state: 'warned' }, order: 'until', range, limit: MOST });
    const reminders: PlannedLine[] = [];
    for (const row of (await within({ gt: workdays.add(ahead, -1), lte: ahead })).rows) {
      const title = `${await titleOf(world, row)}预警的限期快到了`;
      const line = {
        title,
        ask: '请整改',
        due: row.until,
        op: rights.warning,
        data: { starWarning: row.id },
      };
      reminders.push(...linesFor(await peopleOf(tx, row.branch), line));
    }
    for (const row of (await within({ gte: before, lt: day })).rows) {
      const title = `${await titleOf(world, row)}预警的限期到了`;
      const line = {
        title,
        ask: '请定保星还是摘星',
        due: null,
        op: rights.warning,
        data: { starWarning: row.id },
      };
      reminders.push(...linesFor(await staffOf(world.tx, row.lead), line));
    }
    return { reminders };
  },
  async still({ tx }, { data }, person) {
    const row = await tx.table(starWarnings).get(String(data.starWarning));
    if (!row || !isRunning(row) || row.state !== 'warned') return false;
    const theirs = await unitsOf(tx, person);
    return theirs.includes(row.branch) || theirs.includes(row.lead);
  },
};

export const reminders: readonly Reminder[] = [stages, over, term];
