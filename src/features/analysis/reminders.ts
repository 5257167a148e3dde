/** What is missing at the end of a quarter or half-year: one line to the level above. */
import type { Todo } from '../../bot/operation.ts';
import type { PlannedLine, Reminder } from '../../bot/reminders/reminder.ts';
import type { Actor, World } from '../../bot/world.ts';
import { addDays, dayOf } from '../../lib/dates.ts';
import { periodEnd, periodName, sayDatedPeriod } from '../../lib/schedule.ts';
import { linesFor, staffOf, unitsOf } from '../members/index.ts';
import { getUnit, organiser, type Unit, unitName, unitsBelow, unitsOfKind } from '../orgs/index.ts';
import { listings, sheets } from './model.ts';
import { currentSheet } from './record.ts';
import { rights } from './rights.ts';
import { handedIn } from './view.ts';

const NAMED = 8;
const WAITING = 20;

interface Missing {
  readonly name: string;
  readonly title: string;
  readonly every: 'quarter' | 'half';
  /** The units that hear of it, and those that it is about. */
  readonly hear: (world: World) => Promise<readonly Unit[]>;
  readonly about: (world: World, above: Unit) => Promise<readonly Unit[]>;
  readonly what: string;
  readonly op: PlannedLine['line']['op'];
}

const MISSING: readonly Missing[] = [
  {
    name: 'analysis.missing',
    title: '上季度没交研判的，报县区（季后第1个工作日）',
    every: 'quarter',
    hear: ({ tx }) => unitsOfKind(tx, ['county']),
    about: ({ tx }, above) => unitsBelow(tx, above.id),
    what: '研判没有提交',
    op: rights.analyse,
  },
  {
    name: 'analysis.uncounted',
    title: '上半年度没完成排查的，报总牵头单位（半年后第1个工作日）',
    every: 'half',
    hear: async ({ tx }) => [await organiser(tx)],
    about: ({ tx }) => unitsOfKind(tx, ['county']),
    what: '排查没有完成',
    op: rights.census,
  },
];

/** The period before the one that is named. */
function before(period: string, every: 'quarter' | 'half'): string {
  const [year = '', part = ''] = period.split('-');
  const first = Number(part.slice(1)) - 1;
  const months = every === 'quarter' ? 3 : 6;
  const start = `${year}-${String(first * months + 1).padStart(2, '0')}-01`;
  return periodName(addDays(start, -1), every);
}

function reminderOf({ name, title, every, hear, about, what, op }: Missing): Reminder {
  async function lacking(world: World, above: Unit, period: string): Promise<readonly string[]> {
    const names = [];
    for (const unit of await about(world, above))
      if (!(await handedIn(world, unit.id, period))) names.push(unit.name);
    return names;
  }
  return {
    name,
    title,
    schedule: { every, month: 1, from: 'start', workday: 1, time: '08:30' },
    async plan(world, { period }) {
      const last = before(period, every);
      const reminders: PlannedLine[] = [];
      for (const above of await hear(world)) {
        const names = await lacking(world, above, last);
        if (names.length === 0) continue;
        const said = names.length > NAMED ? `${names.slice(0, NAMED).join('、')}等` : names.join('、');
        const text = `${sayDatedPeriod(last)}${what}（${names.length}个）：${said}`;
        const line = { title: text, ask: '请过问', due: null, op, data: { period: last } };
        reminders.push(...linesFor(await staffOf(world.tx, above.id), line));
      }
      return { reminders };
    },
    async still(world, { data }, person) {
      for (const id of await unitsOf(world.tx, person)) {
        const unit = await getUnit(world.tx, id);
        const hears = (await hear(world)).some((one) => one.id === id);
        if (hears && (await lacking(world, unit, String(data.period))).length > 0) return true;
      }
      return false;
    },
  };
}

export const reminders: readonly Reminder[] = MISSING.map(reminderOf);

/** The last month of a period, in which it is time. */
function isDue(today: string, every: 'quarter' | 'half'): boolean {
  return today.slice(0, 7) === dayOf(periodEnd(periodName(today, every))).slice(0, 7);
}

/** What waits for a person: an analysis or a census to make, one to adopt, a branch to decide about. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const { tx, today } = world;
  if (actor.role === 'secretary') return [];
  const unit = await getUnit(tx, actor.unit);
  if (unit.kind !== 'township' && unit.kind !== 'county') return [];
  const waiting: Todo[] = [];
  const todo = (
    title: string,
    ask: string,
    due: string | null,
    more: Pick<Todo, 'op' | 'data' | 'aside'>,
  ): void => {
    waiting.push({ number: '', title, ask, due, ...more });
  };
  const sheet = await currentSheet(world, unit);
  const every = unit.kind === 'county' ? 'half' : 'quarter';
  const open = sheet.state === 'draft' || sheet.state === 'returned';
  const begun = sheet.state === 'returned' || sheet.n > 1;
  if (open && (begun || isDue(today, every))) {
    const name = every === 'half' ? '排查' : '研判';
    const title = `${sayDatedPeriod(sheet.period)}${name}${sheet.state === 'returned' ? '（退回了）' : ''}`;
    const op = every === 'half' ? rights.census : rights.analyse;
    todo(title, every === 'half' ? '请排查' : '请研判', dayOf(periodEnd(sheet.period)), { op, data: {} });
  }
  if (unit.kind !== 'county') return waiting;
  const handed = await tx
    .table(sheets)
    .find({ where: { county: unit.id, state: 'submitted' }, order: 'at', limit: WAITING });
  for (const one of handed.rows)
    todo(`${await unitName(tx, one.unit)}${sayDatedPeriod(one.period)}研判`, '请采用或退回', null, {
      op: rights.show,
      data: { sheet: one.id },
    });
  const proposed = await tx
    .table(listings)
    .find({ where: { county: unit.id, state: 'proposed' }, order: 'proposedOn', limit: WAITING });
  for (const one of proposed.rows)
    if (one.proposedBy !== actor.id)
      todo(await unitName(tx, one.branch), '请审定', null, {
        op: rights.listing,
        data: { listing: one.id },
        aside: true,
      });
  return waiting;
}
