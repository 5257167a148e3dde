/**
 * Tells when somebody sends more than anybody can mean: so many in a span of time, then nothing more until it is calm.
 * A leaky bucket: one number for each key, however much is allowed, and only so many keys.
 */

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
  const buckets = new Map<string, Bucket>();
  const drop = ms / count;

  function keep(key: string, bucket: Bucket): void {
    buckets.delete(key);
    buckets.set(key, bucket);
    const [oldest] = buckets.keys();
    if (oldest !== undefined && buckets.size > MOST_KEYS) buckets.delete(oldest);
  }

  return {
    admit(key, now) {
      const { empty, shut } = buckets.get(key) ?? { empty: now, shut: now };
      if (now < shut) {
        keep(key, { empty, shut: now + calmMs });
        return 'ignored';
      }
      const filled = Math.max(empty, now) + drop;
      if (filled - now > ms + HAIR_MS) {
        if (calmMs > 0) keep(key, { empty: now, shut: now + calmMs });
        return 'over';
      }
      keep(key, { empty: filled, shut: now });
      return 'fine';
    },
  };
}
