/** Stories of 问题 with words: who looks for something finds it, and nothing that is not theirs to know. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { buttonsOf, createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let maicang: Screen;
let liuwan: Screen;
let organiser: Screen;

beforeEach(async () => {
  kit = await createKit({ day: '2026-07-06' });
  [maicang, liuwan, organiser] = kit.people('cai-zhongyi', 'huang-wenchang', 'bai-zhiyuan');
});
afterEach(() => kit.end());

async function report(screen: Screen, title: string, more: Record<string, unknown> = {}): Promise<void> {
  await screen.say(`上报 ${title}`);
  await screen.click('提交', { star: 'pingan-fazhi', aspect: '物', ...more });
}

/** Titles in the order in which they are shown. */
async function found(screen: Screen, words: string): Promise<string[]> {
  const { card } = await screen.say(`问题 ${words}`);
  return titlesOf(card);
}

function titlesOf(card: Parameters<typeof buttonsOf>[0]): string[] {
  return buttonsOf(card)
    .filter(({ op }) => op === 'issues.show')
    .map(({ title }) => title);
}

describe('words', () => {
  beforeEach(async () => {
    await report(liuwan, '自来水管漏了', { details: '村口3号井，LED灯也不亮', star: 'shengtai-yiju' });
    kit.time('2026-10-12');
    await report(maicang, '自来水停了三天', { details: '后麦仓一组' });
    kit.time('2026-11-20');
    await report(maicang, '路灯坏了', { star: 'wenming-xingfu' });
  });

  it.each([
    ['自来水', ['自来水停了三天', '自来水管漏了']],
    ['水管', ['自来水管漏了']],
    ['自来水 后麦仓村', ['自来水停了三天']],
    ['后麦仓村 自来水', ['自来水停了三天']],
    ['后麦仓村', ['路灯坏了', '自来水停了三天']],
    ['麦仓镇', ['路灯坏了', '自来水停了三天']],
    ['麦仓镇自来水', ['自来水停了三天']],
    ['麦仓镇的路灯', ['路灯坏了']],
    ['石桥镇党委', ['自来水管漏了']],
    ['青山县', ['路灯坏了', '自来水停了三天', '自来水管漏了']],
    ['平安法治星', ['自来水停了三天']],
    ['平安法治', ['自来水停了三天']],
    ['文明幸福星 麦仓镇', ['路灯坏了']],
    ['本月', ['路灯坏了']],
    ['上月', ['自来水停了三天']],
    ['本月自来水', []],
    ['10月自来水', ['自来水停了三天']],
    ['本季度', ['路灯坏了', '自来水停了三天']],
    ['7月', ['自来水管漏了']],
    ['2026年7月', ['自来水管漏了']],
    ['2025年7月', []],
    ['今年 水管', ['自来水管漏了']],
    ['今年以来 有关水管的问题', ['自来水管漏了']],
    ['待受理 自来水', ['自来水停了三天', '自来水管漏了']],
    ['已销号 自来水', []],
    ['红 自来水', ['自来水管漏了', '自来水停了三天']],
    ['超期的自来水', ['自来水管漏了', '自来水停了三天']],
    ['黄 自来水', []],
    ['led', ['自来水管漏了']],
    ['ＬＥＤ灯', ['自来水管漏了']],
    ['3号井', ['自来水管漏了']],
    ['灯', ['路灯坏了']],
    ['自来水、水管', ['自来水管漏了']],
    ['自来水的问题', ['自来水停了三天', '自来水管漏了']],
    ['水管 路灯', []],
    ['😀', []],
  ])('问题 %s', async (words, titles) => {
    expect(await found(organiser, words)).toEqual(titles);
  });

  it('narrow to what this person may know, also in what is said of it', async () => {
    const township = kit.person('lin-shuai');
    expect(await found(township, '自来水')).toEqual(['自来水停了三天']);
    expect(await found(liuwan, '自来水')).toEqual(['自来水管漏了']);
    const none = await liuwan.say('问题 停了三天');
    expect(titlesOf(none.card)).toEqual([]);
    expect(wordsOf(none.card)).toContain('没有找到。请少写几个字');
    const nothing = await liuwan.say('问题 绝对没有');
    expect(wordsOf(none.card).replace('停了三天', '')).toBe(wordsOf(nothing.card).replace('绝对没有', ''));
    expect(await found(liuwan, '麦仓镇')).toEqual([]);
    expect(await found(kit.person('guo-chengye'), '自来水')).toEqual(['自来水停了三天']);
    // Who is asked to help may look, and whoever helped before still may.
    await kit.person('huang-changqing').say('上交 WT-2026-0001');
    expect(await found(kit.person('hao-haitao'), '水管')).toEqual(['自来水管漏了']);
  });

  it('follow what becomes of an issue', async () => {
    await kit.person('lin-shuai').say('受理 WT-2026-0003');
    expect(await found(organiser, '路灯 办理中')).toEqual(['路灯坏了']);
    expect(await found(organiser, '路灯 待受理')).toEqual([]);
    await kit.person('lin-shuai').say('办结 WT-2026-0003 换好了');
    await maicang.say('退回 WT-2026-0003 又灭了');
    expect(await found(organiser, '黄 路灯')).toEqual(['路灯坏了']);
    kit.time('2026-12-01');
    expect(await found(organiser, '蓝 路灯')).toEqual([]);
    await report(liuwan, '垃圾没人运');
    kit.time('2026-12-11');
    expect(await found(organiser, '蓝 垃圾')).toEqual(['垃圾没人运']);
    expect(await found(organiser, '红 垃圾')).toEqual([]);
  });

  it('are shown as they were typed, and are no markup', async () => {
    const words = '[自来水](http://x.example) **${rows}** <b>';
    const { card } = await organiser.say(`问题 ${words}`);
    expect(wordsOf(card)).toContain(`“${words}”的问题`);
    expect(await found(organiser, '自来水 '.repeat(40))).toEqual(['自来水停了三天', '自来水管漏了']);
    const long = await organiser.say(`问题 ${'自来水管漏了'.repeat(500)}`);
    expect(wordsOf(long.card)).toContain('只按前60个字找');
  });

  it('that are a number of another kind are refused as one', async () => {
    expect((await organiser.say('问题 RW-2026-0001')).text).toContain('没有找到“RW-2026-0001”');
    expect((await organiser.say('问题 WT-2026-0001')).text).toContain('自来水管漏了');
  });
});

it('what was found is leafed through, the newest first', async () => {
  for (let n = 1; n <= 12; n += 1) await report(liuwan, `路灯坏了${n}号`);
  const first = await organiser.say('问题 路灯');
  const seen = titlesOf(first.card);
  for (let left = 2; left > 0; left -= 1) seen.push(...titlesOf((await organiser.click('下一页')).card));
  expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => `路灯坏了${12 - n}号`));
  expect(buttonsOf((await organiser.last()).card).map(({ title }) => title)).not.toContain('接着找');
});

it('looks on at a press where much of what the index gives is not meant', async () => {
  await report(liuwan, '路灯坏了');
  await kit.store.transaction(async (tx) => {
    const row = await tx.table(issues).get('WT-2026-0001');
    if (!row) throw new Error('it was reported');
    const { rev: _, ...issue } = row;
    await tx.table(issues).put({ ...row, deadline: '2026-07-09' });
    for (let n = 10; n < 45; n += 1)
      await tx.table(issues).put({ ...issue, id: `WT-2026-00${n}`, deadline: '2026-07-08', returned: 1 });
  });
  const first = await organiser.say('问题 蓝色 路灯');
  expect([titlesOf(first.card), wordsOf(first.card)]).toEqual([
    [],
    expect.stringContaining('可以接着往前找'),
  ]);
  expect(titlesOf((await organiser.click('接着找')).card)).toEqual(['路灯坏了']);
});

it('rows of the version before are found once the new one has opened the folder', async () => {
  const old = await createKit({ from: new URL('../fixtures/store-before', import.meta.url).pathname });
  const { rows } = await old.store.read((tx) => tx.table(issues).find({ order: 'reportedAt', limit: 1000 }));
  const [some] = rows;
  if (!some) throw new Error('there is an issue in the folder');
  expect(await found(old.person('bai-zhiyuan'), some.title.slice(0, 4))).toContain(some.title);
  await old.close();
});
