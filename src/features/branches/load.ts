/** Profiles and dated stars that a new city brings along: `branches.json` and `star_awards.json` of its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { CityPart } from '../members/index.ts';
import { isBranch, readRows } from '../orgs/index.ts';
import { awardRow, awards, industries, profileRow, profiles, starsOn } from './model.ts';

const PROFILES = 'branches.json';
const AWARDS = 'star_awards.json';

/** Both files may be missing. What a branch holds by its dated stars must be what units.json says. */
export const branchFiles: CityPart = async (folder, { units }) => {
  const read = async <T>(file: string, row: z.ZodType<T>) =>
    existsSync(join(folder, file)) ? readRows(folder, file, row) : [];
  const known = await read(PROFILES, profileRow);
  const given = (await read(AWARDS, awardRow.omit({ id: true }))).map((award) => ({
    ...award,
    id: `${award.branch}|${award.star}|${award.from}`,
  }));
  const branches = new Map(units.filter(isBranch).map((unit) => [unit.id, unit]));
  const codes = new Set(industries.map(({ code }) => code));
  const wrong = [
    ...known.filter(({ id }) => !branches.has(id)).map(({ id }) => `${PROFILES}: no such branch: ${id}`),
    ...known
      .filter((profile) => profile.industries.some((code) => !codes.has(code)))
      .map(({ id }) => `${PROFILES}: unknown industry of ${id}`),
    ...given
      .filter(({ branch }) => !branches.has(branch))
      .map(({ branch }) => `${AWARDS}: no such branch: ${branch}`),
  ];
  for (const id of new Set(given.map(({ branch }) => branch))) {
    const now = starsOn(
      given.filter(({ branch }) => branch === id),
      '9999-12-31',
    );
    if ([...now].sort().join() !== [...(branches.get(id)?.stars ?? [])].sort().join())
      wrong.push(`${AWARDS}: ${id} holds other stars than units.json says`);
  }
  if (wrong.length > 0) throw new AppError('config', `${folder}: ${wrong.slice(0, 10).join('; ')}`);
  return async (tx) => {
    for (const profile of known) await tx.table(profiles).put(profile);
    for (const award of given) await tx.table(awards).put(award);
  };
};
