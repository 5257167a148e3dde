/** How large a file may be that people send, how many at once, and what is said of more: the same on every way in. */

/** Of one file, in bytes. Photos of a phone are 3 to 6 MB. */
export const MOST_FILE_BYTES = 10 * 1024 * 1024;

/** With one message. */
export const MOST_FILES = 10;

/** @param name as its sender calls it, where that is known */
export function sayTooLarge(name?: string, most = MOST_FILE_BYTES): string {
  const file = name === undefined ? '文件' : `“${name}”`;
  return `${file}超过 ${Math.floor(most / 2 ** 20)} MB，没有收。请压缩后再发。`;
}
