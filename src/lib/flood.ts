/**
 * Tells when somebody sends more than anybody can mean: so many in a span of time, then nothing more until it is calm.
 * A leaky bucket: one number for each key, however much is allowed, and only so many keys.
 */
import { RecentMap } from './recent.ts';

export interface FloodOptions {
  /** At most `count` at once, and no more than `count` in `ms` milliseconds in the long run. */
  readonly count: number;
  readonly ms: number;
  /** After that, nothing counts until nothing came for so long; 0: what is over is refused, the rest goes on. */
  readonly calmMs: number;
}

export interface Flood {
  /** `over`: from now on it is too much (say so). `ignored`: it still is. */
  admit(key: string, now: number): 'fine' | 'over' | 'ignored';
}

/** Sums of fractions do not come out even. */
const HAIR_MS = 0.001;
/** Who was not heard of for longest is forgotten first. */
const MOST_KEYS = 10_000;

interface Bucket {
  /** When it is empty again. */
  readonly empty: number;
  /** Shut until then. */
  readonly shut: number;
}

export function createFlood({ count, ms, calmMs }: FloodOptions): Flood {
  const buckets = new RecentMap<Bucket>(MOST_KEYS);
  const drop = ms / count;
  return {
    admit(key, now) {
      const { empty, shut } = buckets.get(key) ?? { empty: now, shut: now };
      if (now < shut) {
        buckets.set(key, { empty, shut: now + calmMs });
        return 'ignored';
      }
      const filled = Math.max(empty, now) + drop;
      if (filled - now > ms + HAIR_MS) {
        if (calmMs > 0) buckets.set(key, { empty: now, shut: now + calmMs });
        return 'over';
      }
      buckets.set(key, { empty: filled, shut: now });
      return 'fine';
    },
  };
}
