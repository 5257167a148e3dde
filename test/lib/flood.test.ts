import { describe, expect, it } from 'vitest';
import { createFlood, type Flood } from '../../src/lib/flood.ts';

const at = (flood: Flood, key: string, times: readonly number[]) => times.map((now) => flood.admit(key, now));
const repeat = (times: number, now: number) => Array.from({ length: times }, () => now);

describe('a flood', () => {
  it('is what comes after as many as are allowed at once', () => {
    const flood = createFlood({ count: 60, ms: 60_000, calmMs: 15_000 });
    expect(new Set(at(flood, 'a', repeat(60, 0)))).toEqual(new Set(['fine']));
    expect(at(flood, 'a', [0, 0, 1])).toEqual(['over', 'ignored', 'ignored']);
    expect(flood.admit('b', 1)).toBe('fine');
  });

  it('ends when nothing came for a while, however long it took', () => {
    const flood = createFlood({ count: 2, ms: 1_000, calmMs: 15_000 });
    expect(at(flood, 'a', [0, 0, 0])).toEqual(['fine', 'fine', 'over']);
    // Whoever goes on is not calm.
    expect(at(flood, 'a', [14_000, 28_000, 42_000])).toEqual(['ignored', 'ignored', 'ignored']);
    expect(at(flood, 'a', [57_000, 57_000, 57_000])).toEqual(['fine', 'fine', 'over']);
  });

  it('is never what keeps to the pace', () => {
    const flood = createFlood({ count: 3, ms: 1_000, calmMs: 15_000 });
    const steady = Array.from({ length: 1_000 }, (_, n) => n * 334);
    expect(new Set(at(flood, 'a', steady))).toEqual(new Set(['fine']));
  });

  it('without a time to calm down is only what is over', () => {
    const flood = createFlood({ count: 2, ms: 1_000, calmMs: 0 });
    expect(at(flood, 'a', [0, 0, 0, 499, 501, 501])).toEqual([
      'fine',
      'fine',
      'over',
      'over',
      'fine',
      'over',
    ]);
  });

  it('remembers those who are flooding, and only so many others', () => {
    const flood = createFlood({ count: 1, ms: 60_000, calmMs: 60_000 });
    at(flood, 'quiet', [0]);
    at(flood, 'loud', [0, 0]);
    for (let n = 0; n < 9_999; n += 1) {
      flood.admit(`p${n}`, 1);
      if (n % 1_000 === 0) expect(flood.admit('loud', 1)).toBe('ignored');
    }
    expect(flood.admit('loud', 2)).toBe('ignored');
    expect(flood.admit('quiet', 2)).toBe('fine');
  });
});
