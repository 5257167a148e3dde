/** Facts about the branches of a township: found by the township’s own records, however large the city is. */
import type { World } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { issuesOn } from '../issues/index.ts';
import { getUnit, isBranch, type Unit, unitsBelow } from '../orgs/index.ts';
import { majorOn } from '../tasks/index.ts';
import { criteriaOn, longestDays } from './criteria.ts';
import { type Fact, factsOn, type Level, levelOf, lookAt, type Material } from './facts.ts';

/** What is found about one branch. */
export interface Finding {
  readonly branch: Unit;
  readonly facts: readonly Fact[];
  /** By facts alone. */
  readonly level: Level;
  /** Whether there is any record at all to look at: without one there is no news, good or bad. */
  readonly known: boolean;
}

/** A branch with what its records say as they stood on some day. */
export interface Known extends Material {
  readonly branch: Unit;
}

/** What the records say of every branch of a township, by name; closed issues count from `since` on. */
export async function recordsOf(
  { tx, workdays }: Pick<World, 'tx' | 'workdays'>,
  township: Unit,
  since: string,
  day: string,
): Promise<readonly Known[]> {
  const branches = (await unitsBelow(tx, township.id)).filter(isBranch);
  const issues = byBranch(await issuesOn(tx, township.id, since, day));
  const tasks = byBranch(await majorOn({ tx, workdays }, township, branches, day));
  return branches.map((branch) => ({
    branch,
    township: township.id,
    issues: issues.get(branch.id) ?? [],
    tasks: tasks.get(branch.id) ?? [],
  }));
}

function byBranch<T extends { readonly branch: string }>(all: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.branch);
    if (group) group.push(one);
    else groups.set(one.branch, [one]);
  }
  return groups;
}

/** Every branch of a township as it stood at the end of a day, by name. */
export async function findingsOf(world: World, township: Unit, day: string): Promise<readonly Finding[]> {
  const criteria = await criteriaOn(world.tx, day);
  const known = await recordsOf(world, township, addDays(day, -longestDays(criteria)), day);
  return known.map(({ branch, ...material }) => {
    const facts = factsOn(lookAt(material, day, world.workdays), criteria);
    const isKnown = material.issues.length + material.tasks.length > 0;
    return { branch, facts, level: levelOf(facts, false, criteria), known: isKnown };
  });
}

/** One branch as it stood at the end of a day. */
export async function findingOf(world: World, branch: Unit, day: string): Promise<Finding> {
  const none = { branch, facts: [], level: 'none', known: false } as const;
  if (!branch.parent) return none;
  const all = await findingsOf(world, await getUnit(world.tx, branch.parent), day);
  return all.find((one) => one.branch.id === branch.id) ?? none;
}
