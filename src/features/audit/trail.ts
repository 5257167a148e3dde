/** Looking into the audit trail: what is asked for, and one page of it, newest first. */
import { z } from 'zod';
import type { Raw } from '../../bot/cards/spec.ts';
import { type AuditRow, audit } from '../../bot/turn/tables.ts';
import type { World } from '../../bot/world.ts';
import { addDays, instant, isDay } from '../../lib/dates.ts';
import type { Page, Query, Stored, Where } from '../../store/store.ts';

/** How many lines about one record are looked through for a person or an action. */
const MOST_OF_RECORD = 500;

const words = z.string().trim().max(60).catch('').default('');

/** Each is empty when it does not matter. */
export const filterSchema = z.object({
  /** The person's name. */
  name: words,
  /** As `AuditRow.what`. */
  what: words,
  record: words.transform((text) => text.normalize('NFKC').toUpperCase()),
  day: words.transform((text) => (isDay(text) ? text : '')),
});
export type Filter = z.infer<typeof filterSchema>;

/** What an index finds; of one record, whoever did whatever. */
export function whereOf({ name, what, record }: Filter): Where<AuditRow> {
  return record ? { record } : { ...(name && { name }), ...(what && { what }) };
}

/** One page of what fits; of one record everything that fits, up to a few hundred lines. */
export async function trail(
  { tx }: Pick<World, 'tx'>,
  filter: Filter,
  limit: number,
  after?: string,
): Promise<Page<AuditRow>> {
  const { name, what, record, day } = filter;
  const rows = tx.table(audit);
  const query: Query<AuditRow> = {
    order: 'at',
    desc: true,
    limit,
    ...(day && { range: { gte: instant(day).toISOString(), lt: instant(addDays(day, 1)).toISOString() } }),
    ...(after && { after }),
  };
  if (record && (name || what)) {
    const all = await rows.find({ ...query, where: { record }, limit: MOST_OF_RECORD });
    const fits = (row: Stored<AuditRow>) => (!name || row.name === name) && (!what || row.what === what);
    return { rows: all.rows.filter(fits) };
  }
  return rows.find({ ...query, where: whereOf(filter) });
}

/** `黄长青 受理 WT-2026-0001 2026-11-20`, in any order: what is no number and no day is a person or an action. */
export async function understand({ tx, today }: Pick<World, 'tx' | 'today'>, typed: string): Promise<Filter> {
  const found: Record<string, string> = {};
  for (const word of typed.split(/\s+/).filter(Boolean)) {
    const plain = word.normalize('NFKC').toUpperCase();
    if (word === '今天') found.day = today;
    else if (word === '昨天') found.day = addDays(today, -1);
    else if (isDay(plain)) found.day = plain;
    else if (/^[A-Z]{2}-\d/.test(plain)) found.record = plain;
    else if ((await tx.table(audit).count({ what: word })) > 0) found.what = word;
    else found.name = word;
  }
  return filterSchema.parse(found);
}

/** The filter as words, for a title: `黄长青 · 受理`. */
export function sayFilter({ name, what, record, day }: Filter): string {
  return [name, what, record, day].filter(Boolean).join(' · ') || '全部';
}

/** The filter as a button carries it. */
export function carried({ name, what, record, day }: Filter): Raw {
  return { name, what, record, day };
}

export const CHANNEL_NAMES: Readonly<Record<string, string>> = { teams: 'Teams', webchat: '网页' };
