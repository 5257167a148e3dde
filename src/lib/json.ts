/** How deep JSON may be that comes from outside, through whichever channel. */

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
