/** 典型 and 学习宣传: from a clue to a published page and back, told through the kernel; and what somebody may try. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import type { Doing } from '../../src/bot/world.ts';
import { awardStar, endStar } from '../../src/features/branches/index.ts';
import { examples, mediaReports } from '../../src/features/cases/model.ts';
import { faultOf, figureIn, paragraphsOf, typedAgain } from '../../src/features/cases/words.ts';
import { features } from '../../src/features/index.ts';
import { type Issue, issues } from '../../src/features/issues/model.ts';
import { posts } from '../../src/features/members/model.ts';
import { units } from '../../src/features/orgs/index.ts';
import { caseClosed } from '../../src/features/rectification/index.ts';
import { cases } from '../../src/features/rectification/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { personalNumber } from '../../src/lib/private.ts';
import { webAddress } from '../../src/lib/weblink.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { buttonsOf, createKit, type Kit, type Message, picturesOf, type Screen, wordsOf } from '../kit.ts';
import { photo } from '../samples.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const DX = 'DX-2026-0001';

let kit: Kit;
let township: Screen; // 石桥镇, head
let secretary: Screen; // 柳湾村
let lead: Screen; // 政法委, head
let organiser: Screen;
let neighbour: Screen; // 青石村
let stranger: Screen; // another county
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
  // What comes round begins with the first look.
  await kit.tick('2026-11-23');
  [township, secretary, lead] = kit.people('huang-changqing', 'huang-wenchang', 'guo-chengye');
  [organiser, neighbour, stranger] = kit.people('bai-zhiyuan', 'chen-delin', 'du-hongbin');
});
afterEach(() => kit.end());

const said = ({ text, card }: Message) => `${text}\n${card ? wordsOf(card) : ''}`;
const words = async (who: Screen, text: string) => said(await who.say(text));
const exampleOf = (id = DX) => kit.store.read((tx) => tx.table(examples).get(id));
const workdays = createLiveWorkdays();
const listeners = features.flatMap((feature) => feature.listeners ?? []);
let ids = 0;
/** Within one transaction of some day, with everything that reacts. */
const doing = (day: string, body: (doing: Doing) => Promise<void>) =>
  kit.store.transaction((tx) =>
    withDoing(
      { now: () => instant(day, '09:00'), workdays, newId: () => `x-${++ids}`, listeners },
      tx,
      null,
      body,
    ),
  );

/** Issues of 柳湾村 that were closed some days ago. */
async function closed(count: number, change: Partial<Issue> = {}, from = 100): Promise<void> {
  await kit.store.transaction(async (tx) => {
    for (let n = 0; n < count; n++) {
      const id = `WT-2026-${String(from + n).padStart(4, '0')}`;
      await tx.table(issues).put({
        ...{ id, title: `第${n}件`, details: '', aspect: '物', star: 'pingan-fazhi', branch: LIUWAN },
        ...{
          township: 'qingshan-shiqiao',
          county: 'qingshan',
          source: '群众反映',
          urgency: '一般',
          state: 'closed',
        },
        ...{
          reporter: 'huang-wenchang',
          reporterUnit: LIUWAN,
          owner: 'qingshan-shiqiao',
          supervisor: 'zhengfawei',
        },
        ...{ handlers: ['qingshan-shiqiao'], deadline: '2026-06-20', reportedAt: '2026-06-01T01:00:00.000Z' },
        ...{ returned: 0, slipped: 0, extension: null, grantor: null, result: '办好了', evidence: '' },
        ...{ resolvedBy: 'huang-changqing', verdict: '满意', closedAt: '2026-06-10T01:00:00.000Z' },
        ...{ recurrenceOf: null, recurs: null, doubt: null, origin: null, steps: [], raised: null },
        ...change,
      });
    }
  });
}

/** One more issue, from its report to 满意. */
async function solve(aspect = '效'): Promise<string> {
  const fields = { title: '村口路灯坏了', star: 'pingan-fazhi', aspect, source: '群众反映' };
  const { shown } = await secretary.press('issues.report', fields);
  const number = /WT-\d{4}-\d{4}/.exec(shown.text)?.[0] ?? '';
  await township.say(`受理 ${number}`);
  await township.say(`办结 ${number} 办好了`);
  await secretary.say(`满意 ${number}`);
  return number;
}

const BODY = '老支书每周坐一天班，哪家有事哪家去。\n一年调解9件，没有一件上交，依据 WT-2026-0100';

/** A clue, and a case about 平安法治星 that the township wrote. */
async function written(body = BODY, pictures = 0): Promise<string> {
  const sent = await words(township, '典型 推荐 柳湾村 调解办得好');
  expect(sent).toContain('线索');
  await township.click('撰写');
  if (pictures > 0)
    await township.send(
      Object.fromEntries(Array.from({ length: pictures }, (_, n) => [`${n}.jpg`, photo(n + 1)])),
    );
  const fields = { title: '小院里的调解室', star: 'pingan-fazhi', words: body };
  return said(await township.click('提交核实', fields));
}

async function published(scope = 'city', pictures = 0): Promise<void> {
  await closed(1);
  await written(BODY, pictures);
  await lead.say(`核实 ${DX}`);
  await lead.click('核实');
  await lead.say(`发布 ${DX}`);
  await lead.click('发布', { scope });
  await lead.click('发布');
  expect(await exampleOf()).toMatchObject({ state: 'published' });
}

/** Null: a person of the programme of whom no more is known; undefined: anybody. */
const page = async (path: string, ...[person = null]: [(string | null)?]) => pageFor(path, person);
const pageFor = async (path: string, person: string | null | undefined) => {
  const made = await kit.bot.page('board/cases', { path, query: new URLSearchParams(), person });
  return made && { ...made, html: Buffer.from(made.body).toString('utf8') };
};

describe('典型', () => {
  it('goes from a recommendation over 撰写 and 核实 by another to 发布, into the digest once, and to its page', async () => {
    await closed(1);
    expect(await written(BODY, 2)).toContain('已请市委政法委核实');
    // Nobody else sees it yet, by number, in the list or on the page.
    for (const who of [neighbour, stranger]) {
      expect(await words(who, DX)).toContain('没有找到这个典型');
      expect(await words(who, '典型')).not.toContain('调解室');
    }
    expect(await page(DX)).toBeUndefined();
    expect(await page(DX, 'chen-delin')).toBeUndefined();
    expect((await page(DX, 'guo-chengye'))?.html).toContain('待核实，各单位看不到');

    expect(await words(lead, '待办')).toContain('请核实');
    const card = await lead.say(DX);
    expect(picturesOf(card.card)).toHaveLength(2);
    expect(said(card)).toContain('没有一件上交');
    expect(said(await lead.click('依据'))).toContain('WT-2026-0100');
    const look = await lead.click('核实', {}, card);
    expect(said(look)).toContain('第0件 已销号，满意');
    await lead.click('核实');
    await lead.say(`发布 ${DX}`);
    const sure = await lead.click('发布', { scope: 'city' });
    expect(said(sure)).toContain('11月24日早上并入223个单位的提醒，只发一次');
    await lead.click('发布');
    expect(await exampleOf()).toMatchObject({
      state: 'published',
      tellOn: '2026-11-24',
      revisitOn: '2027-05-22',
    });
    // A second time there is nothing to publish.
    expect(await lead.press('cases.publish', { example: DX, scope: 'city', sure: 'yes' })).toMatchObject({
      refused: true,
    });

    await kit.tick('2026-11-24', '08:30');
    await kit.tick('2026-11-24', '08:40');
    await kit.tick('2026-11-25', '08:30');
    for (const who of [neighbour, stranger, organiser]) {
      const lines = await kit.store.read((tx) =>
        tx.table(outbox).find({
          where: { person: who.person, day: ['2026-11-24', '2026-11-25'], kind: 'digest' },
          limit: 50,
        }),
      );
      const told = lines.rows.flatMap((row) => row.lines).filter(({ data }) => data.example === DX);
      expect(told.map(({ title }) => title)).toEqual(['典型：小院里的调解室']);
    }
    const seen = await stranger.say(DX);
    expect(said(seen)).toContain('没有一件上交');
    expect(picturesOf(seen.card)).toHaveLength(2);
    // What the figures rest on is opened by who may see that record.
    await stranger.click('依据');
    expect(said(await stranger.last())).toContain('只给有关单位看');
    expect(said(await stranger.last())).not.toContain('第0件');
    // The sender sees how many, nobody else; names nowhere.
    await lead.say(`送达情况 ${DX}`);
    const counts = await words(lead, DX);
    expect(counts).toMatch(/送达\D*264人，失败0人/);
    expect(await words(organiser, DX)).not.toContain('送达');
    expect(await words(stranger, `送达情况 ${DX}`)).toContain('由发布的单位来看');

    const made = await page(DX);
    expect(made?.html).toContain('<h1>小院里的调解室</h1>');
    expect(made?.html).toContain('href="../../?open=WT-2026-0100"');
    expect(made?.html).not.toContain('<script');
    expect(made?.html).toContain('市委政法委负责人2026年11月23日发布'.replace('2026年', ''));
    expect((await page(`${DX}/1`))?.type).toBe('image/jpeg');
    expect((await page(`${DX}/2`))?.body.length).toBeGreaterThan(0);
    for (const none of [`${DX}/3`, `${DX}/0`, `${DX}/x`, `${DX}/1/2`, 'DX-2026-0002', 'WT-2026-0100', '../x'])
      expect(await page(none)).toBeUndefined();
    expect((await page(''))?.html).toContain('小院里的调解室');
    // Not for anybody at all, whatever the board shows them.
    for (const path of ['', DX, `${DX}/1`]) expect(await pageFor(path, undefined)).toBeUndefined();
  });

  it('to the units of one county goes to these alone, and who could not be reached is counted', async () => {
    kit.channel.trouble = (place) => (place.key.endsWith('chen-delin') ? new Error('gone') : undefined);
    await published('county');
    await kit.tick('2026-11-24', '08:30');
    const got = async (person: string) => {
      const where = { person, day: '2026-11-24', kind: 'digest' } as const;
      const { rows } = await kit.store.read((tx) => tx.table(outbox).find({ where, limit: 50 }));
      return rows.flatMap((row) => row.lines).some(({ data }) => data.example === DX);
    };
    expect(await got('hao-haitao')).toBe(true);
    expect(await got('cai-zhongyi')).toBe(true);
    expect(await got('du-hongbin')).toBe(false);
    await lead.say(`送达情况 ${DX}`);
    expect(await exampleOf()).toMatchObject({ delivery: { failed: 1, open: 0 } });
    kit.complaints.length = 0;
  });

  it('withdrawn before the morning comes, is told to nobody', async () => {
    await published();
    await lead.say(`撤下 ${DX} 有一件其实没办完`);
    await kit.tick('2026-11-24', '08:30');
    const { rows } = await kit.store.read((tx) =>
      tx
        .table(outbox)
        .find({ where: { person: 'du-hongbin', day: '2026-11-24', kind: 'digest' }, limit: 50 }),
    );
    expect(rows.flatMap((row) => row.lines).filter(({ data }) => data.example === DX)).toEqual([]);
    expect(await words(stranger, DX)).toContain('没有找到这个典型，可能已经撤下');
    expect(await page(DX)).toBeUndefined();
    expect(await page(`${DX}/1`)).toBeUndefined();
    expect(await words(township, DX)).toContain('有一件其实没办完');
  });

  it('is verified by nobody who wrote it, in whatever post, and handing over changes nothing of that', async () => {
    await closed(1);
    await lead.say('典型 推荐 柳湾村 调解办得好');
    await lead.click('撰写');
    await lead.click('提交核实', { title: '小院里的调解室', star: 'pingan-fazhi', words: BODY });
    expect(await words(lead, '待办')).not.toContain('请核实');
    expect(await lead.press('cases.verify', { example: DX, sure: 'yes' })).toMatchObject({ refused: true });
    expect(await words(lead, `核实 ${DX}`)).toContain('撰写的人不能自己来办这一步');
    // The other one of the unit takes over from the writer, and may: the writer may not, wherever they act now.
    const liaison = kit.person('zhu-yueqin');
    expect(await words(liaison, '待办')).toContain('请核实');
    await kit.store.transaction(async (tx) => {
      await tx
        .table(posts)
        .put({ id: 'guo-chengye|zzb', person: 'guo-chengye', unit: 'zzb', role: 'liaison' });
    });
    await organiser.say('交接 郭承业（市委政法委） 给 朱月琴');
    await organiser.click('交接');
    expect((await lead.say('我的')).text + wordsOf((await lead.last()).card)).toContain('市委组织部');
    expect(await lead.press('cases.verify', { example: DX, sure: 'yes' })).toMatchObject({ refused: true });
    expect(await liaison.press('cases.verify', { example: DX, sure: 'yes' })).toMatchObject({
      refused: false,
    });
    expect(await exampleOf()).toMatchObject({ state: 'verified' });
  });

  it('written by everybody of the lead waits for the organiser', async () => {
    await closed(1);
    await lead.say('典型 推荐 柳湾村 调解办得好');
    const fields = { example: DX, title: '小院里的调解室', star: 'pingan-fazhi', words: BODY };
    await lead.press('cases.write', fields);
    await kit.person('zhu-yueqin').press('cases.write', { ...fields, title: '小院里的调解' });
    expect(await exampleOf()).toMatchObject({ state: 'written', waits: 'zzb' });
    expect(await words(organiser, '待办')).toContain('请核实');
  });

  it('is returned with a reason and written again, with other pictures; or not taken', async () => {
    await closed(1);
    await written(BODY, 2);
    await lead.say(`退回 ${DX} 第二张是低保户名单，不能用`);
    expect(await words(township, '待办')).toContain('被退回，请再写');
    const form = await township.say(`撰写 ${DX}`);
    expect(said(form)).toContain('低保户名单');
    expect(JSON.stringify(form.card)).toContain('没有一件上交 WT-2026-0100');
    await township.send({ '小院.jpg': photo(9) });
    await township.click('提交核实', { pictures: 'replace' });
    expect(picturesOf((await lead.say(DX)).card)).toHaveLength(1);
    await lead.say(`不采用 ${DX} 和别处一样`);
    expect(await words(township, `撰写 ${DX} 再写`)).toContain('现在是“不采用”');
    expect(await words(township, '典型 推荐 柳湾村 再荐一次')).toContain('DX-2026-0002');
    expect(await words(secretary, '典型 推荐 柳湾村 再荐一次')).toContain('已经推荐过，编号DX-2026-0002');
  });

  it('is looked at again after half a year, or earlier when something speaks against it', async () => {
    await published();
    expect(await words(lead, `保留 ${DX} 还在坐班`)).toContain('还没到回访的时候');
    await doing('2026-11-26', (d) =>
      endStar(d, {
        branch: LIUWAN,
        star: 'pingan-fazhi',
        to: '2026-11-26',
        document: '',
        by: '',
        reason: '',
      }),
    );
    kit.time('2026-11-26');
    expect(await words(lead, '待办')).toContain('请回访');
    expect(await words(lead, DX)).toContain('11月26日摘了一颗星');
    expect(await words(stranger, DX)).not.toContain('摘了');
    await lead.say(`保留 ${DX} 调解室还在坐班`);
    expect(await exampleOf()).toMatchObject({ state: 'published', revisitOn: null, doubt: '' });

    // Listed as weak: the lead hears of it, the page says nothing.
    kit.time('2026-12-03');
    const weak = { branch: LIUWAN, type: '班子不团结', words: '两个月没开支委会' };
    await kit.person('huang-chunyan').press('analysis.propose', weak);
    await kit.person('hao-haitao').press('analysis.confirm', { branch: LIUWAN, date: '2026-12-03' });
    expect(await words(lead, DX)).toContain('12月3日列入整顿');
    expect(await words(neighbour, DX)).not.toContain('整顿');
    expect((await page(DX))?.html).not.toContain('整顿');
    await lead.click('撤下');
    await lead.click('确认撤下', { reason: '班子正在整顿' });
    expect(await exampleOf()).toMatchObject({ state: 'withdrawn', waits: '' });
    expect(await words(lead, '待办')).not.toContain('回访');
  });

  it('is doubted once for what is said once, told in the morning after, and keeps no picture when it is withdrawn', async () => {
    await published('county', 1);
    const back = {
      recurrenceOf: 'WT-2026-0100',
      state: 'verifying',
      verdict: null,
      closedAt: null,
      doubt: 'zhengfawei',
    } as const;
    await closed(1, back, 300);
    await lead.say('是反弹 WT-2026-0300');
    expect(await exampleOf()).toMatchObject({
      doubt: 'WT-2026-0100反弹（WT-2026-0300）',
      revisitOn: '2026-11-23',
    });
    expect(await words(stranger, '典型')).toContain('已发布');
    expect(await words(lead, '典型')).toContain('待回访');
    const asked = async (day: string) => {
      await kit.tick(day, '08:30');
      const where = { person: 'guo-chengye', day, kind: 'digest' } as const;
      const { rows } = await kit.store.read((tx) => tx.table(outbox).find({ where, limit: 50 }));
      return rows.flatMap((row) => row.lines).filter(({ ask }) => ask === '请回访').length;
    };
    expect([await asked('2026-11-24'), await asked('2026-11-25')]).toEqual([1, 0]);
    await lead.say(`保留 ${DX} 又修好了`);
    await township.say('补充情况 WT-2026-0300 灯杆也换了');
    expect(await exampleOf()).toMatchObject({ doubt: '', revisitOn: null });
    const [picture] = picturesOf((await lead.say(DX)).card);
    await lead.say(`撤下 ${DX} 照片里有名单`);
    expect(picturesOf((await lead.say(DX)).card)).toEqual([]);
    expect(await kit.bot.download(picture?.split('/').at(-1) ?? '')).toBe('refused');
  });

  it('of a branch that is being put right says so to who decides', async () => {
    await closed(1);
    const weak = { branch: LIUWAN, type: '班子不团结', words: '两个月没开支委会' };
    await kit.person('huang-chunyan').press('analysis.propose', weak);
    await kit.person('hao-haitao').press('analysis.confirm', { branch: LIUWAN, date: '2026-11-23' });
    await written();
    expect(await words(lead, `核实 ${DX}`)).toContain('这个支部正在整顿（ZD-2026-0001）');
  });

  it('of a branch that is no more stays readable, and stops nothing that happens there', async () => {
    await published('county');
    await closed(9, {}, 400);
    await kit.store.transaction(async (tx) => {
      const branch = await tx.table(units).get(LIUWAN);
      if (branch) await tx.table(units).delete(branch);
    });
    expect(await words(lead, DX)).toContain('没有一件上交');
    expect(await words(stranger, DX)).toContain('没有一件上交');
    expect((await page(DX))?.html).toContain('小院里的调解室');
    await closed(1, { state: 'verifying', verdict: null, closedAt: null }, 500);
    await secretary.press('issues.verify', { issue: 'WT-2026-0500', verdict: '满意' });
    expect(await kit.store.read((tx) => tx.table(issues).get('WT-2026-0500'))).toMatchObject({
      state: 'closed',
    });
  });

  it('rests on its records: a figure without one, one that is not there or somebody else’s, is sent back', async () => {
    await closed(1);
    await closed(1, { branch: 'qingshan-shiqiao-qingshi' }, 300);
    const tries: Readonly<Record<string, string>> = {
      一年办结12件: '第1段写了“12件',
      '好做法\n调解了八十户': '第2段写了“八十户”',
      '办结9件 WT-2026-0999': '没有找到WT-2026-0999，或者不是柳湾村党支部的',
      '办结9件 WT-2026-0300': '没有找到WT-2026-0300，或者不是柳湾村党支部的',
      '办结9件 RW-2026-0001': '没有找到RW-2026-0001',
      '联系人 410102199001011234': '身份证号',
      '联系人 １３８-0000-1234': '手机号',
      ['很长'.repeat(1_501)]: '正文最多3000个字',
      [Array.from({ length: 41 }, () => '一段').join('\n')]: '正文最多40段',
    };
    await township.say('典型 推荐 柳湾村 调解办得好');
    for (const [body, why] of Object.entries(tries)) {
      const form = await township.press('cases.write', { example: DX, title: '标题', words: body });
      expect(JSON.stringify(form.shown), body.slice(0, 20)).toContain(why);
      expect(await exampleOf()).toMatchObject({ state: 'clue' });
    }
    const fine = {
      example: DX,
      title: '标题',
      words: '集体收入29.8万元，据支部档案\n2026年3月5日开始，四星支部',
    };
    expect((await township.press('cases.write', fine)).shown.text).toContain('写好了');
  });

  it('shows what people wrote as words, and takes ten pictures at most', async () => {
    await closed(1);
    const body =
      '<img src=x onerror=alert(1)> [点我](javascript:alert(1)) **重** https://evil.example WT-2026-0100\n=1+1 依据 WT-2026-0100';
    await written(body);
    await lead.press('cases.verify', { example: DX, sure: 'yes' });
    await lead.press('cases.publish', { example: DX, scope: 'city', sure: 'yes' });
    const { html = '' } = (await page(DX)) ?? {};
    expect(html).toContain('&lt;img src=x onerror=alert(1)>');
    expect(html).not.toMatch(/<img|href="(?:javascript|https:\/\/evil)/);

    await township.say('典型 推荐 青石村 路修得好');
    await township.click('撰写');
    const many = (from: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${from + n}.jpg`, photo(from + n)]));
    expect((await township.send(many(20))).text).toContain('共10张');
    expect((await township.send(many(40))).text).toContain('最多放 10 个文件');
    expect(said(await township.click('提交核实', { title: '修路', words: '修好了' }))).toContain('写好了');
    expect(picturesOf((await township.say('DX-2026-0002')).card)).toHaveLength(10);
    // And ten more for the next version are too many.
    await township.say('撰写 DX-2026-0002');
    await township.send(many(60));
    expect(said(await township.click('提交核实'))).toContain('最多放 10 个文件');
  });

  it('is done by those who may: recommending below, writing near, verifying by the lead', async () => {
    expect(await words(stranger, '典型 推荐 柳湾村 路好')).toContain('不归您单位推荐');
    expect(await words(neighbour, '典型 推荐 柳湾村 路好')).toContain('不归您单位推荐');
    expect(await words(secretary, '典型 推荐 路修得好，灯也亮')).toContain('路修得好，灯也亮');
    expect(await words(township, '典型 推荐 不在的村 路好')).toContain('没有找到这个支部');
    expect((await kit.in('qingshan-shiqiao', 'huang-changqing').say('典型 推荐 柳湾村 好')).text).toContain(
      '单聊',
    );
    expect(buttonsOf((await secretary.say(DX)).card).map(({ title }) => title)).toEqual([
      '撰写',
      '依据',
      '不采用',
    ]);
    expect(buttonsOf((await kit.person('hao-haitao').say(DX)).card).map(({ title }) => title)).toContain(
      '撰写',
    );
  });
});

describe('线索', () => {
  it('comes with the tenth 满意 in a year, once, to the township, with the issues', async () => {
    await closed(8);
    await closed(1, { closedAt: '2025-10-01T01:00:00.000Z' }, 200);
    await solve('人');
    expect(await exampleOf()).toBeUndefined();
    await solve('治');
    const clue = await exampleOf();
    expect(clue).toMatchObject({
      origin: 'issues',
      state: 'clue',
      star: 'pingan-fazhi',
      waits: 'qingshan-shiqiao',
    });
    expect(clue?.reasons[0]?.text).toBe('365天里满意销号10件，没有反弹');
    expect(clue?.reasons[0]?.records).toHaveLength(10);
    await solve('效');
    expect(await exampleOf('DX-2026-0002')).toBeUndefined();
    expect(await words(township, '待办')).toContain('请撰写或不采用');
    expect(await words(secretary, '待办')).not.toContain('典型');
    await kit.tick('2026-11-24', '08:30');
    expect(said(await township.last())).toContain('柳湾村党支部有一条典型线索');
    // What the machine counted is a first paragraph that passes.
    const form = JSON.stringify((await township.say(`撰写 ${DX}`)).card);
    expect(form).toContain('365天里满意销号10件');
    expect(said(await township.click('提交核实', { title: '件件有回音' }))).toContain('写好了');
  });

  it('does not come while something may have come back, and comes when it has not', async () => {
    await closed(10);
    const back = {
      recurrenceOf: 'WT-2026-0100',
      state: 'verifying',
      verdict: null,
      closedAt: null,
      doubt: 'zhengfawei',
    } as const;
    await closed(1, back, 300);
    await solve();
    expect(await exampleOf()).toBeUndefined();
    await lead.say('不是反弹 WT-2026-0300');
    expect(await exampleOf()).toMatchObject({ origin: 'issues' });
  });

  it('comes when a branch has left the list and holds three stars, at whichever comes last, once for each time', async () => {
    const one = {
      ...{
        id: 'ZD-2025-0001',
        listing: 'x',
        branch: LIUWAN,
        township: 'qingshan-shiqiao',
        county: 'qingshan',
      },
      ...{ listedOn: '2025-02-01', since: '2025-02-01' },
      ...{
        planDue: '2025-02-20',
        deadline: '2025-08-01',
        extended: 0,
        round: 1,
        relapses: 0,
        plan: null,
        notes: [],
      },
      ...{ applied: null, checks: [], settledUntil: '2026-11-20', doubt: null, answers: [], helper: null },
      ...{ previous: null, closedOn: '2026-11-20' },
    } as const;
    await doing('2026-11-22', async (d) => {
      await endStar(d, {
        branch: LIUWAN,
        star: 'pingan-fazhi',
        to: '2026-11-22',
        document: '',
        by: '',
        reason: '',
      });
      const row = {
        ...one,
        state: 'closed' as const,
        notes: [],
        types: [],
        records: [],
        issues: [],
        checks: [],
        answers: [],
      };
      d.emit(caseClosed, await d.tx.table(cases).put(row));
    });
    expect(await exampleOf()).toBeUndefined();
    const given = { branch: LIUWAN, star: 'pingan-fazhi', from: '2026-11-23', document: '', by: '' };
    await doing('2026-11-23', (d) => awardStar(d, given));
    expect(await exampleOf()).toMatchObject({
      origin: 'weak',
      reasons: [{ records: ['ZD-2025-0001'] }],
      waits: 'qingshan-shiqiao',
    });
    await doing('2026-11-23', (d) => awardStar(d, { ...given, star: 'chanye-xingwang' }));
    expect(await exampleOf('DX-2026-0002')).toBeUndefined();
    // That it was on the list is for those who know; it stands in no form, and on no page.
    expect(JSON.stringify((await township.say(`撰写 ${DX}`)).card)).not.toContain('ZD-2025-0001');
    const fields = { title: '村子变了样', words: '从头做起，用了1年 ZD-2025-0001' };
    await township.click('提交核实', fields);
    await organiser.press('cases.verify', { example: DX, sure: 'yes' });
    await organiser.press('cases.publish', { example: DX, scope: 'city', sure: 'yes' });
    for (const text of [
      await words(neighbour, DX),
      (await page(DX))?.html,
      (await page(DX, 'chen-delin'))?.html,
    ])
      expect(text).not.toMatch(/ZD-|整顿/);
    expect(await words(township, DX)).toContain('ZD-2025-0001');
    expect((await page(DX, 'huang-changqing'))?.html).toContain('ZD-2025-0001');
  });
});

describe('学习宣传', () => {
  const fields = {
    title: '小村办起调解室',
    medium: '示范日报',
    day: '2026-11-20',
    link: 'https://www.sfrb.example/a_(1).html',
  };

  it('is a title, a medium, a day and maybe a link, for all to see, and nobody’s', async () => {
    await secretary.say('报道');
    await secretary.click('登记', fields);
    const list = await stranger.say('学习宣传');
    expect(said(list)).toContain('小村办起调解室');
    await stranger.click('小村办起调解室');
    const card = JSON.stringify((await stranger.last()).card);
    expect(card).toContain('"url":"https://www.sfrb.example/a_%281%29.html"');
    expect(card).toContain('打开 www.sfrb.example');
    expect(await page('')).toMatchObject({
      html: expect.stringContaining('小村办起调解室（www.sfrb.example）'),
    });
    const { rows } = await kit.store.read((tx) => tx.table(mediaReports).find({ order: 'day', limit: 10 }));
    expect(JSON.stringify(rows)).not.toContain('huang-wenchang');
    expect(said(await neighbour.say('撤下报道 小村办起调解室'))).toContain('没有找到这篇报道');
    expect(await neighbour.press('cases.dropReport', { report: rows[0]?.id, sure: 'yes' })).toMatchObject({
      refused: true,
    });
    // The same once more.
    expect(JSON.stringify(await secretary.press('cases.report', { ...fields, title: '换个标题' }))).toContain(
      '已经登记过了',
    );
    await secretary.say('撤下报道 小村办起调解室');
    await secretary.click('撤下报道');
    expect(said(await stranger.say('学习宣传'))).not.toContain('小村办起调解室');
  });

  it('takes addresses of http and https alone', async () => {
    const bad = [
      ...[
        'javascript:alert(1)',
        'data:text/html,x',
        'file:///etc/passwd',
        'ftp://a.example/x',
        '//a.example',
        'a.example',
      ],
      ...[
        'https://www.gov.cn@evil.example/',
        'https://127.0.0.1/',
        'https://[::1]/',
        'http://localhost/',
        'https://xn--80ak6aa92e.com/',
      ],
      ...[
        'https://аррӏе.com/',
        'https://a.example/ 点我',
        ` https://${'a'.repeat(600)}.example`,
        'https://a.example:bad/',
      ],
    ];
    for (const link of bad) {
      expect(webAddress(link), link).toBeUndefined();
      const answer = await secretary.press('cases.report', { ...fields, link });
      expect(JSON.stringify(answer.shown), link).toContain('链接要以 http:// 或 https:// 开头');
    }
    expect(webAddress('HTTP://WWW.People.com.cn/a?b=1#c')).toEqual({
      url: 'http://www.people.com.cn/a?b=1#c',
      host: 'www.people.com.cn',
    });
    expect(webAddress('https://a.example/"><script>')?.url).toBe('https://a.example/%22%3E%3Cscript%3E');
    expect(webAddress('https://a.example/](javascript:x)')?.url).toBe(
      'https://a.example/%5D%28javascript:x%29',
    );
  });
});

describe('the words of a case', () => {
  it('part into paragraphs and their records, and come back as they were typed', () => {
    const typed = '一段。\n\n 办结12件（依据：WT-2026-1、ｗｔ２０２６０００２）。\n收入29.8万元，据支部档案';
    const parts = paragraphsOf(typed);
    expect(parts).toEqual([
      { text: '一段。', records: [] },
      { text: '办结12件。', records: ['WT-2026-0001', 'WT-2026-0002'] },
      { text: '收入29.8万元，据支部档案', records: ['支部档案'] },
    ]);
    expect(paragraphsOf(typedAgain(parts))).toEqual(parts);
    expect(faultOf('标题', parts)).toBeUndefined();
  });

  it('have figures and days, and numbers of people', () => {
    for (const some of ['办结12件', '占95%', '八十户', '三百余人', '１２件'])
      expect(figureIn(some), some).toBeDefined();
    for (const none of [
      '2026年3月5日开始',
      '四星支部',
      '5星支部',
      '一个调解室',
      '第一书记',
      '3月起',
      '五保户',
    ])
      expect(figureIn(none), none).toBeUndefined();
    expect(personalNumber('410102 19900101 123X')).toBe('身份证号');
    expect(personalNumber('电话138 0000 1234')).toBe('手机号');
    for (const fine of ['2026-11-23 2026-11-24', '12345678901', '410102199013011234', '收入1380000元'])
      expect(personalNumber(fine), fine).toBeUndefined();
  });
});
