/** 整顿: the stories of the programme, told through the kernel. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { features } from '../../src/features/index.ts';
import { units } from '../../src/features/orgs/index.ts';
import { rectification } from '../../src/features/rectification/index.ts';
import { type Case, cases, team } from '../../src/features/rectification/model.ts';
import { bindGroup, createKit, inputsOf, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

const QINGSHI = 'qingshan-shiqiao-qingshi';
const PLAN = {
  cause: '支委会开不起来',
  measures: '补开支委会\n修好村口路',
  person: '陈德林',
  countyLeader: '郝海涛',
  townshipLeader: '黄长青',
};

let kit: Kit;
let county: Screen;
let deputy: Screen;
let head: Screen;
let secretary: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
  [county, deputy, head, secretary] = kit.people(
    'hao-haitao',
    'huang-chunyan',
    'huang-changqing',
    'chen-delin',
  );
});
afterEach(() => kit.end());

const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;

/** The deputy proposes, the head of the county lists. */
async function list(day = '2026-12-03', branch = QINGSHI): Promise<string> {
  kit.time(day);
  const type = { type: '班子不团结', words: '两个月没开支委会' };
  expect((await deputy.press('analysis.propose', { branch, ...type })).shown.text).toContain('建议列入');
  expect((await county.press('analysis.confirm', { branch, date: day })).refused).toBe(false);
  return (await caseOf(branch)).id;
}

const caseOf = (branch = QINGSHI): Promise<Case> =>
  kit.store.read(async (tx) => {
    const query = { where: { branch }, order: 'listedOn', desc: true, limit: 1 } as const;
    const [one] = (await tx.table(cases).find(query)).rows;
    if (!one) throw new Error(`${branch} has no case`);
    return one;
  });

async function reports(title: string, more: Record<string, unknown> = {}): Promise<string> {
  const fields = { title, star: 'shengtai-yiju', aspect: '物', source: '群众反映', ...more };
  const { shown } = await secretary.press('issues.report', fields);
  return /WT-\d{4}-\d{4}/.exec(shown.text)?.[0] ?? '';
}

async function solves(number: string): Promise<void> {
  await head.say(`受理 ${number}`);
  await head.say(`办结 ${number} 办好了`);
  expect((await secretary.press('issues.verify', { issue: number, verdict: '满意' })).refused).toBe(false);
}

/** A case with a plan and one linked issue, 待验收. */
async function applied(): Promise<{ id: string; issue: string }> {
  const id = await list();
  const issue = await reports('村口路坏了');
  await head.press('rectification.link', { case: id, issue });
  expect((await head.press('rectification.plan', { case: id, ...PLAN })).shown.text).toContain('2条措施');
  expect((await head.say(`申请验收 ${id}`)).text).toContain('已申请验收');
  return { id, issue };
}

async function settling(): Promise<{ id: string; issue: string }> {
  const { id, issue } = await applied();
  await solves(issue);
  const counts = { satisfied: '16', basic: '1', unsatisfied: '1' };
  const { shown } = await county.press('rectification.accept', { case: id, ...counts });
  expect(shown.text).toContain('94.4%');
  expect((await caseOf()).state).toBe('settling');
  return { id, issue };
}

describe('整顿 begins', () => {
  it('has its plan due on 12-17 and its deadline on 2027-06-01, and tells the county of a missing first secretary', async () => {
    await kit.tick('2026-12-03');
    const id = await list();
    expect(await caseOf()).toMatchObject({ planDue: '2026-12-17', deadline: '2027-06-01', state: 'active' });
    expect(said(await county.say(`整顿 ${id}`))).toContain('请在12月17日前定好方案');
    expect(said(await county.say('待办'))).toContain('请定方案');
    const before = (await secretary.messages()).length;
    await kit.tick('2026-12-17', '09:00');
    const line = said(await county.last());
    expect(line).toContain('青石村党支部：还没有第一书记');
    expect(said(await head.last())).not.toContain('还没有第一书记');
    expect((await secretary.messages()).length).toBe(before);
  });

  it('makes a task of each measure and draws its progress from issues and tasks', async () => {
    const id = await list();
    const issue = await reports('村口路坏了');
    await county.say(`关联问题 ${id} ${issue}`);
    await county.say(`定方案 ${id}`);
    const made = await county.click('定方案', PLAN);
    const [task = ''] = /RW-\d{4}-\d{4}/.exec(made.text) ?? [];
    expect(said(await secretary.say('待办'))).toContain('补开支委会');
    expect(said(await county.say('整顿 青石村'))).toContain('问题已销号0/1，措施完成0/2');
    await solves(issue);
    await secretary.press('tasks.submit', { task, percent: '100', words: '开了两次' });
    const checkin = `${task}|once|${QINGSHI}`;
    expect((await county.press('tasks.pass', { checkin })).refused).toBe(false);
    expect(said(await county.say('整顿 青石村'))).toContain('问题已销号1/1，措施完成1/2');
    // Changed, a measure that stays keeps its task.
    const changed = { ...PLAN, case: id, measures: '补开支委会\n换灯', deadline: '2027-06-01' };
    expect((await head.press('rectification.plan', changed)).shown.text).toContain(task);
    expect((await caseOf()).plan?.measures.map(({ text }) => text)).toEqual(['补开支委会', '换灯']);
    const many = { ...changed, measures: '一\n二\n三\n四\n五\n六' };
    expect(said(await deputy.say(`定方案 ${id}`))).toContain('措施');
    expect((await head.press('rectification.plan', many)).shown.text).toContain('措施最多5条');
    expect(
      (await head.press('rectification.plan', { ...changed, deadline: '2027-01-20' })).shown.text,
    ).toContain('60到365天');
  });

  it('sends people of three kinds, lets them see the case, and hears of the end 30 days before', async () => {
    await kit.tick('2026-12-03');
    const id = await list();
    const sent = {
      case: id,
      kind: '第一书记',
      sender: '市公安局',
      senderKind: '机关',
      people: '赵春林',
      to: '2027-02-01',
    };
    const police = kit.person('zhao-chunlin');
    expect((await police.say(`整顿 ${id}`)).text).toContain('没有找到');
    expect((await county.press('rectification.dispatch', sent)).shown.text).toContain('赵春林');
    expect(said(await police.last())).toContain('青石村党支部');
    expect(said(await police.say(`整顿 ${id}`))).toContain('第一书记 赵春林');
    for (const [change, why] of [
      [{}, '赵春林已经派在那里'],
      [{ people: '钱七', from: '2020-01-01', to: '2021-01-01' }, '到期的日子已经过了'],
      [{ people: '钱七', from: '2027-03-01' }, '到期要在开始以后'],
    ] as const)
      expect((await county.press('rectification.dispatch', { ...sent, ...change })).shown.text).toContain(
        why,
      );
    await county.press('rectification.dispatch', {
      ...{ case: id, kind: '工作队', sender: '市供电公司', senderKind: '国企', people: '甲、乙' },
    });
    const card = said(await county.say(`整顿 ${id}`));
    expect(card).toContain('工作队 甲、乙（市供电公司，国企');
    expect(said(await county.say('派驻'))).toContain('青石村党支部');
    expect((await head.press('rectification.dispatch', sent)).refused).toBe(true);
    await kit.tick('2027-01-04', '09:00');
    for (const who of [county, kit.person('yu-zhenbang')])
      expect(said(await who.last())).toContain('还有30天到期');
    expect((await county.say(`派驻评价 ${id} 住村200天，调处12件`)).text).toContain('记下了');
    // It goes to the successor.
    await kit.person('yu-zhenbang').press('members.handover', {
      ...{ person: 'zhao-chunlin|gonganju', to: 'yu-zhenbang|gonganju', sure: 'yes' },
    });
    expect(await kit.store.read((tx) => tx.table(team).get(`${id}|yu-zhenbang`))).toBeDefined();
  });

  it('is extended once by the county, then by the organiser', async () => {
    const id = await list();
    const more = { case: id, reason: '等汛期过去' };
    const organiser = kit.person('bai-zhiyuan');
    expect((await organiser.press('rectification.extend', { ...more, date: '2027-07-01' })).refused).toBe(
      true,
    );
    expect((await county.press('rectification.extend', { ...more, date: '2027-07-01' })).refused).toBe(false);
    expect(
      (await county.press('rectification.extend', { ...more, date: '2027-08-01' })).shown.text,
    ).toContain('再延由市委组织部来定');
    expect((await organiser.press('rectification.extend', { ...more, date: '2027-08-01' })).refused).toBe(
      false,
    );
    expect(await caseOf()).toMatchObject({ deadline: '2027-08-01', extended: 2 });
  });
});

describe('a branch that is moved or merged meanwhile', () => {
  it('leaves its case with those who have it, and in nobody’s way', async () => {
    const id = await list();
    await kit.store.transaction(async (tx) => {
      const unit = await tx.table(units).get(QINGSHI);
      if (unit) await tx.table(units).put({ ...unit, parent: 'qingshan-maicang' });
    });
    expect(said(await head.say(`整顿 ${id}`))).toContain('请在12月17日前定好方案');
    await kit.store.transaction(async (tx) => {
      const unit = await tx.table(units).get(QINGSHI);
      if (unit) await tx.table(units).delete(unit);
    });
    for (const who of [head, county]) {
      expect(said(await who.say('待办'))).toContain('请定方案');
      expect(said(await who.say(`整顿 ${id}`))).toContain(id);
    }
    expect(said(await county.say('结对'))).toContain('没有在整顿的支部');
    expect(said(await county.say('软弱涣散'))).toContain('在册1个');
  });
});

describe('验收', () => {
  it('fails with 9/4/2 of 15, waits for every linked issue, wants 15 residents, and takes 16/1/1 of 18', async () => {
    const { id, issue } = await applied();
    const press = (counts: object, who = county) =>
      who.press('rectification.accept', { case: id, ...counts });
    const good = { asked: '18', satisfied: '16', basic: '1', unsatisfied: '1' };
    const blocked = await press(good);
    expect(blocked.shown.text + JSON.stringify(blocked.shown.card)).toContain(`${issue}还没有销号`);
    expect((await caseOf()).state).toBe('applied');
    await solves(issue);
    const few = await press({ asked: '12', satisfied: '12', basic: '0', unsatisfied: '0' });
    expect(few.shown.text + JSON.stringify(few.shown.card)).toContain('人数不够');
    expect((await caseOf()).state).toBe('applied');
    const failed = await press({ asked: '15', satisfied: '9', basic: '4', unsatisfied: '2' });
    expect(failed.shown.text).toContain('86.7%');
    expect(failed.shown.text).toContain('验收不合格');
    expect((await caseOf()).state).toBe('active');
    await head.say(`申请验收 ${id}`);
    expect((await press(good)).shown.text).toContain('94.4%');
    expect(await caseOf()).toMatchObject({ state: 'settling', settledUntil: '2027-12-03' });
  });

  it('keeps what it cannot read in the form, and changes nothing', async () => {
    const { id, issue } = await applied();
    await solves(issue);
    for (const typed of ['-16 1 1', '16.5 1 1', '16 1', '15位里14位满意', '16 1 1 5', '12 0 0'])
      expect(said(await county.say(`登记验收 ${id} ${typed}`)), typed).toContain('请改一下');
    expect(inputsOf((await county.say(`登记验收 ${id} 15位里14位满意`)).card).satisfied).toBe(
      '15位里14位满意',
    );
    expect(await caseOf()).toMatchObject({ state: 'applied', checks: [] });
    // Without its number it is the only one.
    expect((await county.say('登记验收 不满意1 满意16 基本满意1')).text).toContain('94.4%');
    expect((await caseOf()).checks).toMatchObject([{ satisfied: 16, basic: 1, unsatisfied: 1 }]);
  });

  it('ends the measures with the round, says which were not done, and asks nobody for them any more', async () => {
    const { id, issue } = await applied();
    const [done = '', open = ''] = ((await caseOf()).plan?.measures ?? []).map(({ task }) => task);
    await secretary.press('tasks.submit', { task: done, percent: '100', words: '开了' });
    await county.press('tasks.pass', { checkin: `${done}|once|${QINGSHI}` });
    await solves(issue);
    expect(said(await secretary.say('待办'))).toContain('修好村口路');
    const { shown } = await county.press('rectification.accept', {
      ...{ case: id, satisfied: '16', basic: '1', unsatisfied: '1' },
    });
    expect(shown.text).toContain('没有完成的措施1条随验收结束');
    expect(said(await secretary.say('待办'))).not.toContain('修好村口路');
    expect(said(await county.say(`整顿 ${id}`))).toContain(`修好村口路（${open}，没有完成，随验收结束）`);
    expect(said(await county.say(`整顿 ${id}`))).toContain('措施完成1/2');
    for (const task of [done, open]) expect(said(await secretary.say(`任务 ${task}`))).toContain('已结束');
  });

  it('is not entered by who was sent, the branch, the township or another county', async () => {
    const { id, issue } = await applied();
    await solves(issue);
    const counts = { case: id, satisfied: '16', basic: '1', unsatisfied: '1' };
    await county.press('rectification.dispatch', {
      ...{ case: id, kind: '第一书记', sender: '青山县委', senderKind: '机关', people: '黄春燕' },
    });
    for (const who of [deputy, head, secretary, kit.person('du-hongbin'), kit.person('bai-zhiyuan')])
      expect((await who.press('rectification.accept', counts)).refused).toBe(true);
    expect((await deputy.press('rectification.accept', counts)).shown.text).toContain('请县区换一位同志');
    expect((await county.say(`登记验收 ${id} 16 1 1`)).text).toContain('94.4%');
  });
});

describe('巩固期', () => {
  it('marks 可能反弹 when the same star and aspect is reported, and changes only when somebody says', async () => {
    const { id } = await settling();
    kit.time('2027-03-01');
    await reports('路灯坏了', { star: 'pingan-fazhi' });
    expect((await caseOf()).doubt).toBeNull();
    const again = await reports('村口路又坏了');
    expect(await caseOf()).toMatchObject({ state: 'settling', doubt: { records: [again] } });
    expect(said(await county.last())).toContain('可能反弹');
    expect(said(await county.say('整顿 青山县委'))).toContain('整顿中0，待验收0，巩固期1');
    expect((await head.press('rectification.relapse', { case: id })).refused).toBe(true);
    await county.say(`整顿 ${id}`);
    expect((await county.click('重新整顿')).text).toContain('反弹1次');
    expect(said(await county.say('整顿 青山县委'))).toContain('整顿中1，待验收0，巩固期0');
    expect(await caseOf()).toMatchObject({ state: 'active', relapses: 1, round: 2, doubt: null });
    expect(said(await county.say(`整顿 ${id}`))).toContain('可以约谈石桥镇党委');
    expect(said(await head.say(`整顿 ${id}`))).not.toContain('约谈');
    // Another round needs another plan, whose measures are tasks of their own.
    expect((await head.say(`申请验收 ${id}`)).text).toContain('还没有定方案');
    const before = (await caseOf()).plan?.measures.map(({ task }) => task) ?? [];
    await head.press('rectification.plan', { case: id, ...PLAN });
    const after = (await caseOf()).plan?.measures.map(({ task }) => task) ?? [];
    expect(after).toHaveLength(2);
    expect(after.filter((task) => before.includes(task))).toEqual([]);
  });

  it('goes on when it is no relapse, ends after 365 days, and the next case names this one', async () => {
    const { id } = await settling();
    // Looked at now and then, not at every tick.
    await kit.tick('2026-12-10');
    await kit.tick('2026-12-10', '09:05');
    kit.time('2027-03-01');
    await reports('村口路又坏了');
    expect((await county.say(`不算反弹 ${id} 是另一条路`)).text).toContain('还在巩固期');
    const issue = (await caseOf()).answers[0]?.records[0] ?? '';
    await solves(issue);
    for (let month = 4; month <= 11; month++) await kit.tick(`2027-${String(month).padStart(2, '0')}-02`);
    await kit.tick('2027-12-02');
    expect((await caseOf()).state).toBe('settling');
    await kit.tick('2027-12-03');
    expect(await caseOf()).toMatchObject({ state: 'closed', closedOn: '2027-12-03' });
    expect(said(await secretary.say('软弱涣散'))).toContain('已销号');
    const next = await list('2028-01-10');
    expect(await caseOf()).toMatchObject({ id: next, previous: id });
  });
});

describe('what facts say', () => {
  it('asks the team for one sentence after a month in which nothing moved, and not before', async () => {
    await kit.tick('2026-12-03');
    const id = await list();
    const sent = { kind: '第一书记', sender: '市公安局', senderKind: '机关', people: '赵春林' };
    await county.press('rectification.dispatch', { case: id, ...sent });
    await head.press('rectification.plan', { case: id, ...PLAN });
    const police = kit.person('zhao-chunlin');
    const asked = async () => said(await police.last()).includes('一个月没有动静');
    await kit.tick('2027-01-01');
    // The third working day of the month: 32 days later.
    await kit.tick('2027-01-06', '09:00');
    expect(await asked()).toBe(true);
    await police.say(`写进展 ${id} 支委会开了两次`);
    expect(said(await county.say(`整顿 ${id}`))).toContain('市公安局联络员：支委会开了两次');
    await kit.tick('2027-02-03', '09:00');
    expect(await asked()).toBe(false);
  });

  it('marks 可能反弹 when the branch is 够条件 again, and leaves the state alone', async () => {
    await settling();
    const task = { title: '入户走访', due: '2026-12-20', rhythm: 'quarter', units: QINGSHI, major: 'yes' };
    await head.press('tasks.assign', { ...task, sure: 'yes' });
    await kit.tick('2027-04-06');
    for (const title of ['路灯坏了', '路灯又坏了', '路灯还是坏的'])
      await reports(title, { star: 'pingan-fazhi', aspect: '物' });
    expect((await caseOf()).doubt).toBeNull();
    await kit.tick('2027-05-20', '09:00');
    const { state, doubt } = await caseOf();
    expect(state).toBe('settling');
    expect(doubt?.words).toContain('又够条件：任务没落实');
    expect(said(await county.say('待办'))).toContain('请定是不是反弹');
  });
});

describe('who may know', () => {
  it('shows no other branch’s name to a secretary, in any command or press, nor in groups', async () => {
    const id = await list();
    await head.press('rectification.plan', { case: id, ...PLAN });
    await bindGroup(kit, 'qingshan-shiqiao');
    const stranger = kit.person('huang-wenchang');
    const names = await kit.store.read(async (tx) => {
      const where = { kind: ['village', 'community'] as const };
      const { rows } = await tx.table(units).find({ where, order: 'name', limit: 1000 });
      return rows.flatMap(({ id: unit, name }) => (unit.endsWith('liuwan') ? [] : [name]));
    });
    const leaks: string[] = [];
    const look = (what: string, shown: unknown) => {
      const words = JSON.stringify(shown);
      for (const name of names) if (words.includes(name)) leaks.push(`${what}: ${name}`);
    };
    const words = rectification.operations.flatMap(({ words: all = [] }) => all);
    for (const word of words)
      for (const rest of ['', id, '青石村', '青山县委', '石桥镇党委', '整顿中', `${id} 16 1 1`])
        look(`${word} ${rest}`, await stranger.say(`${word} ${rest}`.trim()));
    for (const { right } of rectification.operations) {
      const fields = {
        case: id,
        ...PLAN,
        reason: 'x',
        words: 'x',
        date: '2027-07-01',
        issue: 'WT-2026-0001',
      };
      look(right.name, (await stranger.press(right.name, fields)).shown);
    }
    const group = kit.in('qingshan-shiqiao', 'hao-haitao');
    for (const word of [`整顿 ${id}`, '整顿', '派驻', `申请验收 ${id}`]) look(word, await group.say(word));
    for (const message of await group.messages()) look('group', message);
    expect(leaks).toEqual([]);
    expect((await stranger.say(`整顿 ${id}`)).text).toBe(
      (await stranger.say('整顿 ZD-2026-9999')).text.replace('9999', id.slice(-4)),
    );
    expect(said(await kit.person('yu-zhenbang').say('整顿'))).toContain('全市整顿中1');
    expect(said(await kit.person('guo-chengye').say(`整顿 ${id}`))).toContain('青石村党支部');
  });

  it('leaves no trace of a weak branch anywhere else: commands, presses, drawings, digests and groups of all features', async () => {
    const id = await list();
    await head.press('rectification.plan', { case: id, ...PLAN });
    const [task = ''] = ((await caseOf()).plan?.measures ?? []).map((measure) => measure.task);
    const proposed = { branch: 'qingshan-shiqiao-daqiaotou', type: '班子不团结', words: '两个月没开支委会' };
    await deputy.press('analysis.propose', proposed);
    const circles = ['qingshan-shiqiao', 'qingshan', 'zzb'];
    for (const unit of circles) await bindGroup(kit, unit);
    await county.say('整顿台账');
    await kit.tick('2026-12-04', '08:35');
    await kit.tick('2026-12-17', '08:35');
    const stranger = kit.person('huang-wenchang');
    const leaks: string[] = [];
    const look = (what: string, shown: unknown) => {
      // The list of units is everybody's: to be chosen in 绑定, with the stars of each in 公开.
      const words = JSON.stringify(shown).replaceAll(id, '·');
      const names = /^(?:members\.bind|openness\.)/.test(what) ? [] : ['青石村', '大桥头村'];
      for (const name of [...names, '补开支委会', '班子不团结'])
        if (words.includes(name)) leaks.push(`${what}: ${name}`);
    };
    const unasked = [...(await stranger.messages())];
    const sheet = 'qingshan|2026-H2|1';
    const checkin = `${task}|once|${QINGSHI}`;
    const claim = { case: id, branch: QINGSHI, unit: QINGSHI, listing: `${QINGSHI}|1`, sheet, task, checkin };
    const fields = { reason: 'x', words: 'x', date: '2026-12-17', ...claim };
    for (const { right, words: [word = ''] = [] } of features.flatMap(({ operations }) => operations)) {
      if (word !== '') look(right.name, await stranger.say(word));
      look(right.name, (await stranger.press(right.name, fields)).shown);
    }
    for (const [kind, subject] of [
      ...(['case', 'casefile'] as const).map((one) => [one, id] as const),
      ...[['listing', claim.listing] as const, ['analysis', sheet] as const],
      ...[['branch', QINGSHI] as const, ['task', task] as const, ['checkin', checkin] as const],
    ])
      look(
        `drawn ${kind}`,
        await kit.bot.draw({ text: '', card: { subject: { kind, id: subject } } }, 'huang-wenchang'),
      );
    // Nor where those who may know ask in a group what waits for them.
    const asked = kit.in('qingshan-shiqiao', 'hao-haitao');
    expect(said(await asked.say('待办'))).toContain('有1件不在群里说');
    for (const unit of circles) unasked.push(...(await kit.in(unit, 'huang-wenchang').messages()));
    for (const message of unasked) look('unasked', message);
    expect(leaks).toEqual([]);
  });

  it('states no score, rank, praise or automatic listing', async () => {
    const { id } = await settling();
    for (const word of ['整顿', `整顿 ${id}`, '派驻', `定方案 ${id}`])
      expect(said(await county.say(word))).not.toMatch(/得分|分数|积分|排名|名次|优秀|自动列入|\d分(?!钟)/);
  });
});

describe('the states', () => {
  /** What each press leads to, from where; whatever else is refused and changes nothing. */
  const STEPS: Readonly<Record<string, readonly [from: Case['state'], to: readonly Case['state'][]]>> = {
    'rectification.plan': ['active', ['active']],
    'rectification.apply': ['active', ['applied']],
    'rectification.accept': ['applied', ['settling', 'active']],
    'rectification.relapse': ['settling', ['active']],
    'rectification.dismiss': ['settling', ['settling']],
  };
  const people = [
    'hao-haitao',
    'huang-chunyan',
    'huang-changqing',
    'wang-haiyan',
    'chen-delin',
    'du-hongbin',
    'bai-zhiyuan',
    'guo-chengye',
  ];

  it('are never skipped, in whatever order anybody presses', async () => {
    const id = await list();
    const issue = await reports('村口路坏了');
    await head.press('rectification.link', { case: id, issue });
    await solves(issue);
    const step = fc.record({
      who: fc.constantFrom(...people),
      // Mostly those who may.
      op: fc.constantFrom(...Object.keys(STEPS), 'report'),
      good: fc.boolean(),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (presses) => {
        for (const { who, op, good } of presses) {
          const before = await caseOf();
          if (op === 'report') {
            await solves(await reports('村口路又坏了'));
            const after = await caseOf();
            expect(after.state).toBe(before.state);
            if (before.state !== 'settling') expect(after.doubt).toEqual(before.doubt);
            continue;
          }
          const counts = good
            ? { satisfied: '20', basic: '0', unsatisfied: '0' }
            : { satisfied: '9', basic: '4', unsatisfied: '2' };
          const { refused } = await kit
            .person(who)
            .press(op, { case: id, ...PLAN, ...counts, reason: '另一条路' });
          const after = await caseOf();
          if (refused) {
            expect(after).toEqual(before);
            continue;
          }
          const [from, to] = STEPS[op] ?? ['closed', []];
          expect(before.state, op).toBe(from);
          expect(to, op).toContain(after.state);
          if (op === 'rectification.apply') expect(before.plan?.round).toBe(before.round);
          if (op === 'rectification.accept') {
            expect(after.state === 'settling').toBe(good);
            expect(['hao-haitao', 'huang-chunyan']).toContain(who);
          }
          if (op === 'rectification.relapse' || op === 'rectification.dismiss') {
            expect(before.doubt).not.toBeNull();
            expect(['hao-haitao', 'huang-chunyan']).toContain(who);
          }
          seen.add(`${op} ${after.state}`);
        }
      }),
      { numRuns: 6, seed: 3, endOnFailure: true },
    );
    expect(seen.size).toBeGreaterThan(3);
  }, 120_000);
});
