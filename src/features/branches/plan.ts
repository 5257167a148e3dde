/** What a sheet of profiles would change, row by row; an empty cell leaves what is known. A row with a problem is left out. */
import type { World } from '../../bot/world.ts';
import { isBranch, isWithin, meantUnit, type Unit } from '../orgs/index.ts';
import { industries, MOST_INDUSTRIES, type Profile, profiles } from './model.ts';
import type { ProfileSheetRow } from './sheet.ts';

/** What part of a sheet comes to. */
export interface ProfilePlan {
  readonly changes: readonly (Profile & { readonly rev?: number })[];
  readonly same: number;
  readonly problems: readonly { readonly line: number; readonly text: string }[];
}

/** Look at some rows for the unit that sent them; nothing is written. `seen` remembers branches over all parts. */
export async function planProfiles(
  world: World,
  rows: readonly ProfileSheetRow[],
  sender: Unit,
  seen: Map<string, number>,
): Promise<ProfilePlan> {
  const changes: (Profile & { readonly rev?: number })[] = [];
  const problems: { line: number; text: string }[] = [];
  let same = 0;
  for (const row of rows) {
    const found = await planRow(world, row, sender, seen);
    if (typeof found === 'string') problems.push({ line: row.line, text: `${row.branch}：${found}` });
    else if (found) changes.push(found);
    else same += 1;
  }
  return { changes, same, problems };
}

/** The profile as it would be, undefined when it is so already, or what is wrong. */
async function planRow({ tx, today }: World, row: ProfileSheetRow, sender: Unit, seen: Map<string, number>) {
  if (row.branch === '') return '没有写支部';
  const unit = await meantUnit(tx, row.township ? `${row.branch}（${row.township}）` : row.branch);
  if (!unit || !isBranch(unit)) return '没认出是哪个支部，请写全称；有同名的，再写上乡镇';
  if (sender.kind !== 'city' && !(await isWithin(tx, unit, sender.id))) return '不归您单位管';
  const before = seen.get(unit.id);
  if (before !== undefined) return `和第${before}行是同一个支部`;
  seen.set(unit.id, row.line);
  const read = readFields(row);
  if (typeof read === 'string') return read;
  const known = await tx.table(profiles).get(unit.id);
  const empty = { lng: null, lat: null, industries: [], households: null, income: [] };
  const income = new Map([...(known?.income ?? []), ...read.income].map((one) => [one.year, one]));
  const now = {
    ...(known ?? { id: unit.id, ...empty, on: '', by: '' }),
    ...read.fields,
    income: [...income.values()].sort((a, b) => b.year - a.year),
  };
  if (known && JSON.stringify(now) === JSON.stringify(known)) return undefined;
  return { ...now, on: today, by: sender.id };
}

function readFields(row: ProfileSheetRow) {
  const [lng, lat] = [numberOf(row.lng), numberOf(row.lat)];
  if ((row.lng === '') !== (row.lat === '')) return '经度和纬度要一起写';
  if (
    row.lng !== '' &&
    !(lng !== undefined && lat !== undefined && Math.abs(lng) <= 180 && Math.abs(lat) <= 90)
  )
    return '经度纬度不对，请写成 113.62 和 34.75 这样的度数';
  const named = row.industries.split(/[、,，;；/\s]+/).filter(Boolean);
  const codes = named.map(
    (word) => industries.find(({ code, name }) => code === word || name === word)?.code,
  );
  const unknown = named[codes.indexOf(undefined)];
  if (unknown !== undefined)
    return `没有“${unknown}”这类产业，请写：${industries.map(({ name }) => name).join('、')}`;
  if (named.length > MOST_INDUSTRIES) return `产业最多写${MOST_INDUSTRIES}类`;
  const households = numberOf(row.households);
  if (row.households !== '' && !(households !== undefined && Number.isInteger(households) && households >= 0))
    return `户数“${row.households}”不是整数`;
  const income = [];
  for (const { year, amount: typed, yuan } of row.income) {
    const amount = numberOf(typed);
    if (amount === undefined) return `${year}年收入“${typed}”不是数字`;
    income.push({ year, amount: yuan ? amount / 10_000 : amount, source: row.source });
  }
  const fields: Partial<Profile> = {
    ...(row.lng !== '' && { lng: lng ?? null, lat: lat ?? null }),
    ...(named.length > 0 && { industries: codes.flatMap((code) => code ?? []) }),
    ...(households !== undefined && { households }),
  };
  return { fields, income };
}

function numberOf(typed: string): number | undefined {
  const plain = typed.replace(/[,，\s]/g, '');
  return /^-?\d{1,9}(?:\.\d{1,9})?$/.test(plain) ? Number(plain) : undefined;
}
