/** Who lives in the city and which work groups they are in: what the local chat page shows to choose from. */
import type { Place } from '../../bot/delivery/channel.ts';
import { conversations, newConversation } from '../../bot/delivery/conversations.ts';
import type { Store, Tx } from '../../store/store.ts';
import { getUnit, isBranch, type Unit, unitsOfKind } from '../orgs/index.ts';
import { identify, type Member, members, ROLE_NAMES } from './model.ts';

/** Ids of newcomers of the demo city, whom nobody knows yet; each has a group of their own to bind. */
const NEWCOMER = /^new-[a-z0-9]{1,20}$/;

/** Every unit but the branches has a work group; its people and those of the units directly below are in it. */
async function groupUnits(tx: Tx): Promise<readonly Unit[]> {
  return unitsOfKind(tx, ['city', 'lead', 'responsible', 'county', 'township']);
}

/** The work groups of a page belong to their units from the start. @param placeOf the chat of a unit's group */
export async function openGroups(
  store: Store,
  channel: string,
  placeOf: (unit: string) => Place,
  at: Date,
): Promise<void> {
  await store.transaction(async (tx) => {
    for (const { id: unit } of await groupUnits(tx)) {
      const { key: id, kind } = placeOf(unit);
      if (await tx.table(conversations).get(id)) continue;
      const row = { ...newConversation, id, channel, kind, unit };
      await tx.table(conversations).put({ ...row, at: at.toISOString() });
    }
  });
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

/** Somebody whom nobody knows yet. */
function newcomer(id: string) {
  return { id, name: '新同志', unit: '', unitName: '还没有绑定', role: '', roleName: '', kind: '' };
}

/**
 * The city as a page asks for it that lets people in by their ids. `people` reads everybody and is for a demo city only.
 * @param page the name of its channel
 * @param demo newcomers may come
 */
export function createCity(store: Store, page: string, demo: boolean) {
  /** The person of an account of the page: in the demo city also a newcomer who was let in. */
  async function memberOf(tx: Tx, account: string): Promise<Member | undefined> {
    const actor = await identify(tx, { name: page, people: 'local' }, account);
    return actor ? tx.table(members).get(actor.id) : undefined;
  }

  return {
    people: () =>
      store.read(async (tx) => {
        const { rows } = await tx.table(members).find({ limit: 1000 });
        return Promise.all(rows.map((row) => personOf(tx, row)));
      }),
    person: (id: string) =>
      store.read(async (tx) => {
        const row = await memberOf(tx, id);
        if (row) return personOf(tx, row);
        return demo && NEWCOMER.test(id) ? newcomer(id) : undefined;
      }),
    groups: (person: string) =>
      store.read(async (tx) => {
        const own = demo && NEWCOMER.test(person) ? [{ unit: person, name: '我建的群' }] : [];
        const member = await memberOf(tx, person);
        if (!member) return own;
        const unit = await getUnit(tx, member.unit);
        const above = unit.parent ? [await getUnit(tx, unit.parent)] : [];
        return [...own, ...[...(isBranch(unit) ? [] : [unit]), ...above].map(groupOf)];
      }),
  };
}
