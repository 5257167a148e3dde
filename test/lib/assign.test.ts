/** The assignment against every way there is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/lib/assign.ts';

type Costs = readonly (readonly (number | null)[])[];

/** The best of all ways: most rows, least sum, then the first in order. */
function bruteForce(costs: Costs, capacities: readonly number[]): readonly (number | null)[] {
  let best: { got: (number | null)[]; placed: number; sum: number } | undefined;
  const left = [...capacities];
  const got: (number | null)[] = [];
  const look = (placed: number, sum: number): void => {
    const row = got.length;
    if (row === costs.length) {
      if (!best || placed > best.placed || (placed === best.placed && sum < best.sum))
        best = { got: [...got], placed, sum };
      return;
    }
    for (let column = 0; column < left.length; column++) {
      const cost = costs[row]?.[column] ?? null;
      if (cost === null || (left[column] ?? 0) === 0) continue;
      left[column] = (left[column] ?? 0) - 1;
      got.push(column);
      look(placed + 1, sum + Math.round(cost * 100));
      got.pop();
      left[column] = (left[column] ?? 0) + 1;
    }
    got.push(null);
    look(placed, sum);
    got.pop();
  };
  look(0, 0);
  return best?.got ?? [];
}

const cases = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }))
  .chain(([rows, columns]) =>
    fc.tuple(
      fc.array(
        fc.array(
          fc.option(
            fc.integer({ min: -40, max: 350 }).map((n) => n / 100),
            { freq: 8 },
          ),
          {
            minLength: columns,
            maxLength: columns,
          },
        ),
        { minLength: rows, maxLength: rows },
      ),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: columns, maxLength: columns }),
    ),
  );
/** Few different costs, so that many sums are equal. */
const ties = cases.map(([costs, capacities]): [Costs, number[]] => [
  costs.map((row) => row.map((cost) => cost && Math.round(cost))),
  capacities,
]);

describe('who helps whom', () => {
  it('takes A–2 and B–1 for 0.35, not the greedy 1.00', () => {
    expect(
      assign(
        [
          [0.1, 0.2],
          [0.15, 0.9],
        ],
        [1, 1],
      ),
    ).toEqual([1, 0]);
  });

  it('equals brute force on a thousand cases of up to 7 × 7 with capacities', () => {
    fc.assert(
      fc.property(fc.oneof(cases, ties), ([costs, capacities]) => {
        expect(assign(costs, capacities)).toEqual(bruteForce(costs, capacities));
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});
