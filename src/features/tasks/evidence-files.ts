/** The files of a check-in, and how they come to be there; how files of tasks are named and linked. */

import { z } from 'zod';
import { downloadKind, photosOf } from '../../bot/cards/album.ts';
import type { Act, Link, Raw, RowSpec } from '../../bot/cards/spec.ts';
import { attach, filesOf, sentFiles } from '../../bot/files/files.ts';
import type { FileRow } from '../../bot/files/tables.ts';
import type { Ctx } from '../../bot/operation.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { id } from '../../lib/inputs.ts';
import { shorten } from '../../lib/text.ts';
import type { Stored, Tx } from '../../store/store.ts';
import type { Unit } from '../orgs/index.ts';
import type { Assignment } from './assignment.ts';
import type { Period } from './periods.ts';
import { checkinCard, keepEvent } from './record.ts';

/** How long the links on a card are good for, in days after today. */
const LINK_DAYS = 1;

/** The check-in of a unit in a period, whether it is there yet or not. */
export const idOf = ({ round, unit }: { readonly round: Period; readonly unit: Pick<Unit, 'id'> }) => ({
  id: `${round.id}|${unit.id}`,
});

/** What a check-in's evidence is called among the files; those sent before it are there already. */
export function evidenceOf(tx: Tx, checkin: { readonly id: string }): Promise<readonly Stored<FileRow>[]> {
  return filesOf({ tx }, checkinCard(checkin));
}

/** Photos that came with a check-in itself, into its evidence. @param sent their ids, '' for none */
export async function addEvidence(ctx: Ctx, assignment: Assignment, sent: string): Promise<void> {
  if (sent === '') return;
  const rows = await sentFiles(ctx, sent);
  const checkin = idOf(assignment);
  await attach(ctx, rows, checkinCard(checkin));
  await keepEvent(ctx, ctx.me, checkin, '加佐证', rows.map(({ name }) => name).join('、'));
}

/** Files as rows of a list, each opened by `op`. */
export function fileRows(ctx: Ctx, rows: readonly Stored<FileRow>[], op: Act, data: Raw): RowSpec[] {
  return rows.map((row) => ({
    mark: row.kind,
    title: row.name,
    sub: `${sayTime(row.at, ctx.today)} · ${saySize(row.size)}`,
    op,
    data: { ...data, file: row.id },
    photo: photosOf(ctx, [row], ctx.me)[0]?.url ?? '',
  }));
}

export const fileInput = z.object({ file: id().optional(), words: z.string().max(200).optional() });

/** The file that is named by its id, or in words by its name; else what is said is thrown. @throws AppError `not_found` */
export function fileNamed(
  { files }: { readonly files: readonly Stored<FileRow>[] },
  { file, words }: z.infer<typeof fileInput>,
  otherwise: string,
): Stored<FileRow> {
  const found = files.find((one) => one.id === file || one.name === words);
  if (found) return found;
  throw new AppError('not_found', otherwise);
}

/** Links for one viewer, as far as this server can be reached. */
export function linksOf(world: World, rows: readonly FileRow[], viewer: Actor): readonly Link[] {
  return rows.flatMap((row) => {
    const url = world.link?.(downloadKind(row), row.id, viewer, LINK_DAYS);
    return url ? [{ title: shorten(row.name, 14), url }] : [];
  });
}

export function saySize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
