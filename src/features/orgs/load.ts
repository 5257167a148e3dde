/** Loads a city from a folder (units.json, members.json, stars.json) into an empty store. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { wellFormed } from '../../lib/text.ts';
import { starRow, unitRow } from './model.ts';

/** Read one JSON file of rows. @throws AppError `config` that names file, row and field */
export async function readRows<T>(folder: string, file: string, row: z.ZodType<T>): Promise<readonly T[]> {
  const path = join(folder, file);
  let json: unknown;
  try {
    json = wellFormed(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why =
      cause instanceof SyntaxError ? 'cannot be read as JSON' : 'cannot be read: is CITY_DATA right?';
    throw new AppError('config', `${path} ${why}`, { cause });
  }
  const parsed = z.array(row).safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 10)
    .map(({ path: at, message }) => `row ${at.join('.')}: ${message}`);
  throw new AppError('config', `${path}: ${problems.join('; ')}`);
}

/** The tree and the stars of a folder, checked: every parent and every lead exists. */
export async function readTree(folder: string) {
  const units = await readRows(folder, 'units.json', unitRow);
  const stars = await readRows(folder, 'stars.json', starRow);
  if (units.length === 0) throw new AppError('config', `${folder}/units.json: there is no unit in it`);
  const ids = new Set(units.map(({ id }) => id));
  const lost = [
    ...units.filter(({ parent }) => parent !== null && !ids.has(parent)).map((u) => `parent of ${u.id}`),
    ...stars.filter(({ lead }) => !ids.has(lead)).map((s) => `lead of ${s.id}`),
  ];
  if (ids.size !== units.length) lost.push('two units share an id');
  if (lost.length > 0)
    throw new AppError('config', `${folder}: no such unit: ${lost.slice(0, 10).join(', ')}`);
  return { units, stars };
}
