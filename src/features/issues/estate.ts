/** What a person who reported leaves to a successor: the issues that are still open, and their verification. */

import type { Ctx, Estate } from '../../bot/operation.ts';
import type { Actor, World } from '../../bot/world.ts';
import { issues, type StoredIssue } from './model.ts';
import { saveIssue } from './record.ts';

const PAGE = 500;
const OPEN = ['pending', 'active', 'verifying'] as const;

/** The open issues that somebody reported as one of this unit. */
async function* reportedBy(
  { tx }: Pick<World, 'tx'>,
  { id: reporter, unit }: Actor,
): AsyncGenerator<StoredIssue> {
  for (let after: string | undefined; ; ) {
    const where = { reporter, state: OPEN };
    const page = await tx
      .table(issues)
      .find({ where, order: 'deadline', limit: PAGE, ...(after && { after }) });
    for (const issue of page.rows) if (issue.reporterUnit === unit) yield issue;
    if (!page.next) return;
    after = page.next;
  }
}

export const reportedIssues: Estate = {
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
