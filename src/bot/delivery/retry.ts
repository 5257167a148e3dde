/** When something that could not be sent is tried again: soon at first, then ever less often, until it is too old. */

/** No send waits longer than this for its next attempt; what seems to was written down by a clock that was ahead. */
export const LONGEST_WAIT_MS = 600_000;
const FIRST_WAIT_MS = 1_000;
const HOUR_MS = 3_600_000;
/** For how long it is worth saying: what somebody waits for in the chat, and everything else. */
export const WORTH_MS = { reply: 2 * HOUR_MS, other: 24 * HOUR_MS } as const;

export interface Again {
  /** The first failure, as it is to be kept. */
  readonly since: string;
  /** When to try again. */
  readonly due: string;
}

/**
 * How to go on after a failure. It waits about as long again as it has been failing, so that the waits double, or as
 * long as the platform asked for.
 * @param since the first failure; undefined when this is it
 * @returns undefined once it has failed for `worthMs`
 */
export function nextTry(
  now: Date,
  since: string | undefined,
  worthMs: number,
  askedMs?: number,
): Again | undefined {
  const at = now.getTime();
  // A failure that lies ahead was written by a clock that was.
  const first = Math.min(since === undefined ? at : Date.parse(since), at);
  const age = at - first;
  if (age >= worthMs) return undefined;
  const wait = askedMs ?? Math.max(age, FIRST_WAIT_MS) * (0.5 + Math.random() / 2);
  const ms = Math.min(Math.max(wait, FIRST_WAIT_MS / 2), LONGEST_WAIT_MS);
  return { since: new Date(first).toISOString(), due: new Date(at + ms).toISOString() };
}
