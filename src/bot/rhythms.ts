/**
 * Plans what comes round. Each page of an occurrence lands in one transaction with the reminders it made and the
 * watermark that says how far we are: a crash, a second server or a second tick repeats nothing and skips nothing.
 */
import { type Occurrence, occurrences, type Schedule } from '../lib/schedule.ts';
import type { Store } from '../store/store.ts';
import { addLine } from './digest.ts';
import type { Rhythm, World } from './feature.ts';
import { type Kernel, worldOf } from './land.ts';
import { schedules, watermarks } from './tables.ts';

type Parts = Pick<Kernel, 'now' | 'workdays'> & {
  readonly store: Store;
  readonly rhythms: readonly Rhythm[];
};

/** The schedule of a rhythm: as an organiser set it, else as declared. */
export async function scheduleOf({ tx }: Pick<World, 'tx'>, { name, schedule }: Rhythm): Promise<Schedule> {
  return (await tx.table(schedules).get(name))?.schedule ?? schedule;
}

/** Plan everything that fell due since the last time; what was missed is planned now and goes out at once. */
export async function planRhythms(parts: Parts): Promise<void> {
  for (const rhythm of parts.rhythms) {
    // Looking costs no write: most ticks find nothing.
    while (await parts.store.read((tx) => isDue(worldOf(parts, tx), rhythm))) {
      await parts.store.transaction((tx) => planPage(worldOf(parts, tx), rhythm));
    }
  }
}

async function isDue(world: World, rhythm: Rhythm): Promise<boolean> {
  const mark = await world.tx.table(watermarks).get(rhythm.name);
  return !mark || mark.current !== null || (await nextOf(world, rhythm, new Date(mark.at))) !== undefined;
}

/** The oldest occurrence that is not planned yet. */
async function nextOf(world: World, rhythm: Rhythm, after: Date): Promise<Occurrence | undefined> {
  if (after >= world.now) return undefined;
  return occurrences(await scheduleOf(world, rhythm), world.workdays, after, world.now)[0];
}

async function planPage(world: World, rhythm: Rhythm): Promise<void> {
  const rows = world.tx.table(watermarks);
  const mark = await rows.get(rhythm.name);
  if (!mark) {
    // A rhythm begins when it is first seen: what lies before is nobody's to be reminded of.
    await rows.put({ id: rhythm.name, at: world.now.toISOString(), current: null });
    return;
  }
  const { current } = mark;
  const occurrence = current
    ? { ...current, at: new Date(current.at) }
    : await nextOf(world, rhythm, new Date(mark.at));
  if (!occurrence) return; // planned by another server meanwhile
  const plan = await rhythm.plan(world, occurrence, current?.cursor);
  const at = occurrence.at > world.now ? occurrence.at : world.now;
  for (const { person, line } of plan.reminders) {
    await addLine(world, person, { ...line, rhythm: rhythm.name, period: occurrence.period }, at);
  }
  const done = occurrence.at.toISOString();
  await rows.put(
    plan.next
      ? { ...mark, current: { period: occurrence.period, day: occurrence.day, at: done, cursor: plan.next } }
      : { ...mark, at: done, current: null },
  );
}
