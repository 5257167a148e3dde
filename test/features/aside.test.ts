/** What is said in a group is said to all its people: commands typed there, and cards that are drawn for nobody in particular; and other ways to break what supervision and stars promise. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Shown } from '../../src/bot/delivery/channel.ts';
import { numbersOf } from '../../src/bot/feature.ts';
import { examples } from '../../src/features/cases/model.ts';
import { features } from '../../src/features/index.ts';
import { decisions } from '../../src/features/meetings/model.ts';
import { secretaries } from '../../src/features/secretaries/model.ts';
import { leaders } from '../../src/features/sponsorship/model.ts';
import { applications } from '../../src/features/stars/model.ts';
import { talks } from '../../src/features/talks/model.ts';
import { bindGroup, createKit, type Kit, type Message, wordsOf } from '../kit.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const ID = `${LIUWAN}|chanye-xingwang|2026`;
/** The group of another village. */
const GROUP = 'qingshan-shiqiao-qingshi';
let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ day: '2026-12-01' });
});
afterEach(() => kit.end());

const said = ({ text, card }: Pick<Message, 'text' | 'card'>) => `${text}\n${wordsOf(card)}`;
const inGroup = async (person: string, words: string) => said(await kit.in(GROUP, person).say(words));
/** A card as it stands in a group. */
const forNobody = async (kind: string, id: string) =>
  wordsOf((await kit.bot.draw({ text: '', card: { subject: { kind, id } } }, '')).card);

async function apply(): Promise<void> {
  const branch = kit.person('huang-wenchang');
  await branch.say('创星 申报');
  await branch.click('提交申报', { star: 'chanye-xingwang', words: '合作社带动八十户' });
}

describe('in a group', () => {
  it('an application shows nothing before 公示, and what stands against it is never said', async () => {
    await apply();
    expect(await inGroup('huang-changqing', '创星')).not.toContain('大桥头村');
    expect(await forNobody('application', ID)).not.toContain('合作社带动八十户');
    await kit.person('huang-changqing').say('同意申报 柳湾村 产业兴旺星');
    const county = kit.person('hao-haitao');
    await county.say('登记负面清单 柳湾村 重大问题 发生一起生产安全事故');
    await county.click('登记负面清单');
    for (const words of ['同意申报 柳湾村 产业兴旺星', '全部同意 产业兴旺星'])
      expect(await inGroup('hao-haitao', words)).toContain('单聊');
    expect(said(await county.say('同意申报 柳湾村 产业兴旺星'))).toContain('生产安全事故');

    await kit.store.transaction(async (tx) => {
      const row = await tx.table(applications).get(ID);
      if (row) await tx.table(applications).put({ ...row, state: 'public', until: '2026-12-20', waits: '' });
    });
    expect(await forNobody('application', ID)).toContain('合作社带动八十户');
    await kit.person('chen-delin').say('提异议 柳湾村 产业兴旺星 合作社去年就停了');
    expect(await inGroup('bai-zhiyuan', '处理异议 柳湾村 产业兴旺星')).not.toContain('去年就停了');
    expect(said(await kit.person('bai-zhiyuan').say('处理异议 柳湾村 产业兴旺星'))).toContain('去年就停了');
  });

  it('a warning of a star stays with those who may know of it', async () => {
    const lead = kit.person('guo-chengye');
    const told = said(await lead.say('预警 柳湾村 平安法治星 半年反弹两次'));
    expect(told).toContain('半年反弹两次');
    const id = `${LIUWAN}|pingan-fazhi|2026-12-01`;
    expect(await forNobody('starWarning', id)).not.toContain('半年反弹两次');
    await kit.person('huang-wenchang').say('说明情况 柳湾村 平安法治星 两家人已经和好');
    await lead.say('拟摘星 柳湾村 平安法治星 又吵起来了');
    expect(await inGroup('bai-zhiyuan', '摘星 柳湾村 平安法治星')).not.toContain('已经和好');
    expect(said(await kit.person('bai-zhiyuan').say('摘星 柳湾村 平安法治星'))).toContain('已经和好');
    expect(await inGroup('bai-zhiyuan', '待办')).not.toContain('平安法治星');
    expect(said(await kit.person('bai-zhiyuan').say('待办'))).toContain('平安法治星');
  });

  it('news of what not everybody there may know names nothing', async () => {
    await bindGroup(kit, LIUWAN);
    await kit.person('guo-chengye').say('预警 柳湾村 平安法治星 半年反弹两次');
    expect((await kit.person('huang-wenchang').last()).text).toContain('半年反弹两次');
    const { text } = await kit.in(LIUWAN, 'huang-wenchang').last();
    expect(text).toContain('单聊里看');
    expect(text).not.toMatch(/反弹|平安法治星/);
  });

  it('待办 and 典型 name no clue, no secretary and no draw', async () => {
    const township = kit.person('huang-changqing');
    await township.say('典型 推荐 柳湾村 调解办得好');
    expect(said(await township.say('典型 柳湾村'))).toContain('调解办得好');
    expect(await inGroup('huang-changqing', '典型 柳湾村')).not.toContain('调解办得好');
    expect(await inGroup('huang-changqing', '待办')).not.toContain('典型线索');

    const county = kit.person('hao-haitao');
    await kit.store.transaction(async (tx) => {
      const [known] = (
        await tx.table(secretaries).find({ where: { county: 'qingshan' }, order: 'assessOn', limit: 1 })
      ).rows;
      await tx.table(secretaries).put({
        ...{ trainings: [], honours: [], assessment: null, review: null, ...known },
        ...{
          id: `${LIUWAN}|huang-wenchang`,
          branch: LIUWAN,
          township: 'qingshan-shiqiao',
          county: 'qingshan',
        },
        ...{ person: 'huang-wenchang', since: '2025-11-01', assessOn: '2026-11-01', rev: undefined },
      } as never);
    });
    await county.say('督导 抽取 2');
    const mine = said(await county.say('待办'));
    expect(mine).toContain('黄文昌');
    expect(mine).toContain('DD-2026-0001');
    const group = await inGroup('hao-haitao', '待办');
    expect(group).not.toContain('黄文昌');
    expect(group).not.toContain('DD-2026-0001');
    expect(await kit.store.read((tx) => tx.table(examples).count({ waits: 'qingshan-shiqiao' }))).toBe(1);
  });

  it('公开明细 and 创星申报 say what everybody may know', async () => {
    const branch = kit.person('huang-wenchang');
    await branch.say('上报');
    await branch.click('提交', {
      ...{ title: '村口路灯坏了', aspect: '物', star: 'pingan-fazhi', source: '群众反映', urgency: '一般' },
      branch: LIUWAN,
    });
    const type = { type: '班子不团结', words: '两个月没开支委会' };
    await kit.person('huang-chunyan').press('analysis.propose', { branch: LIUWAN, ...type });
    await kit.person('hao-haitao').press('analysis.confirm', { branch: LIUWAN, date: '2026-12-01' });
    await kit.tick('2026-12-01', '10:00');
    expect(said(await kit.person('huang-changqing').say('公开明细 石桥镇 没办完'))).toContain('村口路灯坏了');
    const figure = await inGroup('huang-changqing', '公开明细 石桥镇 没办完');
    expect(figure).toContain('1件');
    expect(figure).not.toContain('村口路灯坏了');
    expect(await inGroup('huang-changqing', '公开明细 石桥镇 五星')).toContain('北庄村');
    expect(said(await branch.say('创星申报 产业兴旺星'))).toContain('ZD-2026-0001');
    const form = await inGroup('huang-wenchang', '创星申报 产业兴旺星');
    expect(form).toContain('现在有3颗星');
    expect(form).not.toContain('ZD-2026-0001');
  });
});

/** A record of each kind of number: who may see it, and words of it that a group sees where all of it may. */
async function oneOfEach(): Promise<readonly { number: string; who: string; words: string; all?: true }[]> {
  const [branch, township] = kit.people('huang-wenchang', 'huang-changqing');
  const [county, lead] = kit.people('hao-haitao', 'guo-chengye');
  await branch.say('上报 村口路灯坏了');
  await branch.click('提交', { star: 'pingan-fazhi', aspect: '物' });
  await township.say('下达任务 入户走访');
  await township.click('下达', { standard: '35户', units: LIUWAN, due: '2026-12-20' });
  await township.click('下达');
  await kit.person('yu-zhenbang').say('提议题 平安法治星 夜间巡防怎么分片');
  await lead.say('会商 发起 12月4日下午3点');
  await lead.click('发起会商', { place: '政法委三楼', agenda: '冬季防火' });
  await lead.click('发起会商');
  await kit.person('huang-chunyan').press('analysis.propose', {
    ...{ branch: LIUWAN, type: '班子不团结', words: '两个月没开支委会' },
  });
  await county.press('analysis.confirm', { branch: LIUWAN, date: '2026-12-01' });
  await county.say('督导 抽取 2');
  await township.say('典型 推荐 柳湾村 调解办得好');
  const stranger = kit.person('xin');
  await stranger.say('绑定');
  await stranger.click('提交绑定', { name: '李晓明', unit: LIUWAN, role: 'liaison' });
  await branch.say('意见 每周报表太多');
  await branch.click('提交');
  await kit.store.transaction(async (tx) => {
    const decision = {
      ...{ id: 'HS-2026-12-01-1', meeting: 'HS-2026-12-01', star: 'pingan-fazhi', lead: 'zhengfawei' },
      ...{
        text: '十天内修好路灯',
        unit: 'gonganju',
        deadline: '2026-12-20',
        state: 'open',
        since: '2026-12',
      },
      done: '',
    };
    await tx.table(decisions).put(decisions.schema.parse(decision));
    const talk = {
      ...{
        id: 'YT-2026-0001',
        unit: 'qingshan-shiqiao',
        superior: 'qingshan',
        kind: 'red',
        state: 'planned',
      },
      ...{ facts: [{ key: 'a', words: '三件超期' }], on: '2026-12-01', movedOn: '2026-12-01' },
      ...{ quietUntil: null, reason: '', points: '', outcome: '', heldOn: null },
      ...{ told: true, asked: false, explanation: '' },
    };
    await tx.table(talks).put(talks.schema.parse(talk));
  });
  return [
    { number: 'WT-2026-0001', who: 'huang-wenchang', words: '村口路灯坏了' },
    { number: 'RW-2026-0001', who: 'huang-changqing', words: '入户走访' },
    { number: 'TY-2026-0001', who: 'yu-zhenbang', words: '夜间巡防' },
    { number: 'HS-2026-12-01', who: 'guo-chengye', words: '冬季防火', all: true },
    { number: 'HS-2026-12-01-1', who: 'guo-chengye', words: '十天内修好路灯', all: true },
    { number: 'ZD-2026-0001', who: 'hao-haitao', words: '柳湾村' },
    { number: 'DD-2026-0001', who: 'hao-haitao', words: '督导' },
    { number: 'YT-2026-0001', who: 'hao-haitao', words: '三件超期' },
    { number: 'DX-2026-0001', who: 'huang-changqing', words: '调解办得好' },
    { number: 'BD-2026-0001', who: 'huang-wenchang', words: '李晓明' },
    { number: 'YJ-2026-0001', who: 'bai-zhiyuan', words: '每周报表太多' },
  ];
}

describe('a number typed in a group', () => {
  /** What was last posted into a group, as it stands there for all. */
  let posted: Shown | undefined;
  beforeEach(() => {
    const send = kit.channel.send;
    kit.channel.send = (place, shown, key) => {
      if (place.kind === 'group') posted = shown;
      return send(place, shown, key);
    };
  });
  const typed = async (unit: string, who: string, number: string) => {
    posted = undefined;
    await kit.in(unit, who).say(number);
    return posted as Shown | undefined;
  };

  it('shows what everybody there may know, whatever kind of record it names', async () => {
    const records = await oneOfEach();
    const kinds = features.flatMap(numbersOf);
    const kindOf = (number: string) => kinds.findIndex(({ read }) => read(number)?.number === number);
    // Whoever adds a kind of number adds a record of it above.
    expect(new Set(records.map(({ number }) => kindOf(number)))).toEqual(new Set(kinds.keys()));
    // The group of another village, and one of which nobody knows whose it is.
    await bindGroup(kit, GROUP);
    for (const { number, who, words, all } of records) {
      const own = await kit.person(who).say(number);
      expect(wordsOf(own.card), number).toContain(words);
      for (const unit of [GROUP, 'nobody']) {
        const shown = await typed(unit, who, number);
        expect((shown?.card?.kind ?? 'note') === 'note', number).toBe(!all);
        if (!all)
          expect(JSON.stringify(shown), number).not.toMatch(/村口路灯|入户走访|夜间巡防|柳湾|三件超期/);
      }
    }
  });

  it('shows an issue, a task and an item for an agenda where the unit of the group may see them', async () => {
    await oneOfEach();
    const shows = [
      ['qingshan-shiqiao', 'huang-changqing', 'WT-2026-0001', '村口路灯坏了'],
      [LIUWAN, 'huang-wenchang', 'WT-2026-0001', '村口路灯坏了'],
      [LIUWAN, 'huang-wenchang', 'RW-2026-0001', '入户走访'],
      ['zhengfawei', 'guo-chengye', 'TY-2026-0001', '夜间巡防'],
    ] as const;
    for (const unit of new Set(shows.map(([group]) => group))) await bindGroup(kit, unit);
    for (const [unit, who, number, words] of shows)
      expect(JSON.stringify((await typed(unit, who, number))?.card), `${unit} ${number}`).toContain(words);
  });
});

it('what a task is about is not said to who asks which leader has it', async () => {
  const township = kit.person('huang-changqing');
  await township.say('下达任务 入户走访');
  const fields = { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-12-20' };
  await township.click('下达', fields);
  await township.click('下达');
  expect(said(await township.say('分包 RW-2026-0001'))).toContain('入户走访');
  const other = said(await kit.person('liu-xueqin').say('分包 RW-2026-0001'));
  expect(other).toContain('没有找到这项分包');
  expect(other).toBe(said(await kit.person('liu-xueqin').say('分包 RW-2026-0009')));
});

it('a name of a unit however long is answered', async () => {
  const me = kit.person('hao-haitao');
  for (const word of ['公开', '公开明细', '公示', '分包', '负面清单', '典型', '年度事实'])
    expect(said(await me.say(`${word} ${'青'.repeat(3000)}`))).not.toContain('再试');
  expect(said(await me.say('年度事实 石桥镇 ２０２５年'))).toContain('石桥镇党委2025年度事实');
});

it('a leader is the same one however the name is written', async () => {
  const county = kit.person('hao-haitao');
  const assign = async (target: string, leader: string) =>
    (await county.press('sponsorship.assign', { target, leader })).shown.text;
  await assign('柳湾村', '郝海涛');
  expect(await assign('柳湾村', '郝 海涛')).toContain('已经由郝海涛分包');
  await assign('青石村', '郝 海涛');
  const found = await kit.store.read((tx) =>
    tx.table(leaders).find({ where: { person: 'hao-haitao' }, limit: 5 }),
  );
  expect(found.rows).toHaveLength(1);
  await county.say('结束分包 柳湾村');
  expect(said(await county.last())).not.toContain('11月30日');
});

it('what is said twice is written down once', async () => {
  const county = kit.person('hao-haitao');
  await county.press('sponsorship.assign', { target: '柳湾村', leader: '郝海涛' });
  expect((await county.say('批示 柳湾村 把路灯修好')).text).toContain('RW-2026-0001');
  expect((await county.say('批示 柳湾村 把路灯修好')).text).toContain('已经批示过，是任务 RW-2026-0001');
  const enter = async () => {
    const fields = { branch: LIUWAN, kind: 'grave', date: '2026-11-30', words: '发生一起生产安全事故' };
    return (await county.press('stars.enter', fields)).shown.text;
  };
  expect(await enter()).toContain('已登记');
  expect(await enter()).toContain('已经登记过');
});
