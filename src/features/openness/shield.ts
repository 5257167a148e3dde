/** Which of some numbers are hidden so that none below a least one can be read or computed from the others. Pure. */

/** `whole` is the sum of its parts, each counted so many times, a negative number for what is taken away. */
export interface Sum {
  readonly whole: number;
  readonly parts: readonly (readonly [cell: number, times: number])[];
}

/**
 * Cells by place. Hidden are those below `least`; and, as long as a hidden one follows from what is shown, or those of
 * one sum are so few together that they are known nearly, the smallest one that stands with it in a sum.
 */
export function shield(cells: readonly number[], sums: readonly Sum[], least: number): boolean[] {
  const hidden = cells.map((value) => value < least);
  const cellsOf = ({ whole, parts }: Sum) => [whole, ...parts.map(([cell]) => cell)];
  const smallest = (among: readonly Sum[]) =>
    among
      .flatMap((sum) => cellsOf(sum).map((cell) => ({ cell, whole: cell === sum.whole })))
      .filter(({ cell }) => !hidden[cell])
      // A sum is hidden only where every part of it is.
      .sort((a, b) => Number(a.whole) - Number(b.whole) || (cells[a.cell] ?? 0) - (cells[b.cell] ?? 0))[0];
  const isOpen = (sum: Sum) =>
    cellsOf(sum).filter((cell) => hidden[cell]).length === 1 || isNearlyKnown(sum, cells, hidden, least);
  for (;;) {
    const open = sums.find(isOpen);
    // Only where no single sum gives one away it is worth while to look at all of them together.
    const known = open ? undefined : determined(hidden, sums);
    if (!open && known === undefined) return hidden;
    const next =
      smallest(open ? [open] : sums.filter((sum) => cellsOf(sum).includes(known ?? -1))) ?? smallest(sums);
    if (!next) return hidden;
    hidden[next.cell] = true;
  }
}

/** The hidden parts of a sum that is shown are together below the least one: each of them is nearly known. */
function isNearlyKnown(
  { whole, parts }: Sum,
  cells: readonly number[],
  hidden: readonly boolean[],
  least: number,
) {
  if (hidden[whole] || parts.some(([, times]) => times < 0)) return false;
  const missing = parts.filter(([cell]) => hidden[cell]);
  const sum = missing.reduce((all, [cell, times]) => all + times * (cells[cell] ?? 0), 0);
  return missing.length > 0 && sum < least;
}

/** A hidden cell that follows from the sums and from what is shown, by elimination; undefined when there is none. */
function determined(hidden: readonly boolean[], sums: readonly Sum[]): number | undefined {
  const rows = sums.map(({ whole, parts }) => {
    const row = new Map<number, number>();
    for (const [cell, times] of [[whole, -1] as const, ...parts])
      if (hidden[cell]) row.set(cell, (row.get(cell) ?? 0) + times);
    return row;
  });
  const done: (readonly [pivot: number, row: Map<number, number>])[] = [];
  for (const row of rows) {
    for (const [pivot, other] of done) subtract(row, other, pivot);
    const [pivot] = [...row].find(([, value]) => value !== 0) ?? [];
    if (pivot === undefined) continue;
    for (const [, other] of done) subtract(other, row, pivot);
    done.push([pivot, row]);
  }
  return done.find(([, row]) => row.size === 1)?.[0];
}

const NOUGHT = 1e-9;

/** Take so much of another row from this one that `pivot` is gone from it. */
function subtract(row: Map<number, number>, other: ReadonlyMap<number, number>, pivot: number): void {
  const factor = (row.get(pivot) ?? 0) / (other.get(pivot) ?? 1);
  if (factor === 0) return;
  for (const [cell, value] of other) {
    const left = (row.get(cell) ?? 0) - factor * value;
    if (Math.abs(left) < NOUGHT) row.delete(cell);
    else row.set(cell, left);
  }
}
