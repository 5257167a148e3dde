/** Text hygiene at the edge: what no store and no screen can hold is taken out before anything else sees it. */

/**
 * Takes out of every string of a JSON value, keys too: NUL and broken surrogate pairs, which jsonb refuses, and the
 * controls of writing direction, with which `fdp.exe` reads `exe.pdf` and a name takes in the words around it.
 * Text that runs from right to left needs none of them.
 */
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

/** Marks, embeddings, overrides and isolates. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/g;
/** Half of what it finds is fine: emoji are pairs of surrogates. */
const SUSPICIOUS = new RegExp(`[\\0\\ud800-\\udfff]|${DIRECTION.source}`);

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]));
}

function cleanText(text: string): string {
  // A surrogate that is not half of a pair; `toWellFormed` does the same from Node 20 on, but has no type yet.
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return text.replaceAll('\u0000', '').replace(DIRECTION, '').replace(lone, '\ufffd');
}

/** Text as files of other formats can hold it: lines end in \n, control characters (which XML forbids) are gone. */
export function plainText(text: string): string {
  return cleanText(text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, ''));
}

/** What Markdown would take for its own: links, emphasis, code, headings, quotes, escapes, entities. */
const MARKUP =
  /[[\]*`]|_(?![\p{L}\p{N}])|_(?<![\p{L}\p{N}]_)|~{2,}|\\(?=[!-/:-@[-`{-~])|&(?=#?\w{1,31};)|#{1,6}(?=\s)(?<=^[ \t]*#{1,6})|>(?<=^[ \t]*>)/gmu;
/** Nearly no text has any of it. */
const SOME_MARKUP = /[[\]*`_~\\&#>]/;
/** Stays as it is, to be pressed or copied; none of these characters begins or ends a link of Markdown. */
const ADDRESS = /(https?:\/\/[\w.~:/?#@!$&'+,;=%-]+)/;

/** The same words for a place that renders Markdown whether one likes it or not: its marks in their full width. */
export function withoutMarkup(text: string): string {
  if (!SOME_MARKUP.test(text)) return text;
  const wide = (marks: string) =>
    Array.from(marks, (mark) => String.fromCharCode(mark.charCodeAt(0) + 0xfee0)).join('');
  return text
    .split(ADDRESS)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(MARKUP, wide)))
    .join('');
}

/** The beginning of a text that takes at most so many characters as JSON; `…` says that there was more. */
export function fitting(text: string, most: number): string {
  if (JSON.stringify(text).length - 2 <= most) return text;
  let room = most - 1;
  let kept = '';
  for (const char of text) {
    room -= JSON.stringify(char).length - 2;
    if (room < 0) break;
    kept += char;
  }
  return most > 0 ? `${kept}…` : '';
}
