/**
 * Who helps whom, all at once: the assignment with the least sum of costs when each column takes so many rows at most.
 * Exact (the Hungarian method with potentials), on whole millionths, so that equal sums are equal.
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
  const never = Number.POSITIVE_INFINITY;
  const table = whole.map((row, i) => [
    ...places.map((column) => row[column] ?? never),
    // One place each where a row gets nothing.
    ...whole.map((_, other) => (other === i ? nothing : never)),
  ]);
  const best = hungarian(table);
  return firstOfBest(table, best).map((place) => places[place] ?? null);
}

interface Best {
  /** The row that holds each place; -1 for those that nobody holds. */
  readonly holders: number[];
  /** Potentials: an assignment is best exactly when it takes pairs without reduced cost, and all places but those of 0. */
  readonly u: readonly number[];
  readonly v: readonly number[];
}

/** Every row to a place of its own with the least sum; infinite is a place that a row cannot have. */
function hungarian(table: readonly (readonly number[])[]): Best {
  const columns = table[0]?.length ?? 0;
  const u = table.map(() => 0);
  const v = new Array<number>(columns).fill(0);
  const holders = new Array<number>(columns).fill(-1);
  for (let row = 0; row < table.length; row++) {
    const least = new Array<number>(columns).fill(Number.POSITIVE_INFINITY);
    const came = new Array<number>(columns).fill(-1);
    const done = new Set<number>();
    let [from, at] = [row, -1];
    do {
      if (at >= 0) done.add(at);
      let [step, next] = [Number.POSITIVE_INFINITY, -1];
      for (let j = 0; j < columns; j++) {
        if (done.has(j)) continue;
        const reduced = (table[from]?.[j] ?? 0) - (u[from] ?? 0) - (v[j] ?? 0);
        if (reduced < (least[j] ?? 0)) [least[j], came[j]] = [reduced, at];
        if ((least[j] ?? 0) < step) [step, next] = [least[j] ?? 0, j];
      }
      u[row] = (u[row] ?? 0) + step;
      for (const j of done) {
        const holder = holders[j] ?? -1;
        u[holder] = (u[holder] ?? 0) + step;
        v[j] = (v[j] ?? 0) - step;
      }
      for (let j = 0; j < columns; j++) if (!done.has(j)) least[j] = (least[j] ?? 0) - step;
      at = next;
      from = holders[at] ?? -1;
    } while (from >= 0);
    for (let to = at; to >= 0; ) {
      const before = came[to] ?? -1;
      holders[to] = before >= 0 ? (holders[before] ?? row) : row;
      to = before;
    }
  }
  return { holders, u, v };
}

/** Of all best assignments the first one in the order of rows and places: rows change places along pairs without reduced cost. */
function firstOfBest(table: readonly (readonly number[])[], { holders, u, v }: Best): readonly number[] {
  const places = table.map((_, row) => holders.indexOf(row));
  // Nobody (-1) can hold what has no potential.
  const fits = (row: number, place: number) =>
    row < 0 ? v[place] === 0 : (table[row]?.[place] ?? 0) - (u[row] ?? 0) - (v[place] ?? 0) === 0;
  for (let row = 0; row < table.length; row++) {
    const left = places[row] ?? -1;
    for (let place = 0; place < left; place++) {
      const holder = holders[place] ?? -1;
      if (!fits(row, place) || (holder >= 0 && holder < row)) continue;
      // From who has to go, place by place, to the one that is left.
      const came = new Map<number, number>();
      const open = [place];
      for (let at = open.shift(); at !== undefined && !came.has(left); at = open.shift())
        for (const to of holders.keys()) {
          const other = holders[to] ?? -1;
          if (to === place || came.has(to) || (other >= 0 && other < row) || !fits(holders[at] ?? -1, to))
            continue;
          came.set(to, at);
          open.push(to);
        }
      if (!came.has(left)) continue;
      for (let to = left; to !== place; to = came.get(to) ?? place)
        holders[to] = holders[came.get(to) ?? place] ?? -1;
      holders[place] = row;
      for (const [to, other] of holders.entries()) if (other >= 0) places[other] = to;
      break;
    }
  }
  return places;
}
