/** Secretaries in office: by name, below a unit, one of a branch; and the record that is kept of them. */
import type { World } from '../../bot/world.ts';
import type { Tx } from '../../store/store.ts';
import { memberRows, namesIn, peopleOf, postsOf } from '../members/index.ts';
import { getUnit, isBranch, type Unit, units, unitsBelow } from '../orgs/index.ts';
import { idOf, secretaries } from './model.ts';
import type { InOffice } from './rights.ts';

/** People of one name that are looked at. */
const MOST_ALIKE = 200;

async function inOffice(tx: Tx, branch: Unit, person: { id: string; name: string }): Promise<InOffice> {
  return {
    ...{ person: person.id, name: person.name, branch },
    township: await getUnit(tx, branch.parent ?? ''),
    record: await tx.table(secretaries).get(idOf(branch.id, person.id)),
  };
}

/** The secretaries of a branch; usually there is one. */
export async function secretariesOf(tx: Tx, branch: Unit): Promise<readonly InOffice[]> {
  const found: InOffice[] = [];
  for (const person of await peopleOf(tx, branch.id))
    if (person.role === 'secretary') found.push(await inOffice(tx, branch, person));
  return found;
}

/** The one whom the id of a record names; undefined when that person is not in office there (any more). */
export async function secretaryOf(tx: Tx, id: string): Promise<InOffice | undefined> {
  const [branch = '', person = ''] = id.split('|');
  return (await inOfficeOf(tx, person)).find((one) => one.branch.id === branch);
}

/** All branches of which a person is the secretary. */
export async function inOfficeOf(tx: Tx, person: string): Promise<readonly InOffice[]> {
  const member = await tx.table(memberRows).get(person);
  const found: InOffice[] = [];
  for (const { unit, role } of member ? await postsOf(tx, member) : []) {
    const branch = role === 'secretary' ? await tx.table(units).get(unit) : undefined;
    if (member && branch && isBranch(branch)) found.push(await inOffice(tx, branch, member));
  }
  return found;
}

/** Those who bear the name that words begin with; what stands behind it is a part of the name of their branch or township. */
export async function namedSecretaries(
  { tx }: Pick<World, 'tx'>,
  words: string,
): Promise<readonly InOffice[]> {
  for (const { name, rest } of namesIn(words)) {
    if (name === '') continue;
    const { rows } = await tx.table(memberRows).find({ where: { name }, limit: MOST_ALIKE });
    const found: InOffice[] = [];
    for (const { id } of rows)
      for (const one of await inOfficeOf(tx, id))
        if ([one.branch, one.township].some((unit) => unit.name.includes(rest))) found.push(one);
    if (found.length > 0) return found;
  }
  return [];
}

/** The secretaries of a township's branches, by the names of these. */
export async function secretariesBelow(tx: Tx, township: string): Promise<readonly InOffice[]> {
  const found: InOffice[] = [];
  for (const unit of await unitsBelow(tx, township))
    if (isBranch(unit)) found.push(...(await secretariesOf(tx, unit)));
  return found;
}
