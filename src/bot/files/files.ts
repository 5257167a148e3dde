/** Files as features handle them: whose they are, what they belong to, how they are given out, and how those of nothing go. */
import { AppError } from '../../lib/errors.ts';
import { type FileKind, MEDIA_TYPES } from '../../lib/filekind.ts';
import type { FileStore } from '../../store/files.ts';
import type { Store, Stored } from '../../store/store.ts';
import { type Subject, subjectKey } from '../cards/spec.ts';
import { type GivenFile, SendError } from '../delivery/channel.ts';
import type { File } from '../feature.ts';
import type { Ctx } from '../operation.ts';
import type { World } from '../world.ts';
import { type FileRow, files } from './tables.ts';

/** A file that nothing asked for is kept this long: the person may still be choosing what it is for. */
const UNCLAIMED_MS = 24 * 3_600_000;
const AT_ONCE = 50;
/** Files of one record; more are refused. */
const MOST = 10;

/**
 * The files that the claimed ids name: fresh or in a form that is being filled in, all of them this person's.
 * @throws AppError `stale`
 */
export async function sentFiles(ctx: Ctx, ids: string): Promise<readonly Stored<FileRow>[]> {
  const rows = [];
  for (const id of new Set(ids.split(',').slice(0, MOST))) {
    const row = await ctx.tx.table(files).get(id);
    if (!row || row.by !== ctx.me.id || (row.about !== null && !row.about.startsWith('form:'))) {
      throw new AppError('stale', '这个文件已经用过，或者放了一天没有用，被清理了。请重新发一次。');
    }
    rows.push(row);
  }
  return rows;
}

/** The files that belong to a record, oldest first. */
export function filesOf(world: Pick<World, 'tx'>, about: Subject): Promise<readonly Stored<FileRow>[]> {
  return filesAbout(world, [about]);
}

/** The files that belong to several parts of one record, oldest first. */
export async function filesAbout(
  { tx }: Pick<World, 'tx'>,
  parts: readonly Subject[],
): Promise<readonly Stored<FileRow>[]> {
  const query = { where: { about: parts.map(subjectKey) }, order: 'at', limit: MOST * parts.length } as const;
  return (await tx.table(files).find(query)).rows;
}

/** From now on these files belong to the record. @throws AppError `invalid` when they are too many */
export async function attach(ctx: Ctx, rows: readonly Stored<FileRow>[], about: Subject): Promise<void> {
  const known = await filesOf(ctx, about);
  if (known.length + rows.length > MOST) {
    throw new AppError('invalid', `一条记录最多放 ${MOST} 个文件，请先移除几个。`);
  }
  for (const row of rows) await ctx.tx.table(files).put({ ...row, about: subjectKey(about) });
}

/** The file belongs to nothing any more and goes after a day. */
export async function detach(ctx: Ctx, row: Stored<FileRow>): Promise<void> {
  await ctx.tx.table(files).put({ ...row, about: null, at: ctx.now.toISOString() });
}

/** What a download gives of a kept file. */
export function downloadOf({ name, kind, hash }: Pick<FileRow, 'name' | 'kind' | 'hash'>): File {
  return { name, type: MEDIA_TYPES[kind], body: { hash } };
}

/** Kept files as they go out in messages; the content is read when it is sent. */
export function givenFiles({ store, fileStore }: { readonly store: Store; readonly fileStore: FileStore }) {
  return async (id: string): Promise<GivenFile | undefined> => {
    const row = await store.read((tx) => tx.table(files).get(id));
    if (!row) return undefined;
    return {
      name: row.name,
      async content() {
        const bytes = await fileStore.get(row.hash);
        if (!bytes) throw new SendError('refused', 'the file is not kept any more');
        return bytes;
      },
    };
  };
}

interface Given {
  readonly id: string;
  readonly name: string;
  readonly kind: FileKind;
  readonly by: string;
  readonly about: string | null;
}

/** Keep a content and its row. The row comes first: what has none is never forgotten. */
export async function keepFile(
  { store, fileStore, now }: { store: Store; fileStore: FileStore; now: () => Date },
  bytes: Uint8Array,
  hash: string,
  given: Given,
): Promise<void> {
  const row = { ...given, hash, size: bytes.length, at: now().toISOString() };
  await store.transaction((tx) => tx.table(files).put(row));
  await fileStore.put(bytes);
}

/** Forget files that nothing has asked for; a few at a time, so the cost does not depend on how many there are. */
export async function sweepFiles(store: Store, fileStore: FileStore, now: Date): Promise<void> {
  const before = new Date(now.getTime() - UNCLAIMED_MS);
  const gone = await store.transaction(async (tx) => {
    const { rows } = await tx.table(files).find({
      where: { about: null },
      order: 'at',
      range: { lt: before.toISOString() },
      limit: AT_ONCE,
    });
    for (const row of rows) await tx.table(files).delete(row);
    const orphans = [];
    for (const { hash } of rows) if ((await tx.table(files).count({ hash })) === 0) orphans.push(hash);
    return orphans;
  });
  for (const hash of gone) await fileStore.drop(hash, before);
}
