/** Never more than the limits in any span, whatever happens between asking and sending, and whatever the clock does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter, type Limit } from '../../src/lib/limiter.ts';

/** True when no span of a limit holds more sends than it allows; `sent` in the order of time. */
function keeps(sent: readonly number[], limits: readonly Limit[]): boolean {
  return limits.every(({ count, ms }) =>
    sent.every((at, i) => i < count || at - (sent[i - count] ?? Number.NEGATIVE_INFINITY) >= ms),
  );
}

const limit = fc.record({ count: fc.integer({ min: 1, max: 6 }), ms: fc.integer({ min: 1, max: 400 }) });
/** Somebody asks after `gap` ms; what was allowed leaves or is dropped `after` more asks. */
const step = fc.record({
  gap: fc.integer({ min: 0, max: 120 }),
  place: fc.constantFrom('a', 'b', 'c'),
  after: fc.integer({ min: 0, max: 3 }),
  dropped: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  back: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, fc.integer({ min: 1, max: 5_000 })),
});

describe('limiter', () => {
  it('never lets more through than the limits, in any span, also with a clock that is set back', () => {
    fc.assert(
      fc.property(
        fc.array(limit, { maxLength: 3 }),
        fc.array(limit, { maxLength: 2 }),
        fc.array(step, { minLength: 1, maxLength: 150 }),
        (perPlace, total, steps) => {
          const limiter = createLimiter({ perPlace, total });
          const sent: { place: string; at: number }[] = [];
          const leaving: { place: string; in: number; dropped: boolean }[] = [];
          let [real, off] = [1_000, 0];
          for (const { gap, place, after, dropped, back } of steps) {
            real += gap;
            off -= back;
            for (const one of leaving.splice(0)) {
              if (one.in > 0) leaving.push({ ...one, in: one.in - 1 });
              else if (one.dropped) limiter.dropped(one.place);
              else {
                limiter.sent(one.place, real + off);
                sent.push({ place: one.place, at: real });
              }
            }
            if (limiter.take(place, real + off) === 0) leaving.push({ place, in: after, dropped });
          }
          expect(
            keeps(
              sent.map(({ at }) => at),
              total,
            ),
          ).toBe(true);
          for (const place of ['a', 'b', 'c'])
            expect(
              keeps(
                sent.filter((one) => one.place === place).map(({ at }) => at),
                perPlace,
              ),
            ).toBe(true);
        },
      ),
      { numRuns: 2_000, seed: 4 },
    );
  });

  it('lets everything through that the limits allow: who waits as long as told gets through', () => {
    const limits = {
      perPlace: [
        { count: 7, ms: 1_000 },
        { count: 8, ms: 2_000 },
      ],
      total: [{ count: 50, ms: 1_000 }],
    };
    const limiter = createLimiter(limits);
    let [now, sent] = [0, 0];
    for (; now < 60_000; sent++) {
      const place = `p${sent % 40}`;
      for (let ms = limiter.take(place, now); ms > 0; ms = limiter.take(place, now)) now += ms;
      limiter.sent(place, now);
    }
    expect(sent).toBeGreaterThanOrEqual(50 * 60);
    expect(sent).toBeLessThanOrEqual(50 * 60 + 1);
  });

  it('gives room back that was not used, and keeps it while a send is on its way', () => {
    const limiter = createLimiter({ perPlace: [], total: [{ count: 1, ms: 100 }] });
    expect(limiter.take('a', 0)).toBe(0);
    expect(limiter.take('b', 5_000)).toBeGreaterThan(0);
    limiter.dropped('a');
    expect(limiter.take('b', 5_000)).toBe(0);
    limiter.sent('b', 5_010);
    expect(limiter.take('a', 5_050)).toBe(60);
  });

  it('remembers the total over a span that is longer than those of the chats', () => {
    const limiter = createLimiter({ perPlace: [{ count: 5, ms: 10 }], total: [{ count: 1, ms: 60_000 }] });
    expect(limiter.take('a', 100_000)).toBe(0);
    limiter.sent('a', 100_000);
    expect(limiter.take('b', 100_500)).toBe(59_500);
  });
});
