/** The process that kill.test.ts kills: writes as fast as it can and prints what was acknowledged. */
import { z } from 'zod';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { defineTable } from '../../src/store/store.ts';

export const entries = defineTable({
  name: 'entries',
  schema: z.object({ id: z.string(), number: z.number(), at: z.string() }),
  indexes: [{ on: [], order: 'number' }],
  keep: 'for ever: because it is a test’s',
});

/** Small, so that processes die in folds, too. */
export const FOLD_AFTER = 50_000;

async function main(dir: string): Promise<void> {
  const store = await openLowdb({ dir, tables: [entries], foldAfterBytes: FOLD_AFTER });
  const writer = async () => {
    for (;;) {
      const number = await store.transaction(async (tx) => {
        const next = await tx.next('HS');
        await tx.table(entries).put({ id: `HS-${next}`, number: next, at: '会商'.repeat(next % 30) });
        return next;
      });
      process.stdout.write(`${number}\n`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

const [, script, dir] = process.argv;
if (script?.includes('kill.child') && dir !== undefined) void main(dir);
