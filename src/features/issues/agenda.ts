/** What issues put on the agenda of a joint meeting: the overdue ones first, then the others that are open. */
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { unitName } from '../orgs/index.ts';
import { type Colour, colour, isRunning, issues, OPEN } from './model.ts';

/** Most open issues of a star of which the colours are counted; what is due first comes first. */
const COLOURED = 500;

/** How many issues of a star are open, and how many of them are red, yellow or blue. */
export async function starColours(world: World, star: string): Promise<Record<'open' | Colour, number>> {
  const where = { star, state: OPEN };
  const counts = { open: await world.tx.table(issues).count(where), red: 0, yellow: 0, blue: 0 };
  const { rows } = await world.tx.table(issues).find({ where, order: 'deadline', limit: COLOURED });
  for (const issue of rows) {
    const grave = colour(issue, world.today, world.workdays);
    if (grave) counts[grave] += 1;
  }
  return counts;
}

/** Most issues read for an agenda; what is due first comes first, so the overdue lead. */
const MOST = 20;

/** Open issues of a star as agenda lines. */
export async function agendaIssues(
  world: World,
  star: string,
): Promise<readonly { text: string; about: string }[]> {
  const where = { star, state: OPEN };
  const { rows } = await world.tx.table(issues).find({ where, order: 'deadline', limit: MOST });
  const found = [];
  for (const issue of rows) {
    const late = isRunning(issue) && issue.deadline < world.today;
    const when = late
      ? `超期，原定${sayDay(issue.deadline, world.today)}前`
      : `${sayDay(issue.deadline, world.today)}前`;
    found.push({
      text: `${issue.title}（${await unitName(world.tx, issue.owner)}，${when}）`,
      about: issue.id,
    });
  }
  return found;
}
