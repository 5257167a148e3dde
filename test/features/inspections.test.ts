/** 督导: story 8 and what could go wrong with it, told through the kernel; the draw itself as a pure function. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../src/bot/turn/tables.ts';
import { draw, hashOf, listOf, type Pool } from '../../src/features/inspections/draw.ts';
import { inspections, inspectors, seals, type Visit, visits } from '../../src/features/inspections/model.ts';
import { INSPECTION } from '../../src/features/inspections/questions.ts';
import { issues } from '../../src/features/issues/model.ts';
import { peopleOf } from '../../src/features/members/index.ts';
import { allStars, units } from '../../src/features/orgs/index.ts';
import {
  buttonsOf,
  createKit,
  inputsOf,
  type Kit,
  type Message,
  type Screen,
  seeded,
  wordsOf,
} from '../kit.ts';
import { inOtherEngines } from '../store/open.ts';

const said = ({ text, card }: Message) => `${text}\n${wordsOf(card)}`;
const heardBy = async (me: Screen) => (await me.messages()).map(said).join('\n');
const titles = ({ card }: Message) => buttonsOf(card).map(({ title }) => title);
const ID = 'DD-2026-0001';
const FINE = Object.fromEntries(INSPECTION.questions.map(({ id }) => [id, '没问题']));

let kit: Kit;
let county: Screen;
let city: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
  [county, city] = kit.people('hao-haitao', 'bai-zhiyuan');
});
afterEach(() => kit.end());

const sealed = (id = ID, store = kit.store) =>
  store.read(async (tx) => {
    const row = await tx.table(seals).get(id);
    if (!row) throw new Error(`${id} is not sealed`);
    return row;
  });
const state = (id = ID) => kit.store.read(async (tx) => (await tx.table(inspections).get(id))?.state);
const rowsOf = (id = ID, store = kit.store) =>
  store.read(
    async (tx) => (await tx.table(visits).find({ where: { inspection: id }, order: 'name', limit: 50 })).rows,
  );

/** Fill in the form of one branch, by its message. */
async function write(me: Screen, { name }: Pick<Visit, 'name'>, fields: Record<string, string>) {
  const form = (await me.messages()).findLast(({ card }) => wordsOf(card).startsWith(`督导记录 · ${name}`));
  if (!form) throw new Error(`no form for ${name}`);
  return me.click('提交记录', fields, form);
}

/** Draw, begin, write down at every branch the same but for the first, submit. */
async function inspect(
  me: Screen,
  amount: number,
  first: Record<string, string> = {},
  id = ID,
  store = kit.store,
) {
  expect((await me.say(`督导 抽取 ${amount}`)).text).toContain(id);
  await me.click('开始');
  for (const [n, visit] of (await rowsOf(id, store)).entries())
    await write(me, visit, { ...FINE, ...(n === 0 && first) });
  await me.say(`督导 提交 ${id}`);
  return me.click('提交');
}

describe('the draw', () => {
  const poolOf = (parts: readonly (readonly string[])[]): Pool => ({
    sizes: parts.map(({ length }) => length),
    load: async (part) => parts[part] ?? [],
  });
  const WEIGHTS: Readonly<Record<string, number>> = { a: 1, b: 1, c: 1, d: 2, e: 3, f: 5 };
  const all = Object.keys(WEIGHTS);
  const parts = poolOf([['a', 'b', 'c'], ['d'], [], ['e', 'f', 'x']]);
  const drawing = (seed: number) => ({
    random: seeded(seed),
    isFree: async (branch: string) => branch !== 'x',
    weight: async (branch: string) => WEIGHTS[branch] ?? 1,
    most: 5,
  });

  it('is as likely for each branch as is declared: 100,000 times, chi-square', async () => {
    const given = drawing(20261123);
    const counts = new Map<string, number>();
    const times = 100_000;
    for (let n = 0; n < times; n++) {
      const [one = ''] = await draw(parts, 1, given);
      counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    const sum = Object.values(WEIGHTS).reduce((a, b) => a + b, 0);
    const chi = all.reduce((total, one) => {
      // Of one that is drawn, half the time it is the uniform half.
      const expected = times * (0.5 / all.length + (0.5 * (WEIGHTS[one] ?? 0)) / sum);
      return total + ((counts.get(one) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // Five degrees of freedom: a fair draw is below this 999 times of 1000, and this seed is always the same.
    expect(chi).toBeLessThan(20.5);
    expect(counts.has('x')).toBe(false);
    console.info(`100,000 draws: chi-square ${chi.toFixed(2)} of 20.5`);
  });

  it('draws half of them without and half with weights, none twice, and stops when there are no more', async () => {
    const weighed: string[] = [];
    const given = { ...drawing(7), most: 1, weight: async (one: string) => weighed.push(one) && 1 };
    expect(new Set(await draw(parts, 4, given)).size).toBe(4);
    expect(weighed).toHaveLength(2);
    expect([...(await draw(parts, 10, drawing(7)))].sort()).toEqual(all);
    expect(await draw(poolOf([['x']]), 3, drawing(7))).toEqual([]);
  });

  it('looks at a few branches only, however many there are', async () => {
    let loaded = 0;
    const many: Pool = {
      sizes: Array.from({ length: 1150 }, () => 40),
      load: async (part) => {
        loaded += 1;
        return Array.from({ length: 40 }, (_, n) => `${part}-${n}`);
      },
    };
    const given = { random: seeded(3), isFree: async () => true, weight: async () => 1, most: 5 };
    expect(await draw(many, 10, given)).toHaveLength(10);
    // 46,000 branches: five without weights, and five that are taken one time of five.
    expect(loaded).toBeLessThan(80);
  });
});

it('asks at most eight questions, each with a star for a village and for a community', async () => {
  const stars = await kit.store.read(allStars);
  expect(INSPECTION.questions.length).toBeLessThanOrEqual(8);
  for (const { stars: names } of INSPECTION.questions)
    for (const kind of ['village', 'community'] as const)
      expect(stars.some((star) => names.includes(star.name) && star.kinds.includes(kind))).toBe(true);
});

describe('story 8', () => {
  it('leaves no trace of three drawn branches outside their seal until it begins', async () => {
    const dump = async () => {
      const rows = new Map<string, string>();
      for await (const item of kit.store.export())
        if ('table' in item && item.table !== seals.name)
          rows.set(`${item.table} ${item.row.id}`, JSON.stringify(item.row));
      return rows;
    };
    await kit.tick('2026-11-23');
    const before = await dump();
    const answer = await county.say('督导 抽取 3 11月24日');
    expect(answer.text).toContain('已封存3个支部');
    const { branches, salt } = await sealed();
    const list = listOf({ branches });
    expect(branches).toHaveLength(3);
    const fresh = [...(await dump())].filter(([key, row]) => before.get(key) !== row);
    expect(fresh.length).toBeGreaterThan(3);
    const traces = [
      ...branches.map(({ id }) => id),
      ...list.split('、'),
      ...list.split('、').map((one) => one.split('（')[0] ?? ''),
      salt,
    ];
    for (const [key, row] of fresh) for (const trace of traces) expect(row, key).not.toContain(trace);

    const [line] = await kit.store.read(
      async (tx) => (await tx.table(audit).find({ where: { record: ID }, order: 'at', limit: 5 })).rows,
    );
    expect(line?.words).toBe(`封存3个支部，SHA-256 ${hashOf({ branches, salt })}`);
    expect((await city.say(`审计 ${ID}`)).text).toContain(hashOf({ branches, salt }));
    // Who drew knows how many, and that it is not the day yet.
    expect((await county.say('待办')).text).not.toContain('请开始');
    expect((await county.say('督导 开始')).text).toContain('督导日期是11月24日');
    expect(await state()).toBe('sealed');
    await kit.tick('2026-11-24');
    expect((await county.say('待办')).text).toContain('请开始：督导：已封存3个支部');
    expect(
      (await county.messages()).some(({ text, card }) => `${text} ${wordsOf(card)}`.includes('今天请开始')),
    ).toBe(true);
  });

  it('is known to nobody else, whatever they type, before it is published', async () => {
    await county.say('督导 抽取 3');
    const { branches } = await sealed();
    const branch = branches[0]?.id ?? '';
    const township = await kit.store.read(async (tx) => (await tx.table(units).get(branch))?.parent ?? '');
    const people = await kit.store.read(async (tx) => [
      ...(await peopleOf(tx, branch)),
      ...(await peopleOf(tx, township)),
      ...(await peopleOf(tx, 'linxi')),
      ...(await peopleOf(tx, 'gonganju')),
    ]);
    for (const { id } of people) {
      const me = kit.person(id);
      const never = (await me.say('督导 DD-2026-0009')).text.replaceAll('0009', '0001');
      for (const words of [ID, `督导 ${ID}`, `督导 核对 ${ID}`, `督导 支部 ${ID}`])
        expect((await me.say(words)).text.replace(/例如.*/, ''), `${id} ${words}`).toBe(
          never.replace(/例如.*/, ''),
        );
      expect((await me.say('督导')).text).toContain('还没有');
    }
    // The unit's other people and the organiser know that there is one, and not which.
    for (const me of [
      kit.person((await kit.store.read((tx) => peopleOf(tx, 'qingshan')))[1]?.id ?? ''),
      city,
    ]) {
      expect((await me.say(ID)).text).toContain('3个');
      expect((await me.say(`督导 支部 ${ID}`)).text).toContain('名单封存着');
      expect((await me.say(`督导 开始 ${ID}`)).text).toMatch(/由这次的督导人员来办/);
    }
  });

  it('becomes issues of 督导发现 when it is submitted, and anybody verifies it once it is published', async () => {
    const done = await inspect(county, 3, { clean: '有问题', duty: '当场改了', words: '公厕没人扫' });
    expect(done.text).toContain('1件已转为问题：WT-2026-0001');
    const issue = await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'));
    expect(issue).toMatchObject({
      source: '督导发现',
      origin: ID,
      state: 'pending',
      aspect: '物',
      details: '公厕没人扫',
    });
    const shown = said(await county.say('WT-2026-0001'));
    expect(shown).toContain('督导发现');
    expect(await state()).toBe('submitted');
    expect(said(await city.say(ID))).toContain((await rowsOf())[0]?.name);
    const secretary = kit.person('huang-wenchang');
    expect((await secretary.say(`督导 核对 ${ID}`)).text).toContain('没有找到');
    expect((await county.say(`督导 核对 ${ID}`)).text).toContain('核对通过');
    await county.say(ID);
    expect((await county.click('公开')).text).toContain('谁都可以核对');

    const { branches, salt } = await sealed();
    const list = listOf({ branches });
    const checked = await secretary.say(`督导 核对 ${ID}`);
    expect(checked.text).toContain('核对通过');
    expect(checked.text).toContain(`原文：${list}|${salt}`);
    expect(checked.text).toContain('sha256sum');
    expect((await secretary.say('督导')).text).toContain(`已公开 ${ID}`);
    // One name is another one now.
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(seals).get(ID);
      if (row)
        await tx.table(seals).put({
          ...row,
          branches: row.branches.map((one, n) =>
            n === 0 ? { ...one, name: '柳湾村党支部（石桥镇党委）' } : one,
          ),
        });
    });
    expect((await secretary.say(`督导 核对 ${ID}`)).text).toContain('核对不通过');
    // Nor does it help to change the hash in the record too: the audit trail has the one of the draw.
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(inspections).get(ID);
      const now = await tx.table(seals).get(ID);
      if (row && now) await tx.table(inspections).put({ ...row, hash: hashOf(now) });
    });
    expect((await secretary.say(`督导 核对 ${ID}`)).text).toContain('核对不通过');
  });

  it('is published by itself three working days later, whatever who drew would like', async () => {
    await inspect(county, 1);
    await kit.tick('2026-11-25');
    expect(await state()).toBe('submitted');
    await kit.tick('2026-11-26');
    expect(await state()).toBe('published');
    expect((await kit.person('huang-wenchang').say(`督导 核对 ${ID}`)).text).toContain('核对通过');
  });

  it.each(inOtherEngines)('is the same over %s', async (_, open) => {
    const other = await createKit({ day: '2026-11-23', open });
    try {
      const rows = [];
      for (const one of [kit, other]) {
        const me = one.person('hao-haitao');
        await inspect(me, 3, { clean: '有问题' }, ID, one.store);
        await me.say(`督导 公开 ${ID}`);
        expect((await one.person('huang-wenchang').say(`督导 核对 ${ID}`)).text).toContain('核对通过');
        rows.push({ seal: await sealed(ID, one.store), visits: await rowsOf(ID, one.store) });
      }
      expect(rows[1]).toEqual(rows[0]);
      expect(other.complaints).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('tells the township the next working day in its digest, and nobody where nothing was found', async () => {
    kit.time('2026-11-27', '16:00');
    await inspect(county, 2, { clean: '有问题' });
    const issue = await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'));
    const heads = await kit.store.read((tx) => peopleOf(tx, issue?.township ?? ''));
    const [visited, other] = await rowsOf();
    expect(visited?.issues).toEqual(['WT-2026-0001']);
    const others = await kit.store.read(async (tx) => [
      ...(await peopleOf(tx, other?.township ?? '')),
      ...(await peopleOf(tx, other?.branch ?? '')),
      ...(await peopleOf(tx, visited?.branch ?? '')),
    ]);
    const heard = (id: string) => heardBy(kit.person(id));
    for (const { id } of heads) expect(await heard(id)).toBe('');
    await kit.tick('2026-11-28', '08:40');
    for (const { id } of heads) expect(await heard(id)).toBe('');
    await kit.tick('2026-11-30', '08:40');
    for (const { id } of heads) expect(await heard(id)).toContain('督导发现，请受理');
    for (const { id } of others.filter(({ id: one }) => !heads.some(({ id: head }) => head === one)))
      expect(await heard(id)).toBe('');
  });

  it('does not draw a branch that was visited on 2026-10-20 before 2027-01-18', async () => {
    // A county whose every branch but one was visited that day, by anybody.
    const below = await kit.store.read(async (tx) => {
      const all = [];
      for (const { id } of (
        await tx.table(units).find({ where: { parent: 'yunling' }, order: 'name', limit: 99 })
      ).rows)
        all.push(...(await tx.table(units).find({ where: { parent: id }, order: 'name', limit: 99 })).rows);
      return all;
    });
    await kit.store.transaction(async (tx) => {
      for (const { id, name, parent } of below.slice(1))
        await tx.table(visits).put({
          ...{
            id: `DD-2026-0900|${id}`,
            inspection: 'DD-2026-0900',
            branch: id,
            township: parent ?? '',
            county: 'yunling',
          },
          ...{
            name,
            state: 'recorded',
            on: '2026-10-20',
            reason: '',
            answers: [],
            words: '',
            by: null,
            byName: '',
          },
          ...{ at: '', times: 1, found: [], issues: [] },
        });
    });
    const [head] = await kit.store.read((tx) => peopleOf(tx, 'yunling'));
    const me = kit.person(head?.id ?? '');
    kit.time('2027-01-17');
    expect((await me.say('督导 抽取 2')).text).toContain('只有1个支部可抽');
    expect((await me.say('督导 抽取 1')).text).toContain('DD-2027-0001');
    expect((await sealed('DD-2027-0001')).branches.map(({ id }) => id)).toEqual([below[0]?.id]);
    kit.time('2027-01-18');
    expect((await me.say('督导 抽取 10')).text).toContain('已封存10个支部');
    // Only its own.
    const own = new Set(below.map(({ id }) => id));
    expect((await sealed('DD-2027-0002')).branches.every(({ id }) => own.has(id))).toBe(true);
    // Yesterday's only branch is in both lists perhaps: whoever begins second passes over it.
    await me.say('督导 开始 DD-2027-0001');
    kit.time('2027-01-19');
    await me.say('督导 开始 DD-2027-0002');
    const both = (await rowsOf('DD-2027-0002')).filter(({ branch }) => branch === below[0]?.id);
    for (const one of both) expect(one).toMatchObject({ state: 'skipped', on: null });
  });

  it('counts for fact C, twice on one star and aspect', async () => {
    const one = async (id: string) => {
      expect((await county.say('督导 抽取 1')).text).toContain(id);
      // The same branch comes twice: what is tested is not the draw.
      await kit.store.transaction(async (tx) => {
        const row = await tx.table(seals).get(id);
        if (row)
          await tx.table(seals).put({
            ...row,
            branches: [{ id: 'qingshan-shiqiao-liuwan', name: '柳湾村党支部（石桥镇党委）' }],
          });
      });
      await county.click('开始');
      for (const visit of await rowsOf(id)) await write(county, visit, { ...FINE, clean: '有问题' });
      await county.say(`督导 提交 ${id}`);
      await county.click('提交');
    };
    await one(ID);
    expect((await county.say('为什么 柳湾村')).text).not.toContain('C 上级多次要求：');
    kit.time('2027-03-01');
    await one('DD-2027-0001');
    const why = (await county.say('为什么 柳湾村')).text;
    expect(why).toContain('上级交办或督导发现2件（WT-2026-0001、WT-2027-0001）');
  });
});

describe('what could go wrong', () => {
  it('is begun by who goes, once; a second press is answered and changes nothing', async () => {
    const other = (await kit.store.read((tx) => peopleOf(tx, 'qingshan'))).find(
      ({ id }) => id !== 'hao-haitao',
    );
    await county.say(`督导 抽取 2 ${other?.name}`);
    expect((await county.click('开始').catch((e: Error) => ({ text: e.message }))).text).toContain(
      'sees no button',
    );
    expect((await county.press('inspections.begin', { inspection: ID })).refused).toBe(true);
    const me = kit.person(other?.id ?? '');
    expect((await me.last()).text).toContain('请您参加督导');
    expect((await me.click('开始')).text).toContain('已开始');
    expect((await me.press('inspections.begin', { inspection: ID })).shown.text).toContain('已开始');
    expect(await rowsOf()).toHaveLength(2);
    // Who drew and does not go knows no name before it is submitted.
    const [visit] = await rowsOf();
    expect(said(await county.say(ID))).not.toContain(visit?.name);
    expect((await county.press('inspections.record', { visit: visit?.id, ...FINE })).shown.text).toContain(
      '没有找到',
    );
    expect((await county.say('督导 提交')).text).not.toContain(visit?.name);
  });

  it('goes to a successor, and to the head once nobody is left', async () => {
    const other = (await kit.store.read((tx) => peopleOf(tx, 'qingshan'))).find(
      ({ id }) => id !== 'hao-haitao',
    );
    await county.say(`督导 抽取 1 ${other?.name}`);
    await county.say(`交接 ${other?.name} 给 郝海涛`);
    const asked = await county.last();
    if (titles(asked).includes('交接')) await county.click('交接');
    const team = await kit.store.read(
      async (tx) => (await tx.table(inspectors).find({ where: { inspection: ID }, limit: 5 })).rows,
    );
    expect(team.map(({ person }) => person)).toEqual(['hao-haitao']);
    await kit.store.transaction(async (tx) => {
      for (const row of (await tx.table(inspectors).find({ where: { inspection: ID }, limit: 5 })).rows)
        await tx.table(inspectors).delete(row);
    });
    await county.say('督导 开始');
    expect(await heardBy(county)).toContain('已开始');
  });

  it('passes over a branch that is gone when it begins, and raises nothing about one that goes later', async () => {
    await county.say('督导 抽取 2');
    const { branches } = await sealed();
    const remove = (id = '') =>
      kit.store.transaction(async (tx) => {
        const row = await tx.table(units).get(id);
        if (row) await tx.table(units).delete(row);
      });
    await remove(branches[0]?.id);
    await county.say('督导 开始');
    expect(await heardBy(county)).toContain('不用去：支部撤并了');
    const open = (await rowsOf()).find(({ state: now }) => now === 'open');
    if (!open) throw new Error('nothing to visit');
    await write(county, open, { ...FINE, duty: '有问题' });
    await remove(branches[1]?.id);
    expect(said(await county.say('督导 提交'))).toContain('没有要转为问题的');
    expect((await county.click('提交')).text).toContain('已提交');
    await county.say('督导 公开');
    expect((await county.say(`督导 核对 ${ID}`)).text).toContain('核对通过');
  });

  it('is void with a reason; before it began nobody ever learns the list, afterwards who was visited stays', async () => {
    await county.say('督导 抽取 2');
    expect(titles(await county.say(`督导 作废 ${ID}`))).toContain('作废');
    expect((await county.say(`督导 作废 ${ID} 防汛`)).text).toContain('已作废');
    expect(await kit.store.read((tx) => tx.table(seals).get(ID))).toBeUndefined();
    expect((await county.say(`督导 开始 ${ID}`)).text).toContain('作废');
    expect(said(await county.say(ID))).toContain('防汛');
    await county.say('督导 抽取 2');
    await county.say('督导 开始');
    const [first] = await rowsOf('DD-2026-0002');
    if (!first) throw new Error('nothing to visit');
    await write(county, first, FINE);
    await county.say('督导 作废 DD-2026-0002 路断了');
    expect((await rowsOf('DD-2026-0002')).map(({ on }) => on)).toEqual(['2026-11-23', null]);
    expect((await county.say('督导 作废 DD-2026-0002 再来')).text).toContain('这一步不用办');
  });

  it('is not submitted before every branch is written down, and keeps what two wrote at once', async () => {
    await county.say('督导 抽取 2');
    await county.say('督导 开始');
    const [a, b] = await rowsOf();
    if (!a || !b) throw new Error('nothing to visit');
    expect((await county.say('督导 提交')).text).toContain(`还没有记录：${a.name}、${b.name}`);
    const half = await write(county, a, { duty: '有问题', words: '门锁着' });
    expect(said(half)).toContain('还没有答：三会一课');
    expect(inputsOf(half.card)).toMatchObject({ duty: '有问题', words: '门锁着' });
    // Opened before somebody else wrote: it is shown again, with what was written.
    const late = { visit: a.id, times: 0, ...FINE, words: '我写的' };
    expect((await write(county, a, { ...FINE, words: '先写的' })).text).toContain('记下了');
    const again = await county.press('inspections.record', late);
    expect(again.shown.text).toContain('刚才也记了');
    expect((await rowsOf())[0]).toMatchObject({ words: '先写的', times: 1 });
    await write(county, b, { reason: '路断了' });
    expect(said(await county.say('督导 提交'))).toContain('不会打扰任何人');
    await county.click('提交');
    expect((await rowsOf()).map(({ state: now, on }) => [now, on])).toEqual([
      ['recorded', '2026-11-23'],
      ['missed', null],
    ]);
  });

  it('makes something else that was found an issue too, with its own star', async () => {
    await county.say('督导 抽取 1');
    await county.say('督导 开始');
    const [visit] = await rowsOf();
    if (!visit) throw new Error('nothing to visit');
    await write(county, visit, FINE);
    await county.click('转为问题');
    await county.click('提交', { title: '村口路灯坏了', star: 'pingan-fazhi', aspect: '物' });
    expect(await kit.store.read((tx) => tx.table(issues).count({ state: 'pending' }))).toBe(0);
    await county.say('督导 提交');
    await county.click('提交', {}, await county.last());
    const made = await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'));
    expect(made).toMatchObject({
      title: '村口路灯坏了',
      source: '督导发现',
      star: 'pingan-fazhi',
      branch: visit.branch,
    });
  });

  it('says what a draw may be, and who draws', async () => {
    expect((await county.say('督导 抽取 11')).text).toContain('请写1到10的数字');
    expect((await county.say('督导 抽取 0')).text).toContain('请写1到10的数字');
    expect((await county.say('督导 抽取 2 张三')).text).toContain('本单位没有张三');
    expect((await county.say('督导 抽取 2 11月20日')).text).toMatch(/已经过了|今天到/);
    expect((await kit.person('huang-changqing').say('督导 抽取 2')).text).toContain(
      '由市委组织部、牵头单位和县区来抽',
    );
    expect((await kit.person('huang-wenchang').say('督导 抽取 2')).text).toContain(
      '由市委组织部、牵头单位和县区来抽',
    );
    expect((await kit.in('qingshan', 'hao-haitao').say('督导 抽取 2')).text).toContain('单聊');
    expect(await state()).toBeUndefined();
    // A department draws from those that can hold one of its stars.
    const lead = kit.person((await kit.store.read((tx) => peopleOf(tx, 'rensheju')))[0]?.id ?? '');
    await lead.say('督导 抽取 10');
    const drawn = (await sealed()).branches;
    const kinds = await kit.store.read((tx) =>
      Promise.all(drawn.map(async ({ id }) => (await tx.table(units).get(id))?.kind)),
    );
    expect(new Set(kinds)).toEqual(new Set(['community']));
  });
});
