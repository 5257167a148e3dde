/** Stories of reminders: one digest a morning, on working days, only what is still true, put off and sent again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendFailure } from '../../src/bot/delivery/channel.ts';
import { SendError } from '../../src/bot/delivery/channel.ts';
import { conversations, newConversation } from '../../src/bot/delivery/conversations.ts';
import { queue } from '../../src/bot/delivery/enqueue.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { members, posts } from '../../src/features/members/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { bindGroup, buttonsOf, createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let organiser: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  [secretary, township, organiser] = kit.people('huang-wenchang', 'huang-changqing', 'bai-zhiyuan');
  await kit.bot.tick();
});
afterEach(() => kit.close());

async function report(title: string, extra: Record<string, unknown> = {}) {
  await secretary.say(`上报 ${title}`);
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物', ...extra });
}
const digests = async (screen: Screen) =>
  (await screen.messages()).filter(({ id }) => id.startsWith('digest:'));
const digestRows = () =>
  kit.store.read(async (tx) =>
    (await tx.table(outbox).find({ order: 'at', limit: 500 })).rows.filter((row) => row.kind === 'digest'),
  );

/** The person acts in another unit from now on; with `too`, keeps the post that they had. */
const move = (id: string, unit: string, too = false) =>
  kit.store.transaction(async (tx) => {
    const known = await tx.table(members).get(id);
    if (!known) throw new Error(`nobody is ${id}`);
    if (too)
      await tx
        .table(posts)
        .put({ id: `${id}|${known.unit}`, person: id, unit: known.unit, role: known.role });
    else
      for (const post of (await tx.table(posts).find({ where: { person: id }, limit: 10 })).rows)
        await tx.table(posts).delete(post);
    await tx.table(members).put({ ...known, unit });
  });

describe('a morning', () => {
  it('brings one card with everything that is due, the third working day before, and opens what is pressed', async () => {
    await report('路灯坏了');
    await report('水管漏了');
    await kit.tick('2026-11-30', '08:29');
    await kit.tick('2026-11-30', '23:00');
    expect(await digests(township)).toHaveLength(0);
    await kit.tick('2026-12-01', '08:29');
    expect(await digests(township)).toHaveLength(0);
    await kit.tick('2026-12-01', '08:30');
    await kit.tick('2026-12-01', '08:31');
    await kit.tick('2026-12-01', '10:00');
    const [card, ...more] = await digests(township);
    expect(more).toEqual([]);
    for (const words of ['路灯坏了', '水管漏了', '快到期，请办结', '共2件'])
      expect(wordsOf(card?.card)).toContain(words);
    expect(wordsOf((await township.click('路灯坏了', {}, card)).card)).toContain('WT-2026-0001');
    expect(await digests(secretary)).toHaveLength(0);
    expect(wordsOf((await township.say('我的')).card)).toContain('主动发给您1条');
  });

  it('drops what was done before it was said, and shows what is done afterwards', async () => {
    await report('路灯坏了');
    await township.say('受理 WT-2026-0001');
    await kit.tick('2026-12-01', '08:30');
    expect(await digests(township)).toHaveLength(1);
    await township.say('办结 WT-2026-0001 好了');
    expect(wordsOf((await digests(township))[0]?.card)).toContain('都办好了');
    // Put off, then done: nothing is said again.
    expect((await digestRows()).filter(({ person }) => person === 'huang-changqing')).toHaveLength(1);
  });

  it('moves from a Saturday to Monday, and over the National Day week', async () => {
    await kit.close();
    kit = await createKit({ day: '2026-09-24', time: '09:00' });
    [secretary, township] = kit.people('huang-wenchang', 'huang-changqing');
    await kit.bot.tick();
    await report('国庆前的事');
    // Ten working days from Thursday 24 September over the holidays and the made-up Saturday 10 October.
    expect((await township.say('问题')).text).toContain('10月15日前');
    for (let day = 25; day <= 30; day++) await kit.tick(`2026-09-${day}`, '12:00');
    for (let day = 1; day <= 11; day++) await kit.tick(`2026-10-${String(day).padStart(2, '0')}`, '12:00');
    expect(await digests(township)).toHaveLength(0);
    await kit.tick('2026-10-12', '12:00');
    expect(await digests(township)).toHaveLength(1);
  });

  it('climbs when it is overdue: the owner and the supervisor, then the county, the lead, the organiser', async () => {
    await report('路灯坏了');
    await township.say('受理 WT-2026-0001');
    const said: string[] = [];
    for (let day = 1; day <= 31; day++) {
      const date = `2026-12-${String(day).padStart(2, '0')}`;
      await kit.tick(date, '08:30');
      for (const row of await digestRows()) {
        for (const { ask, title } of row.lines) {
          if (row.day === date && title === '路灯坏了') said.push(`${date} ${row.person} ${ask}`);
        }
      }
    }
    expect(said.filter((line) => /huang-changqing|hao-haitao|guo-chengye|bai-zhiyuan/.test(line))).toEqual([
      '2026-12-01 huang-changqing 快到期，请办结',
      '2026-12-07 guo-chengye 已超期，请过问',
      '2026-12-07 huang-changqing 已超期，请过问',
      '2026-12-08 hao-haitao 超期2个工作日，请过问',
      '2026-12-10 guo-chengye 超期4个工作日，请过问',
      '2026-12-14 bai-zhiyuan 超期6个工作日，请过问',
    ]);
  });
});

describe('who has gone to another unit', () => {
  it('hears no more of what climbed to the unit that was left, nor of its duties', async () => {
    await report('路灯坏了');
    await township.say('受理 WT-2026-0001');
    const county = kit.person('hao-haitao');
    for (let day = 1; day <= 8; day++) await kit.tick(`2026-12-0${day}`, '08:30');
    const [before] = (await digests(county)).slice(-1);
    expect(wordsOf(before?.card)).toContain('超期2个工作日，请过问  路灯坏了');
    await move('hao-haitao', 'qingshan-shiqiao-qingshi');
    const [after] = (await digests(county)).slice(-1);
    expect(wordsOf(after?.card)).not.toContain('路灯坏了');
  });

  it('hears of the duties of each of several units, and no more of those of a unit that was left', async () => {
    await kit.tick('2026-11-30', '12:00');
    await kit.tick('2026-12-01', '08:30');
    await kit.tick('2026-12-02', '08:30');
    const lead = kit.person('guo-chengye');
    for (const [screen, words] of [
      [lead, '12月联席会商：定好时间'],
      [organiser, '11月没有开会商'],
    ] as const) {
      const said = async () => (await digests(screen)).map(({ card }) => wordsOf(card)).join();
      expect(await said()).toContain(words);
      await move(screen.person, 'qingshan-shiqiao-qingshi', true);
      expect(await said()).toContain(words);
      await move(screen.person, 'qingshan-shiqiao-qingshi');
      expect(await said()).not.toContain(words);
    }
  });
});

describe('being down', () => {
  it('catches up in one card, and says only what is still true', async () => {
    await report('路灯坏了');
    await report('办好的事');
    await township.say('受理 WT-2026-0002');
    await township.say('办结 WT-2026-0002 好了');
    await kit.tick('2026-12-09', '10:00'); // down since 20 November: blue, red and the first climbing were missed
    const [card, ...more] = await digests(township);
    expect(more).toEqual([]);
    expect(wordsOf(card?.card)).toContain('已超期，请过问');
    expect(wordsOf(card?.card)).not.toContain('快到期');
    expect(wordsOf(card?.card)).not.toContain('办好的事');
    expect(await digests(kit.person('hao-haitao'))).toHaveLength(1);
  });

  it('repeats nothing when the clock is set back, or when two ticks run at once', async () => {
    await report('路灯坏了');
    await kit.tick('2026-12-01', '08:30');
    await kit.tick('2026-12-01', '07:30');
    await kit.tick('2026-12-01', '08:30');
    await Promise.all([kit.bot.tick(), kit.bot.tick()]);
    expect(await digests(township)).toHaveLength(1);
  });
});

describe('putting off', () => {
  it('comes back on the next working day, once, however often it is pressed', async () => {
    await report('路灯坏了');
    await kit.tick('2026-12-01', '08:30');
    expect((await township.click('明天再提醒')).text).toContain('12月2日');
    await township.press('digest.tomorrow', { digest: 'digest:huang-changqing:2026-12-01:am' });
    expect(wordsOf((await township.say('提醒')).card)).toContain('12月2日 08:30');
    await kit.tick('2026-12-02', '08:30');
    const all = await digests(township);
    expect(all).toHaveLength(2);
    expect(wordsOf(all[1]?.card)).toContain('路灯坏了');
    await township.say('三天后提醒');
    await kit.tick('2026-12-04', '08:30');
    expect(await digests(township)).toHaveLength(2);
    await kit.tick('2026-12-07', '08:30');
    expect(await digests(township)).toHaveLength(3);
  });

  it('is put off to another day by who thinks again', async () => {
    await report('路灯坏了');
    await kit.tick('2026-12-01', '08:30');
    expect((await township.say('明天再提醒')).text).toContain('12月2日');
    expect((await township.say('三天后提醒')).text).toContain('12月4日');
    await kit.tick('2026-12-02', '08:30');
    expect(await digests(township)).toHaveLength(1);
    await kit.tick('2026-12-04', '08:30');
    expect(await digests(township)).toHaveLength(2);
    kit.time('2026-12-04', '09:00');
    await township.say('三天后提醒');
    expect((await township.say('明天再提醒')).text).toContain('12月7日');
    await kit.tick('2026-12-07', '08:30');
    expect(await digests(township)).toHaveLength(3);
    await kit.tick('2026-12-09', '08:30');
    expect(await digests(township)).toHaveLength(3);
  });

  it('is for the person who was reminded', async () => {
    await report('路灯坏了');
    await kit.tick('2026-12-01', '08:30');
    const answer = await secretary.press('digest.later', { digest: 'digest:huang-changqing:2026-12-01:am' });
    expect(answer).toMatchObject({ refused: true });
  });

  it('keeps to the hours that a person wants', async () => {
    await township.say('提醒时段 14:00 17:00');
    expect((await township.say('提醒时段 17:00 9:00')).text).toContain('请改一下');
    await report('路灯坏了');
    // What is announced is when it will be said.
    const { text } = await township.say('提醒');
    expect(text).toMatch(/12月1日 14:00 .*路灯坏了/);
    expect(text).not.toContain('08:30');
    await kit.tick('2026-12-01', '08:30');
    expect(await digests(township)).toHaveLength(0);
    await kit.tick('2026-12-01', '14:00');
    expect(await digests(township)).toHaveLength(1);
  });
});

describe('the programme', () => {
  it('reminds leads, organiser, townships and counties at their times', async () => {
    const [lead, county] = kit.people('luo-lei', 'hao-haitao');
    await kit.tick('2026-11-24', '08:30');
    expect(wordsOf((await digests(lead))[0]?.card)).toContain('11月联席会商快到月底了');
    await kit.tick('2026-12-01', '08:30');
    expect(wordsOf((await digests(lead))[1]?.card)).toContain('12月联席会商');
    await kit.tick('2026-12-02', '08:30');
    expect(wordsOf((await digests(organiser)).at(-1)?.card)).toContain('11月没有开会商：');
    await kit.tick('2026-12-14', '08:30');
    expect(wordsOf((await digests(township)).at(-1)?.card)).toContain('第四季度支部分析');
    expect(wordsOf((await digests(county)).at(-1)?.card)).toContain('下半年支部排查');
    expect(await digests(secretary)).toHaveLength(0);
  });

  it('lets the organiser see and change the times, with the next five dates before it counts', async () => {
    expect((await township.say('改日程')).text).toContain('市委组织部');
    expect(
      (
        await township.press('reminders.change', {
          rhythm: 'programme.month.open',
          time: '10:00',
          sure: 'yes',
        })
      ).refused,
    ).toBe(true);
    await organiser.say('改日程');
    const shown = await organiser.press('reminders.schedule', { rhythm: 'programme.month.open' });
    expect(shown.shown.text).toContain('12月1日 08:30');
    const fields = { rhythm: 'programme.month.open', from: 'start', workday: '３', time: '10:00' };
    const preview = await organiser.press('reminders.change', fields);
    expect(preview.shown.text).toContain('12月3日 10:00');
    expect(preview.shown.card && buttonsOf(preview.shown.card).map(({ title }) => title)).toContain('保存');
    expect((await organiser.press('reminders.change', { ...fields, workday: '40' })).shown.text).toContain(
      '最大15',
    );
    await organiser.press('reminders.change', { ...fields, sure: 'yes' });
    const lead = kit.person('luo-lei');
    await kit.tick('2026-11-24', '12:00'); // the end of November is still as it was
    expect(await digests(lead)).toHaveLength(1);
    await kit.tick('2026-12-01', '12:00');
    expect(await digests(lead)).toHaveLength(1);
    await kit.tick('2026-12-03', '10:00');
    expect(wordsOf((await digests(lead))[1]?.card)).toContain('12月联席会商');
  });

  it('warns of a year whose holidays are not known, until they are imported', async () => {
    expect(wordsOf((await organiser.say('提醒')).card)).toContain('2027年的放假安排还没有导入');
    expect(buttonsOf((await organiser.last()).card).map(({ title }) => title)).toContain('导入节假日');
    expect(wordsOf((await township.say('提醒')).card)).not.toContain('放假安排');
    const days = ['01-01', '02-05', '02-08', '02-09', '02-10'].map((date) => ({
      name: '假',
      date: `2027-${date}`,
      isOffDay: true,
    }));
    days.push({ name: '春节', date: '2027-02-14', isOffDay: false });
    expect((await township.say(`导入节假日 ${JSON.stringify({ year: 2027, days })}`)).text).toContain(
      '市委组织部',
    );
    expect((await organiser.say('导入节假日 {"year":2027}')).text).toContain('看不懂');
    expect((await organiser.say(`导入节假日 ${JSON.stringify({ year: 2027, days })}`)).text).toContain(
      '放假5天，调休上班1天',
    );
    expect(wordsOf((await organiser.say('提醒')).card)).not.toContain('还没有导入');
  });
});

describe('delivery', () => {
  const broken = (kind: SendFailure, who: string) => {
    kit.channel.trouble = (place) => (place.key.endsWith(who) ? new SendError(kind, '测试') : undefined);
  };

  it('tells the group and the head when a person cannot be reached, and the ledger says so; failed ones go again', async () => {
    await bindGroup(kit, 'qingshan-shiqiao');
    await report('路灯坏了');
    broken('gone', 'p:huang-changqing');
    await kit.tick('2026-12-01', '08:30');
    expect((await kit.in('qingshan-shiqiao', 'wang-haiyan').last()).text).toContain('黄长青没有收到，请转告');
    const seen = await organiser.say('投递');
    expect(wordsOf(seen.card)).toContain('失败1');
    expect(wordsOf(seen.card)).toContain('黄长青');
    kit.channel.trouble = undefined;
    await organiser.click('重发失败的');
    expect(await digests(township)).toHaveLength(1);
    expect(wordsOf((await organiser.say('投递')).card)).toContain('都送到了');
    expect((await secretary.say('投递')).text).toContain('负责人或联络员');
  });

  it('sends all that failed again at one press, however many they are, and nothing that fails meanwhile twice', async () => {
    for (let n = 0; n < 250; n++) {
      await kit.store.transaction((tx) => {
        const world = {
          tx,
          now: instant('2026-11-20', '09:00'),
          today: '2026-11-20',
          workdays: createWorkdays(),
        };
        const row = { id: `n-${n}`, kind: 'notice' as const, person: null, place: 'webchat|g:desk' };
        return queue(
          world,
          { ...row, reply: { text: `第${n}条` } },
          { state: n % 2 ? 'failed' : 'unsure', error: '平台出错' },
        );
      });
    }
    const desk = {
      ...newConversation,
      id: 'webchat|g:desk',
      channel: 'webchat',
      kind: 'group' as const,
      at: '',
    };
    await kit.store.transaction((tx) => tx.table(conversations).put(desk));
    expect((await organiser.say('投递')).text).toContain('失败125，不确定125');
    let tries = 0;
    kit.channel.trouble = (place) => {
      if (place.key !== desk.id) return undefined;
      tries += 1;
      return new SendError('refused', '还是不行');
    };
    expect((await organiser.say('重发失败的')).text).toContain('正在重发125条');
    await kit.bot.tick();
    await kit.bot.tick();
    expect(tries).toBe(125);
    kit.channel.trouble = undefined;
    await kit.tick('2026-11-20', '09:05');
    expect((await organiser.click('不确定的也重发')).text).toContain('正在重发250条');
    await kit.bot.tick();
    expect((await organiser.say('投递')).text).toContain('都送到了');
  });

  it('says that all is there only where all is, and why what was not sent was not', async () => {
    const states = ['sent', 'void', 'merged', 'due', 'waiting', 'sending', 'failed', 'unsure'] as const;
    const ledger = async () => (await organiser.press('reminders.ledger', {})).shown.text;
    const at = '2026-11-20T01:00:00.000Z';
    const put = (state: (typeof states)[number]) =>
      kit.store.transaction(async (tx) => {
        const row = { id: `x-${state}`, kind: 'notice' as const, person: 'huang-wenchang', place: null };
        const error = state === 'void' ? '已经有人办了，不用再说' : null;
        const rest = { lines: [], later: null, from: null, instead: null, attempts: 1, day: '', week: '' };
        const due = '2027-11-20T01:00:00.000Z';
        await tx.table(outbox).put({ ...row, ...rest, reply: { text: '甲' }, at, due, state, error });
      });
    expect(await ledger()).toContain('还没有发过消息');
    const said = [];
    let listed = '';
    for (const state of states) {
      await put(state);
      if (state === 'due') listed = await ledger();
      said.push([state, (await ledger()).split('\n')[0]]);
    }
    expect(said).toEqual([
      ['sent', '投递：已送达1。都送到了。'],
      ['void', '投递：已送达1，作废1。作废的没有发，原因：'],
      ['merged', '投递：已送达1，已合并1，作废1。作废的没有发，原因：'],
      ['due', '投递：待发1，已送达1，已合并1，作废1。待发的到时间就发。作废的没有发，原因：'],
      ['waiting', expect.stringContaining('排队中的会自动补发，待发的到时间就发。作废的没有发，原因：')],
      ['sending', expect.stringContaining('待发的到时间就发，发送中的马上有结果。作废的没有发，原因：')],
      ['failed', expect.stringMatching(/发送中的马上有结果。没送到的：$/)],
      ['unsure', expect.stringMatching(/马上有结果。没送到的和不知道送到没有的：$/)],
    ]);
    expect(listed).toContain('作废 黄文昌');
    expect(listed).toContain('已经有人办了，不用再说');
    expect(said.filter(([, text]) => String(text).includes('都送到了'))).toHaveLength(1);
  });

  it('says in 投递 that what waits for its platform goes out by itself', async () => {
    await report('路灯坏了');
    broken('configuration', 'p:huang-changqing');
    await kit.tick('2026-12-01', '08:30');
    const seen = await organiser.press('reminders.ledger', {});
    expect(seen.shown.text).toMatch(/排队中1，.*排队中的会自动补发。/);
    kit.channel.trouble = undefined;
    await kit.tick('2026-12-01', '08:31');
    expect(await digests(township)).toHaveLength(1);
  });

  it('tries again what was not taken, and sends again what may have been taken only where that is safe', async () => {
    await report('路灯坏了');
    broken('retry', 'p:huang-changqing');
    await kit.tick('2026-12-01', '08:30');
    expect(await digests(township)).toHaveLength(0);
    kit.channel.trouble = undefined;
    await kit.tick('2026-12-01', '08:40');
    expect(await digests(township)).toHaveLength(1);

    kit.channel.capabilities = { ...kit.channel.capabilities, idempotent: false };
    await report('水管漏了');
    broken('unsure', 'p:huang-changqing');
    await kit.tick('2026-12-01', '14:30');
    await report('广场灯坏了');
    kit.channel.trouble = undefined;
    await kit.tick('2026-12-01', '15:30');
    expect(wordsOf((await organiser.say('投递')).card)).toContain('不确定');
    const said = (await township.messages()).filter(({ text }) => text.includes('广场灯坏了'));
    expect(said).toHaveLength(0);
    await organiser.click('不确定的也重发');
    expect((await township.messages()).filter(({ text }) => text.includes('广场灯坏了'))).toHaveLength(1);
  });

  it('puts what comes after the daily cap into the next digest, but what is urgent', async () => {
    for (let i = 1; i <= 22; i++) await report(`第${i}件`);
    expect((await township.messages()).length).toBe(20);
    await kit.tick('2026-11-20', '14:30');
    const [card] = await digests(township);
    expect(wordsOf(card?.card)).toContain('第21件');
    expect(wordsOf(card?.card)).toContain('第22件');
  });

  it('asks again before it says what was merged: what a colleague has done meanwhile is left out', async () => {
    for (let i = 1; i <= 22; i++) await report(`第${i}件`);
    await kit.person('wang-haiyan').press('issues.accept', { issue: 'WT-2026-0021' });
    await kit.tick('2026-11-20', '14:30');
    const [card] = await digests(township);
    expect(wordsOf(card?.card)).toContain('第22件');
    expect(wordsOf(card?.card)).not.toContain('第21件');
  });
});
