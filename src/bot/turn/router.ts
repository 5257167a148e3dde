/** Finds the operation that typed words mean, and the nearest ones when they mean none. */
import { distance } from 'fastest-levenshtein';
import { readNumber } from '../../lib/recordnumber.ts';
import { visible } from '../../lib/text.ts';
import type { Act, Raw } from '../cards/spec.ts';
import type { Feature } from '../feature.ts';
import { type AnyOperation, entries } from '../operation.ts';

export interface Call {
  readonly op: AnyOperation;
  readonly raw: Raw;
  /** How it is typed, where it was typed. */
  readonly example?: string | undefined;
}

export interface Router {
  /** The operation of a card's button. */
  byName(name: string): AnyOperation | undefined;
  /** The operation that these words call; undefined when they call none. */
  byText(text: string): Call | undefined;
  /** Operations whose typed word is like these words, best first, then those that take any words. */
  nearest(text: string): readonly AnyOperation[];
}

const GLUED_MIN = 2;
/** What people call the bot. */
const NAME = '会商';
const ADDRESS = new RegExp(`^[@＠] ?${NAME}(?:机器人|助手)?|[@＠] ?${NAME}(?:机器人|助手)?$`, 'g');
const QUOTES = /^["'“‘「『【《〈]+(.{1,40}?)["'”’」』】》〉]+([。.!！?？]*)$/;
const PAUSES = '[:：,，。.、;；!！?？…]';
const PAUSES_AFTER = new RegExp(`^(?:${PAUSES}|\\s|[—–-](?!\\d))+`);
const PAUSES_AT_END = new RegExp(`(?<=.)${PAUSES}+$`);

/** Spaces of every width become one plain space; invisible characters go. What people typed stays otherwise. */
export function tidy(text: string): string {
  return visible(text)
    .replace(/[\u00a0\u2000-\u200a\u3000\t ]+/g, ' ')
    .trim();
}

/**
 * What was said without whom it was said to: a mention that was typed by hand is only text, and behind one that the
 * client made there may still be the colon of `@会商：上报 路灯坏了`.
 */
export function unaddressed(text: string): string {
  return text
    .trim()
    .replace(ADDRESS, '')
    .replace(/^[\s:：,，、]+/, '')
    .trim();
}

/** Full-width letters and digits to plain ones, lower case: for comparing command words only. */
function fold(word: string): string {
  return word.normalize('NFKC').toLowerCase();
}

interface Meaning {
  readonly op: AnyOperation;
  /** The numbers of the records that its feature keeps. */
  readonly numbers: RegExp | undefined;
}
type Meanings = readonly [Meaning, ...Meaning[]];

/** What the kernel calls for a feature, and what others offer for it. */
function pointedTo({ numbers, intakes = [], starts = [] }: Feature): readonly Act[] {
  return [...(numbers ? [numbers.op] : []), ...intakes.map(({ op }) => op), ...starts];
}

/** @throws Error when operations or words collide, or when something is pointed to that no feature brings */
export function createRouter(features: readonly Feature[]): Router {
  const byName = new Map<string, AnyOperation>();
  const byWord = new Map<string, Meanings>();
  const examples = new Map<AnyOperation, string>();
  for (const { numbers, operations } of features) {
    for (const op of operations) {
      const { name } = op.right;
      if (byName.has(name)) throw new Error(`Operation ${name} is declared twice`);
      byName.set(name, op);
      const example = op.example ?? (op.record && numbers?.example);
      if (op.words?.[0] && example) examples.set(op, `${op.words[0]} ${example}`);
      for (const word of op.words ?? []) {
        const known: readonly Meaning[] = byWord.get(fold(word)) ?? [];
        // 退回 is said of an issue and of a check-in: the number behind it tells which.
        const told = numbers && known.every((other) => other.numbers);
        if (known.length > 0 && !told) throw new Error(`The word ${word} is declared twice`);
        const meaning = { op, numbers: numbers?.pattern };
        const [first, ...others] = known;
        byWord.set(fold(word), first ? [first, ...others, meaning] : [meaning]);
      }
    }
  }
  for (const { name } of [...Object.values(entries), ...features.flatMap(pointedTo)])
    if (!byName.has(name)) throw new Error(`No feature brings the operation ${name}`);
  const longestFirst = [...byWord.keys()].sort((a, b) => b.length - a.length);
  const call = (op: AnyOperation, rest: string): Call => ({
    op,
    raw: op.fromText?.(rest) ?? {},
    example: examples.get(op),
  });
  const callOne = (meanings: Meanings, behind: string): Call => {
    // 上报：路灯坏了 is 上报 路灯坏了.
    const rest = behind.replace(PAUSES_AFTER, '').trim();
    const number = readNumber(rest)?.number ?? '';
    const meant = meanings.find(({ numbers }) => numbers?.test(number)) ?? meanings[0];
    return call(meant.op, rest);
  };
  /** A word alone, or with a full stop behind it; a question mark is a word too. */
  const meaningsOf = (word: string) =>
    byWord.get(fold(word)) ?? byWord.get(fold(word.replace(PAUSES_AT_END, '')));

  function byNumber(text: string): Call | undefined {
    const { number = '' } = readNumber(text) ?? {};
    for (const { numbers } of features) {
      const op = numbers?.pattern.test(number) && byName.get(numbers.op.name);
      if (op) return call(op, number);
    }
    return undefined;
  }

  return {
    byName: (name) => byName.get(name),
    byText(typed) {
      const text = tidy(typed)
        .replace(/^[/／]\s*/, '')
        .replace(QUOTES, '$1$2')
        .replace(/^[^\s:：,，]{1,8}(?=[:：,，])/, (word) => (byWord.has(fold(word)) ? `${word} ` : word));
      const [first = '', second = ''] = text.split(/\s/, 2);
      // 会商 发起 and 会商发起 are the same words.
      const joined = second && meaningsOf(first + second);
      if (joined)
        return callOne(joined, text.slice(text.indexOf(second, first.length) + second.length).trim());
      // Who says 发起 to the bot has just called it by its name.
      const exact = meaningsOf(first) ?? (first === '' ? undefined : byWord.get(fold(NAME + first)));
      if (exact) return callOne(exact, text.slice(first.length).trim());
      const number = byNumber(text);
      if (number) return number;
      // Chinese is written without spaces: 上报村口路灯坏了 means 上报 村口路灯坏了.
      const start = fold(first);
      const word = longestFirst.find(
        (w) => w.length >= GLUED_MIN && /\p{Script=Han}/u.test(w) && start.startsWith(w),
      );
      const glued = word && byWord.get(word);
      return glued ? callOne(glued, text.slice(word.length).trim()) : undefined;
    },
    nearest(typed) {
      const start = fold(tidy(typed)).slice(0, 12);
      const likeness = (word: string): number => {
        const shared = [...word].filter((char) => start.includes(char)).length / word.length;
        return shared - distance(start.slice(0, word.length), word) / (10 * word.length);
      };
      const best = new Map<AnyOperation, number>();
      for (const [word, meanings] of byWord)
        for (const { op } of meanings) best.set(op, Math.max(best.get(op) ?? 0, likeness(word)));
      const like = [...best].filter(([op, score]) => op.help && !op.offersWords && score > 0.4);
      const offered = [...byName.values()].filter((op) => op.offersWords);
      return [
        ...like
          .sort((a, b) => b[1] - a[1])
          .slice(0, 2)
          .map(([op]) => op),
        ...offered,
      ];
    },
  };
}
