/** Plans what is due and nothing else: what a tick and its jobs do for reminders. */
import { batches, outbox } from '../../src/bot/delivery/tables.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { createJobs, type JobsParts } from '../../src/bot/jobs/run.ts';
import { planJob, startPlanning } from '../../src/bot/reminders/plan.ts';
import type { Tx } from '../../src/store/store.ts';

type Parts = Omit<JobsParts, 'kinds' | 'listeners' | 'log' | 'channels'>;

export function createPlanner(parts: Parts, features: readonly Feature[]): () => Promise<void> {
  const reminders = new Map(features.flatMap((one) => one.reminders ?? []).map((one) => [one.name, one]));
  const planning = {
    ...parts,
    reminders,
    listeners: [],
    channels: new Map(),
    stopping: () => false,
    log: { warn() {}, error: console.error },
  };
  const kind = planJob(planning);
  const jobs = createJobs({
    ...planning,
    kinds: new Map([[kind.kind, kind]]),
  });
  return async () => {
    await startPlanning(planning);
    await jobs.run();
  };
}

/** People who have something coming. */
export async function countPlanned(tx: Tx): Promise<number> {
  const { rows } = await tx.table(batches).find({ order: 'due', limit: 1000 });
  const waiting = rows.reduce((sum, { people }) => sum + Object.keys(people).length, 0);
  return waiting + (await tx.table(outbox).count({ state: ['due', 'sending', 'sent'] }));
}
