/** Looking into the audit trail: what is asked for, and one page of it, newest first. */
import { z } from 'zod';
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { type AuditRow, audit } from '../../bot/turn/tables.ts';
import type { World } from '../../bot/world.ts';
import { addDays, instant, isDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { looksNumbered } from '../../lib/numbershape.ts';
import { MOST_SAID, readDay } from '../../lib/when/index.ts';
import type { Page, Query, Stored, Where } from '../../store/store.ts';

/** How many lines about one record are looked through for a person or an action. */
const MOST_OF_RECORD = 500;

const words = z.string().trim().max(60).default('');

/** Each is empty when it does not matter. */
export const filterSchema = z.object({
  /** The person's name. */
  name: words,
  /** As `AuditRow.what`. */
  what: words,
  record: words.transform((text) => text.normalize('NFKC').toUpperCase()),
  day: z
    .string()
    .trim()
    .max(MOST_SAID)
    .default('')
    .refine((text) => text === '' || isDay(text), '日期请写成 11月25日 这样'),
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
    after,
  };
  if (record && (name || what)) {
    const all = await rows.find({ ...query, where: { record }, limit: MOST_OF_RECORD });
    const fits = (row: Stored<AuditRow>) => (!name || row.name === name) && (!what || row.what === what);
    return { rows: all.rows.filter(fits) };
  }
  return rows.find({ ...query, where: whereOf(filter) });
}

/**
 * `黄长青 受理 WT-2026-0001 11月20日`, in any order: what is no number and no day is a person or an action.
 * @throws AppError `invalid` for what looks like a day and cannot be read as one
 */
export async function understand({ tx, now }: Pick<World, 'tx' | 'now'>, typed: string): Promise<Filter> {
  const found: Record<string, string> = {};
  const known = async (where: Where<AuditRow>) => (await tx.table(audit).count(where)) > 0;
  for (const word of typed.split(/\s+/).filter(Boolean)) {
    const plain = word.normalize('NFKC').toUpperCase();
    const day = readDay(word, now, 'back');
    if (looksNumbered(plain)) found.record = plain;
    else if (await known({ what: word })) found.what = word;
    // Somebody may be called 周一.
    else if (await known({ name: word })) found.name = word;
    else if (day.value !== undefined) found.day = day.value;
    else if (LIKE_A_DAY.test(plain)) throw new AppError('invalid', `${day.why}。`);
    else found.name = word;
  }
  const filter = filterSchema.safeParse(found);
  if (!filter.success) throw new AppError('invalid', '没看懂要查什么：姓名、操作、编号、日期，用空格隔开。');
  return filter.data;
}
const LIKE_A_DAY = /\d|[年月日号天周]$|^[上本这下]个?(?:周|月|星期|礼拜)/;

/** The filter as words, for a title: `黄长青 · 受理`. */
export function sayFilter({ name, what, record, day }: Filter): string {
  return [name, what, record, day].filter(Boolean).join(' · ') || '全部';
}

/** The filter as a button carries it. */
export function carried({ name, what, record, day }: Filter): Raw {
  return { name, what, record, day };
}

/** A platform as people call it; one that is not connected any more, by its name. */
export function sayChannel({ channels }: Pick<Ctx, 'channels'>, name: string): string {
  return channels.get(name)?.title ?? name;
}
