/** 分包: who sponsors what, one card a quarter with changes only, 批示 that becomes a task. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cases } from '../../src/features/rectification/index.ts';
import { leaders, sponsorshipMarks, sponsorships } from '../../src/features/sponsorship/model.ts';
import { tasks } from '../../src/features/tasks/model.ts';
import { createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

const QINGSHI = 'qingshan-shiqiao-qingshi';
const PLAN = { cause: '支委会开不起来', measures: '补开支委会', townshipLeader: '黄长青' };

let kit: Kit;
let county: Screen;
let deputy: Screen;
let head: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
  [county, deputy, head] = kit.people('hao-haitao', 'huang-chunyan', 'huang-changqing');
  await kit.tick('2026-11-23');
});
afterEach(() => kit.end());

const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;
const running = (day: string) =>
  kit.store.read(async (tx) => {
    const query = { where: { county: 'qingshan' }, order: 'to', range: { gte: day }, limit: 50 } as const;
    const { rows } = await tx.table(sponsorships).find(query);
    const found = [];
    for (const row of rows) found.push(`${row.target} ${(await tx.table(leaders).get(row.leader))?.name}`);
    return found;
  });

async function listed(): Promise<string> {
  const type = { type: '班子不团结', words: '两个月没开支委会' };
  await deputy.press('analysis.propose', { branch: QINGSHI, ...type });
  await county.press('analysis.confirm', { branch: QINGSHI, date: '2026-11-23' });
  return kit.store.read(
    async (tx) => (await tx.table(cases).find({ limit: 1, order: 'id' })).rows[0]?.id ?? '',
  );
}

describe('every case in 整顿', () => {
  it('has the county leader of its plan; another plan is another leader, 交接 hands it over, and so does the card of the case', async () => {
    const id = await listed();
    expect(said(await county.say('分包'))).toContain(`还没有联村县级领导：青石村党支部（${id}`);
    await head.press('rectification.plan', { case: id, ...PLAN, countyLeader: '赵县长' });
    expect(await running('2026-11-23')).toEqual([`${QINGSHI} 赵县长`]);
    expect(said(await county.say('分包'))).toContain('联村县级领导');
    kit.time('2026-11-24');
    await head.press('rectification.plan', { case: id, ...PLAN, countyLeader: '黄春燕' });
    expect(await running('2026-11-24')).toEqual([`${QINGSHI} 黄春燕`]);
    // Who may not know that it is in 整顿 hears what is said where there is nothing.
    const stranger = kit.person('huang-wenchang');
    for (const word of ['批示 青石村 抓紧', '结束分包 青石村'])
      expect((await stranger.say(word)).text).toBe((await stranger.say(word.replace('青石', '北庄'))).text);
    expect(said(await stranger.say('分包 青石村'))).toContain('现在没有领导分包');
    await county.say('分包 青石村');
    await county.click('青石村党支部');
    expect((await county.say('结束分包 青石村')).text).toContain('要有联村县级领导');
    const post = { person: 'huang-chunyan|qingshan', to: 'hao-haitao|qingshan', sure: 'yes' };
    expect((await kit.person('bai-zhiyuan').press('members.handover', post)).shown.text).toContain('分包1件');
    expect(await running('2026-11-24')).toEqual([`${QINGSHI} 郝海涛`]);
    expect(said(await county.say(`整顿 ${id}`))).toContain('联村县级领导 郝海涛');
  });

  it('gets its row when the plan is older than 分包', async () => {
    await kit.store.transaction(async (tx) => {
      const on = { who: '青山县委负责人', on: '2026-11-10' };
      const plan = {
        ...PLAN,
        round: 1,
        measures: [],
        unit: QINGSHI,
        person: '',
        countyLeader: '郝海涛',
        ...on,
      };
      await tx.table(cases).put({
        ...{ id: 'ZD-2026-0001', listing: `${QINGSHI}|1`, branch: QINGSHI, township: 'qingshan-shiqiao' },
        ...{
          county: 'qingshan',
          state: 'active',
          types: [],
          records: [],
          issues: [],
          listedOn: '2026-11-09',
        },
        ...{ since: '2026-11-09', planDue: '2026-11-23', deadline: '2027-05-08', extended: 0, round: 1 },
        ...{ relapses: 0, plan, notes: [], applied: null, checks: [], settledUntil: null, doubt: null },
        ...{ answers: [], helper: null, previous: null, closedOn: null },
      });
      const mark = await tx.table(sponsorshipMarks).get('cases');
      if (mark) await tx.table(sponsorshipMarks).delete(mark);
    });
    await kit.tick('2026-11-24');
    expect(await running('2026-11-24')).toEqual([`${QINGSHI} 郝海涛`]);
  });
});

describe('once a quarter', () => {
  it('says what changed on one card, and nothing when nothing did; 批示 on it is a task of the leader’s unit', async () => {
    await county.say('定分包 青石村 郝海涛');
    await county.say('定分包 柳湾村 郝海涛');
    await kit.person('du-hongbin').say('定分包 溪口镇 杜宏斌');
    const secretary = kit.person('chen-delin');
    const fields = { title: '村口路坏了', star: 'shengtai-yiju', aspect: '物', source: '群众反映' };
    await secretary.press('issues.report', fields);
    await kit.tick('2026-12-31');
    await kit.tick('2027-01-06');
    const cards = async () =>
      (await county.messages()).map(said).filter((one) => one.includes('分包 · 郝海涛'));
    const [card, another] = await cards();
    expect(another).toBeUndefined();
    expect(card).toContain('青石村党支部');
    expect(card).toContain('新报问题1件');
    expect(card).not.toContain('柳湾村');
    await county.click('批示');
    const due = { due: '2027-01-20' };
    const done = await county.click('批示', { item: await idOf(QINGSHI), words: '十天内把路修好', ...due });
    expect(done.text).toContain('批示已成为任务 RW-2027-0001');
    expect(await kit.store.read((tx) => tx.table(tasks).get('RW-2027-0001'))).toMatchObject({
      issuer: 'qingshan',
      details: '郝海涛批示（分包青石村党支部）',
      day: '2027-01-20',
    });
    expect(said(await secretary.last())).toContain('十天内把路修好');
    await kit.tick('2027-04-06');
    expect((await cards())[1]).toContain('批示 RW-2027-0001：还没有报');
    await kit.tick('2027-06-30');
    await kit.tick('2027-07-05');
    expect(await cards()).toHaveLength(2);
  });
});

const idOf = (target: string) =>
  kit.store.read(async (tx) => {
    const query = { where: { target }, order: 'to', limit: 1 } as const;
    return (await tx.table(sponsorships).find(query)).rows[0]?.id;
  });
