/** What waits for one person in the kernel's own books, and how it goes to a successor. */

import { addDays, mondayOf } from '../../lib/dates.ts';
import type { Stored } from '../../store/store.ts';
import { batchOf } from '../delivery/batches.ts';
import { addLines } from '../delivery/digest.ts';
import { ended } from '../delivery/enqueue.ts';
import { type BatchRow, batches, type OutboxRow, outbox } from '../delivery/tables.ts';
import type { Handover } from '../operation.ts';
import type { World } from '../world.ts';

/** Messages are due at most this many weeks ahead: put off by days, or for a meeting that was called. */
const WEEKS = 6;
/** Reminders are planned at most this many days ahead: over the longest holiday. */
const DAYS = 20;
const MOST = 1000;

/** Messages that have not been tried yet. */
async function waiting({ tx, today }: World, person: string): Promise<readonly Stored<OutboxRow>[]> {
  // What goes out at a later hour is counted in no week yet.
  const weeks = [''];
  for (let n = -1; n <= WEEKS; n++) weeks.push(mondayOf(addDays(today, 7 * n)));
  const state = ['due', 'waiting'] as const;
  const where = { person, week: weeks, kind: ['notice', 'digest'] as const, state };
  const { rows } = await tx.table(outbox).find({ where, limit: MOST });
  return rows.filter(({ attempts }) => attempts === 0);
}

/** Reminders that are planned and in no digest yet. */
async function planned({ tx, today }: World, person: string): Promise<readonly Stored<BatchRow>[]> {
  const found: Stored<BatchRow>[] = [];
  for (let n = -1; n <= DAYS; n++) {
    for (const half of ['am', 'pm']) {
      const batch = await tx.table(batches).get(`${addDays(today, n)}:${half}:${batchOf(person)}`);
      if (batch?.people[person]) found.push(batch);
    }
  }
  return found;
}

/** Messages, digests and put-off reminders; whether they still need to be said is asked when they go out. */
export const pendingMessages: Handover = {
  title: '还没发出的消息和提醒',
  async count(world, { id }) {
    const lines = (await waiting(world, id)).map(({ kind, lines }) => (kind === 'digest' ? lines.length : 1));
    const reminders = (await planned(world, id)).map(({ people }) => people[id]?.length ?? 0);
    return [...lines, ...reminders].reduce((sum, n) => sum + n, 0);
  },
  async move(ctx, { id: from }, { id: to, name }) {
    const { tx, now } = ctx;
    const error = `交给了${name}`;
    for (const row of await waiting(ctx, from)) {
      if (row.kind === 'notice') await tx.table(outbox).put({ ...row, person: to });
      else {
        await addLines(ctx, to, row.lines, new Date(row.due));
        await tx.table(outbox).put(ended(row, 'merged', error));
      }
    }
    for (const batch of await planned(ctx, from)) {
      const at = new Date(batch.due) > now ? new Date(batch.due) : now;
      const { [from]: places = [], ...people } = batch.people;
      const lines = places.flatMap((place) => batch.lines[place] ?? []);
      await addLines(ctx, to, lines, at);
      await tx.table(batches).put({ ...batch, people });
    }
  },
};
