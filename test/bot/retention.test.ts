/** Every table says how long its rows stay, and the sweep holds it to that. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sweep } from '../../src/bot/jobs/retention.ts';
import { allTables } from '../../src/engine.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { type AnyTable, defineTable, type Keep, type Store } from '../../src/store/store.ts';

const DAY_MS = 86_400_000;
const [A_DAY, WEEK] = [2, 7];
const START = Date.parse('2026-01-01T01:00:00Z');
const tables: readonly AnyTable[] = allTables();
const ruleOf = ({ keep }: AnyTable) => (typeof keep === 'string' ? undefined : (keep as Keep<unknown>));

let dir: string;
let opened: Store | undefined;
const open = async (all: readonly AnyTable[]) => {
  opened = await openLowdb({ dir, tables: all });
  return opened;
};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-keep-'));
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  await rm(dir, { recursive: true });
});
const count = (store: Store, table: AnyTable) => store.read((tx) => tx.table(table).count());

/** Something that a schema takes. */
function sample(schema: Record<string, unknown>): unknown {
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Array.isArray(schema.anyOf)) return sample(schema.anyOf[0]);
  if (schema.type === 'object') {
    const fields = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
    const wanted = (schema.required ?? []) as string[];
    return Object.fromEntries(wanted.map((name) => [name, sample(fields[name] ?? {})]));
  }
  const plain: Record<string, unknown> = { array: [], boolean: false, number: 1, integer: 1, null: null };
  return typeof schema.type === 'string' && schema.type in plain ? plain[schema.type] : 'x';
}

/** A row that grows old from `at` on, like those that the programme writes. */
function rowOf(table: AnyTable, { by, where = {} }: Keep<unknown>, id: string, at: string) {
  const row = sample(z.toJSONSchema(table.schema, { io: 'input', unrepresentable: 'any' }));
  const first = Object.entries(where).map(([field, value]) => [
    field,
    Array.isArray(value) ? value[0] : value,
  ]);
  return { ...(row as object), ...Object.fromEntries(first), id, [by]: at };
}

describe('what is kept', () => {
  it('is bounded for every table, or the table says why not', () => {
    expect(new Set(tables.map(({ name }) => name)).size).toBe(tables.length);
    for (const table of tables) {
      if (typeof table.keep === 'string')
        expect(table.keep, table.name).toMatch(/^for ever: because \w.{10,}/);
      else expect(table.keep.days, table.name).toBeGreaterThan(0);
    }
    const growing = tables.filter((table) => ruleOf(table)).map(({ name }) => name);
    // Each press and each message adds to these.
    for (const name of [
      'turns',
      'forms',
      'lives',
      'outbox',
      'visitors',
      'webchat_messages',
      'checkin_events',
    ])
      expect(growing).toContain(name);
  });

  it('holds audit and delivery for half a year at least, as the law wants it', () => {
    for (const name of ['audit', 'outbox']) {
      const rule = tables.filter((table) => table.name === name).map(ruleOf)[0];
      expect(rule?.days, name).toBeGreaterThanOrEqual(180);
    }
  });

  it('stops growing: a year of writes and more, day by day, with the sweep beside it', {
    timeout: 120_000,
  }, async () => {
    const store = await open(tables);
    const bounded = tables.flatMap((table) =>
      ruleOf(table) ? [{ table, rule: ruleOf(table) as Keep<unknown> }] : [],
    );
    const longest = Math.max(365, ...bounded.map(({ rule }) => rule.days));
    // Some days at a time: the last of them says what is outdated.
    const last = Math.ceil((longest + 30) / WEEK) * WEEK;
    for (let week = 0; week < last; week += WEEK) {
      await store.transaction(async (tx) => {
        for (let day = week; day < week + WEEK; day += 1) {
          const at = new Date(START + day * DAY_MS).toISOString();
          for (const { table, rule } of bounded) {
            for (let n = 0; n < A_DAY; n += 1)
              await tx.table(table).put(rowOf(table, rule, `${day}-${n}`, at));
          }
        }
      });
      await sweep(store, tables, new Date(START + (week + WEEK - 1) * DAY_MS));
    }
    for (const { table, rule } of bounded)
      expect(await count(store, table), table.name).toBe(A_DAY * (rule.days + 1));
  });
});

const noteRow = z.object({ id: z.string(), state: z.enum(['open', 'done']), at: z.string().nullable() });
const notes = defineTable<z.infer<typeof noteRow>>({
  name: 'notes',
  schema: noteRow,
  indexes: [],
  keep: { by: 'at', days: 10, where: { state: ['done'] } },
});

describe('the sweep', () => {
  const now = new Date(START);
  const old = new Date(START - 11 * DAY_MS).toISOString();

  it('takes only rows in the state that the rule names, old enough, whose age is known', async () => {
    const store = await open([notes]);
    await store.transaction(async (tx) => {
      const rows = tx.table(notes);
      await rows.put({ id: 'old', state: 'done', at: old });
      await rows.put({ id: 'open', state: 'open', at: old });
      await rows.put({ id: 'unknown', state: 'done', at: null });
      await rows.put({ id: 'young', state: 'done', at: new Date(START - 9 * DAY_MS).toISOString() });
    });
    await sweep(store, [notes], now);
    const left = await store.read(async (tx) =>
      Promise.all(['old', 'open', 'unknown', 'young'].map((id) => tx.table(notes).get(id))),
    );
    expect(left.map((row) => row?.id)).toEqual([undefined, 'open', 'unknown', 'young']);
  });

  it('takes some hundreds in a transaction and some thousands in one go, of all tables together', async () => {
    const others = { ...notes, name: 'others' };
    const store = await open([notes, others]);
    await store.transaction(async (tx) => {
      for (let n = 0; n < 2_500; n += 1) await tx.table(notes).put({ id: `n${n}`, state: 'done', at: old });
      for (let n = 0; n < 100; n += 1) await tx.table(others).put({ id: `n${n}`, state: 'done', at: old });
    });
    const sizes: number[] = [];
    let before = 2_600;
    const left = async () => (await count(store, notes)) + (await count(store, others));
    const watched: Store = {
      ...store,
      transaction: async (body) => {
        const result = await store.transaction(body);
        sizes.push(before - (await left()));
        before = await left();
        return result;
      },
    };
    await sweep(watched, [notes, others], now);
    expect(Math.max(...sizes)).toBe(200);
    expect(await left()).toBe(600);
    await sweep(watched, [notes, others], now);
    expect(await left()).toBe(0);
  });
});
