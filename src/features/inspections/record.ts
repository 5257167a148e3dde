/** What all steps of a 督导 share: which one is meant, writing it, its branches. */
import type { Raw, Subject } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { changedCard, recordOperation } from '../../bot/turn/records.ts';
import type { World } from '../../bot/world.ts';
import { daysBetween } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { inNameOrder } from '../../lib/pinyin.ts';
import { numbered } from '../../lib/recordnumber.ts';
import type { Tx } from '../../store/store.ts';
import { personalOnly } from '../analysis/index.ts';
import { caresFor, getUnit, type Unit, units } from '../orgs/index.ts';
import {
  type Inspection,
  inspections,
  type State,
  type StoredInspection,
  type StoredVisit,
  type Visit,
  visits,
} from './model.ts';
import { INSPECTION } from './questions.ts';
import { knowsNames, NOT_FOUND, type OnVisit } from './rights.ts';

export const numbers = numbered('DD');
/** Draws of one unit that are under way at once. */
const MOST_OPEN = 50;

export const inspectionCard = ({ id }: Pick<Inspection, 'id'>): Subject => ({ kind: 'inspection', id });
export const visitCard = ({ id }: Pick<Visit, 'id'>): Subject => ({ kind: 'visit', id });

/** The draws of a unit in some states, the earliest day first. */
export async function openOf(
  tx: Tx,
  unit: string,
  state: readonly State[],
): Promise<readonly StoredInspection[]> {
  const query = { where: { unit, state }, order: 'day', limit: MOST_OPEN } as const;
  return (await tx.table(inspections).find(query)).rows;
}

/** The one that a press or words name by its number; without, the only one of the unit in one of some states. */
export function loadIn(...states: readonly State[]) {
  return async (ctx: Ctx, { inspection: raw }: Raw): Promise<StoredInspection> => {
    personalOnly(ctx);
    const typed = typeof raw === 'string' ? raw.trim() : '';
    if (typed === '') {
      const [only, another] = states.length > 0 ? await openOf(ctx.tx, ctx.me.unit, states) : [];
      if (only && !another) return only;
      throw new AppError('invalid', '请写上督导的编号。发送“督导”可以看到编号。');
    }
    const row = await ctx.tx.table(inspections).get(numbers.read(typed)?.number ?? '');
    if (row) return row;
    throw new AppError('not_found', NOT_FOUND);
  };
}

/** The number in its field, and the words behind it in another one. */
const inspectionAnd =
  (field: string) =>
  (rest: string): Raw => {
    const { number, words } = numbers.split(rest);
    return { ...(number && { inspection: number }), ...(words && { [field]: words }) };
  };

/** An operation on an inspection; without its number the only one of the unit in these states. */
export const inspectionOperation = (...states: readonly State[]) =>
  recordOperation<Inspection & { readonly rev?: number }>(loadIn(...states), inspectionAnd('reason'));

/** Every branch of an inspection that has begun, by name. */
export async function visitsOf(tx: Tx, { id }: Pick<Inspection, 'id'>): Promise<readonly StoredVisit[]> {
  const where = { inspection: id };
  return inNameOrder((await tx.table(visits).find({ where, order: 'name', limit: MOST_OPEN })).rows);
}

/** The branch of an inspection that a press names by its id, or words by the beginning of its name. */
async function loadVisit(ctx: Ctx, raw: Raw): Promise<OnVisit> {
  personalOnly(ctx);
  const { tx, me } = ctx;
  const visit = typeof raw.visit === 'string' ? await tx.table(visits).get(raw.visit) : undefined;
  const named = visit && (await tx.table(inspections).get(visit.inspection));
  if (visit && named) return { one: named, visit };
  if (raw.visit !== undefined) throw new AppError('not_found', NOT_FOUND);
  const words = typeof raw.branch === 'string' ? raw.branch.trim() : '';
  const begun =
    typeof raw.inspection === 'string' ? [await loadIn()(ctx, raw)] : await openOf(tx, me.unit, ['begun']);
  const found: OnVisit[] = [];
  for (const one of begun) {
    if (!(await knowsNames(me, one, ctx))) continue;
    for (const row of await visitsOf(tx, one))
      if (words === '' ? row.state === 'open' : row.name.startsWith(words)) found.push({ one, visit: row });
  }
  const [only, another] = found;
  if (only && !another) return only;
  throw new AppError('invalid', '请写上是哪个支部，写全称。发送“督导”可以看到名单。');
}

/** The number, if there is one, then the branch, then words for a field. */
const visitAnd =
  (field: string) =>
  (rest: string): Raw => {
    const { number, words } = numbers.split(rest);
    const [branch = '', ...more] = words.split(/\s+/);
    return {
      ...(number && { inspection: number }),
      ...(branch && { branch }),
      ...(more.length > 0 && { [field]: more.join(' ') }),
    };
  };

export const visitOperation = (field = 'words') => recordOperation<OnVisit>(loadVisit, visitAnd(field));

export async function saveInspection(
  ctx: Pick<Ctx, 'tx' | 'refresh'>,
  row: Inspection & { readonly rev?: number },
): Promise<StoredInspection> {
  const saved = await ctx.tx.table(inspections).put(row);
  ctx.refresh(inspectionCard(saved));
  return saved;
}

export async function saveVisit(ctx: Ctx, visit: Visit & { readonly rev?: number }): Promise<StoredVisit> {
  const saved = await ctx.tx.table(visits).put(visit);
  ctx.refresh(visitCard(saved));
  ctx.refresh({ kind: 'inspection', id: saved.inspection });
  return saved;
}

export const changed = (ctx: Ctx, one: Pick<Inspection, 'id'>, text: string) =>
  changedCard(ctx, inspectionCard(one), text);

/** The unit of a visit, while it is there and in the care of the unit that drew it. */
export async function reachable(tx: Tx, one: Inspection, branch: string): Promise<Unit | undefined> {
  const unit = await tx.table(units).get(branch);
  return unit && (await caresFor(tx, await getUnit(tx, one.unit), unit)) ? unit : undefined;
}

/** Whether nobody was at a branch for as long as it is left in peace. */
export async function isRested({ tx, today }: Pick<World, 'tx' | 'today'>, branch: string): Promise<boolean> {
  const query = { where: { branch }, order: 'on', desc: true, limit: 1 } as const;
  const last = (await tx.table(visits).find(query)).rows[0]?.on;
  return !last || daysBetween(last, today) >= INSPECTION.restDays;
}
