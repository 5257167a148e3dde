/** Stories of the reminders of a meeting: the working day before and the hour before, to whom they matter, once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SendError } from '../../src/bot/delivery/channel.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { instant } from '../../src/lib/dates.ts';
import { type Arrival, loadDemo, openBot, openTownStore, playChannel, press } from '../bot/city.ts';
import { createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

const ID = 'HS-2026-11-01';
const FIELDS = {
  date: '2026-11-25',
  time: '15:00',
  place: '政法委三楼',
  agenda: '冬季防火',
  units: 'gonganju,sifaju,qingshan,minghu',
  sure: 'yes',
};

const move = (date: string, time: string) => ({ meeting: ID, date, time, reason: '会议室冲突', sure: 'yes' });

describe('to whom', () => {
  let kit: Kit;
  let lead: Screen; // 市委政法委 leads 平安法治星
  let police: Screen;
  let justice: Screen;
  let county: Screen; // 青山县委
  let lake: Screen; // 明湖区委
  beforeEach(async () => {
    kit = await createKit({ day: '2026-11-20', time: '09:00' });
    [lead, police, justice, county, lake] = kit.people(
      'guo-chengye',
      'yu-zhenbang',
      'du-aiqin',
      'hao-haitao',
      'wang-caifeng',
    );
    await kit.bot.tick();
    await lead.press('meetings.call', FIELDS);
  });
  afterEach(() => kit.end());
  const heard = async (who: Screen) =>
    (await who.messages()).filter(({ id }) => id.includes(':soon@')).map(({ text }) => text);
  const everybody = async () => [
    await heard(lead),
    await heard(police),
    await heard(justice),
    await heard(county),
    await heard(lake),
  ];

  it('asks the silent, reminds those who come, leaves those on leave alone, and tells the lead who is missing', async () => {
    await police.say(`参加 ${ID}`);
    await justice.say(`请假 ${ID} 出差`);
    await county.say(`派员 ${ID} 王副书记`);
    await kit.tick('2026-11-25', '13:59');
    expect(await everybody()).toEqual([[], [], [], [], []]);
    await kit.tick('2026-11-25', '14:00');
    const what = '15:00 11月平安法治星联席会商，政法委三楼。';
    const told = [
      [`快开会了：${what}还有1个单位没有回复。`],
      [`快开会了：${what}`],
      [],
      [`快开会了，您单位派王副书记参加：${what}`],
      [`快开会了，请回复能不能来：${what}`],
    ];
    expect(await everybody()).toEqual(told);
    expect(wordsOf((await lake.say(ID)).card)).toContain('快开会了，到了请点“到会”');
    await kit.tick('2026-11-25', '14:01');
    await kit.tick('2026-11-25', '14:59');
    expect(await everybody()).toEqual(told);
  });

  it('comes in the early morning and after more messages than a day may have, and counts once it is sent', async () => {
    const week = async () => Number(/(\d+) *条/.exec((await police.say('我的')).text)?.[1]);
    kit.time('2026-11-25', '06:30');
    for (let n = 10; n < 31; n++) await lead.press('meetings.move', move('2026-11-25', `08:${n}`));
    const before = await week();
    expect(before).toBe(21);
    await kit.tick('2026-11-25', '07:30');
    expect(await heard(police)).toEqual([
      '快开会了，请回复能不能来：08:30 11月平安法治星联席会商，政法委三楼。',
    ]);
    expect(await week()).toBe(before + 1);
  });

  it('follows a move, there and back, and dies with the meeting', async () => {
    await lead.press('meetings.move', move('2026-11-26', '10:00'));
    await kit.tick('2026-11-25', '14:30');
    expect(await everybody()).toEqual([[], [], [], [], []]);
    await lead.press('meetings.move', move('2026-11-27', '10:00'));
    await lead.press('meetings.move', move('2026-11-26', '10:00'));
    await kit.tick('2026-11-26', '09:00');
    await kit.tick('2026-11-26', '09:05');
    expect((await everybody()).map((texts) => texts.length)).toEqual([1, 1, 1, 1, 1]);
    kit.time('2026-11-26', '09:10');
    await lead.press('meetings.move', move('2026-11-27', '10:00'));
    await lead.say(`取消会商 ${ID} 合并到下月`);
    await kit.tick('2026-11-27', '09:30');
    expect((await everybody()).map((texts) => texts.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('is caught up as long as the meeting is ahead, and dropped once it has begun', async () => {
    kit.channel.trouble = ({ key }) =>
      key.endsWith(':hao-haitao') ? new SendError('retry', '502', 30 * 60_000) : undefined;
    await kit.tick('2026-11-25', '14:50');
    expect((await heard(police)).length).toBe(1);
    kit.channel.trouble = undefined;
    await kit.tick('2026-11-25', '15:20');
    expect(await heard(county)).toEqual([]);
    const key = `meeting:${ID}|${instant('2026-11-25', '15:00').toISOString()}:soon@hao-haitao`;
    expect((await kit.store.read((tx) => tx.table(outbox).get(key)))?.state).toBe('void');
    expect(kit.complaints.splice(0)).toHaveLength(1);
  });

  it('shows in 提醒 when it will come, the evening before and the hour before', async () => {
    const list = wordsOf((await police.say('提醒')).card);
    expect(list).toContain('11月24日 08:30  11月25日 周三 15:00 11月平安法治星联席会商');
    expect(list).toContain('11月25日 14:00  11月25日 周三 15:00 11月平安法治星联席会商');
    await police.say(`请假 ${ID} 出差`);
    expect(wordsOf((await police.say('提醒')).card)).not.toContain('平安法治星联席会商');
  });

  it('does not urge whoever has called it already', async () => {
    const other = kit.person('luo-lei'); // 市人社局
    await kit.tick('2026-11-24', '08:30'); // the fifth working day from the end of the month
    const all = async (who: Screen) => (await who.messages()).map(({ card }) => wordsOf(card)).join();
    expect(await all(other)).toContain('11月联席会商快到月底了');
    expect(await all(lead)).not.toContain('快到月底了');
    expect(await all(lead)).toContain('快开会了');
    await lead.say(`取消会商 ${ID} 下月再开`);
    expect(wordsOf((await lead.say('提醒')).card)).toContain('12月联席会商');
  });

  it('reminds one working day before, and drops the question once it is answered', async () => {
    await lead.press('meetings.move', move('2026-11-30', '15:00'));
    await police.say(`参加 ${ID}`);
    await justice.say(`请假 ${ID} 出差`);
    const digests = async (who: Screen) =>
      (await who.messages()).filter(({ id }) => id.startsWith('digest:') && id.includes('2026-11-27'));
    await kit.tick('2026-11-27', '08:30'); // the Friday before that Monday
    const said = async (who: Screen) => wordsOf((await digests(who)).at(-1)?.card);
    expect(await said(police)).toContain('快开会了  11月30日 周一 15:00 11月平安法治星联席会商');
    expect(await said(county)).toContain('请回复能不能来');
    expect(await digests(justice)).toEqual([]);
    await county.say(`参加 ${ID}`);
    expect(await said(county)).not.toContain('请回复能不能来');
  });
});

describe('once', () => {
  it('goes out once to each although the bot is killed and two servers share the work', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'huishang-soon-'));
    const arrivals: Arrival[] = [];
    let clock = instant('2026-11-20', '09:00');
    const channel = playChannel({
      name: 'webchat',
      idempotent: true,
      now: () => clock,
      arrived: (arrival) => void arrivals.push(arrival),
      personalPlace: (person) => ({ key: `webchat|p:${person}`, kind: 'personal' }),
    });
    const options = { dir, channels: [channel], now: () => clock };
    let store = await openTownStore(options);
    await loadDemo(store);
    await press(openBot(store, options), 'guo-chengye', 'meetings.call', FIELDS, 'one', clock);
    for (const time of ['14:00', '14:00', '14:10']) {
      await store.close();
      store = await openTownStore(options);
      clock = instant('2026-11-25', time);
      await Promise.all([openBot(store, options).tick(), openBot(store, options).tick()]);
    }
    const soon = arrivals.filter(({ key }) => key.includes(':soon@'));
    const places = new Set(soon.map(({ place }) => place.key));
    expect(soon.length).toBe(places.size);
    for (const person of ['guo-chengye', 'yu-zhenbang', 'du-aiqin', 'hao-haitao', 'wang-caifeng'])
      expect(places).toContain(`webchat|p:${person}`);
    await store.close();
    await rm(dir, { recursive: true });
  });
});
