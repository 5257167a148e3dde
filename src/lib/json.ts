/** JSON that comes from outside, through whichever channel: whether it is any, and how deep it may be. */

/** Lists and objects inside one another that a sender may use; cards need some ten. */
export const DEEPEST = 32;

/** Whether there are more than `most` lists and objects inside one another. */
export function deeperThan(root: unknown, most: number): boolean {
  // A list of its own: what is written to overflow the stack must not overflow ours.
  const left: [unknown, number][] = [[root, 0]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [value, depth] = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= most) return true;
    for (const inner of Object.values(value)) left.push([inner, depth + 1]);
  }
  return false;
}

/** The value of a text that may be no JSON at all: undefined then, which is said by the caller. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a text that may be anything; none where it is no object. */
export function fieldsIn(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
