/** Stories of tasks: handed out, checked in for, reviewed, nudged, summed up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { viewers } from '../../src/bot/delivery/viewers.ts';
import { decisions } from '../../src/features/meetings/model.ts';
import { units } from '../../src/features/orgs/index.ts';
import { checkins, tallies, tasks } from '../../src/features/tasks/model.ts';
import { reminders } from '../../src/features/tasks/reminders.ts';
import { instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { bindGroup, createKit, inputsOf, type Kit, type Screen, titlesOf, wordsOf } from '../kit.ts';

let kit: Kit;
let township: Screen; // 石桥镇党委, head
let secretary: Screen; // 柳湾村
let neighbour: Screen; // 青石村
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  township = kit.person('huang-changqing');
  [secretary, neighbour] = kit.people('huang-wenchang', 'chen-delin');
  await kit.bot.tick();
});
afterEach(() => kit.end());

const task = (id = 'RW-2026-0001') => kit.store.read((tx) => tx.table(tasks).get(id));
const checkin = (unit: string, id = 'RW-2026-0001', period = 'once') =>
  kit.store.read((tx) => tx.table(checkins).get(`${id}|${period}|${unit}`));
const decision = (id: string) => kit.store.read((tx) => tx.table(decisions).get(id));
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
  it('tells somebody once who reads the group of the unit, and nudges in person all the same', async () => {
    await bindGroup(kit, 'qingshan-shiqiao-liuwan');
    const place = `webchat|g:qingshan-shiqiao-liuwan`;
    const seen = (at: string) =>
      kit.store.transaction(async (tx) => {
        const known = await tx.table(viewers).get(`${place}|huang-wenchang`);
        const row = { id: `${place}|huang-wenchang`, place, person: 'huang-wenchang', handle: 'h', at };
        await tx.table(viewers).put({ ...known, ...row });
      });
    await seen('2026-11-19T01:00:00.000Z');
    await handOut();
    expect((await kit.in('qingshan-shiqiao-liuwan', 'huang-wenchang').last()).text).toContain(
      '下达任务：入户走访',
    );
    const told = (await secretary.messages()).map(({ text }) => text).join('\n');
    expect(told).not.toContain('下达任务：入户走访');
    expect((await secretary.say('待办')).text).toContain('入户走访');
    await township.click('催办');
    expect((await secretary.last()).text).toContain('催办：入户走访');
    // Who was not seen there for long may not read it any more.
    await seen('2026-10-01T01:00:00.000Z');
    await handOut();
    expect((await secretary.last()).text).toContain('下达任务：入户走访');
  });

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
    expect((await secretary.last()).text).toContain('石桥镇党委下达任务：入户走访（35户），11月30日前报进展');
    const group = kit.in('qingshan-shiqiao', 'huang-wenchang');
    const size = (await task())?.size;
    expect(wordsOf((await group.last()).card)).toContain(`已报 0/${size}`);
    expect(titlesOf((await group.last()).card)).toEqual(['报进展', '查看明细']);
    await group.click('报进展');
    await group.click('提交进展', { amount: '３５', words: '已覆盖三组' });
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
    expect(wordsOf(said.card)).toMatch(/已报进展。.*35户.*已覆盖三组/);
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35, words: '已覆盖三组' });
    await secretary.click('撤销');
    expect(await checkin('qingshan-shiqiao-liuwan')).toBeUndefined();
    expect(await sums()).toMatchObject([{ in: 0, amount: 0 }]);
    await secretary.click('恢复');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35, words: '已覆盖三组' });
    expect(await sums()).toMatchObject([{ in: 1, amount: 35 }]);
    expect(wordsOf((await secretary.last()).card)).not.toContain('恢复');
    await secretary.say('撤销');
    await secretary.say('打卡 入户走访 30户');
    await secretary.say('打卡 入户走访 40户');
    await secretary.say('撤销');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 30 });
    await secretary.click('恢复');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 40, words: '' });
    const list = await neighbour.say('打卡');
    expect(wordsOf(list.card)).toContain('入户走访');
  });
});

describe('reviewing', () => {
  it('shows the next one in the place of the one that passed, and after the last one the task', async () => {
    await handOut();
    await secretary.say('报进展 入户走访 35户');
    await neighbour.say('打卡 入户走访 40户');
    await township.say('明细 RW-2026-0001');
    await township.click('待审核2份');
    await township.click('柳湾村党支部');
    const next = await township.click('通过并看下一份');
    expect(next.text).toContain('柳湾村党支部已通过。下一份是');
    expect(wordsOf(next.card)).toContain('40户');
    expect(titlesOf(next.card)).toEqual(['通过', '退回']);
    await township.press('tasks.passOn', { checkin: 'RW-2026-0001|once|qingshan-shiqiao-qingshi' });
    const waiting = await kit.store.read((tx) =>
      tx.table(checkins).count({ round: 'RW-2026-0001|once', state: 'in' }),
    );
    expect(waiting).toBe(0);
  });
});

describe('what does not fit', () => {
  it('is said in a sentence, with what was typed kept, and changes nothing', async () => {
    await township.say('下达任务 入户走访');
    const bad = await township.click('下达', {
      standard: '35户',
      due: '2026-11-19',
      more: '柳湾村、没有这个村、白塔镇',
    });
    for (const words of ['没有找到“没有这个村”', '白塔镇党委不归您单位管', '11月19日已经过了'])
      expect(wordsOf(bad.card)).toContain(words);
    expect(inputsOf(bad.card)).toMatchObject({
      title: '入户走访',
      standard: '35户',
      more: '柳湾村、没有这个村、白塔镇',
    });
    await township.click('取消').catch(() => township.say('取消'));
    expect(await task()).toBeUndefined();
    expect((await secretary.say('下达任务 随便')).text).toContain('任务由牵头单位、县区、乡镇（街道）下达');
    expect((await secretary.say('任务 RW-2026-9999')).text).toContain('没有找到');
    expect((await secretary.say('催办')).text).toContain('请写上任务的编号');
    await township.say('下达任务 入户走访');
    const far = await township.click('下达', { units: 'below:qingshan-shiqiao', due: '2099-12-01' });
    expect(wordsOf(far.card)).toContain('截止日期最晚到2028年11月19日');
    await township.say('取消');
    await handOut();
    await secretary.say('打卡 RW-2026-0001');
    for (const [amount, words] of [
      ['', '请写完成了多少户'],
      ['很多', '完成数量请写数字'],
      ['-3', '完成数量请写数字'],
      ['99999999999', '完成数量请写数字'],
    ] as const) {
      const again = await secretary.click('提交进展', { amount, words: '已覆盖三组' });
      expect([amount, wordsOf(again.card)]).toEqual([amount, expect.stringContaining(words)]);
      expect(inputsOf(again.card)).toMatchObject({ words: '已覆盖三组' });
    }
    expect(await checkin('qingshan-shiqiao-liuwan')).toBeUndefined();
    expect((await kit.person('luo-lei').say('RW-2026-0001')).text).toContain('与您的单位无关');
    expect((await secretary.say('通过 RW-2026-0001 柳湾村')).text).toContain('还没有报进展');
    expect(
      (
        await secretary.press('tasks.checkin', {
          task: 'RW-2026-0001',
          period: '2099-01',
          filled: 'yes',
          amount: 3,
        })
      ).refused,
    ).toBe(false);
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ period: 'once', amount: 3 });
  });

  it('opens the form, empty and with the reason, where an amount could mean several things', async () => {
    await handOut();
    for (const words of ['小于40户', '二分之一户', '1千05户']) {
      const asked = await secretary.say(`打卡 入户走访 ${words}`);
      expect(inputsOf(asked.card)).toMatchObject({ amount: '', words: `入户走访 ${words}` });
      expect(wordsOf(asked.card)).toContain(`没看准“入户走访 ${words}”完成了多少，请在表里写准`);
    }
    expect(wordsOf((await secretary.say('打卡 入户走访')).card)).not.toContain('没看准');
    expect(await checkin('qingshan-shiqiao-liuwan')).toBeUndefined();
    // The field reads what a line may say, and what it cannot read it does not cut down to a number.
    for (const amount of ['1.2万以上', '35~40', '1，2', '40户开外']) {
      const again = await secretary.click('提交进展', { amount });
      expect([amount, wordsOf(again.card)]).toEqual([amount, expect.stringContaining('请写数字')]);
    }
    const far = await secretary.click('提交进展', { amount: '两点五万户' });
    expect(wordsOf(far.card)).toContain('要求35户，您写的是25000户，是要求的714倍');
    await secretary.click('没写错，提交');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 25_000 });
  });

  it('says why it asks: another measure, a negative number, two numbers, far more than the standard', async () => {
    await handOut();
    for (const [words, why] of [
      ['35人', '这项任务按“户”算，您写的是“35人”'],
      ['12 次', '这项任务按“户”算，您写的是“12 次”'],
      ['−5户', '“-5户”是负数'],
      ['-5户', '“-5户”是负数'],
      ['负5户', '“-5户”是负数'],
      ['30户和35户', '写了“30户”和“35户”，不知道算哪一个'],
      ['35户左右', '要写准数'],
      ['大概35户', '要写准数'],
      ['350000户', '要求35户，您写的是350000户，是要求的10000倍'],
      ['三十五万户', '要求35户，您写的是350000户'],
    ] as const) {
      const asked = await secretary.say(`报进展 入户走访 ${words}`);
      expect([words, wordsOf(asked.card)]).toEqual([words, expect.stringContaining(why)]);
      expect(await checkin('qingshan-shiqiao-liuwan')).toBeUndefined();
    }
    await secretary.click('再改改');
    const field = await secretary.click('提交进展', { amount: '35人' });
    expect(wordsOf(field.card)).toContain('这项任务按“户”算，您写的是“35人”');
  });

  it('takes an amount of an open task without the command, and trouble found on the way for a report', async () => {
    await handOut();
    const said = await secretary.say('今天走访了12户');
    expect(wordsOf(said.card)).toContain('12户');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 12 });
    await secretary.say('入户走访35户，已覆盖三组');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35 });
    // Talking on the phone 电话 is no trouble with the power 电.
    const two = await secretary.say('今天入户走访了35户，电话联系20户');
    expect(inputsOf(two.card)).toHaveProperty('amount');
    await secretary.say('取消');
    for (const words of ['走访发现有12户房子漏雨，没钱修', '三组35户没有自来水，吃水困难'])
      expect([words, inputsOf((await secretary.say(words)).card).star]).toEqual([words, 'shengtai-yiju']);
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35 });
  });

  it('asks which task is meant, and with one press checks in', async () => {
    await handOut();
    await township.say('下达任务 企业走访');
    await township.click('下达', { standard: '5户', units: 'below:qingshan-shiqiao', due: '2026-11-27' });
    await township.click('下达');
    const which = await secretary.say('打卡 走访 35户');
    expect(wordsOf(which.card)).toContain('您说的是哪一项');
    await secretary.click('入户走访 35户');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35 });
    expect(await checkin('qingshan-shiqiao-liuwan', 'RW-2026-0002')).toBeUndefined();
    const both = await secretary.say('今天入户走访了12户，企业走访3户');
    expect(wordsOf(both.card)).toContain('您说的是哪一项');
    expect(await checkin('qingshan-shiqiao-liuwan')).toMatchObject({ amount: 35 });
    expect(wordsOf((await secretary.say('我的任务')).card)).toContain('企业走访');
  });
});

describe('a description', () => {
  it('goes along with the task, is on its card, and is copied with it', async () => {
    const county = kit.person('hao-haitao');
    const details = '先看低保户和独居老人。\n表不用另填。';
    const fields = { standard: '更新1次', units: 'below:qingshan-shiqiao', due: '2026-11-26' };
    await county.say('下达任务 台账更新');
    const long = await county.click('下达', { ...fields, details: '长'.repeat(501) });
    expect(wordsOf(long.card)).toContain('说明最多500个字');
    const look = await county.click('下达', { ...fields, details });
    expect(wordsOf(look.card)).toMatch(/说明\s+先看低保户和独居老人。/);
    await county.click('下达');
    expect(wordsOf((await secretary.say('任务 RW-2026-0001')).card)).toContain('表不用另填。');
    expect(inputsOf((await county.say('下达任务 RW-2026-0001')).card)).toMatchObject({ details });
  });
});

describe('the missing', () => {
  it('are nudged at 08:30 when it is pressed in the night, and who reported by then is left alone', async () => {
    const county = kit.person('hao-haitao');
    await county.say('下达任务 台账更新');
    await county.click('下达', { standard: '更新1次', units: 'below:qingshan-shiqiao', due: '2026-11-26' });
    await county.click('下达');
    kit.time('2026-11-20', '21:40'); // a Friday
    expect((await county.say('催办 RW-2026-0001')).text).toBe(
      '现在不在提醒时段，11月23日 08:30再催，只催到那时还没报的单位（现在9个）。',
    );
    expect((await county.say('催办 RW-2026-0001')).text).toBe(
      '已经催办，11月23日 08:30发出，11月23日 12:30以后可以再催。',
    );
    await kit.tick('2026-11-21', '10:00');
    await secretary.say('打卡 台账更新 1次');
    const nudged = async (screen: Screen) =>
      (await screen.messages()).filter(({ card }) => wordsOf(card).includes('催办，请报进展  台账更新'))
        .length;
    expect([await nudged(neighbour), await nudged(secretary)]).toEqual([0, 0]);
    await kit.tick('2026-11-23', '08:30');
    await kit.tick('2026-11-23', '08:31');
    expect([await nudged(neighbour), await nudged(secretary)]).toEqual([1, 0]);
  });

  it('alone are nudged, not twice in four hours, and then those above them hear of it', async () => {
    const county = kit.person('hao-haitao');
    await county.say('下达任务 台账更新');
    await county.click('下达', { standard: '更新1次', units: 'below:qingshan-shiqiao', due: '2026-11-24' });
    await county.click('下达');
    await secretary.say('打卡 台账更新 1次');
    const before = (await secretary.messages()).length;
    expect((await township.say('催办 RW-2026-0001')).text).toContain('催办由下达的单位（青山县委）来做');
    expect((await county.say('催办 RW-2026-0001')).text).toContain('只催还没报的8个单位');
    expect((await neighbour.last()).text).toContain('青山县委催办：台账更新');
    expect((await secretary.messages()).length).toBe(before);
    expect((await county.say('催办 RW-2026-0001')).text).toBe(
      '11月20日 09:00刚催过，11月20日 13:00以后可以再催。',
    );
    kit.time('2026-11-20', '13:01');
    await county.say('催办 RW-2026-0001');
    expect((await neighbour.messages()).filter(({ text }) => text.includes('催办：'))).toHaveLength(2);
    await kit.tick('2026-11-26', '08:30');
    await kit.tick('2026-11-26', '08:31');
    expect(wordsOf((await township.last()).card)).toMatch(
      /超期，请过问\s+台账更新：石桥镇党委下面还有8个没报进展/,
    );
    await township.click('台账更新：石桥镇党委下面还有8个没报进展');
    const late = await township.last();
    expect(wordsOf(late.card)).toMatch(/超期未报\s+北庄村党支部/);
    expect(JSON.stringify(late.card)).not.toMatch(/"(?:style|color)":"(?:attention|warning|accent)"/i);
  });

  it('of a wide task are told in digests, their groups with a card of their own part', async () => {
    await bindGroup(kit, 'qingshan-shiqiao');
    await kit.store.transaction(async (tx) => {
      for (let n = 0; n < 501; n++)
        await tx.table(units).put({
          id: `x-${n}`,
          name: `第${n}村党支部`,
          kind: 'village',
          parent: 'qingshan-baita',
          stars: [],
        });
    });
    const organiser = kit.person('bai-zhiyuan');
    await organiser.say('下达任务 入户走访');
    await organiser.click('下达', { standard: '35户', units: 'below:zzb', due: '2026-11-27' });
    await organiser.click('下达');
    await kit.tick('2026-11-20', '09:01');
    expect(wordsOf((await secretary.last()).card)).toMatch(/新任务，请报进展\s+入户走访/);
    const group = kit.in('qingshan-shiqiao', 'huang-changqing');
    expect(wordsOf((await group.last()).card)).toContain('已报 0/9');
    await secretary.click('入户走访');
    await secretary.click('提交进展', { amount: '36' });
    expect(wordsOf((await group.last()).card)).toContain('已报 1/9');
    const whole = wordsOf((await organiser.say('RW-2026-0001')).card);
    expect(whole).toMatch(/青山县委\s+已报 1\/\d+，合计36户/);
    await organiser.say('催办 RW-2026-0001');
    await kit.tick('2026-11-20', '14:31');
    expect(wordsOf((await neighbour.last()).card)).toContain('入户走访');
  });
});

describe('what a meeting decided', () => {
  it('is a task of the unit; the passing of the one settles the other, and the next agenda says how it stands', async () => {
    const [lead, police] = kit.people('guo-chengye', 'yu-zhenbang');
    await lead.say('会商 发起 11月25日下午3点');
    await lead.click('发起会商', { place: '三楼', agenda: '路灯\n巡逻', units: 'gonganju,sifaju' });
    await lead.click('发起会商');
    kit.time('2026-11-25', '16:00');
    await lead.say('填写纪要 HS-2026-11-01');
    await lead.click('提交纪要', {
      decision1: '修好路灯',
      unit1: 'gonganju',
      decision2: '夜间巡逻',
      unit2: 'sifaju',
    });
    await lead.click('提交纪要');
    expect(await task()).toMatchObject({
      title: '修好路灯',
      issuer: 'zhengfawei',
      decision: 'HS-2026-11-01-1',
      state: 'open',
    });
    const todo = wordsOf((await police.say('待办')).card);
    expect(todo.split('修好路灯')).toHaveLength(2);
    await police.click('修好路灯');
    await police.click('看任务');
    await police.click('报进展');
    await police.click('提交进展', { percent: '80', words: '还差两盏' });
    kit.time('2026-12-01', '09:00');
    const form = await lead.say('会商 发起 12月8日下午3点');
    expect(String(inputsOf(form.card).agenda)).toContain(
      '修好路灯（市公安局，第2个月，11月25日报了，完成80%，待审核）',
    );
    await lead.say('取消');
    await lead.say('通过 RW-2026-0001 市公安局');
    await kit.tick('2026-12-01', '09:01');
    expect(await decision('HS-2026-11-01-1')).toMatchObject({ state: 'done', done: 'RW-2026-0001 已通过' });
    await kit.person('du-aiqin').say('已落实 HS-2026-11-01-2 每晚两班');
    expect(await decision('HS-2026-11-01-2')).toMatchObject({ state: 'open', claim: { words: '每晚两班' } });
    expect(wordsOf((await kit.person('du-aiqin').say('待办')).card)).not.toContain('夜间巡逻');
    expect((await lead.last()).text).toContain('说已落实：夜间巡逻（每晚两班）。请确认。');
    await lead.click('没有落实');
    await lead.click('没有落实', { words: '台账还没有' });
    expect(await checkin('sifaju', 'RW-2026-0002')).toMatchObject({
      state: 'returned',
      reason: '台账还没有',
    });
    expect((await kit.person('du-aiqin').last()).text).toContain('还没有落实（台账还没有）');
    const missed = (await kit.person('du-aiqin').say('已落实 HS-2026-11-01')).text;
    expect(missed).toMatch(/例如：已落实 HS-2026-11-01-1 修好了$/);
    // The number in any way that the number of a meeting may be written.
    await kit.person('du-aiqin').say('已落实 ＨＳ－２０２６－１１－１－２，每晚两班，有台账');
    expect(await decision('HS-2026-11-01-2')).toMatchObject({ claim: { words: '每晚两班，有台账' } });
    expect(wordsOf((await lead.say('待办')).card)).toContain('请确认落实  夜间巡逻');
    await lead.say('退回 RW-2026-0002 市司法局 台账看不清');
    expect(await decision('HS-2026-11-01-2')).toMatchObject({ state: 'open', claim: null });
    await kit.person('du-aiqin').say('已落实 HS-2026-11-01-2 每晚两班');
    expect((await kit.person('du-aiqin').say('确认落实 HS-2026-11-01-2')).text).toContain('由市委政法委');
    await lead.say('确认落实 HS-2026-11-01-2');
    expect(await decision('HS-2026-11-01-2')).toMatchObject({
      state: 'done',
      done: '每晚两班',
      task: 'RW-2026-0002',
    });
    expect(await task('RW-2026-0002')).toMatchObject({ state: 'ended' });
    expect(await checkin('sifaju', 'RW-2026-0002')).toMatchObject({ state: 'passed', words: '每晚两班' });
  });
});

describe('very many at one moment', () => {
  it('asks for each of them once, and comes to an end, where all were handed out at the same moment', async () => {
    await handOut({ units: 'qingshan-shiqiao-liuwan', due: '2026-12-04' });
    const COUNT = 130;
    await kit.store.transaction(async (tx) => {
      const first = await tx.table(tasks).get('RW-2026-0001');
      if (!first) throw new Error('no task');
      const { rev: _rev, ...row } = first;
      for (let n = 2; n <= COUNT; n += 1)
        await tx.table(tasks).put({ ...row, id: `RW-2026-${String(n).padStart(4, '0')}` });
    });
    const asking = reminders.find(({ name }) => name === 'tasks.asking');
    if (!asking) throw new Error('tasks ask for nothing');
    const day = '2026-12-02';
    const at = instant(day, '08:30');
    const world = { now: at, today: day, workdays: createWorkdays() };
    const asked: unknown[] = [];
    let after: string | undefined;
    for (let page = 0; page < 20; page += 1) {
      const plan = await kit.store.read((tx) =>
        asking.plan({ ...world, tx }, { period: day, day, at }, after),
      );
      const mine = plan.reminders.filter(({ person }) => person === secretary.person);
      asked.push(...mine.map(({ line }) => line.data.task));
      after = plan.next;
      if (after === undefined) break;
    }
    expect(after).toBeUndefined();
    expect(asked).toHaveLength(COUNT);
    expect(new Set(asked).size).toBe(COUNT);
    await kit.tick(day, '08:30');
    const digest = (await secretary.messages()).filter(({ id }) => id.startsWith('digest:'));
    expect(digest).toHaveLength(1);
    expect(wordsOf(digest[0]?.card)).toContain(`共${COUNT}件`);
  });
});
