/** The demo city's past: whatever day it ends on, it is whole, valid, always the same, and something waits for everybody. */
import { describe, expect, it } from 'vitest';
import { createAdaptive, loadCards } from '../src/bot/cards/adaptive.ts';
import { outbox } from '../src/bot/delivery/tables.ts';
import { files } from '../src/bot/files/tables.ts';
import { suggested } from '../src/channels/webchat/client/groups.ts';
import { type MessageRow, messages } from '../src/channels/webchat/tables.ts';
import { fill } from '../src/demo/index.ts';
import { allTables } from '../src/engine.ts';
import { type Sheet, sheets } from '../src/features/analysis/model.ts';
import { type Example, examples } from '../src/features/cases/model.ts';
import { features } from '../src/features/index.ts';
import { type Inspection, inspections, type Visit, visits } from '../src/features/inspections/model.ts';
import { colour, type Issue, issueEvents, issues, STATES } from '../src/features/issues/model.ts';
import { meetings, versions } from '../src/features/meetings/model.ts';
import { actorOf, createCity } from '../src/features/members/index.ts';
import { type Case, cases } from '../src/features/rectification/model.ts';
import { type Checkin, checkins, tasks } from '../src/features/tasks/model.ts';
import { dayOf } from '../src/lib/dates.ts';
import { createLog } from '../src/lib/log.ts';
import { createLiveWorkdays } from '../src/lib/workdays.ts';
import { openScratch } from '../src/store/lowdb/scratch.ts';
import type { Item, Store, Table } from '../src/store/store.ts';
import { memoryFiles } from './file-store.ts';
import { createKit } from './kit.ts';

const root = new URL('..', import.meta.url).pathname;
const render = createAdaptive(await loadCards(`${root}cards`));
const workdays = createLiveWorkdays();

/** A working day; a rest day that is the first of its month; the last night of a year; a day of the holidays. */
const MOMENTS = [
  '2026-11-26T10:00+08:00',
  '2026-11-01T09:00+08:00',
  '2026-12-31T23:30+08:00',
  '2026-10-03T12:00+08:00',
] as const;

async function live(now: Date): Promise<{ store: Store; all: readonly Item[] }> {
  const store = openScratch(allTables());
  await fill({
    store,
    fileStore: memoryFiles(),
    cityData: `${root}data/demo`,
    render,
    log: createLog('silent'),
    now,
  });
  const all: Item[] = [];
  for await (const item of store.export()) all.push(item);
  return { store, all };
}

// biome-ignore lint/suspicious/noExplicitAny: any row of the table
function rowsOf<T extends { id: string }>(all: readonly Item[], { name }: Table<T> | Table<any>): T[] {
  return all.flatMap((item) => ('table' in item && item.table === name ? [item.row as unknown as T] : []));
}

/** What several stories look at is lived through once. */
const pasts = new Map<string, ReturnType<typeof live>>();
function pastUntil(moment: string): ReturnType<typeof live> {
  const past = pasts.get(moment) ?? live(new Date(moment));
  pasts.set(moment, past);
  return past;
}

describe.each(MOMENTS)('a past that ends at %s', (moment) => {
  const now = new Date(moment);
  const today = dayOf(now);

  it('has issues in every state and colour, from every county, of every star', async () => {
    const { all } = await pastUntil(moment);
    const found = rowsOf<Issue>(all, issues);
    expect(found.length).toBeGreaterThanOrEqual(60);
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(STATES));
    const colours = found.map((issue) => colour(issue, today, workdays));
    expect(new Set(colours)).toEqual(new Set(['blue', 'yellow', 'red', null]));
    expect(new Set(found.map(({ county }) => county)).size).toBe(4);
    expect(new Set(found.map(({ star }) => star)).size).toBe(8);
    expect(new Set(found.map(({ township }) => township)).size).toBeGreaterThan(20);
    expect(found.some(({ recurrenceOf }) => recurrenceOf)).toBe(true);
    expect(found.some(({ extension }) => extension)).toBe(true);
  });

  it('has three months of meetings with minutes, one that wants them and one to come', async () => {
    const { all } = await pastUntil(moment);
    const found = rowsOf<{ id: string; state: string; startsAt: string; period: string }>(all, meetings);
    expect(new Set(found.map(({ period }) => period)).size).toBeGreaterThanOrEqual(3);
    expect(found.filter(({ state }) => state === 'minuted').length).toBeGreaterThanOrEqual(16);
    expect(rowsOf(all, versions).length).toBeGreaterThanOrEqual(16);
    const set = found.filter(({ state }) => state === 'set').map(({ startsAt }) => new Date(startsAt) > now);
    expect(new Set(set)).toEqual(new Set([true, false]));
  });

  it('has four tasks under way, with check-ins, photos and two that were returned', async () => {
    const { all } = await pastUntil(moment);
    const open = rowsOf<{ id: string; state: string; decision: string | null }>(all, tasks).filter(
      ({ state, decision }) => state === 'open' && decision === null,
    );
    expect(open).toHaveLength(4);
    const said = rowsOf<Checkin>(all, checkins);
    for (const { id } of open) expect(said.some(({ task }) => task === id)).toBe(true);
    expect(said.filter(({ state }) => state === 'returned')).toHaveLength(2);
    expect(said.filter(({ difficulty }) => difficulty !== '').length).toBeGreaterThanOrEqual(2);
    const photos = rowsOf<{ id: string; about: string | null }>(all, files);
    const ofCases = photos.filter(({ about }) => about?.startsWith('example:'));
    expect(photos.length - ofCases.length).toBeGreaterThanOrEqual(6);
    for (const { about } of photos) expect(about).toMatch(/^(?:checkin|example):/);
  });

  it('has a good example with a picture for all to see, and one that was just recommended', async () => {
    const { all } = await pastUntil(moment);
    const found = rowsOf<Example>(all, examples);
    expect(found.map(({ state }) => state)).toEqual(['published', 'clue']);
    const photos = rowsOf<{ id: string; about: string | null }>(all, files);
    expect(photos.filter(({ about }) => about === `example:${found[0]?.id}`)).toHaveLength(1);
    expect(found[0]?.words.flatMap(({ records }) => records)).toHaveLength(1);
  });

  it('has a 督导 that anybody can verify, and one that was handed in, each with issues', async () => {
    const { all } = await pastUntil(moment);
    const found = rowsOf<Inspection>(all, inspections);
    expect(found.map(({ state }) => state).sort()).toEqual(['published', 'submitted']);
    const made = rowsOf<Visit>(all, visits);
    for (const { id } of found)
      expect(made.some(({ inspection, issues: of }) => inspection === id && of.length > 0)).toBe(true);
  });

  it('has analyses of two townships, a census, and cases 整顿中, in 巩固期 and 可能反弹', async () => {
    const { all } = await pastUntil(moment);
    const handed = rowsOf<Sheet>(all, sheets).filter(({ state }) => state !== 'draft');
    expect(handed.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      'analysis adopted',
      'analysis submitted',
    ]);
    expect(
      rowsOf<Sheet>(all, sheets).some(({ kind, normal }) => kind === 'census' && normal.length > 0),
    ).toBe(true);
    const found = rowsOf<Case>(all, cases).map(({ state, doubt }) => `${state}${doubt ? ' 可能反弹' : ''}`);
    expect(found.sort()).toEqual(['active', 'settling', 'settling 可能反弹']);
  });

  it('has people who talk to each other, and nothing that has not happened yet', async () => {
    const { all } = await pastUntil(moment);
    const said = rowsOf<MessageRow>(all, messages);
    expect(said.filter(({ from, ask }) => from !== 'bot' && !ask).length).toBeGreaterThanOrEqual(20);
    for (const { at } of [...said, ...rowsOf<{ id: string; at: string }>(all, issueEvents)])
      expect(new Date(at).getTime()).toBeLessThanOrEqual(now.getTime());
  });

  it('has left nothing to be sent that was due', async () => {
    const { all } = await pastUntil(moment);
    const rows = rowsOf<{ id: string; state: string; due: string }>(all, outbox);
    const open = rows.filter(({ state }) => ['due', 'waiting', 'sending', 'unsure'].includes(state));
    expect(open.filter(({ due }) => new Date(due) <= now).map(({ id }) => id)).toEqual([]);
    expect(rows.filter(({ state }) => state === 'failed')).toEqual([]);
  });

  it('leaves something for each of those whom the page suggests', async () => {
    const { store } = await pastUntil(moment);
    const people = suggested(await createCity(store, 'webchat', true).people());
    expect(people).toHaveLength(5);
    const waiting = await store.read(async (tx) => {
      const counts: Record<string, number> = {};
      for (const { person } of people) {
        const actor = await actorOf(tx, person.id);
        counts[person.id] = 0;
        for (const { todos } of features)
          if (actor && todos)
            counts[person.id] =
              (counts[person.id] ?? 0) + (await todos({ tx, now, today, workdays }, actor)).length;
      }
      return counts;
    });
    for (const [person, count] of Object.entries(waiting))
      expect(`${person} ${Math.min(count, 1)}`).toBe(`${person} 1`);
  });
});

it('is the same each time', async () => {
  const [moment] = MOMENTS;
  const lines = ({ all }: Awaited<ReturnType<typeof live>>) => all.map((item) => JSON.stringify(item)).sort();
  expect(lines(await live(new Date(moment)))).toEqual(lines(await pastUntil(moment)));
});

it('can end in the first days of a quarter, with what was handed in for the one before', async () => {
  const { all } = await live(new Date('2027-01-08T10:00+08:00'));
  const handed = rowsOf<{ id: string; period: string; state: string }>(all, sheets);
  expect(handed.filter(({ period }) => period === '2026-Q4').map(({ state }) => state)).toContain('adopted');
});

it('shows nobody a record twice in one list', async () => {
  const [moment] = MOMENTS;
  const { store } = await pastUntil(moment);
  const people = suggested(await createCity(store, 'webchat', true).people()).map(({ person }) => person.id);
  const [day, time] = [moment.slice(0, 10), moment.slice(11, 16)];
  const kit = await createKit({ day, time, open: async () => store });
  const twice: string[] = [];
  let opened = 0;
  for (const person of new Set([...people, 'hao-haitao', 'yu-zhenbang'])) {
    const from = { channel: 'webchat', sender: { account: person, name: person }, at: new Date(moment) };
    const place = { key: `webchat|p:${person}`, kind: 'personal' } as const;
    for (const { word } of await kit.bot.commands('webchat', person)) {
      const said = {
        ...from,
        place,
        id: `${person} ${word}`,
        kind: 'text',
        text: word,
        inline: true,
      } as const;
      const { card } = (await kit.bot.handle(said)).shown;
      const rows = card?.kind === 'list' ? card.rows.filter(({ data }) => Object.keys(data).length > 0) : [];
      const records = rows.map(({ op, data }) => JSON.stringify([op, data]));
      for (const [at, one] of records.entries())
        if (records.indexOf(one) < at) twice.push(`${person} ${word} ${one}`);
      opened += rows.length;
    }
  }
  await kit.close();
  expect(twice).toEqual([]);
  expect(opened).toBeGreaterThan(100);
});
