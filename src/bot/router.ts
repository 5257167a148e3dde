/** Finds the operation that typed words mean, and the nearest ones when they mean none. */
import { distance } from 'fastest-levenshtein';
import type { AnyOperation, Feature, Raw } from './feature.ts';

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

export function createRouter(features: readonly Feature[]): Router {
  const byName = new Map<string, AnyOperation>();
  const byWord = new Map<string, AnyOperation>();
  for (const op of features.flatMap((feature) => feature.operations)) {
    if (byName.has(op.name)) throw new Error(`Operation ${op.name} is declared twice`);
    byName.set(op.name, op);
    for (const word of op.words ?? []) {
      if (byWord.has(fold(word))) throw new Error(`The word ${word} is declared twice`);
      byWord.set(fold(word), op);
    }
  }
  const longestFirst = [...byWord.keys()].sort((a, b) => b.length - a.length);
  const call = (op: AnyOperation, rest: string): Call => ({ op, raw: op.fromText?.(rest) ?? {} });

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
      if (joined) return call(joined, text.slice(text.indexOf(second, first.length) + second.length).trim());
      const exact = byWord.get(fold(first));
      if (exact) return call(exact, text.slice(first.length).trim());
      const number = byNumber(text);
      if (number) return number;
      // Chinese is written without spaces: 上报村口路灯坏了 means 上报 村口路灯坏了.
      const start = fold(first);
      const word = longestFirst.find(
        (w) => w.length >= GLUED_MIN && /\p{Script=Han}/u.test(w) && start.startsWith(w),
      );
      const glued = word && byWord.get(word);
      return glued ? call(glued, text.slice(word.length).trim()) : undefined;
    },
    nearest(typed) {
      const start = fold(tidy(typed)).slice(0, 12);
      const likeness = (word: string): number => {
        const shared = [...word].filter((char) => start.includes(char)).length / word.length;
        return shared - distance(start.slice(0, word.length), word) / (10 * word.length);
      };
      const best = new Map<AnyOperation, number>();
      for (const [word, op] of byWord) best.set(op, Math.max(best.get(op) ?? 0, likeness(word)));
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
