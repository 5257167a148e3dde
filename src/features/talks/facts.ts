/** What the records say about a unit today: the facts of each kind, found by its own records alone. */
import type { World } from '../../bot/world.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { handedIn } from '../analysis/index.ts';
import { deadlineBefore, lateIssues } from '../issues/index.ts';
import { units } from '../orgs/index.ts';
import { dueBetween, isShort, taskRows } from '../tasks/index.ts';
import { ENOUGH, RED_WORKDAYS, type Talk, type TalkFact } from './model.ts';

/** Issues that one talk names. */
const MOST_NAMED = 20;
/** Working days after a period was due that late check-ins are waited for. */
const WAITED = 2;
const YEAR = 365;

/** The days on which what is looked at now was due, after those of the look on `from`. */
export function waitedFor(
  { today, workdays }: Pick<World, 'today' | 'workdays'>,
  from: string,
): readonly [string, string] {
  return [workdays.add(from, -WAITED), workdays.add(today, -WAITED)];
}

/** The issues that a unit has had red for ten working days or longer. */
export async function redFacts(world: World, unit: string): Promise<readonly TalkFact[]> {
  const until = deadlineBefore(world.today, RED_WORKDAYS, world.workdays);
  return (await lateIssues(world, unit, until, MOST_NAMED)).map(({ id, title, deadline }) => {
    const days = world.workdays.between(deadline, world.today);
    return { key: id, words: `${id} ${title}，期限${sayDay(deadline, world.today)}，超期${days}个工作日` };
  });
}

/** Whether enough of what a suggestion rests on is still so; what happened once stays so. */
export async function isTrue(
  world: World,
  { unit, kind, facts }: Pick<Talk, 'unit' | 'kind' | 'facts'>,
): Promise<boolean> {
  const keys = new Set(facts.map(({ key }) => key));
  if (kind === 'red') {
    const now = await redFacts(world, unit);
    return now.filter(({ key }) => keys.has(key)).length >= ENOUGH.red;
  }
  if (kind === 'missing') {
    for (const period of keys) if (!(await handedIn(world, unit, period))) return true;
    return false;
  }
  if (kind !== 'tasks') return true;
  const township = await world.tx.table(units).get(unit);
  for (const key of keys) {
    const task = await world.tx.table(taskRows).get(key);
    const [last] = task ? dueBetween(task, waitedFor(world, addDays(world.today, -YEAR)), world) : [];
    if (task && last && township && (await isShort(world, task, last.period, township))) return true;
  }
  return false;
}
