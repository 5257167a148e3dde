/** Everything in memory as a stream, and back. */
import { copiedRow } from '../rows.ts';
import { type Item, StoreError } from '../store.ts';
import type { StoredRow } from '../values.ts';
import type { Memory } from './memory.ts';

interface Snapshot {
  readonly tables: readonly { readonly name: string; readonly rows: readonly StoredRow[] }[];
  readonly numbers: readonly (readonly [string, number])[];
}

/** Rows are never changed in place, so that a list of them stays what it was. */
export function snapshotOf(memory: Memory): Snapshot {
  return {
    tables: [...memory.tables.values()].map(({ name, rows }) => ({ name, rows: [...rows.values()] })),
    numbers: [...memory.numbers],
  };
}

export function* itemsOf({ tables, numbers }: Snapshot): Generator<Item> {
  for (const { name: table, rows } of tables) for (const row of rows) yield { table, row };
  for (const [series, value] of numbers) yield { series, value };
}

/** Fill an empty `memory`. Throws StoreError `invalid_row`, `duplicate`. */
export async function gather(memory: Memory, items: AsyncIterable<Item>): Promise<Memory> {
  for await (const item of items) {
    if ('series' in item) {
      memory.numbers.set(item.series, item.value);
      continue;
    }
    const table = memory.keep(item.table);
    const row = copiedRow(table, item.row);
    if (table.rows.has(row.id)) {
      throw new StoreError('duplicate', `table ${table.name}: row ${row.id} comes twice`);
    }
    table.rows.set(row.id, row);
  }
  for (const table of memory.tables.values()) table.build();
  return memory;
}
