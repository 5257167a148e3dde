/** 约谈: what facts suggest, who alone knows of it, and what becomes of it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { items, sheets } from '../../src/features/analysis/model.ts';
import { features } from '../../src/features/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { members } from '../../src/features/members/model.ts';
import { units } from '../../src/features/orgs/index.ts';
import { cases } from '../../src/features/rectification/index.ts';
import { type Talk, talks } from '../../src/features/talks/model.ts';
import { bindGroup, createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';
import { wordsOfDocument } from './readers.ts';

const SHIQIAO = 'qingshan-shiqiao';
const LIUWAN = 'qingshan-shiqiao-liuwan';

let kit: Kit;
let county: Screen;
let head: Screen;
let secretary: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-02' });
  [county, head, secretary] = kit.people('hao-haitao', 'huang-changqing', 'huang-wenchang');
  await kit.tick('2026-11-02');
});
afterEach(() => kit.end());

const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;
const all = (): Promise<readonly Talk[]> =>
  kit.store.read(async (tx) => (await tx.table(talks).find({ order: 'quietUntil', limit: 100 })).rows);
const heard = async (who: Screen) => (await who.messages()).map(said).join('\n');

/** Issues of 柳湾村 that 石桥镇 has and that were due on a day. */
async function overdue(deadline: string, ...titles: readonly string[]): Promise<void> {
  await kit.store.transaction(async (tx) => {
    for (const title of titles) {
      const row = {
        ...{ id: `WT-2026-9${100 + title.length}`, title, details: '', aspect: '物', star: 'pingan-fazhi' },
        ...{ branch: LIUWAN, township: SHIQIAO, county: 'qingshan', source: '自查', urgency: '一般' },
        ...{ state: 'active', reporter: 'huang-wenchang', reporterUnit: LIUWAN, owner: SHIQIAO },
        ...{
          supervisor: 'zhengfawei',
          handlers: [SHIQIAO],
          deadline,
          reportedAt: '2026-10-26T01:00:00.000Z',
        },
        ...{ returned: 0, slipped: 0, extension: null, grantor: null, result: '', evidence: '' },
        ...{ resolvedBy: null, verdict: null, closedAt: null, recurrenceOf: null },
      };
      await tx.table(issues).put(issues.schema.parse(row));
    }
  });
}

/** The talk that three such issues suggest on 11-23. */
async function suggested(): Promise<string> {
  await overdue('2026-11-09', '路灯', '路灯灯', '路灯灯灯');
  await kit.tick('2026-11-23');
  const [talk] = await all();
  return talk?.id ?? '';
}

/** Somebody of 柳湾村 reports; due ten working days later. */
async function reports(title: string): Promise<string> {
  const fields = { title, star: 'pingan-fazhi', aspect: '物', source: '自查' };
  const { shown } = await secretary.press('issues.report', fields);
  return /WT-\d{4}-\d{4}/.exec(shown.text)?.[0] ?? '';
}

describe('three issues that are red for ten working days', () => {
  it('suggest nothing while one has more time; a third real one is a card to the county’s head alone, silent for 90 days after 不采纳', async () => {
    const [first = '', , third = ''] = [
      await reports('甲路灯坏了'),
      await reports('乙路灯坏了'),
      await reports('丙路灯坏了'),
    ];
    await head.press('issues.extend', { issue: third, date: '2027-01-29', reason: '等配件' });
    await kit.person('guo-chengye').press('issues.grant', { issue: third });
    kit.time('2026-11-05');
    await reports('丁路灯坏了');
    for (const day of ['2026-11-30', '2026-12-01', '2026-12-02']) await kit.tick(day);
    expect(await all()).toEqual([]);
    // The fourth was due on 11-19, ten working days before.
    await kit.tick('2026-12-03');
    const [talk] = await all();
    expect(talk).toMatchObject({ unit: SHIQIAO, superior: 'qingshan', state: 'suggested', kind: 'red' });
    expect(talk?.facts.map(({ key }) => key)).toEqual([first, 'WT-2026-0002', 'WT-2026-0004']);
    expect(said(await county.last())).toContain('石桥镇党委');
    expect(said(await county.last())).toContain('超期10个工作日');
    for (const who of ['huang-chunyan', 'huang-changqing', 'wang-haiyan', 'bai-zhiyuan', 'guo-chengye'])
      expect(await heard(kit.person(who))).not.toContain('只给您看');
    expect(said(await county.say('待办'))).toContain('约谈建议，请定');
    await county.say('约谈');
    await county.click('石桥镇党委');
    await county.click('不采纳');
    const done = await county.click('不采纳', { reason: '正在等汛期过去' });
    expect(done.text).toContain('90天里不再提');
    expect((await all())[0]).toMatchObject({ state: 'declined', quietUntil: '2027-03-03' });
    expect((await county.press('talks.decline', { talk: talk?.id, reason: '再按一次' })).refused).toBe(true);
    const before = (await county.messages()).length;
    for (const day of ['2026-12-04', '2027-01-04', '2027-03-02']) await kit.tick(day);
    const red = async () =>
      (await all()).filter(({ kind, state }) => kind === 'red' && state === 'suggested');
    expect(await red()).toEqual([]);
    expect((await county.messages()).slice(before).map(said).join()).not.toContain('约谈 建议1');
    // 90 days are over, also over the end of a year: the issues are still red.
    await kit.tick('2027-03-03');
    expect(await red()).toHaveLength(1);
    expect(said(await county.last())).toContain('甲路灯坏了');
  });
});

describe('what people make of a suggestion', () => {
  it('goes from 拟约谈 to 已改进, hears the unit only when asked, and prints facts but no verdict at the end of the year', async () => {
    const id = await suggested();
    expect((await head.say(`约谈 ${id}`)).text).toBe(`没有找到“${id}”的约谈。发送“约谈”看看。`);
    await county.say('约谈');
    await county.click('石桥镇党委');
    expect((await county.click('拟约谈')).text).toContain('拟约谈');
    // Pressed twice, it says how it stands.
    expect((await county.press('talks.propose', { talk: id })).shown.text).toContain('现在是“拟约谈”');
    expect((await county.press('talks.improved', { talk: id })).shown.text).toContain('先写“已约谈”');
    expect((await head.press('talks.explain', { talk: id, words: '等配件' })).refused).toBe(true);
    expect((await county.say(`请对方说明 ${id}`)).text).toContain('只有他们看得到');
    const card = said(await head.last());
    expect(card).toContain('上级的负责人想先听您说明');
    expect(card).not.toContain('经过');
    expect(said(await head.say('待办'))).toContain('请说明');
    expect((await head.click('说明', { words: '灯杆要换，等配件' })).refused).toBe(false);
    expect((await head.click('说明', { words: '灯杆要换，等配件' })).text).toContain('记下了');
    expect((await kit.person('wang-haiyan').press('talks.show', { talk: id })).refused).toBe(true);
    expect(said(await county.say(id))).toContain('灯杆要换，等配件');
    // The page of the year prints what is written here: no verdict, however it is spaced.
    for (const points of ['表现优秀', '不得 评优', '调整班子'])
      expect((await county.say(`已约谈 ${id} ${points}`)).text).toContain('请换个说法');
    expect(
      (await county.press('talks.hold', { talk: id, points: '抓紧换灯', date: '2026-11-24' })).shown,
    ).toBeDefined();
    expect((await all())[0]?.state).toBe('planned');
    expect((await county.say(`已约谈 ${id} 十二月十日前换好`)).text).toContain('已约谈');
    expect((await county.say(`已改进 ${id} 灯亮了`)).text).toContain('已改进');
    expect((await all())[0]).toMatchObject({ state: 'improved', heldOn: '2026-11-23', outcome: '灯亮了' });
    const page = await yearOf(county, '石桥镇');
    expect(page).toContain('石桥镇党委2026年度事实');
    expect(page).toContain('约谈：十二月十日前换好。');
    expect(page).toContain('对方说明：灯杆要换，等配件。');
    expect(page).toContain('超期10个工作日以上的问题3件');
    expect(page).not.toMatch(/优秀|评优|调整|路灯/);
    // Without any fact nothing is good: it says that nothing is known.
    expect((await yearOf(county, '白塔镇')).match(/没有数据。/g)).toHaveLength(3);
    expect((await county.say('年度事实 石桥镇 2030')).text).toContain('2030年还没有到');
    for (const who of [head, kit.person('bai-zhiyuan'), kit.person('du-hongbin')])
      expect((await who.say('年度事实 石桥镇')).text).toContain('只给上级单位的负责人看');
  });

  it('is not pressed once its facts are gone, and goes by itself', async () => {
    const id = await suggested();
    await head.press('issues.resolve', { issue: 'WT-2026-9102', words: '换好了' });
    expect((await county.press('talks.propose', { talk: id })).shown.text).toContain('原来的事实已经变了');
    expect(said(await county.say('待办'))).not.toContain('约谈');
    expect(said(await county.say(id))).toContain('不用再定');
    await kit.tick('2026-11-24');
    expect((await all())[0]?.state).toBe('lapsed');
    // Sent back, it has a few days more; another one in its place is a new suggestion, with another card.
    await overdue('2026-11-11', '路灯灯灯灯灯');
    await kit.tick('2026-11-25');
    expect((await all()).map(({ state }) => state).sort()).toEqual(['lapsed', 'suggested']);
  });

  it('comes from a relapse at once, from 验收 failed twice, and says nothing twice', async () => {
    await kit.store.transaction(async (tx) => {
      const on = { who: '青山县委负责人', on: '2026-11-02' };
      const plan = { round: 1, cause: '班子', measures: [], unit: LIUWAN, person: '', ...on };
      await tx.table(cases).put({
        ...{
          id: 'ZD-2026-0001',
          listing: `${LIUWAN}|1`,
          branch: LIUWAN,
          township: SHIQIAO,
          county: 'qingshan',
        },
        ...{
          state: 'applied',
          types: [],
          records: [],
          issues: [],
          listedOn: '2026-11-02',
          since: '2026-11-02',
        },
        ...{ planDue: '2026-11-16', deadline: '2027-05-08', extended: 0, round: 1, relapses: 0, notes: [] },
        ...{ plan: { ...plan, countyLeader: '郝海涛', townshipLeader: '黄长青' }, applied: on, checks: [] },
        ...{ settledUntil: null, doubt: null, answers: [], helper: null, previous: null, closedOn: null },
      });
    });
    const counts = { case: 'ZD-2026-0001', satisfied: '9', basic: '4', unsatisfied: '2' };
    await county.press('rectification.accept', counts);
    expect(await all()).toEqual([]);
    await head.say('申请验收 ZD-2026-0001');
    await county.press('rectification.accept', counts);
    expect((await all()).map(({ kind, facts }) => `${kind} ${facts.length}`)).toEqual(['failed 2']);
    await head.say('申请验收 ZD-2026-0001');
    await county.press('rectification.accept', { ...counts, satisfied: '13', unsatisfied: '0' });
    await kit.store.transaction(async (tx) => {
      const one = await tx.table(cases).get('ZD-2026-0001');
      if (one)
        await tx.table(cases).put({ ...one, doubt: { on: '2026-11-02', records: [], words: '又反映' } });
    });
    await county.press('rectification.relapse', { case: 'ZD-2026-0001' });
    expect(said(await county.say('整顿 青山县委'))).toContain('整顿中1');
    expect((await all()).map(({ kind }) => kind).sort()).toEqual(['failed', 'relapse']);
    expect(said(await county.say('约谈'))).toContain('反弹1次');
  });
});

describe('what counties ask of townships', () => {
  it('suggests a talk where 30 % of the branches miss two periods, and where the analysis of a quarter is missing', async () => {
    const task = {
      title: '入户走访',
      due: '2026-11-20',
      rhythm: 'month',
      units: `below:${SHIQIAO}`,
      sure: 'yes',
    };
    expect((await county.press('tasks.assign', task)).refused).toBe(false);
    await kit.tick('2026-11-25');
    expect(await all()).toEqual([]);
    await kit.tick('2026-12-23');
    const [talk] = await all();
    expect(talk).toMatchObject({ kind: 'tasks', unit: SHIQIAO });
    expect(talk?.facts[0]?.words).toContain('入户走访：11月缺9/9，12月缺9/9');
    expect(said(await county.last())).toContain('12月缺9/9');
    await head.say('研判');
    await head.click('其余正常');
    await head.click('提交研判');
    const before = (await county.messages()).length;
    await kit.tick('2027-01-04');
    const missing = (await all()).filter(
      ({ kind, superior }) => kind === 'missing' && superior === 'qingshan',
    );
    expect(missing.map(({ unit }) => unit)).not.toContain(SHIQIAO);
    expect(missing).toHaveLength(7);
    // The reminder of that names them already: no message more, and one line of 待办.
    expect((await county.messages()).slice(before).map(said).join()).not.toContain('只给您看');
    expect(said(await county.say('待办'))).toContain('约谈建议8条');
  });

  it('suggests one where the census has confirmed two 不一致', async () => {
    const branches = [LIUWAN, 'qingshan-shiqiao-qingshi'];
    await kit.store.transaction(async (tx) => {
      const sheet = `${SHIQIAO}|2026-Q4|1`;
      await tx.table(sheets).put({
        ...{ id: sheet, kind: 'analysis', unit: SHIQIAO, county: 'qingshan', period: '2026-Q4', n: 1 },
        ...{ state: 'adopted', day: '2026-11-02', version: '2026版', normal: [], by: null, name: '' },
        ...{ at: '2026-11-02T01:00:00.000Z', reason: '' },
      });
      for (const branch of branches)
        await tx.table(items).put({
          ...{ id: `${sheet}|${branch}`, sheet, branch, level: 'watch', facts: [], types: [] },
          ...{ decision: 'none', reason: '正在改', by: null, said: null, saidWhy: '', differs: false },
        });
    });
    for (const branch of branches) await county.press('analysis.watch', { sheet: 'own', branch });
    await county.press('analysis.rest', { sheet: 'own' });
    expect((await county.press('analysis.complete', { sheet: 'own' })).shown.text).toContain('全部覆盖');
    const [talk] = await all();
    expect(talk).toMatchObject({ kind: 'differs', unit: SHIQIAO, superior: 'qingshan' });
    expect(talk?.facts).toHaveLength(2);
  });
});

/** The page of the year as words. */
async function yearOf(who: Screen, unit: string): Promise<string> {
  const card = JSON.stringify((await who.say(`年度事实 ${unit}`)).card);
  const file = await kit.bot.download(/kit\.example\/d\/([\w-]+)/.exec(card)?.[1] ?? '');
  if (typeof file === 'string') throw new Error(file);
  return wordsOfDocument(file.body);
}

describe('who knows of it', () => {
  it('is each head of the unit above, also one that comes later; not a deputy, and not who was head', async () => {
    const second = { id: 'second-head', name: '第二负责人', unit: 'qingshan', role: 'head' as const };
    await kit.store.transaction((tx) => tx.table(members).put(second));
    const id = await suggested();
    for (const who of [county, kit.person('second-head')]) expect(said(await who.last())).toContain(id);
    const deputy = kit.person('huang-chunyan');
    expect(said(await deputy.say('待办'))).not.toContain('约谈');
    const post = { person: 'hao-haitao|qingshan', to: 'huang-chunyan|qingshan', sure: 'yes' };
    expect((await kit.person('bai-zhiyuan').press('members.handover', post)).refused).toBe(false);
    expect(said(await deputy.say('待办'))).toContain('约谈建议，请定');
    expect((await county.press('talks.show', { talk: id })).refused).toBe(true);
    // A township that was merged into another county: whoever was asked still answers.
    await kit.store.transaction(async (tx) => {
      const unit = await tx.table(units).get(SHIQIAO);
      if (unit) await tx.table(units).put({ ...unit, parent: 'linxi' });
    });
    expect((await kit.person('du-hongbin').press('talks.show', { talk: id })).refused).toBe(true);
    expect((await deputy.say(`不采纳 ${id} 已经合并`)).text).toContain('90天');
  });

  it('waits in 待办 for a head where there was none', async () => {
    await kit.person('bai-zhiyuan').press('members.remove', { person: 'hao-haitao|qingshan', sure: 'yes' });
    const id = await suggested();
    expect(id).toBe('YT-2026-0001');
    await kit.store.transaction((tx) =>
      tx.table(members).put({ id: 'new-head', name: '新负责人', unit: 'qingshan', role: 'head' }),
    );
    expect(said(await kit.person('new-head').say('待办'))).toContain('约谈建议，请定');
  });

  it('is nobody else: no command, press, audit, delivery or group says a word of it', async () => {
    const id = await suggested();
    await county.press('talks.propose', { talk: id });
    await county.press('talks.hold', { talk: id, points: '独一无二的要点' });
    await bindGroup(kit, 'qingshan');
    const group = kit.in('qingshan', 'hao-haitao');
    for (const word of ['约谈', `约谈 ${id}`, id, '待办', '年度事实 石桥镇', `已改进 ${id}`])
      await group.say(word);
    const leaks: string[] = [];
    // A refusal says again what was typed.
    const look = (where: string, shown: unknown, typed = '') => {
      const words = (JSON.stringify(shown) ?? '').replaceAll(typed || '\n', '');
      for (const secret of ['独一无二', '已约谈', '拟约谈', '约谈建议'])
        if (words.includes(secret)) leaks.push(`${where}: ${secret}`);
    };
    for (const message of await group.messages()) look('group', message);
    const lists = [
      '待办',
      '我的',
      '约谈',
      '审计',
      `审计 ${id}`,
      '审计 郝海涛',
      '投递',
      '公开',
      '分包',
      '整顿',
      '软弱涣散',
      id,
    ];
    const others = [
      'huang-changqing',
      'huang-chunyan',
      'du-hongbin',
      'guo-yuxia',
      'guo-chengye',
      'huang-wenchang',
    ];
    for (const person of others)
      for (const word of lists) look(`${person} ${word}`, await kit.person(person).say(word));
    const organiser = kit.person('bai-zhiyuan');
    const words = features.flatMap(({ operations }) => operations.flatMap((op) => op.words?.[0] ?? []));
    for (const word of [...words, ...lists])
      look(`organiser ${word}`, await organiser.say(`${word} ${id}`), word);
    for (const { right } of features.flatMap(({ operations }) => operations))
      look(`organiser ${right.name}`, (await organiser.press(right.name, { talk: id, unit: SHIQIAO })).shown);
    expect(leaks).toEqual([]);
    // And none of the pages, exports and searches can: nothing else reads its tables.
    const tables = await readers();
    expect(tables).toEqual(['index.ts']);
  });
});

/** Which files of the features import 约谈, beside its own. */
async function readers(): Promise<readonly string[]> {
  const root = new URL('../../src/features/', import.meta.url).pathname;
  const found = [];
  for (const file of await readdir(root, { recursive: true }))
    if (/\.tsx?$/.test(file) && !file.startsWith('talks/'))
      if (/from '.*talks\//.test(await readFile(join(root, file), 'utf8'))) found.push(file);
  return found;
}
