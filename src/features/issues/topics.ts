/** What issues put on the agenda of a joint meeting: the overdue ones first, then the others that are open. */
import type { World } from '../../bot/feature.ts';
import { sayDay } from '../../lib/dates.ts';
import { unitName } from '../orgs/index.ts';
import { isRunning, issues } from './model.ts';

/** Most issues read for an agenda; what is due first comes first, so the overdue lead. */
const MOST = 20;

/** Open issues of a star (of all stars when null) as agenda lines. */
export async function topics(
  world: World,
  star: string | null,
): Promise<readonly { text: string; about: string }[]> {
  const states = ['pending', 'active', 'verifying'] as const;
  const where = star ? { star, state: states } : { state: states };
  const { rows } = await world.tx.table(issues).find({ where, order: 'deadline', limit: MOST });
  const found = [];
  for (const issue of rows) {
    const late = isRunning(issue) && issue.deadline < world.today;
    const when = late
      ? `超期，原定${sayDay(issue.deadline, world.today)}`
      : `${sayDay(issue.deadline, world.today)}到期`;
    found.push({
      text: `${issue.title}（${await unitName(world.tx, issue.owner)}，${when}）`,
      about: issue.id,
    });
  }
  return found;
}
