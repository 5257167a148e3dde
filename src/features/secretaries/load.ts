/** What a new city knows of its secretaries: `secretaries.json` of its folder, which may be missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import type { CityPart } from '../members/index.ts';
import { isBranch, readRows } from '../orgs/index.ts';
import { idOf, secretaries, secretaryRow } from './model.ts';

const FILE = 'secretaries.json';
const fileRow = secretaryRow
  .pick({ branch: true, person: true, since: true, assessOn: true, trainings: true, honours: true })
  .partial({ since: true, assessOn: true, trainings: true, honours: true });

export const secretaryFiles: CityPart = async (folder, { units }) => {
  const rows = existsSync(join(folder, FILE)) ? await readRows(folder, FILE, fileRow) : [];
  const known = new Map(units.map((unit) => [unit.id, unit]));
  const lost = rows.filter(({ branch }) => !isBranch(known.get(branch) ?? { kind: 'city' }));
  if (lost.length > 0)
    throw new AppError(
      'config',
      `${folder}/${FILE}: no such branch: ${lost.map(({ branch }) => branch).join(', ')}`,
    );
  return async (tx) => {
    for (const { branch, person, since = null, assessOn = null, trainings = [], honours = [] } of rows) {
      const township = known.get(branch)?.parent ?? '';
      await tx.table(secretaries).put({
        ...{ id: idOf(branch, person), branch, township, county: known.get(township)?.parent ?? '', person },
        ...{ since, assessOn, trainings, honours },
        ...{ assessment: null, review: null },
      });
    }
  };
};
