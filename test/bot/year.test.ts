/**
 * The year 2026 of the demo city, with issues reported, resolved and forgotten every day: every reminder that goes out
 * against an independent computation from the public calendar, calm and in a year of trouble.
 *
 * The clock stands at every minute in which something can be due: 08:30, when all reminders of this town occur and digests
 * are due, 14:30, the second digest, the minutes around these, every minute in which a person does something, and every
 * minute at which a row of the store (outbox, batches, redraws) is due. Nothing else in the bot waits for a time. Three days
 * are played minute by minute, to see that nothing happens in between. YEAR_CALENDAR=<file> writes every reminder down.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { SendError } from '../../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { batches, type OutboxRow, outbox } from '../../src/bot/delivery/tables.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { features } from '../../src/features/index.ts';
import type { Store } from '../../src/store/store.ts';
import {
  type Arrival,
  demoFile,
  type Fate,
  loadDemo,
  luck,
  openBot,
  openTownStore,
  playChannel,
  press,
} from './city.ts';

const MOUNTED = [
  ...[
    'issues',
    'tasks',
    'meetings',
    'home',
    'reminders',
    'programme',
    'analysis',
    'branches',
    'members',
    'orgs',
  ],
];
const MINUTE = 60_000;

// ---- The calendar, straight from the published data and with arithmetic of its own.

const { holidays, workdays: madeUp } = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json');
/** Every working day of 2026 and some around it, in order; of 2027 no holidays are published. */
const WORKING: string[] = [];
for (let at = Date.UTC(2025, 11, 1); at < Date.UTC(2027, 2, 1); at += 86_400_000) {
  const day = new Date(at).toISOString().slice(0, 10);
  const weekend = [0, 6].includes(new Date(at).getUTCDay());
  if (day in madeUp || (!(day in holidays) && !weekend)) WORKING.push(day);
}
/** How many working days there are up to and with a day. */
function rank(day: string): number {
  let [low, high] = [0, WORKING.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((WORKING[middle] ?? '') <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
const isWorking = (day: string) => WORKING[rank(day) - 1] === day;
/** The n-th working day after a day. */
const after = (day: string, n: number) => WORKING[rank(day) + n - 1] ?? '';
const shanghai = (day: string, time: string) => Date.parse(`${day}T${time}:00+08:00`);
const wall = (at: number) => new Date(at + 8 * 60 * MINUTE).toISOString();
const dayAt = (at: number) => wall(at).slice(0, 10);
const timeAt = (at: number) => wall(at).slice(11, 16);

// ---- The town.

interface DemoUnit {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly parent: string | null;
}
const read = (name: string) => JSON.parse(readFileSync(demoFile(name), 'utf8'));
const unitList: DemoUnit[] = read('units.json');
const people: { id: string; unit: string; role: string }[] = read('members.json');
const starList: { id: string; name: string; kinds: string[]; lead: string }[] = read('stars.json');
const unitOf = new Map(unitList.map((unit) => [unit.id, unit]));
const staff = (unit: string) => people.filter((person) => person.unit === unit).map(({ id }) => id);
const ROOT = unitList.find(({ kind }) => kind === 'city')?.id ?? '';
const LEADS = [...new Set([ROOT, ...starList.map(({ lead }) => lead)])];

// ---- What people do in the year: always the same.

/** What becomes of an issue: who has it from when, with which deadline, and when its clock stops. */
interface Story {
  readonly title: string;
  readonly secretary: string;
  readonly star: string;
  readonly urgent: boolean;
  readonly reportedAt: number;
  readonly stretches: { from: number; to: number; unit: string; deadline: string; supervisor: string }[];
}
interface Deed {
  readonly at: number;
  readonly story: Story;
  readonly who: string;
  readonly op: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const stories: Story[] = [];
const deeds: Deed[] = [];
const secretaries = people.filter(({ role }) => role === 'secretary');
for (
  let n = 0, at = shanghai('2026-01-01', '00:00');
  at < shanghai('2027-01-01', '00:00');
  at += 24 * 60 * MINUTE
) {
  const day = dayAt(at);
  const few = isWorking(day) ? 1 + Math.floor(luck('many', day) * 3) : Number(luck('rest', day) < 0.3);
  for (let i = 0; i < few; i++) tell(++n, day);
}
const YEAR_END = shanghai('2027-01-01', '00:00');
const inTime = deeds.filter(({ at }) => at < YEAR_END).sort((a, b) => a.at - b.at);

function tell(n: number, day: string): void {
  // People write in the afternoon: a reminder of the morning may come later in trouble, but not after they did.
  const minute = (...why: (string | number)[]) => Math.floor(luck(n, ...why) * 160);
  const afternoon = (on: string, why: string) => shanghai(on, '15:00') + minute(why) * MINUTE;
  const pick = <T>(from: readonly T[], why: string) => from[Math.floor(luck(n, why) * from.length)] as T;
  const { id: secretary, unit } = pick(secretaries, 'who');
  const branch = unitOf.get(unit);
  const star = pick(
    starList.filter(({ kinds }) => kinds.includes(branch?.kind ?? '')),
    'star',
  );
  const township = unitOf.get(branch?.parent ?? '');
  const county = township?.parent ?? '';
  const urgent = luck(n, 'urgent') < 0.2;
  const reportedAt = afternoon(day, 'report');
  const due = after(day, urgent ? 3 : 10);
  const story: Story = { title: `第${n}件`, secretary, star: star.id, urgent, reportedAt, stretches: [] };
  stories.push(story);
  const data = {
    title: story.title,
    star: star.id,
    aspect: '物',
    urgency: urgent ? '紧急' : '一般',
    source: '自查',
  };
  deeds.push({ at: reportedAt, story, who: secretary, op: 'issues.report', data });
  const owned = { from: reportedAt, unit: township?.id ?? '', deadline: due, supervisor: star.lead };
  const fate = luck(n, 'fate');
  // Resolved early, late in time, overdue by up to eight working days, handed up, or never.
  const days = urgent ? 3 : 10;
  const done =
    fate < 0.45
      ? 1 + Math.floor(luck(n, 'early') * (days - 2))
      : fate < 0.65
        ? days - Math.floor(luck(n, 'late') * 3)
        : fate < 0.9
          ? days + 1 + Math.floor(luck(n, 'over') * 8)
          : Number.POSITIVE_INFINITY;
  const end = done < 100 ? afternoon(after(day, done), 'done') : Number.POSITIVE_INFINITY;
  const handUp = afternoon(after(day, 2), 'up');
  const up = luck(n, 'up?') < 0.1 && done > 3;
  if (up) {
    const least = after(dayAt(handUp), 3);
    story.stretches.push({ ...owned, to: handUp });
    story.stretches.push({
      ...owned,
      from: handUp,
      to: end,
      unit: county,
      deadline: least > due ? least : due,
    });
    deeds.push({
      at: handUp,
      story,
      who: staff(owned.unit)[0] ?? '',
      op: 'issues.escalate',
      data: { reason: '要县里协调' },
    });
  } else story.stretches.push({ ...owned, to: end });
  if (end < shanghai('2027-01-01', '00:00')) {
    const who = staff(up ? county : owned.unit)[0] ?? '';
    deeds.push({ at: end - 1 * MINUTE, story, who, op: 'issues.accept', data: {} });
    deeds.push({ at: end, story, who, op: 'issues.resolve', data: { words: '办好了' } });
  }
}

/** As the programme names them, those of communities among them. */
const STARS =
  '支部过硬星、产业兴旺星、宜业兴业星、生态宜居星、共建共享星、平安法治星、文明幸福星、幸福和谐星';

// ---- What they must be reminded of, on which day: `<day> <person> <ask>：<title>`.

function expected(): Set<string> {
  const all = new Set<string>();
  const add = (day: string, units: readonly string[], words: string) => {
    for (const unit of units) for (const person of staff(unit)) all.add(`${day} ${person} ${words}`);
  };
  for (const day of WORKING.filter((one) => one.startsWith('2026'))) {
    const morning = shanghai(day, '08:30');
    for (const { title, urgent, stretches } of stories) {
      const now = stretches.find(({ from, to }) => from < morning && morning < to);
      if (!now) continue;
      const { unit, deadline, supervisor } = now;
      const left = rank(deadline) - rank(day);
      if (left === (urgent ? 1 : 3)) add(day, [unit], `快到期，请办结：${title}`);
      if (left === -1) add(day, [unit, supervisor], `已超期，请过问：${title}`);
      const township = stretches[0]?.unit ?? '';
      const line = [township, unitOf.get(township)?.parent ?? '', supervisor, ROOT];
      const above = [...new Set(line.slice(line.indexOf(unit) + 1))];
      const top = left < 0 && left % 2 === 0 ? above[-left / 2 - 1] : undefined;
      if (top) add(day, [top], `超期${-left}个工作日，请过问：${title}`);
    }
    const month = Number(day.slice(5, 7));
    const ofMonth = WORKING.filter((one) => one.startsWith(day.slice(0, 7)));
    const [nth, toEnd] = [ofMonth.indexOf(day) + 1, ofMonth.length - ofMonth.indexOf(day)];
    const kind = (name: string) => unitList.filter((unit) => unit.kind === name).map(({ id }) => id);
    const quarter = `第${'一二三四'[Math.ceil(month / 3) - 1]}季度`;
    if (nth === 1) add(day, LEADS, `请定会商：${month}月联席会商：定好时间，通知责任单位`);
    if (toEnd === 5) add(day, LEADS, `请抓紧：${month}月联席会商快到月底了：没开的请本周内开`);
    if (nth === 2) add(day, [ROOT], `请督促：${month === 1 ? 12 : month - 1}月没有开会商：${STARS}`);
    if (month % 3 === 0 && nth === 5)
      add(day, [ROOT], `请定推进会：${quarter}推进会：定好时间，准备各星情况`);
    if (month % 3 === 0 && nth === 10)
      add(day, kind('township'), `请研判：${quarter}支部分析：逐个村（社区）看人、治、物、效，列出要整顿的`);
    if (month % 6 === 0 && nth === 5)
      add(
        day,
        kind('county'),
        `请排查：${month === 6 ? '上' : '下'}半年支部排查：所有村（社区）过一遍，定整顿措施`,
      );
    // Nobody analyses anything in this year.
    const lacking = (of: readonly { name: string }[]) => {
      const found = of.map(({ name }) => name).sort(new Intl.Collator('zh-CN-u-co-pinyin').compare);
      return `（${found.length}个）：${found.slice(0, 8).join('、')}${found.length > 8 ? '等' : ''}`;
    };
    const [before, part] =
      month === 1 ? [Number(day.slice(0, 4)) - 1, 4] : [day.slice(0, 4), (month - 1) / 3];
    for (const county of month % 3 === 1 && nth === 1 ? kind('county') : []) {
      const of = unitList.filter(({ parent }) => parent === county);
      add(day, [county], `请过问：${before}年第${'一二三四'[part - 1]}季度研判没有提交${lacking(of)}`);
    }
    if (month % 6 === 1 && nth === 1) {
      const of = unitList.filter(({ kind: what }) => what === 'county');
      add(day, [ROOT], `请过问：${before}年${month === 1 ? '下' : '上'}半年排查没有完成${lacking(of)}`);
    }
  }
  return all;
}

// ---- Playing it.

interface Trouble {
  readonly seed: string;
}

interface Played {
  readonly arrivals: readonly Arrival[];
  /** Rows that ended failed or unsure, by key. */
  readonly lost: ReadonlyMap<string, OutboxRow>;
  readonly ticks: number;
  readonly restarts: number;
  readonly steps: number;
  readonly faults: ReadonlyMap<string, number>;
}

const LISTED = ['08:29', '08:30', '08:31', '14:29', '14:30', '14:31', '17:59', '18:00'];
/** Played minute by minute: the last days before the May holiday, and its first. */
const EVERY_MINUTE = { from: '2026-04-30', to: '2026-05-02' };
/** With two platforms: who is on the one that does not know what it was given before. */
const onTeams = (person: string) => luck('platform', person) < 0.5;

async function play(trouble?: Trouble): Promise<Played> {
  const dir = await mkdtemp(join(tmpdir(), 'huishang-year-'));
  let clock = shanghai('2025-12-31', '17:00');
  const now = () => new Date(clock);
  const arrivals: Arrival[] = [];
  const faults = new Map<string, number>();
  const tries = new Map<string, number>();

  function fate(place: { key: string }, key: string): Fate {
    if (!trouble) return { taken: true };
    const nth = (tries.get(`${place.key} ${key}`) ?? 0) + 1;
    tries.set(`${place.key} ${key}`, nth);
    const dice = luck(trouble.seed, place.key, key, nth);
    if (dice >= 0.1) return { taken: true };
    const [what, taken, error] =
      dice < 0.025
        ? (['429', false, new SendError('limited', '429', 5_000 + dice * 1e6)] as const)
        : dice < 0.05
          ? (['502', false, new SendError('retry', '502')] as const)
          : dice < 0.075
            ? (['timeout', dice < 0.0625, new SendError('unsure', 'timeout')] as const)
            : (['403', false, new SendError('gone', '403')] as const);
    faults.set(what, (faults.get(what) ?? 0) + 1);
    return { taken, error };
  }
  const common = { now, fate, arrived: (arrival: Arrival) => void arrivals.push(arrival) };
  const channels = [
    playChannel({
      ...common,
      name: 'webchat',
      idempotent: true,
      personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
    }),
    playChannel({ ...common, name: 'teams', idempotent: false }),
  ];
  const complaints: unknown[] = [];
  const options = {
    dir,
    channels,
    now,
    features: features.filter(({ name }) => MOUNTED.includes(name)),
    complain: (...what: unknown[]) => void complaints.push(what),
  };

  let store: Store = await openTownStore(options);
  let bots: Bot[] = [];
  const open = () => {
    bots = Array.from({ length: trouble ? 2 : 1 }, () => openBot(store, options));
  };
  await loadDemo(store);
  await store.transaction(async (tx) => {
    const blank = { ...newConversation, at: '' };
    for (const { id } of people.filter((person) => onTeams(person.id)))
      await tx
        .table(conversations)
        .put({ ...blank, id: `teams|${id}`, channel: 'teams', kind: 'personal', person: id });
    // Half of the townships have a group.
    for (const { id } of unitList.filter((unit) => unit.kind === 'township' && luck('group', unit.id) < 0.5))
      await tx
        .table(conversations)
        .put({ ...blank, id: `webchat|g:${id}`, channel: 'webchat', kind: 'group', unit: id });
  });
  open();

  const lost = new Map<string, OutboxRow>();
  async function collectLost(): Promise<void> {
    const rows = await store.read(async (tx) => {
      const query = { where: { state: ['failed', 'unsure'] as const }, order: 'due', limit: 1000 } as const;
      const page = await tx.table(outbox).find(query);
      if (page.next) throw new Error('more than a page is lost');
      return page.rows;
    });
    for (const row of rows) lost.set(row.id, row);
  }

  /** The instant at which the first row of the store is due. */
  async function firstDue(): Promise<number> {
    const dues = await store.read(async (tx) => {
      const row = { order: 'due', limit: 1 } as const;
      return [
        ...(await tx.table(outbox).find({ ...row, where: { state: ['due', 'waiting', 'sending'] as const } }))
          .rows,
        ...(await tx.table(batches).find(row)).rows,
        ...(await tx.table(jobs).find({ ...row, where: { kind: 'cards.redraw' } })).rows,
      ].map(({ due }) => Date.parse(due));
    });
    return Math.min(...dues);
  }

  const numbers = new Map<Story, string>();
  let next = 0;
  async function doDeeds(): Promise<void> {
    for (let deed = inTime[next]; deed && deed.at <= clock; deed = inTime[++next]) {
      const { story, who, op, data } = deed;
      const bot = bots[next % bots.length] as Bot;
      const fields = op === 'issues.report' ? data : { ...data, issue: numbers.get(story) };
      const said = await press(bot, who, op, fields, `deed-${next}`, now());
      if (op === 'issues.report') numbers.set(story, /WT-\d+-\d+/.exec(said)?.[0] ?? '');
    }
  }

  function nextListed(): number {
    const day = dayAt(clock);
    if (!trouble && day >= EVERY_MINUTE.from && day <= EVERY_MINUTE.to) return clock + MINUTE;
    const today = LISTED.map((time) => shanghai(day, time)).find((at) => at > clock);
    return today ?? shanghai(dayAt(clock + 24 * 60 * MINUTE), '08:29');
  }

  let [ticks, restarts, steps] = [0, 0, 0];
  const end = shanghai('2027-01-01', '00:00');
  while (clock < end) {
    ticks++;
    await Promise.all(bots.map((bot) => bot.tick()));
    await doDeeds();
    await Promise.all(bots.map((bot) => bot.pump()));
    if (dayAt(clock).endsWith('-01') && timeAt(clock) === '08:30') await collectLost();

    const due = Math.ceil((await firstDue()) / MINUTE) * MINUTE;
    const deed = Math.ceil((inTime[next]?.at ?? end) / MINUTE) * MINUTE;
    clock = Math.max(clock + MINUTE, Math.min(nextListed(), due, deed, end));
    if (!trouble) continue;

    const dice = luck(trouble.seed, 'time', ticks);
    const time = timeAt(clock);
    if (dice < 0.01 && time > '08:00' && time < '18:00') {
      steps++;
      clock += 60 * MINUTE * (dice < 0.005 ? 1 : -1);
    } else if (dice < 0.04) {
      restarts++;
      // Some of them while it ticks; some are down for hours, but not longer than the half day.
      const ticking = dice < 0.02 ? bots.map((bot) => bot.tick()) : [];
      await Promise.all(bots.map((bot) => bot.stop()));
      await Promise.all(ticking);
      await store.close();
      if (dice > 0.03 && time < '09:00')
        clock += Math.floor(luck(trouble.seed, 'down', ticks) * 300) * MINUTE;
      store = await openTownStore(options);
      open();
    }
  }
  await collectLost();
  expect(next).toBe(inTime.length);
  await Promise.all(bots.map((bot) => bot.stop()));
  await store.close();
  await rm(dir, { recursive: true });
  return { arrivals, lost, ticks, restarts, steps, faults };
}

// ---- Judging it.

/** Every line that arrived in somebody's own digest, as `<day> <person> <line>`, with when. */
function linesOf(arrivals: readonly Arrival[]): { what: string; time: string }[] {
  return arrivals
    .filter(({ key, lines }) => key.startsWith('digest:') && !key.includes('>') && lines.length > 0)
    .flatMap(({ at, key, lines }) => {
      const [day, time] = [dayAt(at.getTime()), timeAt(at.getTime())];
      const person = key.split(':')[1];
      return (
        lines
          // News, and what was put off because it could wait.
          .filter((line) => !/^(?:通知|进展)：/.test(line))
          .map((line) => ({ what: `${day} ${person} ${line}`, time }))
      );
    });
}

function expectDecent(arrivals: readonly Arrival[]): void {
  const digests = arrivals.filter(({ key }) => key.startsWith('digest:'));
  const moments = digests.map(({ at }) => at.getTime());
  expect(moments.filter((at) => !isWorking(dayAt(at))).map(wall), 'on a rest day').toEqual([]);
  const loud = moments.filter((at) => timeAt(at) < '08:30' || timeAt(at) >= '18:00');
  expect(loud.map(wall), 'in quiet hours').toEqual([]);
}

const twice = (all: readonly string[]) => all.filter((one, i) => all.indexOf(one) !== i);
const must = expected();

it('a calm year: every reminder on its day, none too many', { timeout: 120_000 }, async () => {
  const { arrivals, lost, ticks } = await play();
  expectDecent(arrivals);
  const lines = linesOf(arrivals);
  const what = lines.map((line) => line.what);
  if (process.env.YEAR_CALENDAR) {
    const calendar = lines.map(({ what: line, time }) => `${line.slice(0, 10)} ${time}${line.slice(10)}`);
    writeFileSync(process.env.YEAR_CALENDAR, `${calendar.sort().join('\n')}\n`);
  }
  const came = new Set(what);
  expect(
    [...must].filter((line) => !came.has(line)),
    'missing',
  ).toEqual([]);
  expect(
    what.filter((line) => !must.has(line)),
    'unexpected',
  ).toEqual([]);
  expect(what.length, 'twice').toBe(came.size);
  expect(lost.size).toBe(0);
  const digests = arrivals.filter(({ key }) => key.startsWith('digest:'));
  const slots = digests.map(({ key, at }) => `${key} ${timeAt(at.getTime()) < '12:00'}`);
  expect(new Set(slots).size, 'one card in a half day').toBe(slots.length);
  const asks = new Map<string, number>();
  for (const line of what) {
    const ask = (line.split(' ')[2] ?? '').split('：')[0]?.replace(/\d+/, 'n') ?? '';
    asks.set(ask, (asks.get(ask) ?? 0) + 1);
  }
  const later = lines.filter(({ time }) => time !== '08:30').length;
  console.info(
    `2026: ${stories.length} issues, ${inTime.length} deeds, ${ticks} ticks; ${what.length} reminders in ${digests.length} cards` +
      ` (${later} of them not at 08:30): ${[...asks].map(([ask, n]) => `${ask} ${n}`).join(', ')}; rest days 0, quiet hours 0, missing 0, twice 0`,
  );
});

it('a year of trouble: the same reminders, once', { timeout: 240_000 }, async () => {
  const { arrivals, lost, ticks, restarts, steps, faults } = await play({ seed: 'trouble' });
  expectDecent(arrivals);
  const what = linesOf(arrivals).map((line) => line.what);
  const came = new Set(what);
  expect(
    what.filter((line) => !must.has(line)),
    'unexpected',
  ).toEqual([]);
  expect(twice(what), 'twice').toEqual([]);
  // What did not come is accounted for: not reached (403), or nobody knows (a timeout where keys are not known).
  const accounted = new Map<string, string>();
  for (const { kind, person, state, lines, id } of lost.values()) {
    if (kind !== 'digest') continue;
    for (const { ask, title } of lines)
      accounted.set(`${id.split(':')[2]} ${person} ${ask}：${title}`, state);
  }
  const missing = [...must].filter((line) => !came.has(line));
  expect(
    missing.filter((line) => !accounted.has(line)),
    'missing',
  ).toEqual([]);
  const failed = [...lost.values()].filter(({ kind, state }) => kind === 'digest' && state === 'failed');
  const stoodIn = arrivals.filter(({ key }) => key.startsWith('digest:') && key.includes('>'));
  for (const { text, lines } of stoodIn) {
    expect(text).toContain('没有收到，请转告');
    expect(lines.length).toBeGreaterThan(0);
  }
  const count = (state: string) => missing.filter((line) => accounted.get(line) === state).length;
  const tries = [...faults].map(([fault, n]) => `${fault} ${n}`).join(', ');
  console.info(
    `trouble: ${ticks} ticks of two bots, ${restarts} restarts, ${steps} clock steps, sends answered ${tries}; ` +
      `${came.size} of ${must.size} reminders arrived, duplicates 0, lost 0; apart: ${count('failed')} refused with 403 ` +
      `(${failed.length} cards, ${stoodIn.length} told to stand-ins), ${count('unsure')} unsure`,
  );
});
