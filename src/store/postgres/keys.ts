/** Index values as texts that PostgreSQL, comparing bytes, sorts as the contract does; text by UTF-16 code unit. */
import { createHash } from 'node:crypto';
import type { IndexValue } from '../store.ts';

/** Bytes of one value and of an id in an index. PostgreSQL refuses index rows above 2704 bytes. */
const VALUE_BYTES = 320;
const ID_BYTES = 768;
/** In front of the digest that stands for the rest of a text that is too long; no key has it otherwise. */
const CUT = '\u{10fffd}';

/** The key of null. */
const NULL_KEY = '0';

/** The key of an index value; an absent field counts as null. */
export function keyOf(value: IndexValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return `4${cut(escapeText(value), VALUE_BYTES)}`;
    case 'number':
      return `3${sortableNumber(value)}`;
    case 'boolean':
      return value ? '2' : '1';
    default:
      return NULL_KEY;
  }
}

/** The key of a row's id: nearly always the id itself. */
export function idKey(id: string): string {
  return cut(escapeText(id), ID_BYTES);
}

/** `String(value)` of the value that has this key; undefined when the key was cut. */
export function textOfKey(key: string): string | undefined {
  const rest = key.slice(1);
  if (key.startsWith('4')) return rest.includes(CUT) ? undefined : unescapeText(rest);
  if (key.startsWith('3')) return String(numberOf(rest));
  return key === NULL_KEY ? 'null' : String(key === '2');
}

/** A text of its own for every text, in the same order by code point as the original by code unit, without NUL. */
export function escapeText(text: string): string {
  let out = '';
  let plain = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 1 && unit < 0xd800) continue;
    out += text.slice(plain, at) + escapeUnit(unit);
    plain = at + 1;
  }
  return plain === 0 ? text : out + text.slice(plain);
}

function escapeUnit(unit: number): string {
  if (unit < 2) return `\u0001${String.fromCharCode(unit + 1)}`;
  // Surrogates come before U+E000 and what follows it in UTF-16, after it in UTF-8.
  return String.fromCodePoint(unit < 0xe000 ? 0x10000 + unit - 0xd800 : 0x20000 + unit - 0xe000);
}

export function unescapeText(text: string): string {
  let out = '';
  let low = false;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (low) out += String.fromCharCode(code - 1);
    else if (code >= 0x20000) out += String.fromCharCode(code - 0x20000 + 0xe000);
    else if (code >= 0x10000) out += String.fromCharCode(code - 0x10000 + 0xd800);
    else if (code !== 1) out += char;
    low = !low && code === 1;
  }
  return out;
}

function cut(text: string, limit: number): string {
  if (text.length * 4 <= limit) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit - 50;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + CUT + createHash('sha256').update(bytes).digest('base64url');
}

const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;

/** The bits of a double, turned so that they sort as unsigned hexadecimal. */
function sortableNumber(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigUint64(0);
  return (bits & SIGN ? bits ^ ALL : bits | SIGN).toString(16).padStart(16, '0');
}

function numberOf(hex: string): number {
  const bits = BigInt(`0x${hex}`);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits & SIGN ? bits ^ SIGN : bits ^ ALL);
  return view.getFloat64(0);
}
