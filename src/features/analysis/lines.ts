/** A sheet with its lines: which branches need a word, what was said of them, and who is left. */
import type { World } from '../../bot/world.ts';
import { pages } from '../../lib/pages.ts';
import { byName } from '../../lib/pinyin.ts';
import { periodName } from '../../lib/schedule.ts';
import type { Tx } from '../../store/store.ts';
import { branchesOf, getUnit, isBranch, type Unit, unitsBelow } from '../orgs/index.ts';
import { criteriaOn } from './criteria.ts';
import { type Level, levelOf } from './facts.ts';
import { type Finding, findingsOf } from './gather.ts';
import { type Item, items, type Sheet, sheets } from './model.ts';

/** Most branches of one county. */
const MOST = 2000;
const PAGE = 500;
/** Analyses of a township that are looked through for the last one of a half-year. */
const RECENT = 20;

/** A branch that needs a word. */
export interface Line extends Item {
  readonly unit: Unit;
  /** By facts and by what people chose. */
  readonly counts: Level;
}

export interface Lines {
  /** The gravest first: 不一致, 够条件, 关注; then by name. */
  readonly lines: readonly Line[];
  /** The other branches. */
  readonly rest: readonly Unit[];
  readonly size: number;
  readonly version: string;
}

export async function itemsOf(tx: Tx, sheet: string): Promise<readonly (Item & { readonly rev: number })[]> {
  const found = [];
  for await (const { rows } of pages((from) =>
    tx.table(items).find({ where: { sheet }, limit: PAGE, ...from }),
  ))
    found.push(...rows);
  return found;
}

export function newItem(sheet: string, branch: string): Item {
  return {
    ...{ id: `${sheet}|${branch}`, sheet, branch, level: 'none', facts: [], types: [] },
    ...{ decision: null, reason: '', by: null, said: null, saidWhy: '', differs: false },
  };
}

/** What the last analysis of a township in a half-year says of a branch. */
type Said = Pick<Item, 'said' | 'saidWhy' | 'differs' | 'types'>;

async function lastWords(tx: Tx, township: string, half: string): Promise<ReadonlyMap<string, Said>> {
  const query = {
    where: { unit: township, kind: 'analysis' },
    order: 'day',
    desc: true,
    limit: RECENT,
  } as const;
  const sheet = (await tx.table(sheets).find(query)).rows.find(
    ({ state, day }) =>
      (state === 'submitted' || state === 'adopted') && day !== null && periodName(day, 'half') === half,
  );
  const words = new Map<string, Said>();
  for (const branch of sheet?.normal ?? [])
    words.set(branch, { said: 'normal', saidWhy: '', differs: false, types: [] });
  for (const { branch, decision: said, reason, level, types } of sheet ? await itemsOf(tx, sheet.id) : []) {
    const differs = said === 'none' && level !== 'none';
    if (said) words.set(branch, { said, saidWhy: reason, differs, types });
  }
  return words;
}

/** A branch with what facts and its township say of it. */
type Found = Finding & { readonly words: Said | undefined };

/** What is known today of every branch of a sheet that is under way. */
async function findAll(world: World, sheet: Sheet, township: string | undefined): Promise<readonly Found[]> {
  const top = await getUnit(world.tx, sheet.unit);
  if (sheet.kind === 'analysis')
    return (await findingsOf(world, top, world.today)).map((one) => ({ ...one, words: undefined }));
  const found: Found[] = [];
  for (const below of township ? [await getUnit(world.tx, township)] : await unitsBelow(world.tx, top.id)) {
    if (isBranch(below)) continue;
    const words = await lastWords(world.tx, below.id, sheet.period);
    for (const one of await findingsOf(world, below, world.today))
      found.push({ ...one, words: words.get(one.branch.id) });
  }
  return found;
}

/**
 * The lines of a sheet: while it is under way with what is known today, else as they were kept.
 * @param township only those of one township, while it is under way
 */
export async function linesOf(world: World, sheet: Sheet, township?: string): Promise<Lines> {
  const { tx, today } = world;
  const criteria = await criteriaOn(tx, sheet.day ?? today);
  const kept = new Map((await itemsOf(tx, sheet.id)).map((item) => [item.branch, item]));
  const found = sheet.day === null ? await findAll(world, sheet, township) : undefined;
  const units = found
    ? found.map(({ branch }) => branch)
    : await branchesOf(tx, await getUnit(tx, sheet.unit), MOST);
  const known = new Map(found?.map((one) => [one.branch.id, one]));
  const lines: Line[] = [];
  const rest: Unit[] = [];
  for (const unit of units) {
    const item = kept.get(unit.id);
    const now = known.get(unit.id);
    const spoken = now?.words && now.words.said !== 'normal';
    if (!item && (!now || now.level === 'none') && !spoken) {
      rest.push(unit);
      continue;
    }
    const { rev: _, ...row } = { rev: 0, ...(item ?? newItem(sheet.id, unit.id)) };
    const line = now ? renewed(row, now) : row;
    lines.push({ ...line, unit, counts: levelOf(line.facts, line.types.length > 0, criteria) });
  }
  const grave = (line: Line) =>
    line.differs ? 0 : line.counts === 'meets' ? 1 : line.counts === 'watch' ? 2 : 3;
  lines.sort((a, b) => grave(a) - grave(b) || byName(a.unit, b.unit));
  return { lines, rest, size: units.length, version: criteria.version };
}

function renewed(item: Item, { facts, level, words }: Found): Item {
  const types = [...new Map([...(words?.types ?? []), ...item.types].map((one) => [one.type, one])).values()];
  const { said = null, saidWhy = '', differs = false } = words ?? {};
  return { ...item, facts: [...facts], level, types, said, saidWhy, differs };
}

/** Who has no word yet: lines without a decision, and branches that were not called normal. */
export function uncovered({ lines, rest }: Lines, { normal }: Sheet): readonly Unit[] {
  const called = new Set(normal);
  return [
    ...lines.filter(({ decision }) => decision === null).map(({ unit }) => unit),
    ...rest.filter(({ id }) => !called.has(id)),
  ];
}
