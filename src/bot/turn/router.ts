/** Finds the operation that typed words mean, and the nearest ones when they mean none. */
import { distance } from 'fastest-levenshtein';
import { foldHan } from '../../lib/han.ts';
import { KIND_TYPED } from '../../lib/numbershape.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { readNumber } from '../../lib/recordnumber.ts';
import { shorten, visible } from '../../lib/text.ts';
import type { Act, Raw } from '../cards/spec.ts';
import type { FieldWords } from '../cards/typed.ts';
import { type Feature, type NumberedRecords, numbersOf } from '../feature.ts';
import { type AnyOperation, entries } from '../operation.ts';

export interface Call {
  readonly op: AnyOperation;
  readonly raw: Raw;
  /** How it is typed, where it was typed. */
  readonly example?: string | undefined;
  /** What was typed in further lines, what the first one says alone, and what fields are called. */
  readonly lines?: { readonly raw: Raw; readonly behind: string; readonly fieldWords: FieldWords };
}

export interface Router {
  /** The operation of a card's button. */
  byName(name: string): AnyOperation | undefined;
  /** The operation that these words call; undefined when they call none. With `today` a number may leave the year out. */
  byText(text: string, today?: string): Call | undefined;
  /** What features call the fields of forms, together. */
  readonly fieldWords: FieldWords;
  /** What these words may have been meant for, when they call nothing. */
  nearest(text: string): Nearest;
}

/** What may be called instead, under the word that it is typed by. */
export interface Suggestion extends Call {
  readonly word: string;
}

export interface Nearest {
  /** Best first, then what takes any words. */
  readonly suggestions: readonly Suggestion[];
  /** The first word is a command with a slip of the finger: 代办, 上抱 路灯坏了, 催半 RW-2026-0001. */
  readonly slip: boolean;
}

const GLUED_MIN = 2;
/** What people call the bot. */
const NAME = '会商';
const MENTION = `[@＠] ?[会會]商(?:机器人|機器人|助手)?`;
const ADDRESS = new RegExp(`^(?:${MENTION}[\\s:：,，、]*)+|(?:\\s*${MENTION})+$`, 'g');
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

/** Traditional characters, full-width letters and digits to plain ones, lower case: for comparing command words only. */
function fold(word: string): string {
  return foldHan(word.normalize('NFKC'));
}

/** What is said before a command out of politeness, and behind one that needs nothing more. */
const POLITE_BEFORE =
  /^(?:(?:请问|请|麻烦您?|劳驾|我们?|俺们?|要|想要?|来|帮我|给我|再|看看|看一?下|查看|查一?下|问一?下|打开|发个?|一下)\s*)+/;
const POLITE_AFTER =
  /^(?:一下|一哈|下|吧|啊|呀|呢|嘛|哦|了|看看|有哪些|有什么|有没有|到哪一?步了?|谢谢|多谢|[\s:：,，。.、;；!！?？…~～])+/;
/** The number of a record inside a sentence. */
const NUMBER_WITHIN = new RegExp(
  `(?<![a-z\\d])${KIND_TYPED}[\\s\\p{Pd}_]{0,3}20\\d\\d[\\s\\p{Pd}_]{0,3}\\d`,
  'gu',
);
/** What is asked of a record: 到哪一步了, 办好了吗. */
const ASKS_ABOUT =
  /到哪|哪一?步|进度|进展|怎么样|怎样|咋样|如何|[办修解处弄搞](?:[好完结决理]|没)|多久|什么时候|啥时候|几时|何时|结果|消息|动静|没人管|[吗么呢?？]|查|看|催|状态|情况/;
/** So many characters are a sentence. */
export const SENTENCE = 6;
/** Of words glued to a command that asks for a word or two. */
const BRIEF = 4;
/** What a button carries at most of words that call nothing: as much as a field of a form holds. */
const MOST_KEPT = 1000;
/** Words as long as this behind a command that takes none are a sentence: 帮助困难群众的政策. */
const NOT_POLITE = 4;

/** `WT-12` of this year; alone, where it only shows something: what is done to a record is done by its whole number. */
function withYear(typed: string, today: string): string {
  const [, kind, n = ''] = WITHOUT_YEAR.exec(foldWidth(tidy(typed))) ?? [];
  return kind && Number(n) < 1900 ? `${kind}-${today.slice(0, 4)}-${n}` : '';
}
const WITHOUT_YEAR = new RegExp(`^(${KIND_TYPED})[\\s\\p{Pd}_#]{0,2}(\\d{1,4})${PAUSES}*$`, 'u');

interface Meaning {
  readonly op: AnyOperation;
  /** The records with numbers that its feature keeps. */
  readonly numbers: readonly NumberedRecords[];
}
type Meanings = readonly [Meaning, ...Meaning[]];

/** Whether words may be glued to the one that calls an operation: without the number of a record, which always may. */
function mayFollow({ glued }: AnyOperation, rest: string): boolean {
  if (glued instanceof RegExp) return glued.test(rest);
  return glued === 'any' || (glued === undefined && rest.length <= BRIEF);
}

/** Whether a text begins with the number of one of these records. */
function isOneOf(numbers: readonly NumberedRecords[], text: string): boolean {
  return numbers.some(({ read }) => read(text) !== undefined);
}

/** What the kernel calls for a feature, and what others offer for it. */
function pointedTo(feature: Feature): readonly Act[] {
  const { intakes = [], starts = [] } = feature;
  return [...numbersOf(feature).map(({ op }) => op), ...intakes.map(({ op }) => op), ...starts];
}

/** @throws Error when operations or words collide, or when something is pointed to that no feature brings */
export function createRouter(features: readonly Feature[]): Router {
  const byName = new Map<string, AnyOperation>();
  const byWord = new Map<string, Meanings>();
  const examples = new Map<AnyOperation, string>();
  const numbered = features.flatMap(numbersOf);
  for (const feature of features) {
    const numbers = numbersOf(feature);
    for (const op of feature.operations) {
      const { name } = op.right;
      if (byName.has(name)) throw new Error(`Operation ${name} is declared twice`);
      byName.set(name, op);
      const example = op.example ?? (op.record && numbers[0]?.example);
      if (op.words?.[0] && example) examples.set(op, `${op.words[0]} ${example}`);
      for (const word of op.words ?? []) {
        const known: readonly Meaning[] = byWord.get(fold(word)) ?? [];
        // 退回 is said of an issue and of a check-in: the number behind it tells which.
        const told = numbers.length > 0 && known.every((other) => other.numbers.length > 0);
        if (known.length > 0 && !told) throw new Error(`The word ${word} is declared twice`);
        const meaning = { op, numbers };
        const [first, ...others] = known;
        byWord.set(fold(word), first ? [first, ...others, meaning] : [meaning]);
      }
    }
  }
  for (const { name } of [...Object.values(entries), ...features.flatMap(pointedTo)])
    if (!byName.has(name)) throw new Error(`No feature brings the operation ${name}`);
  const fieldWords: Record<string, readonly string[]> = {};
  for (const [id, words] of features.flatMap((feature) => Object.entries(feature.fieldWords ?? {})))
    fieldWords[id] = [...(fieldWords[id] ?? []), ...words];
  const longestFirst = [...byWord.keys()].sort((a, b) => b.length - a.length);
  const call = (op: AnyOperation, rest: string): Call => ({
    op,
    raw: op.fromText?.(rest) ?? {},
    example: examples.get(op),
  });
  /** @param glued no space stands between the command and what is behind it: it may be the beginning of a sentence. */
  const callOne = (meanings: Meanings, behind: string, glued = false): Call | undefined => {
    // 上报：路灯坏了 is 上报 路灯坏了.
    const rest = behind.replace(PAUSES_AFTER, '').trim();
    const number = readNumber(rest)?.number ?? '';
    const { op } = meanings.find(({ numbers }) => isOneOf(numbers, rest)) ?? meanings[0];
    const more = rest.replace(POLITE_AFTER, '');
    // 上报了多少, 任务的期限: a sentence about it.
    if (glued && /^[了的过是]/.test(rest) && more !== '') return undefined;
    if (more === '' || number !== '') return call(op, op.fromText && more !== '' ? rest : more);
    if (!op.fromText) return more.length < NOT_POLITE && !glued ? call(op, '') : undefined;
    if (glued && !mayFollow(op, rest)) return undefined;
    return call(op, rest.replace(/^一下[\s,，。:：]*/, ''));
  };
  /** A word alone, or with a full stop behind it; a question mark is a word too. */
  const meaningsOf = (word: string) =>
    byWord.get(fold(word)) ?? byWord.get(fold(word.replace(PAUSES_AT_END, '')));

  function byNumber(text: string): Call | undefined {
    const found = numbered.flatMap(({ read, op }) => {
      const hit = read(text);
      const shows = hit && byName.get(op.name);
      return shows ? [{ ...hit, shows }] : [];
    });
    // The number of a decision begins with that of its meeting.
    const [longest] = found.sort((a, b) => b.length - a.length);
    return longest && call(longest.shows, longest.number);
  }

  /** A record that a sentence asks about: 我昨天报的WT-2026-1办好了吗. */
  function askedAbout(text: string): Call | undefined {
    const line = foldWidth(text);
    const found = [...line.matchAll(NUMBER_WITHIN)].flatMap(({ index }) => {
      const behind = line.slice(index);
      const number = readNumber(behind);
      return number ? [{ ...number, behind }] : [];
    });
    const [only, another] = found;
    if (!only || another || slipsOf(text).length > 0) return undefined;
    const about = line.length - only.length;
    return about < SENTENCE || ASKS_ABOUT.test(line) ? byNumber(only.behind) : undefined;
  }

  function byCommand(text: string): Call | undefined {
    const [first = '', second = ''] = text.split(/\s/, 2);
    // 会商 发起 and 会商发起 are the same words.
    const joined = second && meaningsOf(first + second);
    if (joined) return callOne(joined, text.slice(text.indexOf(second, first.length) + second.length).trim());
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
    return glued ? callOne(glued, text.slice(word.length).trim(), true) : undefined;
  }

  /** Commands that the first word of a text is, with one slip of the finger. */
  function slipsOf(text: string): Suggestion[] {
    const word = /^(?:\p{Script=Han}{2,6}(?!\p{Script=Han})|[a-z]{3,10}(?![\p{Script=Han}a-z]))/u.exec(
      fold(text),
    )?.[0];
    if (word === undefined) return [];
    const rest = text.slice(word.length).replace(PAUSES_AFTER, '').trim();
    const same = [...word].sort().join('');
    const number = readNumber(rest)?.number;
    return [...byWord].flatMap(([known, meanings]) => {
      const near = distance(known, word) === 1 || [...known].sort().join('') === same;
      if (!near || Math.max(known.length, word.length) < (known.length === word.length ? 2 : 3)) return [];
      return meanings.flatMap(({ op, numbers }) => {
        const takes = rest === '' || (number ? isOneOf(numbers, rest) : op.glued === 'any');
        return takes ? [{ ...call(op, rest), word: op.words?.[0] ?? known }] : [];
      });
    });
  }

  function byLine(typed: string): Call | undefined {
    const text = tidy(typed)
      .replace(/^[/／]+\s*/, '')
      .replace(QUOTES, '$1$2')
      .replace(/^[^\s:：,，]{1,8}(?=[:：,，])/, (word) => (byWord.has(fold(word)) ? `${word} ` : word));
    const plain = foldHan(text).replace(POLITE_BEFORE, '');
    const polite = plain === '' ? '' : text.slice(text.length - plain.length);
    return byCommand(text) ?? (polite === text ? undefined : byCommand(polite)) ?? askedAbout(text);
  }

  return {
    fieldWords,
    byName: (name) => byName.get(name),
    byText(typed, today) {
      const called = byLine(typed) ?? (today ? byNumber(withYear(typed, today)) : undefined);
      const [first = '', ...others] = typed.trim().split('\n');
      const alone = called?.op.form && others.length > 0 ? byLine(first) : undefined;
      if (!called || alone?.op !== called.op) return called;
      return { ...called, lines: { raw: alone.raw, behind: others.join('\n'), fieldWords } };
    },
    nearest(typed) {
      const text = tidy(typed);
      // What 帮助 names is meant more often than what stands on a card anyway.
      const slips = slipsOf(text).sort((a, b) => Number(!a.op.help) - Number(!b.op.help));
      const start = fold(text).slice(0, 12);
      const likeness = (word: string): number => {
        const shared = [...word].filter((char) => start.includes(char)).length / word.length;
        return shared - distance(start.slice(0, word.length), word) / (10 * word.length);
      };
      const best = new Map<AnyOperation, number>();
      for (const [word, meanings] of byWord)
        for (const { op } of meanings) best.set(op, Math.max(best.get(op) ?? 0, likeness(word)));
      const like = [...best]
        .filter(([op, score]) => op.help && !op.offersWords && score > 0.4)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 2);
      const suggest = (op: AnyOperation, words: string): Suggestion[] =>
        op.words?.[0] === undefined ? [] : [{ ...call(op, words), word: op.words[0] }];
      const others = [
        ...(slips.length > 0 ? [] : like.flatMap(([op]) => suggest(op, ''))),
        ...[...byName.values()]
          .filter((op) => op.offersWords)
          .flatMap((op) => suggest(op, shorten(text, MOST_KEPT))),
      ];
      const suggestions = [...slips, ...others];
      return {
        suggestions: suggestions.filter((one, i) => suggestions.findIndex(({ op }) => op === one.op) === i),
        slip: slips.length > 0,
      };
    },
  };
}
