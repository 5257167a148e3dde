/** The ids of one index value, from one to thousands, against a plain sorted array. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ids, idsOf, walkIds, withId, withoutId } from '../../src/store/lowdb/ids.ts';

/** Few letters, so that ids share their beginnings; some that end where others go on; some that are not ASCII. */
const id = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '~', '\x7f', '\x80', '柳', '国'), minLength: 1, maxLength: 9 }),
  fc.string({ unit: fc.constantFrom('0', '1'), minLength: 1, maxLength: 12 }).map((end) => `leave:${end}`),
  fc.uuid(),
);

function listed(ids: Ids | undefined, from?: string, desc = false): string[] {
  const next = ids === undefined ? () => undefined : walkIds(ids, from, desc);
  const all: string[] = [];
  for (let each = next(); each !== undefined; each = next()) all.push(each);
  return all;
}

test('ids come and go, and every walk is that of a sorted array', () => {
  const sets = fc.uniqueArray(id, { minLength: 1, maxLength: 900, size: 'max' });
  const property = fc.property(sets, sets, fc.array(id, { maxLength: 8 }), (first, then, starts) => {
    const model = new Set(first);
    let ids: Ids | undefined = idsOf(first.toSorted());
    // Those that are there go, the others come.
    for (const each of [...then, ...first.slice(0, first.length / 2)]) {
      if (model.delete(each)) ids = ids && withoutId(ids, each);
      else {
        model.add(each);
        ids = withId(ids, each);
      }
    }
    const sorted = [...model].sort();
    expect(listed(ids)).toEqual(sorted);
    expect(listed(ids, undefined, true)).toEqual(sorted.toReversed());
    for (const from of [...starts, ...sorted.slice(0, 3), ...sorted.slice(-3)]) {
      expect(listed(ids, from)).toEqual(sorted.filter((each) => each >= from));
      expect(listed(ids, from, true)).toEqual(sorted.filter((each) => each <= from).toReversed());
    }
    for (const each of sorted) ids = ids && withoutId(ids, each);
    expect(ids).toBeUndefined();
  });
  // Making hundreds of ids fewer takes minutes.
  fc.assert(property, { numRuns: 150, endOnFailure: true });
});

test('what is not there cannot be taken out', () => {
  const many = Array.from({ length: 500 }, (_, at) => `row-${String(at).padStart(5, '0')}`);
  for (const some of [many, many.slice(0, 40), many.slice(0, 1)]) {
    const ids = withoutId(idsOf([...some]), 'row-00000x');
    expect(listed(ids)).toEqual(some);
  }
});
