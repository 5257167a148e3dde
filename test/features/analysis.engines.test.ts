/** Facts and lists are the same in PostgreSQL as in the embedded store: over the demo city's whole past. */
import { expect, it } from 'vitest';
import { createAdaptive, loadCards } from '../../src/bot/cards/adaptive.ts';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import type { Plan } from '../../src/bot/reminders/reminder.ts';
import type { World } from '../../src/bot/world.ts';
import { fill } from '../../src/demo/index.ts';
import { allTables } from '../../src/engine.ts';
import { findingsOf } from '../../src/features/analysis/gather.ts';
import { items, listings, sheets } from '../../src/features/analysis/model.ts';
import { starsHeld } from '../../src/features/branches/index.ts';
import { waitingFor } from '../../src/features/cases/list.ts';
import { examples } from '../../src/features/cases/model.ts';
import { casesPage } from '../../src/features/cases/page.tsx';
import { telling } from '../../src/features/cases/publish.ts';
import { satisfiedIssues } from '../../src/features/issues/index.ts';
import { actorOf } from '../../src/features/members/index.ts';
import { recordsBehind } from '../../src/features/openness/behind.ts';
import { allFigures } from '../../src/features/openness/figures.ts';
import { figures } from '../../src/features/openness/model.ts';
import { reportOf } from '../../src/features/openness/report.ts';
import { countJob } from '../../src/features/openness/rollup.ts';
import type { Table } from '../../src/features/openness/shape.ts';
import { allStars, getUnit, unitsBelow, unitsOfKind } from '../../src/features/orgs/index.ts';
import { proposalsFor } from '../../src/features/pairing/propose.ts';
import { cases, OPEN } from '../../src/features/rectification/index.ts';
import { progressOf } from '../../src/features/rectification/record.ts';
import { dueIn } from '../../src/features/secretaries/show.ts';
import { changesOf } from '../../src/features/sponsorship/changes.ts';
import { leaders } from '../../src/features/sponsorship/model.ts';
import { goals } from '../../src/features/stars/goals.ts';
import { applications, namings } from '../../src/features/stars/model.ts';
import { redFacts } from '../../src/features/talks/facts.ts';
import { OPEN as TALKS_OPEN, talks } from '../../src/features/talks/model.ts';
import { createLog } from '../../src/lib/log.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { openScratch } from '../../src/store/lowdb/scratch.ts';
import type { Store } from '../../src/store/store.ts';
import { memoryFiles } from '../file-store.ts';
import { createKit } from '../kit.ts';
import { inOtherEngines } from '../store/open.ts';

const root = new URL('../..', import.meta.url).pathname;
const NOW = new Date('2026-11-26T10:00+08:00');

/** Everything that the features read of branches, on some days. */
function look(store: Store): Promise<unknown> {
  return store.read(async (tx) => {
    const found: unknown[] = [];
    for (const today of ['2026-09-30', '2026-11-10', '2026-11-26']) {
      const world = { tx, now: NOW, today, workdays: createLiveWorkdays() };
      for (const township of await unitsOfKind(tx, ['township'])) {
        const all = await findingsOf(world, township, today);
        found.push(all.map(({ branch, ...one }) => ({ id: branch.id, ...one })));
        for (const branch of await unitsBelow(tx, township.id))
          found.push([...(await starsHeld(tx, branch, today))].sort());
      }
    }
    const where = { county: 'qingshan', state: ['proposed', 'listed', 'refused'] as const };
    found.push((await tx.table(listings).find({ where, order: 'proposedOn', desc: true, limit: 5 })).rows);
    found.push(await tx.table(listings).countBy('county', { state: 'listed' }));
    const handed = {
      where: { county: 'qingshan', state: 'submitted' as const },
      order: 'at' as const,
      limit: 5,
    };
    found.push((await tx.table(sheets).find(handed)).rows);
    found.push(
      (await tx.table(items).find({ where: { branch: 'qingshan-liuhe-huangnigou' }, limit: 5 })).rows,
    );
    const world = { tx, now: NOW, today: '2026-11-26', workdays: createLiveWorkdays() };
    const open = { where: { county: 'qingshan', state: OPEN }, order: 'deadline' as const, limit: 5 };
    for (const one of (await tx.table(cases).find(open)).rows) found.push(one, await progressOf(world, one));
    found.push(await proposalsFor(world, 'qingshan'));
    for (const { id } of await unitsOfKind(tx, ['township'])) found.push(await redFacts(world, id));
    const quiet = { order: 'quietUntil' as const, range: { gt: '' }, limit: 5 };
    found.push((await tx.table(talks).find(quiet)).rows);
    const planned = { where: { superior: 'linxi', state: TALKS_OPEN }, order: 'on' as const, limit: 5 };
    found.push((await tx.table(talks).find({ ...planned, range: { gte: '2026-11-01' } })).rows);
    for (const leader of (await tx.table(leaders).find({ limit: 9 })).rows)
      for (const quarter of ['2026-Q3', '2026-Q4']) found.push(await changesOf(world, leader, quarter));
    found.push(await satisfiedIssues(world, 'qingshan-maicang-houmaicang', 365));
    const actor = { id: '', name: '', role: 'head' } as const;
    for (const unit of ['qingshan-baita', 'zhengfawei', 'zzb'])
      found.push(await waitingFor({ ...world, me: { ...actor, unit } }));
    const asked = { path: '', query: new URLSearchParams(), anybody: false, viewer: null, below: [] };
    for (const path of ['', 'DX-2026-0001']) {
      const page = await casesPage(world, { ...asked, path });
      found.push(typeof page?.body === 'function' ? String(await page.body()) : page);
    }
    const [row] = (await tx.table(examples).find({ order: 'tellOn', desc: true, limit: 1 })).rows;
    const day = row?.tellOn ?? '';
    for (let after: string | undefined = ''; after !== undefined; ) {
      const occurrence = { period: day, day, at: NOW };
      const plan: Plan = await telling.plan(world, occurrence, after || undefined);
      found.push(plan);
      after = plan.next;
    }
    found.push(await dueIn({ tx, today: '2026-12-20' }, 'qingshan'));
    for (const state of ['applied', 'reviewed', 'public', 'objected'] as const)
      found.push((await tx.table(applications).find({ where: { state }, order: 'until', limit: 9 })).rows);
    found.push(await tx.table(applications).countBy('waits', { state: 'reviewed' }));
    found.push(await tx.table(goals).countBy('county', { year: '2026', star: 'chanye-xingwang' }));
    for (const id of ['zzb', 'qingshan-shiqiao']) found.push(...(await boardOf(world, id)));
    return found;
  });
}

const SHUICHE = 'linxi-xikou-shuiche';
const XIXI = 'linxi-xikou-xixi';

/** What people go on to do with the stars that are in 公示, and with the one that is in its 限期. */
async function goOn(store: Store): Promise<unknown> {
  // The kit closes what it is given.
  const lent: Store = {
    transaction: (body) => store.transaction(body),
    read: (body) => store.read(body),
    listen: (topic, listener) => store.listen(topic, listener),
    export: () => store.export(),
    import: (entries) => store.import(entries),
    close: async () => {},
    ...(store.serial && { serial: true }),
    ...(store.shared && { shared: true }),
  };
  const kit = await createKit({ day: '2026-11-26', time: '14:00', open: async () => lent });
  const press = async (person: string, op: string, data: Record<string, unknown>) => {
    const { shown, refused } = await kit.person(person).press(op, data);
    return [refused, shown.text];
  };
  try {
    // Two of one lead at the same moment: one of them does it.
    const application = { application: 'yunling-hongyan-yanjiao|chanye-xingwang|2026' };
    const both = await Promise.all(
      ['chen-qiming', 'qin-ruolan'].map((who) => press(who, 'stars.recognise', application)),
    );
    expect(both.map(([refused]) => refused).sort()).toEqual([false, true]);
    const star = { branch: XIXI, star: 'pingan-fazhi' };
    const settle = { application: `${SHUICHE}|wenming-xingfu|2026`, outcome: 'dismiss', words: '到村里看过' };
    const done = [
      await press('bai-zhiyuan', 'stars.settle', settle),
      await press('guo-chengye', 'stars.propose', { ...star, reason: '还是没有调解好' }),
      await press('liu-chenglin', 'stars.answer', { ...star, reason: '又开了一次会' }),
      await press('guo-chengye', 'stars.take', { ...star, document: '示党建〔2026〕1号', reason: '没有' }),
      await press('bai-zhiyuan', 'stars.take', {
        ...star,
        document: '示党建〔2026〕1号',
        reason: '没有调解好',
      }),
    ];
    kit.time('2026-12-07');
    const naming = { document: '示党建〔2026〕2号', date: '2026-12-07', sure: 'yes' };
    done.push(await press('bai-zhiyuan', 'stars.name', naming));
    await kit.bot.pump();
    const held = await kit.store.read(async (tx) => {
      const days = [];
      for (const id of [SHUICHE, XIXI])
        for (const day of ['2026-11-25', '2026-11-26', '2026-12-06', '2026-12-07'])
          days.push([...(await starsHeld(tx, await getUnit(tx, id), day))].sort());
      const named = { where: { document: '示党建〔2026〕2号' }, order: 'id', limit: 20 } as const;
      const rows = (await tx.table(applications).find(named)).rows.map(({ id, state, steps }) => [
        id,
        state,
        steps,
      ]);
      return [days, rows, await tx.table(namings).get('示党建〔2026〕2号')];
    });
    return [done, held];
  } finally {
    await kit.close();
  }
}

/** Every table of the board, and what stands behind each figure for the organiser. */
async function boardOf(world: World, id: string): Promise<unknown[]> {
  const unit = await getUnit(world.tx, id);
  const viewer = await actorOf(world.tx, 'bai-zhiyuan');
  const found: unknown[] = [];
  for (const quarter of ['2026-Q4', '2026-Q3']) {
    const report = await reportOf(world, unit, quarter);
    found.push(report && { ...report, unit: id, tables: report.tables.map(namesOnly) });
  }
  const all = allFigures(await allStars(world.tx));
  // Of the city those that are walked; of a township every one.
  const some = unit.kind === 'city' ? all.filter(({ key }) => /^(?:stars.5|open|active)$/.test(key)) : all;
  for (const figure of some) {
    const { rows, next } = await recordsBehind(world, viewer, { unit, quarter: '2026-Q4', figure }, 10);
    found.push([figure.key, rows.map(({ mark, title, sub }) => [mark, title, sub]), next !== undefined]);
  }
  return found;
}

const namesOnly = ({ lines, ...table }: Table) => ({
  ...table,
  lines: lines.map(({ title, cells, keys }) => [title, cells, keys]),
});

/** What is kept of a township, its county and the city after one was counted. */
async function counted(store: Store): Promise<unknown> {
  const parts = { now: () => NOW, workdays: createLiveWorkdays(), newId: () => 'j-1', listeners: [] };
  const job = { key: '', data: { township: 'qingshan-shiqiao' }, cursor: null, from: null, attempts: 0 };
  await store.transaction((tx) =>
    withDoing(parts, tx, null, async (doing) => void (await countJob.step(doing, job, undefined))),
  );
  return store.read(async (tx) => {
    const query = { where: { unit: 'qingshan-shiqiao' }, order: 'quarter', limit: 20 } as const;
    return (await tx.table(figures).find(query)).rows.map(({ rev: _, ...row }) => row);
  });
}

it('finds the same in both, and what people go on to do comes to the same', async () => {
  const past = openScratch(allTables());
  const render = createAdaptive(await loadCards(`${root}cards`));
  const log = createLog('silent');
  await fill({ store: past, fileStore: memoryFiles(), cityData: `${root}data/demo`, render, log, now: NOW });
  const others = await Promise.all(inOtherEngines.map(([, open]) => open(allTables())));
  try {
    for (const store of others) await store.import(past.export());
    const embedded = await look(past);
    for (const store of others) expect(await look(store)).toEqual(embedded);
    const kept = await counted(past);
    expect(JSON.stringify(kept)).toContain('"2026-Q4"');
    for (const store of others) expect(await counted(store)).toEqual(kept);
    expect(JSON.stringify(embedded)).toContain('"listed"');
    expect(JSON.stringify(embedded)).toContain('"recurrence"');
    for (const words of ['公里', '三盏灯照亮回家路', 'guo-haiying', '看一看'])
      expect(JSON.stringify(embedded)).toContain(words);
    expect(JSON.stringify(embedded)).toContain('提异议');
    const went = await goOn(past);
    for (const store of others) expect(await goOn(store)).toEqual(went);
    expect(JSON.stringify(went)).toContain('"named"');
  } finally {
    for (const store of [...others, past]) await store.close();
  }
});
