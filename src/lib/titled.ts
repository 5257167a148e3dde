/** Tables that people send as .xlsx: columns are known by their titles, in whatever order, and rows come below. */
import { z } from 'zod';
import { cellText, columnTitle, LONGEST_CELL } from './cells.ts';
import { type Cell, readWorkbook, type SheetLimits } from './workbook.ts';

/** The row with the titles is looked for this far down: names of the table stand above it. */
const HEAD_WITHIN = 10;

/** What people call each column. */
type Columns<C extends string> = Readonly<Record<C, readonly string[]>>;

/** A row below the titles. */
interface TitledRow<C extends string> {
  /** As a person counts. */
  readonly line: number;
  /** What stands in each column; '' where there is no such column. */
  readonly words: Readonly<Record<C, string>>;
  /** The cell of a column as it is. */
  readonly cell: (column: C) => Cell;
  readonly cells: readonly Cell[];
}

/** A row as an operation takes it: its line, and the words of each column. */
export function titledRow<C extends string>(columns: Columns<C>) {
  const words = Object.keys(columns).map((column) => [column, z.string().max(LONGEST_CELL)]);
  return z.object({
    /** Of the row in the sheet, as a person counts. */
    line: z.number().int().positive(),
    ...(Object.fromEntries(words) as Record<C, z.ZodString>),
  });
}

/**
 * The first sheet of a file with a row of titles that is meant; undefined when there is none.
 * @throws AppError `invalid` when a sheet is larger than the limits
 */
export async function readTitled<C extends string>(
  bytes: Uint8Array,
  limits: SheetLimits,
  columns: Columns<C>,
  isMeant: (found: ReadonlySet<C | undefined>, titles: readonly string[]) => boolean,
): Promise<{ readonly titles: readonly Cell[]; readonly rows: readonly TitledRow<C>[] } | undefined> {
  const names = Object.keys(columns) as C[];
  const columnOf = (title: string) => names.find((name) => columns[name].includes(title));
  for (const data of (await readWorkbook(bytes, limits)) ?? []) {
    const head = data.slice(0, HEAD_WITHIN).findIndex((row) => {
      const titles = row.map(columnTitle);
      return isMeant(new Set(titles.map(columnOf)), titles);
    });
    const titles = data[head];
    if (!titles) continue;
    const found = titles.map((title) => columnOf(columnTitle(title)));
    const rows = data.flatMap((cells, i) => {
      if (i <= head || cells.every((cell) => cellText(cell) === '')) return [];
      const cell = (column: C) => cells[found.indexOf(column)];
      const words = Object.fromEntries(names.map((name) => [name, cellText(cell(name))])) as Record<
        C,
        string
      >;
      return [{ line: i + 1, words, cell, cells }];
    });
    return { titles, rows };
  }
  return undefined;
}
