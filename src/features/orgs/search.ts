/** Finding a unit by what somebody types: a part of its name or its first letters, with the unit above it where there are many. */
import { hasInitials, initialMatch, inNameOrder } from '../../lib/pinyin.ts';
import { termsOf } from '../../lib/terms.ts';
import type { Tx } from '../../store/store.ts';
import {
  branchesOf,
  caresFor,
  getUnit,
  isBranch,
  type Unit,
  units,
  unitsAbove,
  unitsOfKind,
} from './model.ts';

/** Units whose name begins alike and whose place in the tree is looked at. */
const ALIKE = 300;
/** No unit is called by more. */
const MOST_WORDS = 100;
/** The few units above the townships. */
const TOP = ['city', 'lead', 'responsible', 'county'] as const;
const AT_TOP: ReadonlySet<string> = new Set(TOP);

/** Branches in the care of a unit for these words, at most `most`; without words the first ones. */
export async function searchBranches(
  tx: Tx,
  unit: Unit,
  words: string,
  most: number,
): Promise<readonly Unit[]> {
  if (words.trim() === '') return branchesOf(tx, unit, most);
  return searchUnits(tx, words, most, async (found) => isBranch(found) && caresFor(tx, unit, found));
}

/** Units for these words, best first, at most `most`; without words those at the top of the tree. */
export async function searchUnits(
  tx: Tx,
  words: string,
  most: number,
  fits: (unit: Unit) => Promise<boolean> = async () => true,
): Promise<readonly Unit[]> {
  if (words.length > MOST_WORDS) return [];
  const parts = words.split(/\s+/).filter(Boolean);
  const last = parts.pop() ?? '';
  // Departments are few, and nobody begins their names with 市委.
  const top = await unitsOfKind(tx, TOP);
  if (last === '') return top.slice(0, most);
  const range = { gte: last, lt: `${last}\uffff` };
  const begin = inNameOrder((await tx.table(units).find({ order: 'name', range, limit: ALIKE })).rows);
  const within = (name: string) => name.includes(last) && !name.startsWith(last);
  const all = [
    ...begin,
    ...top.filter(({ name }) => within(name)),
    ...(await unitsLike(tx, last, ({ kind, name }) => !AT_TOP.has(kind) && within(name))),
  ];
  const found: Unit[] = [];
  for (const unit of all) {
    if (found.length >= most) break;
    const above = parts.length > 0 ? (await unitsAbove(tx, unit)).map(({ name }) => name) : [];
    if (parts.every((part) => above.some((name) => name.includes(part))) && (await fits(unit)))
      found.push(unit);
  }
  return found;
}

/** Units by the terms of what was typed: first letters of their pinyin, or some of the characters of their names. */
async function unitsLike(tx: Tx, typed: string, within: (unit: Unit) => boolean): Promise<readonly Unit[]> {
  const letters = initialMatch(typed);
  const match = letters ?? [...termsOf(typed)].map((term) => [term]);
  if (match.length === 0) return [];
  const { rows } = await tx.table(units).find({ match, order: 'name', limit: ALIKE });
  return inNameOrder(rows.filter((unit) => (letters ? hasInitials(unit.name, typed) : within(unit))));
}

/** A unit as people tell it from others of its name: `柳湾村党支部（石桥镇党委）`. */
export async function placedName(tx: Tx, { name, kind, parent }: Unit): Promise<string> {
  const placed = kind === 'township' || kind === 'village' || kind === 'community';
  return placed && parent ? `${name}（${(await getUnit(tx, parent)).name}）` : name;
}

/** The one unit that is meant by an id, a name, a name with the unit above, or the beginning of exactly one name. */
export async function meantUnit(tx: Tx, words: string): Promise<Unit | undefined> {
  const byId = await tx.table(units).get(words);
  if (byId || words.trim() === '') return byId;
  const [, inner, outer = ''] = /^(.+?)[（(](.+)[）)]$/.exec(words.trim()) ?? [];
  const found = await searchUnits(tx, inner ? `${outer} ${inner}` : words, ALIKE);
  const exact = found.filter(({ name }) => name === (inner ?? words.trim().split(/\s+/).at(-1)));
  // The beginning of a name says more than a part of it.
  const begun = found.filter(({ name }) => name.startsWith(inner ?? words.trim().split(/\s+/).at(-1) ?? ''));
  const one = [exact, begun, found].find((some) => some.length > 0) ?? [];
  return one.length === 1 ? one[0] : undefined;
}
