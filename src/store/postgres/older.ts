/**
 * During an update servers of the version before write beside newer ones. They do not fill in the keys of fields that are
 * indexed since: the database does it for them, in a trigger, as keys.ts would. What it cannot do alike (numbers, very
 * long or unusual texts) is refused to them, in the words of “later”.
 */
import type pg from 'pg';
import type { IndexValue } from '../store.ts';
import { keyOf } from './keys.ts';
import { column, type PgTable, quoted, SCHEMA } from './tables.ts';

const KEY_OF = `
  CREATE OR REPLACE FUNCTION ${SCHEMA}._key_of(value json, missing text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
  DECLARE said text := value #>> '{}';
  BEGIN
    IF value IS NULL THEN RETURN missing; END IF;
    CASE json_typeof(value)
      WHEN 'null' THEN RETURN '0';
      WHEN 'boolean' THEN RETURN CASE said WHEN 'true' THEN '2' ELSE '1' END;
      WHEN 'string' THEN
        IF octet_length(said) <= 320 AND said COLLATE "C" ~ '^[\\u0002-\\uD7FF]*$' THEN RETURN '4' || said; END IF;
      ELSE NULL;
    END CASE;
    RAISE EXCEPTION 'an older server cannot write this key' USING ERRCODE = 'not_null_violation';
  END $$`;

/** Fill these fields in for servers that do not; those of an earlier update are filled in no more. */
export async function fillForOlder(
  client: pg.ClientBase,
  table: PgTable,
  fields: readonly string[],
): Promise<void> {
  const name = `${SCHEMA}.${quoted(`_fill_${table.name}`)}`;
  await client.query(`DROP TRIGGER IF EXISTS older_servers ON ${table.sql}`);
  if (fields.length === 0) return;
  const fills = fields.map((field) => {
    const key = column(field);
    // Who fills it in has changed it, or writes the same again.
    return `IF NEW.${key} IS NULL OR NEW.${key} = OLD.${key} THEN
      NEW.${key} := ${SCHEMA}._key_of(NEW.data -> ${literal(field)}, ${literal(keyOf(defaultOf(table, field)))});
    END IF;`;
  });
  await client.query(KEY_OF);
  await client.query(`CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN ${fills.join('\n')} RETURN NEW; END $$`);
  await client.query(`CREATE TRIGGER older_servers BEFORE INSERT OR UPDATE ON ${table.sql}
    FOR EACH ROW EXECUTE FUNCTION ${name}()`);
}

/** What a row without this field has there. */
function defaultOf({ table }: PgTable, field: string): IndexValue | undefined {
  const { shape } = (table?.schema ?? {}) as {
    shape?: Readonly<Record<string, { safeParse(value: undefined): { data?: unknown } }>>;
  };
  return shape?.[field]?.safeParse(undefined).data as IndexValue | undefined;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
