/** A quarter of a monthly task in one township: on time, late, missing, returned and redone, a difficulty, a handover. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { members } from '../../src/features/members/model.ts';
import { checkins } from '../../src/features/tasks/model.ts';
import { addDays } from '../../src/lib/dates.ts';
import { bindGroup, buttonsOf, createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

const IN = 'qingshan-shiqiao';
const UNITS = ['liuwan', 'qingshi', 'daqiaotou', 'zhangying', 'shimen', 'beizhuang'].map(
  (name) => `${IN}-${name}`,
);

let kit: Kit;
let township: Screen;
let group: Screen;
let people: Record<'liuwan' | 'qingshi' | 'daqiaotou' | 'zhangying' | 'shimen' | 'beizhuang', Screen>;
let today = '2026-10-12';
beforeAll(async () => {
  kit = await createKit({ day: today, time: '09:00' });
  township = kit.person('huang-changqing');
  people = {
    liuwan: kit.person('huang-wenchang'),
    qingshi: kit.person('chen-delin'),
    daqiaotou: kit.person('tang-chuanbao'),
    zhangying: kit.person('zhang-weiping'),
    shimen: kit.person('wang-shulin'),
    beizhuang: kit.person('xie-yilin'),
  };
  group = kit.in(IN, 'huang-changqing');
  await bindGroup(kit, IN);
  await kit.bot.tick();
});
afterAll(() => kit.end());

/** Every day's 08:30 and 14:30 up to and with `day`; then it is 10:00. */
async function until(day: string) {
  while (today < day) {
    today = addDays(today, 1);
    await kit.tick(today, '08:30');
    await kit.tick(today, '14:30');
  }
  kit.time(day, '15:00');
}
const digests = async (screen: Screen, day: string) =>
  (await screen.messages())
    .filter(({ id }) => id.startsWith('digest:') && id.includes(day))
    .map(({ card }) => wordsOf(card));
const checkin = (unit: string, period: string) =>
  kit.store.read((tx) => tx.table(checkins).get(`RW-2026-0001|${period}|${IN}-${unit}`));

it('hands out a monthly task; its first due day is a Sunday and moves', async () => {
  await township.say('下达任务 入户走访');
  const look = await township.click('下达', {
    standard: '35户',
    units: UNITS.join(),
    due: '2026-10-25',
    rhythm: 'month',
  });
  expect(wordsOf(look.card)).toContain('10月26日前（10月25日是休息日），以后每月25日前');
  await township.click('下达');
  for (const screen of Object.values(people))
    expect((await screen.last()).text).toContain('下达任务：入户走访（35户）');
});

it('asks only the missing at 80 %, takes what is late as late, and tells the issuer how it came out', async () => {
  await people.liuwan.say('打卡 入户走访 35户');
  await people.qingshi.say('打卡 入户走访 三十六户');
  await people.daqiaotou.say('打卡 入户走访 ３７户');
  await people.shimen.say('打卡 入户走访 20户');
  await township.say('退回 RW-2026-0001 石门村 数不够，请再走访');
  expect((await people.shimen.last()).text).toContain('退回了：数不够，请再走访');
  expect(wordsOf((await group.last()).card)).toContain('已报 3/6');
  // October 12 to 26 has ten working days after the first: the eighth is the 22nd.
  await until('2026-10-22');
  for (const one of ['shimen', 'zhangying', 'beizhuang'] as const)
    expect(await digests(people[one], '2026-10-22')).toEqual([expect.stringContaining('快到期，请报进展')]);
  expect(await digests(people.liuwan, '2026-10-22')).toEqual([]);
  await people.shimen.say('打卡 入户走访 35户 都补上了');
  expect(await checkin('shimen', '2026-10')).toMatchObject({ state: 'in', late: false, version: 2 });
  await until('2026-10-27');
  const [summary = ''] = await digests(township, '2026-10-27');
  expect(summary).toContain('入户走访（10月）：报了4个，缺2个，合计143户');
  expect((await group.messages()).some(({ text }) => text.startsWith('到期小结：入户走访（10月）'))).toBe(
    true,
  );
  const late = await people.zhangying.say('打卡 入户走访 30户');
  expect(wordsOf(late.card)).toMatch(/待审核.*超期.*已报进展。/);
  expect(await checkin('zhangying', '2026-10')).toMatchObject({ late: true, state: 'in' });
  expect(wordsOf((await township.say('RW-2026-0001')).card)).toContain('合计173户，待审核5，超期1');
});

it('passes all at once what is in, not what is missing', async () => {
  const waiting = await township.say('查看明细 RW-2026-0001');
  expect(wordsOf(waiting.card)).toMatch(/超期未报\s+北庄村党支部/);
  await township.click('全部通过');
  const done = await township.click('全部通过');
  expect(done.text).toContain('5份都通过');
  expect(await checkin('liuwan', '2026-10')).toMatchObject({ state: 'passed' });
  expect((await people.liuwan.say('打卡 RW-2026-0001 40户')).text).toContain('已经审核通过');
});

it('opens November by itself, with a new secretary in one village, and what was missed can still be said', async () => {
  // 张卫平 hands over to 刘芳: what is asked is asked of the unit.
  await kit.store.transaction(async (tx) => {
    const old = await tx.table(members).get('zhang-weiping');
    if (old) await tx.table(members).put({ ...old, unit: 'qingshan' });
    await tx.table(members).put({ id: 'liu-fang', name: '刘芳', unit: `${IN}-zhangying`, role: 'secretary' });
  });
  await until('2026-11-02');
  const fang = kit.person('liu-fang');
  expect(await digests(fang, '2026-11-02')).toEqual([expect.stringContaining('新一期，请报进展')]);
  expect(await digests(kit.person('zhang-weiping'), '2026-11-02')).toEqual([]);
  expect(
    (await group.messages()).filter(({ text }) =>
      text.startsWith('新一期开始：入户走访（11月），11月25日前'),
    ),
  ).toHaveLength(1);
  expect(wordsOf((await fang.say('打卡 入户走访 38户')).card)).toMatch(/11月.*38户/);
  expect(await checkin('zhangying', '2026-11')).toMatchObject({ person: 'liu-fang' });
  expect(await checkin('zhangying', '2026-10')).toMatchObject({ person: 'zhang-weiping', amount: 30 });
  const open = wordsOf((await people.beizhuang.say('打卡')).card);
  expect(open).toMatch(/超期\s+入户走访（10月）/);
  expect(open).toMatch(/请报进展\s+入户走访（11月）/);
  await people.beizhuang.click('入户走访（10月）');
  await people.beizhuang.click('提交进展', { amount: '12' });
  expect(await checkin('beizhuang', '2026-10')).toMatchObject({ amount: 12, late: true });
});

it('makes an issue of a difficulty, linked both ways, and it is closed', async () => {
  await people.liuwan.say('打卡');
  await people.liuwan.click('入户走访（11月）');
  await people.liuwan.click('提交进展', { amount: '20', difficulty: '两户长期外出，联系不上' });
  const form = await people.liuwan.click('转为问题');
  expect(wordsOf(form.card)).toContain('上报问题');
  const done = await people.liuwan.click('提交', { star: 'pingan-fazhi', aspect: '人' });
  expect(done.text).toContain('WT-2026-0001');
  expect(await checkin('liuwan', '2026-11')).toMatchObject({
    issue: 'WT-2026-0001',
    difficulty: '两户长期外出，联系不上',
  });
  expect(wordsOf((await people.liuwan.say('WT-2026-0001')).card)).toMatch(/来自\s+RW-2026-0001/);
  expect((await people.liuwan.say('转为问题 RW-2026-0001')).text).toContain('已经转为问题 WT-2026-0001');
  const offered = buttonsOf((await people.liuwan.say('RW-2026-0001')).card).map(({ title }) => title);
  expect(offered).toEqual(['报进展', '查看明细']);
  await township.say('受理 WT-2026-0001');
  await township.say('办结 WT-2026-0001 已通过亲属联系上');
  await people.liuwan.say('核验通过 WT-2026-0001 满意');
  expect(await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'))).toMatchObject({
    state: 'closed',
    origin: 'RW-2026-0001',
  });
});

it('sums up November against October, tells the county nothing it did not ask, and December ends it', async () => {
  for (const one of ['qingshi', 'daqiaotou', 'shimen', 'beizhuang'] as const)
    await people[one].say('打卡 入户走访 40户');
  await until('2026-11-26');
  const [summary = ''] = await digests(township, '2026-11-26');
  expect(summary).toContain('入户走访（11月）：报了6个，一个不缺，合计218户，比上期多33户');
  await until('2026-12-01');
  expect(await digests(people.liuwan, '2026-12-01')).toEqual([expect.stringContaining('新一期，请报进展')]);
  expect((await township.say('结束任务 RW-2026-0001')).text).toContain('结束后不能再报');
  expect((await township.click('结束任务')).text).toContain('已结束');
  expect((await people.liuwan.say('打卡 入户走访 35户')).text).toContain('现在没有要报进展的任务');
  expect((await people.liuwan.say('打卡 RW-2026-0001 35户')).text).toContain('已结束');
  await until('2027-01-06');
  expect(await digests(people.liuwan, '2027-01')).toEqual([]);
});
