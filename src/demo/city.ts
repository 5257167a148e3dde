/** Who is who in the demo city, for those who write its past; and what each chapter of that past is given. */
import { join } from 'node:path';
import type { z } from 'zod';
import { memberFile } from '../features/members/index.ts';
import { isBranch, readRows, readTree } from '../features/orgs/index.ts';
import type { Calendar } from './calendar.ts';
import type { Act } from './stage.ts';

/** One chapter of the past: what is done, in any order. */
export type Chapter = (setting: Setting) => Promise<readonly Act[]>;

export interface Setting {
  readonly calendar: Calendar;
  readonly city: Cast;
  /** The rows of a file in the folder `history` of the city. */
  rows<T>(file: string, row: z.ZodType<T>): Promise<readonly T[]>;
  /** A file of that folder as it is. */
  path(file: string): string;
}

export interface Cast {
  readonly organiser: string;
  nameOf(unit: string): string;
  parentOf(unit: string): string;
  /** In the order of their file. */
  readonly stars: readonly { readonly id: string; readonly name: string; readonly lead: string }[];
  /** The unit that leads a star. */
  leadOf(star: string): string;
  /** All branches below a unit. */
  branchesBelow(unit: string): readonly string[];
  /** The responsible units of a star. */
  workingFor(star: string): readonly string[];
  /** Somebody of a unit; `pick`, from 0 to 1, says who of several, the head first. */
  personOf(unit: string, pick?: number): string;
}

export async function createCast(folder: string): Promise<Cast> {
  const { units, stars } = await readTree(folder);
  const people = await readRows(folder, 'members.json', memberFile);
  const known = new Map(units.map((unit) => [unit.id, unit]));
  const unitOf = (id: string) => found(known.get(id), id);
  const branchesBelow = (id: string): readonly string[] =>
    units.flatMap((unit) => {
      if (unit.parent !== id) return [];
      return isBranch(unit) ? [unit.id] : branchesBelow(unit.id);
    });
  return {
    stars,
    organiser: found(
      units.find(({ kind }) => kind === 'city'),
      'city',
    ).id,
    nameOf: (id) => unitOf(id).name,
    parentOf: (id) => found(unitOf(id).parent, `above ${id}`),
    leadOf: (star) =>
      found(
        stars.find(({ id }) => id === star),
        star,
      ).lead,
    branchesBelow,
    workingFor: (star) =>
      units
        .filter(({ kind, stars: own }) => kind === 'responsible' && own.includes(star))
        .map(({ id }) => id),
    personOf(unit, pick = 0) {
      const theirs = people.filter((person) => person.unit === unit);
      theirs.sort((a, b) => Number(b.role === 'head') - Number(a.role === 'head'));
      return found(theirs[Math.floor(pick * theirs.length)], `anybody of ${unit}`).id;
    },
  };
}

function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`the demo city has not ${what}`);
  return value;
}

export function createSetting(folder: string, calendar: Calendar, city: Cast): Setting {
  const history = join(folder, 'history');
  return {
    calendar,
    city,
    rows: (file, row) => readRows(history, file, row),
    path: (file) => join(history, file),
  };
}
