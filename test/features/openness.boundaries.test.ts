/** The map on the board: boundaries that the city gives with the number of their approval, and tiles without. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundaries } from '../../src/features/openness/boundaries.ts';
import { loadBoundaries } from '../../src/features/openness/index.ts';
import { outlineOf } from '../../src/features/openness/outline.ts';
import type { Log } from '../../src/lib/log.ts';
import { createKit, type Kit, seeded } from '../kit.ts';
import { ANYBODY, APPROVAL, area, look, map, type Point, square } from './board.ts';

const TODAY = '2026-11-23';
const COUNTIES = { qingshan: '青山县', linxi: '临溪县', yunling: '云岭县', minghu: '明湖区' };

let kit: Kit;
let folder: string;
beforeAll(async () => {
  kit = await createKit({ day: TODAY });
  folder = await mkdtemp(join(tmpdir(), 'huishang-'));
});
afterAll(async () => {
  await kit.end();
  await rm(folder, { recursive: true });
});

const CITY = [
  area({ code: 'qingshan', name: 'whatever' }, square(113, 33)),
  area({ name: '临溪县' }, square(113.4, 33), square(113.5, 33.1, 0.1)),
  {
    ...{ type: 'Feature', properties: { code: 411723, name: '云岭县委' } },
    geometry: { type: 'MultiPolygon', coordinates: [[square(113, 33.4)], [square(113.9, 33.5, 0.02)]] },
  },
];

/** What a server says that starts with this file; without one when it is undefined. */
async function start(file: unknown): Promise<string> {
  const path = join(folder, 'boundaries.geojson');
  if (file === undefined) await rm(path, { force: true });
  else await writeFile(path, typeof file === 'string' ? file : JSON.stringify(file));
  const said: string[] = [];
  const note = (what: unknown, words: unknown) => {
    const { err, ...more } = what as { err?: Error };
    said.push([words, JSON.stringify(more), err?.message ?? ''].join(' '));
  };
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Log;
  await loadBoundaries(kit.store, folder, log);
  return said.join('\n');
}

const svgOf = (html: string, name: string) =>
  new RegExp(`<svg class="${name}".*?</svg>`, 's').exec(html)?.[0] ?? '';
const tilesOf = (html: string) =>
  [...svgOf(html, 'tiles').matchAll(/>([^<>]*[县区])</g)].map(([, name]) => name);
const tilesAlone = async () => {
  const { html } = await look(kit);
  expect(svgOf(html, 'map')).toBe('');
  expect(html).not.toContain('审图号');
  expect(tilesOf(html).sort()).toEqual(Object.values(COUNTIES).sort());
};
const kilobytes = (html: string) =>
  (html.match(/<svg.*?<\/svg>/gs) ?? []).reduce((sum, svg) => sum + Buffer.byteLength(svg), 0) / 1024;

describe('a map of the city', () => {
  it('is drawn with its approval, every county a link; who has no boundary stays a tile, strangers are named', async () => {
    const said = await start(
      map(
        [
          ...CITY,
          area({ name: '<script>alert(1)</script>' }, square(113.4, 33.4)),
          {
            type: 'Feature',
            properties: { name: '政府驻地' },
            geometry: { type: 'Point', coordinates: [113, 33] },
          },
          { type: 'Feature', properties: null, geometry: null },
        ],
        `审图号：${APPROVAL}`,
      ),
    );
    for (const words of ['alert(1)', '政府驻地', '第6个', '"drawn":3', APPROVAL])
      expect(said).toContain(words);

    const { html, rows } = await look(kit, '', 'q=2026-Q4');
    const drawn = svgOf(html, 'map');
    const links = [...drawn.matchAll(/<a href="([^"]*)" aria-label="([^"]*)"><path class="edge"/g)];
    expect(links.map(([, href]) => href)).toEqual(
      ['qingshan', 'linxi', 'yunling'].map((id) => `board/${id}?q=2026-Q4`),
    );
    // The figures are those of the table beside it.
    for (const [, , words = ''] of links) {
      const [name, share] = words.split(' ');
      const [, branches, , , , ...three] = rows('stars').find(([first]) => first === name) ?? [];
      expect(share).toBe(
        `${((three.reduce((sum, n) => sum + Number(n), 0) / Number(branches)) * 100).toFixed(1)}%`,
      );
      expect(drawn).toContain(`<title>${words}</title>`);
    }
    // A hole, and an island.
    for (const place of ['临溪县', '云岭县'])
      expect(
        new RegExp(`aria-label="${place}[^>]*><path[^>]* d="([^"]*)"`).exec(drawn)?.[1]?.match(/M/g),
      ).toHaveLength(2);
    expect(tilesOf(html)).toEqual(['明湖区']);
    expect(html).toContain(`审图号：${APPROVAL}`);
    expect(html).not.toMatch(/<script|alert|whatever|政府驻地/);
    expect(html).not.toMatch(/ style=/);
    await start(map(CITY, `<b>${APPROVAL}`));
    expect((await look(kit)).html).toContain(`审图号：&lt;b>${APPROVAL}<`);
    // Where no county has a number that anybody may see, there is nothing to draw.
    expect((await look(kit, '', '', ANYBODY)).html).not.toContain('<svg class="map"');
  });

  it('goes down to the townships of a county, if they are given', async () => {
    await start(
      map([
        ...CITY,
        area({ name: '石桥镇' }, square(113, 33, 0.1)),
        area({ code: 'qingshan-baita' }, square(113.1, 33, 0.1)),
      ]),
    );
    const { html } = await look(kit, 'qingshan');
    expect([...svgOf(html, 'map').matchAll(/<a href="([^"]*)\?/g)].map(([, href]) => href)).toEqual([
      './qingshan-shiqiao',
      './qingshan-baita',
    ]);
    expect(html).toContain('各乡镇（街道）三星以上的比例');
    expect(svgOf(html, 'tiles')).toContain('柳河镇');
    const other = await look(kit, 'linxi');
    expect(svgOf(other.html, 'map') + svgOf(other.html, 'tiles')).toBe('');
    // The same file once more changes nothing; without it all of them are gone.
    const revs = () =>
      kit.store.read(async (tx) =>
        (await tx.table(boundaries).find({ limit: 9 })).rows.map(({ rev }) => rev),
      );
    const before = await revs();
    expect(before).toHaveLength(2);
    expect(svgOf((await look(kit)).html, 'map')).not.toBe('');
    await start(
      map([
        ...CITY,
        area({ name: '石桥镇' }, square(113, 33, 0.1)),
        area({ code: 'qingshan-baita' }, square(113.1, 33, 0.1)),
      ]),
    );
    expect(await revs()).toEqual(before);
    expect(await start(undefined)).toContain('没有 boundaries.geojson');
    await tilesAlone();
  });

  it.each([
    ['no approval', map(CITY, null), '边界没有审图号'],
    ['an empty approval', map(CITY, ' 审图号： '), '边界没有审图号'],
    ['an approval that is none', map(CITY, '待批'), '应像“豫S〔2026〕012号”'],
    ['an approval with markup over many lines', map(CITY, `<b>\n${'1'.repeat(80)}号`), '应像'],
    ['half a file', JSON.stringify(map(CITY)).slice(0, -9), '不是 JSON'],
    ['nothing', '', '不是 JSON'],
    ['brackets without an end', '['.repeat(200_000), '不是 JSON'],
    ['a feature alone', CITY[0], '错在 type'],
    ['no features', map([]), '错在 features'],
    ['metres', map([area({ code: 'qingshan' }, square(38_400_000, 3_650_000, 9_000))]), '经纬度的 GeoJSON'],
    ['latitude first', map([area({ code: 'qingshan' }, square(33, 113))]), '错在 features.0.geometry'],
    [
      'a ring of two points',
      map([
        area({ code: 'qingshan' }, [
          [113, 33],
          [114, 33],
        ]),
      ]),
      '错在 features.0',
    ],
    ['too much', `${' '.repeat(10 * 2 ** 20)}{}`, '最多10MB'],
  ])('stays tiles with %s, which is said in a sentence', async (_what, file, why) => {
    await start(map(CITY));
    const said = await start(file);
    expect(said).toContain(why);
    expect(said).toContain('看板仍用方格图');
    await tilesAlone();
  });

  it('stays tiles where nothing can be drawn or nothing is ours', async () => {
    const point = [
      [113, 33],
      [113, 33],
      [113, 33],
      [113, 33],
    ] as Point[];
    expect(await start(map([area({ code: 'qingshan' }, point)]))).toContain('"drawn":0');
    await tilesAlone();
    expect(await start(map([area({ name: '别处的县' }, square(10, 10))]))).toContain('别处的县');
    await tilesAlone();
  });
});

/** A coast of `n` points around a middle, as ragged as it gets. */
function ragged(seed: number, n: number, [x, y]: Point): Point[] {
  const random = seeded(seed);
  const ring = Array.from({ length: n }, (_, i): Point => {
    const [turn, far] = [(i / n) * 2 * Math.PI, 0.1 + random(1_000) / 10_000];
    return [x + far * Math.cos(turn), y + far * Math.sin(turn)];
  });
  return [...ring, ring[0] as Point];
}

describe('the size of a map', () => {
  it('is bounded, however many points and areas there are', () => {
    fc.assert(
      fc.property(
        fc.record({ seed: fc.nat(), points: fc.nat(2_000), areas: fc.integer({ min: 1, max: 60 }) }),
        ({ seed, points, areas }) => {
          const all = Array.from({ length: areas }, (_, i) => ({
            ...{
              unit: `u${i}`,
              polygons: [[ragged(seed + i, points + 3, [113 + (i % 8) * 0.2, 33 + Math.floor(i / 8) * 0.2])]],
            },
          }));
          const { shapes, box } = outlineOf(all);
          expect(shapes.reduce((sum, { d }) => sum + d.length, 0)).toBeLessThan(60_000);
          expect(box).toMatch(/^[\d. -]+$/);
          for (const { d } of shapes) expect(d).toMatch(/^[MLZ\d.,-]+$/);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('keeps the page within 150 KB for a file of nearly 10 MB', async () => {
    const large = Object.keys(COUNTIES).map((code, i) =>
      area({ code }, ragged(i, 55_000, [113 + (i % 2) * 0.3, 33 + Math.floor(i / 2) * 0.3])),
    );
    const text = JSON.stringify(map(large));
    expect(text.length / 2 ** 20).toBeGreaterThan(7);
    expect(text.length / 2 ** 20).toBeLessThan(10);
    expect(await start(text)).toContain('"drawn":4');
    const { html } = await look(kit);
    expect(svgOf(html, 'map').length).toBeGreaterThan(5_000);
    expect(kilobytes(html)).toBeLessThan(150);
  });

  it('takes no line apart that two areas have in common', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 400 }), (seed, n) => {
        const random = seeded(seed);
        const border = Array.from({ length: n }, (_, i): Point => [113.5 + random(500) / 10_000, 33 + i / n]);
        const [first, last] = [border[0] as Point, border.at(-1) as Point];
        const [left, right] = outlineOf([
          { unit: 'left', polygons: [[[[113, 33], ...border, [113, 34], [113, 33]]]] },
          { unit: 'right', polygons: [[[[114, 33], [114, 34], ...border.toReversed(), [114, 33]]]] },
        ]).shapes.map(({ d }) => new Set(d.match(/[\d.-]+,[\d.-]+/g)));
        expect(last[1]).toBeGreaterThan(first[1]);
        // All points but the two corners of each.
        const own = (a = new Set<string>(), b = new Set<string>()) =>
          [...a].filter((point) => !b.has(point)).length;
        expect(own(left, right)).toBe(2);
        expect(own(right, left)).toBe(2);
      }),
      { numRuns: 20 },
    );
  });
});
