/**
 * What anybody may see: counts of the city and its counties, no number below five, no names. A number that could be had
 * from those around it by a subtraction is hidden, too.
 */
import type { Cell, Line, Report, Table } from './report.ts';

export const LEAST = 5;
export const HIDDEN = `不足${LEAST}`;

/**
 * Of the city with its counties; undefined for every other unit, because numbers of two pages could be taken from each
 * other.
 */
export function publicReport(report: Report): Report | undefined {
  const { unit, tables } = report;
  if (unit.kind !== 'city') return undefined;
  const shown = tables.flatMap((table): readonly Table[] => {
    switch (table.id) {
      case 'stars':
        return [{ ...table, lines: shieldTable(table.lines) }];
      case 'issues':
        return [issuesForAll(table)];
      case 'holders':
        return [{ ...table, lines: table.lines.map(shieldShare) }];
      case 'trend':
        return [{ ...table, lines: table.lines.map(shieldSteps) }];
      default:
        return [{ ...table, lines: table.lines.map((line) => ({ ...line, cells: line.cells.map(hide) })) }];
    }
  });
  return { ...report, tables: shown, whole: [], headline: [], goals: [] };
}

const isSmall = (cell: Cell) => typeof cell === 'number' && cell < LEAST;
const hide = (cell: Cell): Cell => (isSmall(cell) ? HIDDEN : cell);

/** Open and closed only: colours and verdicts are parts of these and small in most places. */
function issuesForAll(table: Table): Table {
  const columns = ['没办完', '销号'];
  const at = columns.map((title) => table.columns.indexOf(title));
  const lines = table.lines.map((line) => ({ ...line, cells: at.map((i) => line.cells[i] ?? '') }));
  return { ...table, columns, lines: shieldColumns(lines) };
}

/** How many hold a star, of how many: neither they nor the others may be few. */
function shieldShare({ cells, ...line }: Line): Line {
  const [holds, can] = cells.map(Number);
  const few = holds === undefined || can === undefined || holds < LEAST || can - holds < LEAST;
  return { ...line, cells: few ? [HIDDEN, hide(can ?? 0), HIDDEN] : cells };
}

/** Branches with three stars or more, four or more, five: what lies between two of them is a number, too. */
function shieldSteps({ cells, ...line }: Line): Line {
  const [all = 0, ...steps] = cells.map(Number);
  const parts = steps.map((step, i) => step - (steps[i + 1] ?? 0));
  return {
    ...line,
    cells: parts.every((part) => part >= LEAST) ? cells : [hide(all), ...steps.map(() => HIDDEN)],
  };
}

const numbersOf = (lines: readonly Line[]) => lines.map(({ cells }) => cells.map(Number));
const withHidden = (lines: readonly Line[], hidden: readonly (readonly boolean[])[]) =>
  lines.map((line, r) => ({ ...line, cells: line.cells.map((cell, c) => (hidden[r]?.[c] ? HIDDEN : cell)) }));

/** The first cell of a line is the sum of the others, the last line that of the lines before. */
function shieldTable(lines: readonly Line[]): readonly Line[] {
  return withHidden(lines, shield(numbersOf(lines), true));
}

/** The last line is the sum of the lines before. */
function shieldColumns(lines: readonly Line[]): readonly Line[] {
  return withHidden(lines, shield(numbersOf(lines), false));
}

/**
 * Which numbers of a table are hidden: those below five; and, as long as one is the only one that is missing from a sum,
 * the smallest that stands with it in that sum.
 */
export function shield(table: readonly (readonly number[])[], rowSums: boolean): boolean[][] {
  const hidden = table.map((row) => row.map((value) => value < LEAST));
  const at = (r: number, c: number) => table[r]?.[c] ?? 0;
  const sums: (readonly (readonly [number, number])[])[] = [];
  const columns = table[0]?.length ?? 0;
  if (table.length > 1) for (let c = 0; c < columns; c++) sums.push(table.map((_, r) => [r, c] as const));
  if (rowSums)
    for (let r = 0; r < table.length; r++) sums.push((table[r] ?? []).map((_, c) => [r, c] as const));
  for (let changed = true; changed; ) {
    changed = false;
    for (const sum of sums) {
      const missing = sum.filter(([r, c]) => hidden[r]?.[c]);
      if (missing.length !== 1) continue;
      const [next] = sum
        .filter(([r, c]) => !hidden[r]?.[c])
        .sort(([r1, c1], [r2, c2]) => at(r1, c1) - at(r2, c2));
      const row = next && hidden[next[0]];
      if (!next || !row) continue;
      row[next[1]] = true;
      changed = true;
    }
  }
  return hidden;
}
