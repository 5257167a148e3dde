/**
 * Guesses which star, aspect and urgency a sentence is about, by the words of data/report-words.json. It only fills a
 * form in that somebody looks at: whatever is not clear is left open.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { foldHan } from '../../lib/han.ts';
import { findStar, type Star } from '../orgs/index.ts';
import { ASPECTS, type Issue } from './model.ts';

/** Words with spaces between them. */
const list = z.string().transform((words) => foldHan(words).split(/\s+/).filter(Boolean));
const topic = z.object({
  about: z.string().min(1),
  /** Names of stars, the nearest first: a village and a community have stars of their own. */
  stars: z.array(z.string().min(1)).min(1),
  aspect: z.enum(ASPECTS),
  words: list,
  /** Weak ones: whom it troubles, where it is. They decide where nothing else does. */
  hints: list,
});
type Topic = z.infer<typeof topic>;
const table = z
  .object({
    topics: z.array(topic).min(1),
    aspects: z.record(z.enum(ASPECTS), list),
    /** Of an aspect too, where words stand apart: 缺一个会电商的人. */
    patterns: z.record(z.enum(ASPECTS), z.array(z.string().transform((pattern) => new RegExp(pattern)))),
    urgent: list,
    /** What is only feared: it has a word of `urgent` in it and is none. */
    calm: list,
    /** Says nothing of what it is about. */
    ignore: list,
  })
  .parse(JSON.parse(readFileSync(new URL('../../../data/report-words.json', import.meta.url), 'utf8')));

interface Evidence {
  readonly topics: Topic[];
  readonly hints: Topic[];
  readonly aspects: Issue['aspect'][];
}

const evidence = new Map<string, Evidence>();
const of = (word: string): Evidence => {
  const known = evidence.get(word) ?? { topics: [], hints: [], aspects: [] };
  evidence.set(word, known);
  return known;
};
for (const one of table.topics) {
  for (const word of one.words) of(word).topics.push(one);
  for (const word of one.hints) of(word).hints.push(one);
}
for (const aspect of ASPECTS) for (const word of table.aspects[aspect]) of(word).aspects.push(aspect);
for (const word of table.ignore) of(word);
const LONGEST = Math.max(...[...evidence.keys()].map(({ length }) => length));

/** The words of the table in a text, the longest one at each place. */
function* wordsIn(text: string): Generator<{ word: string; at: number; said: Evidence }> {
  for (let at = 0; at < text.length; ) {
    let length = Math.min(LONGEST, text.length - at);
    while (length > 0 && !evidence.has(text.slice(at, at + length))) length -= 1;
    const word = text.slice(at, at + length);
    const said = evidence.get(word);
    if (said) yield { word, at, said };
    at += Math.max(length, 1);
  }
}

/** How much a weak word counts, and what other stars' words say of the aspect. */
const HINT = 0.8;
const OTHER = 0.3;
/** How much a pattern counts: as much as the longest word. */
const PATTERN = 4;

/** What is left open is not clear. */
export interface Guess {
  /** Its id. */
  readonly star?: string;
  readonly aspect?: Issue['aspect'];
  readonly urgency: Issue['urgency'];
}

/** @param stars those that the branch can hold, in the order of the city's data */
export function guessOf(words: string, stars: readonly Star[]): Guess {
  const text = foldHan(words).replace(/\s/g, '');
  const first = text.search(/[，。,.;；!！?？]/);
  const topics = new Map<Topic, number>();
  const byAspect = new Map<Issue['aspect'], number>();
  const add = <K>(to: Map<K, number>, key: K, n: number) => to.set(key, (to.get(key) ?? 0) + n);
  for (const { word, at, said } of wordsIn(text)) {
    // The first clause says what it is about, the others what came of it.
    const weight = Math.min(word.length, 4) * (first < 0 || at < first ? 1.5 : 1);
    for (const one of said.topics) add(topics, one, weight);
    for (const one of said.hints) add(topics, one, HINT);
    for (const aspect of said.aspects) add(byAspect, aspect, weight);
  }
  for (const aspect of ASPECTS)
    for (const pattern of table.patterns[aspect]) if (pattern.test(text)) add(byAspect, aspect, PATTERN);
  const starOf = (one: Topic) =>
    one.stars.map((name) => findStar(stars, name)).find((star) => star !== undefined)?.id;
  const byStar = new Map<string, number>();
  for (const [one, weight] of topics) {
    const id = starOf(one);
    if (id) add(byStar, id, weight);
  }
  const star = highest(byStar);
  for (const [one, weight] of topics) add(byAspect, one.aspect, weight * (starOf(one) === star ? 1 : OTHER));
  const aspect = highest(byAspect);
  const happened = table.calm.reduce((rest, word) => rest.replaceAll(word, ' '), text);
  const urgent = table.urgent.some((word) => happened.includes(word));
  return { ...(star && { star }), ...(aspect && { aspect }), urgency: urgent ? '紧急' : '一般' };
}

/** The key of the highest value; of equal ones that which was named first. */
function highest<K>(values: ReadonlyMap<K, number>): K | undefined {
  return [...values].sort(([, a], [, b]) => b - a)[0]?.[0];
}
