/** 约谈: what facts suggest, who alone knows of it, and what becomes of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Talk, talks } from '../../src/features/talks/model.ts';
import { createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

const SHIQIAO = 'qingshan-shiqiao';

let kit: Kit;
let county: Screen;
let head: Screen;
let secretary: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-02' });
  county = kit.person('hao-haitao');
  head = kit.person('huang-changqing');
  secretary = kit.person('huang-wenchang');
  await kit.tick('2026-11-02');
});
afterEach(async () => {
  expect(kit.complaints).toEqual([]);
  await kit.close();
});

const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;
const all = (): Promise<readonly Talk[]> =>
  kit.store.read(async (tx) => (await tx.table(talks).find({ order: 'quietUntil', limit: 100 })).rows);
const heard = async (who: Screen) => (await who.messages()).map(said).join('\n');

/** Somebody of 柳湾村 reports; due ten working days later. */
async function reports(title: string): Promise<string> {
  const fields = { title, star: 'pingan-fazhi', aspect: '物', source: '自查' };
  const { shown } = await secretary.press('issues.report', fields);
  return /WT-\d{4}-\d{4}/.exec(shown.text)?.[0] ?? '';
}

describe('three issues that are red for ten working days', () => {
  it('suggest nothing while one has more time; a third real one is a card to the county’s head alone, silent for 90 days after 不采纳', async () => {
    const [first = '', , third = ''] = [
      await reports('甲路灯坏了'),
      await reports('乙路灯坏了'),
      await reports('丙路灯坏了'),
    ];
    await head.press('issues.extend', { issue: third, date: '2027-01-29', reason: '等配件' });
    await kit.person('guo-chengye').press('issues.grant', { issue: third });
    kit.time('2026-11-05');
    await reports('丁路灯坏了');
    for (const day of ['2026-11-30', '2026-12-01', '2026-12-02']) await kit.tick(day);
    expect(await all()).toEqual([]);
    // The fourth was due on 11-19, ten working days before.
    await kit.tick('2026-12-03');
    const [talk] = await all();
    expect(talk).toMatchObject({ unit: SHIQIAO, superior: 'qingshan', state: 'suggested', kind: 'red' });
    expect(talk?.facts.map(({ key }) => key)).toEqual([first, 'WT-2026-0002', 'WT-2026-0004']);
    expect(said(await county.last())).toContain('石桥镇党委');
    expect(said(await county.last())).toContain('超期10个工作日');
    for (const who of ['huang-chunyan', 'huang-changqing', 'wang-haiyan', 'bai-zhiyuan', 'guo-chengye'])
      expect(await heard(kit.person(who))).not.toContain('只给您看');
    expect(said(await county.say('待办'))).toContain('约谈建议，请定');
    await county.say('约谈');
    await county.click('石桥镇党委');
    await county.click('不采纳');
    const done = await county.click('不采纳', { reason: '正在等汛期过去' });
    expect(done.text).toContain('90天里不再提');
    expect((await all())[0]).toMatchObject({ state: 'declined', quietUntil: '2027-03-03' });
    expect((await county.press('talks.decline', { talk: talk?.id, reason: '再按一次' })).refused).toBe(true);
    const before = (await county.messages()).length;
    for (const day of ['2026-12-04', '2026-12-31', '2027-01-04', '2027-03-02']) await kit.tick(day);
    const red = async () =>
      (await all()).filter(({ kind, state }) => kind === 'red' && state === 'suggested');
    expect(await red()).toEqual([]);
    expect((await county.messages()).slice(before).map(said).join()).not.toContain('约谈 建议1');
    // 90 days are over, also over the end of a year: the issues are still red.
    await kit.tick('2027-03-03');
    expect(await red()).toHaveLength(1);
    expect(said(await county.last())).toContain('甲路灯坏了');
  });
});
