/** Stories of people who come, are in several units, hand over and leave. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { issues } from '../../src/features/issues/model.ts';
import { accounts, identify, members, posts } from '../../src/features/members/model.ts';
import { requests } from '../../src/features/members/requests.ts';
import { buttonsOf, createKit, inputsOf, type Kit, type Screen, wordsOf } from '../kit.ts';
import { platform } from '../platform.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let liaison: Screen;
let county: Screen;
let organiser: Screen;
beforeEach(async () => {
  kit = await createKit();
  [secretary, township, liaison, county, organiser] = kit.people(
    'huang-wenchang',
    'huang-changqing',
    'wang-haiyan',
    'hao-haitao',
    'bai-zhiyuan',
  );
});
afterEach(() => kit.close());

const who = (account: string) => kit.store.read((tx) => identify(tx, platform('webchat'), account));
const LIUWAN = { name: '李晓明', unit: 'qingshan-shiqiao-liuwan', role: 'liaison' };

async function asks(screen: Screen, fields: Record<string, unknown> = LIUWAN) {
  await screen.say('绑定');
  return screen.click('提交绑定', fields);
}

describe('绑定', () => {
  it('asks the head of the unit: the secretary of a branch', async () => {
    const xin = kit.person('xin');
    const form = await xin.say('绑定');
    expect(inputsOf(form.card)).toMatchObject({ name: 'xin' });
    const answer = await xin.click('提交绑定', LIUWAN);
    expect(answer.text).toContain('等柳湾村党支部黄文昌同意');
    const asked = await secretary.last();
    expect(wordsOf(asked.card)).toContain('李晓明');
    expect(wordsOf((await secretary.say('待办')).card)).toContain('请批绑定');
    await secretary.click('同意');
    expect(await who('xin')).toMatchObject({
      name: '李晓明',
      unit: 'qingshan-shiqiao-liuwan',
      role: 'liaison',
    });
    expect((await xin.last()).text).toContain('黄文昌同意了：您是柳湾村党支部的联络员');
    expect(wordsOf((await secretary.say('待办')).card)).not.toContain('请批绑定');
    expect((await xin.say('我的')).text).toContain('柳湾村党支部');
  });

  it('does not ask whom nobody can ask: a head without an account', async () => {
    await kit.store.transaction(async (tx) => {
      const { rows } = await tx.table(accounts).find({ where: { person: 'huang-wenchang' }, limit: 5 });
      for (const row of rows) await tx.table(accounts).delete(row);
    });
    expect((await asks(kit.person('xin'))).text).toContain('等石桥镇党委黄长青同意');
  });

  it('goes up to the next head where the unit has none, and may be decided by anyone above', async () => {
    const leave = async (id: string) =>
      kit.store.transaction(async (tx) => {
        const row = await tx.table(members).get(id);
        if (row) await tx.table(members).delete(row);
      });
    await leave('huang-wenchang');
    const xin = kit.person('xin');
    expect((await asks(xin)).text).toContain('等石桥镇党委黄长青同意');
    await leave('huang-changqing');
    const number = /BD-\d{4}-\d{4}/.exec((await xin.last()).text)?.[0] ?? '';
    expect((await liaison.say(`同意绑定 ${number}`)).text).toContain('由柳湾村党支部或上级的负责人来批');
    expect((await kit.person('wang-caifeng').say(`同意绑定 ${number}`)).text).toContain('上级的负责人来批');
    expect(wordsOf((await organiser.say(`同意绑定 ${number}`)).card)).toContain('白志远');
    expect(await who('xin')).toMatchObject({ unit: 'qingshan-shiqiao-liuwan' });
  });

  it('is refused with a reason, withdrawn, and asked again; the one asked sees how it stands', async () => {
    const xin = kit.person('xin');
    await asks(xin);
    await xin.click('撤回');
    await xin.click('撤回');
    expect((await secretary.click('同意').catch((e: Error) => e)).toString()).toContain('no button');
    expect(wordsOf((await secretary.last()).card)).toContain('已撤回');
    const old = buttonsOf((await secretary.last()).card ?? { type: 'AdaptiveCard' });
    expect(old).toEqual([]);

    await asks(xin);
    const number = /BD-\d{4}-\d{4}/.exec((await xin.last()).text)?.[0] ?? '';
    await secretary.say(`不同意绑定 ${number} 不是本村的`);
    expect((await xin.last()).text).toContain('黄文昌没有同意您绑定柳湾村党支部：不是本村的');
    expect(await who('xin')).toBeNull();
    expect((await secretary.say(`同意绑定 ${number}`)).text).toContain('已经批过了');

    // Changing one's mind is simply asking anew.
    await asks(xin);
    await asks(xin, { ...LIUWAN, unit: 'qingshan-shiqiao' });
    const open = await kit.store.read((tx) =>
      tx.table(requests).find({ where: { who: 'webchat:xin', state: 'open' }, order: 'at', limit: 5 }),
    );
    expect(open.rows.map(({ unit }) => unit)).toEqual(['qingshan-shiqiao']);
    await asks(xin);
    expect((await asks(xin)).text).toContain('今天已经申请过几次了');
  });

  it('is decided in the words of its buttons; who asks hears how it stands', async () => {
    const xin = kit.person('xin');
    await asks(xin);
    const number = /BD-\d{4}-\d{4}/.exec((await xin.last()).text)?.[0] ?? '';
    for (const words of ['待办', '上报 村口路灯坏了', '我的'])
      expect((await xin.say(words)).text).toMatch(
        new RegExp(`绑定申请已经交了（${number}）：李晓明，柳湾村党支部联络员。等柳湾村党支部黄文昌同意`),
      );
    await secretary.say(`不同意 ${number} 不是本村的`);
    expect((await xin.last()).text).toContain('没有同意您绑定柳湾村党支部：不是本村的');
    expect((await secretary.say(`同意 ${number}`)).text).toContain('已经批过了');
    expect((await xin.say('待办')).text).toContain('我还不认识您');
    await asks(xin);
    await secretary.say('同意 BD-2026-2');
    expect(await who('xin')).toMatchObject({ name: '李晓明', unit: 'qingshan-shiqiao-liuwan' });
  });

  it('keeps what was typed and says what is wrong with it', async () => {
    const xin = kit.person('xin');
    const wrong = await asks(xin, { name: '李晓明', unit: '柳湾', role: 'head' });
    expect(wrong.text).toContain('柳湾村党支部请选支部书记或联络员');
    expect(inputsOf(wrong.card)).toMatchObject({ name: '李晓明', unit: 'qingshan-shiqiao-liuwan' });
    expect((await asks(xin, { ...LIUWAN, unit: '没有这个村' })).text).toContain('没认出“没有这个村”');
    expect((await asks(xin, { ...LIUWAN, unit: '石桥' })).text).toContain('是不是');
    expect((await asks(xin, { name: '', unit: '', role: '' })).text).toContain('请写姓名');
    expect((await xin.say('绑定 李晓明 柳湾村 联络员')).text).toContain('等柳湾村党支部黄文昌同意');
    expect((await xin.say('绑定 李晓明 青山县委 石桥镇党委 联络员')).text).toContain(
      '等石桥镇党委黄长青同意',
    );
  });

  it('finds who is on the list already, and still asks; a new account takes the place of the old one', async () => {
    await kit.store.transaction((tx) =>
      tx
        .table(members)
        .put({ id: 'li-xm', name: '李晓明', unit: 'qingshan-shiqiao-liuwan', role: 'liaison' }),
    );
    await asks(kit.person('xin'));
    expect(wordsOf((await secretary.last()).card)).toContain('有李晓明，还没有绑定账号');
    await secretary.click('同意');
    expect(await who('xin')).toMatchObject({ id: 'li-xm' });

    await asks(kit.person('other'));
    const card = (await secretary.last()).card;
    expect(wordsOf(card)).toContain('会换掉原来的账号');
    await secretary.click('同意');
    expect(await who('other')).toMatchObject({ id: 'li-xm' });
    expect(await who('xin')).toBeNull();
    expect(await kit.store.read((tx) => tx.table(members).count())).toBe(265);
  });

  it('is judged anew at the press: who was asked may not decide any more', async () => {
    await asks(kit.person('xin'));
    const card = await secretary.last();
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(members).get('huang-wenchang');
      if (row) await tx.table(members).put({ ...row, role: 'liaison' });
    });
    const number = buttonsOf(card.card ?? { type: 'AdaptiveCard' })[0]?.data.request;
    const answer = await secretary.press('members.agree', { request: number }, card.id);
    expect(answer.refused).toBe(true);
    expect(await who('xin')).toBeNull();
    expect((await township.press('members.agree', { request: number })).refused).toBe(false);
  });

  it('never lets somebody decide about themselves', async () => {
    await county.say('绑定');
    await county.click('提交绑定', { ...LIUWAN, name: '郝海涛', unit: 'qingshan-shiqiao' });
    const number = /BD-\d{4}-\d{4}/.exec((await county.last()).text)?.[0] ?? '';
    expect((await county.say(`同意绑定 ${number}`)).text).toContain('本人不能批');
  });
});

describe('one person in several units', () => {
  it('acts for one of them, chosen and kept, and hears what concerns each', async () => {
    await liaison.say('绑定');
    await liaison.click('提交绑定', { ...LIUWAN, name: '随便写的' });
    await secretary.click('同意');
    expect((await liaison.say('我的')).text).toContain('还在：柳湾村党支部（联络员）');
    expect(await who('wang-haiyan')).toMatchObject({ name: '汪海燕', unit: 'qingshan-shiqiao' });
    await liaison.click('切换单位');
    expect(await who('wang-haiyan')).toMatchObject({ unit: 'qingshan-shiqiao-liuwan', role: 'liaison' });
    expect((await liaison.say('切换单位 青石村')).text).toContain('您不在这个单位');
    expect((await liaison.say('绑定')).text).toContain('您已经是柳湾村党支部联络员');
    expect((await liaison.click('提交绑定', { ...LIUWAN, unit: 'qingshan-shiqiao' })).text).toContain(
      '已经在石桥镇党委了',
    );

    const before = (await liaison.messages()).length;
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
    expect((await liaison.messages()).length).toBeGreaterThan(before);
    // What is not hers to do here may be hers to do there: she is told.
    const number = /WT-\d{4}-\d{4}/.exec((await secretary.last()).text)?.[0] ?? '';
    expect((await liaison.say(`受理 ${number}`)).text).toContain('您还在石桥镇党委，要以那边的身份办');
    await liaison.say('切换单位 石桥镇');
    expect(wordsOf((await liaison.say(`受理 ${number}`)).card)).toContain('办理中');
    expect(await who('wang-haiyan')).toMatchObject({ unit: 'qingshan-shiqiao' });
    expect((await secretary.say('切换单位')).text).toContain('只在一个单位');
  });
});

describe('交接', () => {
  async function report(title: string): Promise<string> {
    await secretary.say(`上报 ${title}`);
    const { card } = await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
    return /WT-\d{4}-\d{4}/.exec(wordsOf(card))?.[0] ?? '';
  }
  async function colleague(): Promise<Screen> {
    await asks(kit.person('xin'));
    await secretary.click('同意');
    return kit.person('xin');
  }

  it('moves what hangs on the person, with a look before and a receipt for both', async () => {
    const xin = await colleague();
    const numbers = [await report('路灯坏了'), await report('水管漏水')];
    await township.say('交接 黄文昌 李晓明');
    const preview = await township.last();
    expect(wordsOf(preview.card)).toContain('2件   上报的问题');
    expect(wordsOf(preview.card)).toContain('马上就不能再用会商助手');
    expect(await who('huang-wenchang')).not.toBeNull();
    await township.click('交接');

    expect(await who('huang-wenchang')).toBeNull();
    expect(await who('xin')).toMatchObject({ unit: 'qingshan-shiqiao-liuwan', role: 'secretary' });
    const rows = await kit.store.read((tx) => Promise.all(numbers.map((id) => tx.table(issues).get(id))));
    expect(rows.map((row) => row?.reporter)).toEqual(['xin', 'xin']);
    for (const screen of [xin, secretary]) {
      const receipt = (await screen.messages()).find(({ text }) => text.startsWith('交接：'));
      expect(receipt?.text).toContain('上报的问题2件');
    }
    // No access from this moment on: neither a word nor an old button.
    expect((await secretary.say('待办')).text).toContain('我还不认识您');
    expect((await secretary.press('issues.withdraw', { issue: numbers[0] })).refused).toBe(true);
    expect((await xin.say(numbers[0] ?? '')).text).toContain('路灯坏了');
    expect((await xin.press('issues.withdraw', { issue: numbers[0] })).refused).toBe(false);
    const history = await xin.say(`查看历史 ${numbers[1]}`);
    expect(history.text).toContain('黄文昌上报的，由李晓明接手');
  });

  it('takes along reminders that are planned, and those that were put off', async () => {
    const xin = await colleague();
    const number = await report('路灯坏了');
    await township.say(`受理 ${number}`);
    await township.say(`办结 ${number} 换好了`);
    await kit.store.transaction(async (tx) => {
      for (const [id, due] of [['digest:huang-wenchang:2026-11-24:am', '2026-11-24T00:30:00.000Z']] as const)
        await tx.table(outbox).put({
          id,
          kind: 'digest',
          person: 'huang-wenchang',
          place: null,
          reply: { text: '', card: { subject: { kind: 'digest', id } } },
          lines: [
            {
              rhythm: 'x',
              period: 'p',
              title: '路灯坏了',
              ask: '请核验',
              due: null,
              op: 'issues.show',
              data: {},
            },
          ],
          later: null,
          from: null,
          instead: null,
          state: 'due',
          due,
          attempts: 0,
          at: due,
          day: '2026-11-24',
          week: '2026-11-23',
          error: null,
        });
    });
    await township.say('交接 黄文昌 李晓明');
    expect(wordsOf((await township.last()).card)).toContain('1件   还没发出的消息和提醒');
    await township.click('交接');
    const before = (await secretary.messages()).length;
    await kit.tick('2026-11-24', '08:30');
    expect(wordsOf((await xin.last()).card)).toContain('路灯坏了');
    expect(await secretary.messages()).toHaveLength(before);
    expect(
      await kit.store.read((tx) => tx.table(outbox).get('digest:huang-wenchang:2026-11-24:am')),
    ).toMatchObject({
      state: 'merged',
      error: '交给了李晓明',
    });
  });

  it('is for heads and those above them, over their own people only', async () => {
    await colleague();
    for (const [screen, words] of [
      [secretary, '这要由单位负责人'],
      [liaison, '这要由单位负责人'],
    ] as const)
      expect((await screen.say('交接 黄文昌 李晓明')).text).toContain(words);
    const other = kit.person('wang-caifeng');
    expect((await other.say('交接 黄文昌 李晓明')).text).toContain('没有找到');
    const hostile = await other.press('members.handover', {
      person: 'huang-wenchang|qingshan-shiqiao-liuwan',
      to: 'xin|qingshan-shiqiao-liuwan',
      sure: 'yes',
    });
    expect(hostile.refused).toBe(true);
    expect(await who('huang-wenchang')).not.toBeNull();
    const outside = await county.press('members.handover', {
      person: 'huang-wenchang|qingshan-shiqiao-liuwan',
      to: 'luo-lei|minzhengju',
      sure: 'yes',
    });
    expect(outside.shown.text).toContain('不在您管的单位里');
    expect((await township.say('交接 黄文昌 黄文昌')).text).toContain('不能交给本人');
    expect((await organiser.say('交接 黄文昌 李晓明')).text).toContain('交给李晓明');
  });

  it('leaves somebody who has another post there, and gives it to who acts elsewhere', async () => {
    await liaison.say('绑定');
    await liaison.click('提交绑定', { ...LIUWAN, name: '汪海燕' });
    await secretary.click('同意');
    await township.say('交接 汪海燕（石桥镇党委） 黄长青');
    expect(wordsOf((await township.last()).card)).toContain('柳湾村党支部的身份还在');
    await township.click('交接');
    expect(await who('wang-haiyan')).toMatchObject({ unit: 'qingshan-shiqiao-liuwan' });
    expect(await who('huang-changqing')).toMatchObject({ role: 'head' });

    await township.say('交接 黄文昌 黄长青');
    await township.click('交接');
    expect((await township.say('我的')).text).toContain('还在：柳湾村党支部（支部书记）');
  });
});

describe('移出', () => {
  it('lets somebody come back, and be reached again before they speak', async () => {
    await secretary.say('帮助');
    await township.say('移出 黄文昌');
    await township.click('移出');
    await kit.store.transaction((tx) =>
      tx.table(members).put({
        id: 'huang-wenchang',
        name: '黄文昌',
        unit: 'qingshan-shiqiao-liuwan',
        role: 'secretary',
      }),
    );
    await kit.store.transaction((tx) =>
      tx.table(accounts).put({ id: 'teams:back', person: 'huang-wenchang' }),
    );
    await asks(kit.person('xin'));
    expect(wordsOf((await secretary.last()).card)).toContain('李晓明 申请绑定');
    expect(kit.complaints).toEqual([]);
  });

  it('is a sentence when it goes on without a space, as long as it is no name', async () => {
    for (const words of [
      '移出低保名单的王大爷来问了好几次',
      '交接班的时候村口没有人值守',
      '交接材料给不到村民手里',
    ])
      expect([words, wordsOf((await township.say(words)).card)]).toEqual([
        words,
        expect.not.stringMatching(/移出谁|谁要交接/),
      ]);
    for (const words of ['移出黄文昌', '移出 黄文昌'])
      expect(wordsOf((await township.say(words)).card)).toContain('黄文昌');
    expect(wordsOf((await township.say('交接黄文昌给汪海燕')).card)).toMatch(/黄文昌.*汪海燕/s);
  });

  it('opens its form again when it is typed again, and takes the words that come with it', async () => {
    await township.say('移出');
    const again = await township.say('移出');
    expect(again.text).not.toContain('请改一下');
    await township.click('下一步', { person: 'huang-wenchang|qingshan-shiqiao-liuwan' });
    expect(await who('huang-wenchang')).not.toBeNull();
    await township.click('移出');
    expect(await who('huang-wenchang')).toBeNull();
  });

  it('ends access at once, and what was waiting for that person', async () => {
    await kit.store.transaction((tx) =>
      tx.table(outbox).put({
        id: 'n-1',
        kind: 'notice',
        person: 'huang-wenchang',
        place: null,
        reply: { text: '明天开会' },
        lines: [],
        later: null,
        from: null,
        instead: null,
        state: 'due',
        due: '2026-11-20T03:00:00.000Z',
        attempts: 0,
        at: '2026-11-20T01:00:00.000Z',
        day: '2026-11-20',
        week: '2026-11-16',
        error: null,
      }),
    );
    await secretary.say('帮助');
    expect((await liaison.say('移出 黄文昌')).text).toContain('这要由单位负责人');
    await township.say('移出 黄文昌');
    expect(await who('huang-wenchang')).not.toBeNull();
    await township.click('移出');
    expect(await who('huang-wenchang')).toBeNull();
    expect((await secretary.last()).text).toContain('您已不在柳湾村党支部的名单上');
    const before = (await secretary.messages()).length;
    await kit.tick('2026-11-20', '11:30');
    expect(await secretary.messages()).toHaveLength(before);
    expect(await kit.store.read((tx) => tx.table(outbox).get('n-1'))).toMatchObject({
      state: 'void',
      error: '这位同志已经不在名单上',
    });
    expect(await kit.store.read((tx) => tx.table(accounts).count({ person: 'huang-wenchang' }))).toBe(0);
  });

  it('does not show old cards to who left, and moves what they were to decide to the next one', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
    await asks(kit.person('xin'));
    await township.say('移出 黄文昌');
    await township.click('移出');
    const { rows } = await kit.store.read((tx) =>
      tx.table(requests).find({ where: { who: 'webchat:xin', state: 'open' }, order: 'at', limit: 1 }),
    );
    expect(rows[0]?.asked).toBe('qingshan-shiqiao');
    expect(wordsOf((await township.say('待办')).card)).toContain('请批绑定');
    await township.say('受理 WT-2026-0001');
    const cards = (await secretary.messages()).map(({ card }) => wordsOf(card)).join();
    expect(cards).not.toContain('办理中');
  });

  it('is not for oneself, nor for the last one of the organiser', async () => {
    expect((await township.say('移出 黄长青')).text).toContain('不能移出自己');
    await organiser.say('移出 郭玉霞');
    await organiser.click('移出');
    expect(await who('guo-yuxia')).toBeNull();
    expect((await organiser.say('移出 白志远')).text).toContain('不能移出自己');
    expect(await kit.store.read((tx) => tx.table(posts).count({ person: 'guo-yuxia' }))).toBe(0);
  });
});
