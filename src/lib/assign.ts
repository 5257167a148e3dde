/**
 * Who helps whom, all at once: the assignment with the least sum of costs when each helper takes so many at most. Exact
 * (the Hungarian method with potentials), on whole millionths, so that equal sums are equal.
 */

const UNIT = 1_000_000;

/**
 * For each row the column that it gets, or null. As many rows as possible get one; among those ways the sum is least;
 * among equal sums the first row has the first column that it can have, then the second row, and so on.
 * @param costs by row and column, in one order of ids each; null where they cannot come together
 * @param capacities how many rows each column takes
 */
export function assign(
  costs: readonly (readonly (number | null)[])[],
  capacities: readonly number[],
): readonly (number | null)[] {
  const rows = costs.length;
  const places = capacities.flatMap((capacity, column) =>
    Array.from({ length: Math.min(Math.max(capacity, 0), rows) }, () => column),
  );
  const whole = costs.map((row) => row.map((cost) => (cost === null ? null : Math.round(cost * UNIT))));
  const largest = whole.flat().reduce<number>((most, cost) => Math.max(most, Math.abs(cost ?? 0)), 1);
  // To get nothing costs more than anything that others could save by it.
  const nothing = (2 * rows + 1) * largest;
  const table = whole.map((row, i) => [
    ...places.map((column) => row[column] ?? Number.NaN),
    // One place each where a row gets nothing.
    ...whole.map((_, other) => (other === i ? nothing : Number.NaN)),
  ]);
  const got = firstOfBest(table);
  return got.map((place) => places[place] ?? null);
}

/** The best assignment of every row to a place, the first one in the order of rows and places. */
function firstOfBest(table: readonly number[][]): readonly number[] {
  const best = hungarian(table);
  if (!best) throw new Error('every row has its place where it gets nothing');
  let { places, isTight } = best;
  for (let row = 0; row < table.length; row++) {
    const line = table[row] ?? [];
    const now = places[row] ?? 0;
    for (let place = 0; place < now; place++) {
      // Only a place without reduced cost is in any best assignment.
      if (!isTight(row, place)) continue;
      const tried = table.map((costs, i) =>
        costs.map((cost, j) => ((i === row ? j === place : j !== place) ? cost : Number.NaN)),
      );
      const other = hungarian(tried);
      if (other && sum(table, other.places) === sum(table, places)) {
        ({ places, isTight } = other);
        break;
      }
    }
    const kept = places[row];
    for (let j = 0; j < line.length; j++) if (j !== kept) line[j] = Number.NaN;
    for (const [i, costs] of table.entries()) if (i !== row && kept !== undefined) costs[kept] = Number.NaN;
  }
  return places;
}

function sum(table: readonly (readonly number[])[], places: readonly number[]): number {
  return table.reduce((total, costs, row) => total + (costs[places[row] ?? -1] ?? Number.NaN), 0);
}

/** Every row to a place of its own with the least sum; NaN is a place that a row cannot have. Undefined: there is no way. */
function hungarian(table: readonly (readonly number[])[]) {
  const rows = table.length;
  const columns = table[0]?.length ?? 0;
  const cost = (row: number, column: number) => {
    const value = table[row - 1]?.[column - 1] ?? Number.NaN;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  const [u, v] = [new Array<number>(rows + 1).fill(0), new Array<number>(columns + 1).fill(0)];
  /** The row that holds a column; column 0 is where the row to be placed stands. */
  const holder = new Array<number>(columns + 1).fill(0);
  const at = (list: readonly number[], i: number) => list[i] ?? 0;
  for (let row = 1; row <= rows; row++) {
    holder[0] = row;
    const least = new Array<number>(columns + 1).fill(Number.POSITIVE_INFINITY);
    const came = new Array<number>(columns + 1).fill(0);
    const done = new Array<boolean>(columns + 1).fill(false);
    let column = 0;
    while (at(holder, column) !== 0) {
      done[column] = true;
      const from = at(holder, column);
      let [step, next] = [Number.POSITIVE_INFINITY, 0];
      for (let j = 1; j <= columns; j++) {
        if (done[j]) continue;
        const reduced = cost(from, j) - at(u, from) - at(v, j);
        if (reduced < at(least, j)) [least[j], came[j]] = [reduced, column];
        if (at(least, j) < step) [step, next] = [at(least, j), j];
      }
      if (next === 0) return undefined;
      for (let j = 0; j <= columns; j++) {
        if (done[j]) {
          u[at(holder, j)] = at(u, at(holder, j)) + step;
          v[j] = at(v, j) - step;
        } else least[j] = at(least, j) - step;
      }
      column = next;
    }
    for (; column !== 0; column = at(came, column)) holder[column] = at(holder, at(came, column));
  }
  const places = new Array<number>(rows).fill(-1);
  for (let j = 1; j <= columns; j++) if (at(holder, j) > 0) places[at(holder, j) - 1] = j - 1;
  const isTight = (row: number, place: number) =>
    cost(row + 1, place + 1) - at(u, row + 1) - at(v, place + 1) === 0;
  return { places, isTight };
}
