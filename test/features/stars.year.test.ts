/** 创星 around the application: goals, what records say, standards, the negative list, what facts suggest, reminders. */

import { afterEach, describe, expect, it } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { listings } from '../../src/features/analysis/index.ts';
import { features } from '../../src/features/index.ts';
import { type IssueRecord, overdueFor } from '../../src/features/issues/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { actorOf, members, peopleOf } from '../../src/features/members/model.ts';
import { units } from '../../src/features/orgs/index.ts';
import { factsOn, type Material } from '../../src/features/stars/facts.ts';
import { goals, goalTodos } from '../../src/features/stars/goals.ts';
import { type Application, applications, namings, waitsIn } from '../../src/features/stars/model.ts';
import { standardOn } from '../../src/features/stars/standards.ts';
import { suggestions } from '../../src/features/stars/suggest.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { buttonsOf, createKit, inputsOf, type Kit, type Message, wordsOf } from '../kit.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const SECRETARY = 'huang-wenchang';
const TOWNSHIP = 'huang-changqing';
const COUNTY = 'hao-haitao';
const ORGANISER = 'bai-zhiyuan';
/** Lead 产业兴旺星 and 平安法治星. */
const [FARMING, SAFETY] = ['chen-qiming', 'guo-chengye'];
/** Sums of the board are not looked at here, and every tick would count them. */
const town = features.filter(({ name }) => name !== 'openness');
let kit: Kit;
afterEach(() => kit.end());

const heard = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;
const said = async (person: string, words: string) => heard(await kit.person(person).say(words));
const rowOf = (id: string) => kit.store.read((tx) => tx.table(applications).get(id));

/** An application that has come as far as a state. */
async function put(state: Application['state'], more: Partial<Application> = {}): Promise<string> {
  const place = { township: 'qingshan-shiqiao', county: 'qingshan', lead: 'nongyeju' };
  const row: Application = {
    ...{ id: '', branch: LIUWAN, star: 'chanye-xingwang', year: '2026', ...place, state, waits: '' },
    ...{ words: '', facts: [], inside: [], records: [], standard: '', steps: [], document: '' },
    until: state === 'public' ? '2026-12-11' : '',
    ...more,
  };
  const id = more.id ?? `${row.branch}|${row.star}|${row.year}`;
  await kit.store.transaction((tx) =>
    tx.table(applications).put({ ...row, id, waits: waitsIn(state, row, 'zzb') }),
  );
  return id;
}

describe('a year', () => {
  it('begins with goals, which those above see, and which the application begins with', async () => {
    kit = await createKit({ features: town, day: '2026-03-25' });
    // What 171 others would hear is the same.
    await kit.store.transaction(async (tx) => {
      const query = {
        where: { kind: ['village', 'community'] as const },
        order: 'name',
        limit: 200,
      } as const;
      for (const { id } of (await tx.table(units).find(query)).rows)
        for (const member of await peopleOf(tx, id))
          if (![SECRETARY, 'chen-delin'].includes(member.id)) await tx.table(members).delete(member);
    });
    await kit.tick('2026-03-25');
    await kit.tick('2026-03-26', '08:35');
    const asked = await kit.person(SECRETARY).last();
    expect(heard(asked)).toContain('请定目标');
    expect(heard(asked)).toContain('2026年创哪几颗星');
    const asksFor = async (person: string) =>
      buttonsOf((await kit.person(person).say('待办')).card).filter(({ op }) => op === 'stars.aim').length;
    // One line, in one's own chat, for who may set them: nobody's else.
    expect(await said(SECRETARY, '待办')).toMatch(
      /共1件，点一下打开。\n请定目标：2026年创哪几颗星（创星 · 3月31日前/,
    );
    expect(await asksFor(SECRETARY)).toBe(1);
    for (const person of [TOWNSHIP, COUNTY, FARMING, ORGANISER]) expect(await asksFor(person)).toBe(0);
    expect(heard(await kit.in('qingshan-shiqiao', SECRETARY).say('待办'))).not.toContain('请定目标');
    expect((await kit.person(SECRETARY).say('创星')).card).toBeDefined();
    expect(buttonsOf((await kit.person(SECRETARY).last()).card).map(({ title }) => title)).toContain(
      '定目标',
    );
    for (const [words, why] of [
      ['创星目标 平安法治星', '已经有了'],
      ['创星目标 宜业兴业星', '没有创建'],
      ['创星目标 卫生星', '没有“卫生星”'],
      ['创星目标 产业兴旺星 先守住现有的星', '不用再选'],
    ] as const)
      expect(await said(SECRETARY, words)).toContain(why);
    expect(await said(TOWNSHIP, '创星目标 产业兴旺星')).toContain('支部自己');
    expect(await said(SECRETARY, '创星目标 产业兴旺星、生态宜居星')).toContain(
      '2026年的目标：产业兴旺星、生态宜居星',
    );
    expect(await said(SECRETARY, '创星目标 产业兴旺星')).toContain('2026年的目标：产业兴旺星。');
    expect(await asksFor(SECRETARY)).toBe(0);
    // Later it has no day; when applications are over it asks for nothing any more, nor of who applied at once.
    const dueOn = (today: string) =>
      kit.store.read(async (tx) => {
        const at = { tx, now: instant(today, '09:00'), today, workdays: createLiveWorkdays() };
        const actor = await actorOf(tx, 'chen-delin');
        return actor && (await goalTodos(at, actor)).map(({ due }) => due);
      });
    expect(await dueOn('2026-01-01')).toEqual(['2026-03-31']);
    expect(await dueOn('2026-04-02')).toEqual([null]);
    expect(await dueOn('2026-10-20')).toEqual([null]);
    expect(await dueOn('2026-10-21')).toEqual([]);
    const early = await put('applied', { branch: 'qingshan-shiqiao-qingshi', star: 'wenming-xingfu' });
    expect(await dueOn('2026-03-26')).toEqual([]);
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(applications).get(early);
      if (row) await tx.table(applications).delete(row);
    });
    expect(await dueOn('2026-03-26')).toEqual(['2026-03-31']);
    expect(await said('chen-delin', '创星目标 先守住现有的星')).toContain('先守住现有的星');
    expect(await asksFor('chen-delin')).toBe(0);
    // The digest that was asked with is about nothing any more.
    const digest = (await kit.person(SECRETARY).messages()).find(({ id }) => id === asked.id);
    expect(heard(digest as Message)).toContain('都办好了');

    const seen = await said(TOWNSHIP, '创星');
    expect(seen).toContain('目标定了2个支部');
    expect(seen).toContain('柳湾村党支部 产业兴旺星');
    expect(await said(FARMING, '创星')).toContain('1个：产业兴旺星目标（青山县委1）');
    expect(await said(COUNTY, '创星')).toContain('1个：产业兴旺星目标');

    const dates = { aim: '2026-03-31', apply: '2026-04-17', township: '2026-04-24' };
    const later = { county: '2026-05-15', lead: '2026-05-22', city: '2026-05-29' };
    await kit.person(ORGANISER).press('stars.calendar', { ...dates, ...later });
    await kit.tick('2026-04-14', '08:35');
    expect(heard(await kit.person(SECRETARY).last())).toContain('可以申报了');
    expect(heard(await kit.person('chen-delin').last())).not.toContain('可以申报了');
    const form = await kit.person(SECRETARY).say('创星 申报');
    expect(inputsOf(form.card)).toMatchObject({ star: 'chanye-xingwang' });
    expect(heard(form)).toContain('标准（2026版）');
    expect(heard(form)).toContain('没有产业兴旺星的问题记录');
    expect((await kit.person(SECRETARY).click('提交申报', { words: '' })).text).toContain('已申报');
    expect(
      (await kit.store.read((tx) => tx.table(goals).get(`${LIUWAN}|2026|chanye-xingwang`)))?.applied,
    ).toBe(true);
    await kit.tick('2026-04-21', '08:35');
    expect(heard(await kit.person(TOWNSHIP).last())).toContain('请评星');
    const all = (await kit.person(TOWNSHIP).messages()).map(heard);
    expect(all.filter((one) => one.includes('请评星'))).toHaveLength(1);
  });

  it('has the days that the organiser sets', async () => {
    kit = await createKit({ features: town, day: '2026-11-20' });
    await kit.tick('2026-11-20');
    expect(await said(COUNTY, '创星日程')).toContain('由市委组织部来定');
    const organiser = kit.person(ORGANISER);
    await organiser.say('创星日程');
    expect(heard(await organiser.click('创星日程', { apply: '2026-03-01' }))).toContain('申报不能早于定目标');
    const dates = { apply: '2026-11-26', township: '2026-12-02', county: '2026-12-04', lead: '2026-12-08' };
    expect(heard(await organiser.click('创星日程', { ...dates, city: '2026-12-10' }))).toContain(
      '申报11月26日前',
    );
    await put('applied');
    await kit.tick('2026-11-27', '08:35');
    expect(heard(await kit.person(TOWNSHIP).last())).toContain('石桥镇党委：创星申报1份');
    await kit.tick('2026-11-30', '08:35');
    expect(
      (await kit.person(TOWNSHIP).messages()).filter((one) => heard(one).includes('请评星')),
    ).toHaveLength(1);
    // The end of a publicity is the organiser's to know.
    await put('public', { star: 'wenming-xingfu', lead: 'minzhengju' });
    await kit.tick('2026-12-14', '08:35');
    expect(heard(await kit.person(ORGANISER).last())).toContain('1颗星公示期满');
  });
});

describe('what records say', () => {
  const issue = (id: string, state: 'active' | 'closed', more: Partial<IssueRecord> = {}): IssueRecord => ({
    ...{ id, title: '', branch: LIUWAN, star: 'chanye-xingwang', aspect: '物', source: '群众反映' },
    ...{ recurrenceOf: null, reportedOn: '2026-05-06' },
    standings: [{ on: '2026-05-06', state, owner: '', deadline: '', via: null, verdict: null, recurs: null }],
    ...more,
  });
  const star = { id: 'chanye-xingwang', name: '产业兴旺星', lead: 'nongyeju' };

  it('comes from issues, tasks, meetings and rectification, and names each record', async () => {
    kit = await createKit({ features: town });
    const material: Material = {
      issues: [
        issue('WT-2026-0001', 'closed'),
        issue('WT-2026-0002', 'active', { recurrenceOf: 'WT-2026-0001' }),
        issue('WT-2026-0003', 'active', { star: 'pingan-fazhi' }),
      ],
      checkins: [
        { task: 'RW-2026-0001', issuer: 'nongyeju', late: false, state: 'passed' },
        { task: 'RW-2026-0001', issuer: 'nongyeju', late: true, state: 'in' },
        { task: 'RW-2026-0002', issuer: 'qingshan', late: true, state: 'in' },
      ],
      meetings: [
        { id: 'HS-2026-06-01', star: star.id, date: '2026-06-10', about: ['WT-2026-0002'] },
        { id: 'HS-2026-07-01', star: star.id, date: '2026-07-10', about: ['WT-2026-0099'] },
      ],
      cases: [
        { id: 'ZD-2026-0001', listedOn: '2026-02-02', closedOn: null },
        { id: 'ZD-2026-0002', listedOn: '2026-12-03', closedOn: null },
      ],
      held: 3,
    };
    const found = factsOn(material, star, '2026', '2026-10-10');
    expect(found.facts).toEqual([
      '2026年产业兴旺星的问题已销号1件（WT-2026-0001），未销号1件（WT-2026-0002）',
      '反弹1件（WT-2026-0002）',
      '牵头单位的任务报了2次（RW-2026-0001），通过1次，超期1次',
      '会商研究过1次（HS-2026-06-01）',
      '现在有3颗星',
    ]);
    expect(found.inside).toEqual(['ZD-2026-0001 在整顿']);
    expect(found.records).toEqual([
      'WT-2026-0001',
      'WT-2026-0002',
      'RW-2026-0001',
      'HS-2026-06-01',
      'ZD-2026-0001',
    ]);
    const none = { issues: [], checkins: [], meetings: [], cases: [], held: 0 };
    expect(factsOn(none, star, '2026', '2026-10-10').facts.join()).toContain('没有产业兴旺星的问题记录');
  });

  it('stays as it was when the branch applied, and opens for who may', async () => {
    kit = await createKit({ features: town });
    const branch = kit.person(SECRETARY);
    await branch.say('上报 冷库坏了');
    await branch.click('提交', { star: 'chanye-xingwang', aspect: '物' });
    await branch.say('创星申报 产业兴旺星 合作社带动八十户');
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(issues).get('WT-2026-0001');
      if (row) await tx.table(issues).put({ ...row, state: 'closed' });
    });
    const shown = await said(TOWNSHIP, '评星 产业兴旺星');
    expect(shown).toContain('已销号0件，未销号1件（WT-2026-0001）');
    expect(shown).toContain('标准（2026版） 有一样带得动农户的产业');
    expect(shown).toContain('负面清单 没有');
    const list = await kit.person(TOWNSHIP).click('看依据');
    expect(buttonsOf(list.card).map(({ op }) => op)).toContain('issues.show');
    const issue = await kit.person(TOWNSHIP).press('issues.show', { issue: 'WT-2026-0001' });
    expect(JSON.stringify(issue.shown)).toContain('冷库坏了');
  });
});

describe('standards', () => {
  const sheet = (rows: readonly (readonly string[])[]) =>
    writeXlsx(
      rows.map((row) => row.map((value) => ({ value, type: String }))),
      { sheet: '标准' },
    ).toBuffer();

  it('are imported after a look, for a star that one leads, and never changed once they are in force', async () => {
    kit = await createKit({ features: town });
    const lead = kit.person(SAFETY);
    expect((await lead.say('导入标准')).text).toContain('第一行写列名');
    expect((await kit.person(TOWNSHIP).say('导入标准')).text).toContain('牵头单位或市委组织部');
    const file = await sheet([
      ['星', '标准', '版本', '起用日期'],
      ['平安法治星', '矛盾不出村，有记录可查。', '2027版', '2027-01-01'],
      ['平安法治星', '改一改今年的。', '2026版', ''],
      ['产业兴旺星', '不是本单位牵头的。', '2027版', '2027-01-01'],
      ['卫生星', '没有。', '2027版', ''],
    ]);
    const look = heard(await lead.send({ '标准.xlsx': new Uint8Array(file) }));
    for (const part of ['导入1颗星的标准', '有问题3行', '2026版已经起用', '不是本单位牵头', '没有这颗星'])
      expect(look).toContain(part);
    const on = (day: string) =>
      kit.store.read(async (tx) => (await standardOn(tx, 'pingan-fazhi', day))?.version);
    expect(await on('2027-01-01')).toBe('2026版');
    await lead.click('导入');
    expect([await on('2026-12-31'), await on('2027-01-01')]).toEqual(['2026版', '2027版']);
    expect((await lead.press('stars.applyStandards', {})).shown.text).toContain('已经导入过');
    kit.time('2027-01-04');
    expect(await said(SECRETARY, '创星标准 平安法治星')).toContain('矛盾不出村');
  });
});

describe('the negative list', () => {
  it('says who wrote what when, stops what it is about, and is not for everybody to see', async () => {
    kit = await createKit({ features: town, day: '2026-12-07' });
    const id = await put('agreed');
    expect((await kit.person(TOWNSHIP).say('登记负面清单 柳湾村 重大问题 安全事故')).text).toContain(
      '由县区、牵头单位',
    );
    expect((await kit.person('chen-delin').say('负面清单 柳湾村')).text).toContain('没有找到');
    const county = kit.person(COUNTY);
    expect((await kit.in('qingshan', COUNTY).say('负面清单 柳湾村')).text).toContain('不在群里说');
    await county.say('登记负面清单 柳湾村 重大问题 发生一起安全事故');
    await county.click('登记负面清单', { date: '2026-11-16' });
    expect((await county.last()).text).toContain('已登记');
    expect(await said(COUNTY, '评星 产业兴旺星')).toMatch(
      /负面清单 重大问题：11月16日，发生一起安全事故（青山县委 \S+12月7日登记）/,
    );
    expect(buttonsOf((await county.last()).card).map(({ title }) => title)).not.toContain('同意');
    expect((await county.press('stars.agree', { application: id })).shown.text).toContain('负面清单');
    expect(await said(COUNTY, '全部同意 产业兴旺星')).toContain('柳湾村党支部 产业兴旺星');
    expect((await rowOf(id))?.state).toBe('agreed');

    // It comes late: what is in publicity waits, and is not let go on while it stands.
    const late = await put('public', { star: 'wenming-xingfu', lead: 'minzhengju' });
    await said(SAFETY, '登记负面清单 柳湾村 弄虚作假 台账是补的');
    await kit.person(SAFETY).click('登记负面清单', { star: 'wenming-xingfu', date: '2026-12-01' });
    expect((await rowOf(late))?.state).toBe('objected');
    const organiser = kit.person(ORGANISER);
    const settle = { application: late, outcome: 'dismiss', words: '核实过了' };
    expect((await organiser.press('stars.settle', settle)).shown.text).toContain('先撤销登记');
    await kit.person(SAFETY).say('撤销登记 柳湾村 核实过，是真的');
    await county.say('撤销登记 柳湾村 责任不在支部');
    await organiser.press('stars.settle', settle);
    expect((await rowOf(late))?.state).toBe('public');
    await county.press('stars.agree', { application: id });
    expect((await rowOf(id))?.state).toBe('reviewed');
    expect(await said(SECRETARY, '负面清单')).toContain('已撤销');
  });

  it('has the list of weak branches: no 支部过硬星, and the lead is asked about one that is held', async () => {
    kit = await createKit({ features: town, day: '2026-12-03' });
    const YANG = 'qingshan-shiqiao-qingshi';
    await kit.store.transaction(async (tx) => {
      const unit = await tx.table(units).get(YANG);
      if (unit) await tx.table(units).put({ ...unit, stars: [] });
    });
    const id = await put('public', { branch: YANG, star: 'zhibu-guoying', lead: 'zzb' });
    for (const branch of [YANG, LIUWAN]) {
      const type = { type: '班子不团结' as const, words: '两委不和', by: TOWNSHIP, unit: 'qingshan-shiqiao' };
      const place = { branch, township: 'qingshan-shiqiao', county: 'qingshan' };
      const { id: listing } = await kit.store.transaction((tx) =>
        tx.table(listings).put({
          ...{ id: `${branch}|1`, ...place, state: 'proposed', level: 'none', facts: [], types: [type] },
          ...{ version: '2026版', proposedBy: TOWNSHIP, proposedName: '', proposedUnit: 'qingshan-shiqiao' },
          ...{ proposedOn: '2026-12-03', decidedBy: null, decidedName: '', decidedOn: null, meeting: null },
          ...{ reason: '', statements: [] },
        }),
      );
      await kit.person(COUNTY).press('analysis.confirm', { listing, date: '2026-12-03' });
    }
    expect((await rowOf(id))?.state).toBe('objected');
    expect(await said(ORGANISER, '评星 支部过硬星')).toContain('列入软弱涣散，没有支部过硬星（青山县委');
    const found = await kit.store.read(
      async (tx) =>
        (await tx.table(suggestions).find({ where: { waits: 'zzb' }, order: 'on', limit: 10 })).rows,
    );
    expect(found.map(({ branch, star }) => [branch, star])).toEqual([[LIUWAN, 'zhibu-guoying']]);
    // Nobody of the village, nor of the departments that are not to know.
    expect(heard(await kit.person('yu-zhenbang').say('公示'))).not.toContain('软弱涣散');
  });
});

describe('what facts suggest', () => {
  const STAR = 'pingan-fazhi';
  /** Reported again and again, each closed before the next. */
  async function report(title: string): Promise<string> {
    const branch = kit.person(SECRETARY);
    await branch.say(`上报 ${title}`);
    await branch.click('提交', { star: STAR, aspect: '物', source: '自查' });
    return /WT-\d+-\d+/.exec((await branch.last()).text + wordsOf((await branch.last()).card))?.[0] ?? '';
  }
  async function close(number: string): Promise<void> {
    await kit.person(TOWNSHIP).press('issues.accept', { issue: number });
    await kit.person(TOWNSHIP).press('issues.resolve', { issue: number, words: '修好了' });
    await kit.person(SECRETARY).press('issues.verify', { issue: number });
  }
  const waiting = () =>
    kit.store.read(
      async (tx) =>
        (await tx.table(suggestions).find({ where: { waits: 'zhengfawei' }, order: 'on', limit: 10 })).rows,
    );

  it('is two that came back within 180 days: the lead decides, and the same is not said again', async () => {
    kit = await createKit({ features: town, day: '2026-11-02' });
    await close(await report('路灯坏了'));
    const first = await report('路灯又坏了');
    await close(first);
    expect(await waiting()).toHaveLength(0);
    const second = await report('路灯第三次坏了');
    expect(await waiting()).toMatchObject([
      { branch: LIUWAN, star: STAR, facts: [{ records: [first, second] }] },
    ]);
    expect(await said(SAFETY, '待办')).toContain('180天内反弹2件');
    const card = await said(SAFETY, '预警提示 柳湾村 平安法治星');
    expect(card).toContain(`180天内反弹2件（${first}、${second}）`);
    expect(card).toContain('标准（2026版）');
    expect(
      (await kit.person(FARMING).press('stars.suggestion', { suggestion: (await waiting())[0]?.id })).shown
        .text,
    ).toContain('没有找到');
    expect((await kit.person(SECRETARY).say('不算 柳湾村 平安法治星 一回事')).text).toContain('评星由单位');

    // One of them was none: there is nothing to decide. Then it was, after all.
    await kit.person(SAFETY).press('issues.single', { issue: second });
    expect(await waiting()).toHaveLength(0);
    await close(second);
    const third = await report('路灯第四次坏了');
    expect(await waiting()).toMatchObject([{ facts: [{ records: [first, third] }] }]);
    await kit.person(SAFETY).say('不算 柳湾村 平安法治星');
    expect((await kit.person(SAFETY).click('不算', { reason: '换过一次灯，不是一回事' })).text).toContain(
      '不再提示',
    );
    await close(third);
    await close(await report('路灯第五次坏了'));
    expect(await waiting()).toHaveLength(0);
    await report('路灯第六次坏了');
    expect(await waiting()).toHaveLength(1);
    const form = await kit.person(SAFETY).say('预警 柳湾村 平安法治星');
    expect(String(inputsOf(form.card).reason)).toContain('180天内反弹2件');
    await kit.person(SAFETY).click('预警');
    expect(heard(await kit.person(SECRETARY).last())).toContain('预警：180天内反弹2件');
    expect(await waiting()).toHaveLength(0);
    const warning = await said(SECRETARY, '待办');
    expect(warning).not.toContain('可能要预警');
  });

  it('is one that is red for more than 30 working days, found by the work of the day; the branch hears before its term ends', async () => {
    kit = await createKit({ features: town, day: '2026-06-01' });
    const number = await report('护栏倒了');
    const deadline = (await kit.store.read((tx) => tx.table(issues).get(number)))?.deadline ?? '';
    const workdays = createLiveWorkdays();
    const span = { more: 30, recent: 20 };
    const red = (today: string) =>
      kit.store.read(async (tx) =>
        (await overdueFor({ tx, today, workdays }, span)).rows.map(({ id }) => id),
      );
    expect([await red(workdays.add(deadline, 30)), await red(workdays.add(deadline, 31))]).toEqual([
      [],
      [number],
    ]);
    const day = workdays.add(deadline, 31);
    await kit.tick(day, '09:00');
    await kit.bot.pump();
    expect(await waiting()).toMatchObject([{ facts: [{ kind: 'red', records: [number] }] }]);
    expect(heard(await kit.person(SAFETY).last())).toContain(`问题超期超过30个工作日（${number}）`);
    await kit.person(SAFETY).say('预警 柳湾村 平安法治星');
    await kit.person(SAFETY).click('预警');
    expect(await said(SECRETARY, '待办')).toContain('请整改');
    const until = addDays(day, 60);
    const before = workdays.add(workdays.isWorkday(until) ? until : workdays.add(until, 1), -3);
    await kit.tick(before, '08:35');
    expect(heard(await kit.person(SECRETARY).last())).toContain('预警的限期快到了');
    await kit.tick(workdays.add(until, 1), '08:35');
    expect(heard(await kit.person(SAFETY).last())).toContain('请定保星还是摘星');
  });
});

describe('what is pressed wrongly', () => {
  it('changes nothing and says what to do: by strangers, too late, twice, by who had a say, of branches that are gone', async () => {
    kit = await createKit({ features: town, day: '2026-12-07' });
    const answer = async (person: string, op: string, data: Record<string, unknown>) =>
      (await kit.person(person).press(op, data)).shown.text;
    const shown = await put('public');
    const application = { application: shown, reason: '和看到的不一样' };
    expect(await answer('nobody-at-all', 'stars.object', application)).toContain('绑定');
    expect((await rowOf(shown))?.state).toBe('public');
    // Anyone who is bound may, somebody of the branch too; whoever did has no say in what comes of it.
    expect(await answer(SECRETARY, 'stars.object', application)).toContain('先停下');
    expect(await answer(ORGANISER, 'stars.object', application)).toContain('异议处理中');
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(applications).get(shown);
      if (row) await tx.table(applications).put({ ...row, state: 'public', waits: '' });
    });
    await answer(ORGANISER, 'stars.object', application);
    const settle = { application: shown, outcome: 'dismiss', words: '核实过了' };
    expect(await answer(ORGANISER, 'stars.settle', settle)).toContain('换一位同志');
    await answer('guo-yuxia', 'stars.settle', settle);
    expect((await rowOf(shown))?.state).toBe('public');
    kit.time('2026-12-14');
    expect(await answer('chen-delin', 'stars.object', application)).toContain('公示期已经过了');

    // One person of several posts decides once.
    const twice = await put('reviewed', {
      star: 'pingan-fazhi',
      lead: 'zhengfawei',
      steps: [{ on: '2026-12-01', person: SAFETY, unit: 'qingshan', what: '同意', words: '' }],
    });
    expect(await answer(SAFETY, 'stars.recognise', { application: twice })).toContain('换一位同志');
    expect(await said(SAFETY, '全部同意 平安法治星')).toContain('自己经手过的1份不在里面');
    expect(await said(SAFETY, '评星 卫生星')).toContain('没有这颗星');
    expect(await said(SAFETY, '评星 平安法治星 月亮县')).toContain('没认出是哪个县区');

    // A branch that came to another township is that one's to look at; one that is gone can only wait.
    const moved = await put('applied', { star: 'shengtai-yiju' });
    await kit.store.transaction(async (tx) => {
      const unit = await tx.table(units).get(LIUWAN);
      if (unit) await tx.table(units).put({ ...unit, parent: 'linxi-xikou' });
    });
    await answer(TOWNSHIP, 'stars.agree', { application: moved });
    expect(await rowOf(moved)).toMatchObject({ state: 'agreed', county: 'linxi', waits: 'linxi' });
    expect(await answer(COUNTY, 'stars.agree', { application: moved })).toContain('没有找到');
    const gone = await put('reviewed', { branch: 'qingshan-shiqiao-merged' });
    expect(await answer(FARMING, 'stars.recognise', { application: gone })).toContain('已经撤并');
    expect(await said(FARMING, '全部同意 产业兴旺星')).toContain('没有等本单位评的');
    await answer(FARMING, 'stars.decline', { application: gone, reason: '支部撤并了' });
    expect((await rowOf(gone))?.state).toBe('declined');
    const lost = await put('public', { branch: 'qingshan-shiqiao-merged', star: 'wenming-xingfu' });
    await answer(ORGANISER, 'stars.name', {
      document: '示党建〔2026〕31号',
      date: '2026-12-14',
      sure: 'yes',
    });
    expect([(await rowOf(lost))?.state, (await rowOf(shown))?.state]).toEqual(['declined', 'named']);
    const naming = await kit.store.read((tx) => tx.table(namings).get('示党建〔2026〕31号'));
    expect(naming).toMatchObject({ count: 1, done: true });
    // It is taken while another star of the same branch is held by an objection: each goes its own way.
    const held = await put('objected', {
      star: 'shengtai-yiju',
      id: `${LIUWAN}|shengtai-yiju|2025`,
      year: '2025',
    });
    const star = { branch: LIUWAN, star: 'pingan-fazhi' };
    await answer(SAFETY, 'stars.warn', { ...star, reason: '半年反弹两次' });
    await answer(SAFETY, 'stars.propose', { ...star, reason: '没有整改' });
    await answer(SECRETARY, 'stars.answer', { ...star, reason: '在调解' });
    const taken = { ...star, document: '示党建〔2026〕32号', reason: '没有整改' };
    expect(await answer(ORGANISER, 'stars.take', taken)).toContain('已摘');
    expect(await answer('guo-yuxia', 'stars.take', taken)).toContain('已摘星');
    expect((await rowOf(held))?.state).toBe('objected');
  });

  it('is agreed to at once however many wait: 114 of one star, one county first', async () => {
    kit = await createKit({ features: town, day: '2026-12-07' });
    const villages = await kit.store.read(
      async (tx) =>
        (await tx.table(units).find({ where: { kind: 'village' }, order: 'name', limit: 200 })).rows,
    );
    expect(villages).toHaveLength(113);
    for (const { id: branch, parent } of villages)
      await put('reviewed', { branch, county: String(parent).split('-')[0] ?? '', township: String(parent) });
    // One that is the person's own to leave out, and one of another star.
    const steps = [{ on: '2026-12-01', person: FARMING, unit: 'linxi', what: '同意', words: '' }];
    await put('reviewed', { id: 'one more', branch: LIUWAN, steps });
    const list = await kit.person(FARMING).say('评星');
    expect(heard(list)).toContain('等本单位评的114份');
    expect(heard(list)).toContain('产业兴旺星 云岭县委');
    const reviewed = (county: string) =>
      kit.store.read((tx) =>
        tx.table(applications).count({ waits: 'nongyeju', star: 'chanye-xingwang', county }),
      );
    const before = await reviewed('yunling');
    expect(before).toBeGreaterThan(10);
    await kit.person(FARMING).say('全部同意 产业兴旺星 云岭县');
    expect((await kit.person(FARMING).click('全部同意')).text).toContain(
      `已同意${before}份，还有${114 - before}份在等`,
    );
    expect(await reviewed('yunling')).toBe(0);
    await kit.person(FARMING).say('全部同意 产业兴旺星');
    expect((await kit.person(FARMING).click('全部同意')).text).toContain(
      `已同意${113 - before}份，还有1份在等`,
    );
  });
});
