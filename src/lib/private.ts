/** Numbers that say who somebody is: they have no place in words that others read. */
import { foldWidth } from './numerals.ts';

/** 18 digits with a date of birth in them, the last one maybe an X. */
const IDENTITY = /(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx](?!\d)/i;
const PHONE = /(?<!\d)1[3-9]\d{9}(?!\d)/;

/** What number of a person stands in a text, in whatever width and however parted; undefined when there is none. */
export function personalNumber(text: string): '身份证号' | '手机号' | undefined {
  const line = foldWidth(text).replace(/(?<=\d)[ \p{Pd}]+(?=[\dx])/giu, '');
  if (IDENTITY.test(line)) return '身份证号';
  return PHONE.test(line) ? '手机号' : undefined;
}
