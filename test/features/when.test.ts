/** Stories of saying when: the same reader wherever a day or an hour is asked, by command, by card and in typed lines. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prefs } from '../../src/bot/delivery/tables.ts';
import { schedules } from '../../src/bot/reminders/tables.ts';
import { issues } from '../../src/features/issues/model.ts';
import { meetings } from '../../src/features/meetings/model.ts';
import { tasks } from '../../src/features/tasks/model.ts';
import { createKit, inputsOf, type Kit, type Screen, wordsOf } from '../kit.ts';

const HS = 'HS-2026-12-01';
let kit: Kit;
let lead: Screen; // leads a star
let township: Screen;
let secretary: Screen;
let organiser: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-25', time: '10:00' }); // a Wednesday
  [lead, township, secretary, organiser] = kit.people(
    'guo-chengye',
    'huang-changqing',
    'huang-wenchang',
    'bai-zhiyuan',
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await kit.end();
});

const meeting = () => kit.store.read((tx) => tx.table(meetings).get(HS));
async function call(words: string) {
  await lead.say(`会商 发起 ${words}`);
  await lead.click('发起会商', { place: '三楼' });
  return lead.click('发起会商', {});
}

describe('会商 发起', () => {
  const cases: readonly (readonly [words: string, date: string, time: string, at?: string])[] = [
    ['明早9点', '2026-11-26', '09:00', '00:30'],
    ['明天下午3点', '2026-11-26', '15:00', '07:30'],
    ['1号上午9点', '2026-12-01', '09:00'],
    ['30号上午9点', '2026-11-30', '09:00'],
    ['31号上午9点', '2026-12-31', '09:00'],
    ['2026.12.3 15:00', '2026-12-03', '15:00'],
    ['12-03 15:00', '2026-12-03', '15:00'],
    ['11/27号早上8点', '2026-11-27', '08:00'],
    ['元旦上午9点', '2027-01-01', '09:00'],
    ['正月十五上午9点', '2027-02-20', '09:00'],
    ['下星期天上午9点', '2026-12-06', '09:00'],
    ['两周后周三下午3点', '2026-12-09', '15:00'],
    ['12月9日下午3点一刻', '2026-12-09', '15:15'],
    ['12月9日20时1刻', '2026-12-09', '20:15'],
    ['12月9日晚上十二点', '', ''],
    ['12月9日中午1点', '2026-12-09', '13:00'],
    ['26年12月9日下午3点', '2026-12-09', '15:00'],
    ['12月9日(周三)：下午15:30-17:00', '2026-12-09', '15:30'],
    ['明天(11月26日)晚上18:30', '2026-11-26', '18:30'],
    ['12月3上午9点', '2026-12-03', '09:00'],
    ['一个小时后', '2026-11-25', '11:00'],
    ['一个半小时后', '2026-11-25', '11:30'],
    ['12月底下午3点', '2026-12-31', '15:00'],
    ['明天下午七八点', '2026-11-26', ''],
    ['后天', '2026-11-27', ''],
    ['下午3点', '', '15:00'],
    ['昨天下午3点', '', '15:00'],
    ['2月30日上午9点', '', '09:00'],
    ['9999-12-31 15:00', '', '15:00'],
    ['下周找个时间', '', ''],
    ['平安法治星', '', '15:00'],
    ['', '', '15:00'],
  ];

  it.each(['Asia/Shanghai', 'UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'])(
    'opens the form with what was said, else empty, on a machine in %s',
    async (zone) => {
      vi.stubEnv('TZ', zone);
      expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
      for (const [words, date, time, at = '10:00'] of cases) {
        kit.time('2026-11-25', at);
        const form = await lead.say(`会商 发起 ${words}`);
        expect([words, inputsOf(form.card)]).toMatchObject([words, { date, time }]);
        // Whatever was said and is left open has its reason, on the card and in the text.
        const asked = words !== '' && words !== '平安法治星' && (date === '' || time === '');
        expect([words, form.text.includes('请改一下：')]).toEqual([words, asked]);
        expect([words, wordsOf(form.card).includes('请改一下：')]).toEqual([words, asked]);
      }
    },
  );

  it('names what it did not understand, once', async () => {
    const asked = async (words: string) => (await lead.say(`会商 发起 ${words}`)).text;
    expect(await asked('明天下午七八点')).toBe('请改一下：“下午七八点”没说准，几点请写成 15:00 这样');
    expect(await asked('12月9日(周四)下午3点')).toContain('12月9日是周三，不是周四');
    expect(await asked('12月9日晚上十二点')).toBe(
      '请改一下：“12月9日晚上十二点”没有全看懂，请选日期、写几点',
    );
    expect(await asked('后天')).toBe('请改一下：没有说几点，请写上');
    expect(await asked('十'.repeat(20_000))).toBe('请改一下：时间请用40个字以内说清楚');
  });

  it('takes words in its fields, and says once only what they were asked for', async () => {
    await lead.say('会商 发起 下周');
    const look = await lead.click('发起会商', { date: '12月9日', time: '下午3点半', place: '三楼' });
    expect(wordsOf(look.card)).toContain('12月9日 周三 15:30，三楼');
    await lead.click('发起会商', {});
    expect(await meeting()).toMatchObject({ date: '2026-12-09', time: '15:30' });
  });

  it('takes typed lines', async () => {
    await lead.say('会商 发起');
    const look = await lead.say('发起会商\n哪一天：下下周三\n几点：上午九点一刻\n地点或链接：三楼');
    expect(wordsOf(look.card)).toContain('12月9日 周三 09:15，三楼');
  });

  it.each([
    ['date', '9999-12-31', '没有“9999-12-31”这一天'],
    ['date', '2029-01-01', '日期最晚到2028年11月24日'],
    ['date', '过几天', '“过几天”是哪一天'],
    ['date', '12月9日下午3点', '“12月9日下午3点”没看懂'],
    ['date', '十'.repeat(20_000), '请改一下'],
    ['time', '3点', '“3点”是上午还是下午'],
    ['time', '十'.repeat(20_000), '几点请用40个字以内说清楚'],
  ])('refuses in %s %.20s in words, keeps the rest, and changes nothing', async (field, typed, why) => {
    await lead.say('会商 发起 12月9日下午3点');
    const form = await lead.click('发起会商', { place: '三楼', [field]: typed });
    expect(wordsOf(form.card)).toContain(why);
    expect(inputsOf(form.card)).toMatchObject({
      place: '三楼',
      date: field !== 'date' ? '2026-12-09' : typed.startsWith('2029') ? typed : '',
    });
    expect(await meeting()).toBeUndefined();
  });
});

describe('改期', () => {
  beforeEach(() => call('12月9日下午3点'));

  it.each([
    ['12月10日', '2026-12-10', '15:00'],
    ['上午10点', '2026-12-09', '10:00'],
    ['下周五上午10点', '2026-12-04', '10:00'],
    ['下周', '', '15:00'],
    ['3点', '2026-12-09', ''],
    ['从12月9日改到12月10日', '', '15:00'],
    ['原定12月9日下午3点', '', ''],
    ['', '2026-12-09', '15:00'],
  ])('begins with %s', async (words, date, time) => {
    const form = await lead.say(`改期 ${HS} ${words}`);
    expect(inputsOf(form.card)).toMatchObject({ date, time });
    expect(form.text.includes('请改一下：')).toBe(date === '' || time === '');
  });

  it('takes words in its fields, and no day beyond two years', async () => {
    await lead.say(`改期 ${HS}`);
    const far = await lead.click('改期', { date: '2029-01-01', reason: '冲突' });
    expect(wordsOf(far.card)).toContain('日期最晚到2028年11月24日');
    await lead.click('改期', { date: '下下周四', time: '上午十点', reason: '冲突' });
    expect(await meeting()).toMatchObject({ date: '2026-12-10', time: '10:00' });
  });
});

describe('a deadline', () => {
  it('of a task is said in words', async () => {
    await township.say('下达任务 入户走访');
    const fields = { standard: '35户', units: 'below:qingshan-shiqiao' };
    const asked = await township.click('下达', { ...fields, due: '月中' });
    expect(wordsOf(asked.card)).toContain('“月中”是哪一天');
    expect(inputsOf(asked.card)).toMatchObject({ standard: '35户', due: '' });
    expect(wordsOf((await township.click('下达', { due: '9999-12-31' })).card)).toContain('没有“9999-12-31”');
    await township.click('下达', { due: '12月底前' });
    await township.click('下达', {});
    const row = await kit.store.read((tx) => tx.table(tasks).get('RW-2026-0001'));
    expect(row?.day).toBe('2026-12-31');
  });

  it('of an issue is put off in words', async () => {
    await secretary.say('上报 村口路灯坏了');
    await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
    await township.say('受理 WT-2026-0001');
    const asked = await township.say('延期 WT-2026-0001 十天 等配件');
    expect(asked.text).toContain('“十天”没看懂');
    expect(inputsOf(asked.card)).toMatchObject({ date: '', reason: '等配件' });
    await township.say('延期 WT-2026-0001 12月21日前 等配件');
    const row = await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'));
    expect(row?.extension).toMatchObject({ to: '2026-12-21', reason: '等配件' });
  });

  it('of a decision is said in words, and stays the day that it was when it was said', async () => {
    await call('12月1日上午9点');
    kit.time('2026-12-01', '23:59');
    await lead.say(`填写纪要 ${HS}`);
    const fields = { decision1: '十天修好', unit1: 'gonganju' };
    const far = await lead.click('提交纪要', { ...fields, deadline1: '2029-01-01' });
    expect(wordsOf(far.card)).toContain('议题1的期限最晚到2028年11月30日');
    const asked = await lead.click('提交纪要', { deadline1: '过几天' });
    expect(wordsOf(asked.card)).toContain('议题1的期限请写成');
    await lead.click('提交纪要', { deadline1: '十天后' });
    kit.time('2026-12-02', '00:01');
    await lead.click('提交纪要', {});
    expect((await meeting())?.items[0]).toMatchObject({ decision: '十天修好', deadline: '2026-12-11' });
  });
});

describe('审计', () => {
  it('finds a day that is past, however it is said', async () => {
    kit.time('2026-11-24');
    await secretary.say('上报 路灯');
    await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
    kit.time('2026-11-25');
    for (const words of ['11月24日', '11月24号', '昨天', '周二', '本周二', '24号', '2026.11.24', '11-24']) {
      const { text } = await organiser.say(`审计 ${words}`);
      expect([words, text.split('\n').slice(0, 2).join()]).toEqual([
        words,
        expect.stringMatching(/^审计：2026-11-24：.*黄文昌/),
      ]);
    }
    expect((await organiser.say('审计 11月25日')).text).toContain('审计：2026-11-25');
    expect((await organiser.say('审计 黄文昌 昨天')).text).toContain('审计：黄文昌 · 2026-11-24');
  });

  it('tells a day that cannot be read, and takes a name for a name', async () => {
    for (const words of ['9999-12-31', '11月31日', '上周', '2月30号'])
      expect([words, (await organiser.say(`审计 ${words}`)).text]).toEqual([
        words,
        expect.stringContaining('日期'),
      ]);
    expect((await organiser.say('审计 周一鸣')).text).toContain('审计：周一鸣');
    await organiser.say('筛选审计');
    expect(wordsOf((await organiser.click('查看', { day: '过几天' })).card)).toContain('“过几天”是哪一天');
    expect((await organiser.click('查看', { day: '今天' })).text).toContain('审计：2026-11-25');
  });
});

describe('hours', () => {
  const hours = (id: string) => kit.store.read((tx) => tx.table(prefs).get(id));

  it.each([
    ['9:00-17:30', '09:00', '17:30'],
    ['9:00 17:30', '09:00', '17:30'],
    ['上午9点到下午5点半', '09:00', '17:30'],
    ['8点半～18点', '08:30', '18:00'],
  ])('提醒时段 %s', async (words, from, to) => {
    await township.say(`提醒时段 ${words}`);
    expect(await hours('huang-changqing')).toMatchObject({ from, to });
  });

  it('of reminders are asked when they are not two', async () => {
    for (const words of ['17:00 9:00', '9点', '白天', '3点到5点'])
      expect([words, (await township.say(`提醒时段 ${words}`)).text]).toEqual([
        words,
        expect.stringContaining('请改一下'),
      ]);
    expect(await hours('huang-changqing')).toBeUndefined();
  });

  it('of what comes round are said in words', async () => {
    const fields = { rhythm: 'issues.blue', time: '上午九点半', sure: 'yes' };
    await organiser.press('reminders.change', fields);
    const row = await kit.store.read((tx) => tx.table(schedules).get('issues.blue'));
    expect(row?.schedule).toMatchObject({ time: '09:30' });
  });
});

it('puts a digest off at other words for the same', async () => {
  await kit.bot.tick();
  await secretary.say('上报 路灯');
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
  await kit.tick('2026-12-04', '08:30');
  expect((await township.say('3天后提醒')).text).toContain('三个工作日后');
});
