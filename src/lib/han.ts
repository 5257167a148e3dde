/** Chinese as it is compared: 上報 is 上报, ＷＴ is wt. Every character keeps its place. */
import { sify } from 'chinese-conv';
import { foldWidth } from './numerals.ts';

/** Variants that the converter's table leaves as they are. */
const VARIANTS: Readonly<Record<string, string>> = { 羣: '群', 瞭: '了', 藉: '借', 妳: '你', 牀: '床' };
const SOME_VARIANT = new RegExp(`[${Object.keys(VARIANTS).join('')}]`, 'g');

/** Traditional characters as simplified ones, full width as plain, lower case. */
export function foldHan(text: string): string {
  return sify(foldWidth(text)).replace(SOME_VARIANT, (char) => VARIANTS[char] ?? char);
}
