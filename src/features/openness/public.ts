/**
 * What anybody may see: counts of the city and its counties, no number below five, no names, the present quarter alone. A
 * number that could be computed from those around it, in whatever table they stand, is hidden, too.
 */
import { type Cell, STAR_COLUMNS } from './figures.ts';
import { HIDDEN, type Line, type Report, type Table } from './shape.ts';
import { type Sum, shield } from './shield.ts';

export const LEAST = 5;
const RULE = `不足${LEAST}的数，和能从别的数推算出它的数，写“${HIDDEN}”。`;

/**
 * Of the city with its counties; undefined for every other unit, because numbers of two pages could be taken from each
 * other.
 */
export function publicReport(report: Report): Report | undefined {
  if (report.unit.kind !== 'city') return undefined;
  const book = createBook();
  const shown = report.tables.flatMap((table) => {
    const add = ADD[table.id];
    return add ? [add(book, table)] : [];
  });
  const hidden = shield(book.cells, book.sums, LEAST);
  const tables = shown.map((table): Table => {
    const lines = table.lines.map(({ places, ...line }): Line => {
      const isHidden = (place: number | undefined) => place !== undefined && hidden[place];
      return { ...line, cells: line.cells.map((cell, i) => (isHidden(places[i]) ? HIDDEN : cell)) };
    });
    return { ...table, rule: `${table.rule}${RULE}`, lines };
  });
  return { ...report, tables, whole: [], headline: [], goals: [] };
}

/** All numbers that are shown, by place, and how they hang together. */
interface Book {
  readonly cells: number[];
  readonly sums: Sum[];
  /** Places of the sums of the columns of the first table. */
  readonly totals: number[];
  put(value: number): number;
}

function createBook(): Book {
  const cells: number[] = [];
  return { cells, sums: [], totals: [], put: (value) => cells.push(value) - 1 };
}

/** A line with the place of each of its cells; a cell without one is shown as it is. */
type Placed = Omit<Table, 'lines'> & {
  readonly lines: readonly (Line & { readonly places: readonly (number | undefined)[] })[];
};

const once = (cells: readonly number[]) => cells.map((cell) => [cell, 1] as const);
const isNumber = (cell: Cell) => typeof cell === 'number';

/** Numbers in lines, the last of which sums up the others. */
function place(book: Book, table: Table): Placed {
  const lines = table.lines.map((line) => ({
    ...line,
    places: line.cells.map((cell) => (isNumber(cell) ? book.put(Number(cell)) : undefined)),
  }));
  if (table.total && lines.length > 1)
    for (const [c, whole] of (lines.at(-1)?.places ?? []).entries()) {
      const parts = lines.slice(0, -1).flatMap(({ places }) => places[c] ?? []);
      if (whole !== undefined && parts.length === lines.length - 1)
        book.sums.push({ whole, parts: once(parts) });
    }
  return { ...table, lines };
}

/** The same where the first number of a line is the sum of those after it. */
function placeRows(book: Book, table: Table): Placed {
  const placed = place(book, table);
  for (const { places } of placed.lines) {
    const [whole, ...parts] = places.flatMap((at) => at ?? []);
    if (whole !== undefined && parts.length > 0) book.sums.push({ whole, parts: once(parts) });
  }
  return placed;
}

/** Only these columns. */
function narrow(table: Table, columns: readonly string[]): Table {
  const at = columns.map((title) => table.columns.indexOf(title));
  const lines = table.lines.map((line) => ({
    ...line,
    cells: at.map((i) => line.cells[i] ?? ''),
    keys: at.map((i) => line.keys?.[i] ?? ''),
  }));
  return { ...table, columns, lines };
}

const ADD: Partial<Record<Table['id'], (book: Book, table: Table) => Placed>> = {
  stars(book, table) {
    const placed = placeRows(book, table);
    book.totals.push(...(placed.lines.at(-1)?.places.flatMap((at) => at ?? []) ?? []));
    return placed;
  },
  /** Who holds a star and who does not are all that can; and all stars together are those of all branches. */
  holders(book, table) {
    const holders: number[] = [];
    const lines = table.lines.map((line) => {
      const [holds = 0, can = 0] = line.cells.map(Number);
      const [held, whole, rest] = [book.put(holds), book.put(can), book.put(can - holds)];
      book.sums.push({ whole, parts: once([held, rest]) });
      holders.push(held);
      return { ...line, places: [held, whole, held] };
    });
    const [first, ...others] = holders;
    const stars = book.totals.slice(-STAR_COLUMNS.length).map((cell, n) => [cell, n] as const);
    const minus = others.map((cell) => [cell, -1] as const);
    if (first !== undefined) book.sums.push({ whole: first, parts: [...stars.slice(1), ...minus] });
    return { ...table, lines };
  },
  /** Open and closed only: colours and verdicts are parts of these and small in most places. */
  issues: (book, table) => place(book, narrow(table, ['没办完', '销号'])),
  /** Those on the list are in one of two states; what moved in the quarter is a few nearly everywhere. */
  weak(book, table) {
    const placed = place(book, narrow(table, ['现在']));
    const [listed, active, settling] = placed.lines.flatMap(({ places: [at] }) => at ?? []);
    if (listed !== undefined && active !== undefined && settling !== undefined)
      book.sums.push({ whole: listed, parts: once([active, settling]) });
    return placed;
  },
  /** How people were sent and by whom, and all of them. */
  help(book, table) {
    const placed = place(book, table);
    const wholes = placed.lines.slice(0, -1).flatMap(({ places }) => {
      const [whole, ...parts] = places.flatMap((at) => at ?? []).reverse();
      if (whole !== undefined && parts.length > 0) book.sums.push({ whole, parts: once(parts) });
      return whole ?? [];
    });
    const all = wholes.pop();
    if (all !== undefined && wholes.length > 0) book.sums.push({ whole: all, parts: once(wholes) });
    return placed;
  },
  tasks: (book, table) => placeRows(book, narrow(table, ['要报', '按时', '迟报', '没报'])),
  meetings: (_book, table) => ({ ...table, lines: table.lines.map((line) => ({ ...line, places: [] })) }),
};
