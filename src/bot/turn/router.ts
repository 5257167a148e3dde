/** Finds the operation that typed words mean, and the nearest ones when they mean none. */
import { distance } from 'fastest-levenshtein';
import type { Raw } from '../cards/spec.ts';
import type { Feature } from '../feature.ts';
import type { AnyOperation } from '../operation.ts';

export interface Call {
  readonly op: AnyOperation;
  readonly raw: Raw;
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

/** Spaces of every width become one plain space; invisible characters go. What people typed stays otherwise. */
export function tidy(text: string): string {
  return text
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u3000\t ]+/g, ' ')
    .trim();
}

/** Full-width letters and digits to plain ones, lower case: for comparing command words only. */
function fold(word: string): string {
  return word.normalize('NFKC').toLowerCase();
}

/** A record's number as it is written, whatever its width and without its zeros: `ｗｔ-2026-1`. */
function fullNumber(word: string): string {
  const plain = fold(word).toUpperCase();
  const [, kind, year, n = ''] = /^([A-Z]+)-?(\d{4})-(\d{1,8})$/.exec(plain) ?? [];
  return kind ? `${kind}-${year}-${n.padStart(4, '0')}` : plain;
}

interface Meaning {
  readonly op: AnyOperation;
  /** The numbers of the records that its feature keeps. */
  readonly numbers: RegExp | undefined;
}
type Meanings = readonly [Meaning, ...Meaning[]];

export function createRouter(features: readonly Feature[]): Router {
  const byName = new Map<string, AnyOperation>();
  const byWord = new Map<string, Meanings>();
  for (const { numbers, operations } of features) {
    for (const op of operations) {
      if (byName.has(op.name)) throw new Error(`Operation ${op.name} is declared twice`);
      byName.set(op.name, op);
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
  const longestFirst = [...byWord.keys()].sort((a, b) => b.length - a.length);
  const call = (op: AnyOperation, rest: string): Call => ({ op, raw: op.fromText?.(rest) ?? {} });
  const callOne = (meanings: Meanings, rest: string): Call => {
    const number = fullNumber(rest.split(/\s/, 1)[0] ?? '');
    const meant = meanings.find(({ numbers }) => numbers?.test(number)) ?? meanings[0];
    return call(meant.op, rest);
  };

  function byNumber(text: string): Call | undefined {
    const number = fold(text).toUpperCase();
    for (const { numbers } of features) {
      const op = numbers?.pattern.test(number) && byName.get(numbers.op);
      if (op) return call(op, number);
    }
    return undefined;
  }

  return {
    byName: (name) => byName.get(name),
    byText(typed) {
      const text = tidy(typed).replace(/^[/／]\s*/, '');
      const [first = '', second = ''] = text.split(/\s/, 2);
      // 会商 发起 and 会商发起 are the same words.
      const joined = second && byWord.get(fold(first + second));
      if (joined)
        return callOne(joined, text.slice(text.indexOf(second, first.length) + second.length).trim());
      const exact = byWord.get(fold(first));
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
