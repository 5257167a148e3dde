/** The board as a reader sees it: its words, its tables, its spreadsheet. */
import readXlsx from 'read-excel-file/node';
import type { Kit } from '../kit.ts';

/** Who looks: somebody of the programme, one whom nobody asked for a name (null), anybody at all. */
export const ANYBODY = Symbol('anybody');
type Looker = string | null | typeof ANYBODY;

/** A page as its words, and one of its tables by the id of its heading; undefined where there is none. */
export async function lookAt(kit: Kit, path = '', query = '', person: Looker = null) {
  const asked = { path, query: new URLSearchParams(query) };
  const made = await kit.bot.page('board', { ...asked, person: person === ANYBODY ? undefined : person });
  if (!made) return undefined;
  const html = String(made.body);
  const rows = (id: string) => {
    const part = html.slice(html.indexOf(`<h2 id="${id}"`));
    const body = /<tbody>(.*?)<\/tbody>/s.exec(part)?.[1] ?? '';
    return body
      .split('</tr>')
      .map((row) =>
        [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
          cell.replace(/<[^>]*>/g, ''),
        ),
      )
      .filter((cells) => cells.length > 0);
  };
  const href = (words: string) =>
    new RegExp(`<a href="([^"]*)">${words}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&');
  return { html, words: html.replace(/<[^>]*>/g, ' '), rows, href };
}

/** The same where there has to be one. */
export async function look(kit: Kit, path = '', query = '', person: Looker = null) {
  const found = await lookAt(kit, path, query, person);
  if (!found) throw new Error(`there is no page ${path}?${query}`);
  return found;
}

/** One sheet of the spreadsheet of a unit, without its heading. */
export async function sheet(kit: Kit, name: string, unit = 'zzb') {
  const asked = { path: `${unit}.xlsx`, query: new URLSearchParams(), person: null };
  const made = await kit.bot.page('board', asked);
  const sheets = await readXlsx(Buffer.from(made?.body as Uint8Array));
  return (sheets.find((one) => one.sheet === name)?.data ?? [])
    .slice(3)
    .map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
}

export const APPROVAL = '豫S〔2026〕012号';
export type Point = [number, number];
export const square = (x: number, y: number, size = 0.4): Point[] => [
  ...([
    [x, y],
    [x, y + size],
    [x + size, y + size],
    [x + size, y],
  ] as Point[]),
  [x, y],
];
export const area = (properties: unknown, ...rings: Point[][]) => ({
  ...{ type: 'Feature', properties },
  geometry: { type: 'Polygon', coordinates: rings },
});
/** Boundaries as a city gives them. */
export const map = (features: readonly unknown[], approval: unknown = APPROVAL) => ({
  ...{ type: 'FeatureCollection', approval, features },
});
