/** Fills an empty store with a city: units, stars, people and their accounts. */
import { AppError } from '../../lib/errors.ts';
import type { Store, Tx } from '../../store/store.ts';
import { readRows, readTree, stars, units } from '../orgs/index.ts';
import { accounts, listedAccount, memberFile, members } from './model.ts';
import { nameOf } from './names.ts';

/** Whether there is a city already. */
export async function isLoaded(tx: Tx): Promise<boolean> {
  return (await tx.table(units).find({ limit: 1, order: 'name' })).rows.length > 0;
}

/**
 * What a later feature keeps of a city beside its units, stars and people: reads its files of the folder, and resolves to
 * what writes them, in the transaction that loads the city. @throws AppError `config`
 */
export type CityPart = (
  folder: string,
  tree: Awaited<ReturnType<typeof readTree>>,
) => Promise<(tx: Tx) => Promise<void>>;

/**
 * Load `folder` unless the store has units already; one transaction, all or nothing.
 * Resolves to what was loaded (`organisers`: those of them with an account), or undefined when there was nothing to do.
 * @throws AppError `config` that names what is wrong in which file
 */
export async function loadCity(
  store: Store,
  folder: string,
  parts: readonly CityPart[] = [],
): Promise<{ units: number; people: number; organisers: number } | undefined> {
  if (await store.read(isLoaded)) return undefined;
  const tree = await readTree(folder);
  const people = await readRows(folder, 'members.json', memberFile);
  const ids = new Set(tree.units.map(({ id }) => id));
  const lost = people.filter(({ unit }) => !ids.has(unit)).map(({ id, unit }) => `${id} in ${unit}`);
  if (lost.length > 0)
    throw new AppError('config', `${folder}/members.json: no such unit: ${lost.slice(0, 10).join(', ')}`);
  const city = new Set(tree.units.filter(({ kind }) => kind === 'city').map(({ id }) => id));
  const organisers = people.filter(
    (one) => city.has(one.unit) && Object.keys(one.accounts).length > 0,
  ).length;
  const more = await Promise.all(parts.map((read) => read(folder, tree)));
  return store.transaction(async (tx) => {
    // Another server may have been first.
    if (await isLoaded(tx)) return undefined;
    for (const unit of tree.units) await tx.table(units).put(unit);
    for (const star of tree.stars) await tx.table(stars).put(star);
    for (const { accounts: known, ...member } of people) {
      await tx.table(members).put({ ...member, name: nameOf(member.name) });
      for (const [channel, account] of Object.entries(known)) {
        await tx.table(accounts).put({ id: listedAccount(channel, account), person: member.id });
      }
    }
    for (const write of more) await write(tx);
    return { units: tree.units.length, people: people.length, organisers };
  });
}
