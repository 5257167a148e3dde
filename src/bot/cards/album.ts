/** Photos: which files are some, those of a form while it is filled in, and how any are shown to one person. */
import { filesOf } from '../files/files.ts';
import { type FileRow, files } from '../files/tables.ts';
import type { Actor, World } from '../world.ts';
import type { Photo, Subject } from './spec.ts';

/** Kinds of files that people look at, and those of them that every client can show. */
const PHOTOS: ReadonlySet<string> = new Set(['jpg', 'png', 'webp', 'heic']);
const SHOWN: ReadonlySet<string> = new Set(['jpg', 'png', 'webp']);
/** How long their addresses are good for, in days after today. */
const LINK_DAYS = 1;

export function isPhoto(kind: string): boolean {
  return PHOTOS.has(kind);
}

/** What the photos in a form belong to until it is sent in. */
export function albumSubject(form: string): Subject {
  return { kind: 'form', id: form };
}

/** What hands a file out (`Feature.downloads`) is called by the kind of what it belongs to; while to nothing, by `form`. */
export function downloadKind({ about }: Pick<FileRow, 'about'>): string {
  return about?.split(':', 1)[0] ?? 'form';
}

/** Those of some files that can be shown, with addresses for one person; none where this server has no address. */
export function photosOf(
  world: Pick<World, 'link'>,
  rows: readonly FileRow[],
  viewer: Actor | null,
): readonly (Photo & { readonly file: string })[] {
  return rows.flatMap((row) => {
    const { id: file, name, kind } = row;
    const shown = viewer && SHOWN.has(kind);
    const url = shown ? world.link?.(downloadKind(row), file, viewer, LINK_DAYS) : undefined;
    return url ? [{ file, name, url }] : [];
  });
}

/** The photos in a form, for who fills it in, and what the other files in it are called. */
export async function albumOf(world: World, form: string, viewer: Actor) {
  const rows = await filesOf(world, albumSubject(form));
  const names = rows.flatMap(({ kind, name }) => (isPhoto(kind) ? [] : [name]));
  return { photos: photosOf(world, rows, viewer), names };
}

/** The address of a photo that this person sent; undefined when there is none to look at any more. */
export async function sentPhoto(world: World, file: string, viewer: Actor): Promise<string | undefined> {
  const row = await world.tx.table(files).get(file);
  return row?.by === viewer.id ? photosOf(world, [row], viewer)[0]?.url : undefined;
}
