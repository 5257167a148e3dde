/** Turns what callers put and what files hold into rows: checked by the schema, frozen, ready for the indexes. */
import type { z } from 'zod';
import { StoreError } from '../store.ts';
import type { MemTable } from './memory.ts';
import { deepFreeze, isIndexValue, type StoredRow } from './values.ts';

/**
 * The row that `put` stores, and its JSON for the journal.
 * `value` is what the caller handed in, without `rev`; nothing of it is kept, so nothing of it gets frozen.
 * Throws StoreError `invalid_row` that names table and field.
 */
export function makeRow(table: MemTable, value: object, rev: number): { row: StoredRow; json: string } {
  const fields = check(table, value, 'invalid_row', `table ${table.name}`);
  const json = JSON.stringify({ ...fields, rev });
  // Memory holds what the file will give back, not what JSON has no word for.
  return { row: deepFreeze(JSON.parse(json) as StoredRow), json };
}

/** The row that a file holds; defaults fill what older rows lack. Throws StoreError `damaged` naming `where`. */
export function loadRow(table: MemTable, value: unknown, where: string): StoredRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StoreError('damaged', `${where}: table ${table.name}: not a row`);
  }
  const { rev, ...rest } = value as StoredRow;
  if (!Number.isSafeInteger(rev) || rev < 1) {
    throw new StoreError('damaged', `${where}: table ${table.name}: a row without its revision`);
  }
  const fields = check(table, rest, 'damaged', `${where}: table ${table.name}`);
  return deepFreeze(
    Object.isFrozen(fields) ? { ...fields, rev } : Object.assign(fields, { rev }),
  ) as StoredRow;
}

function check(table: MemTable, value: object, code: 'invalid_row' | 'damaged', where: string) {
  let fields = value as Record<string, unknown> & { id: string };
  if (table.table) {
    let result: ReturnType<typeof table.table.schema.safeParse>;
    try {
      result = table.table.schema.safeParse(value);
    } catch (cause) {
      throw new StoreError(code, `${where}: the schema failed: ${cause}`, { cause });
    }
    if (!result.success) throw new StoreError(code, `${where}: ${explain(result.error)}`);
    fields = result.data;
  }
  if (typeof fields.id !== 'string' || fields.id === '') {
    throw new StoreError(code, `${where}: a row without an id`);
  }
  for (const index of table.indexes) {
    for (const field of index.fields) {
      if (!isIndexValue(fields[field])) {
        throw new StoreError(
          code,
          `${where}: ${field} is indexed, so it must be text, a number, a boolean or null`,
        );
      }
    }
  }
  return fields;
}

function explain(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`).join('; ');
}
