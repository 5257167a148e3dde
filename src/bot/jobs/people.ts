/** Finds what the tables hold about one person, by what each of them declares; always by an index. */
import type { AnyTable, PersonField, Row, Stored, Tx } from '../../store/store.ts';
import { conversations } from '../delivery/conversations.ts';

/** Most personal chats of one person, and most ids: a query takes no more. */
const MOST = 50;

/** Under what the rows of one person are kept. */
export interface Whose {
  /** The person's id, and their accounts before they were known. */
  readonly ids: readonly string[];
  /** Their personal chats. */
  readonly chats: readonly string[];
}

/** One field of one table. */
export interface Lookup {
  readonly table: AnyTable;
  readonly title: string;
  readonly at: string | undefined;
  readonly field: PersonField<Row>;
  /** Those before it in the same table: what they find is not found again. */
  readonly earlier: readonly PersonField<Row>[];
}

/** Every field of every table that says whose a row is. */
export function lookupsOf(tables: readonly AnyTable[]): readonly Lookup[] {
  return tables.flatMap((table) => {
    const { people } = table;
    if (typeof people !== 'object') return [];
    const { title, at, fields } = people;
    return fields.map((field, n) => ({ table, title, at, field, earlier: fields.slice(0, n) }));
  });
}

const fieldOf = (row: Row, name: string) => (row as unknown as Readonly<Record<string, unknown>>)[name];
const wanted = ({ chat }: PersonField<Row>, { ids, chats }: Whose) => (chat ? chats : ids).slice(0, MOST);
const isTheirs = (row: Row, field: PersonField<Row>, whose: Whose) =>
  wanted(field, whose).includes(String(fieldOf(row, field.field)));

/** One page of what a lookup finds; `next` is there while there is more. */
export async function rowsAbout(
  tx: Tx,
  { table, field, earlier }: Lookup,
  whose: Whose,
  limit: number,
  after?: string,
): Promise<{ readonly rows: readonly Stored<Row>[]; readonly next?: string | undefined }> {
  const keys = wanted(field, whose);
  if (keys.length === 0) return { rows: [] };
  const fresh = (row: Row) => !earlier.some((one) => isTheirs(row, one, whose));
  if (field.field === 'id') {
    const rows = await Promise.all(keys.map((key) => tx.table(table).get(key)));
    return { rows: rows.filter((row) => row !== undefined).filter(fresh) };
  }
  const order = orderOf(table, field);
  const query = { where: { [field.field]: keys }, limit, ...(order && { order }), after };
  const { rows, next } = await tx.table(table).find(query);
  return { rows: rows.filter(fresh), next };
}

/** How many rows a lookup finds, those of earlier ones too. */
export async function countAbout(tx: Tx, { table, field }: Lookup, whose: Whose): Promise<number> {
  const keys = wanted(field, whose);
  if (keys.length === 0) return 0;
  if (field.field === 'id') return keys.length;
  return tx.table(table).count({ [field.field]: keys });
}

/** In whatever order the field's index has. */
function orderOf({ indexes }: AnyTable, { field }: PersonField<Row>): string | undefined {
  return indexes.find(({ on }) => on.length === 1 && on[0] === field)?.order;
}

/** The personal chats of a person. */
export async function chatsOf(tx: Tx, person: string): Promise<readonly string[]> {
  const { rows } = await tx.table(conversations).find({ where: { person }, order: 'at', limit: MOST });
  return rows.map(({ id }) => id);
}
