/** In place of src/lib/limiter.ts while turns are measured. */
import type { Limiter } from '../../src/lib/limiter.ts';

export function createLimiter(): Limiter {
  return { take: () => 0, sent() {}, dropped() {} };
}
