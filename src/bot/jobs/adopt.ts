/** Takes over work that servers of the version before keep in tables of their own, also while they still run. */
import { z } from 'zod';
import { type AnyTable, defineTable } from '../../store/store.ts';
import { storedSubject } from '../cards/stored.ts';
import { withDoing } from '../delivery/effects.ts';
import { adoptExports } from '../files/exports.ts';
import type { DoingParts } from '../kernel.ts';
import { startPlan } from '../reminders/plan.ts';
import type { Doing } from '../world.ts';

const AT_ONCE = 100;

const errandRow = z.object({
  id: z.string(),
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
  after: z.string().nullable(),
  due: z.string(),
});
const errands = defineTable<z.infer<typeof errandRow>>({
  name: 'errands',
  schema: errandRow,
  indexes: [{ on: [], order: 'due' }],
  keep: 'for ever: because all of it is taken over at once',
});

const occasionRow = z.object({
  id: z.string(),
  rhythm: z.string(),
  period: z.string(),
  day: z.string(),
  at: z.string(),
  cursor: z.number().int(),
});
const occasions = defineTable<z.infer<typeof occasionRow>>({
  name: 'occasions',
  schema: occasionRow,
  indexes: [{ on: [], order: 'at' }],
  keep: 'for ever: because all of it is taken over at once',
});

const redrawRow = z.object({ id: z.string(), subject: storedSubject, due: z.string() });
const redraws = defineTable<z.infer<typeof redrawRow>>({
  name: 'redraws',
  schema: redrawRow,
  indexes: [{ on: [], order: 'due' }],
  keep: 'for ever: because all of it is taken over at once',
});

export const formerTables: readonly AnyTable[] = [errands, occasions, redraws];

/** Make jobs of what is left there. Costs a read of three empty tables when nothing is. */
export async function adoptFormerWork(parts: DoingParts): Promise<void> {
  const left = await parts.store.read(async (tx) => {
    const counts = await Promise.all(formerTables.map((table) => tx.table(table).count()));
    return counts.some((count) => count > 0);
  });
  if (left) await parts.store.transaction((tx) => withDoing(parts, tx, null, adopt));
  await adoptExports(parts);
}

async function adopt(doing: Doing): Promise<void> {
  const { tx } = doing;
  for (const row of (await tx.table(errands).find({ order: 'due', limit: AT_ONCE })).rows) {
    doing.start({ kind: row.name }, row.data, { ...(row.after !== null && { cursor: row.after }) });
    await tx.table(errands).delete(row);
  }
  for (const row of (await tx.table(occasions).find({ order: 'at', limit: AT_ONCE })).rows) {
    const cursor = row.cursor < 0 ? undefined : String(row.cursor);
    startPlan(doing, row.rhythm, { period: row.period, day: row.day, at: new Date(row.at) }, cursor);
    await tx.table(occasions).delete(row);
  }
  for (const row of (await tx.table(redraws).find({ order: 'due', limit: AT_ONCE })).rows) {
    doing.refresh(row.subject);
    await tx.table(redraws).delete(row);
  }
}
