/** Rows as they were read last: what the database holds the same text of is not parsed, checked and frozen again. */
import { type KnownTable, loadRow } from '../rows.ts';
import type { StoredRow } from '../values.ts';

/** So much text is kept for each table, twice; with the rows some MB for all tables that are in use. */
const MOST_CHARS = 100_000;

export class LoadedRows {
  /** By the text; when there is no more room, what was read last becomes the older one and the older one goes. */
  private last = new Map<string, StoredRow>();
  private older = new Map<string, StoredRow>();
  private room = MOST_CHARS;

  constructor(private readonly table: KnownTable) {}

  /** A row as the database holds it. @throws StoreError `damaged` */
  load(rev: string, data: string): StoredRow {
    const known = this.last.get(data);
    if (known?.rev === Number(rev)) return known;
    const older = this.older.get(data);
    const row = older?.rev === Number(rev) ? older : this.check(rev, data);
    this.room -= data.length;
    if (this.room < 0) {
      this.older = this.last;
      this.last = new Map();
      this.room = MOST_CHARS;
    }
    this.last.set(data, row);
    return row;
  }

  private check(rev: string, data: string): StoredRow {
    const fields = JSON.parse(data) as { readonly id?: unknown };
    return loadRow(this.table, { ...fields, rev: Number(rev) }, () => `row ${String(fields.id)}`);
  }
}
