/** What the joint meetings of a star said of records: pure but for finding them. */
import { instant } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { meetings } from './model.ts';

/** Meetings of one star that are looked at: a year has twelve. */
const MOST = 50;

/** A meeting with minutes, and what its agenda was about. */
export interface MeetingRecord {
  /** `HS-YYYY-MM-NN` */
  readonly id: string;
  readonly star: string;
  readonly date: string;
  /** The numbers of the issues that it spoke of. */
  readonly about: readonly string[];
}

/** The meetings of a star with minutes from `since` until `day`, the oldest first. */
export async function discussedOn(
  tx: Tx,
  star: string,
  since: string,
  day: string,
): Promise<readonly MeetingRecord[]> {
  const range = { gte: instant(since).toISOString() };
  const where = { star, state: 'minuted' as const };
  const { rows } = await tx.table(meetings).find({ where, order: 'startsAt', range, limit: MOST });
  return rows.flatMap(({ id, date, items }) =>
    date <= day ? [{ id, star, date, about: items.flatMap(({ about }) => about ?? []) }] : [],
  );
}
