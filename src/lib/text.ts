/** Text hygiene at the edge: what no store can hold and nobody can see is taken out before anything else sees it. */

/**
 * Replaces broken surrogate pairs, which jsonb refuses like NUL, and takes out what is invisible, in every string of a
 * JSON value; keys too.
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

/** An emoji with all that joins it into one: its skin, its variant, others behind a joiner; keycaps and flags. */
const EMOJI = '[#*\\d]\\ufe0f?\\u20e3|\\u{1f3f4}[\\u{e0020}-\\u{e007f}]+|P(?:\\u200dP)*'.replaceAll(
  'P',
  '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f\\u{1f3fb}-\\u{1f3ff}]*',
);
/** Control characters, joiners, marks of direction, fillers: in a command, a name or a number nobody means them. */
const INVISIBLE = '(?![\\n\\t])[\\p{Cc}\\p{Default_Ignorable_Code_Point}\\u2800\\ufff9-\\ufffb]';
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
const UNSEEN = new RegExp(`(${EMOJI})|${INVISIBLE}`, 'gu');
/** Half of what it finds is fine: emoji are pairs of surrogates. */
const SUSPICIOUS =
  /(?![\n\t])[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff9-\ufffb]|[\ud800-\udfff]/u;

/** The text as it is seen: what is invisible is gone, lines end in \n, emoji stay whole. */
export function visible(text: string): string {
  return text.replace(LINE_END, '\n').replace(UNSEEN, '$1');
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]));
}

function cleanText(text: string): string {
  // A surrogate that is not half of a pair; `toWellFormed` does the same from Node 20 on, but has no type yet.
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return visible(text.replace(lone, '\ufffd'));
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

/** Words of people as markup that shows exactly them. */
export function asMarkup(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What people typed may end as a sentence does, and be quoted at the end of one: `没改。。` is `没改。`. */
export function endedOnce(text: string): string {
  return text.replace(/(?<![。！？])([。！？])。(?!。)/g, '$1');
}
