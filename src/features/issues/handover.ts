/** What a person who reported leaves to a successor: the issues that are still open, and their verification. */

import type { Ctx, Handover } from '../../bot/operation.ts';
import type { Actor, World } from '../../bot/world.ts';
import { pages } from '../../lib/pages.ts';
import { issues, OPEN, type StoredIssue } from './model.ts';
import { saveIssue } from './record.ts';

const PAGE = 500;

/** The open issues that somebody reported as one of this unit. */
async function* reportedBy(
  { tx }: Pick<World, 'tx'>,
  { id: reporter, unit }: Actor,
): AsyncGenerator<StoredIssue> {
  const query = { where: { reporter, state: OPEN }, order: 'deadline', limit: PAGE } as const;
  for await (const { rows } of pages((from) => tx.table(issues).find({ ...query, ...from })))
    for (const issue of rows) if (issue.reporterUnit === unit) yield issue;
}

export const reportedIssues: Handover = {
  title: '上报的问题',
  async count(world, from) {
    let count = 0;
    for await (const _ of reportedBy(world, from)) count++;
    return count;
  },
  async move(ctx: Ctx, from, to) {
    const mine: StoredIssue[] = [];
    for await (const issue of reportedBy(ctx, from)) mine.push(issue);
    for (const issue of mine) {
      await saveIssue(ctx, { ...issue, reporter: to.id }, '交接', `${from.name}上报的，由${to.name}接手`);
    }
  },
};
