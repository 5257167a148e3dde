/** Text hygiene at the edge: what no store and no screen can hold is taken out before anything else sees it. */

/** Replaces NUL and broken surrogate pairs, which jsonb refuses, in every string of a JSON value; keys too. */
export function wellFormed<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]));
}

function cleanText(text: string): string {
  // Nearly no text has either of the two.
  if (!/[\0\ud800-\udfff]/.test(text)) return text;
  // A surrogate that is not half of a pair; `toWellFormed` does the same from Node 20 on, but has no type yet.
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return text.replaceAll('\u0000', '').replace(lone, '\ufffd');
}

/** Text as files of other formats can hold it: lines end in \n, control characters (which XML forbids) are gone. */
export function plainText(text: string): string {
  return cleanText(text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, ''));
}
