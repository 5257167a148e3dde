/** The agenda of the quarterly push: star counts against the goals, each star's quarter, what each unit has not done yet. */
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { periodName } from '../../lib/schedule.ts';
import { starColours } from '../issues/index.ts';
import { allStars, starCounts, unitName } from '../orgs/index.ts';
import { boardOf } from './board.ts';
import { type Decision, decisions } from './model.ts';
import { topicLines } from './topics.ts';

/** Units of which the open decisions are named; those who have most of them come first. */
const MOST_UNITS = 12;
/** Decisions of one unit that are named. */
const NAMED = 3;
/** Open decisions that are looked at. */
const MOST = 500;

/** One line an item. */
export async function pushAgenda(world: World): Promise<string> {
  const lines = [await goals(world)];
  const held = await heldByStar(world);
  for (const { id, name } of await allStars(world.tx)) {
    const { open, red, yellow, blue } = await starColours(world, id);
    const issues = open > 0 ? `没办完的问题${open}件（红${red}、黄${yellow}、蓝${blue}）` : '问题都办完了';
    lines.push(`${name}：${held.get(id) ?? ''}；${issues}`);
  }
  return [...lines, ...(await openByUnit(world)), ...(await topicLines(world, null)), '下季度工作安排'].join(
    '\n',
  );
}

/** 三星成片、四星成批、五星领先. */
async function goals({ tx, page }: World): Promise<string> {
  const { branches, townships } = await starCounts(tx);
  const [, , , three = 0, four = 0, five = 0] = branches;
  const all = branches.reduce((sum, n) => sum + n, 0);
  return `星级支部（共${all}个）：三星${three}个、四星${four}个、五星${five}个；支部全在三星以上的乡镇（街道）${townships}个${page ? `；各项数字和图：${page.address}/board` : ''}`;
}

/** How the meetings of the quarter so far went, by star: `10月已出纪要、11月未开`. */
async function heldByStar(world: World): Promise<ReadonlyMap<string, string>> {
  const months = new Map<string, string[]>();
  const quarter = periodName(world.today, 'quarter');
  const first = (Number(quarter.slice(-1)) - 1) * 3 + 1;
  for (let month = first; month <= Number(world.today.slice(5, 7)); month++) {
    for (const { star, state } of await boardOf(
      world,
      `${quarter.slice(0, 4)}-${String(month).padStart(2, '0')}`,
    )) {
      months.set(star.id, [...(months.get(star.id) ?? []), `${month}月${state}`]);
    }
  }
  return new Map([...months].map(([star, states]) => [star, states.join('、')]));
}

/** What was decided and is not done, a line a unit. */
async function openByUnit({ tx, today }: World): Promise<readonly string[]> {
  const { rows } = await tx
    .table(decisions)
    .find({ where: { state: 'open' }, order: 'deadline', limit: MOST });
  const byUnit = new Map<string, Decision[]>();
  for (const row of rows) byUnit.set(row.unit, [...(byUnit.get(row.unit) ?? []), row]);
  const most = [...byUnit].sort(([, a], [, b]) => b.length - a.length);
  const lines = [];
  for (const [unit, [first, ...more]] of most.slice(0, MOST_UNITS)) {
    if (!first) continue;
    const texts = [first, ...more].slice(0, NAMED).map(({ text }) => text.slice(0, 40));
    const others = more.length >= NAMED ? `等${more.length + 1}项` : '';
    const late = first.deadline < today ? '，已超期' : '';
    lines.push(
      `落实：${await unitName(tx, unit)}——${texts.join('；')}${others}（最早${sayDay(first.deadline, today)}前${late}）`,
    );
  }
  const rest = most.slice(MOST_UNITS);
  const count = rest.reduce((sum, [, some]) => sum + some.length, 0);
  return rest.length > 0 ? [...lines, `落实：另外${rest.length}个单位没办完的决定${count}项`] : lines;
}
