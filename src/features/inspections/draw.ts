/**
 * The draw: half of it uniform, half weighted, without replacement. Branches are reached through the townships that
 * have them, and one that does not fit is passed over when it comes up, so that the cost does not depend on how many
 * there are. Pure but for what it is given.
 */
import { createHash } from 'node:crypto';

/** Where branches are drawn from. */
export interface Pool {
  /** How many branches each part (a township) has. */
  readonly sizes: readonly number[];
  /** The branches of one part. */
  load(part: number): Promise<readonly string[]>;
}

export interface Drawing {
  /** A whole number from 0 to below `below`, each as likely as the others. */
  random(below: number): number;
  /** Whether a branch may be drawn at all. */
  isFree(branch: string): Promise<boolean>;
  /** A whole number from 1 to `most`: how likely it is in the weighted half, against others. */
  weight(branch: string): Promise<number>;
  readonly most: number;
}

/**
 * Draw `wanted` branches; fewer when there are no more. Of an odd number the last one is weighted or not as a coin says.
 * In the weighted half a branch that comes up is taken with the chance weight / most, else another one comes up: so each
 * is taken in proportion to its weight, and the weights of those that never come up need not be known.
 */
export async function draw(pool: Pool, wanted: number, drawing: Drawing): Promise<readonly string[]> {
  const { random, isFree, weight, most } = drawing;
  const sizes = [...pool.sizes];
  const parts = new Map<number, string[]>();
  let left = sizes.reduce((sum, size) => sum + size, 0);
  const half = Math.floor(wanted / 2);
  const weighted = half + (wanted % 2 === 1 ? random(2) : 0);
  const drawn: string[] = [];
  while (drawn.length < wanted && left > 0) {
    let at = random(left);
    let part = 0;
    for (let size = sizes[part] ?? 0; at >= size; size = sizes[part] ?? 0) {
      at -= size;
      part += 1;
    }
    const branches = parts.get(part) ?? [...(await pool.load(part))];
    parts.set(part, branches);
    const branch = branches[at];
    const take = () => {
      branches.splice(at, 1);
      sizes[part] = (sizes[part] ?? 0) - 1;
      left -= 1;
    };
    if (branch === undefined || !(await isFree(branch))) {
      take();
      continue;
    }
    if (drawn.length >= wanted - weighted && random(most) >= (await weight(branch))) continue;
    drawn.push(branch);
    take();
  }
  return drawn;
}

/** 32 bytes as hex. */
export function saltOf(random: Drawing['random']): string {
  return Array.from({ length: 32 }, () => random(256).toString(16).padStart(2, '0')).join('');
}

/** What is drawn: the branches with their names, and the salt. */
interface Sealed {
  readonly branches: readonly { readonly name: string }[];
  readonly salt: string;
}

/** The names in one line. */
export const listOf = ({ branches }: Pick<Sealed, 'branches'>) => branches.map(({ name }) => name).join('、');

/** What is hashed: anybody can put it together from what is published. */
export const sealedText = (sealed: Sealed) => `${listOf(sealed)}|${sealed.salt}`;

/** SHA-256 of the list and the salt, as hex. */
export const hashOf = (sealed: Sealed) => createHash('sha256').update(sealedText(sealed)).digest('hex');
