/** Names of people as they are kept, and as they are padded, dotted and spaced when somebody types them. */
import { foldWidth } from '../../lib/numerals.ts';
import { visible } from '../../lib/text.ts';

/** One of these stands between the parts of 买买提·艾力, whatever the keyboard had. */
const DOT = /(?<=\p{Script=Han})\s*[·•‧・･⋅∙●．.]\s*(?=\p{Script=Han})/gu;
/** 甲　三 is padded to stand under 王小明; only names in other letters have spaces of their own. */
const PADDING = /(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu;

/** Behind so many characters no name ends. */
const LONGEST = 40;

/** A name as it is kept: 甲　三 is 甲三, 买买提•艾力 is 买买提·艾力. */
export function nameOf(typed: string): string {
  return visible(typed).trim().replace(DOT, '·').replace(PADDING, '').replace(/\s+/g, ' ');
}

/** Whether two names are the same but for their dots, spaces and width: 买买提艾力, 买买提·艾力. */
export function isSameName(a: string, b: string): boolean {
  const letters = (name: string) => foldWidth(nameOf(name)).replace(/[·\s]/g, '');
  return letters(a) === letters(b);
}

/** Closes up the padded names in words that are about to be parted by their spaces: `甲 三 给 乙 四`. */
export function closeUp(words: string): string {
  return visible(words).replace(/(?<!\S)(\p{Script=Han})\s+(\p{Script=Han})(?!\S)/gu, (padded, a, b) =>
    // 甲 给 乙 has no names of one character.
    a === '给' || b === '给' ? padded : `${a}${b}`,
  );
}

/**
 * Every way to read words as a name with something behind it (a unit, in brackets or not), the longest name first.
 * Our own choices, `买买提·艾力 · 柳湾村党支部 · 联络员`, are read like that too.
 */
export function namesIn(words: string): readonly { readonly name: string; readonly rest: string }[] {
  const text = words.trim();
  const own = text.split(/\s+·\s+/);
  if (own.length > 1) return [{ name: nameOf(own[0] ?? ''), rest: own[1] ?? '' }];
  const ends = [...text.matchAll(/\s+|[（(]/g)].filter(({ index }) => index <= LONGEST);
  const ways = ends.map(({ 0: sign, index }) => {
    const rest = text.slice(index + sign.length).trim();
    const inside = /[（(]/.test(sign) ? rest.replace(/[）)]$/, '') : rest.replace(/^[（(](.*)[）)]$/, '$1');
    return { name: nameOf(text.slice(0, index)), rest: inside };
  });
  return [{ name: nameOf(text), rest: '' }, ...ways.reverse()];
}
