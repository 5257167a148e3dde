/**
 * Plans what comes round. Each occurrence becomes a job, started together with the watermark that says how far we are:
 * a crash, a second server or a second tick repeats nothing and skips nothing.
 */

import { setImmediate as pause } from 'node:timers/promises';
import { dayOf } from '../../lib/dates.ts';
import type { Log } from '../../lib/log.ts';
import { type From, pages } from '../../lib/pages.ts';
import { type Occurrence, occurrences, periodEnd, periodName, type Schedule } from '../../lib/schedule.ts';
import type { Raw } from '../cards/spec.ts';
import { addToBatch, batchOf, type Planned } from '../delivery/batches.ts';
import { USUAL_HOURS, withinHours } from '../delivery/digest.ts';
import { withDoing } from '../delivery/effects.ts';
import { queue } from '../delivery/enqueue.ts';
import { type DigestLine, outbox } from '../delivery/tables.ts';
import { type JobKind, jobs } from '../jobs/job.ts';
import { type DoingParts, worldOf } from '../kernel.ts';
import type { Doing, World } from '../world.ts';
import type { Post, Reminder } from './reminder.ts';
import { schedules, type WatermarkRow, watermarks } from './tables.ts';

export type PlanParts = DoingParts & {
  readonly log: Pick<Log, 'warn'>;
  readonly reminders: ReadonlyMap<string, Reminder>;
  /** This server is told to stop: what is not planned by then is planned by the next one. */
  readonly stopping: () => boolean;
};

/** Reminders that are written down in one transaction, if their batches are not larger. */
const AT_ONCE = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The schedule of a reminder: as an organiser set it, else as declared. */
export async function scheduleOf({ tx }: Pick<World, 'tx'>, { name, schedule }: Reminder): Promise<Schedule> {
  return (await tx.table(schedules).get(name))?.schedule ?? schedule;
}

/** Begin to plan everything that fell due since the last time; what was missed is planned now and goes out at once. */
export async function startPlanning(parts: PlanParts): Promise<void> {
  // Looking costs no write: most ticks find nothing.
  const due = await parts.store.read((tx) => dueReminders(worldOf(parts, tx), parts.reminders.values()));
  for (const reminder of due) {
    if (parts.stopping()) return;
    await goBack(parts, reminder);
    while (
      !parts.stopping() &&
      (await parts.store.transaction((tx) =>
        withDoing(parts, tx, null, (doing) => startNext(doing, reminder)),
      ))
    );
  }
}

/** Those of which something is not planned yet. */
export async function dueReminders(
  world: World,
  reminders: Iterable<Reminder>,
): Promise<readonly Reminder[]> {
  const due = Array.from(reminders, async (reminder) => {
    const mark = await world.tx.table(watermarks).get(reminder.name);
    const isDue = !mark || isAhead(world, reminder, mark) || (await nextOf(world, reminder, mark));
    return isDue ? [reminder] : [];
  });
  return (await Promise.all(due)).flat();
}

/** The oldest occurrence that is not planned yet, if there is one now. */
async function nextOf(
  world: World,
  reminder: Reminder,
  { at, current }: WatermarkRow,
): Promise<Occurrence | undefined> {
  if (current) return { ...current, at: new Date(current.at) };
  const after = new Date(at);
  if (after >= world.now) return undefined;
  return occurrences(await scheduleOf(world, reminder), world.workdays, after, world.now)[0];
}

/**
 * Whether a clock that was ahead has written this: nothing would be said until its day. A clock that was set back by hours
 * is none: what was planned before stays planned.
 */
function isAhead(
  { now }: World,
  { schedule }: Reminder,
  { at, current, written = '' }: WatermarkRow,
): boolean {
  const soon = new Date(now.getTime() + DAY_MS);
  const last = periodEnd(
    schedule.every === 'workday' ? dayOf(soon) : periodName(dayOf(soon), schedule.every),
  );
  return written > soon.toISOString() || new Date(current?.at ?? at) > last;
}

/** Take back what a clock that was ahead has planned. */
async function goBack(parts: PlanParts, reminder: Reminder): Promise<void> {
  const ahead = await parts.store.transaction(async (tx) => {
    const world = worldOf(parts, tx);
    const rows = tx.table(watermarks);
    const mark = await rows.get(reminder.name);
    if (!mark || !isAhead(world, reminder, mark)) return undefined;
    const now = world.now.toISOString();
    const { id, rev, at, before = now } = mark;
    const from = isAhead(world, reminder, { id, at: before, current: null }) ? now : before;
    await rows.put({ id, rev, at: from, current: null, written: now });
    return { planned: at, goesOnFrom: from };
  });
  if (ahead)
    parts.log.warn(
      { reminder: reminder.name, ...ahead },
      'planned up to a time that is far ahead: the clock was; this is not believed',
    );
}

/** Start the job for the oldest occurrence that has none yet; resolves to whether there was one. */
async function startNext(doing: Doing, reminder: Reminder): Promise<boolean> {
  const rows = doing.tx.table(watermarks);
  const mark = await rows.get(reminder.name);
  const next = mark && (await nextOf(doing, reminder, mark));
  if (next) startPlan(doing, reminder.name, next, mark.current?.cursor);
  // A reminder begins when it is first seen: what lies before is nobody's to be reminded of.
  const written = doing.now.toISOString();
  if (!mark) await rows.put({ id: reminder.name, at: written, current: null, written });
  else if (next) {
    // What is caught up with is planned in one go: what was planned before it is known to have been right.
    const fresh = doing.now.getTime() - Date.parse(mark.written ?? mark.at) > HOUR_MS;
    // A period that is planned is over for good, whenever its schedule is changed to.
    const at = periodEnd(next.period).toISOString();
    await rows.put({ ...mark, at, current: null, written, ...(fresh && { before: mark.at }) });
  }
  return next !== undefined;
}

export const PLAN = 'reminders.plan';

export function startPlan(
  doing: Doing,
  reminder: string,
  { period, day, at }: Occurrence,
  cursor: string | undefined,
): void {
  // Jobs and rows of the versions before have the reminder's name as `rhythm`.
  const data = { rhythm: reminder, period, day, at: at.toISOString() };
  // The older occurrence is planned first.
  doing.start({ kind: PLAN }, data, { key: `${reminder} ${period}`, at, ...(cursor && { cursor }) });
}

/**
 * Let a reminder remind now, besides its schedule: for what is to be said to very many people. `period` names the
 * occurrence for good, and the reminder's `plan` knows by it what was asked for.
 */
export function remindNow(doing: Doing, reminder: string, period: string): void {
  startPlan(doing, reminder, { period, day: doing.today, at: doing.now }, undefined);
}

/** Whether something that is due is not planned yet. */
export async function isPlanning(world: World, reminders: Iterable<Reminder>): Promise<boolean> {
  const { rows } = await world.tx.table(jobs).find({ where: { kind: PLAN }, order: 'due', limit: 1 });
  return rows.length > 0 || (await dueReminders(world, reminders)).length > 0;
}

/** Plans one occurrence: looked up page by page, then written down in a few steps. The cursor is the last batch's number. */
export function planJob(parts: PlanParts): JobKind<PlannedBatches> {
  return {
    kind: PLAN,
    knows: (data) => parts.reminders.has(reminderNamed(data)),
    async prepare({ data }) {
      const reminder = parts.reminders.get(reminderNamed(data));
      return reminder ? lookUp(parts, reminder, occurrenceOf(data)) : [];
    },
    async step(doing, { data, cursor }, planned) {
      const last = cursor === null ? -1 : Number(cursor);
      const next = await writePart(doing, planned, last, occurrenceOf(data).at);
      return next === undefined ? undefined : String(next);
    },
  };
}

const reminderNamed = ({ rhythm: name }: Raw) => String(name);

function occurrenceOf({ period, day, at }: Raw): Occurrence {
  return { period: String(period), day: String(day), at: new Date(String(at)) };
}

/** Reminders by the number of their batch. */
type PlannedBatches = readonly (readonly [number, Planned])[];

/** All that an occurrence reminds of, by batch in the order of their numbers. */
async function lookUp(parts: PlanParts, reminder: Reminder, occurrence: Occurrence): Promise<PlannedBatches> {
  const byBatch = new Map<number, Map<DigestLine, string[]>>();
  // What many are reminded of is one object for all of them.
  const lines = new Map<object, DigestLine>();
  const plan = ({ after }: From) =>
    parts.store.read((tx) => reminder.plan(worldOf(parts, tx), occurrence, after));
  for await (const page of pages(plan)) {
    if (page.posts?.length) await postAll(parts, page.posts);
    for (const { person, line: said } of page.reminders) {
      const { period } = occurrence;
      const line = lines.get(said) ?? { ...said, op: said.op.name, rhythm: reminder.name, period };
      lines.set(said, line);
      const number = batchOf(person);
      const batch = byBatch.get(number) ?? new Map<DigestLine, string[]>();
      byBatch.set(number, batch);
      const persons = batch.get(line);
      if (persons) persons.push(person);
      else batch.set(line, [person]);
    }
    // Whoever writes meanwhile comes first.
    await pause();
  }
  return [...byBatch].sort(([a], [b]) => a - b);
}

/** What is no line of a digest has a key of its own: planned again after a crash it is still posted once. */
async function postAll(parts: PlanParts, posts: readonly Post[]): Promise<void> {
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

/** Add the next batches after `last`; resolves to the number of the last one that was added, or undefined at the end. */
async function writePart(
  world: World,
  planned: PlannedBatches,
  last: number,
  from: Date,
): Promise<number | undefined> {
  const left = planned.filter(([number]) => number > last);
  const at = from > world.now ? from : world.now;
  let [size, done] = [0, 0];
  for (const [number, part] of left) {
    const more = [...part.values()].reduce((sum, persons) => sum + persons.length, 0);
    if (size > 0 && size + more > AT_ONCE) break;
    await addToBatch(world, number, part, at);
    size += more;
    done += 1;
  }
  return done < left.length ? left[done - 1]?.[0] : undefined;
}
