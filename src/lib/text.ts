/** Text hygiene at the edge: what no store and no screen can hold is taken out before anything else sees it. */

/** Replaces NUL and broken surrogate pairs, which jsonb refuses, in every string of a JSON value; keys too. */
export function wellFormed<T>(value: T): T {
  return isClean(value) ? value : (clean(value) as T);
}

/** Nearly everything is, and is not copied then. */
function isClean(value: unknown): boolean {
  if (typeof value === 'string') return !SUSPICIOUS.test(value);
  if (value === null || typeof value !== 'object' || value instanceof Date) return true;
  if (Array.isArray(value)) return value.every(isClean);
  for (const key in value) {
    if (SUSPICIOUS.test(key) || !isClean((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

/** Half of what it finds is fine: emoji are pairs of surrogates. */
const SUSPICIOUS = /[\0\ud800-\udfff]/;

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]));
}

function cleanText(text: string): string {
  // A surrogate that is not half of a pair; `toWellFormed` does the same from Node 20 on, but has no type yet.
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return text.replaceAll('\u0000', '').replace(lone, '\ufffd');
}

/** Text as files of other formats can hold it: lines end in \n, control characters (which XML forbids) are gone. */
export function plainText(text: string): string {
  return cleanText(text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, ''));
}

/** At most `most` characters (UTF-16), an ellipsis for what is cut off; no character is cut in two. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, Math.max(most - 1, 0)).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Bytes of a JSON value as text, in UTF-8 or UTF-16, whichever is more. */
export function sizeOf(value: unknown): number {
  const json = JSON.stringify(value);
  return Math.max(json.length * 2, Buffer.byteLength(json));
}
