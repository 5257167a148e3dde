/** Days that people say, through the kernel: Shanghai's wherever the machine stands, past ones called past, rest days asked about. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { createKit, inputsOf, type Kit, wordsOf } from '../kit.ts';

let kit: Kit;
const zone = process.env.TZ;

beforeEach(async () => {
  kit = await createKit();
});
afterEach(async () => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  await kit.close();
});

const issue = () => kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'));

it('今天 and 明天 are Shanghai’s in three time zones, at every hour', async () => {
  const lead = kit.person('guo-chengye');
  const township = kit.person('huang-changqing');
  for (const [at, offset, day, next, by] of [
    ['UTC', 0, '2026-11-23', '2026-11-24', '11月23日前'],
    ['America/Los_Angeles', 480, '2026-11-24', '2026-11-25', '11月24日前'],
    ['Pacific/Kiritimati', -840, '2026-11-25', '2026-11-26', '11月25日前'],
  ] as const) {
    process.env.TZ = at;
    expect([at, new Date('2026-11-20T00:00:00Z').getTimezoneOffset()]).toEqual([at, offset]);
    for (let hour = 0; hour < 24; hour += 1) {
      kit.time(day, `${String(hour).padStart(2, '0')}:30`);
      const meeting = await lead.say('会商 发起 明天下午3点');
      expect([at, hour, inputsOf(meeting.card).date]).toEqual([at, hour, next]);
      await lead.say('取消');
      await township.say('下达任务 入户走访');
      const fields = { standard: '35户', units: 'below:qingshan-shiqiao' };
      const today = await township.click('下达', { ...fields, due: '今天' });
      expect([at, hour, wordsOf(today.card)]).toEqual([at, hour, expect.stringContaining(by)]);
      await township.say('取消');
    }
  }
}, 60_000);

it('a past day is called past, with a day that can be typed instead', async () => {
  const [secretary, township, lead] = ['huang-wenchang', 'huang-changqing', 'guo-chengye'].map(kit.person);
  if (!secretary || !township || !lead) throw new Error('three people');
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交');
  await township.say('受理 WT-2026-0001');
  for (const said of ['昨天', '2026-11-01', '11月19日', '前天', '上周三']) {
    const late = await township.say(`延期 WT-2026-1 ${said} 等配件`);
    expect([said, wordsOf(late.card)]).toEqual([
      said,
      expect.stringMatching(/已经过了，请写.*以后的日期，例如\d/),
    ]);
  }
  expect(wordsOf((await township.say('延期 WT-2026-1 明天 等配件')).card)).toContain(
    '要比现在的期限（12月4日）晚，例如',
  );
  expect((await issue())?.extension).toBeNull();
  for (const said of ['昨天下午3点', '11月1日上午9点']) {
    const form = await lead.say(`会商 发起 ${said}`);
    expect([said, wordsOf(form.card)]).toEqual([said, expect.stringMatching(/已经过了，请写.*例如\d/)]);
  }
});

it('an extension to a rest day is asked about, and asked for when that is meant', async () => {
  const secretary = kit.person('huang-wenchang');
  const township = kit.person('huang-changqing');
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交');
  await township.say('受理 WT-2026-0001');
  const asked = await township.say('延期 WT-2026-0001 2026-12-12 等配件');
  expect(wordsOf(asked.card)).toContain('12月12日是休息日，下一个工作日是12月14日');
  expect((await issue())?.extension).toBeNull();
  const again = await township.click('再改改');
  expect(inputsOf(again.card)).toMatchObject({ date: '2026-12-12', reason: '等配件' });
  await township.click('申请延期', { date: '2026-12-12' });
  await township.click('就延到12月12日');
  expect((await issue())?.extension).toMatchObject({ to: '2026-12-12' });
});
