/** Facts about the branches of a township: found by the township’s own records, however large the city is. */
import type { World } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { issuesOn } from '../issues/index.ts';
import { getUnit, isBranch, type Unit, unitsBelow } from '../orgs/index.ts';
import { majorOn } from '../tasks/index.ts';
import { type Criteria, criteriaOn, longestDays } from './criteria.ts';
import { type Fact, factsOn, type Level, levelOf } from './facts.ts';

/** What is found about one branch. */
export interface Finding {
  readonly branch: Unit;
  readonly facts: readonly Fact[];
  /** By facts alone. */
  readonly level: Level;
  /** Whether there is any record at all to look at: without one there is no news, good or bad. */
  readonly known: boolean;
}

/** Every branch of a township as it stood at the end of a day, by name. */
export async function findingsOf(
  world: World,
  township: Unit,
  day: string,
  standard?: Criteria,
): Promise<readonly Finding[]> {
  const { tx, workdays } = world;
  const criteria = standard ?? (await criteriaOn(tx, day));
  const branches = (await unitsBelow(tx, township.id)).filter(isBranch);
  const since = addDays(day, -longestDays(criteria));
  const issues = await issuesOn(tx, township.id, since, day);
  const tasks = await majorOn(world, township, branches, day);
  const byBranch = <T extends { readonly branch: string }>(all: readonly T[]) => {
    const groups = new Map<string, T[]>();
    for (const one of all) {
      const group = groups.get(one.branch);
      if (group) group.push(one);
      else groups.set(one.branch, [one]);
    }
    return groups;
  };
  const [ofIssues, ofTasks] = [byBranch(issues), byBranch(tasks)];
  return branches.map((branch) => {
    const material = {
      township: township.id,
      issues: ofIssues.get(branch.id) ?? [],
      tasks: ofTasks.get(branch.id) ?? [],
    };
    const facts = factsOn(material, day, criteria, workdays);
    const known = material.issues.length + material.tasks.length > 0;
    return { branch, facts, level: levelOf(facts, false, criteria), known };
  });
}

/** One branch as it stood at the end of a day. */
export async function findingOf(world: World, branch: Unit, day: string): Promise<Finding> {
  const none = { branch, facts: [], level: 'none', known: false } as const;
  if (!branch.parent) return none;
  const all = await findingsOf(world, await getUnit(world.tx, branch.parent), day);
  return all.find((one) => one.branch.id === branch.id) ?? none;
}
