/** Stories of PROGRAMME.md §3: handed out, checked in for, reviewed, nudged, summed up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkins, tallies, tasks } from '../../src/features/tasks/model.ts';
import { bindGroup, buttonsOf, createKit, inputsOf, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let township: Screen; // 石桥镇党委, head
let secretary: Screen; // 柳湾村
let neighbour: Screen; // 青石村
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  township = kit.person('huang-changqing');
  [secretary, neighbour] = [kit.person('huang-wenchang'), kit.person('chen-delin')];
  await kit.bot.tick();
});
afterEach(async () => {
  const { complaints } = kit;
  await kit.close();
  expect(complaints).toEqual([]);
});

const titles = (card: Parameters<typeof wordsOf>[0]) =>
  card ? buttonsOf(card).map(({ title }) => title) : [];
const task = (id = 'RW-2026-0001') => kit.store.read((tx) => tx.table(tasks).get(id));
const checkin = (unit: string, id = 'RW-2026-0001', period = 'once') =>
  kit.store.read((tx) => tx.table(checkins).get(`${id}|${period}|${unit}`));
const sums = async (round = 'RW-2026-0001|once') =>
  (await kit.store.read((tx) => tx.table(tallies).find({ where: { round }, limit: 1000 }))).rows;

/** 石桥镇 hands out to all its branches. */
async function handOut(fields: Record<string, unknown> = {}) {
  await township.say('下达任务 入户走访');
  await township.click('下达', {
    standard: '35户',
    units: 'below:qingshan-shiqiao',
    due: '2026-11-27',
    ...fields,
  });
  return township.click('下达');
}

describe('handing out', () => {
  it('previews how many units it is for, tells them all, and gives the group a live card', async () => {
    await bindGroup(kit, 'qingshan-shiqiao');
    const form = await township.say('下达任务 入户走访');
    expect(inputsOf(form.card).title).toBe('入户走访');
    const look = await township.click('下达', {
      standard: '35户',
      units: 'below:qingshan-shiqiao',
      due: '2026-11-28',
    });
    expect(wordsOf(look.card)).toMatch(/发给\d+个单位/);
    expect(wordsOf(look.card)).toContain('11月30日前（11月28日是休息日）');
    expect(await task()).toBeUndefined();
    const done = await township.click('下达');
    expect(done.text).toContain('RW-2026-0001');
    expect(await task()).toMatchObject({
      target: 35,
      measure: '户',
      state: 'open',
      issuer: 'qingshan-shiqiao',
    });
    expect((await secretary.last()).text).toContain('石桥镇党委下达任务：入户走访（35户），11月30日前打卡');
    const group = kit.in('qingshan-shiqiao', 'huang-wenchang');
    const size = (await task())?.size;
    expect(wordsOf((await group.last()).card)).toContain(`已报 0/${size}`);
    expect(titles((await group.last()).card)).toEqual(['打卡', '查看明细']);
    await group.click('打卡');
    await group.click('提交打卡', { amount: '３５', words: '已覆盖三组' });
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({
      amount: 35,
      words: '已覆盖三组',
      state: 'in',
      late: false,
      person: 'huang-wenchang',
    });
    expect(wordsOf((await group.last()).card)).toContain(`已报 1/${size}`);
    expect(wordsOf((await secretary.last()).card)).toContain('待审核：35户');
    expect(await sums()).toMatchObject([{ in: 1, amount: 35, parent: 'qingshan-shiqiao', top: 'qingshan' }]);
  });
});

describe('checking in', () => {
  it('takes one line, says what it understood, and takes it back', async () => {
    await handOut();
    const said = await secretary.say('打卡 入户走访 35户 已覆盖三组');
    expect(wordsOf(said.card)).toMatch(/已打卡。.*35户.*已覆盖三组/);
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35, words: '已覆盖三组' });
    await secretary.click('撤销');
    expect(await checkin('qingshan-shiqiao-liuwan')).toBeUndefined();
    expect(await sums()).toMatchObject([{ in: 0, amount: 0 }]);
    await secretary.say('打卡 入户走访 30户');
    await secretary.say('打卡 入户走访 40户');
    await secretary.say('撤销');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 30 });
    const list = await neighbour.say('打卡');
    expect(wordsOf(list.card)).toContain('入户走访');
  });
});
