/** 研判, 排查 and 软弱涣散: the stories of the programme, told through the kernel. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analysis } from '../../src/features/analysis/index.ts';
import { listings } from '../../src/features/analysis/model.ts';
import { branches } from '../../src/features/branches/index.ts';
import { members } from '../../src/features/members/model.ts';
import { units, unitsBelow } from '../../src/features/orgs/index.ts';
import { periodName } from '../../src/lib/schedule.ts';
import { bindGroup, buttonsOf, createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

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
  [head, liaison, county, secretary] = kit.people(
    'huang-changqing',
    'wang-haiyan',
    'hao-haitao',
    'chen-delin',
  );
});
afterEach(() => kit.end());

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
    expect(words).toContain('A 任务没落实：重点任务“入户走访：第二季度没报、第三季度没报”');
    expect(words).toContain('B 群众多次反映：生态宜居星·物，群众反映3件');
    expect(words).toContain('D 乡镇未及时解决：在石桥镇党委超期14个工作日');
    expect(words).not.toContain('C 上级多次要求');
    expect(words).not.toContain('柳湾村党支部');

    expect((await liaison.say('提交研判')).text).toContain('由负责人来提交');
    await liaison.click('其余正常');
    const refused = await head.say('提交研判');
    expect(refused.text).toContain('还有1个支部没有定：青石村党支部');
    const undecided = JSON.stringify((await head.say('研判')).card);
    // What would be refused is not what stands out.
    expect(undecided).toContain('"title":"提交研判","data"');
    await head.click('建议列入');
    expect((await head.click('提交研判')).text).toContain('建议列入1个');
    // Nobody has told the branch, nor its group.
    expect((await secretary.messages()).length).toBe(before);
    expect(wordsOf((await county.last()).card)).toContain('青石村党支部');
  });

  it('takes nine of nine, and none of nine, and knows no quota', async () => {
    await kit.tick('2026-11-23');
    const none = await head.say('研判');
    expect(said(none)).toContain('没有够条件的支部');
    expect((await head.click('提交研判')).text).toContain('没有够条件的支部');
    expect((await county.say('软弱涣散 每县3个')).text).toContain('不设比例、不定指标、应列尽列');
    // Nobody is reminded any more.
    await kit.tick('2026-12-14', '09:00');
    for (const message of await head.messages()) expect(said(message)).not.toContain('请研判');
    expect(said(await kit.person('wang-haiyan').say('待办'))).not.toContain('请研判');
  });

  it('answers whoever asks for a number, a share or an order with the rule, however it is said', async () => {
    const sentences = [
      ...['软弱涣散 每县三个', '软弱涣散３个', '软弱涣散每县列两个', '软弱涣散 百分之五', '软弱涣散 一半'],
      ...['软弱涣散 TOP N', '软弱涣散 倒排', '软弱涣散 最弱的', '软弱涣散 后几名', '软弱涣散 各乡镇都要有'],
      ...['软弱涣散 不超过上年', '软弱涣散 定额', '软弱涣散 下达任务数', '研判 每镇1个', '排查 每县3个'],
    ];
    for (const words of sentences)
      expect((await county.say(words)).text, words).toContain('不设比例、不定指标、应列尽列');
    // A unit is a unit, whatever its name is made of, and a branch is asked about.
    for (const words of ['软弱涣散 青山县', '软弱涣散 名单'])
      expect(said(await county.say(words)), words).toContain('在册0个');
    for (const words of ['研判 第三季度', '排查 2026年上半年', '软弱涣散 上季度'])
      expect((await county.say(words)).text, words).toContain('这里看的是现在的');
    expect(said(await county.say('软弱涣散 后麦仓村'))).toContain('为什么 · 后麦仓村党支部');
    expect(said(await county.say('研判 石桥镇'))).toContain('研判 · 石桥镇党委');
    expect(said(await kit.person('bai-zhiyuan').say('排查 青山县'))).toContain('排查 · 青山县委');
    expect(said(await county.say('排查隐患'))).not.toContain('青山县委');
  });

  it('lists all nine when all nine are 够条件', async () => {
    const nine = await kit.store.read((tx) => unitsBelow(tx, SHIQIAO));
    kit.time('2026-04-10');
    await assigns('2026-06-20', 'below:qingshan-shiqiao');
    for (const day of ['2026-08-03', '2026-08-04', '2026-10-20']) {
      kit.time(day);
      for (const { id } of nine) await reports(head, `路坏了${day}`, { branch: id, star: 'pingan-fazhi' });
    }
    kit.time('2026-11-23');
    expect(said(await head.say('研判'))).toContain('够条件9个');
    for (const _ of nine) await head.click('建议列入');
    expect((await head.click('提交研判')).text).toContain('建议列入9个');
    expect(said(await head.say('采用 石桥镇'))).toContain('由上级县区来定');
    expect(said(await kit.person('lin-shuai').say('采用 石桥镇'))).toContain('不归您');
    await county.click('采用');
    const proposed = await kit.store.read((tx) =>
      tx.table(listings).count({ county: 'qingshan', state: 'proposed' }),
    );
    expect(proposed).toBe(9);
    for (const { id } of nine)
      expect((await county.press('analysis.confirm', { branch: id, date: '2026-11-23' })).refused).toBe(
        false,
      );
    expect(said(await county.say('软弱涣散'))).toContain('在册9个');
  });
});

describe('what is handed in when a quarter ends', () => {
  it('is sent back, put right and adopted in the next one, and typed words mean what waits', async () => {
    kit.time('2026-12-31');
    await head.say('建议列入 青石村 班子不团结 两个月没开支委会');
    await head.say('建议列入 张营村 活动场所：房子塌了');
    expect(said(await head.last())).toContain('无活动场所：房子塌了');
    await head.say('其余正常');
    expect((await head.say('提交研判')).text).toContain('建议列入2个');
    kit.time('2027-01-04');
    await county.press('analysis.return', { sheet: `${SHIQIAO}|2026-Q4|1`, reason: '说细一点' });
    expect(said(await head.say('待办'))).toContain('2026年第四季度研判（退回了）');
    expect(said(await head.say('研判'))).toContain('2026年第四季度研判');
    expect((await head.say('提交研判')).text).toContain('已提交2026年第四季度研判：建议列入2个');
    expect(said(await head.say('研判'))).toContain('2027年第一季度研判');
    // What was proposed is not told to the branch, whatever it types, nor to departments.
    const silence = [(await secretary.say('情况说明 在补')).text];
    expect((await county.say('采用 石桥镇')).text).toContain('建议列入的2个等审定');
    silence.push((await secretary.say('情况说明 在补')).text);
    expect(silence).toEqual(Array(2).fill('本支部不在名单上。为什么，发送“为什么 青石村党支部”看。'));
    expect((await kit.person('chen-qiming').say('列入 青石村')).text).toContain('没有找到这个支部');
    // A branch that is gone cannot be listed, and does not wait for ever.
    await kit.store.transaction(async (tx) => {
      const unit = await tx.table(units).get(QINGSHI);
      if (unit) await tx.table(units).delete(unit);
    });
    const listing = `${QINGSHI}|1`;
    const { shown } = await county.press('analysis.confirm', { listing, date: '2027-01-04' });
    expect(shown.text).toContain('这个支部已经撤并，请点“不列入”');
    expect((await county.press('analysis.refuse', { listing, reason: '撤并了' })).refused).toBe(false);
  });
});

describe('排查', () => {
  it('puts 不一致 on top, lists what the county says, and is complete only when nobody is missing', async () => {
    await flag(DAQIAOTOU, kit.person('tang-chuanbao'));
    await head.say('研判');
    await head.click('其余正常');
    await head.press('analysis.decline', { branch: DAQIAOTOU, reason: '正在换届' });
    expect((await head.say('提交研判')).text).toContain('够条件1个，都没有建议列入');
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
    expect(said(await secretary.click('为什么'))).toContain('为什么 · ');
    const listed = await county.say('列入 青石村 2026-12-03');
    // 整顿 tells the county of the case that begins with it.
    expect(listed.text).toContain('青石村党支部列入整顿（ZD-2026-0001）。方案12月17日前定好');
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
    expect((await other.say('列入 青石村 2026-12-03')).text).toContain('列入整顿');
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

describe('who may not know', () => {
  /** The other branches, in the words in which people know them. */
  const others = (own: string) =>
    kit.store.read(async (tx) => {
      const where = { kind: ['village', 'community'] as const };
      const { rows } = await tx.table(units).find({ where, order: 'name', limit: 1000 });
      return rows
        .filter(({ id }) => id !== own)
        .map(({ id, name }) => ({ id, name: name.replace(/党支部$/, '') }));
    });

  it('finds no other branch’s name in any command, press, todo, group or digest: a crawl as a secretary', async () => {
    await flag(DAQIAOTOU, kit.person('tang-chuanbao'));
    await head.say('研判');
    await head.press('analysis.propose', { branch: QINGSHI, type: '班子不团结', words: '两个月没开支委会' });
    await head.click('其余正常');
    await head.press('analysis.propose', { branch: DAQIAOTOU });
    await bindGroup(kit, SHIQIAO);
    await bindGroup(kit, 'qingshan');
    await head.say('提交研判');
    await county.click('采用');
    await county.say('排查');
    await county.say('列入 大桥头村 2026-11-23');
    await county.press('analysis.refuse', { listing: `${QINGSHI}|1`, reason: '已经改了' });
    await kit.tick('2026-11-24', '09:00');

    const own = 'qingshan-shiqiao-liuwan';
    const strangers = await others(own);
    const outsider = kit.person('huang-wenchang');
    const leaks: string[] = [];
    const look = (what: string, shown: unknown) => {
      const words = JSON.stringify(shown) ?? '';
      for (const { name } of strangers) if (words.includes(name)) leaks.push(`${what}: ${name}`);
    };
    for (const message of await outsider.messages()) look('unasked', message);
    const seen = new Set<string>();
    async function follow(what: string, card: Message['card'], depth: number): Promise<void> {
      for (const { title, op, data } of buttonsOf(card)) {
        const key = `${op} ${JSON.stringify(data)}`;
        if (seen.has(key) || depth > 3 || !/^(?:analysis|branches|home)\./.test(op)) continue;
        seen.add(key);
        const { shown } = await outsider.press(op, { ...data });
        look(`${what} → ${title}`, shown);
        await follow(`${what} → ${title}`, shown.card as Message['card'], depth + 1);
      }
    }
    const commands = [analysis, branches].flatMap(({ operations }) =>
      operations.flatMap(({ words = [] }) => words),
    );
    expect(commands.length).toBeGreaterThan(20);
    const numbers = ['', ' 2026-10-31'];
    for (const word of [...commands, '待办', '我的', '帮助']) {
      for (const rest of [
        '',
        ...numbers.map((more) => `大桥头村${more}`),
        '青石村',
        '石桥镇',
        '青山县',
        QINGSHI,
      ]) {
        const { text, card } = await outsider.say(`${word} ${rest}`.trim());
        // What somebody wrote himself is nothing that he is told.
        const typed = rest.split(' ')[0] || '·';
        look(`${word} ${rest}`, JSON.stringify([text, card]).replaceAll(typed, '·'));
        await follow(word, card, 0);
      }
    }
    const claims = [DAQIAOTOU, QINGSHI].flatMap((branch) => [
      { branch, unit: SHIQIAO, listing: `${branch}|1`, sheet: `${SHIQIAO}|2026-Q4|1` },
      { branch, unit: 'qingshan', listing: `${branch}|1`, sheet: 'qingshan|2026-H2|1' },
    ]);
    const filled = {
      reason: 'x',
      words: 'x',
      type: '班子不团结',
      date: '2026-11-24',
      day: '2026-11-20',
      version: 'x',
    };
    for (const { right } of [analysis, branches].flatMap(({ operations }) => operations))
      for (const claim of claims)
        look(right.name, (await outsider.press(right.name, { ...filled, ...claim })).shown);
    for (const place of [kit.in(SHIQIAO, 'huang-wenchang'), kit.in('qingshan', 'huang-wenchang')]) {
      for (const word of [
        '研判',
        '排查',
        '软弱涣散',
        '为什么 大桥头村',
        '支部 青石村',
        '列入 大桥头村 2026-11-23',
      ])
        await place.say(word);
      // Nor when those who may know ask in a group.
      for (const word of ['研判', '排查', '软弱涣散', '软弱涣散 石桥镇', '为什么 大桥头村'])
        for (const who of ['huang-changqing', 'hao-haitao'])
          await kit.in(place.place.key.slice('webchat|g:'.length), who).say(word);
      for (const message of await place.messages()) look(`group ${place.place.key}`, message);
    }
    expect(leaks).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
  });

  it('finds no score, rank, praise or automatic listing in any word of it', async () => {
    await flag(QINGSHI, secretary);
    const words = [
      await head.say('研判'),
      await county.say('排查'),
      await county.say('软弱涣散'),
      await county.say('为什么 青石村'),
    ];
    await head.click('其余正常');
    for (const message of words)
      expect(said(message)).not.toMatch(/得分|分数|积分|排名|名次|优秀|自动列入|\d分(?!钟)/);
    const listed = await kit.store.read((tx) => tx.table(listings).count());
    expect(listed).toBe(0);
  });

  it('lists every branch that qualifies, from none to all: there is no quota', async () => {
    const ids = (await kit.store.read((tx) => unitsBelow(tx, SHIQIAO))).map(({ id }) => id);
    let quarter = 0;
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids), async (chosen) => {
        const day =
          ['2027-01-15', '2027-04-15', '2027-07-15', '2027-10-15', '2028-01-14'][quarter++] ?? '2028-04-14';
        kit.time(day);
        for (const branch of chosen)
          await head.press('analysis.propose', { branch, type: '无活动场所', words: '租的屋子到期了' });
        if (chosen.length > 0) await head.say('其余正常');
        await head.say('提交研判');
        await county.say('待办');
        const sheet = `${SHIQIAO}|${periodName(day, 'quarter')}|1`;
        expect((await county.press('analysis.adopt', { sheet })).refused).toBe(false);
        for (const branch of chosen)
          expect((await county.press('analysis.confirm', { branch, date: day })).refused, branch).toBe(false);
        await kit.store.transaction(async (tx) => {
          const { rows } = await tx
            .table(listings)
            .find({ where: { state: 'listed' }, order: 'proposedOn', limit: 100 });
          expect(rows.map(({ branch }) => branch).sort()).toEqual([...chosen].sort());
          for (const row of rows) await tx.table(listings).put({ ...row, state: 'left' });
        });
      }),
      { numRuns: 6, examples: [[[]], [ids]] },
    );
  });
});

describe('研判标准', () => {
  it('says how last quarter would have looked with others, and changes only days to come', async () => {
    kit.time('2026-04-02');
    const solved = await reports(kit.person('huang-wenchang'), '路灯坏了');
    await head.say(`受理 ${solved}`);
    await head.say(`办结 ${solved} 换好了`);
    await kit.person('huang-wenchang').press('issues.verify', { issue: solved, verdict: '满意' });
    await flag(QINGSHI, secretary);
    const organiser = kit.person('bai-zhiyuan');
    expect(said(await organiser.say('研判标准'))).toContain('2026版');
    await organiser.click('调整标准');
    await organiser.click('看看会怎样', { version: '2027版', residents: '1', openDays: '30' });
    await kit.tick('2026-11-23', '09:01');
    const shown = said(await organiser.last());
    expect(shown).toContain('按2027版，9月30日会有：够条件0个、关注2个；现行标准0个、1个');
    await organiser.click('启用');
    expect(said(await county.say('为什么 青石村'))).toContain('按2026版标准');
    kit.time('2026-11-24');
    expect(said(await county.say('为什么 青石村'))).toContain('按2027版标准');
    expect(said(await county.say('为什么 青石村 2026-11-23'))).toContain('按2026版标准');
    expect((await county.say('调整标准')).text).toContain('标准由市委组织部来定');
  });
});

describe('what is missing', () => {
  it('is one line to the level above after the quarter, and nobody is reminded who has done it', async () => {
    await kit.tick('2026-11-23');
    await head.say('提交研判');
    await kit.tick('2026-12-14', '09:00');
    expect(said(await kit.person('wang-haiyan').say('待办'))).not.toContain('请研判');
    const other = await kit.store.read(
      async (tx) => (await tx.table(members).find({ where: { unit: 'qingshan-baita' }, limit: 5 })).rows,
    );
    const baita = kit.person(other.find(({ role }) => role === 'head')?.id ?? '');
    expect(said(await baita.last())).toContain('请研判');
    await kit.tick('2027-01-04', '09:00');
    const line = said(await county.last());
    expect(line).toContain('2026年第四季度研判没有提交（7个）');
    expect(line).toContain('白塔镇党委');
    expect(line).not.toContain('石桥镇党委');
  });
});
