/** The flow: each message once, double presses, old cards, unknown people and words, what people type stays text. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { liveCards } from '../../src/bot/cards/live.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { operation } from '../../src/bot/operation.ts';
import { createRouter } from '../../src/bot/turn/router.ts';
import { audit, turns } from '../../src/bot/turn/tables.ts';
import { features } from '../../src/features/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { numbered } from '../../src/lib/recordnumber.ts';
import { buttonsOf, createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
beforeEach(async () => {
  kit = await createKit();
  [secretary, township] = kit.people('huang-wenchang', 'huang-changqing');
});
afterEach(() => kit.close());

const fields = { star: 'pingan-fazhi', aspect: '物' };
const allIssues = () =>
  kit.store.read(
    async (tx) =>
      (
        await tx.table(issues).find({
          where: {
            reporterUnit: 'qingshan-shiqiao-liuwan',
            state: ['pending', 'active', 'verifying', 'closed', 'withdrawn'],
          },
          order: 'deadline',
          limit: 100,
        })
      ).rows,
  );

describe('each message once', () => {
  it('answers the same message again with the same answer, and acts once', async () => {
    await secretary.say('上报 路灯坏了', 'm-1');
    await secretary.say('上报 路灯坏了', 'm-1');
    expect(await secretary.messages()).toHaveLength(1);
    const [submit] = buttonsOf((await secretary.last()).card ?? { type: 'AdaptiveCard' });
    const press = () =>
      secretary.press('issues.report', { ...submit?.data, title: '路灯坏了', ...fields }, undefined, 'p-1');
    const [first, second] = await Promise.all([press(), press()]);
    expect(first.shown.text).toBe(second.shown.text);
    expect(await allIssues()).toHaveLength(1);
  });

  it('makes one issue of two presses at once that came as two messages', async () => {
    const form = await secretary.say('上报 路灯坏了');
    const [submit] = buttonsOf(form.card ?? { type: 'AdaptiveCard' });
    const data = { ...submit?.data, title: '路灯坏了', ...fields };
    const answers = await Promise.all(
      [1, 2, 3].map((n) => secretary.press('issues.report', data, form.id, `p-${n}`)),
    );
    expect(await allIssues()).toHaveLength(1);
    for (const { shown } of answers) expect(shown.text).toContain('WT-2026-0001');
  });

  it('lets one of two people win and tells the other how things stand', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', fields);
    const colleague = kit.person('wang-haiyan');
    const answers = await Promise.all([township.click('受理'), colleague.click('受理')]);
    expect(answers.map(({ refused }) => refused).sort()).toEqual([false, true]);
    expect(answers.find(({ refused }) => refused)?.text).toContain('已经受理过了');
  });

  it('brings an old card up to date when it is pressed', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', fields);
    const old = await township.last();
    await kit.person('wang-haiyan').say('受理 WT-2026-0001');
    const answer = await township.press('issues.accept', { issue: 'WT-2026-0001' }, old.id);
    expect(answer.refused).toBe(true);
    expect(wordsOf((await township.last()).card)).toContain('办理中');
  });

  it('keeps nothing of a press that only looks: sent again, it looks again', async () => {
    await secretary.say('上报 路灯坏了');
    const kept = () => kit.store.read((tx) => tx.table(turns).count());
    const before = await kept();
    await township.say('帮助');
    const look = () => township.press('home.todo', {}, undefined, 'look-1');
    expect(wordsOf((await look()).shown.card)).not.toContain('WT-2026-0001');
    expect(await kept()).toBe(before + 1);
    await secretary.click('提交', fields);
    expect(wordsOf((await look()).shown.card)).toContain('WT-2026-0001');
  });

  it('sends a notice once, however often its turn is repeated', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', fields);
    await kit.bot.pump();
    await kit.bot.pump();
    expect(await township.messages()).toHaveLength(1);
    const rows = await kit.store.read(
      async (tx) =>
        (await tx.table(outbox).find({ where: { state: 'sent' }, order: 'due', limit: 100 })).rows,
    );
    expect(rows.filter(({ person }) => person === 'huang-changqing')).toHaveLength(1);
  });
});

describe('who and what', () => {
  it('tells an unknown person what to do, and keeps nothing of theirs', async () => {
    const stranger = kit.person('nobody');
    expect((await stranger.say('上报 路灯坏了')).text).toContain('我还不认识您');
    expect((await stranger.say('帮助')).text).toContain('我还不认识您');
    expect((await stranger.press('issues.accept', { issue: 'WT-2026-0001' })).shown.text).toContain(
      '我还不认识您',
    );
    expect(await kit.store.read((tx) => tx.table(liveCards).count())).toBe(0);
  });

  it('offers the nearest commands for unknown words, with the words kept', async () => {
    const answer = await secretary.say('路灯路灯');
    expect(wordsOf(answer.card)).toContain('您是想…？');
    const offered = answer.card ? buttonsOf(answer.card) : [];
    expect(offered.length).toBeLessThanOrEqual(5);
    expect(offered.map(({ title }) => title)).toEqual(expect.arrayContaining(['上报', '帮助']));
    expect(offered.find(({ title }) => title === '上报')?.data.words).toBe('路灯路灯');
    expect(wordsOf((await secretary.say('代办')).card)).toContain('您是想…？');
    expect(
      (await secretary.last()).card &&
        buttonsOf((await secretary.last()).card ?? { type: 'AdaptiveCard' })[0]?.title,
    ).toBe('待办');
  });

  it('understands a slash, full-width letters and spaces, and words that are glued to the command', async () => {
    for (const words of [
      '/上报 路灯坏了',
      '上报　路灯坏了',
      '上报路灯坏了',
      'ＲＥＰＯＲＴ 路灯坏了',
      '／上报  路灯坏了',
    ]) {
      const form = await secretary.say(words);
      expect(form.text, words).toContain('上报问题');
      expect(JSON.stringify(form.card), words).toContain('"路灯坏了"');
    }
  });

  it('shows 帮助 by role and 我的 with unit, role and the messages of this week', async () => {
    const main = async (person: Screen, words: string) => {
      const { card } = await person.say(words);
      return buttonsOf(card).map(({ op }) => op);
    };
    expect(await main(secretary, '帮助')).toEqual([
      ...['issues.draft', 'tasks.checkin', 'home.todo', 'issues.list', 'home.more'],
    ]);
    expect(await main(township, '?')).toEqual([
      ...['home.todo', 'issues.list', 'tasks.assign', 'issues.draft', 'home.more'],
    ]);
    expect((await secretary.say('更多')).text).not.toContain('绑定本群');
    expect((await township.say('更多')).text).toContain('绑定本群');
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', fields);
    const mine = wordsOf((await township.say('我的')).card);
    expect(mine).toContain('石桥镇党委');
    expect(mine).toContain('负责人');
    expect(mine).toContain('等我办的 1件');
    expect(mine).toContain('主动发给您1条');
    expect(wordsOf((await township.say('待办')).card)).toContain('请受理');
  });

  it('writes down who did what, and who tried what he may not', async () => {
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', fields);
    await secretary.say('受理 WT-2026-0001');
    await township.click('受理');
    const rows = await kit.store.read(
      async (tx) =>
        (await tx.table(audit).find({ where: { record: 'WT-2026-0001' }, order: 'at', limit: 10 })).rows,
    );
    expect(rows.map(({ person, op, outcome }) => [person, op, outcome])).toEqual([
      ['huang-wenchang', 'issues.report', 'done'],
      ['huang-wenchang', 'issues.accept', 'refused'],
      ['huang-changqing', 'issues.accept', 'done'],
    ]);
  });

  it('answers hostile buttons in words', async () => {
    for (const data of [
      {},
      { issue: 7 },
      { issue: { $gt: '' } },
      { issue: 'WT-2026-9999' },
      { form: 'x' },
      { issue: ['WT-2026-0001'] },
    ]) {
      const answer = await secretary.press('issues.accept', data as Record<string, unknown>);
      expect(answer.refused).toBe(true);
      expect(answer.shown.text).not.toContain('出了点问题');
    }
    expect((await secretary.press('no.such', {})).shown.text).toContain('帮助');
    expect(
      (await secretary.press('issues.list', { after: 'garbage', filter: '超期' })).shown.text,
    ).toBeTruthy();
    expect(kit.complaints).toEqual([]);
  });

  it('takes no data deeper than any card, whichever channel brings it, and keeps nothing of it', async () => {
    const turnsKept = () => kit.store.read((tx) => tx.table(turns).count());
    await secretary.say('上报 路灯坏了');
    const before = await turnsKept();
    for (const levels of [32, 5_000, 200_000]) {
      const deep = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
      const answer = await secretary.press('issues.report', { title: '路灯', ...fields, deep });
      expect(answer).toMatchObject({ scope: 'words', refused: true, sends: [] });
      expect(answer.shown.text).toMatch(/什么都没有改.*。$/);
    }
    expect([await turnsKept(), await allIssues()]).toEqual([before, []]);
    expect(kit.complaints).toEqual([]);
  });

  it('keeps nothing of fields that nobody asked for, whatever is pressed', async () => {
    const made = '凭空多出来的';
    const organiser = kit.person('bai-zhiyuan');
    const asked = await organiser.press('members.remove', { person: '黄文昌', 多: made, x: [{ y: made }] });
    expect(asked).toMatchObject({ scope: 'mine', refused: false });
    const names = features.flatMap(({ operations }) => operations.map(({ right }) => right.name));
    for (const op of names)
      for (const person of [secretary, township, organiser])
        await person.press(op, { title: '路灯', ...fields, person: '黄文昌', [made]: '1', y: { z: made } });
    for await (const item of kit.store.export()) expect(JSON.stringify(item)).not.toContain(made);
    // What is known goes on to the second press.
    const [remove] = buttonsOf(asked.shown.card ?? { type: 'AdaptiveCard' });
    expect(remove?.data).toMatchObject({ person: '黄文昌', sure: 'yes' });
  });

  it('does not start with something to press that no feature brings', () => {
    const nothing = { name: 'x.nothing', title: '没有的' };
    const pointing = (points: Partial<Feature>) => () =>
      createRouter([{ name: 'x', tables: [], operations: [], ...points }, ...features]);
    const missing = 'No feature brings the operation x.nothing';
    expect(pointing({ starts: [nothing] })).toThrow(missing);
    expect(pointing({ intakes: [{ kinds: ['json'], op: nothing }] })).toThrow(missing);
    expect(pointing({ numbers: { ...numbered('XX'), op: nothing } })).toThrow(missing);
    expect(() => createRouter(features.filter(({ name }) => name !== 'home'))).toThrow('home.help');
    expect(pointing({})).not.toThrow();
  });

  it('lets the same message succeed later when it failed for no fault of its sender', async () => {
    await kit.close();
    let broken = true;
    const flaky = operation({
      right: { name: 'test.flaky', title: '试试', who: 'bound' },
      words: ['试试'],
      input: z.object({}),
      run: async () => {
        if (broken) throw new Error('the disk is on fire');
        return { text: '成了' };
      },
    });
    kit = await createKit({ features: [{ name: 'test', tables: [], operations: [flaky] }, ...features] });
    const screen = kit.person('huang-wenchang');
    const press = () => screen.press('test.flaky', {}, undefined, 'p-1');
    expect((await press()).shown.text).toContain('没有保存');
    broken = false;
    expect((await press()).shown.text).toBe('成了');
    expect(kit.complaints).toHaveLength(1);
  });

  it('sweeps turns that nobody can repeat any more', async () => {
    await secretary.say('帮助');
    kit.time('2026-11-24');
    await kit.bot.tick();
    expect(await kit.store.read((tx) => tx.table(turns).count())).toBe(0);
  });

  it('keeps up with a busy day, and keeps neither answers that are out nor cards of forgotten forms', async () => {
    for (let n = 0; n < 450; n += 1) await secretary.press('no.such.button', {});
    await secretary.say('上报 路灯坏了');
    const kept = () =>
      kit.store.read(async (tx) => [
        await tx.table(turns).count(),
        await tx.table(outbox).count(),
        await tx.table(liveCards).count(),
      ]);
    expect(await kept()).toEqual([451, 0, 1]);
    kit.time('2026-12-28');
    await kit.bot.tick();
    const [turnsLeft, , livesLeft] = await kept();
    expect([turnsLeft, livesLeft]).toEqual([0, 0]);
  });
});

describe('what people type', () => {
  const hostile = '<at>all</at> [点我](javascript:alert(1)) ${1+1} <img onerror=…>';

  it('shows as exactly these characters, in a text run or an input', async () => {
    await secretary.say(`上报 ${hostile}`);
    await secretary.click('提交', { ...fields, title: hostile, details: hostile });
    await township.click('受理');
    await township.click('办结');
    await township.click('办结', { words: hostile });
    await secretary.click('不满意退回');
    await secretary.click('不满意退回', { reason: hostile });
    for (const screen of [secretary, township]) {
      await screen.say('问题');
      await screen.say('待办');
      await screen.say('查看历史 WT-2026-0001');
      for (const { card } of await screen.messages()) {
        const blocks = JSON.stringify(card ?? {}).match(/"type":"TextBlock","text":"[^"]*"/g) ?? [];
        for (const block of blocks) expect(block).not.toContain('点我');
      }
    }
    expect(
      wordsOf((await township.say('WT-2026-0001')).card).split(hostile).length - 1,
    ).toBeGreaterThanOrEqual(3);
  });
});

describe('what people type into what others are asked', () => {
  const typed = '[点我](http://evil.example) **急**\u202e';
  const shown = '[点我](http://evil.example) **急**';

  it('is no link on the form, the last look, the cards, the lists and in the words for old clients', async () => {
    const lead = kit.person('guo-chengye');
    await township.say(`下达任务 ${typed}`);
    await township.click('下达', { standard: '35户', units: 'qingshan-shiqiao-liuwan', due: '2026-11-30' });
    await township.click('下达');
    await secretary.say('RW-2026-0001');
    await secretary.say('打卡');
    await secretary.say('打卡 RW-2026-0001');
    await secretary.say('待办');
    const units = 'gonganju,sifaju';
    await lead.press('meetings.call', {
      ...{ date: '2026-11-25', time: '15:00', place: typed, units, agenda: typed, sure: 'yes' },
    });
    kit.time('2026-11-25', '15:10');
    await lead.say('填写纪要 HS-2026-11-01');
    let found = 0;
    for (const screen of [township, secretary, lead]) {
      for (const { text, card } of await screen.messages()) {
        const json = JSON.stringify(card ?? {});
        expect(json + text).not.toContain('\u202e');
        found += wordsOf(card).split(shown).length - 1;
        const rendered = json.match(/"(?:label|errorMessage|fallbackText)":"(?:[^"\\]|\\.)*"/g) ?? [];
        for (const one of [...rendered, ...(json.match(/"type":"TextBlock".*?}/g) ?? [])])
          expect(one).not.toMatch(/\[点我|\*\*/);
      }
    }
    expect(found).toBeGreaterThanOrEqual(5);
  });
});

describe('a client without universal actions', () => {
  it('gets the same flow with messages and redrawn cards', async () => {
    await kit.close();
    kit = await createKit({ inline: false });
    [secretary, township] = kit.people('huang-wenchang', 'huang-changqing');
    await secretary.say('上报 路灯坏了');
    await secretary.click('提交', { aspect: '物', star: '' });
    expect(wordsOf((await secretary.last()).card)).toContain('请选关系到哪颗星');
    await secretary.click('提交', fields);
    const [card] = await secretary.messages();
    expect(wordsOf(card?.card)).toContain('WT-2026-0001');
    await township.click('受理');
    expect(wordsOf((await township.last()).card)).toContain('办理中');
    await township.click('办结');
    await township.click('办结', { words: '换好了' });
    expect(wordsOf((await township.last()).card)).toContain('待核验');
    expect((await secretary.click('受理').catch(() => ({ text: 'no such button' }))).text).toBe(
      'no such button',
    );
    const refused = await township.click('核验通过').catch(() => undefined);
    expect(refused).toBeUndefined();
  });
});
