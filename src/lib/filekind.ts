/** Says what a file is by its content; what its name or sender claims counts for nothing. */
import { fileTypeFromBuffer } from 'file-type';
import { apart } from './apart.ts';

/** The kinds of files that are taken, with their media types. */
export const MEDIA_TYPES = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
} as const;
export type FileKind = keyof typeof MEDIA_TYPES;

/** A larger text is not looked through for JSON. */
const MOST_JSON_BYTES = 1024 * 1024;
const LONGEST_NAME = 80;

/**
 * The kind of a content; undefined when it is none that is taken. Packed contents (docx, xlsx) are not unpacked.
 * @throws AppError `invalid` when it cannot be found out within the limits of apart.ts
 */
export async function fileKind(bytes: Uint8Array): Promise<FileKind | undefined> {
  return (await apart.read(new URL('./filekind.ts', import.meta.url), bytes)) as FileKind | undefined;
}

/** What the other process does for `fileKind`. */
export async function read(bytes: Uint8Array): Promise<FileKind | undefined> {
  const found = await fileTypeFromBuffer(bytes);
  if (found) return isKind(found.ext) ? found.ext : undefined;
  return isJson(bytes) ? 'json' : undefined;
}

function isKind(text: string): text is FileKind {
  return Object.hasOwn(MEDIA_TYPES, text) && text !== 'json';
}

function isJson(bytes: Uint8Array): boolean {
  if (bytes.length > MOST_JSON_BYTES) return false;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null;
  } catch {
    return false; // some other text, or no text at all
  }
}

/** A file's name as it may be shown and saved: no folders, nothing invisible, the ending that its content has. */
export function fileName(claimed: string, kind: FileKind): string {
  const base = plainName(claimed);
  const [, stem = base, ending = ''] = /^(.+)\.([^.]{1,5})$/.exec(base) ?? [];
  const same = ending.toLowerCase() === kind || (kind === 'jpg' && /^jpe?g$/i.test(ending));
  return `${stem.slice(0, LONGEST_NAME) || '文件'}.${same ? ending : kind}`;
}

/** A claimed name without folders and invisible characters, for sentences about it. */
export function plainName(claimed: string): string {
  const base = claimed.replaceAll('\\', '/').split('/').at(-1) ?? '';
  return base
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '')
    .trim()
    .replace(/^\.+/, '')
    .slice(0, LONGEST_NAME + 6);
}
