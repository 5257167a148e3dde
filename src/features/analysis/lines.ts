/** A sheet with its lines: which branches need a word, what was said of them, and who is left. */
import type { World } from '../../bot/world.ts';
import { pages } from '../../lib/pages.ts';
import type { Tx } from '../../store/store.ts';
import { branchesOf, getUnit, type Unit } from '../orgs/index.ts';
import { criteriaOn } from './criteria.ts';
import { type Level, levelOf } from './facts.ts';
import { findingsOf } from './gather.ts';
import { type Item, items, type Sheet } from './model.ts';

/** Most branches of one county. */
const MOST = 2000;
const PAGE = 500;

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

/** The lines of a sheet: of a draft of a township with the facts of today, else as they were kept. */
export async function linesOf(world: World, sheet: Sheet): Promise<Lines> {
  const { tx, today } = world;
  const top = await getUnit(tx, sheet.unit);
  const live = sheet.kind === 'analysis' && sheet.day === null;
  const criteria = await criteriaOn(tx, sheet.day ?? today);
  const kept = new Map((await itemsOf(tx, sheet.id)).map((item) => [item.branch, item]));
  const found = live ? await findingsOf(world, top, today, criteria) : [];
  const units = live ? found.map(({ branch }) => branch) : await branchesOf(tx, top, MOST);
  const facts = new Map(found.map((one) => [one.branch.id, one]));
  const lines: Line[] = [];
  const rest: Unit[] = [];
  for (const unit of units) {
    const item = kept.get(unit.id);
    const now = facts.get(unit.id);
    const flagged = now && now.level !== 'none';
    if (!item && !flagged) {
      rest.push(unit);
      continue;
    }
    const { rev: _, ...row } = { rev: 0, ...(item ?? newItem(sheet.id, unit.id)) };
    const line = now ? { ...row, facts: [...now.facts], level: now.level } : row;
    lines.push({ ...line, unit, counts: levelOf(line.facts, line.types.length > 0, criteria) });
  }
  const grave = (line: Line) =>
    line.differs ? 0 : line.counts === 'meets' ? 1 : line.counts === 'watch' ? 2 : 3;
  lines.sort((a, b) => grave(a) - grave(b) || (a.unit.name < b.unit.name ? -1 : 1));
  return { lines, rest, size: units.length, version: criteria.version };
}

/** Who has no word yet: lines without a decision, and branches that were not called normal. */
export function uncovered({ lines, rest }: Lines, { normal }: Sheet): readonly Unit[] {
  const called = new Set(normal);
  return [
    ...lines.filter(({ decision }) => decision === null).map(({ unit }) => unit),
    ...rest.filter(({ id }) => !called.has(id)),
  ];
}
