/** Names by their pinyin: found by first letters (`sgaj` and `gaj` are 市公安局), listed as a dictionary lists them. */
import pinyin from 'tiny-pinyin';

/** Readings are looked up once: a city has few characters and many names. */
const known = new Map<string, string>();
const LETTERS = /^[a-z]{1,20}$/i;
const BEGINS = '^';

function initialOf(char: string): string {
  const before = known.get(char);
  if (before !== undefined) return before;
  const [letter = ''] = pinyin.convertToPinyin(char, '', true);
  const initial = /^[a-z\d]$/i.test(letter) ? letter.toLowerCase() : '';
  known.set(char, initial);
  return initial;
}

const dictionary = new Intl.Collator('zh-CN-u-co-pinyin', { numeric: true });

interface Named {
  readonly name: string;
}

/** The order of names that people expect of a list: by pinyin, figures by their value. */
export function byName(a: Named, b: Named): number {
  return dictionary.compare(a.name, b.name);
}

/** Rows by name; for what is held in memory, as the indexes of a store know no pinyin. */
export function inNameOrder<T extends Named>(rows: readonly T[]): readonly T[] {
  return rows.toSorted(byName);
}

/** The first letters of a name, lower case; what has none is left out. */
export function initialsOf(name: string): string {
  return Array.from(name, initialOf).join('');
}

/** What a name is found by when first letters are typed: those side by side, and the one that it begins with. */
export function initialTerms(name: string): readonly string[] {
  return grams(BEGINS + initialsOf(name));
}

/** What names have whose first letters are these, in this order; undefined when no letters were typed. */
export function initialMatch(typed: string): readonly (readonly string[])[] | undefined {
  if (!LETTERS.test(typed)) return undefined;
  // One letter alone would be in every name: the one that it begins with.
  const letters = typed.toLowerCase();
  return grams(letters.length === 1 ? BEGINS + letters : letters).map((term) => [term]);
}

/** Whether a name has these first letters side by side; a single one, at its beginning. */
export function hasInitials(name: string, typed: string): boolean {
  const [initials, letters] = [initialsOf(name), typed.toLowerCase()];
  return letters.length === 1 ? initials.startsWith(letters) : initials.includes(letters);
}

function grams(letters: string): readonly string[] {
  return Array.from({ length: letters.length - 1 }, (_, i) => `py:${letters.slice(i, i + 2)}`);
}
