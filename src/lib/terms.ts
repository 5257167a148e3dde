/** Text as it is searched: Chinese has no spaces, so a word is found by each two characters that stand side by side. */
import { Converter } from 'opencc-js/t2cn';

/** Each traditional character that has one simplified form; dictionaries of phrases would read a word by its neighbours. */
const SIMPLE = simpleForms();
const TRADITIONAL = new RegExp(`[${[...SIMPLE.keys()].join('')}]`, 'g');

function simpleForms(): ReadonlyMap<string, string> {
  const all = Array.from({ length: 0xa000 - 0x3400 }, (_, n) => String.fromCharCode(0x3400 + n));
  const simplified = Converter({ from: 't', to: 'cn' })(all.join('\n')).split('\n');
  const pairs = all.map((char, n): [string, string] => [char, simplified[n] ?? char]);
  return new Map(pairs.filter(([char, simple]) => simple !== char && simple.length === 1));
}

/** Simplified, half-width, lower case; whatever is neither letter nor digit is one space. */
export function searchable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(TRADITIONAL, (char) => SIMPLE.get(char) ?? char)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Adds each two characters that stand side by side in a text that `searchable` made. */
export function addPairs(text: string, terms: Set<string>): void {
  for (let at = 0; at + 2 <= text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    if (!pair.includes(' ')) terms.add(pair);
  }
}

/** Adds each character. */
export function addCharacters(text: string, terms: Set<string>): void {
  for (const char of text) if (char !== ' ') terms.add(char);
}
