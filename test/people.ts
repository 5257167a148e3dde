/** Looks through a whole store, and through the schemas of all tables, for what they hold about people. */
import { sayField } from '../src/bot/files/labels.ts';
import { lookupsOf } from '../src/bot/jobs/people.ts';
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

interface Schema {
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly def: {
    readonly [K in 'innerType' | 'valueType' | 'in']?: Schema;
  } & {
    readonly options?: readonly Schema[];
    readonly entries?: Readonly<Record<string, string>>;
    readonly values?: readonly unknown[];
  };
}
/** The table, the fields down to one that is said, and the values that its schema lists. */
type Said = { readonly path: readonly string[]; readonly values: readonly unknown[] };

/** A field as 我的数据 says it, with ids in place of names. */
export function saidAs([name, ...path]: readonly string[], value: unknown): string {
  const table = allTables().find((one) => one.name === name);
  if (!table) throw new Error(`there is no table ${name}`);
  return sayField(table, path, value, (_kind, id) => id).join();
}

/** All fields of rows, those within fields too, as far as they are said. */
function fieldsOf(schema: unknown, path: readonly string[]): readonly Said[] {
  if (schema === undefined) return [];
  const { shape = {}, element, def } = schema as Schema;
  const within = [element, ...(def.options ?? []), def.innerType, def.valueType, def.in];
  return [
    { path, values: [...Object.values(def.entries ?? {}), ...(def.values ?? [])] },
    ...Object.entries(shape).flatMap(([name, inner]) =>
      saidAs([...path, name], '有') ? fieldsOf(inner, [...path, name]) : [],
    ),
    ...within.flatMap((inner) => fieldsOf(inner, path)),
  ];
}
/** Those of which a person sees the values. */
export const fieldsSeen = () =>
  lookupsOf(allTables()).flatMap(({ table, at, field: { field, acts } }) =>
    fieldsOf(acts ? undefined : table.schema, [table.name]).filter(
      ({ path: [, name, ...inner] }) => name && (inner.length > 0 || (name !== at && name !== field)),
    ),
  );
