/** Turns what callers put and what an engine holds into rows: checked by the schema, frozen, ready for the indexes. */
import type { z } from 'zod';
import { type AnyTable, type Row, type Stored, StoreError } from './store.ts';
import { deepFreeze, isIndexValue, type StoredRow } from './values.ts';

/** What a driver knows of a table. Without `table` (nobody declares it any more) rows are taken as they are. */
export interface KnownTable {
  readonly name: string;
  readonly table: AnyTable | undefined;
  /** Fields that some index uses. */
  readonly indexed: readonly string[];
}

/**
 * The row that `put` stores, and its JSON for the journal.
 * `value` is what the caller handed in, its `rev` does not count; nothing of it is kept, so nothing of it gets frozen.
 * Throws StoreError `invalid_row` that names table and field.
 */
export function makeRow(table: KnownTable, value: object, rev: number): { row: StoredRow; json: string } {
  const given = withoutRev(value);
  const checked = check(table, given, 'invalid_row');
  // A schema makes an object of its own, as a rule; copying that would be a third of all this takes.
  const own = checked !== given && Object.isExtensible(checked) ? checked : { ...checked };
  const fields: StoredRow = Object.assign(own, { rev });
  try {
    const json = JSON.stringify(fields);
    // Memory holds what the file will give back, not what JSON has no word for, and nothing that is shared.
    const row = isFlat(fields)
      ? Object.freeze(fields)
      : deepFreeze(JSON.parse(json) as StoredRow, ROW_LEVELS);
    return { row, json };
  } catch (cause) {
    // Found out now and not by a snapshot or a backup, which write it again from a deeper stack.
    throw refuse({ code: 'invalid_row', table: table.name }, `it cannot be written: ${cause}`, cause);
  }
}

/** A row of a copy as it was there, with its revision. Throws StoreError `invalid_row`. */
export function copiedRow(table: KnownTable, row: Stored<Row>): StoredRow {
  if (!Number.isSafeInteger(row.rev) || row.rev < 1) {
    throw new StoreError('invalid_row', `table ${table.name}: row ${row.id} has no revision`);
  }
  return makeRow(table, row, row.rev).row;
}

/** Whoever writes has read what is there; without `rev` that was nothing. Throws StoreError `conflict`, `duplicate`. */
export function assertCurrent(
  table: KnownTable,
  id: string,
  rev: number | undefined,
  there: StoredRow | undefined,
): void {
  if (there?.rev === rev) return;
  if (rev === undefined) throw duplicate(table, id);
  const now = there ? `it is at ${there.rev}` : 'it is gone';
  throw new StoreError('conflict', `table ${table.name}: row ${id} was read at revision ${rev}, now ${now}`);
}

export function duplicate({ name }: KnownTable, id: string): StoreError {
  return new StoreError('duplicate', `table ${name}: there is a row ${id} already`);
}

/** Lists and objects inside one another that a row may hold: what people may send, with what is put around it. */
const ROW_LEVELS = 100;

/** Schemas may be strict, and `rev` is none of their fields. */
function withoutRev(value: object): object {
  if (!('rev' in value)) return value;
  const { rev: _, ...rest } = value;
  return rest;
}

function isFlat(fields: Record<string, unknown>): boolean {
  for (const key in fields) {
    const value = fields[key];
    if (
      typeof value !== 'string' &&
      typeof value !== 'boolean' &&
      !Number.isFinite(value) &&
      value !== null
    ) {
      return false;
    }
  }
  return true;
}

/**
 * The row that an engine holds, made from its parsed JSON, which is used up; defaults fill what older rows lack.
 * Throws StoreError `damaged` that begins with `where()`.
 */
export function loadRow(table: KnownTable, value: unknown, where: () => string): StoredRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StoreError('damaged', `${where()}: not a row`);
  }
  const raw = value as { rev?: number };
  const { rev } = raw;
  if (rev === undefined || !Number.isSafeInteger(rev) || rev < 1) {
    throw new StoreError('damaged', `${where()}: a row without its revision`);
  }
  delete raw.rev;
  let fields: Record<string, unknown> = check(table, raw, 'damaged', where);
  if (!Object.isExtensible(fields)) fields = { ...fields };
  fields.rev = rev;
  return deepFreeze(fields as unknown as StoredRow);
}

function check(table: KnownTable, value: object, code: RefusedRow['code'], where?: () => string) {
  const refused: RefusedRow = { code, table: table.name, ...(where && { where }) };
  let fields = value as Record<string, unknown> & { id: string };
  if (table.table) {
    let result: ReturnType<typeof table.table.schema.safeParse>;
    try {
      result = table.table.schema.safeParse(value);
    } catch (cause) {
      throw refuse(refused, `the schema failed: ${cause}`, cause);
    }
    if (!result.success) throw refuse(refused, explain(result.error));
    fields = result.data;
  }
  if (typeof fields.id !== 'string' || fields.id === '') throw refuse(refused, 'a row needs an id');
  for (const field of table.indexed) {
    if (!isIndexValue(fields[field])) {
      throw refuse(refused, `${field} is indexed, so it must be text, a number, a boolean or null`);
    }
  }
  return fields;
}

interface RefusedRow {
  readonly code: 'invalid_row' | 'damaged';
  readonly table: string;
  readonly where?: () => string;
}

function refuse({ code, table, where }: RefusedRow, why: string, cause?: unknown): StoreError {
  return new StoreError(code, `${where ? `${where()}: ` : ''}table ${table}: ${why}`, { cause });
}

function explain(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`).join('; ');
}
