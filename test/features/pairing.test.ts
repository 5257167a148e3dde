/** 结对: who helps whom, told through the kernel. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endStar } from '../../src/features/branches/index.ts';
import { peopleOf } from '../../src/features/members/index.ts';
import { units } from '../../src/features/orgs/index.ts';
import { pairing } from '../../src/features/pairing/index.ts';
import { costOf, distance, type Placed, pairs } from '../../src/features/pairing/model.ts';
import { choiceFor, proposalsFor } from '../../src/features/pairing/propose.ts';
import { type Case, cases } from '../../src/features/rectification/index.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { buttonsOf, createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

const QINGSHI = 'qingshan-shiqiao-qingshi';
const LIUWAN = 'qingshan-shiqiao-liuwan';

let kit: Kit;
let county: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
  county = kit.person('hao-haitao');
});
afterEach(() => kit.end());

const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;

async function putCase(branch: string, change: Partial<Case> = {}): Promise<string> {
  return kit.store.transaction(async (tx) => {
    const township = (await tx.table(units).get(branch))?.parent ?? '';
    const id = `ZD-2026-${String((await tx.table(cases).count()) + 1).padStart(4, '0')}`;
    await tx.table(cases).put({
      ...{ id, listing: `${branch}|1`, branch, township, county: 'qingshan', state: 'active', types: [] },
      ...{ records: [], issues: [], listedOn: '2026-11-09', since: '2026-11-09', planDue: '2026-11-23' },
      ...{ deadline: '2027-05-08', extended: 0, round: 1, relapses: 0, plan: null, notes: [], applied: null },
      ...{ checks: [], settledUntil: null, doubt: null, answers: [], helper: null, previous: null },
      ...{ closedOn: null, ...change },
    });
    return id;
  });
}

const proposals = (today = '2026-11-23') =>
  kit.store.read((tx) =>
    proposalsFor({ tx, now: new Date(`${today}T01:00:00Z`), today, workdays: createWorkdays() }, 'qingshan'),
  );
const secretaryOf = (branch: string): Promise<Screen> =>
  kit.store.read(async (tx) => {
    const [person] = await peopleOf(tx, branch);
    return kit.person(person?.id ?? '');
  });

describe('what it costs', () => {
  const unit = (id: string, parent: string, stars: string[] = []) => ({
    ...{ id, name: id, kind: 'village' as const, parent, stars, rev: 1 },
  });
  const at = (id: string, more: Partial<Placed> = {}): Placed => ({
    unit: unit(id, 't1'),
    county: 'c1',
    profile: { lng: 113, lat: 33, industries: ['tea'] },
    ...more,
  });
  it('is the sum of the parts, with the reasons in words', () => {
    const missing = new Map([
      ['a', '甲星'],
      ['b', '乙星'],
    ]);
    const near = at('x', { unit: unit('x', 't1', ['a', 'c', 'd', 'e']) });
    const { cost, reasons } = costOf(at('y'), near, missing);
    expect(cost).toBeCloseTo(-0.15, 9);
    expect(reasons).toEqual(['相距0.0公里', '产业相同（茶叶种植）', '同一个县区', '有它缺的甲星', '4星支部']);
    const full = at('z', {
      unit: unit('z', 't9', ['a', 'b', 'c', 'd', 'e']),
      county: 'c2',
      profile: { lng: 113, lat: 34, industries: ['grain'] },
    });
    // 111.2 km is 2 at most, the same class, another county, both stars, five stars.
    expect(costOf(at('y'), full, missing).cost).toBeCloseTo(2 + 0.5 + 0.5 - 0.3 - 0.1, 9);
  });
  it('estimates 5, 20 or 60 km without coordinates, and says so', () => {
    const none = { profile: undefined };
    expect(distance(at('x'), at('y', none))).toEqual({ km: 5, estimated: true });
    expect(distance(at('x'), at('y', { ...none, unit: unit('y', 't2') })).km).toBe(20);
    expect(distance(at('x'), at('y', { ...none, unit: unit('y', 't2'), county: 'c2' })).km).toBe(60);
    expect(costOf(at('x'), at('y', none), new Map()).reasons[0]).toBe('相距约5.0公里（估计）');
  });
});

describe('who is offered', () => {
  it('has four stars, lost none in a year, is neither 整顿中 nor in 巩固期, and helps fewer than two', async () => {
    await putCase(QINGSHI);
    const [before] = await proposals();
    expect(before?.choices).toHaveLength(3);
    const able = () =>
      kit.store.read(async (tx) => {
        const world = {
          tx,
          now: new Date('2026-11-23T01:00:00Z'),
          today: '2026-11-23',
          workdays: createWorkdays(),
        };
        const [one] = (
          await tx.table(cases).find({ where: { branch: QINGSHI }, order: 'listedOn', limit: 1 })
        ).rows;
        const where = { kind: ['village', 'community'] as const };
        const { rows } = await tx.table(units).find({ where, order: 'name', limit: 1000 });
        const found = [];
        for (const row of rows) if (one && (await choiceFor(world, one, row))) found.push(row);
        return found;
      });
    const all = await able();
    for (const { stars } of all) expect(stars.length).toBeGreaterThanOrEqual(4);
    const [first, second] = all;
    // It has four left when it loses one.
    const third = all.findLast(({ stars }) => stars.length === 5);
    if (!first || !second || !third) throw new Error('there are three');
    await putCase(first.id, { state: 'settling', settledUntil: '2027-11-09' });
    await kit.store.transaction(async (tx) => {
      for (const n of [1, 2])
        await tx.table(pairs).put({
          ...{ id: `x|${n}`, case: 'x', county: 'linxi', branch: `x${n}`, helper: second.id },
          ...{ state: 'agreed', reasons: [], by: '', name: '', on: '2026-10-01', answeredOn: null },
          ...{ reason: '', quarters: [] },
        });
      const lost = { branch: third.id, star: third.stars[0] ?? '', to: '2026-11-20' };
      const doing = {
        ...{ tx, now: new Date('2026-11-23T01:00:00Z'), today: '2026-11-23', workdays: createWorkdays() },
        ...{ newId: () => 'n', notify() {}, refresh() {}, start() {}, emit() {} },
      };
      await endStar(doing, { ...lost, document: '', by: '', reason: '' });
    });
    const left = (await able()).map(({ id }) => id);
    expect(left).toEqual(
      all.map(({ id }) => id).filter((id) => ![first.id, second.id, third.id].includes(id)),
    );
  });

  it('names who stays without, when helpers are too few', async () => {
    const all = await kit.store.transaction(async (tx) => {
      const where = { kind: ['village', 'community'] as const };
      const { rows } = await tx.table(units).find({ where, order: 'name', limit: 1000 });
      for (const row of rows)
        if (row.id !== LIUWAN) await tx.table(units).put({ ...row, stars: row.stars.slice(0, 3) });
        else await tx.table(units).put({ ...row, stars: ['a', 'b', 'c', 'd'] });
      return rows.filter(({ id }) => id.startsWith('qingshan-') && id !== LIUWAN).slice(0, 3);
    });
    for (const { id } of all) await putCase(id);
    const words = said(await county.say('结对'));
    expect(words).toContain('结对的支部不够，没有人帮的：');
    const without = (await proposals()).filter(({ choices }) => choices.length === 0);
    expect(without).toHaveLength(1);
    expect(words).toContain(without[0]?.branch.name);
  });
});

describe('结对', () => {
  it('is chosen by the county out of three, answered by the helper, and asked about once a quarter', async () => {
    const id = await putCase(QINGSHI);
    const card = await county.say('结对 青石村');
    expect(said(card)).toContain('公里');
    const rows = buttonsOf(card.card).filter(({ op }) => op === 'pairing.choose');
    expect(rows).toHaveLength(3);
    expect(said(card)).not.toMatch(/得分|分数|积分|排名|名次|优秀/);
    const pick = async (n: number) => {
      const [first] = (await proposals())[0]?.choices.slice(n) ?? [];
      if (!first) throw new Error('there is nobody');
      const press = { case: id, helper: first.helper.id };
      expect((await county.press('pairing.choose', press)).shown.text).toContain('请');
      expect((await county.press('pairing.choose', { ...press, sure: 'yes' })).shown.text).toContain(
        '等它答复',
      );
      return first.helper;
    };
    const one = await pick(0);
    const helper = await secretaryOf(one.id);
    expect(said(await helper.last())).toContain('青石村党支部');
    expect(said(await helper.say('待办'))).toContain('请答复');
    expect((await kit.person('chen-delin').press('pairing.agree', { pair: `${id}|1` })).refused).toBe(true);
    await helper.press('pairing.decline', { pair: `${id}|1`, reason: '书记刚换' });
    expect(said(await county.last())).toContain('书记刚换');
    expect(said(await county.say('待办'))).toContain('请另选结对支部');
    const two = await pick(0);
    expect(two.id).not.toBe(one.id);
    const other = await secretaryOf(two.id);
    await other.say('结对');
    await other.click(
      '同意结对',
      {},
      await other
        .messages()
        .then((all) => all.find(({ card: c }) => buttonsOf(c).some(({ title }) => title === '同意结对'))),
    );
    const now = await kit.store.read((tx) => tx.table(cases).get(id));
    expect(now?.helper).toBe(two.id);
    expect(said(await other.say(`整顿 ${id}`))).toContain('青石村党支部');
    expect(said(await kit.person('chen-delin').last())).toContain('同意和青石村党支部结对');
    // Asked once a quarter.
    await kit.tick('2026-12-01');
    await kit.tick('2026-12-25', '09:00');
    expect(said(await kit.person('chen-delin').last())).toContain('这个季度帮上了没有');
    expect((await kit.person('chen-delin').say('没帮上')).text).toContain('县区会过问');
    expect(said(await county.last())).toContain('没帮上');
    expect((await kit.person('chen-delin').say('帮上了')).text).toContain('帮上了');
    const pair = await kit.store.read((tx) => tx.table(pairs).get(`${id}|2`));
    expect(pair?.quarters).toMatchObject([{ period: '2026-Q4', helped: true }]);
    expect(said(await kit.person('chen-delin').say('待办'))).not.toContain('帮上了没有');
  });

  it('shows nobody else a name', async () => {
    const id = await putCase(QINGSHI);
    const [first] = (await proposals())[0]?.choices ?? [];
    await county.press('pairing.choose', { case: id, helper: first?.helper.id, sure: 'yes' });
    const stranger = kit.person('huang-wenchang');
    const leaks: string[] = [];
    const look = (what: string, shown: unknown) => {
      for (const name of ['青石村党支部', first?.helper.name ?? ''])
        if (JSON.stringify(shown).includes(name)) leaks.push(`${what}: ${name}`);
    };
    if (first?.helper.id === LIUWAN) throw new Error('the stranger is the helper');
    for (const { right, words = [] } of pairing.operations) {
      for (const word of words)
        for (const rest of ['', '青石村', id])
          look(`${word} ${rest}`, await stranger.say(`${word} ${rest}`.trim()));
      const data = { pair: `${id}|1`, case: id, reason: 'x', helper: 'x' };
      look(right.name, (await stranger.press(right.name, data)).shown);
    }
    for (const word of ['结对', '结对 青石村']) look(word, await kit.in('qingshan', 'hao-haitao').say(word));
    expect(leaks).toEqual([]);
  });
});
