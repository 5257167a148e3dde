/**
 * A year of a city of 40 branches as it is lived: issues reported, handed on, put off, resolved and verified, tasks each
 * week, month and quarter, joint meetings with what they decide. It counts what arrives at each secretary unasked, and
 * looks whether anybody is asked twice, or for what is done already.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bot, tablesOf } from '../../src/bot/bot.ts';
import { batches, outbox } from '../../src/bot/delivery/tables.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { features } from '../../src/features/index.ts';
import { loadCity } from '../../src/features/members/index.ts';
import { addDays, dayOf, instant, mondayOf } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { type FileSystem, nodeFileSystem } from '../../src/store/lowdb/fs.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { type Arrival, demoFile, luck, openBot, playChannel, press } from './city.ts';

const BRANCHES = 40;
const [FIRST, LAST] = ['2026-01-01', '2026-12-31'];
const MINUTE = 60_000;
const workdays = createLiveWorkdays();

interface Unit {
  readonly id: string;
  readonly kind: string;
  readonly parent: string | null;
  readonly stars?: readonly string[];
}
interface Person {
  readonly id: string;
  readonly unit: string;
  readonly role: string;
}
interface Star {
  readonly id: string;
  readonly name: string;
  readonly kinds: readonly string[];
  readonly lead: string;
}

// ---- The city: the departments, and of the counties as many townships as it takes for 40 branches.

const read = async <T>(name: string): Promise<readonly T[]> =>
  JSON.parse(await readFile(demoFile(name), 'utf8'));
const [all, everybody, stars] = await Promise.all([
  read<Unit>('units.json'),
  read<Person>('members.json'),
  read<Star>('stars.json'),
]);
const isBranch = ({ kind }: Unit) => kind === 'village' || kind === 'community';
const branches = all.filter(isBranch).slice(0, BRANCHES);
const townships = all.filter(({ id }) => branches.some(({ parent }) => parent === id));
const counties = all.filter(({ id }) => townships.some(({ parent }) => parent === id));
const departments = all.filter(({ kind }) => ['city', 'lead', 'responsible'].includes(kind));
const units = [...departments, ...counties, ...townships, ...branches];
const people = everybody.filter(({ unit }) => units.some(({ id }) => id === unit));
const staffOf = (unit: string) => people.find((person) => person.unit === unit)?.id ?? '';
const secretaries = people.filter(({ role }) => role === 'secretary');

// ---- What people do: always the same.

interface Deed {
  readonly at: number;
  readonly act: (bot: Bot) => Promise<void>;
}
const deeds: Deed[] = [];
let count = 0;
let clock = instant('2025-12-31', '17:00').getTime();
/** Somebody's presses, on that day (the next working day, if it is none) at some minute of the office hours. */
function on(day: string, act: Deed['act'], hour = 9): void {
  const date = workdays.isWorkday(day) ? day : workdays.add(day, 1);
  const minutes = Math.floor(luck('minute', date, deeds.length) * 170);
  deeds.push({ at: instant(date).getTime() + (hour * 60 + minutes) * MINUTE, act });
  deeds.sort((a, b) => a.at - b.at);
}
const later = (day: string, n: number) => workdays.add(day, n);
const today = () => dayOf(new Date(clock));
const said = (bot: Bot, who: string, op: string, data: Record<string, unknown>) =>
  press(bot, who, op, data, `deed-${++count}`, new Date(clock));

/** An issue from the report to its verification; what became of it is written into `closed`. */
function issueOf(branch: Unit, day: string, n: string): void {
  const who = staffOf(branch.id);
  const star = stars.filter(({ kinds }) => kinds.includes(branch.kind));
  const of = star[Math.floor(luck(n, 'star') * star.length)] as Star;
  const owner = staffOf(branch.parent ?? '');
  on(
    day,
    async (bot) => {
      const source = luck(n, 'source') < 0.7 ? '群众反映' : '自查';
      const data = {
        title: `第${n}件`,
        star: of.id,
        aspect: '物',
        source,
        urgency: luck(n, 'u') < 0.2 ? '紧急' : '一般',
      };
      const issue = /WT-\d+-\d+/.exec(await said(bot, who, 'issues.report', data))?.[0] ?? '';
      on(later(today(), 1), async () => {
        await said(bot, owner, 'issues.accept', { issue });
        const fate = luck(n, 'fate');
        if (fate < 0.1) {
          const lead = staffOf(of.lead);
          await said(bot, owner, 'issues.transfer', {
            issue,
            unit: of.lead,
            reason: '归部门管',
            words: '归部门管',
          });
          on(later(today(), 1), async () => void (await said(bot, lead, 'issues.accept', { issue })));
          resolveLater(lead, issue, 5);
        } else if (fate < 0.2) {
          const date = later(today(), 15);
          await said(bot, owner, 'issues.extend', { issue, date, reason: '等配件' });
          on(
            later(today(), 1),
            async () => void (await said(bot, staffOf(of.lead), 'issues.grant', { issue })),
          );
          resolveLater(owner, issue, 12);
        } else resolveLater(owner, issue, 2 + Math.floor(luck(n, 'days') * 8));
      });
    },
    14,
  );

  function resolveLater(by: string, issue: string, days: number, again = false): void {
    on(later(today(), days), async (bot) => {
      await said(bot, by, 'issues.resolve', { issue, words: again ? '又办了一次' : '办好了' });
      // Most look at it the same day, some after a week.
      on(
        later(today(), luck(n, 'look', again ? 1 : 0) < 0.7 ? 0 : 4),
        async () => {
          if (!again && luck(n, 'bad') < 0.1) {
            await said(bot, who, 'issues.return', { issue, reason: '还没好' });
            resolveLater(by, issue, 2, true);
          } else {
            await said(bot, who, 'issues.verify', { issue, verdict: '满意' });
            done.set(`${who} ${issue}`, clock);
          }
        },
        15,
      );
    });
  }
}

/** When what was asked of somebody was done for good, by person and matter. */
const done = new Map<string, number>();
const titles: string[] = [];
/** What a message is about: an issue by its number, a task by its title and the period behind it; '' for neither. */
const matterIn = (text: string) =>
  /WT-\d+-\d+/.exec(text)?.[0] ??
  titles.map((title) => new RegExp(`${title}(?!\\d)(?:（[^）]*）)?`).exec(text)?.[0]).find(Boolean) ??
  '';

interface Asked {
  readonly issuer: string;
  readonly title: string;
  /** As it is chosen on the form: `below:<unit>`, `star:<star>`. */
  readonly to: string;
  readonly branches: readonly Unit[];
  readonly rhythm: 'once' | 'week' | 'month';
  /** The first day and the due day of each period. */
  readonly periods: readonly (readonly [from: string, due: string])[];
  readonly standard?: string;
}

/** A task and what each branch does in each of its periods. */
function taskOf({ issuer, title, to, branches: asked, rhythm, periods, standard = '' }: Asked): void {
  const [first] = periods;
  if (!first || asked.length === 0) return;
  titles.push(title);
  const by = staffOf(issuer);
  on(first[0], async (bot) => {
    const data = { title, standard, due: first[1], rhythm, units: to, sure: 'yes' };
    const task = /RW-\d+-\d+/.exec(await said(bot, by, 'tasks.assign', data))?.[0] ?? '';
    for (const [from, due] of periods) {
      const days = workdaysOf(from === first[0] ? later(from, 1) : from, due);
      for (const branch of asked) {
        const who = staffOf(branch.id);
        const day = dayOfCheckin(days, due, luck(task, due, who));
        // Behind the end of the period nobody means it any more.
        if (!day || day.slice(0, 7) !== due.slice(0, 7)) continue;
        if (rhythm === 'week' && mondayOf(day) !== mondayOf(due)) continue;
        const amount = standard && { amount: '35' };
        const checkIn: Deed['act'] = async () => {
          const was = await said(bot, who, 'tasks.submit', { task, ...amount, words: '' });
          done.set(`${who} ${matterIn(was)}`, clock);
        };
        on(day, checkIn, 11);
      }
      // The missing are nudged in the afternoon of the last day; what came is passed two days later.
      on(due, async () => void (await said(bot, by, 'tasks.nudge', { task })), 15);
      on(later(due, 2), async () => void (await said(bot, by, 'tasks.passAll', { task, sure: 'yes' })));
    }
  });
}

/** Three of four before they are reminded, then nearly all; some when they were nudged, a few never. */
function dayOfCheckin(days: readonly string[], due: string, fate: number): string | undefined {
  const reminded = Math.max(0, Math.floor(days.length * 0.8) - 1);
  if (fate < 0.75) return days[Math.floor((fate / 0.75) * reminded)];
  if (fate < 0.9) return days.at(-1);
  return fate < 0.97 ? later(due, 1) : undefined;
}

function workdaysOf(from: string, to: string): readonly string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) if (workdays.isWorkday(day)) days.push(day);
  return days.length > 0 ? days : [later(from, 1)];
}

/** A year's monthly meeting of a star. */
function meetingOf({ id: star, lead }: Star, month: string): void {
  const who = staffOf(lead);
  on(later(`${month}-01`, 1), async (bot) => {
    const date = later(today(), 6);
    const units = departments.filter((unit) => unit.kind === 'responsible' && unit.stars?.includes(star));
    const asked =
      units.length > 0 ? units : departments.filter(({ kind }) => kind === 'responsible').slice(0, 2);
    const data = {
      star,
      date,
      time: '15:00',
      place: '三楼',
      units: asked.map((u) => u.id).join(),
      agenda: '路灯',
    };
    const meeting =
      /HS-[\d-]+/.exec(await said(bot, who, 'meetings.call', { ...data, sure: 'yes' }))?.[0] ?? '';
    for (const unit of asked)
      on(
        later(today(), 1),
        async () => void (await said(bot, staffOf(unit.id), 'meetings.come', { meeting })),
      );
    on(later(date, 1), async () => {
      const decided = { decision1: `${month}修好路灯`, unit1: townships[0]?.id, deadline1: later(date, 10) };
      await said(bot, who, 'meetings.publish', { meeting, ...decided, sure: 'yes' });
    });
  });
}

const months = Array.from({ length: 12 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`);
function plan(): void {
  for (let day = FIRST; day <= LAST; day = addDays(day, 1)) {
    if (!workdays.isWorkday(day)) continue;
    for (const branch of branches)
      if (luck('issue', day, branch.id) < 1 / 12) issueOf(branch, day, `${day} ${branch.id}`);
  }
  const below = (id: string) =>
    branches.filter((b) => b.parent === id || townships.some((t) => t.id === b.parent && t.parent === id));
  for (const { id } of counties) {
    const periods = months.map((m) => [later(`${m}-01`, 0), `${m}-25`] as const);
    const county = { issuer: id, to: `below:${id}`, branches: below(id), standard: '35户' };
    taskOf({ ...county, title: `入户走访${titles.length}`, rhythm: 'month', periods });
  }
  for (const { id } of townships) {
    const township = { issuer: id, to: `below:${id}`, branches: below(id) };
    const summer = months.slice(5, 9).flatMap(fridaysOf);
    const weeks = summer.map((friday) => [mondayOf(friday), friday] as const);
    taskOf({ ...township, title: `防汛巡查${titles.length}`, rhythm: 'week', periods: weeks });
    for (const m of months) {
      const periods = [[`${m}-08`, `${m}-18`]] as const;
      taskOf({ ...township, title: `环境整治${titles.length}`, rhythm: 'once', periods });
    }
  }
  for (const star of stars) {
    for (const m of months) meetingOf(star, m);
    const of = { issuer: star.lead, to: `star:${star.id}`, rhythm: 'once' } as const;
    const asked = branches.filter(({ kind }) => star.kinds.includes(kind));
    for (const m of ['03', '06', '09', '12']) {
      const periods = [[`2026-${m}-03`, `2026-${m}-20`]] as const;
      taskOf({ ...of, branches: asked, title: `${star.name}自查${titles.length}`, periods });
    }
  }
}
function fridaysOf(month: string): readonly string[] {
  const days = Array.from({ length: 31 }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`);
  return days.filter((day) => addDays(mondayOf(day), 4) === day && workdays.isWorkday(day));
}

// ---- Playing it.

const arrivals: Arrival[] = [];
let dir: string;
let store: Store;
let bot: Bot;

/** The disk without its syncs: a year has very many, and no power is cut here. */
const unsynced: FileSystem = {
  ...nodeFileSystem,
  open: async (path, flags) => ({ ...(await nodeFileSystem.open(path, flags)), datasync: async () => {} }),
};

async function firstDue(): Promise<number> {
  const dues = await store.read(async (tx) => {
    const row = { order: 'due', limit: 1 } as const;
    const states = ['due', 'waiting', 'sending'] as const;
    const found = [
      ...(await tx.table(outbox).find({ ...row, where: { state: states } })).rows,
      ...(await tx.table(batches).find(row)).rows,
      ...(await tx.table(jobs).find(row)).rows,
    ];
    return found.map(({ due }) => Date.parse(due));
  });
  return Math.min(...dues);
}

async function play(): Promise<void> {
  const end = instant(addDays(LAST, 1)).getTime();
  while (clock < end) {
    await bot.tick();
    for (let deed = deeds[0]; deed && deed.at <= clock; deed = deeds[0]) {
      deeds.shift();
      await deed.act(bot);
    }
    await bot.pump();
    const morning = [0, 1]
      .map((n) => instant(addDays(today(), n), '08:30').getTime())
      .find((at) => at > clock);
    const next = Math.min(morning ?? end, await firstDue(), deeds[0]?.at ?? end, end);
    clock = Math.max(clock + MINUTE, Math.ceil(next / MINUTE) * MINUTE);
  }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-messages-'));
  const city = join(dir, 'city');
  await mkdir(city);
  const files = { 'units.json': units, 'members.json': people, 'stars.json': stars };
  for (const [name, rows] of Object.entries(files)) await writeFile(join(city, name), JSON.stringify(rows));
  const now = () => new Date(clock);
  const channel = playChannel({
    name: 'webchat',
    idempotent: true,
    now,
    arrived: (arrival) => void arrivals.push(arrival),
    personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
  });
  const tables = tablesOf(features);
  store = await openLowdb({ dir, tables, fs: unsynced });
  await loadCity(store, city);
  bot = openBot(store, { dir, channels: [channel], now });
  plan();
  await play();
}, 300_000);
afterAll(async () => {
  await bot.stop();
  await store.close();
  await rm(dir, { recursive: true });
});

// ---- Judging it.

describe('a secretary’s year', () => {
  const mine = () =>
    secretaries.map(({ id }) => ({
      id,
      got: arrivals.filter(({ place, key }) => place.key === `webchat|p:${id}` && !key.startsWith('reply:')),
    }));
  const kindOf = ({ key }: Arrival) => /^[a-z]+/.exec(key)?.[0] + (/:(out|nudge)/.exec(key)?.[0] ?? '');

  it('has at most five messages a week, in at least 95 of 100 weeks', () => {
    const weeks: string[] = [];
    for (let week = mondayOf(FIRST); week <= LAST; week = addDays(week, 7)) weeks.push(week);
    const counts: number[] = [];
    const kinds = new Map<string, number>();
    const full = new Map<string, number>();
    for (const { got } of mine()) {
      for (const week of weeks) {
        const those = got.filter(({ at }) => mondayOf(dayOf(at)) === week);
        counts.push(those.length);
        for (const one of those) {
          kinds.set(kindOf(one), (kinds.get(kindOf(one)) ?? 0) + 1);
          if (those.length > 5) full.set(kindOf(one), (full.get(kindOf(one)) ?? 0) + 1);
        }
      }
    }
    counts.sort((a, b) => a - b);
    const at = (share: number) => counts[Math.ceil(share * counts.length) - 1] ?? 0;
    const calm = counts.filter((n) => n <= 5).length / counts.length;
    const list = (of: ReadonlyMap<string, number>) => [...of].map(([kind, n]) => `${kind} ${n}`).join(', ');
    console.info(
      `messages to ${secretaries.length} secretaries in ${weeks.length} weeks, ${count} deeds: median ${at(0.5)}, ` +
        `p95 ${at(0.95)}, max ${at(1)} a week; ${(100 * calm).toFixed(1)} % of weeks have five or fewer. ` +
        `By kind: ${list(kinds)}; in weeks with more than five: ${list(full)}`,
    );
    expect(calm).toBeGreaterThanOrEqual(0.95);
  });

  it('asks nothing twice, and nothing that is done', () => {
    const twice: string[] = [];
    const late: string[] = [];
    let asks = 0;
    for (const { id, got } of mine()) {
      const before = new Set<string>();
      for (const { at, text, lines } of got) {
        for (const said of lines.length > 0 ? lines : [text]) {
          asks += 1;
          if (before.has(said)) twice.push(`${dayOf(at)} ${id} ${said}`);
          before.add(said);
          const when = done.get(`${id} ${matterIn(said)}`);
          if (when !== undefined && at.getTime() > when) late.push(`${dayOf(at)} ${id} ${said}`);
        }
      }
    }
    console.info(
      `${asks} things said to secretaries in a year, about ${done.size} that got done: ` +
        `twice ${twice.length}, when done ${late.length}`,
    );
    expect(twice).toEqual([]);
    expect(late).toEqual([]);
    expect(asks).toBeGreaterThan(2_000);
    expect(done.size).toBeGreaterThan(2_000);
  });
});
