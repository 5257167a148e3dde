/** What people really send: numbers, names and forms as they write them, with what nobody sees in between. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter } from '../../src/bot/turn/router.ts';
import { features } from '../../src/features/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { meetings } from '../../src/features/meetings/model.ts';
import { members } from '../../src/features/members/model.ts';
import { createKit, inputsOf, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let lead: Screen;

beforeEach(async () => {
  kit = await createKit();
  [secretary, lead] = kit.people('huang-wenchang', 'luo-lei');
});
afterEach(() => kit.close());

const filled = { star: 'pingan-fazhi', aspect: '物' };
async function report(title = '村口路灯坏了'): Promise<void> {
  await secretary.say(`上报 ${title}`);
  await secretary.click('提交', filled);
}
const issue = (id = 'WT-2026-0001') => kit.store.read((tx) => tx.table(issues).get(id));
const fallback = ({ card }: Message) => String(card?.fallbackText ?? '');

describe('the number of a record', () => {
  it('is understood however it is written', async () => {
    await report();
    for (const words of [
      ...['WT–2026–0001', 'WT-2026-0001。', '“WT-2026-0001”', '【WT-2026-0001】', 'WT20260001', 'WT-2026-1'],
      ...[
        'wt_2026_0001',
        'ＷＴ－２０２６－０００１',
        'WT 2026 0001',
        'WT−2026—1',
        'WT-2026-00001',
        '#WT-2026-0001',
      ],
      ...['问题 WT-2026-0001？', '问题：WT20260001', '问题WT-2026-1号', '“问题 WT-2026-1”', '/问题 wt2026 1'],
      ...[
        'WT-2026-0001 到哪一步了',
        'WT-2026-0001修好了吗',
        '\u200fWT-2026\u200b-0001\u200f',
        '@会商 WT-2026-1',
      ],
    ]) {
      const said = await secretary.say(words);
      expect([words, wordsOf(said.card)]).toEqual([
        words,
        expect.stringMatching(/村口路灯坏了.*WT-2026-0001 等/),
      ]);
    }
  });

  it('goes with words behind it, glued or not, in every command', async () => {
    await report();
    await secretary.say('补充情况 “WT–2026–1”，又看了一次');
    await secretary.say('补充情况 WT20260001还没修');
    const history = wordsOf((await secretary.say('查看历史：WT-2026-1。')).card);
    for (const words of ['又看了一次', '还没修']) expect(history).toContain(words);
  });

  it('is missed with an example of the same command', async () => {
    await report();
    const said = async (words: string) => (await secretary.say(words)).text;
    expect(await said('办结')).toMatch(/请写上问题的编号.*例如：办结 WT-2026-0001 灯泡换好了$/);
    expect(await said('撤回 WT-2026-77')).toMatch(
      /没有找到“WT-2026-0077|没有找到“WT-2026-77”.*例如：撤回 WT-2026-0001$/,
    );
    expect(await said('催办')).toMatch(/例如：催办 RW-2026-0001$/);
    expect(await said('退回打卡 RW-2026-9')).toMatch(/例如：退回 RW-2026-0001 柳湾村/);
    expect(await said('取消会商')).toMatch(/例如：取消会商 HS-2026-11-01/);
    expect(await said('问题 WT-2026-77')).toMatch(/例如：问题 WT-2026-0001$/);
  });
});

describe('commands', () => {
  it('are known whatever stands around them', async () => {
    for (const words of [
      ...[
        '\u200f帮助\u200f',
        '帮\u200b助',
        '帮助。',
        '“帮助”',
        'help!',
        '@会商 帮助',
        '＠会商 帮助',
        '帮助 @会商',
      ],
      ...['＠会商，帮助', '@会商：帮助', '：帮助', '@会商助手 帮助'],
      ...['@会商 @会商 帮助', '＠會商 幫助', '@會商機器人，幫助', '帮助 @会商 @会商', '//帮助'],
      ...['@会商机器人 帮助', '\ufeff帮助\u3164', '帮助\u2800', '　帮助　'],
    ]) {
      const said = await kit.in('qingshan-shiqiao', 'huang-wenchang').say(words);
      expect([words, wordsOf(said.card)]).toEqual([words, expect.stringContaining('我能帮您做什么')]);
    }
  });

  it('go on behind a colon or a dash', async () => {
    for (const words of [
      '上报：路灯坏了',
      '上报，路灯坏了',
      '上报: 路灯坏了',
      '@会商 上报 路灯坏了',
      '上报——路灯坏了',
    ])
      expect(inputsOf((await secretary.say(words)).card)).toMatchObject({ title: '路灯坏了' });
  });

  it('belong to the bot that is called by its name', async () => {
    const form = inputsOf((await lead.say('@会商 发起 12月9日下午3点')).card);
    expect(form).toMatchObject({ date: '2026-12-09' });
  });
});

describe('what is invisible', () => {
  it('makes no title', async () => {
    await secretary.say('上报');
    for (const blank of [
      '\u200b',
      '\u200f',
      '\u3164',
      '\u2800',
      '\u00ad\u2060',
      '\u202e',
      '\ufe0f',
      '\u0085',
      '\u{e0041}',
    ]) {
      const again = await secretary.click('提交', { ...filled, title: blank.repeat(3) });
      expect([blank, wordsOf(again.card)]).toEqual([blank, expect.stringContaining('请写标题')]);
    }
    expect(await issue()).toBeUndefined();
  });

  it('is taken out of what is kept, and emoji stay whole', async () => {
    const family = '👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽 ❤️ 1️⃣ 🏳️‍🌈';
    await report(`路灯\u200b坏了\u202e ${family}`);
    expect((await issue())?.title).toBe(`路灯坏了 ${family}`);
  });
});

describe('a form in words', () => {
  it('keeps lines without a label with the field before them', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.say(
      '提交\n关系到哪颗星：平安法治星\n哪方面的问题：物\n详情：晚上很黑\n老人摔过一跤\n\n时间：上周',
    );
    expect(await issue()).toMatchObject({ details: '晚上很黑\n老人摔过一跤\n\n时间：上周', aspect: '物' });
  });

  it('knows its lines by short labels, and fills in what comes without 提交', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.say('提交\n星：平安法治\n方面：治\n内容：晚上很黑\n问题：还是老样子\n紧急程度：紧急');
    expect(await issue()).toMatchObject({
      ...{ title: '还是老样子', star: 'pingan-fazhi', aspect: '治', details: '晚上很黑', urgency: '紧急' },
    });
    await secretary.say('村口路灯坏了三天了');
    for (const words of ['星：平安法治星', '方面: 治', '星：平安法治\n方面：效\n紧急程度：紧急'])
      expect([words, 'title' in inputsOf((await secretary.say(words)).card)]).toEqual([words, true]);
    expect(inputsOf((await secretary.last()).card)).toMatchObject({
      ...{ title: '村口路灯坏了三天了', star: 'pingan-fazhi', aspect: '效', urgency: '紧急' },
    });
    expect(await issue('WT-2026-0002')).toBeUndefined();
    await secretary.say('提交');
    expect(await issue('WT-2026-0002')).toMatchObject({ star: 'pingan-fazhi', aspect: '效' });
    await lead.say('会商 发起 12月9日下午3点');
    const look = await lead.say('发起会商\n地点：三楼\n单位：市司法局\n议题：路灯\n时间：16:00');
    for (const words of ['三楼', '市司法局', '16:00']) expect(wordsOf(look.card)).toContain(words);
  });

  it('takes back all that it shows, and shows no ids', async () => {
    await lead.say('会商 发起 12月9日下午3点');
    const shown = fallback(await lead.last());
    expect(shown).toMatch(/参加单位：[^\n]*、/);
    expect(shown.replace(/.*\n也可以打字/s, '')).not.toMatch(/[a-z]{3,}/);
    const lines = shown
      .split('\n')
      .slice(shown.split('\n').findIndex((line) => line.startsWith('也可以')) + 1);
    const before = inputsOf((await lead.last()).card);
    await lead.say(
      ['发起会商', ...lines, ...(lines.some((l) => l.startsWith('地点')) ? ['地点或链接：三楼'] : [])].join(
        '\n',
      ),
    );
    await lead.click('发起会商').catch(() => undefined);
    const meeting = await kit.store.read((tx) => tx.table(meetings).get('HS-2026-12-01'));
    expect(meeting).toMatchObject({ date: '2026-12-09', time: '15:00', place: '三楼' });
    expect(meeting?.items.length).toBe(String(before.agenda).split('\n').length);
  });

  it('takes titles however they are parted, and items one a line', async () => {
    await lead.say('会商 发起 12月9日下午3点');
    await lead.say(
      '发起会商\n地点或链接：三楼\n参加单位：市司法局，市教育局\n议题：\n村口路灯\n排水沟\n电动车充电',
    );
    const look = wordsOf((await lead.last()).card);
    for (const words of ['请2个单位', '市司法局、市教育局', '村口路灯', '排水沟', '电动车充电'])
      expect(look).toContain(words);
    for (const sign of ['、', '；', ' ', '／', '\n', ', ']) {
      await lead.say(`发起会商\n地点或链接：三楼\n参加单位：市司法局${sign}市教育局\n议题：路灯`);
      expect([sign, wordsOf((await lead.last()).card)]).toEqual([sign, expect.stringContaining('请2个单位')]);
    }
  });

  it('takes a hint that was copied for nothing, and tells of a line that is nowhere', async () => {
    await secretary.say('上报 路灯坏了');
    const lost = await secretary.say('提交\n村口那盏');
    expect(lost.text).toContain('没看出“村口那盏”是哪一项');
    const hint = /哪方面的问题：(（.*）)/.exec(fallback((await secretary.messages())[0] as Message))?.[1];
    const again = await secretary.say(
      `提交。\n标题: 路灯坏了\n关系到哪颗星＝平安法治星\n哪方面的问题：${hint}`,
    );
    expect(wordsOf(again.card)).toContain('请选一个方面');
    expect(await issue()).toBeUndefined();
    await secretary.say('提交\n哪方面的问题：治（治理、制度）\n缓急：紧急');
    expect(await issue()).toMatchObject({ aspect: '治', urgency: '紧急', star: 'pingan-fazhi' });
  });

  it('takes the title of a choice for its value, and null for nothing, from a press', async () => {
    const sent = { title: '路灯坏了', details: null, branch: null, star: '平安法治星' };
    await secretary.press('issues.report', {
      ...sent,
      aspect: '治（治理、制度）',
      urgency: '紧急（3个工作日内）',
    });
    expect(await issue()).toMatchObject({ aspect: '治', urgency: '紧急', details: '' });
  });
});

describe('a person’s name', () => {
  const township = () => kit.person('huang-changqing');
  beforeEach(async () => {
    await kit.store.transaction(async (tx) => {
      const unit = 'qingshan-shiqiao-liuwan';
      await tx.table(members).put({ id: 'aili', name: '买买提·艾力', unit, role: 'liaison' });
      await tx.table(members).put({ id: 'jiasan', name: '甲三', unit, role: 'liaison' });
    });
  });

  it('is found however it is dotted and spaced', async () => {
    for (const [words, name] of [
      ['买买提·艾力（柳湾村党支部）', '买买提·艾力'],
      ['买买提·艾力', '买买提·艾力'],
      ['买买提•艾力 柳湾村', '买买提·艾力'],
      ['买买提 ・ 艾力', '买买提·艾力'],
      ['买买提艾力', '买买提·艾力'],
      ['买买提·艾力 · 柳湾村党支部（石桥镇党委） · 联络员', '买买提·艾力'],
      ['甲　三', '甲三'],
      ['甲 三（柳湾村党支部）', '甲三'],
      ['甲三 柳湾村党支部（石桥镇党委）', '甲三'],
      ['甲\u200b三', '甲三'],
    ] as const) {
      const look = await township().say(`移出 ${words}`);
      expect([words, wordsOf(look.card)]).toEqual([
        words,
        expect.stringContaining(`${name}（柳湾村党支部联络员）`),
      ]);
    }
  });

  it('is not looked for in words without end', async () => {
    const said = await township().say(`移出 ${'甲 '.repeat(8_000)}`);
    expect(wordsOf(said.card)).toMatch(/移出谁|没有找到/);
  });

  it('is closed up in 交接 too', async () => {
    const look = await township().say('交接 甲　三 给 买买提·艾力');
    expect(wordsOf(look.card)).toContain('甲三（柳湾村党支部联络员）交给买买提·艾力');
  });
});

it('a command that names a record shows an example of itself where it is refused', () => {
  // These are about the sender's own unit.
  const own = ['again', 'rest', 'submit', 'complete', 'statement'].map((name) => `analysis.${name}`);
  const router = createRouter(features);
  for (const { right, words, fromText, record } of features.flatMap(({ operations }) => operations)) {
    if (!words || !fromText || !record || own.includes(right.name)) continue;
    const [word] = words;
    expect([right.name, router.byText(`${word} xyz`)?.example]).toEqual([
      right.name,
      expect.stringMatching(new RegExp(`^${word} .`)),
    ]);
  }
});
