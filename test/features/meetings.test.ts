/** Stories of meetings: called, answered, held, minuted; what was decided comes back until it is done. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decisions, invites, meetings } from '../../src/features/meetings/model.ts';
import { bindGroup, createKit, inputsOf, type Kit, type Screen, titlesOf, wordsOf } from '../kit.ts';

let kit: Kit;
let lead: Screen; // 市委政法委 leads 平安法治星
let police: Screen; // 市公安局, a responsible unit of it
let justice: Screen; // 市司法局
let county: Screen;
let organiser: Screen;
let secretary: Screen;
beforeEach(async () => {
  kit = await createKit({
    day: '2026-11-20',
    time: '09:00',
  });
  [lead, police, justice] = kit.people('guo-chengye', 'yu-zhenbang', 'du-aiqin');
  [county, organiser, secretary] = kit.people('hao-haitao', 'bai-zhiyuan', 'huang-wenchang');
  await kit.bot.tick();
});
afterEach(() => kit.end());

const meeting = (id = 'HS-2026-11-01') => kit.store.read((tx) => tx.table(meetings).get(id));
const invite = (unit: string, id = 'HS-2026-11-01') =>
  kit.store.read((tx) => tx.table(invites).get(`${id}|${unit}`));

async function call(words = '11月25日下午3点', extra: Record<string, unknown> = {}) {
  await lead.say(`会商 发起 ${words}`);
  await lead.click('发起会商', { place: '政法委三楼会议室', ...extra });
  return lead.click('发起会商', {});
}
async function withIssue(title = '村口路灯坏了') {
  await secretary.say(`上报 ${title}`);
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
}

describe('calling', () => {
  it('understands when, drafts the agenda from records, and shows everything once more before it goes out', async () => {
    await withIssue();
    const form = await lead.say('会商 发起 下周三下午3点');
    expect(inputsOf(form.card)).toMatchObject({ date: '2026-11-25', time: '15:00' });
    expect(inputsOf(form.card).agenda).toBe(
      '村口路灯坏了（石桥镇党委，12月4日前）〔WT-2026-0001〕\n本月工作情况和下月安排',
    );
    expect(String(inputsOf(form.card).units).split(',')).toEqual(
      expect.arrayContaining(['gonganju', 'sifaju', 'qingshan', 'minghu']),
    );
    const agenda = `${inputsOf(form.card).agenda}\n群防群治经验交流`;
    const look = await lead.click('发起会商', { place: '政法委三楼', agenda });
    expect(wordsOf(look.card)).toContain('群防群治经验交流');
    expect(await meeting()).toBeUndefined();
    const back = await lead.click('再改改');
    expect(inputsOf(back.card).place).toBe('政法委三楼');
    await lead.click('发起会商', { place: '政法委二楼', agenda });
    const done = await lead.click('发起会商');
    expect(done.text).toContain('HS-2026-11-01');
    expect(await meeting()).toMatchObject({
      date: '2026-11-25',
      time: '15:00',
      place: '政法委二楼',
      star: 'pingan-fazhi',
      state: 'set',
    });
    expect((await meeting())?.items).toMatchObject([
      { about: 'WT-2026-0001' },
      { about: null },
      { text: '群防群治经验交流', about: null },
    ]);
    expect((await police.last()).text).toContain('请您参加平安法治星联席会商');
  });

  it('points out a rest day and a clash, with the nearest free working day', async () => {
    await lead.say('会商 发起 11月28日下午3点');
    const saturday = await lead.click('发起会商', { place: '三楼' });
    expect(wordsOf(saturday.card)).toContain('11月28日是休息日');
    expect(wordsOf(saturday.card)).toContain('最近的空闲工作日是11月30日');
    await lead.click('再改改');
    await call('11月25日下午3点');
    const other = kit.person('chen-qiming'); // 市农业农村局
    await other.say('会商 发起 11月25日下午4点');
    const clash = await other.click('发起会商', {
      place: '农业局',
      star: 'chanye-xingwang',
      units: 'gonganju,qingshan',
    });
    expect(wordsOf(clash.card)).toContain('等2个单位在15:00有会（HS-2026-11-01）');
    expect(wordsOf(clash.card)).toContain('11月26日');
  });

  it('adds up the minutes of the items and warns when they are more than a meeting has', async () => {
    await withIssue();
    const issue = '村口路灯坏了〔WT-2026-0001〕';
    const look = async (agenda: string) => {
      await lead.say('会商 发起 11月25日下午3点');
      const words = wordsOf((await lead.click('发起会商', { place: '三楼', agenda })).card);
      await lead.click('再改改');
      return words;
    };
    expect(await look('冬季防火 40分钟\n其他')).toMatch(/用时\s+写了用时的1个议题合计40分钟/);
    expect(await look(`${issue} 八十分钟\n冬季防火（40分钟）`)).toMatch(/用时\s+议题合计120分钟(?!，)/);
    expect(await look('冬季防火\n其他')).not.toContain('合计');
    expect(await look(`${issue} ８０分钟\n冬季防火 41 分钟`)).toMatch(/注意\s+议题合计121分钟，超过120分钟/);
    await lead.click('发起会商');
    await lead.click('发起会商');
    // What it is about is still known.
    expect((await meeting())?.items[0]).toMatchObject({
      text: '村口路灯坏了 ８０分钟',
      about: 'WT-2026-0001',
    });
  });

  it('warns of a meeting in less than an hour of work, in the night, and of an invitation after work', async () => {
    const look = async (when: string) => {
      await lead.say(`会商 发起 ${when}`);
      const { card } = await lead.click('发起会商', { place: '三楼' });
      const words = wordsOf(card);
      await lead.click('再改改');
      return words;
    };
    const SHORT = '离开会不到1个工作小时';
    expect(await look('11月20日上午9点50分')).toContain(SHORT);
    expect(await look('11月20日上午10点')).not.toMatch(/不到1个工作小时|工作时间/);
    expect(await look('11月25日晚上10点')).toContain('22:00开会不在工作时间（08:30—18:00）');
    kit.time('2026-11-20', '17:40');
    // 20 minutes are left today; Monday has the rest.
    expect(await look('11月23日上午9点')).toContain(SHORT);
    expect(await look('11月23日上午9点10分')).not.toContain(SHORT);
    kit.time('2026-11-20', '22:00');
    const night = await look('11月25日下午3点');
    expect(night).toContain('现在（11月20日 22:00）不是工作时间，通知会马上发给各单位');
    expect(night).not.toContain(SHORT);
  });

  it('is for those who lead, once a month a star, and names every field that does not fit', async () => {
    expect((await police.say('会商 发起')).text).toContain('没有牵头的星');
    expect((await secretary.say('会商 发起')).text).toContain('牵头单位');
    await lead.say('会商 发起');
    const bad = await lead.click('发起会商', { date: '2026-11-19', time: '25:00', place: '', units: '' });
    for (const words of ['几点请写成', '请写地点', '请至少选一个'])
      expect(wordsOf(bad.card)).toContain(words);
    await lead.click('取消');
    await call();
    await lead.say('会商 发起 11月27日上午9点');
    expect(wordsOf((await lead.click('发起会商', { place: '三楼' })).card)).toContain(
      '已经定了 HS-2026-11-01',
    );
  });
});

describe('a lead of several stars', () => {
  it('gets agenda and units of the star that is chosen, what was added by hand kept', async () => {
    await secretary.say('上报 水渠淤堵');
    await secretary.click('提交', { star: 'shengtai-yiju', aspect: '物' });
    const farming = kit.person('chen-qiming'); // 市农业农村局: 产业兴旺星, 生态宜居星
    const form = await farming.say('会商 发起 11月27日上午9点');
    expect(inputsOf(form.card)).toMatchObject({ star: 'chanye-xingwang', agenda: '本月工作情况和下月安排' });
    const agenda = '本月工作情况和下月安排\n请专家讲一课';
    const other = await farming.click('发起会商', { star: 'shengtai-yiju', place: '二楼', agenda });
    expect(wordsOf(other.card)).toContain('换成生态宜居星了，议题和单位已按它重新拟好');
    const { agenda: drafted, units, place } = inputsOf(other.card);
    expect(drafted).toBe(
      '水渠淤堵（石桥镇党委，12月4日前）〔WT-2026-0001〕\n本月工作情况和下月安排\n请专家讲一课',
    );
    expect(String(units)).toContain('shengtaihuanjingju');
    expect(place).toBe('二楼');
    await farming.click('发起会商');
    await farming.click('发起会商');
    expect(await meeting()).toMatchObject({ star: 'shengtai-yiju', place: '二楼' });
  });
});

describe('the board', () => {
  it('lists the stars in the order of the programme', async () => {
    const words = wordsOf((await organiser.say('会商')).card);
    const order = ['支部过硬', '产业兴旺', '宜业兴业', '生态宜居', '共建共享', '平安法治', '文明幸福'];
    const found = words.match(/(?:支部过硬|产业兴旺|宜业兴业|生态宜居|共建共享|平安法治|文明幸福)(?=星)/g);
    expect(found?.slice(0, order.length)).toEqual(order.slice(0, found?.length));
    expect(found?.length).toBeGreaterThan(4);
  });

  it('has a meeting once, with the reply that it waits for', async () => {
    await call();
    for (const one of [county, police]) {
      const words = () => one.say('会商').then(({ card }) => wordsOf(card));
      expect((await words()).match(/HS-2026-11-01/g)).toHaveLength(1);
      expect(await words()).toContain('请回复  平安法治星 已定 · HS-2026-11-01 · ');
      await one.click('平安法治星');
      await one.click('参加');
      expect((await words()).match(/HS-2026-11-01/g)).toHaveLength(1);
      expect(await words()).toContain('已定  平安法治星 已回复 · HS-2026-11-01 · ');
    }
    kit.time('2026-11-30');
    await lead.say('会商 发起 12月8日下午3点');
    await lead.click('发起会商', { place: '政法委三楼会议室' });
    await lead.click('发起会商', {});
    expect(wordsOf((await county.say('会商')).card)).toContain('12月平安法治星联席会商 HS-2026-12-01');
  });
});

describe('answering', () => {
  it('keeps the tally live, lets answers change until the start, and refuses those who were not asked', async () => {
    await bindGroup(kit, 'gonganju');
    await call();
    await police.click('参加');
    expect(wordsOf((await lead.last()).card)).toContain('参加1');
    expect((await justice.click('请假')).refused).toBe(false);
    await justice.click('请假', { reason: '外出培训' });
    await justice.say('派员 HS-2026-11-01 王副局长');
    expect(await invite('sifaju')).toMatchObject({ answer: 'sub', words: '王副局长', by: 'du-aiqin' });
    expect(wordsOf((await kit.in('gonganju', 'yu-zhenbang').last()).card)).toContain('参加1，派员1，请假0');
    expect((await secretary.say('参加 HS-2026-11-01')).text).toContain('没有邀请您的单位');
    expect((await lead.say('参加 HS-2026-11-01')).text).toContain('您单位发起的会');
    kit.time('2026-11-25', '15:00');
    expect((await police.say('请假 HS-2026-11-01 有事')).text).toContain('会已经开始了');
  });

  it('names six of those it waits for, and lists all of them when asked', async () => {
    const asked = [
      'gonganju',
      'sifaju',
      'qingshan',
      'linxi',
      'yunling',
      'minghu',
      'weijianwei',
      'jiaotongju',
    ];
    await call('11月25日下午3点', { units: asked.join(',') });
    await police.click('参加');
    const { card } = await lead.last();
    expect(wordsOf(card)).toMatch(/等7个/);
    expect(titlesOf(card)).toContain('查看回复');
    const list = await lead.click('查看回复');
    expect(wordsOf(list.card)).toContain('邀请8个单位，7个未回复');
    for (const name of ['市司法局', '临溪县委', '市交通运输局'])
      expect(wordsOf(list.card)).toContain(`未回复  ${name}`);
    expect(wordsOf(list.card)).toContain('参加  市公安局');
    await justice.say('请假 HS-2026-11-01 外出培训');
    expect(titlesOf((await lead.say('HS-2026-11-01')).card)).not.toContain('查看回复');
    expect((await lead.say('查看回复 HS-2026-11-01')).text).toContain('请假 市司法局（外出培训）');
  });

  it('needs no number where only one meeting can be meant', async () => {
    await call();
    expect(wordsOf((await police.say('参加')).card)).toContain('HS-2026-11-01');
    expect(await invite('gonganju')).toMatchObject({ answer: 'yes' });
    await justice.say('请假 外出培训');
    expect(await invite('sifaju')).toMatchObject({ answer: 'no', words: '外出培训' });
    await county.say('派员');
    await county.click('派员', { name: '王副书记' });
    expect(await invite('qingshan')).toMatchObject({ answer: 'sub', words: '王副书记' });
    await organiser.say('推进会 发起 12月18日上午9点');
    await organiser.click('发起推进会', { place: '小礼堂' });
    await organiser.click('发起推进会');
    expect((await police.say('请假 有事')).text).toContain('请写上会商的编号');
    expect((await secretary.say('参加')).text).toContain('请写上会商的编号');
    await kit.tick('2026-11-25', '14:30');
    expect(wordsOf((await police.say('签到 hs-2026-11-1')).card)).toContain('HS-2026-11-01');
    expect((await police.say('hs-2026-11-1')).text).toContain('HS-2026-11-01');
    expect((await police.say('会商 2026-13')).text).toContain('没有找到“2026-13”这个会');
  });

  it('keeps every answer when all answer at once', async () => {
    await call();
    const all = await kit.store.read(
      async (tx) =>
        (await tx.table(invites).find({ where: { meeting: 'HS-2026-11-01' }, order: 'unit', limit: 100 }))
          .rows,
    );
    const people = ['yu-zhenbang', 'du-aiqin', 'hao-haitao', 'wang-caifeng'];
    await Promise.all(
      people.map((id) => kit.person(id).press('meetings.come', { meeting: 'HS-2026-11-01' })),
    );
    expect(wordsOf((await lead.say('HS-2026-11-01')).card)).toContain(
      `参加4，派员0，请假0，未回复${all.length - 4}`,
    );
  });

  it('tells everyone when it is moved or cancelled, asks again, and says so on old cards', async () => {
    await call();
    await police.click('参加');
    const old = await police.last();
    await lead.click('改期');
    await lead.click('改期', { date: '2026-11-26', time: '９:30', reason: '会议室冲突' });
    expect(await meeting()).toMatchObject({ date: '2026-11-26', time: '09:30', moved: 1 });
    expect((await police.last()).text).toContain('改到11月26日 周四 09:30：会议室冲突');
    expect(await invite('gonganju')).toMatchObject({ answer: 'none' });
    expect((await police.say('改期 HS-2026-11-01')).text).toContain('只有发起的单位');
    for (const [words, time, reason] of [
      ['11月27日下午3点 省里来检查，人不齐', '15:00', '省里来检查，人不齐'],
      ['改到11月27日 下午3点到5点，原因：场地冲突', '15:00', '场地冲突'],
      ['11月27日下午3点', '15:00', ''],
      ['11月27日 领导出差', '09:30', '领导出差'],
    ]) {
      const form = await lead.say(`改期 HS-2026-11-01 ${words}`);
      expect([words, inputsOf(form.card)]).toEqual([words, { date: '2026-11-27', time, reason }]);
    }
    await lead.say('取消会商 HS-2026-11-01 合并到下月');
    expect((await county.last()).text).toContain('取消了：合并到下月');
    const late = await police.press('meetings.come', { meeting: 'HS-2026-11-01' }, old.id);
    expect(late.shown.text).toContain('已经取消了');
    expect(wordsOf((await police.messages()).find(({ id }) => id === old.id)?.card)).toContain('已取消');
    expect((await lead.say('取消会商 HS-2026-11-01 再取消一次')).text).toContain('已经取消了');
  });
});

describe('the loop over three months', () => {
  it('goes from 发起 to the third agenda, with what is open and for how long, and the push of the quarter', async () => {
    await withIssue();
    await call();
    await police.say('参加 HS-2026-11-01');
    expect((await police.say('签到 HS-2026-11-01')).text).toContain('开会前1小时起');
    expect((await lead.say('填写纪要 HS-2026-11-01')).text).toContain('还没有开');
    kit.time('2026-11-25', '14:30');
    await police.say('签到 HS-2026-11-01');
    kit.time('2026-11-25', '15:20');
    expect((await justice.say('签到 HS-2026-11-01')).text).toContain('迟到');
    expect((await police.say('签到 HS-2026-11-01')).text).toContain('已经到会');
    expect(wordsOf((await organiser.say('会商')).card)).toContain('已开  平安法治星');

    const form = await lead.say('填写纪要 HS-2026-11-01');
    expect(titlesOf(form.card)).toContain('提交纪要');
    const wrong = await lead.click('提交纪要', { unit1: 'gonganju' });
    expect(wordsOf(wrong.card)).toContain('请写决定');
    const look = await lead.click('提交纪要', {
      decision1: '十天内修好并排查全镇路灯',
      unit1: 'gonganju',
      deadline1: '2026-12-05',
    });
    expect(wordsOf(look.card)).toContain('十天内修好并排查全镇路灯');
    await lead.click('提交纪要');
    expect(await meeting()).toMatchObject({ state: 'minuted', version: 1 });
    expect((await county.last()).text).toContain('出纪要了');
    expect((await police.last()).text).toContain('由您单位办：十天内修好并排查全镇路灯（12月5日前）');
    expect(wordsOf((await police.say('待办')).card)).toContain('请落实  十天内修好并排查全镇路灯');
    expect(wordsOf((await secretary.say('会商')).card)).toContain('已出纪要  平安法治星');

    // Nobody is waited for any more.
    const over = await county.say('HS-2026-11-01');
    expect(wordsOf(over.card)).not.toMatch(/未回复|还没有回复/);
    expect(titlesOf(over.card)).not.toContain('到会');
    expect((await county.say('到会 HS-2026-11-01')).text).toContain('会已经开完');

    // A correction is a new version that says what changed.
    await lead.say('填写纪要 HS-2026-11-01');
    await lead.click('提交纪要', { decision1: '十五天内修好', unit1: 'gonganju', deadline1: '2026-12-10' });
    await lead.click('提交纪要');
    expect((await county.last()).text).toContain('更正（第2版）');
    expect((await county.last()).text).toContain('十五天内修好');

    kit.time('2026-12-03', '09:00');
    const second = await lead.say('会商 发起 12月9日上午9点');
    expect(String(inputsOf(second.card).agenda)).toContain(
      '落实：十五天内修好（市公安局，第2个月）〔HS-2026-11-01-1〕',
    );
    await lead.click('发起会商', {
      place: '三楼',
      agenda: '落实：十五天内修好（市公安局，第2个月）〔HS-2026-11-01-1〕\n冬季防火',
    });
    await lead.click('发起会商');
    kit.time('2026-12-09', '10:00');
    await lead.say('填写纪要 HS-2026-12-01');
    await lead.click('提交纪要', {
      decision2: '各县区冬季防火检查一遍',
      unit2: 'qingshan',
      deadline2: '2026-12-25',
    });
    await lead.click('提交纪要');

    kit.time('2026-12-10', '09:00');
    const push = await organiser.say('推进会 发起 12月18日上午9点');
    const lines = String(inputsOf(push.card).agenda).split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toMatch(
      /^星级支部（共174个）：三星53个、四星33个、五星18个；支部全在三星以上的乡镇（街道）3个；各项数字和图：https:\/\/kit\.example\/board$/,
    );
    expect(lines).toContain(
      '平安法治星：10月未开、11月已出纪要、12月已出纪要；没办完的问题1件（红1、黄0、蓝0）',
    );
    expect(lines).toContain('文明幸福星：10月未开、11月未开、12月未发起；问题都办完了');
    expect(lines).toContain('落实：市公安局——十五天内修好（最早12月10日前）');
    expect(lines).toContain('落实：青山县委——各县区冬季防火检查一遍（最早12月25日前）');
    await organiser.click('发起推进会', { place: '市委小礼堂' });
    await organiser.click('发起推进会');
    expect((await lead.last()).text).toContain('季度推进会');
    expect(wordsOf((await lead.say('推进会')).card)).toContain('已定  2026年第四季度推进会');

    await police.say('待办');
    await police.click('十五天内修好');
    await police.click('已落实');
    await lead.click('确认落实');
    const done = await kit.store.read((tx) => tx.table(decisions).get('HS-2026-11-01-1'));
    expect(done?.state).toBe('done');

    kit.time('2027-01-05', '09:00');
    const third = await lead.say('会商 发起 1月12日上午9点');
    const agenda = String(inputsOf(third.card).agenda);
    expect(agenda).toContain('落实：各县区冬季防火检查一遍（青山县委，第2个月）');
    expect(agenda).not.toContain('十五天内修好');
    expect(agenda).toContain('村口路灯坏了（石桥镇党委，超期，原定2026年12月4日前）〔WT-2026-0001〕');
  });

  it('shows a month that ended without a meeting as 未开, and tells the organiser', async () => {
    await call();
    await kit.tick('2026-12-02', '08:30');
    const words = wordsOf((await organiser.messages()).findLast(({ id }) => id.startsWith('digest:'))?.card);
    expect(words).toContain('11月没有开会商');
    await organiser.say('会商');
    expect(wordsOf((await organiser.click('上个月')).card)).toContain('未开  文明幸福星');
    for (const [words, month] of [
      ['上个月', '2026年11月'],
      ['11月', '2026年11月'],
      ['2026年11月', '2026年11月'],
      ['下个月', '2027年1月'],
      ['1月份', '2027年1月'],
      ['本月', '2026年12月'],
      ['2026-10', '2026年10月'],
    ])
      expect([words, (await organiser.say(`会商 ${words}`)).text]).toEqual([
        words,
        expect.stringContaining(`${month} 一月一会商`),
      ]);
    for (const words of ['本月会商', '这个月的会商'])
      expect((await organiser.say(words)).text).toContain('2026年12月 一月一会商');
    expect((await organiser.say('会商 防火')).text).toContain('没有找到“防火”这个会');
  });
});
