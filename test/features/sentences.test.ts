/** Sentences as secretaries write them: each becomes the report form, filled in, and is sent by nobody but its reader. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { createKit, inputsOf, type Kit } from '../kit.ts';

interface Sentence {
  readonly set: string;
  readonly branch: string;
  readonly star: string;
  readonly aspect: string;
  readonly urgency: string;
  readonly words: string;
}

/** By hand: what is right for each. The table of words was made with the tuned ones in sight, and never with the held. */
const sentences = readFileSync(new URL('../fixtures/sentences.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line): Sentence => {
    const [set = '', branch = '', star = '', aspect = '', urgency = '', words = ''] = line.split('\t');
    return { set, branch, star, aspect, urgency, words: words.replaceAll('\\n', '\n') };
  });
const read = <T>(name: string): T[] =>
  JSON.parse(readFileSync(new URL(`../../data/demo/${name}.json`, import.meta.url), 'utf8'));
const stars = new Map(
  read<{ id: string; name: string }>('stars').map(({ id, name }) => [id, name.replace(/星$/, '')]),
);
const kinds = new Map(read<{ id: string; kind: string }>('units').map(({ id, kind }) => [id, kind]));
const secretaries = read<{ id: string; unit: string; role: string }>('members').filter(
  ({ role }) => role === 'secretary',
);
/** Sentences that one secretary says: a chat is drawn whole each time. */
const EACH = 12;

let kit: Kit;
beforeEach(async () => {
  kit = await createKit();
});
afterEach(() => kit.close());

const issueCount = () => kit.store.read((tx) => tx.table(issues).count());

it.each(['tuned', 'held'])('%s: nine in ten have the right star and the right aspect', async (set) => {
  const right = { star: 0, aspect: 0, urgency: 0 };
  let said = 0;
  for (const [branch, kind] of [
    ['村', 'village'],
    ['社区', 'community'],
  ]) {
    const people = secretaries.filter(({ unit }) => kinds.get(unit) === kind);
    const own = sentences.filter((one) => one.set === set && one.branch === branch);
    for (const [i, { star, aspect, urgency, words }] of own.entries()) {
      const person = kit.person(people[Math.floor(i / EACH) % people.length]?.id ?? '');
      const { card } = await person.say(words);
      const form = inputsOf(card);
      expect([words, form.title]).toEqual([words, expect.stringMatching(/.{4}/)]);
      if (stars.get(String(form.star)) === star) right.star += 1;
      if (form.aspect === aspect) right.aspect += 1;
      if (form.urgency === urgency) right.urgency += 1;
      said += 1;
    }
  }
  const rate = (n: number) => `${((100 * n) / said).toFixed(1)}%`;
  console.info(
    `${set}: ${said} sentences, star ${rate(right.star)}, aspect ${rate(right.aspect)}, urgency ${rate(right.urgency)}`,
  );
  expect(said).toBeGreaterThanOrEqual(set === 'held' ? 60 : 200);
  expect(right.star / said).toBeGreaterThanOrEqual(0.9);
  expect(right.aspect / said).toBeGreaterThanOrEqual(0.9);
  expect(await issueCount()).toBe(0);
});
