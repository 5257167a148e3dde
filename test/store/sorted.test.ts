/** The entries of one group of an index, and the rows of one term, from one to thousands, against plain lists. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slots } from '../../src/store/lowdb/slots.ts';
import { Sorted } from '../../src/store/lowdb/sorted.ts';
import { compareEntries, type Entry } from '../../src/store/values.ts';

/** Few values, so that many entries share theirs; ids that begin alike, that end where others go on, beyond ASCII. */
const id = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '~', '\x80', '柳', '国'), minLength: 1, maxLength: 9 }),
  fc.string({ unit: fc.constantFrom('0', '1'), minLength: 1, maxLength: 12 }).map((end) => `leave:${end}`),
  fc.uuid(),
);
const entry = fc.record({ value: fc.constantFrom(null, false, 2, 10, 'a', '会'), id });
const keyOf = ({ value, id: name }: Entry) => JSON.stringify([value, name]);

function listed(sorted: Sorted, from?: Entry, desc = false): Entry[] {
  const next = sorted.walk(from, desc);
  const all: Entry[] = [];
  for (let each = next(); each !== undefined; each = next()) all.push(each);
  return all;
}

test('entries come and go, and every walk is that of a sorted array', () => {
  const sets = fc.uniqueArray(entry, { selector: keyOf, maxLength: 900, size: 'max' });
  const property = fc.property(sets, sets, fc.array(entry, { maxLength: 8 }), (first, then, starts) => {
    const model = new Map<string, Entry>(first.map((each) => [keyOf(each), each]));
    const sorted = new Sorted();
    for (const each of first) sorted.append(each);
    sorted.sort();
    // Those that are there go, the others come.
    for (const each of [...then, ...first.slice(0, first.length / 2)]) {
      if (model.delete(keyOf(each))) sorted.remove(each);
      else {
        model.set(keyOf(each), each);
        sorted.add(each);
      }
    }
    const all = [...model.values()].sort(compareEntries);
    expect(sorted.size).toBe(all.length);
    expect(listed(sorted)).toEqual(all);
    expect(listed(sorted, undefined, true)).toEqual(all.toReversed());
    // Also before and behind all rows of a value.
    const edges = ['a', null].flatMap((value) => [
      { value, id: '' },
      { value, id: undefined },
    ]);
    for (const from of [...starts, ...edges, ...all.slice(0, 3), ...all.slice(-3)]) {
      expect(listed(sorted, from)).toEqual(all.filter((each) => compareEntries(each, from) >= 0));
      expect(listed(sorted, from, true)).toEqual(
        all.filter((each) => compareEntries(each, from) <= 0).toReversed(),
      );
    }
    for (const each of all) sorted.remove(each);
    expect(sorted.size).toBe(0);
    expect(listed(sorted)).toEqual([]);
  });
  // Making hundreds of entries fewer takes minutes.
  fc.assert(property, { numRuns: 150, endOnFailure: true });
});

test('one after another, upwards and downwards, as rows come with the time', () => {
  for (const step of [1, -1]) {
    const sorted = new Sorted();
    const all = Array.from({ length: 5_000 }, (_, n) => ({ value: 10_000 + step * n, id: 'x' }));
    for (const each of all) sorted.add(each);
    expect(listed(sorted, undefined, step < 0)).toEqual(all);
    for (const each of all.slice(0, 4_900)) sorted.remove(each);
    expect(listed(sorted, undefined, step < 0)).toEqual(all.slice(4_900));
  }
});

test('slots come and go in any order, few or many', () => {
  const slot = fc.integer({ min: 0, max: 200 });
  const property = fc.property(fc.array(slot, { maxLength: 600 }), (steps) => {
    const slots = new Slots();
    const plain = new Set<number>();
    for (const each of steps) {
      expect(slots.has(each)).toBe(plain.has(each));
      if (plain.delete(each)) slots.remove(each);
      else slots.add(each);
      if (slots.has(each)) plain.add(each);
    }
    expect([...slots]).toEqual([...plain].sort((a, b) => a - b));
    expect(slots.size).toBe(plain.size);
  });
  fc.assert(property, { examples: [[Array.from({ length: 200 }, (_, n) => 200 - n)]] });
});
