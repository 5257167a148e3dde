/** Every query that a declared index allows is one walk through that index, in all tables of the programme. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allTables } from '../../src/engine.ts';
import { backends } from '../../src/store/postgres/backend.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import { matchRows } from '../../src/store/postgres/match.ts';
import { createPool } from '../../src/store/postgres/pool.ts';
import {
  anyWithKey,
  countRows,
  countRowsBy,
  findRows,
  type Prepared,
} from '../../src/store/postgres/query.ts';
import { PgTable, type Statement } from '../../src/store/postgres/tables.ts';
import type { AnyQuery } from '../../src/store/query-shape.ts';
import type { AnyTable, Item } from '../../src/store/store.ts';
import { cursorAt } from '../../src/store/values.ts';
import { newDatabase } from './pg.ts';
import { thing, things } from './store.model.ts';

const tables: AnyTable[] = [...allTables(), things];
const ROWS = 20_000;

let pool: Pool;
beforeAll(async () => {
  const url = await newDatabase();
  const store = await openPostgres({ url, tables });
  await store.import(manyThings());
  await store.close();
  pool = createPool(url, backends.postgres, undefined);
});
afterAll(() => pool.end());

async function* manyThings(): AsyncGenerator<Item> {
  for (let n = 0; n < ROWS; n += 1) {
    const row = thing(`t${n}`, { kind: n % 3, owner: n % 2 ? 'x' : 'y', rank: n, code: `c${n}` });
    yield { table: 'things', row: { ...row, rev: 1 } };
  }
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Node[];
}

async function explain(how: string, { text }: Statement, values?: unknown[]): Promise<Node[]> {
  const { rows } = await pool.query({
    text: `EXPLAIN (${how}, FORMAT JSON) ${text}`,
    ...(values && { values }),
  });
  const flat = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  return flat(rows[0]['QUERY PLAN'][0].Plan);
}

const types = (nodes: readonly Node[]) => nodes.map((node) => node['Node Type']);

/** All shapes of find that each index allows. */
function* finds(table: AnyTable): Generator<AnyQuery> {
  for (const { on, order } of table.indexes) {
    for (const many of [false, true]) {
      if (many && on.length === 0) continue;
      const where = Object.fromEntries(on.map((field: string) => [field, many ? ['x', 0] : 'x']));
      for (const desc of [false, true]) {
        const query = { where, desc, limit: 20, ...(order !== undefined && { order }) };
        yield query;
        yield { ...query, claim: true };
        yield { ...query, after: cursorAt({ value: order === undefined ? null : 'm', id: 'm' }) };
        if (order === undefined) continue;
        yield { ...query, range: { gt: 1, lte: 9 } };
        yield { ...query, range: { gte: 1, lt: 9 }, after: cursorAt({ value: 5, id: 'm' }) };
      }
    }
  }
}

it.each(tables)('plans for $name', async (declared) => {
  const table = new PgTable(declared.name, declared);
  let checked = 0;
  const walks = async (statement: Statement, allowed: RegExp) => {
    const nodes = types(await explain('GENERIC_PLAN', statement));
    for (const type of nodes)
      expect([statement.text, type]).toEqual([statement.text, expect.stringMatching(allowed)]);
    expect(nodes.filter((type) => /^Index/.test(type)).length, statement.text).toBeGreaterThan(0);
    checked += 1;
  };
  const one = /^(Limit|LockRows|Index Scan)$/;
  for (const query of finds(declared)) {
    const many = Object.values(query.where ?? {}).some(Array.isArray);
    const prepared = findRows(table, query);
    // Several groups are merged by sorting the few rows that each of them gives.
    const merged = /^(Limit|LockRows|Index Scan|Sort|Nested Loop|Function Scan|Subquery Scan)$/;
    if (prepared) await walks(prepared.statement, many ? merged : one);
  }
  for (const { on } of declared.indexes) {
    const where = Object.fromEntries(on.map((field: string) => [field, 'x']));
    await walks(countRows(table, where).statement, /^(Aggregate|Index Only Scan|Index Scan)$/);
    const by = on.at(-1);
    if (by === undefined) continue;
    const { [by]: _, ...rest } = where;
    await walks(countRowsBy(table, by, rest).statement, /^(Aggregate|Group|Index Only Scan|Index Scan)$/);
    await walks(anyWithKey(table, by, rest, '4x').statement, one);
  }
  await walks(table.get, one);
  await walks(table.update, /^(ModifyTable|Index Scan)$/);
  await walks(table.remove, /^(ModifyTable|Index Scan)$/);
  expect(checked).toBeGreaterThanOrEqual(3);
});

it('looks for terms along an index, and by that of the terms', async () => {
  const table = new PgTable('things', things);
  const query: AnyQuery = {
    match: [['owner x'], ['kind 1', 'kind 2']],
    order: 'rank',
    desc: true,
    limit: 20,
  };
  const asked = matchRows(table, {
    ...query,
    range: { gte: 5 },
    after: cursorAt({ value: 15_000, id: 'm' }),
  });
  if (!asked) throw new Error('rows could match');
  const planOf = async ({ statement }: Prepared) => types(await explain('GENERIC_PLAN', statement));
  const way = ['Limit', 'Subquery Scan', 'Limit', 'Index Scan'];
  expect([await planOf(asked.walk), await planOf(asked.walked)]).toEqual([way, ['Limit', 'Index Scan']]);
  const gather = await planOf(asked.gather);
  expect(gather).toContain('Bitmap Index Scan');
  expect(gather).not.toContain('Seq Scan');
});

it(`touches a page of rows, not the ${ROWS.toLocaleString('en')} that are there`, async () => {
  const table = new PgTable('things', things);
  const touched = async ({ statement, values }: Prepared) => {
    const nodes = await explain('ANALYZE', statement, values);
    const scans = nodes.filter((node) => /^Index/.test(node['Node Type']));
    return scans.reduce((sum, node) => sum + (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0), 0);
  };
  const asked: [AnyQuery, number][] = [
    [{ limit: 20 }, 21],
    [{ limit: 20, after: cursorAt({ value: null, id: 't5' }) }, 21],
    [{ where: { kind: 1 }, order: 'rank', limit: 20 }, 21],
    [{ where: { kind: 1 }, order: 'rank', desc: true, limit: 20 }, 21],
    [{ where: { kind: 1 }, order: 'rank', limit: 20, range: { gte: 3, lt: 15_000 } }, 21],
    [{ where: { kind: 1 }, order: 'rank', limit: 20, after: cursorAt({ value: 10_000, id: 't10000' }) }, 21],
    [{ where: { kind: [0, 1, 2] }, order: 'rank', limit: 20 }, 63],
    [{ where: { owner: ['x', 'y', null], kind: [0, 1] }, order: 'rank', limit: 20, claim: true }, 84],
  ];
  for (const [query, most] of asked) {
    const prepared = findRows(table, query);
    expect(prepared && (await touched(prepared)), JSON.stringify(query)).toBeLessThanOrEqual(most);
  }
});
