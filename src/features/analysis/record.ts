/** What all operations of 研判 and 排查 share: which sheet and branch are meant, writing a line, telling people. */
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { changedCard } from '../../bot/turn/records.ts';
import type { Doing, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { periodName } from '../../lib/schedule.ts';
import type { Tx } from '../../store/store.ts';
import {
  findUnit,
  getUnit,
  isBranch,
  isWithin,
  meantUnit,
  searchBranches,
  type Unit,
  units,
} from '../orgs/index.ts';
import { itemsOf, type Line, newItem } from './lines.ts';
import { type Item, items, type Sheet, sheets } from './model.ts';
import { refuseQuota } from './quota.ts';
import { type OnSheet, WORK } from './rights.ts';

export const sheetCard = ({ id }: Pick<Sheet, 'id'>) => ({ kind: 'analysis', id });

/** Names of branches are not for groups: others than those who may know read there. @throws AppError `invalid` */
export function personalOnly({ place }: Pick<Ctx, 'place'>): void {
  if (place.kind !== 'personal')
    throw new AppError('invalid', '这里会提到支部的名字，不在群里说。请在和我的单聊里再发一次。');
}

/** Sheets of one county in one state that are looked through: a county has far fewer townships. */
const MOST_HANDED = 200;

/** The oldest sheet of a township in a state, of whatever period: quarters end meanwhile. */
export async function oldestIn(
  { tx }: Pick<World, 'tx'>,
  { id, parent }: Unit,
  state: 'submitted' | 'returned',
): Promise<OnSheet['sheet'] | undefined> {
  const query = { where: { county: parent ?? '', state }, order: 'at', limit: MOST_HANDED } as const;
  return (await tx.table(sheets).find(query)).rows.find(({ unit }) => unit === id);
}

/** The sheet that was sent back, or else the last one of this period, or the one that the unit may begin. */
export async function currentSheet(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  unit: Unit,
): Promise<OnSheet['sheet']> {
  const back = unit.kind === 'county' ? undefined : await oldestIn({ tx }, unit, 'returned');
  if (back) return back;
  const kind = unit.kind === 'county' ? 'census' : 'analysis';
  const period = periodName(today, kind === 'census' ? 'half' : 'quarter');
  const query = { where: { unit: unit.id, period }, order: 'n', desc: true, limit: 1 } as const;
  const [last] = (await tx.table(sheets).find(query)).rows;
  return last ?? newSheet(unit, period, 1);
}

/** The unit below the sender’s whose sheet words name. @throws AppError `invalid` when they ask for a quota */
export async function sheetUnit(
  { tx, me }: Ctx,
  words: string | undefined,
  kind: 'township' | 'county',
): Promise<Unit | undefined> {
  const meant = await findUnit(tx, words ?? '');
  if (!meant) refuseQuota(words ?? '');
  return meant?.kind === kind && (await isWithin(tx, meant, me.unit)) ? meant : undefined;
}

export function newSheet(unit: Unit, period: string, n: number): Sheet {
  const county = unit.kind === 'county' ? unit.id : (unit.parent ?? '');
  return {
    ...{
      id: `${unit.id}|${period}|${n}`,
      kind: unit.kind === 'county' ? 'census' : 'analysis',
      unit: unit.id,
    },
    ...{ county, period, n, state: 'draft', day: null, version: '', normal: [] },
    ...{ by: null, name: '', at: '', reason: '' },
  };
}

/** How words name the sheet of the sender’s own unit; a press names it by its id. */
export const OWN = { sheet: 'own' };

/** The sheet that is named. @throws AppError `not_found`, `forbidden` */
export async function loadSheet(ctx: Ctx, raw: Raw): Promise<OnSheet> {
  personalOnly(ctx);
  const named = typeof raw.sheet === 'string' ? await ctx.tx.table(sheets).get(raw.sheet) : undefined;
  if (named) return { sheet: named };
  const unit = await getUnit(ctx.tx, ctx.me.unit);
  if (unit.kind !== 'township' && unit.kind !== 'county') throw new AppError('forbidden', WORK);
  const sheet = await currentSheet(ctx, unit);
  if (raw.sheet === OWN.sheet || raw.sheet === sheet.id) return { sheet };
  throw new AppError('not_found', '没有找到这次研判。发送“研判”看看。');
}

/** The sheet that a press names, else the one of a township that waits, or its last one. */
export async function loadHanded(ctx: Ctx, raw: Raw): Promise<OnSheet> {
  if (typeof raw.sheet === 'string') return loadSheet(ctx, raw);
  personalOnly(ctx);
  const township = await meantUnit(ctx.tx, String(raw.township ?? ''));
  if (township?.kind !== 'township') throw new AppError('not_found', '请写上是哪个乡镇（街道），写全称。');
  return { sheet: (await oldestIn(ctx, township, 'submitted')) ?? (await currentSheet(ctx, township)) };
}

/** A sheet with one of its branches, named by its id or the beginning of its name. */
export async function loadLine(ctx: Ctx, raw: Raw): Promise<Required<OnSheet>> {
  const { sheet } = await loadSheet(ctx, { ...OWN, ...raw });
  const branch = await branchIn(ctx.tx, await getUnit(ctx.tx, sheet.unit), String(raw.branch ?? ''));
  if (!branch) throw new AppError('not_found', '请写上是哪个支部，写全称。');
  return { sheet, branch };
}

/** The branch below a unit that is meant by these words. */
export async function branchIn(tx: Tx, top: Unit, words: string): Promise<Unit | undefined> {
  const known = words === '' ? undefined : await tx.table(units).get(words);
  if (known) return isBranch(known) && (await isWithin(tx, known, top.id)) ? known : undefined;
  if (words.trim() === '') return undefined;
  const found = await searchBranches(tx, top, words.trim(), 3);
  const exact = found.filter(({ name }) => name === words.trim());
  const one = exact.length > 0 ? exact : found;
  return one.length === 1 ? one[0] : undefined;
}

/** Typed words are a branch (or another unit), and what is said of it. */
export function branchAnd(field: string, unit = 'branch') {
  return (rest: string): Raw => {
    const [name = '', ...words] = rest.split(/\s+/);
    return { ...(name && { [unit]: name }), ...(words.length > 0 && { [field]: words.join(' ') }) };
  };
}

/** Begin the sheet if nobody has, and write what is said of one branch. */
export async function saveLine(
  ctx: Doing,
  { sheet, branch }: Required<OnSheet>,
  change: (item: Item) => Item,
): Promise<void> {
  if (sheet.rev === undefined) await ctx.tx.table(sheets).put(sheet);
  const known = await ctx.tx.table(items).get(`${sheet.id}|${branch.id}`);
  await ctx.tx.table(items).put({ ...known, ...change(known ?? newItem(sheet.id, branch.id)) });
  ctx.refresh(sheetCard(sheet));
}

export const changedSheet = (ctx: Ctx, sheet: Sheet, text: string) =>
  changedCard(ctx, sheetCard(sheet), text);

/** Keep lines with what was known of them that day. */
export async function putLines(tx: Tx, sheet: string, lines: readonly Line[]): Promise<void> {
  const kept = new Map((await itemsOf(tx, sheet)).map((item) => [item.branch, item.rev]));
  for (const { unit: _, counts: _counts, ...item } of lines) {
    const rev = kept.get(item.branch);
    await tx.table(items).put({ ...item, ...(rev !== undefined && { rev }) });
  }
}
