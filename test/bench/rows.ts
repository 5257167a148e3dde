/** The rows of the store's benchmarks: like an issue in size and in what is asked of it. */
import { z } from 'zod';
import { defineTable } from '../../src/store/store.ts';

const row = z.object({
  id: z.string(),
  code: z.string(),
  unit: z.string(),
  state: z.string(),
  deadline: z.string(),
  reporter: z.string(),
  returned: z.number(),
  title: z.string(),
  details: z.string(),
});
export type BenchRow = z.infer<typeof row>;

/** SQLite gets the same three indexes. */
export const things = defineTable<BenchRow>({
  name: 'things',
  schema: row,
  indexes: [
    { on: ['code'] },
    { on: ['unit', 'state'], order: 'deadline' },
    { on: ['state'], order: 'deadline' },
  ],
  keep: 'for ever: because it is a test’s',
});

export const SQL_TABLE = `
  CREATE TABLE IF NOT EXISTS things (
    id TEXT PRIMARY KEY, code TEXT, unit TEXT, state TEXT, deadline TEXT,
    reporter TEXT, returned INTEGER, title TEXT, details TEXT
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS things_code ON things (code);
  CREATE INDEX IF NOT EXISTS things_unit ON things (unit, state, deadline, id);
  CREATE INDEX IF NOT EXISTS things_state ON things (state, deadline, id);
`;
export const SQL_UPDATE = `
  UPDATE things SET code = ?, unit = ?, state = ?, deadline = ?, reporter = ?, returned = ?, title = ?, details = ?
  WHERE id = ?`;
export const SQL_INSERT = 'INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';

export const UNITS = 200;
export const STATES = ['pending', 'active', 'verifying', 'closed', 'withdrawn'] as const;

/** Row `n`, always the same: about 450 bytes of JSON, ids in an order of their own. */
export function makeThing(n: number): BenchRow {
  return {
    id: idOf(n),
    code: codeOf(n),
    unit: unitOf(n),
    state: stateOf(n),
    deadline: `2026-${two(1 + (n % 12))}-${two(1 + (n % 28))}`,
    reporter: `person-${n % 5000}`,
    returned: n % 3,
    title: `柳湾村村口第${n}盏路灯不亮，晚上走路不方便`,
    details: '天黑以后从学校到村口一段没有灯，老人和孩子走路不方便，群众已经反映过两次，希望尽快修好。',
  };
}

/** Spread, as random ids are: a multiplication by an odd number permutes 32 bits. */
export function idOf(n: number): string {
  return `t-${(Math.imul(n, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}`;
}

export function codeOf(n: number): string {
  return `WT-2026-${String(n).padStart(7, '0')}`;
}

export function unitOf(n: number): string {
  return `unit-${(n * 7) % UNITS}`;
}

export function stateOf(n: number): string {
  return STATES[Math.floor(n / UNITS) % STATES.length] ?? 'pending';
}

/** Row `n` after its `change`-th change: its deadline moves, and with it its place in two indexes. */
export function changedThing(n: number, change: number): BenchRow {
  const deadline = `2026-${two(1 + ((n + change) % 12))}-${two(1 + ((n + change) % 28))}`;
  return { ...makeThing(n), deadline, returned: change };
}

export function valuesOf(thing: BenchRow): readonly unknown[] {
  return Object.values(thing);
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
