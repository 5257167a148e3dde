/** Looks through a whole store for people: where the id of one stands in a field that no table declares. */
import { allTables } from '../src/engine.ts';
import type { Store } from '../src/store/store.ts';

/** `<table>.<field>` of each place where a row holds a person's id and its table does not say so. */
export async function undeclared(store: Store, people: ReadonlySet<string>): Promise<readonly string[]> {
  const tables = new Map(allTables().map((table) => [table.name, table]));
  const found = new Set<string>();
  for await (const item of store.export()) {
    if ('series' in item) continue;
    const declared = tables.get(item.table)?.people;
    if (typeof declared === 'string') continue;
    const fields = new Set(declared?.fields.map(({ field }) => field));
    for (const [field, value] of Object.entries(item.row)) {
      if (fields.has(field)) continue;
      // A declared table may say more about its people: what is asked for is found by the fields above.
      const named = declared ? people.has(String(value)) : mentions(value, people);
      if (named) found.add(`${item.table}.${field}`);
    }
  }
  return [...found].sort();
}

/** Whether an id stands somewhere in it, by itself or as a part of a key, such as `<place>|<person>`. */
function mentions(value: unknown, people: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return value.split(/[|:@,\s]/).some((part) => people.has(part));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, one]) => people.has(name) || mentions(one, people));
}
