/**
 * The terms of a row in PostgreSQL: a text vector under a GIN index, and the revision that they were made of. A server
 * that does not know them writes rows and leaves both alone, so that its rows are told by their revision, as are all
 * rows from before: a small index holds just these, and catch-up.ts takes them in.
 */
import type { Terms } from '../store.ts';
import type { StoredRow } from '../values.ts';
import { idKey } from './keys.ts';

export class TermColumns {
  readonly vector: string;
  /** The revision whose terms these are. */
  readonly made: string;

  constructor(private readonly terms: Terms<Record<string, unknown>>) {
    // Servers of two versions of the terms may run side by side.
    this.vector = `terms_${terms.version}`;
    this.made = `terms_${terms.version}_rev`;
  }

  /** What is to be done to a table that may lack them. Vectors are looked at row by row, so they stay in their rows. */
  get changes(): readonly string[] {
    return [
      `ADD COLUMN IF NOT EXISTS ${this.vector} tsvector`,
      `ADD COLUMN IF NOT EXISTS ${this.made} bigint`,
      'SET (toast_tuple_target = 8160)',
    ];
  }

  /** Rows whose terms are not those of their revision. */
  get behind(): string {
    return `${this.made} IS DISTINCT FROM rev`;
  }

  /** @param name what an index on a column is called */
  indexes(
    sql: string,
    name: (on: string) => string,
  ): readonly { readonly name: string; readonly sql: string }[] {
    const [vector, behind] = [name(this.vector), name(this.made)];
    return [
      // What is still to be sorted in, which halves what a write costs, stays so short that reading it through costs nothing.
      {
        name: vector,
        sql: `CREATE INDEX IF NOT EXISTS "${vector}" ON ${sql} USING gin (${this.vector}) WITH (gin_pending_list_limit = 128)`,
      },
      { name: behind, sql: `CREATE INDEX IF NOT EXISTS "${behind}" ON ${sql} (id) WHERE ${this.behind}` },
    ];
  }

  /** Column and value of what a write sets beside the keys; `$2` is the revision. @param place of the terms */
  set(place: string): readonly (readonly [string, string])[] {
    return [[this.made, '$2'], this.setVector(place)];
  }

  setVector(place: string): readonly [string, string] {
    return [this.vector, `${place}::text::tsvector`];
  }

  /** The terms of a row, as PostgreSQL reads them. */
  of(row: StoredRow): string {
    return Array.from(this.terms.of(row), quote).join(' ');
  }
}

function quote(term: string): string {
  return `'${idKey(term).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Rows with at least one term of every group, as PostgreSQL asks for them. */
export function tsquery(groups: readonly (readonly string[])[]): string {
  return groups.map((group) => `(${group.map(quote).join(' | ')})`).join(' & ');
}
