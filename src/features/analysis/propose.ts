/** Entries of the list: which one is open for a branch, and how one comes to be. */

import type { Ctx } from '../../bot/operation.ts';
import type { Doing } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/store.ts';
import { getUnit, type Unit } from '../orgs/index.ts';
import { type Listing, listings, type StoredListing } from './model.ts';

/** Most entries of one branch over the years. */
const MOST = 100;

/** The last entry of a branch, whatever became of it. */
export async function lastListing(tx: Tx, branch: string): Promise<StoredListing | undefined> {
  const query = { where: { branch }, order: 'proposedOn', desc: true, limit: MOST } as const;
  const { rows } = await tx.table(listings).find(query);
  return [...rows].sort((a, b) => numberOf(b) - numberOf(a))[0];
}

const numberOf = ({ id }: Pick<Listing, 'id'>) => Number(id.split('|')[1]);

/** The entry of a branch that waits for a decision or is on the list. */
export async function openListing(tx: Tx, branch: string): Promise<StoredListing | undefined> {
  const last = await lastListing(tx, branch);
  return last?.state === 'proposed' || last?.state === 'listed' ? last : undefined;
}

type Ground = Pick<Listing, 'facts' | 'types' | 'level' | 'version'>;

/** An entry as it would be; nothing is written. */
export async function newListing(tx: Tx, branch: Unit, ground: Ground, on: string): Promise<Listing> {
  const township = await getUnit(tx, branch.parent ?? '');
  const last = await lastListing(tx, branch.id);
  return {
    ...ground,
    id: `${branch.id}|${last ? numberOf(last) + 1 : 1}`,
    ...{ branch: branch.id, township: township.id, county: township.parent ?? '', state: 'proposed' },
    ...{ proposedBy: null, proposedName: '', proposedUnit: '', proposedOn: on },
    ...{ decidedBy: null, decidedName: '', decidedOn: null, meeting: null, reason: '', statements: [] },
  };
}

/** Propose a branch; somebody else decides. @throws AppError `stale` when it is proposed or listed already */
export async function proposeListing(ctx: Ctx, branch: Unit, ground: Ground): Promise<void> {
  if (await openListing(ctx.tx, branch.id))
    throw new AppError('stale', `${branch.name}已经提出过，等审定或者已经列入。`);
  const { id, name, unit } = ctx.me;
  await writeProposal(ctx, branch, ground, { id, name, unit });
}

/** Write what somebody has proposed, unless there is an entry already. */
export async function writeProposal(
  { tx, today, refresh }: Doing,
  branch: Unit,
  ground: Ground,
  by: { readonly id: string; readonly name: string; readonly unit: string },
): Promise<void> {
  if (await openListing(tx, branch.id)) return;
  const draft = await newListing(tx, branch, ground, today);
  await tx.table(listings).put({ ...draft, proposedBy: by.id, proposedName: by.name, proposedUnit: by.unit });
  refresh({ kind: 'listing', id: draft.id });
}
