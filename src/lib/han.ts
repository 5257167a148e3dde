/** Chinese as it is compared: 上報 is 上报, ＷＴ is wt. Every character keeps its place. */
import { Converter } from 'opencc-js/t2cn';
import { foldWidth } from './numerals.ts';

/** Each traditional character that has one simplified form; dictionaries of phrases would change how many there are. */
const SIMPLE = simpleForms();

function simpleForms(): ReadonlyMap<string, string> {
  const all = Array.from({ length: 0xa000 - 0x3400 }, (_, n) => String.fromCharCode(0x3400 + n));
  const simplified = Converter({ from: 't', to: 'cn' })(all.join('\n')).split('\n');
  const pairs = all.map((char, n): [string, string] => [char, simplified[n] ?? char]);
  return new Map(pairs.filter(([char, simple]) => simple !== char && simple.length === 1));
}

/** Traditional characters as simplified ones, full width as plain, lower case. */
export function foldHan(text: string): string {
  return foldWidth(text).replace(/[\u3400-\u9fff]/g, (char) => SIMPLE.get(char) ?? char);
}
