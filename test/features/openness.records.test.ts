/** Behind a figure: its rule for everybody, its records for who may see each of them; 整顿, 派驻, 任务 as figures. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Card } from '../../src/bot/cards/spec.ts';
import { drawingOf } from '../../src/channels/dingtalk/drawing.ts';
import { buttonsOf, createKit, type Kit, linksOf, renderCard, wordsOf } from '../kit.ts';
import { ANYBODY, look, lookAt, sheet } from './board.ts';
import { wordsOfDocument } from './readers.ts';

const QINGSHI = 'qingshan-shiqiao-qingshi';
const TODAY = '2026-11-23';
const PLAN = {
  ...{ cause: '支委会开不起来', measures: '补开支委会\n修好村口路', person: '陈德林' },
  ...{ countyLeader: '郝海涛', townshipLeader: '黄长青' },
};

const ISSUE = { title: '村口路坏了', star: 'shengtai-yiju', aspect: '物', source: '群众反映' };

let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ day: TODAY });
});
afterEach(() => kit.end());

const press = async (person: string, op: string, data: Record<string, unknown>) => {
  const answer = await kit.person(person).press(op, data);
  expect(answer.refused, answer.shown.text).toBe(false);
  return answer.shown.text;
};

/** 青石村 is listed; the number of its case. */
async function list(): Promise<string> {
  const type = { type: '班子不团结', words: '两个月没开支委会' };
  await press('huang-chunyan', 'analysis.propose', { branch: QINGSHI, ...type });
  await press('hao-haitao', 'analysis.confirm', { branch: QINGSHI, date: TODAY });
  return /ZD-\d{4}-\d{4}/.exec(wordsOf((await kit.person('hao-haitao').say('整顿 青石村')).card))?.[0] ?? '';
}

describe('整顿 as figures', () => {
  it('goes on with every step, on the card, the page and the spreadsheet alike, and back by a relapse', async () => {
    const id = await list();
    await kit.tick(TODAY);
    await press('hao-haitao', 'rectification.dispatch', {
      ...{ case: id, kind: '第一书记', sender: '市公安局', senderKind: '机关', people: '赵春林、王明' },
    });
    const issue = /WT-\d{4}-\d{4}/.exec(await press('chen-delin', 'issues.report', ISSUE))?.[0] ?? '';
    await press('huang-changqing', 'rectification.link', { case: id, issue });
    await press('huang-changqing', 'rectification.plan', { case: id, ...PLAN });
    const figures = async () => {
      await kit.bot.pump();
      const { rows } = await look(kit);
      expect(await sheet(kit, '整顿')).toEqual(rows('weak'));
      expect(await sheet(kit, '派驻和结对')).toEqual(rows('help'));
      const card = wordsOf((await kit.person('bai-zhiyuan').say('公开')).card);
      expect(card).toContain(
        rows('weak')
          .map(([title, now]) => `${title}${now}`)
          .join('，'),
      );
      return Object.fromEntries(rows('weak').map(([title = '', ...cells]) => [title, cells]));
    };
    expect(await figures()).toEqual({
      ...{ '软弱涣散（列入）': ['1', '1'], 整顿中: ['1', ''], 巩固期: ['0', '0'] },
      ...{ 销号: ['0', '0'], 反弹: ['0', '0'] },
    });
    expect((await look(kit)).rows('help')[0]).toEqual(['第一书记', '2', '0', '0', '2']);
    await kit.person('huang-changqing').say(`受理 ${issue}`);
    await kit.person('huang-changqing').say(`办结 ${issue} 办好了`);
    await press('chen-delin', 'issues.verify', { issue, verdict: '满意' });
    await kit.person('huang-changqing').say(`申请验收 ${id}`);
    const counts = { satisfied: '16', basic: '1', unsatisfied: '1' };
    await press('hao-haitao', 'rectification.accept', { case: id, ...counts });
    expect(await figures()).toMatchObject({ 整顿中: ['0', ''], 巩固期: ['1', '1'] });
    // 可能反弹 changes nothing until somebody says so.
    await press('chen-delin', 'issues.report', ISSUE);
    expect(wordsOf((await kit.person('hao-haitao').say(`整顿 ${id}`)).card)).toContain('可能反弹');
    expect(await figures()).toMatchObject({ 整顿中: ['0', ''], 巩固期: ['1', '1'], 反弹: ['0', '0'] });
    await press('hao-haitao', 'rectification.relapse', { case: id });
    expect(await figures()).toEqual({
      ...{ '软弱涣散（列入）': ['1', '1'], 整顿中: ['1', ''], 巩固期: ['0', '1'] },
      ...{ 销号: ['0', '0'], 反弹: ['1', '1'] },
    });
    // Later it is still what it was on the last day of the quarter.
    kit.time('2027-02-01');
    await kit.bot.pump();
    expect((await look(kit, '', 'q=2026-Q4')).rows('weak')[1]).toEqual(['整顿中', '1', '']);
  });

  it('opens the cases for who may know of them, and the rule and the number for everybody else', async () => {
    const id = await list();
    await kit.tick(TODAY);
    for (const person of ['hao-haitao', 'huang-changqing', 'chen-delin', 'bai-zhiyuan', 'guo-chengye'])
      for (const path of ['zzb/active', 'qingshan/active', 'qingshan-shiqiao/listed']) {
        const { words } = await look(kit, path, '', person);
        expect(words, `${person} ${path}`).toContain('青石村');
        expect(words).toContain(id);
      }
    // Of another village, another county, a department; and where nobody was asked for a name.
    for (const person of ['huang-wenchang', 'du-hongbin', 'yu-zhenbang', null]) {
      const { words } = await look(kit, 'qingshan-shiqiao/active', '', person);
      expect(words, String(person)).not.toContain('青石村');
      expect(words).not.toContain(id);
      expect(words).toContain('不设比例、不定指标');
      expect(words).toContain('1个');
    }
    const open = wordsOf((await kit.person('hao-haitao').say('公开 青山县 整顿中')).card);
    expect(open).toContain('青石村');
    expect(wordsOf((await kit.person('hao-haitao').say('公开 青山县整顿中')).card)).toBe(open);
    const shut = wordsOf((await kit.person('huang-wenchang').say('公开 青山县 整顿中')).card);
    expect(shut).toContain('整顿中的支部：1个');
    expect(shut).not.toContain('青石村');
    expect((await kit.in('qingshan-shiqiao', 'hao-haitao').say('公开 青山县 整顿中')).text).toContain('单聊');
  });
});

describe('the records behind the other figures', () => {
  it('are the branches, walked from the city down, a page at a time', async () => {
    await kit.tick(TODAY);
    const { words, rows, href } = await look(kit, 'zzb/stars.5', '', 'huang-wenchang');
    expect(words).toContain('18个');
    expect(Object.fromEntries(rows('parts'))).toEqual({ 青山县: '6', 临溪县: '4', 云岭县: '2', 明湖区: '6' });
    expect(words.match(/5星/g)).toHaveLength(18);
    expect(href('下一页')).toBeUndefined();
    // 53 are more than a page.
    const first = await look(kit, 'zzb/stars.3');
    expect(first.words.match(/3星/g)).toHaveLength(50);
    const next = first.href('下一页') ?? '';
    const second = await look(kit, 'zzb/stars.3', next.slice(next.indexOf('?') + 1));
    expect(second.words.match(/3星/g)).toHaveLength(3);
    const names = [first, second].flatMap(({ html }) =>
      [...html.matchAll(/<li><span class="mark">3星.*?<\/li>/gs)].map(([all]) => all),
    );
    expect(new Set(names).size).toBe(53);
    expect((await look(kit, 'zzb/holds.chanye-xingwang')).words).toContain('44个');
  });

  it('are issues that the reader may see, each of them asked for', async () => {
    const secretary = kit.person('huang-wenchang');
    await secretary.say('上报');
    await secretary.click('提交', {
      ...{ title: '村口路灯坏了', aspect: '物', star: 'pingan-fazhi', source: '群众反映', urgency: '一般' },
      branch: 'qingshan-shiqiao-liuwan',
    });
    await kit.tick(TODAY);
    const sees = async (person: string | null, path: string) =>
      (await look(kit, path, '', person)).words.includes('村口路灯坏了');
    for (const person of ['huang-wenchang', 'huang-changqing', 'hao-haitao', 'bai-zhiyuan'])
      for (const path of ['qingshan-shiqiao/open', 'zzb/open'])
        expect(await sees(person, path), person).toBe(true);
    for (const person of ['chen-delin', 'du-hongbin', 'yu-zhenbang', null])
      for (const path of ['qingshan-shiqiao/open', 'zzb/open'])
        expect(await sees(person, path), String(person)).toBe(false);
    const shown = await look(kit, 'zzb/open', 'as=bai-zhiyuan', 'bai-zhiyuan');
    expect(shown.href('村口路灯坏了')).toBe('../../?as=bai-zhiyuan&open=WT-2026-0001');
    await kit.tick('2027-01-04');
    expect((await look(kit, 'qingshan-shiqiao/open', 'q=2026-Q4', 'bai-zhiyuan')).words).toContain(
      '明细没有留下来',
    );
  });

  it('are tasks by how many branches kept to the day', async () => {
    const head = kit.person('huang-changqing');
    await press('huang-changqing', 'tasks.assign', {
      ...{
        title: '入户走访',
        standard: '10户',
        units: 'below:qingshan-shiqiao',
        due: '2026-11-27',
        sure: 'yes',
      },
    });
    await kit.person('huang-wenchang').say('报进展 入户走访 12户');
    await kit.tick(TODAY);
    const row = async () => (await look(kit, 'qingshan')).rows('tasks').find(([name]) => name === '石桥镇');
    expect(await row()).toEqual(['石桥镇', '0', '0', '0', '0', '没有数据']);
    kit.time('2026-11-30');
    await kit.person('chen-delin').say('报进展 入户走访 10户');
    await kit.tick('2026-11-30', '18:00');
    await kit.tick('2026-12-01');
    expect(await row()).toEqual(['石桥镇', '9', '1', '1', '7', '11.1%']);
    expect(await sheet(kit, '任务', 'qingshan')).toEqual((await look(kit, 'qingshan')).rows('tasks'));
    const { words, href } = await look(kit, 'zzb/missing', '', 'huang-changqing');
    expect(words).toContain('按时1，迟报1，没报7');
    expect(href('入户走访')).toContain('open=RW-2026-0001');
    expect((await look(kit, 'zzb/missing', '', 'guo-chengye')).words).not.toContain('入户走访');
    expect(wordsOf((await head.say('公开')).card)).toContain('要报9份：按时1、迟报1、没报7');
  });
});

describe('季度通报', () => {
  it('is two pages of the same figures, offered where the push meeting is, which links to the board', async () => {
    const organiser = kit.person('bai-zhiyuan');
    await organiser.say('推进会 发起 12月18日上午9点');
    const form = JSON.stringify((await organiser.last()).card);
    expect(form).toContain('https://kit.example/board');
    await organiser.click('发起推进会', { place: '小礼堂' });
    await organiser.click('发起推进会');
    const id = /HS-2026-12-\d+/.exec(wordsOf((await organiser.last()).card))?.[0] ?? '';
    // However many buttons there are: what has no room among them stands in the text.
    const counts: number[] = [];
    const board = { 看板: 'https://kit.example/board?q=2026-Q4' };
    for (const [person, day, time] of [
      ['bai-zhiyuan', TODAY, '09:00'],
      ['guo-chengye', TODAY, '09:00'],
      ['guo-chengye', '2026-12-18', '08:50'],
      ['bai-zhiyuan', '2026-12-18', '09:10'],
    ] as const) {
      kit.time(day, time);
      const { card } = await kit.bot.draw({ text: '', card: { subject: { kind: 'meeting', id } } }, person);
      const shown = renderCard(card as Card);
      counts.push(buttonsOf(shown).length);
      expect(linksOf(shown)).toMatchObject({ 季度通报: expect.stringContaining('/d/'), ...board });
      expect((shown.actions as unknown[]).length).toBeLessThanOrEqual(5);
      const { lines, buttons } = drawingOf(card as Card);
      expect(JSON.stringify([lines, buttons])).toContain(board.看板);
      expect(shown.fallbackText).toContain(`看板：${board.看板}`);
    }
    expect(Math.max(...counts)).toBeGreaterThan(3);
    kit.time(TODAY);
    // In a group there is the board, and nothing that is one's own.
    const inGroup = await kit.bot.draw({ text: '', card: { subject: { kind: 'meeting', id } } }, null);
    expect(linksOf(inGroup.card)).toEqual(board);
    const token = /kit\.example\/d\/([\w-]+)/.exec(
      JSON.stringify((await organiser.say('季度通报')).card),
    )?.[1];
    const file = await kit.bot.download(token ?? '');
    if (typeof file === 'string') throw new Error(file);
    expect(file.name).toBe('2026年第四季度“五星”支部创建通报.docx');
    const words = wordsOfDocument(Buffer.from(file.body)).replace(/\s/g, '');
    const { rows } = await look(kit);
    for (const id of ['stars', 'holders', 'issues', 'meetings'])
      for (const cells of rows(id)) expect(words).toContain(cells.join(''));
    for (const said of ['三星以上104个（59.8%，104/174）', '新城街道', '不作为考核依据', '列入0个'])
      expect(words).toContain(said);
    expect((await kit.in('qingshan-shiqiao', 'hao-haitao').say('季度通报')).text).toContain('单聊');
    expect((await organiser.say('季度通报 2027年第一季度')).text).toContain('还没有到');
  });
});

describe('addresses', () => {
  it('that nobody was given lead nowhere, and what anybody may open says the rule alone', async () => {
    await list();
    await kit.tick(TODAY);
    for (const path of [
      'nobody',
      'zzb/nothing',
      'zzb/stars.9',
      'zzb/stars.5/more',
      '../zzb',
      'zzb/holds.',
      'zzb/__proto__',
    ])
      expect(await lookAt(kit, path), path).toBeUndefined();
    expect(await lookAt(kit, 'zzb', 'q=2099-Q9')).toBeDefined();
    const rule = await look(kit, 'zzb/active', '', ANYBODY);
    expect(rule.words).toContain('不设比例、不定指标');
    expect(rule.words).not.toMatch(/\d个|青石村|ZD-/);
    for (const path of ['qingshan/active', 'qingshan-shiqiao/stars.5'])
      expect(await lookAt(kit, path, '', ANYBODY)).toBeUndefined();
    // Neither a past quarter nor a comparison is anybody's: what changed would be a few.
    const now = await look(kit, '', '', ANYBODY);
    for (const query of ['q=2026-Q3', 'with=2026-Q3', 'sort=share'])
      expect((await look(kit, '', query, ANYBODY)).html).toBe(now.html);
    expect(now.words).not.toContain('比上季度');
  });
});
