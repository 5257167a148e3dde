/** Begins the work of each day: once, by the first tick of that day on whichever server. */
import { withDoing } from '../delivery/effects.ts';
import { type DoingParts, worldOf } from '../kernel.ts';
import { watermarks } from '../reminders/tables.ts';
import type { Doing } from '../world.ts';
import type { JobKind } from './job.ts';

/**
 * Reminders and the work of each day keep how far they are in one table, by their names; jobs wait by theirs.
 * @throws Error when two of them have the same
 */
export function checkNames(reminders: Iterable<{ readonly name: string }>, kinds: readonly JobKind[]): void {
  const names = [...[...reminders].map(({ name }) => name), ...kinds.map(({ kind }) => kind)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`Two reminders or jobs are called ${twice}`);
}

export async function startDaily(parts: DoingParts, kinds: readonly JobKind[]): Promise<void> {
  for (const { kind, daily } of kinds) {
    // Looking costs no write: most ticks find that it was begun.
    if (!daily || (await parts.store.read((tx) => isBegun(worldOf(parts, tx), kind)))) continue;
    await parts.store.transaction((tx) => withDoing(parts, tx, null, (doing) => begin(doing, kind)));
  }
}

/** A day that is still to come was written by a clock that was ahead: it is not believed. */
async function isBegun({ tx, today }: Pick<Doing, 'tx' | 'today'>, kind: string): Promise<boolean> {
  return (await tx.table(watermarks).get(kind))?.at === today;
}

async function begin(doing: Doing, kind: string): Promise<void> {
  if (await isBegun(doing, kind)) return;
  const known = await doing.tx.table(watermarks).get(kind);
  await doing.tx.table(watermarks).put({ ...known, id: kind, at: doing.today, current: null });
  doing.start({ kind }, {}, { key: 'daily' });
}
