/** Stories of issues: one from the village chat to 销号, with every side move. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issues, type StoredIssue } from '../../src/features/issues/model.ts';
import {
  bindGroup,
  buttonsOf,
  createKit,
  inputsOf,
  type Kit,
  type Screen,
  titlesOf,
  wordsOf,
} from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let county: Screen;
let lead: Screen;

beforeEach(async () => {
  kit = await createKit();
  [secretary, township, county, lead] = kit.people(
    'huang-wenchang',
    'huang-changqing',
    'hao-haitao',
    'guo-chengye',
  );
});
afterEach(() => kit.end());

const row = (id = 'WT-2026-0001') => kit.store.read((tx) => tx.table(issues).get(id)) as Promise<StoredIssue>;

async function reported(extra: Record<string, unknown> = {}) {
  await secretary.say('上报 村口路灯坏了');
  return secretary.click('提交', { star: 'pingan-fazhi', aspect: '物', ...extra });
}

describe('待办', () => {
  it('says of each issue its branch, its star, its colour in words and how many working days are left', async () => {
    await reported();
    const line = async () => /WT-2026-0001 .*?星/.exec(wordsOf((await township.say('待办')).card))?.[0];
    const about = '柳湾村党支部 · 平安法治星';
    expect(await line()).toBe(`WT-2026-0001 · 12月4日前，还剩10个工作日 · ${about}`);
    kit.time('2026-12-02', '09:00');
    expect(await line()).toBe(`WT-2026-0001 · 12月4日前，蓝 还剩2个工作日 · ${about}`);
    kit.time('2026-12-04', '09:00');
    expect(await line()).toBe(`WT-2026-0001 · 12月4日前，蓝 今天到期 · ${about}`);
    kit.time('2026-12-08', '09:00');
    expect(await line()).toBe(`WT-2026-0001 · 12月4日前，红 超期2个工作日 · ${about}`);
  });
});

describe('an issue from report to 销号', () => {
  it('is reported, accepted, resolved and closed by different people, and all cards follow', async () => {
    await bindGroup(kit, 'qingshan-shiqiao');
    const form = await secretary.say('上报 村口路灯坏了');
    expect(inputsOf(form.card).title).toBe('村口路灯坏了');
    const card = await secretary.click('提交', {
      star: 'pingan-fazhi',
      aspect: '物',
      details: '三盏，一周了',
    });
    expect(card.text).toContain('WT-2026-0001');
    expect(wordsOf(card.card)).toContain('待受理');
    expect(titlesOf(card.card)).toContain('撤回');

    const group = kit.in('qingshan-shiqiao', 'huang-wenchang');
    expect(wordsOf((await group.last()).card)).toContain('等石桥镇党委受理');
    expect(wordsOf((await township.last()).card)).toContain('请您受理');
    await township.click('受理');
    expect(wordsOf((await group.last()).card)).toContain('办理中');
    expect(await secretary.last()).toMatchObject({
      text: '石桥镇党委已受理您上报的“村口路灯坏了”，12月4日前办结。',
    });
    expect(titlesOf((await secretary.last()).card)).toEqual(['打开']);
    // One card of it in the chat, which follows; what is new is a line.
    expect(wordsOf((await secretary.messages())[0]?.card)).toContain('石桥镇党委正在办理');

    const ask = await township.click('办结');
    expect(inputsOf(ask.card)).toHaveProperty('words');
    const done = await township.click('办结', { words: '三盏都换好了' });
    expect(done.text).toContain('已办结');
    const verify = await secretary.last();
    expect(verify.text).toContain('请您核验');
    expect(titlesOf(verify.card)).toEqual(['打开']);
    const opened = await secretary.click('打开', {}, verify);
    expect(titlesOf(opened.card)).toEqual(['满意销号', '不满意退回', '补充情况', '查看历史']);
    expect(inputsOf(opened.card)).toEqual({});
    const closed = await secretary.click('满意销号');
    expect(wordsOf(closed.card)).toContain('已销号');
    expect(await row()).toMatchObject({
      state: 'closed',
      verdict: '满意',
      owner: 'qingshan-shiqiao',
      supervisor: 'zhengfawei',
    });
    const history = await secretary.click('查看历史');
    for (const what of ['上报', '受理', '办结', '满意销号']) expect(wordsOf(history.card)).toContain(what);
  });

  it('says who has it now to who would still 办结 it', async () => {
    await reported();
    await township.say('转办 WT-2026-0001 市公安局 请你们来办');
    const said = (await township.say('办结 WT-2026-0001 灯泡换好了')).text;
    expect(said).toContain('请市公安局先受理');
    expect((await row()).state).toBe('pending');
  });

  it('works by typed words alone', async () => {
    await secretary.say('上报');
    await secretary.say('提交\n标题：村口路灯坏了\n关系到哪颗星：平安法治星\n哪方面的问题：物');
    expect((await row()).title).toBe('村口路灯坏了');
    await township.say('受理 WT-2026-0001');
    await township.say('办结 ｗｔ-2026-1 三盏都换好了');
    expect(await row()).toMatchObject({ state: 'verifying', result: '三盏都换好了' });
    await secretary.say('核验通过 WT-2026-0001 基本满意');
    expect(await row()).toMatchObject({ state: 'closed', verdict: '基本满意' });
    expect(wordsOf((await secretary.say('WT-2026-0001')).card)).toContain('已销号');
  });

  it('comes back when residents are not satisfied, or the reporter sends it back with a reason', async () => {
    await reported();
    await township.say('受理 WT-2026-0001');
    await township.say('办结 WT-2026-0001 换了一盏');
    await secretary.say('不满意退回 WT-2026-0001 还有两盏没亮');
    expect(await row()).toMatchObject({ state: 'active', returned: 1, resolvedBy: null, verdict: '不满意' });
    await township.say('办结 WT-2026-0001 换了两盏');
    expect((await secretary.click('不满意退回')).refused).toBe(false);
    const missing = await secretary.click('不满意退回', { reason: ' ' });
    expect(wordsOf(missing.card)).toContain('请写退回的原因');
    await secretary.click('不满意退回', { reason: '还有一盏没亮' });
    expect(await row()).toMatchObject({ state: 'active', returned: 2 });
    expect((await township.last()).text).toContain('还有一盏没亮');
    expect(wordsOf((await township.say('WT-2026-0001')).card)).toContain('黄 曾退回，还剩10个工作日');
    // As cards of the version before say it, and without a reason.
    await township.say('办结 WT-2026-0001 都换了');
    const asked = await secretary.press('issues.verify', { issue: 'WT-2026-0001', verdict: '不满意' });
    expect(asked).toMatchObject({ refused: false });
    expect((await row()).state).toBe('verifying');
    await secretary.say('核验通过 WT-2026-0001 不满意 又灭了');
    expect(await row()).toMatchObject({ state: 'active', returned: 3, verdict: '不满意' });
    await township.say('办结 WT-2026-0001 线路也换了');
    const open = await secretary.say('核验通过 WT-2026-0001');
    expect(inputsOf(open.card)).toEqual({ verdict: '' });
    await secretary.say('满意销号 WT-2026-0001');
    expect(await row()).toMatchObject({ state: 'closed', verdict: '满意' });
  });

  it('is handed over, and climbs township → county → lead of the star, each time to be accepted anew', async () => {
    await reported();
    expect(inputsOf((await township.click('提级办理')).card)).toEqual({ reason: '' });
    expect((await row()).owner).toBe('qingshan-shiqiao');
    await township.click('提级办理', { reason: '要县里协调' });
    expect(await row()).toMatchObject({ state: 'pending', owner: 'qingshan' });
    expect((await county.last()).text).toContain('提级来一件事：村口路灯坏了（要县里协调）');
    await county.click('受理');
    expect((await township.say('收回 WT-2026-0001')).text).toContain('已经受理，不能收回');
    await county.say('上交 WT-2026-0001 要政法委协调');
    expect(await row()).toMatchObject({ state: 'pending', owner: 'zhengfawei' });
    await lead.click('受理');
    expect((await lead.say('提级办理 WT-2026-0001 难')).text).toContain('不能再提级');
    await lead.say('转办 WT-2026-0001 市公安局 请协助');
    expect(await row()).toMatchObject({
      state: 'pending',
      owner: 'gonganju',
      handlers: ['qingshan-shiqiao', 'qingshan', 'zhengfawei', 'gonganju'],
    });
    expect((await township.say('受理 WT-2026-0001')).text).toContain('由市公安局办理');
  });

  it('gets a longer deadline when the supervisor agrees, asked before the deadline', async () => {
    await reported();
    await township.click('受理');
    expect((await row()).deadline).toBe('2026-12-04');
    await township.click('申请延期');
    const early = await township.click('申请延期', { date: '2026-12-01', reason: '等配件' });
    expect(wordsOf(early.card)).toContain('要比现在的期限');
    expect(inputsOf(early.card).reason).toBe('等配件');
    await township.click('申请延期', { date: '2026-12-11', reason: '等配件' });
    expect((await township.say('同意 WT-2026-0001')).text).toContain('由市委政法委批');
    expect((await lead.last()).text).toContain('请批');
    await lead.click('同意');
    expect(await row()).toMatchObject({ deadline: '2026-12-11', slipped: 1, extension: null });
    kit.time('2026-12-14');
    expect((await township.say('申请延期 WT-2026-0001 2026-12-20 还要等')).text).toContain('已经超期');
  });

  it('can be withdrawn by its reporter until it is accepted', async () => {
    await reported();
    expect((await township.say('撤回 WT-2026-0001')).text).toBe('只有上报的人能撤回。');
    expect(titlesOf((await secretary.last()).card)).toEqual(['补充情况', '查看历史', '撤回']);
    await secretary.click('撤回');
    expect(titlesOf((await secretary.last()).card)).toEqual(['返回', '撤回']);
    expect((await secretary.click('返回')).text).toBe('好，没有改动。');
    expect((await row()).state).toBe('pending');
    await secretary.click('撤回');
    await secretary.click('撤回');
    expect((await row()).state).toBe('withdrawn');
    expect((await township.say('受理 WT-2026-0001')).text).toContain('已撤回');
  });

  it('is closed by somebody else when the reporter resolved it', async () => {
    await township.say('上报 镇里巡查发现路灯坏了');
    await township.click('提交', {
      star: 'pingan-fazhi',
      aspect: '物',
      branch: 'qingshan-shiqiao-liuwan',
      source: '督导发现',
    });
    await township.click('受理');
    await township.say('办结 WT-2026-0001 已更换');
    expect((await township.say('核验通过 WT-2026-0001')).text).toContain('不能自己核验');
    const colleague = kit.person('wang-haiyan');
    await colleague.say('核验通过 WT-2026-0001');
    expect(await row()).toMatchObject({ state: 'closed', verdict: null });
  });
});

describe('what the rules keep', () => {
  it('marks the same branch, star and aspect within 180 days as 疑似反弹, until the supervisor says what it is', async () => {
    await reported();
    await township.say('受理 WT-2026-0001');
    await township.say('办结 WT-2026-0001 换好了');
    await secretary.say('核验通过 WT-2026-0001 满意');
    kit.time('2027-05-19');
    await reported();
    expect(await row('WT-2027-0001')).toMatchObject({ recurrenceOf: 'WT-2026-0001', recurs: null });
    expect((await lead.last()).text).toContain('请认定是不是反弹');
    expect(wordsOf((await lead.say('待办')).card)).toContain('请认定是不是反弹');
    expect(wordsOf((await secretary.last()).card)).toContain('疑似反弹（WT-2026-0001）');
    expect((await township.say('是反弹 WT-2027-0001')).text).toContain('由督办单位（市委政法委）来认定');
    await lead.click('是反弹');
    expect(wordsOf((await secretary.last()).card)).toMatch(/(?<!疑似)反弹（WT-2026-0001）/);
    expect(wordsOf((await lead.say('待办')).card)).not.toContain('请认定');
    expect((await lead.say('不是反弹 WT-2027-0001')).text).toContain('已经认定过了：是反弹');
    await secretary.say('撤回 WT-2027-0001');
    await secretary.click('撤回');
    await reported();
    await lead.say('不是反弹 WT-2027-0002');
    expect(wordsOf((await secretary.last()).card)).not.toContain('反弹');
    await secretary.say('撤回 WT-2027-0002');
    await secretary.click('撤回');
    kit.time('2027-05-20');
    await reported();
    expect((await row('WT-2027-0003')).recurrenceOf).toBe(null);
  });

  it('is taken back by who handed it up, until it is accepted, and is as it was', async () => {
    await reported();
    await township.click('受理');
    await township.say('申请延期 WT-2026-0001 2026-12-11 等配件');
    const before = await row();
    await township.say('提级办理 WT-2026-0001 要县里协调');
    expect((await county.say('收回 WT-2026-0001')).text).toContain('由提级的单位（石桥镇党委）来收回');
    await township.click('收回');
    const { rev: _, steps: _steps, ...after } = await row();
    expect(before).toMatchObject(after);
    expect((await county.last()).text).toContain('不用受理了');
    expect((await township.say('收回 WT-2026-0001')).text).toContain('没有提级');
  });

  it('what is urgent is blue on its last working day, not from the beginning', async () => {
    await reported({ urgency: '紧急' });
    await township.click('受理');
    for (const [day, blue] of [
      ['2026-11-20', false],
      ['2026-11-23', false],
      ['2026-11-24', true],
    ] as const) {
      kit.time(day);
      expect(wordsOf((await township.say('WT-2026-0001')).card).includes('蓝')).toBe(blue);
    }
  });

  it('its reporter hears that it was accepted, handed over, handed up and put off, each in one line', async () => {
    await reported();
    const said: string[] = [];
    const next = async (by: Screen, words: string) => {
      await by.say(words);
      said.push((await secretary.last()).text);
    };
    await next(township, '受理 WT-2026-0001');
    await next(township, '提级办理 WT-2026-0001 要县里协调');
    await county.say('受理 WT-2026-0001');
    await county.say('申请延期 WT-2026-0001 2026-12-11 等配件');
    await next(lead, '同意 WT-2026-0001');
    await next(county, '转办 WT-2026-0001 市公安局 请协助');
    expect(said).toEqual([
      '石桥镇党委已受理您上报的“村口路灯坏了”，12月4日前办结。',
      '您上报的“村口路灯坏了”提级给青山县委（要县里协调），等他们受理。',
      '您上报的“村口路灯坏了”延期到12月11日：等配件。',
      '您上报的“村口路灯坏了”转办给市公安局（请协助），等他们受理。',
    ]);
  });

  it('shows blue, red and the level it has climbed to, by working days', async () => {
    await reported();
    expect(wordsOf((await secretary.say('WT-2026-0001')).card)).not.toContain('蓝');
    kit.time('2026-12-01');
    expect(wordsOf((await secretary.say('WT-2026-0001')).card)).toContain('蓝 快到期，还剩3个工作日');
    kit.time('2026-12-06'); // a Sunday: the deadline was Friday, no working day has passed
    expect(wordsOf((await secretary.say('WT-2026-0001')).card)).toContain('红 超期');
    kit.time('2026-12-08');
    expect(wordsOf((await secretary.say('WT-2026-0001')).card)).toContain('已升级到青山县委');
    const reached = wordsOf((await county.say('待办')).card);
    expect(reached).toContain('超期，请过问');
    expect(reached.match(/超期/g)).toHaveLength(2); // the other is 超期2个工作日
    // Nobody is asked to keep a day that is over; whom it has reached is told what there is to do.
    expect(wordsOf((await township.say('WT-2026-0001')).card)).toContain('已经超期，请您尽快受理。');
    await township.click('受理');
    expect(wordsOf((await township.last()).card)).toContain('已经超期，请您尽快办结。');
    expect(wordsOf((await county.say('WT-2026-0001')).card)).toContain('请您过问，有话点“补充情况”');
    expect(wordsOf((await lead.say('WT-2026-0001')).card)).not.toContain('请您过问');
    expect(wordsOf((await county.say('问题 超期')).card)).toContain('村口路灯坏了');
    kit.time('2026-12-10');
    expect(wordsOf((await lead.say('待办')).card)).toContain('超期，请过问');
    expect(wordsOf((await kit.person('bai-zhiyuan').say('待办')).card)).toContain('没有等您办的事');
    kit.time('2026-12-14');
    expect(wordsOf((await kit.person('bai-zhiyuan').say('待办')).card)).toContain('超期，请过问');
  });

  it('keeps what was typed when the form does not fit, and names every field', async () => {
    await secretary.say('上报 村口路灯坏了');
    const again = await secretary.click('提交', { details: '很长的说明', star: '', aspect: undefined });
    expect(wordsOf(again.card)).toContain('请选关系到哪颗星');
    expect(wordsOf(again.card)).toContain('请选一个方面');
    expect(inputsOf(again.card)).toMatchObject({ title: '村口路灯坏了', details: '很长的说明' });
    await secretary.click('提交', { star: '平安法治', aspect: '物' });
    expect((await row()).details).toBe('很长的说明');
  });

  it('refuses a star that the branch does not strive for and a branch that is not below', async () => {
    await secretary.say('上报 电梯坏了');
    const wrong = await secretary.click('提交', { star: 'xingfu-hexie', aspect: '物' });
    expect(wordsOf(wrong.card)).toContain('没有创建幸福和谐星');
    await township.say('上报 电梯坏了');
    const far = await township.click('提交', {
      star: 'zhibu-guoying',
      aspect: '物',
      branch: 'minghu-jinxiu-jinxiu',
    });
    expect(wordsOf(far.card)).toContain('不归您单位管');
    expect(await row()).toBeUndefined();
  });

  it('gives the card of the issue back when a form that was opened from it is cancelled', async () => {
    await reported();
    await township.click('受理');
    await township.click('办结');
    const back = await township.click('取消');
    expect(back.text).toContain('已取消');
    expect(titlesOf(back.card)).toContain('办结');
    expect((await row()).state).toBe('active');
  });

  it('shows a cancelled form as cancelled', async () => {
    await secretary.say('上报 村口路灯坏了');
    expect((await secretary.click('取消')).text).toContain('已取消');
    expect(await secretary.last()).toMatchObject({ text: '已取消，没有提交。' });
    expect(titlesOf((await secretary.last()).card)).toEqual([]);
  });

  it.each(['算了', '不填了', '不报了'])('leaves a form by %s', async (words) => {
    await secretary.say('上报 村口路灯坏了');
    expect((await secretary.say(words)).text).toBe('已取消，没有提交。');
  });

  it('leaves a form by 取消, and nobody else can send it in', async () => {
    const form = await secretary.say('上报 村口路灯坏了');
    const [submit] = form.card ? buttonsOf(form.card) : [];
    const other = await township.press('issues.report', {
      ...submit?.data,
      title: '冒名',
      star: 'pingan-fazhi',
      aspect: '物',
    });
    expect(other).toMatchObject({ refused: true, scope: 'words' });
    await secretary.say('取消');
    const late = await secretary.press('issues.report', {
      ...submit?.data,
      title: 'x',
      star: 'pingan-fazhi',
      aspect: '物',
    });
    expect(late.shown.text).toContain('已取消');
    expect(await row()).toBeUndefined();
  });
});
