/**
 * Errands: work that is too large for one transaction. Each part is one, together with the place where the next part
 * begins: a crash or a second server repeats nothing and skips nothing, and whoever chats waits for one part at most.
 */
import { setImmediate as breath } from 'node:timers/promises';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/store.ts';
import { createDoing, landEffects } from './effects.ts';
import type { Errand } from './feature.ts';
import { type Kernel, worldOf } from './land.ts';
import { errands as table } from './tables.ts';

type Parts = Pick<Kernel, 'now' | 'workdays' | 'newId'> & {
  readonly store: Store;
  readonly errands: ReadonlyMap<string, Errand>;
  readonly log: Pick<Log, 'error'>;
  readonly stopping: () => boolean;
};

/** A part that fails is tried again after a minute, two, four … and then every hour. */
const AGAIN_MS = 60_000;
export const LONGEST_ERRAND_MS = 3_600_000;

/** Do all that is due now, part by part. */
export async function runErrands(parts: Parts): Promise<void> {
  while (!parts.stopping()) {
    const due = { lte: parts.now().toISOString() };
    const { rows } = await parts.store.read((tx) =>
      tx.table(table).find({ order: 'due', range: due, limit: 1 }),
    );
    if (!rows[0]) return;
    await onePart(parts, rows[0].id);
    await breath();
  }
}

async function onePart(parts: Parts, id: string): Promise<void> {
  try {
    await parts.store.transaction(async (tx) => {
      const row = await tx.table(table).get(id);
      const errand = row && parts.errands.get(row.name);
      if (!row || !errand) return row && tx.table(table).delete(row); // done by another server, or no longer known
      const world = worldOf(parts, tx);
      const { doing, effects } = createDoing(world, parts.newId, row.from);
      const next = await errand.step(doing, row.data, row.after ?? undefined);
      await landEffects(world, effects);
      if (next === undefined) return tx.table(table).delete(row);
      await tx.table(table).put({ ...row, after: next, attempts: 0 });
    });
  } catch (error) {
    parts.log.error({ errand: id, err: error }, 'a part failed, it is tried again later');
    await parts.store.transaction(async (tx) => {
      const row = await tx.table(table).get(id);
      if (!row) return;
      const wait = Math.min(AGAIN_MS * 2 ** row.attempts, LONGEST_ERRAND_MS);
      const due = new Date(parts.now().getTime() + wait).toISOString();
      await tx.table(table).put({ ...row, due, attempts: row.attempts + 1 });
    });
  }
}
