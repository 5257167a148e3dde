/**
 * Boundaries of counties and townships, as a city gives them: `boundaries.geojson` in the folder of its data, with the
 * number under which the map was approved. Looked at whenever a server starts; kept as they are drawn, for all servers.
 */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { shorten, wellFormed } from '../../lib/text.ts';
import { defineTable, type Store, type Tx } from '../../store/store.ts';
import { type Unit, units } from '../orgs/index.ts';
import { type Area, outlineOf, type Polygon, shapeRow } from './outline.ts';
import { placeOf } from './shape.ts';

const FILE = 'boundaries.geojson';
const MOST_MB = 10;
const MOST_FEATURES = 5_000;
/** Features that a line of the log names, and how much of each name. */
const NAMED = 20;
const NAME_CHARS = 40;
const APPROVAL_CHARS = 60;
/** Units whose names begin alike. */
const ALIKE = 50;

const boundariesRow = z.object({
  /** The unit whose parts they are: the city, or a county. */
  id: z.string(),
  /** 审图号 */
  approval: z.string(),
  box: z.string(),
  shapes: z.array(shapeRow),
});
export type Boundaries = z.infer<typeof boundariesRow>;
export const boundaries = defineTable<Boundaries>({
  name: 'boundaries',
  schema: boundariesRow,
  indexes: [{ on: [] }],
  keep: 'for ever: because it is one row for each county, as long as the city gives them',
});

/** Degrees. What is measured in metres, or written the other way round, is not. */
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-85).max(85)], z.unknown());
const polygon = z.array(z.array(position).min(4)).min(1);
const geometry = z.union([
  z.object({ type: z.literal('Polygon'), coordinates: polygon }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(polygon).min(1) }),
  // No areas: named with those that no unit is found for.
  z.object({ type: z.enum(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'GeometryCollection']) }),
]);
const word = z
  .union([z.string(), z.number()])
  .transform((value) => wellFormed(String(value)).trim())
  .catch('');
const feature = z.object({
  type: z.literal('Feature'),
  properties: z.object({ code: word, name: word }).nullish(),
  geometry: geometry.nullish(),
});
type Feature = z.infer<typeof feature>;
const collection = z.object({
  type: z.literal('FeatureCollection'),
  approval: z.unknown(),
  features: z.array(feature).min(1).max(MOST_FEATURES),
});

const unusable = (why: string, cause?: unknown) =>
  new AppError('config', `${why}，看板仍用方格图。`, { cause });

/** What the file says; undefined without one. @throws AppError that says what is wrong with it */
async function readBoundaries(folder: string) {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  let json: unknown;
  try {
    const { size } = await stat(path);
    if (size > MOST_MB * 2 ** 20)
      throw unusable(`${FILE} 有${Math.ceil(size / 2 ** 20)}MB，最多${MOST_MB}MB，请先简化边界`);
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw cause instanceof AppError ? cause : unusable(`${FILE} 读不出来，请检查是不是 JSON`, cause);
  }
  const parsed = collection.safeParse(json);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.');
    throw unusable(`${FILE} 不是经纬度的 GeoJSON（FeatureCollection，面）${at ? `，错在 ${at}` : ''}`);
  }
  return { features: parsed.data.features, approval: approvalIn(parsed.data.approval) };
}

/** The number of the approval as it is printed. */
function approvalIn(said: unknown): string {
  const text = typeof said === 'string' ? wellFormed(said).trim() : '';
  const number = text.replace(/^审图号\s*[:：]?\s*/, '');
  if (number === '') throw unusable(`边界没有审图号，请写在 ${FILE} 最外层的 approval 里`);
  if (number.length > APPROVAL_CHARS || !/^\S.*\d.*号$/.test(number))
    throw unusable(`边界的审图号应像“豫S〔2026〕012号”，请改 ${FILE} 最外层的 approval`);
  return number;
}

/** The county or township of a feature: the id in `code`, else the only one of that `name`, 青山县委 or 青山县. */
async function unitOf(tx: Tx, { properties }: Feature): Promise<Unit | undefined> {
  const { code = '', name = '' } = properties ?? {};
  const isPlace = ({ kind }: Unit) => kind === 'county' || kind === 'township';
  const known = code === '' ? undefined : await tx.table(units).get(code);
  if (known && isPlace(known)) return known;
  if (name === '') return undefined;
  const range = { gte: name, lt: `${name}\uffff` };
  const { rows } = await tx.table(units).find({ order: 'name', range, limit: ALIKE });
  const [only, ...others] = rows.filter(
    (unit) => isPlace(unit) && (unit.name === name || placeOf(unit) === name),
  );
  return others.length === 0 ? only : undefined;
}

const polygonsOf = (of: Feature['geometry']): readonly Polygon[] =>
  of && 'coordinates' in of
    ? (of.type === 'Polygon' ? [of.coordinates] : of.coordinates).map((rings) =>
        rings.map((ring) => ring.map(([lng, lat]) => [lng, lat])),
      )
    : [];

/** The areas by the unit whose parts they are; and the names of what belongs to no unit. */
async function areasOf(tx: Tx, features: readonly Feature[]) {
  const byParent = new Map<string, Map<string, Area>>();
  const strange: string[] = [];
  for (const [i, one] of features.entries()) {
    const polygons = polygonsOf(one.geometry);
    const unit = polygons.length > 0 ? await unitOf(tx, one) : undefined;
    if (!unit?.parent) {
      const { name, code } = one.properties ?? {};
      strange.push(shorten(name || code || `第${i + 1}个`, NAME_CHARS));
      continue;
    }
    const areas = byParent.get(unit.parent) ?? new Map<string, Area>();
    // A unit may lie in several places.
    const before = areas.get(unit.id)?.polygons ?? [];
    byParent.set(unit.parent, areas.set(unit.id, { unit: unit.id, polygons: [...before, ...polygons] }));
  }
  return { byParent, strange };
}

/** From now on these and no others. */
async function replace(store: Store, rows: readonly Boundaries[]): Promise<void> {
  await store.transaction(async (tx) => {
    const kept = tx.table(boundaries);
    const known = new Map((await kept.find({ limit: 1000 })).rows.map((row) => [row.id, row]));
    for (const row of rows) {
      const { rev, ...before } = known.get(row.id) ?? {};
      known.delete(row.id);
      if (!isDeepStrictEqual(before, row)) await kept.put({ ...row, ...(rev !== undefined && { rev }) });
    }
    for (const row of known.values()) await kept.delete(row);
  });
}

/** Take the boundaries of a city's folder; what cannot be used is said, and the board does without. */
export async function loadBoundaries(store: Store, folder: string, log: Log): Promise<void> {
  try {
    const found = await readBoundaries(folder);
    if (!found) {
      await replace(store, []);
      log.info({ reason: `没有 ${FILE}，看板用方格图。` }, 'the board shows tiles');
      return;
    }
    const { approval } = found;
    const { byParent, strange } = await store.read((tx) => areasOf(tx, found.features));
    const rows = [...byParent].flatMap(([id, areas]): Boundaries[] => {
      const { box, shapes } = outlineOf([...areas.values()]);
      return shapes.length > 0 ? [{ id, approval, box, shapes: [...shapes] }] : [];
    });
    await replace(store, rows);
    if (strange.length > 0)
      log.warn(
        { names: strange.slice(0, NAMED), count: strange.length },
        'boundaries of no county or township: neither code nor name is that of one, or it is no area',
      );
    log.info(
      { approval, drawn: rows.reduce((sum, { shapes }) => sum + shapes.length, 0) },
      'the board draws boundaries',
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await replace(store, []);
    log.warn({ err: error }, 'the board shows tiles');
  }
}
