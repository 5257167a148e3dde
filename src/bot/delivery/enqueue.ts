/** Puts one message into the outbox. */

import { mondayOf } from '../../lib/dates.ts';
import type { Stored } from '../../store/store.ts';
import type { Reply } from '../cards/spec.ts';
import type { StoredReply } from '../cards/stored.ts';
import { keepReply } from '../cards/stored.ts';
import type { World } from '../world.ts';
import { type OutboxRow, outbox } from './tables.ts';

type Queued = Pick<OutboxRow, 'id' | 'kind' | 'person' | 'place' | 'file'> & {
  readonly reply: Reply | StoredReply;
};

/** A claim runs out after this long; longer than any channel takes to give up. */
export const LEASE_MS = 60_000;

/** Until when a message claimed now is nobody else's. */
export function leaseFrom(now: Date): string {
  return new Date(now.getTime() + LEASE_MS).toISOString();
}

/** The message in another state: it waits for no channel any more. */
export function ended(
  { waits: _, since: __, ...row }: Stored<OutboxRow>,
  state: OutboxRow['state'],
  error: string | null,
): Stored<OutboxRow> {
  return { ...row, state, error };
}

/** The same message as if it had never been tried, due now. */
export function asNew(row: Stored<OutboxRow>, now: Date): Stored<OutboxRow> {
  return { ...ended(row, 'due', null), due: now.toISOString(), attempts: 0 };
}

/** Queue a message for now, unless `more` says otherwise; resolves to its row. */
export async function queue(
  { tx, now, today }: World,
  { reply, ...row }: Queued,
  more: Partial<OutboxRow> = {},
): Promise<Stored<OutboxRow>> {
  const at = now.toISOString();
  const common = {
    lines: [],
    later: null,
    from: null,
    instead: null,
    attempts: 0,
    at,
    reply: keepReply(reply),
    error: null,
    state: 'due' as const,
  };
  return tx.table(outbox).put({ ...common, due: at, day: today, week: mondayOf(today), ...row, ...more });
}
