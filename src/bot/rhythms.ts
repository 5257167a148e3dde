/**
 * Plans what comes round. What an occurrence reminds of is looked up page by page, then written down in a few parts,
 * each together with the watermark that says how far we are: a crash, a second server or a second tick repeats
 * nothing and skips nothing.
 */
import { setImmediate as breath } from 'node:timers/promises';
import { dayOf } from '../lib/dates.ts';
import type { Log } from '../lib/log.ts';
import { type Occurrence, occurrences, periodEnd, periodName, type Schedule } from '../lib/schedule.ts';
import type { Store, Stored } from '../store/store.ts';
import { USUAL_HOURS, withinHours } from './digest.ts';
import type { Notice, Rhythm, World } from './feature.ts';
import { type Kernel, worldOf } from './land.ts';
import { queue } from './queue.ts';
import { type DigestLine, occasions, outbox, schedules, type WatermarkRow, watermarks } from './tables.ts';
import { addToWave, type Planned, waveOf } from './waves.ts';

type Parts = Pick<Kernel, 'now' | 'workdays'> & {
  readonly store: Store;
  readonly rhythms: readonly Rhythm[];
  readonly log: Pick<Log, 'warn' | 'error'>;
};

/** Reminders that are written down in one transaction, if their waves are not larger. */
const AT_ONCE = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Occasions that are planned in one tick. */
const ASKED = 20;

/** The schedule of a rhythm: as an organiser set it, else as declared. */
export async function scheduleOf({ tx }: Pick<World, 'tx'>, { name, schedule }: Rhythm): Promise<Schedule> {
  return (await tx.table(schedules).get(name))?.schedule ?? schedule;
}

/** Plan everything that fell due since the last time; what was missed is planned now and goes out at once. */
export async function planRhythms(parts: Parts): Promise<void> {
  // Looking costs no write: most ticks find nothing.
  const due = await parts.store.read((tx) => dueRhythms(worldOf(parts, tx), parts.rhythms));
  for (const rhythm of due) {
    try {
      await planRhythm(parts, rhythm);
    } catch (error) {
      // The others are not to blame.
      parts.log.error({ rhythm: rhythm.name, err: error }, 'not planned, the next tick tries again');
    }
  }
}

/** Those of which something is not planned yet. */
export async function dueRhythms(world: World, rhythms: Iterable<Rhythm>): Promise<readonly Rhythm[]> {
  const due: Rhythm[] = [];
  for (const rhythm of rhythms) {
    const mark = await world.tx.table(watermarks).get(rhythm.name);
    if (!mark || isAhead(world, rhythm, mark) || (await nextOf(world, rhythm, mark))) due.push(rhythm);
  }
  return due;
}

/** Plan what was asked for besides the schedules. */
export async function planOccasions(parts: Parts): Promise<void> {
  const { rows } = await parts.store.read((tx) => tx.table(occasions).find({ order: 'at', limit: ASKED }));
  for (const { id, rhythm: name, ...asked } of rows) {
    try {
      const rhythm = parts.rhythms.find((one) => one.name === name);
      const occurrence = { ...asked, at: new Date(asked.at) };
      const planned = rhythm ? await lookUp(parts, rhythm, occurrence) : [];
      while (await parts.store.transaction((tx) => writeOccasion(worldOf(parts, tx), id, planned)));
    } catch (error) {
      parts.log.error({ occasion: id, err: error }, 'not planned, the next tick tries again');
    }
  }
}

async function writeOccasion(world: World, id: string, planned: PlannedWaves): Promise<boolean> {
  const rows = world.tx.table(occasions);
  const row = await rows.get(id);
  if (!row) return false; // another server was faster
  const cursor = await writePart(world, planned, row.cursor, new Date(row.at));
  if (cursor === undefined) await rows.delete(row);
  else await rows.put({ ...row, cursor });
  return cursor !== undefined;
}

async function planRhythm(parts: Parts, rhythm: Rhythm): Promise<void> {
  const ahead = await parts.store.transaction((tx) => goBack(worldOf(parts, tx), rhythm));
  if (ahead)
    parts.log.warn(
      { rhythm: rhythm.name, planned: ahead.at, goesOnFrom: ahead.from },
      'planned up to a time that is far ahead: the clock was; this is not believed',
    );
  const begin = () => parts.store.transaction((tx) => firstOf(worldOf(parts, tx), rhythm));
  for (let occurrence = await begin(); occurrence; occurrence = await begin()) {
    const planned = await lookUp(parts, rhythm, occurrence);
    while (await parts.store.transaction((tx) => writeDown(worldOf(parts, tx), rhythm, occurrence, planned)));
  }
}

/** The oldest occurrence that is not planned yet, if there is one now. */
async function nextOf(
  world: World,
  rhythm: Rhythm,
  { at, current }: WatermarkRow,
): Promise<Occurrence | undefined> {
  if (current) return { ...current, at: new Date(current.at) };
  const after = new Date(at);
  if (after >= world.now) return undefined;
  return occurrences(await scheduleOf(world, rhythm), world.workdays, after, world.now)[0];
}

/**
 * Whether a clock that was ahead has written this: nothing would be said until its day. A clock that was set back by hours
 * is none: what was planned before stays planned.
 */
function isAhead({ now }: World, { schedule }: Rhythm, { at, current, written = '' }: WatermarkRow): boolean {
  const soon = new Date(now.getTime() + DAY_MS);
  const last = periodEnd(
    schedule.every === 'workday' ? dayOf(soon) : periodName(dayOf(soon), schedule.every),
  );
  return written > soon.toISOString() || new Date(current?.at ?? at) > last;
}

/** Take back what a clock that was ahead has planned; resolves to what that was, and from when it goes on. */
async function goBack(
  world: World,
  rhythm: Rhythm,
): Promise<{ readonly at: string; readonly from: string } | undefined> {
  const rows = world.tx.table(watermarks);
  const mark = await rows.get(rhythm.name);
  if (!mark || !isAhead(world, rhythm, mark)) return undefined;
  const now = world.now.toISOString();
  const { id, rev, at, before = now } = mark;
  const from = isAhead(world, rhythm, { id, at: before, current: null }) ? now : before;
  await rows.put({ id, rev, at: from, current: null, written: now });
  return { at, from };
}

async function firstOf(world: World, rhythm: Rhythm): Promise<Occurrence | undefined> {
  const rows = world.tx.table(watermarks);
  const mark = await rows.get(rhythm.name);
  if (mark) return nextOf(world, rhythm, mark);
  // A rhythm begins when it is first seen: what lies before is nobody's to be reminded of.
  const at = world.now.toISOString();
  await rows.put({ id: rhythm.name, at, current: null, written: at });
  return undefined;
}

/** Reminders by the number of their wave. */
type PlannedWaves = readonly (readonly [number, Planned])[];

/** All that an occurrence reminds of, by wave in the order of their numbers. */
async function lookUp(parts: Parts, rhythm: Rhythm, occurrence: Occurrence): Promise<PlannedWaves> {
  const byWave = new Map<number, Map<DigestLine, string[]>>();
  // What many are reminded of is one object for all of them.
  const lines = new Map<object, DigestLine>();
  for (let after: string | undefined; ; ) {
    const page = await parts.store.read((tx) => rhythm.plan(worldOf(parts, tx), occurrence, after));
    if (page.posts?.length) await postAll(parts, page.posts);
    for (const { person, line: said } of page.reminders) {
      const line = lines.get(said) ?? { ...said, rhythm: rhythm.name, period: occurrence.period };
      lines.set(said, line);
      const number = waveOf(person);
      const wave = byWave.get(number) ?? new Map<DigestLine, string[]>();
      byWave.set(number, wave);
      const persons = wave.get(line);
      if (persons) persons.push(person);
      else wave.set(line, [person]);
    }
    if (!page.next) return [...byWave].sort(([a], [b]) => a - b);
    after = page.next;
    // Whoever writes meanwhile comes first.
    await breath();
  }
}

/** What goes to groups has a key of its own: planned again after a crash it is still posted once. */
async function postAll(parts: Parts, posts: readonly Notice[]): Promise<void> {
  await parts.store.transaction(async (tx) => {
    const world = worldOf(parts, tx);
    const due = withinHours(world.now, USUAL_HOURS, world.workdays).toISOString();
    for (const { key: id, to, text, card } of posts) {
      if (await tx.table(outbox).get(id)) continue;
      const reply = card ? { text, card } : { text };
      const person = 'person' in to ? to.person : null;
      const place = 'place' in to ? to.place : null;
      await queue(world, { id, kind: 'notice', person, place, reply }, { due });
    }
  });
}

/** Write the next part of an occurrence down; resolves to whether there is more of it. */
async function writeDown(
  world: World,
  rhythm: Rhythm,
  occurrence: Occurrence,
  planned: PlannedWaves,
): Promise<boolean> {
  const rows = world.tx.table(watermarks);
  const mark = await rows.get(rhythm.name);
  const next = mark && (await nextOf(world, rhythm, mark));
  if (!mark || next?.period !== occurrence.period) return false; // another server was faster
  const last = mark.current ? Number(mark.current.cursor) : -1;
  const cursor = await writePart(world, planned, last, occurrence.at);
  const { period, day } = occurrence;
  const current =
    cursor === undefined ? null : { period, day, at: occurrence.at.toISOString(), cursor: String(cursor) };
  await rows.put(markOf(world, mark, current, period));
  return current !== null;
}

/** Add the next waves after `last`; resolves to the number of the last one that was added, or undefined at the end. */
async function writePart(
  world: World,
  planned: PlannedWaves,
  last: number,
  from: Date,
): Promise<number | undefined> {
  const left = planned.filter(([number]) => number > last);
  const at = from > world.now ? from : world.now;
  let [size, done] = [0, 0];
  for (const [number, part] of left) {
    const more = [...part.values()].reduce((sum, persons) => sum + persons.length, 0);
    if (size > 0 && size + more > AT_ONCE) break;
    await addToWave(world, number, part, at);
    size += more;
    done += 1;
  }
  return done < left.length ? left[done - 1]?.[0] : undefined;
}

/** A period that is planned is over for good, whenever its schedule is changed to. */
function markOf(
  { now }: World,
  mark: Stored<WatermarkRow>,
  current: WatermarkRow['current'],
  period: string,
): Stored<WatermarkRow> {
  const written = now.toISOString();
  // What is caught up with is planned in one go: what was planned before it is known to have been right.
  const fresh = now.getTime() - Date.parse(mark.written ?? mark.at) > HOUR_MS;
  const next = { ...mark, written, current, ...(fresh && { before: mark.at }) };
  return current ? next : { ...next, at: periodEnd(period).toISOString() };
}
