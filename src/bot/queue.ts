/** Puts one message into the outbox. */
import { mondayOf } from '../lib/dates.ts';
import type { World } from './feature.ts';
import { type OutboxRow, outbox } from './tables.ts';

type Queued = Pick<OutboxRow, 'id' | 'kind' | 'person' | 'place' | 'reply'>;

/** Queue a message for now, unless `more` says otherwise. */
export async function queue(
  { tx, now, today }: World,
  row: Queued,
  more: Partial<OutboxRow> = {},
): Promise<void> {
  const at = now.toISOString();
  const common = {
    lines: [],
    later: null,
    from: null,
    instead: null,
    attempts: 0,
    at,
    error: null,
    state: 'due' as const,
  };
  await tx.table(outbox).put({ ...common, due: at, day: today, week: mondayOf(today), ...row, ...more });
}
