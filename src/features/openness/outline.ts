/**
 * Areas on the globe as paths of a picture, small enough for a page: points lie on a grid, which is as coarse as it has to
 * be. What two areas have in common stays common, for each point goes to its place on the grid by itself. Pure.
 */
import { geoMercator, geoPath } from 'd3-geo';
import { z } from 'zod';

type Point = [lng: number, lat: number];
type Ring = Point[];
/** The outer ring first. */
export type Polygon = Ring[];

export interface Area {
  readonly unit: string;
  readonly polygons: readonly Polygon[];
}

/** An area as it is drawn, and kept. */
export const shapeRow = z.object({
  unit: z.string(),
  /** Of an SVG path. */
  d: z.string(),
  /** The middle of its largest part, and how much room is there. */
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});
export type Shape = z.infer<typeof shapeRow>;

export interface Outline {
  /** `viewBox` of the picture. */
  readonly box: string;
  readonly shapes: readonly Shape[];
}

const WIDTH = 400;
const MOST_HEIGHT = 480;
const MARGIN = 2;
/** Of all paths and what stands around each: with the other charts a page of the board keeps to 150 KB of pictures. */
const MOST_BYTES = 60_000;
const AROUND = 300;
/** The finest grid: nobody sees less than half a pixel. */
const FINEST = 0.5;
/** More than a grid has. */
const ROWS = 10_000;

/** Areas without any point that can be drawn are left out. */
export function outlineOf(areas: readonly Area[]): Outline {
  const coordinates = areas.flatMap(({ polygons }) => polygons.flat(2));
  // By their points alone: rings of any direction are fine.
  const project = geoMercator().fitExtent(
    [
      [MARGIN, MARGIN],
      [WIDTH - MARGIN, MOST_HEIGHT - MARGIN],
    ],
    { type: 'MultiPoint', coordinates },
  );
  const placed = areas.map(({ unit, polygons }) => ({
    unit,
    polygons: polygons.map((rings) =>
      rings.map((ring) => ring.map((point): Point => project(point) ?? point)),
    ),
  }));
  for (let grid = FINEST; ; grid *= 2) {
    const shapes = placed.flatMap(({ unit, polygons }) => shapeOf(unit, polygons, grid));
    const bytes = shapes.reduce((sum, { d }) => sum + d.length + AROUND, 0);
    if (bytes <= MOST_BYTES) return { shapes, box: boxOf(placed.flatMap(({ polygons }) => polygons)) };
  }
}

const planar = geoPath().digits(1);
const round = (value: number) => Math.round(value * 10) / 10;

function boxOf(coordinates: Polygon[]): string {
  const [[left, top], [right, bottom]] = planar.bounds({ type: 'MultiPolygon', coordinates });
  return [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN]
    .map(round)
    .join(' ');
}

function shapeOf(unit: string, polygons: readonly Polygon[], grid: number): readonly Shape[] {
  const snapped = polygons.flatMap((rings) => {
    const [outer, ...holes] = rings.map((ring) => onGrid(ring, grid));
    return outer && outer.length > 0 ? [[outer, ...holes.filter(({ length }) => length > 0)]] : [];
  });
  const d = planar({ type: 'MultiPolygon', coordinates: snapped });
  const [largest] = snapped
    .map(([outer = []]) => ({ type: 'Polygon' as const, coordinates: [outer] }))
    .sort((a, b) => planar.area(b) - planar.area(a));
  if (!d || !largest) return [];
  const [x, y] = planar.centroid(largest).map(round);
  const [[left, top], [right, bottom]] = planar.bounds(largest);
  return [{ unit, d, x: x ?? 0, y: y ?? 0, width: round(right - left), height: round(bottom - top) }];
}

/** Each place on the grid once, however often the ring comes there, closed; none where nothing is left that has an inside. */
function onGrid(ring: Ring, grid: number): Ring {
  const places = new Map<number, Point>();
  for (const [x, y] of ring) {
    const [column, row] = [Math.round(x / grid), Math.round(y / grid)];
    const place = column * ROWS + row;
    if (!places.has(place)) places.set(place, [column * grid, row * grid]);
  }
  const points = [...places.values(), ...[...places.values()].slice(0, 1)];
  return points.length > 3 && planar.area({ type: 'Polygon', coordinates: [points] }) > 0 ? points : [];
}
