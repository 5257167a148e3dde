/**
 * Digests: what a person is to be reminded of in the same half of a day is one card, the oldest deadline first,
 * within the hours in which people want to hear from us, and said only as long as it is true.
 */
import { z } from 'zod';
import { addDays, dayOf, instant, mondayOf, sayDay, timeOf } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import type { Workdays } from '../../lib/workdays.ts';
import type { Stored } from '../../store/store.ts';
import { button, listCard, note, type RowSpec } from '../cards/spec.ts';
import type { Feature, View } from '../feature.ts';
import { entries, isLate, LATE, oldestFirst, operation, sayUntil } from '../operation.ts';
import type { Reminder } from '../reminders/reminder.ts';
import { defineRights, type Relation, type Right } from '../turn/rights.ts';
import type { World } from '../world.ts';
import { ended, queue } from './enqueue.ts';
import { type DigestLine, type OutboxRow, outbox, prefs } from './tables.ts';

/** Hours in which people are reminded, on working days. */
export const USUAL_HOURS = { from: '08:30', to: '18:00' } as const;
/** A second digest on the same day waits until then. */
const AFTERNOON = '14:30';
const NOON = '12:00';
/** A card shows this many lines, the most urgent ones. The rest is counted: it is never put off to another day. */
const MOST_LINES = 20;
/** Lines that one digest keeps, the most urgent ones: what is more stands in 待办, and each is written with all others. */
const MOST_KEPT = 400;

/** Weeks from this one in which three working days later can lie, behind the longest holidays. */
const WEEKS_AHEAD = [0, 1, 2, 3];

interface Hours {
  readonly from: string;
  readonly to: string;
}

/** The first instant not before `at` that lies in somebody's hours on a working day. */
export function withinHours(at: Date, { from, to }: Hours, workdays: Workdays): Date {
  const day = dayOf(at);
  if (workdays.isWorkday(day)) {
    if (timeOf(at) < from) return instant(day, from);
    if (timeOf(at) < to) return at;
  }
  return instant(workdays.add(day, 1), from);
}

/** The half of a day in which an instant falls: `2026-11-23:am`. */
export function halfOf(at: Date): string {
  return `${dayOf(at)}:${timeOf(at) < NOON ? 'am' : 'pm'}`;
}

/** The key of a person's digest of a half day. */
function keyOf(person: string, half: string): string {
  return `digest:${person}:${half}`;
}

/** The half day of a person's digest, from its key. */
export function halfOfKey(person: string, key: string): string {
  return key.slice(keyOf(person, '').length);
}

/** Once a platform may have seen a digest, nothing comes to it any more. */
function isOpen({ state, attempts }: OutboxRow): boolean {
  return (state === 'due' || state === 'waiting') && attempts === 0;
}

async function hoursOf({ tx }: World, person: string): Promise<Hours> {
  return (await tx.table(prefs).get(person)) ?? USUAL_HOURS;
}

/**
 * Put lines into the person's digest of the half day in which `at` falls, or the next one if that has gone out. What a
 * digest on the way says already is left out.
 */
export async function addLines(
  world: World,
  person: string,
  lines: readonly DigestLine[],
  at: Date,
): Promise<void> {
  const { tx, workdays } = world;
  const hours = await hoursOf(world, person);
  const left = new Map(lines.map((line) => [matterOf(line), line]));
  for (let send = withinHours(at, hours, workdays); ; send = nextHalf(send, hours, workdays)) {
    const day = dayOf(send);
    const id = keyOf(person, halfOf(send));
    const known = await tx.table(outbox).get(id);
    for (const line of known?.lines ?? []) left.delete(matterOf(line));
    if (left.size === 0) return;
    if (known && !isOpen(known)) continue;
    const all = [...(known?.lines ?? []), ...left.values()];
    const more = all.length > MOST_KEPT ? all.sort(oldestFirst).slice(0, MOST_KEPT) : all;
    if (known && more.length === known.lines.length && more.every((line, n) => line === known.lines[n]))
      return;
    if (known) await tx.table(outbox).put({ ...known, lines: more });
    else {
      const reply = { text: '', card: { subject: { kind: 'digest', id } } };
      const when = { due: send.toISOString(), day, week: mondayOf(day) };
      await queue(world, { id, kind: 'digest', person, place: null, reply }, { lines: more, ...when });
    }
    return;
  }
}

/**
 * What becomes of a digest that did not go out in its time. Outside the person's hours what it says waits for the next
 * digest; within them it joins the digest of that half day, if one is waiting. Resolves to whether it is to stay here.
 */
export async function passOn(world: World, row: Stored<OutboxRow>): Promise<boolean> {
  const { tx, now, workdays } = world;
  const person = row.person ?? '';
  const at = withinHours(now, await hoursOf(world, person), workdays);
  const id = keyOf(person, halfOf(at));
  // What may have been taken already can only be repeated as it is.
  if (id === row.id || row.attempts > 0) return waitUntil(world, row, at);
  const other = await tx.table(outbox).get(id);
  if (at <= now && !(other && isOpen(other))) return false;
  await addLines(world, person, row.lines, at);
  await tx.table(outbox).put(ended(row, 'merged', '错过了时间，并入下一次提醒'));
  return true;
}

/** A message that stands in for somebody's digest keeps to the usual hours, too. */
export function standsInForDigest({ id, instead }: OutboxRow): boolean {
  return instead !== null && id.startsWith(keyOf(instead, ''));
}

export function waitForUsualHours(world: World, row: Stored<OutboxRow>): Promise<boolean> {
  return waitUntil(world, row, withinHours(world.now, USUAL_HOURS, world.workdays));
}

/** It was not said in its time; how long that has been tried counts anew from then. */
async function waitUntil(
  { tx, now }: World,
  { since: _, ...row }: Stored<OutboxRow>,
  at: Date,
): Promise<boolean> {
  if (at <= now) return false;
  await tx.table(outbox).put({ ...row, due: at.toISOString() });
  return true;
}

function nextHalf(send: Date, hours: Hours, workdays: Workdays): Date {
  const day = dayOf(send);
  if (timeOf(send) < NOON && hours.to > AFTERNOON) return instant(day, AFTERNOON);
  return instant(workdays.add(day, 1), hours.from);
}

/** When what should not be said now is said: the next half day. */
export function nextDigest({ now, workdays }: World): Date {
  return nextHalf(now, USUAL_HOURS, workdays);
}

/** When what can wait is said: what is asked with the reminders of the next working day, news on the last of the week. */
export function nextMorning({ today, workdays }: World, isNews: boolean): Date {
  const next = workdays.add(today, 1);
  // The working day before the next Monday or the first working day after it.
  const last = workdays.add(addDays(mondayOf(today), 7), -1);
  return instant(isNews && last > next ? last : next, USUAL_HOURS.from);
}

/** What a line reminds of, and on which occasion: two of the same are one. */
function matterOf({ rhythm: reminder, period, op, data }: DigestLine): string {
  return JSON.stringify([reminder, period, op, data]);
}

/** The person pressed one of its buttons; `error` says until when. */
function isPutOff({ state, error }: OutboxRow): boolean {
  return state === 'sent' && error !== null;
}

/** The occurrence of a line that was put off from its own to a day. */
function putOffTo(period: string, day: string): string {
  return `${period}+${day}`;
}

/** Take lines that were put off out of the digests that wait: they are put off to another day. */
async function takeBack({ tx, today }: World, person: string, lines: readonly DigestLine[]): Promise<void> {
  const rows = tx.table(outbox);
  const matters = new Set(lines.map(matterOf));
  const isOne = (line: DigestLine) => {
    const at = line.period.lastIndexOf('+');
    return at > 0 && matters.has(matterOf({ ...line, period: line.period.slice(0, at) }));
  };
  const week = WEEKS_AHEAD.map((weeks) => addDays(mondayOf(today), 7 * weeks));
  const where = { person, week, kind: 'digest' as const, state: ['due', 'waiting'] as const };
  for (const row of (await rows.find({ where, limit: 50 })).rows.filter(isOpen)) {
    const left = row.lines.filter((line) => !isOne(line));
    if (left.length === 0) await rows.delete(row);
    else if (left.length < row.lines.length) await rows.put({ ...row, lines: left });
  }
}

/** What lines are asked before they are said. */
export interface LineChecks {
  readonly reminders: ReadonlyMap<string, Reminder>;
  /** Whether what a message asked for that became a line is still to be done by this person. */
  stillAsked(world: World, asks: NonNullable<DigestLine['asks']>, person: string): Promise<boolean>;
}

/** The lines that still need to be said, by deadline. */
export async function trueLines(
  world: World,
  { reminders, stillAsked }: LineChecks,
  { lines, person }: Pick<OutboxRow, 'lines' | 'person'>,
): Promise<readonly DigestLine[]> {
  const isTrue = async (line: DigestLine, of: string) => {
    const still = reminders.get(line.rhythm)?.still;
    if (still && !(await still(world, line, of))) return false;
    return line.asks === undefined || stillAsked(world, line.asks, of);
  };
  const kept: DigestLine[] = [];
  for (const line of lines) if (!person || (await isTrue(line, person))) kept.push(line);
  return kept.sort(oldestFirst);
}

/** As many of them as a card shows. */
export function theFirst<T>(all: readonly T[]): readonly T[] {
  return all.slice(0, MOST_LINES);
}

/** What is left of them, in one row that opens 待办; none when nothing is. */
export function theRest(all: readonly unknown[]): readonly RowSpec[] {
  const more = all.length - MOST_LINES;
  if (more <= 0) return [];
  return [{ mark: `还有${more}条，见待办`, tone: 'default', title: '', sub: '', op: entries.todo, data: {} }];
}

const addressee: Relation<OutboxRow> = {
  title: '收到提醒的人',
  holds: ({ id }, { person }) => id === person,
  otherwise: () => '这是别人的提醒，要由本人来放。',
};

const rights = defineRights('digest', {
  tomorrow: { title: '明天再提醒', who: 'bound', of: [addressee] },
  later: { title: '三天后提醒', who: 'bound', of: [addressee] },
});

export function digestFeature(checks: LineChecks): Feature {
  const view: View = async (world, id) => {
    const row = await world.tx.table(outbox).get(id);
    if (!row) return note('这条提醒已经过期。');
    if (isPutOff(row)) return note(row.error ?? '');
    const lines = await trueLines(world, checks, row);
    if (lines.length === 0) return note('提醒的事都办好了，谢谢。');
    const title = `${sayDay(row.day, world.today)}提醒`;
    const sub = `共${lines.length}件${row.lines.length < MOST_KEPT ? '' : '以上'}，点一下打开。`;
    const rows = theFirst(lines).map(
      ({ ask, title: what, due, op, data }): RowSpec => ({
        ...{ mark: ask, title: what, op: { name: op }, data },
        sub: due ? sayUntil(due, world) : '',
        ...(isLate({ due }, world.today) && { lack: LATE }),
      }),
    );
    const data = { digest: id };
    const buttons = [
      button(entries.todo, {}, 'positive'),
      button(rights.tomorrow, data),
      button(rights.later, data),
    ];
    const rest = theRest(lines);
    return listCard(title, sub, [...rows, ...rest], buttons);
  };

  /** Put off what a digest still asks by some working days. */
  const snooze = (right: Right<OutboxRow>, days: number, later: string, words: readonly string[]) =>
    operation<Stored<OutboxRow>, unknown>({
      right,
      words: [right.title, ...words],
      async record(ctx, { digest }) {
        const id = typeof digest === 'string' ? digest : await latestDigest(ctx.me.id);
        const row = id ? await ctx.tx.table(outbox).get(id) : undefined;
        if (row?.kind !== 'digest') throw new AppError('not_found', '没有找到要往后放的提醒。');
        return row;

        async function latestDigest(person: string): Promise<string | undefined> {
          const half = timeOf(ctx.now) < NOON ? ['am'] : ['pm', 'am'];
          for (const part of half) {
            const key = `digest:${person}:${ctx.today}:${part}`;
            if (await ctx.tx.table(outbox).get(key)) return key;
          }
          return undefined;
        }
      },
      input: z.object({}),
      async run(ctx, _input, row) {
        const day = ctx.workdays.add(ctx.today, days);
        const lines = await trueLines(ctx, checks, row);
        const text =
          lines.length === 0
            ? '提醒的事都办好了，不用再提醒。'
            : `好的，${later}（${sayDay(day, ctx.today)}）再提醒您。`;
        if (isPutOff(row)) {
          if (row.error === text) return { text };
          await takeBack(ctx, ctx.me.id, row.lines);
        }
        const again = lines.map((line) => ({ ...line, period: putOffTo(line.period, day) }));
        await addLines(ctx, ctx.me.id, again, instant(day, USUAL_HOURS.from));
        // Who presses it has got it.
        await ctx.tx.table(outbox).put(ended(row, 'sent', text));
        return { text, card: { subject: { kind: 'digest', id: row.id } } };
      },
    });

  return {
    name: 'digest',
    tables: [],
    operations: [
      snooze(rights.tomorrow, 1, '下一个工作日', ['明天提醒']),
      snooze(rights.later, 3, '三个工作日后', ['三天后再提醒', '3天后提醒', '3天后再提醒']),
    ],
    views: { digest: view },
  };
}
