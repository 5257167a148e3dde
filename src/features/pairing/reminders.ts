/** What 结对 asks for: an answer of the helper, another choice of the county, once a quarter one press. */
import type { Todo } from '../../bot/operation.ts';
import type { PlannedLine, Reminder } from '../../bot/reminders/reminder.ts';
import type { Actor, World } from '../../bot/world.ts';
import { dayOf } from '../../lib/dates.ts';
import { pages } from '../../lib/pages.ts';
import { periodEnd, periodName } from '../../lib/schedule.ts';
import { linesFor, peopleOf, unitsOf } from '../members/index.ts';
import { getUnit, isBranch, unitName } from '../orgs/index.ts';
import { cases, OPEN } from '../rectification/index.ts';
import { HELD, type Pair, pairs } from './model.ts';
import { pairsWith } from './pair.ts';
import { pairsOf } from './propose.ts';
import { rights } from './rights.ts';

const PAGE = 200;

/** Whether the helped branch has said nothing of this quarter yet. */
const isOpen = ({ state, quarters }: Pair, today: string) =>
  state === 'agreed' && !quarters.some(({ period }) => period === periodName(today, 'quarter'));

export const quarter: Reminder = {
  name: 'pairing.quarter',
  title: '结对：这个季度帮上了没有（季末前5个工作日）',
  schedule: { every: 'quarter', month: 3, from: 'end', workday: 5, time: '08:30' },
  async plan(world, _occurrence, after) {
    const { tx, today } = world;
    const query = { where: { state: 'agreed' }, order: 'on', limit: PAGE } as const;
    const found = await tx.table(pairs).find({ ...query, after });
    const reminders: PlannedLine[] = [];
    for (const pair of found.rows) {
      if (!isOpen(pair, today)) continue;
      const title = `${await unitName(tx, pair.helper)}和您支部结对，这个季度帮上了没有`;
      const line = { title, ask: '请点一下', due: null, op: rights.show, data: { pair: pair.id } };
      reminders.push(...linesFor(await peopleOf(tx, pair.branch), line));
    }
    return { reminders, next: found.next };
  },
  async still({ tx, today }, { data }, person) {
    const pair = await tx.table(pairs).get(String(data.pair));
    return pair !== undefined && isOpen(pair, today) && (await unitsOf(tx, person)).includes(pair.branch);
  },
};

export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const { tx, today } = world;
  const unit = await getUnit(tx, actor.unit);
  const waiting: Todo[] = [];
  const todo = (title: string, ask: string, more: Pick<Todo, 'number' | 'op' | 'data'>): void => {
    waiting.push({ title, ask, due: null, aside: true, ...more });
  };
  if (isBranch(unit)) {
    const last = dayOf(periodEnd(periodName(today, 'quarter'))).slice(0, 7) === today.slice(0, 7);
    for (const pair of await pairsWith(tx, unit.id)) {
      const more = { number: pair.case, op: rights.show, data: { pair: pair.id } };
      if (pair.helper === unit.id && pair.state === 'asked')
        todo(`和${await unitName(tx, pair.branch)}结对`, '请答复', more);
      if (pair.branch === unit.id && last && isOpen(pair, today))
        todo(`${await unitName(tx, pair.helper)}来结对`, '请说帮上了没有', more);
    }
  }
  if (unit.kind === 'county' && actor.role !== 'secretary') {
    const query = { where: { county: unit.id, state: OPEN }, order: 'deadline', limit: PAGE } as const;
    for await (const { rows } of pages((from) => tx.table(cases).find({ ...query, ...from })))
      for (const one of rows) {
        const all = await pairsOf(tx, one.id);
        if (all.length === 0 || all.some(({ state }) => HELD.includes(state))) continue;
        const more = { number: one.id, op: rights.choices, data: { case: one.id } };
        todo(await unitName(tx, one.branch), '请另选结对支部', more);
      }
  }
  return waiting;
}
