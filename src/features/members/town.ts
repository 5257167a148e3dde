/** Who lives in the town and which work groups they are in: what the local chat page shows to choose from. */
import type { Store, Tx } from '../../store/store.ts';
import { getUnit, isBranch, type Unit, unitsOfKind } from '../orgs/index.ts';
import { type Member, members, ROLE_NAMES } from './model.ts';

/** Every unit but the branches has a work group; its people and those of the units directly below are in it. */
export async function groupUnits(tx: Tx): Promise<readonly Unit[]> {
  return unitsOfKind(tx, ['city', 'lead', 'responsible', 'county', 'township']);
}

function groupOf({ id, name }: Unit) {
  return { unit: id, name: `${name}工作群` };
}

async function personOf(tx: Tx, { id, name, unit, role }: Member) {
  const at = await getUnit(tx, unit);
  const parentName = at.parent ? (await getUnit(tx, at.parent)).name : undefined;
  return {
    id,
    name,
    unit,
    unitName: at.name,
    role,
    roleName: ROLE_NAMES[role],
    kind: at.kind,
    ...(parentName && { parentName }),
  };
}

/** The town as the local page asks for it. `people` reads everybody and is for a demo city only. */
export function createTown(store: Store) {
  return {
    people: () =>
      store.read(async (tx) => {
        const { rows } = await tx.table(members).find({ limit: 1000 });
        return Promise.all(rows.map((row) => personOf(tx, row)));
      }),
    person: (id: string) =>
      store.read(async (tx) => {
        const row = await tx.table(members).get(id);
        return row && personOf(tx, row);
      }),
    groups: (person: string) =>
      store.read(async (tx) => {
        const member = await tx.table(members).get(person);
        if (!member) return [];
        const unit = await getUnit(tx, member.unit);
        const above = unit.parent ? [await getUnit(tx, unit.parent)] : [];
        return [...(isBranch(unit) ? [] : [unit]), ...above].map(groupOf);
      }),
  };
}
