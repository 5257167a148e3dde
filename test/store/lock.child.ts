/** A process that opens the store, says `open`, writes a row for each line that it hears, and says its number. */
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { defineTable } from '../../src/store/store.ts';

export const lines = defineTable({
  name: 'lines',
  schema: z.object({ id: z.string(), pid: z.number() }),
  indexes: [],
  keep: 'for ever: because it is a test’s',
});

async function main(dir: string): Promise<void> {
  const lock = { beatMs: 100, deadMs: 2_000 };
  const store = await openLowdb({ dir, tables: [lines], lock }).catch(({ code, message }) => {
    console.log(`${code} ${message}`);
    process.exit(0);
  });
  console.log('open');
  for await (const line of createInterface({ input: process.stdin })) {
    await store.transaction((tx) => tx.table(lines).put({ id: line, pid: process.pid }));
    console.log(line);
  }
}

const [, script, dir] = process.argv;
if (script?.endsWith('lock.child.ts') && dir !== undefined) void main(dir);
