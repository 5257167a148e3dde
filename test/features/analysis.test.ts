/** 研判, 排查 and 软弱涣散: the stories of the programme, told through the kernel. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listings } from '../../src/features/analysis/model.ts';
import { unitsBelow } from '../../src/features/orgs/index.ts';
import { createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

const QINGSHI = 'qingshan-shiqiao-qingshi';
const DAQIAOTOU = 'qingshan-shiqiao-daqiaotou';
const SHIQIAO = 'qingshan-shiqiao';

let kit: Kit;
let head: Screen;
let liaison: Screen;
let county: Screen;
let secretary: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-04-01' });
  head = kit.person('huang-changqing');
  liaison = kit.person('wang-haiyan');
  county = kit.person('hao-haitao');
  secretary = kit.person('chen-delin');
});
afterEach(async () => {
  expect(kit.complaints).toEqual([]);
  await kit.close();
});

const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;
const reports = async (who: Screen, title: string, more: Record<string, unknown> = {}) => {
  const fields = { title, star: 'shengtai-yiju', aspect: '物', source: '群众反映', ...more };
  const { shown } = await who.press('issues.report', fields);
  const [number = ''] = /WT-\d{4}-\d{4}/.exec(shown.text) ?? [];
  expect(number, shown.text).not.toBe('');
  return number;
};
const assigns = async (due: string, units: string, rhythm = 'quarter', title = '入户走访') => {
  const fields = { title, due, rhythm, units, major: 'yes', sure: 'yes' };
  const { shown } = await head.press('tasks.assign', fields);
  const [number = ''] = /RW-\d{4}-\d{4}/.exec(shown.text) ?? [];
  expect(number, shown.text).not.toBe('');
  return number;
};

/** A branch with A, B and D on 2026-11-23, as in the first story. */
async function flag(branch: string, who: Screen): Promise<{ task: string; issues: readonly string[] }> {
  kit.time('2026-04-10');
  const task = await assigns('2026-06-20', branch);
  const solved = async (day: string, title: string) => {
    kit.time(day);
    const number = await reports(who, title);
    await head.say(`受理 ${number}`);
    await head.say(`办结 ${number} 办好了`);
    await who.press('issues.verify', { issue: number, verdict: '满意' });
    return number;
  };
  const one = await solved('2026-05-12', '河道有垃圾');
  const two = await solved('2026-05-13', '公厕没有水');
  kit.time('2026-10-20');
  // Due on 2026-11-03, 14 working days before 2026-11-23.
  const three = await reports(who, '村口路坏了');
  kit.time('2026-11-23');
  return { task, issues: [one, two, three] };
}

describe('研判', () => {
  it('flags 青石村 alone with A, B and D and their numbers, and takes nothing without a decision', async () => {
    const { task, issues } = await flag(QINGSHI, secretary);
    const before = (await secretary.messages()).length;
    const card = await liaison.say('研判');
    const words = said(card);
    expect(words).toContain('9个支部，够条件1个，其余8个没有够条件的事实');
    expect(words).toContain('按2026版标准');
    expect(words).toContain('青石村党支部');
    for (const number of [task, ...issues]) expect(words).toContain(number);
    expect(words).toContain('A 任务没落实：重点任务“入户走访：第2季度没报、第3季度没报”');
    expect(words).toContain('B 群众多次反映：生态宜居星·物，群众反映3件');
    expect(words).toContain('D 乡镇未及时解决：在石桥镇党委超期14个工作日');
    expect(words).not.toContain('C 上级多次要求');
    expect(words).not.toContain('柳湾村党支部');

    expect((await liaison.say('提交研判')).text).toContain('由负责人来提交');
    await liaison.click('其余正常');
    const refused = await head.say('提交研判');
    expect(refused.text).toContain('还有1个支部没有定：青石村党支部');
    await head.say('研判');
    await head.click('建议列入');
    expect((await head.click('提交研判')).text).toContain('建议列入1个');
    // Nobody has told the branch, nor its group.
    expect((await secretary.messages()).length).toBe(before);
    expect(wordsOf((await county.last()).card)).toContain('青石村党支部');
  });

  it('takes nine of nine, and none of nine, and knows no quota', async () => {
    kit.time('2026-11-23');
    const none = await head.say('研判');
    expect(said(none)).toContain('没有够条件的支部');
    expect((await head.click('提交研判')).text).toContain('没有够条件的支部');
    expect((await county.say('软弱涣散 每县3个')).text).toContain('不设比例、不定指标、应列尽列');
    // Nobody is reminded any more.
    await kit.tick('2026-12-14', '09:00');
    for (const message of await head.messages()) expect(said(message)).not.toContain('请研判');
    expect(said(await kit.person('wang-haiyan').say('待办'))).not.toContain('请研判');
  });

  it('lists all nine when all nine are 够条件', async () => {
    const branches = await kit.store.read((tx) => unitsBelow(tx, SHIQIAO));
    kit.time('2026-04-10');
    await assigns('2026-06-20', 'below:qingshan-shiqiao');
    for (const day of ['2026-08-03', '2026-08-04', '2026-10-20']) {
      kit.time(day);
      for (const { id } of branches)
        await reports(head, `路坏了${day}`, { branch: id, star: 'pingan-fazhi' });
    }
    kit.time('2026-11-23');
    expect(said(await head.say('研判'))).toContain('够条件9个');
    for (const _ of branches) await head.click('建议列入');
    expect((await head.click('提交研判')).text).toContain('建议列入9个');
    await county.click('采用');
    const proposed = await kit.store.read((tx) =>
      tx.table(listings).count({ county: 'qingshan', state: 'proposed' }),
    );
    expect(proposed).toBe(9);
    for (const { id } of branches)
      expect((await county.press('analysis.confirm', { branch: id, date: '2026-11-23' })).refused).toBe(
        false,
      );
    expect(said(await county.say('软弱涣散'))).toContain('在册9个');
  });
});

describe('排查', () => {
  it('puts 不一致 on top, lists what the county says, and is complete only when nobody is missing', async () => {
    await flag(DAQIAOTOU, kit.person('tang-chuanbao'));
    await head.say('研判');
    await head.click('其余正常');
    await head.press('analysis.decline', { branch: DAQIAOTOU, reason: '正在换届' });
    expect((await head.say('提交研判')).text).toContain('已提交');
    await county.click('采用');
    const census = await county.say('排查');
    expect(said(census)).toContain('不一致1个');
    expect(said(census)).toContain('乡镇说不列入：正在换届');
    expect(said(census)).toContain('已覆盖0/55');
    await county.click('其余正常');
    const refused = await county.say('完成排查');
    expect(refused.text).toContain('已覆盖54/55个支部，还差1个：大桥头村党支部');
    await county.say('排查');
    await county.click('列入', { date: '2026-11-23' });
    await kit.store.read(async (tx) => {
      const [listing] = (
        await tx.table(listings).find({ where: { branch: DAQIAOTOU }, order: 'proposedOn', limit: 2 })
      ).rows;
      expect(listing).toMatchObject({ state: 'listed', meeting: '2026-11-23', proposedBy: null });
    });
    expect((await county.say('完成排查')).text).toContain('55个支部全部覆盖');
  });
});

describe('the list', () => {
  it('is decided by somebody else than who proposed, on the day of a meeting, and the branch may speak', async () => {
    await flag(QINGSHI, secretary);
    await head.say('研判');
    await head.click('其余正常');
    await head.click('建议列入');
    await head.click('提交研判');
    await county.click('采用');
    kit.time('2026-12-03');
    expect((await head.say('列入 青石村 2026-12-03')).text).toContain('列入不列入由县区来定');
    expect(said(await secretary.say('软弱涣散'))).toContain('本支部不在名单上');
    const listed = await county.say('列入 青石村 2026-12-03');
    expect(listed.text).toContain('青石村党支部已列入');
    expect((await secretary.last()).text).toContain('列入整顿');
    await secretary.say('情况说明 正在补走访');
    expect(said(await county.last())).toContain('正在补走访');
    kit.time('2026-12-11');
    expect((await secretary.say('情况说明 还有一点')).text).toContain('已经过了');
    expect(said(await kit.person('guo-chengye').say('软弱涣散 青山县'))).toContain('青石村党支部');
    expect(said(await kit.person('yu-zhenbang').say('软弱涣散'))).not.toContain('青石村');
    expect(said(await kit.person('yu-zhenbang').say('软弱涣散'))).toContain('全市在册1个');
  });

  it('lets nobody confirm what he proposed himself, nor list what nobody proposed', async () => {
    kit.time('2026-12-03');
    expect((await county.say('列入 青石村 2026-12-03')).text).toContain('光看事实还不够条件');
    await county.say('排查');
    await county.press('analysis.propose', {
      branch: QINGSHI,
      type: '班子不团结',
      words: '两个月没开支委会',
    });
    expect((await county.say('列入 青石村 2026-12-03')).text).toContain('提出的人不能自己审定');
    const other = kit.person('huang-chunyan');
    expect((await other.say('列入 青石村 2026-12-03')).text).toContain('已列入');
  });
});

describe('为什么', () => {
  it('shows each fact, its records and what would clear it, today and on any day before', async () => {
    const { task, issues } = await flag(QINGSHI, secretary);
    const now = said(await secretary.say('为什么'));
    expect(now).toContain('够条件');
    for (const number of [task, ...issues]) expect(now).toContain(number);
    expect(now).toContain('没有新的，2027年5月12日起就不再算');
    expect(now).toContain('办结、核验销号以后就不再算');
    const then = said(await secretary.say('为什么 青石村 2026-10-31'));
    expect(then).not.toContain('D 乡镇未及时解决：');
    expect(said(await county.say('为什么 青石村'))).toContain('够条件');
    expect((await kit.person('huang-wenchang').say('为什么 青石村')).text).toContain('没有找到');
    expect((await kit.person('yu-zhenbang').say('为什么 青石村')).text).toContain('没有找到');
  });
});
