/** The tables of the contract's tests, and a plain list that says what a store has to answer. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';
import { defineTable, type IndexValue, type Query, type Store, type Stored } from '../../src/store/store.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const thingRow = z.object({
  id: z.string().min(1),
  kind: value,
  owner: z.string().nullable(),
  rank: value,
  code: z.string().nullable(),
  data: z.object({ tags: z.array(z.string()), deep: z.record(z.string(), z.unknown()) }).optional(),
});
export type Thing = z.infer<typeof thingRow>;
export const things = defineTable<Thing>({
  name: 'things',
  schema: thingRow,
  indexes: [
    { on: [] },
    { on: [], order: 'rank' },
    { on: ['kind'] },
    { on: ['kind'], order: 'rank' },
    { on: ['owner', 'kind'], order: 'rank' },
    { on: ['code'] },
  ],
  terms: { of: termsOf, version: 1 },
  keep: 'for ever: because it is a test’s',
});
/** What a thing is found by with `match`. */
export function termsOf({ kind, owner, data }: Thing): ReadonlySet<string> {
  return new Set([`kind ${kind}`, `owner ${owner}`, ...(data?.tags ?? []).map((tag) => `tag ${tag}`)]);
}
export const others = defineTable({
  name: 'others',
  schema: z.object({ id: z.string() }),
  indexes: [{ on: [] }],
  keep: 'for ever: because it is a test’s',
});

export function thing(id: string, fields: Partial<Thing> = {}): Thing {
  return { id, kind: 'a', owner: null, rank: 0, code: null, ...fields };
}

/** Also what sorts otherwise by code point than by code unit, and texts too long for an index of PostgreSQL. */
const texts = ['', 'A', 'a', 'b', '会', '会商', '！', '😀', '\u0000', '\u0001', `长${'x'.repeat(4_000)}`];
const values = fc.constantFrom<IndexValue>(null, false, true, -1e300, -1, -0.5, 0, 2, 10, ...texts);
const owner = fc.constantFrom(null, 'x', 'y');
const step = fc.record({
  id: fc.integer({ min: 0, max: 60 }).map((n) => `t${n}`),
  remove: fc.boolean(),
  fail: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  fields: fc.record({
    kind: values,
    rank: values,
    owner,
    data: fc.record({ tags: fc.subarray(['一', "'it\\"]), deep: fc.constant({}) }),
  }),
});
const term = fc.oneof(
  values.map((kind) => `kind ${kind}`),
  owner.map((each) => `owner ${each}`),
  fc.constantFrom('tag 一', "tag 'it\\", 'tag none'),
);
const question = fc.record({
  match: fc.array(fc.array(term, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  where: fc.oneof(
    fc.constant({}),
    fc.record({ kind: fc.oneof(values, fc.array(values, { maxLength: 4 })) }),
    fc.record({ kind: fc.oneof(values, fc.array(values, { maxLength: 4 })), owner }),
  ),
  desc: fc.boolean(),
  limit: fc.integer({ min: 1, max: 20 }),
  range: fc.record({ gte: values, gt: values, lte: values, lt: values }, { requiredKeys: [] }),
});
/** Transactions of some steps each. */
export const batches = fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 });
export const questions = fc.array(question, { minLength: 1, maxLength: 6 });

interface Step {
  id: string;
  remove: boolean;
  fail: boolean;
  fields: Partial<Thing>;
}

/** One transaction for all steps, on the store and on the list; it fails when its last step says so. */
export async function play(
  store: Store,
  plain: Map<string, Stored<Thing>>,
  steps: readonly Step[],
): Promise<void> {
  const next = new Map(plain);
  const run = store.transaction(async (tx) => {
    const table = tx.table(things);
    next.clear();
    for (const [id, row] of plain) next.set(id, row);
    for (const { id, remove, fields } of steps) {
      const row = await table.get(id);
      expect(row).toEqual(next.get(id));
      if (remove && row) {
        await table.delete(row);
        next.delete(id);
      } else if (!remove) {
        next.set(id, await table.put(row ? { ...row, ...fields } : thing(id, fields)));
      }
    }
    expect(await table.count()).toBe(next.size);
    if (steps.at(-1)?.fail) throw new Error('asked for');
  });
  if (steps.at(-1)?.fail) {
    await expect(run).rejects.toThrow('asked for');
    return;
  }
  await run;
  plain.clear();
  for (const [id, row] of next) plain.set(id, row);
}

function order(a: IndexValue, b: IndexValue): number {
  const rank = (each: IndexValue) =>
    [null, false, true].indexOf(each as null) + 1 || (typeof each === 'number' ? 4 : 5);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
}

interface Question {
  match: string[][];
  where: { kind?: IndexValue | IndexValue[]; owner?: string | null };
  desc: boolean;
  limit: number;
  range: { gte?: IndexValue; gt?: IndexValue; lte?: IndexValue; lt?: IndexValue };
}

export async function compare(
  store: Store,
  rows: Stored<Thing>[],
  { match, where, desc, limit, range }: Question,
): Promise<void> {
  const among = (value: IndexValue, wanted: IndexValue | IndexValue[]) =>
    Array.isArray(wanted) ? wanted.includes(value) : value === wanted;
  const matching = rows.filter(
    (row) =>
      (where.kind === undefined || among(row.kind, where.kind)) &&
      (where.owner === undefined || row.owner === where.owner),
  );
  const withTerms = rows.filter((row) =>
    match.every((group) => group.some((each) => termsOf(row).has(each))),
  );
  const { gte, gt, lte, lt } = range;
  const expected = (all: readonly Stored<Thing>[]) => {
    const within = all.filter(
      ({ rank }) =>
        (gte === undefined || order(rank, gte) >= 0) &&
        (gt === undefined || order(rank, gt) > 0) &&
        (lte === undefined || order(rank, lte) <= 0) &&
        (lt === undefined || order(rank, lt) < 0),
    );
    within.sort((a, b) => order(a.rank, b.rank) || (a.id < b.id ? -1 : 1));
    return desc ? within.reverse() : within;
  };
  const found = async (what: Pick<Query<Thing>, 'where' | 'match'>) => {
    const all: Stored<Thing>[] = [];
    for (let from: { after?: string } = {}; ; ) {
      const query = { ...what, order: 'rank', desc, limit, range, ...from } as const;
      const page = await store.read((tx) => tx.table(things).find(query));
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      if (page.next !== undefined) expect(page.rows.length).toBe(limit);
      all.push(...page.rows);
      if (page.next === undefined) return all;
      from = { after: page.next };
    }
  };
  expect(await found({ where })).toEqual(expected(matching));
  expect(await found({ match })).toEqual(expected(withTerms));

  await store.read(async (tx) => {
    const table = tx.table(things);
    expect(await table.count(where)).toBe(matching.length);
    const byKind: Record<string, number> = {};
    for (const row of rows.filter((each) => where.owner === undefined || each.owner === where.owner)) {
      byKind[String(row.kind)] = (byKind[String(row.kind)] ?? 0) + 1;
    }
    const owner = where.owner === undefined ? {} : { owner: where.owner };
    expect(await table.countBy('kind', owner)).toEqual(byKind);
  });
}
