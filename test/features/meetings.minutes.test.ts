/** Stories of the minutes: left half-way and gone on with, more items than a page holds, by card and in typed lines. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forms } from '../../src/bot/cards/form-rows.ts';
import type { Ctx } from '../../src/bot/operation.ts';
import { publish } from '../../src/features/meetings/minutes.ts';
import { decisions, drafts, invites, meetings, versions } from '../../src/features/meetings/model.ts';
import { units as unitTable } from '../../src/features/orgs/model.ts';
import { tasks } from '../../src/features/tasks/model.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { createKit, inputsOf, type Kit, type Screen, titlesOf, wordsOf } from '../kit.ts';

const ID = 'HS-2026-11-01';
let kit: Kit;
let lead: Screen;
let colleague: Screen;
let police: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  [lead, colleague, police] = kit.people('guo-chengye', 'zhu-yueqin', 'yu-zhenbang');
});
afterEach(() => kit.end());

/** A meeting on that many items that has begun. */
async function held(items: number): Promise<void> {
  const agenda = Array.from({ length: items }, (_, i) => `第${i + 1}件事`).join('\n');
  const fields = { date: '2026-11-25', time: '15:00', place: '三楼', units: 'gonganju,sifaju', sure: 'yes' };
  await lead.press('meetings.call', { ...fields, agenda });
  kit.time('2026-11-25', '16:00');
}
const meeting = () => kit.store.read((tx) => tx.table(meetings).get(ID));
const draft = () => kit.store.read((tx) => tx.table(drafts).get(ID));

describe('left half-way', () => {
  it('keeps what was typed, for whoever of the unit goes on', async () => {
    await held(2);
    await lead.say(`填写纪要 ${ID}`);
    const kept = await lead.click('存草稿', { decision1: '十天修好', unit1: 'gonganju' });
    expect(kept.text).toContain('草稿存好了');
    expect(wordsOf(kept.card)).toContain('纪要写了一半，请接着写');
    expect(await meeting()).toMatchObject({ state: 'set', version: 0 });
    expect(wordsOf((await police.say(ID)).card)).not.toContain('写了一半');
    const again = await colleague.say(`填写纪要 ${ID}`);
    expect(inputsOf(again.card)).toMatchObject({ decision1: '十天修好', unit1: 'gonganju', deadline1: '' });
    await colleague.click('提交纪要', { decision2: '下月再议' });
    await colleague.click('提交纪要');
    expect((await meeting())?.items).toMatchObject([
      { decision: '十天修好', unit: 'gonganju', deadline: '2026-12-09' },
      { decision: '下月再议', unit: null },
    ]);
    expect(await draft()).toBeUndefined();
  });

  it('also keeps what did not fit, and what was left at the last look', async () => {
    await held(2);
    await lead.say(`填写纪要 ${ID}`);
    const wrong = await lead.click('提交纪要', { decision1: '修好', unit1: '某某局', deadline2: '过几天' });
    for (const words of ['议题1的责任单位请从参会单位里选', '议题2的期限请写成'])
      expect(wordsOf(wrong.card)).toContain(words);
    await lead.click('取消');
    expect(inputsOf((await lead.say(`填写纪要 ${ID}`)).card)).toMatchObject({
      decision1: '修好',
      unit1: '某某局',
      deadline2: '',
    });
    await lead.click('提交纪要', { unit1: '市公安局', deadline2: '' });
    expect(await meeting()).toMatchObject({ state: 'set' });
    expect(inputsOf((await colleague.say(`填写纪要 ${ID}`)).card)).toMatchObject({
      decision1: '修好',
      unit1: 'gonganju',
      deadline2: '',
    });
  });

  it('is typed, too', async () => {
    await held(2);
    const form = await lead.say(`填写纪要 ${ID}`);
    expect(String(form.card?.fallbackText)).toContain('第一行写“提交纪要”或“存草稿”');
    expect(String(form.card?.fallbackText)).toContain('议题1：（第1件事）');
    await lead.say('存草稿\n议题1：十天修好\n责任单位1：市公安局\n期限1：2026-12-01');
    await lead.say(`填写纪要 ${ID}`);
    await lead.say('提交纪要\n议题2：下月再议');
    await lead.click('提交纪要');
    expect((await meeting())?.items).toMatchObject([
      { decision: '十天修好', unit: 'gonganju', deadline: '2026-12-01' },
      { decision: '下月再议' },
    ]);
  });
});

it('offers only choices that can be chosen, also for no unit at all', async () => {
  await held(1);
  const form = await lead.say(`填写纪要 ${ID}`);
  const values = [...JSON.stringify(form.card).matchAll(/"title":"[^"]*","value":"([^"]*)"/g)].map(
    ([, v]) => v,
  );
  expect(values).toContain('gonganju');
  expect(values).not.toContain('');
  expect(inputsOf(form.card).unit1).toBe('-');
  await lead.click('存草稿', { decision1: '修好', unit1: 'gonganju' });
  expect(inputsOf((await lead.say(`填写纪要 ${ID}`)).card).unit1).toBe('gonganju');
  await lead.click('提交纪要', { unit1: '-', deadline1: '' });
  await lead.click('提交纪要');
  expect((await meeting())?.items).toMatchObject([{ decision: '修好', unit: null }]);
});

describe('what several units do', () => {
  const rows = () =>
    kit.store.read(async (tx) => {
      const { rows: all } = await tx.table(decisions).find({ where: { meeting: ID }, limit: 50 });
      return [...all].sort((a, b) => a.id.localeCompare(b.id));
    });
  const task = (id: string | null | undefined) => kit.store.read((tx) => tx.table(tasks).get(id ?? ''));

  it('is ticked on a form of one decision, and an item takes several', async () => {
    await held(2);
    await lead.say(`填写纪要 ${ID}`);
    const none = await lead.click('写这一条', { decision1: '十天修好', unit1: 'gonganju' });
    expect(wordsOf(none.card)).toContain('请选单独写哪个议题');
    expect(inputsOf(none.card)).toMatchObject({ decision1: '十天修好', unit1: 'gonganju' });
    const one = await lead.click('写这一条', { one: '1' });
    expect(Object.keys(inputsOf(one.card))).toEqual(['decision1', 'unit1', 'partners1', 'deadline1']);
    expect(inputsOf(one.card)).toMatchObject({ decision1: '十天修好', unit1: 'gonganju' });
    expect(titlesOf(one.card)).toEqual(['写好了', '再加一条决定', '取消']);
    const two = await lead.click('再加一条决定', { partners1: 'sifaju,zhengfawei' });
    expect(wordsOf(two.card)).toContain('第1条：十天修好');
    const back = await lead.click('写好了', { decision1_2: '每月巡查', unit1_2: '市司法局' });
    expect(Object.keys(inputsOf(back.card))).toHaveLength(7);
    expect(JSON.stringify(back.card)).toContain('第1件事（配合：市司法局、市委政法委，另有1条决定）');
    const look = await lead.click('提交纪要', { decision2: '下月再议' });
    expect(wordsOf(look.card)).toContain('十天修好（市公安局牵头，市司法局、市委政法委配合，12月9日前）');
    expect(wordsOf(look.card)).toContain('每月巡查（市司法局，12月9日前）');
    await lead.click('提交纪要');
    expect(await rows()).toMatchObject([
      { id: `${ID}-1`, text: '十天修好', unit: 'gonganju', partners: ['sifaju', 'zhengfawei'] },
      { id: `${ID}-1-2`, text: '每月巡查', unit: 'sifaju', partners: [] },
    ]);
    const [first, second] = await rows();
    expect(await task(first?.task)).toMatchObject({ details: '配合单位：市司法局、市委政法委' });
    expect(await task(second?.task)).toMatchObject({ title: '每月巡查', decision: `${ID}-1-2` });
    const justice = kit.person('du-aiqin');
    expect((await justice.messages()).map(({ text }) => text).join()).toContain(
      '由您单位办：每月巡查（12月9日前）。请您单位配合：十天修好（市公安局牵头，12月9日前）',
    );
    expect(wordsOf((await justice.say(ID)).card)).toContain('您单位有1件事要办，配合1件');
    expect(wordsOf((await justice.say(`${ID}-1`)).card)).toContain('市公安局牵头，市司法局、市委政法委配合');
    expect((await justice.say(`已落实 ${ID}-1-2 查过了`)).text).toContain('等市委政法委确认');
  });

  it('is corrected one by one: who helps, what is taken out, what is added', async () => {
    await held(1);
    const first = { decision1: '修好', unit1: 'gonganju', partners1: 'sifaju' };
    const second = { decision1_2: '巡查', unit1_2: 'sifaju' };
    await lead.press('meetings.publish', { meeting: ID, ...first, ...second, sure: 'yes' });
    await lead.press('meetings.publish', { meeting: ID, partners1: '', place: '1', sure: 'yes' });
    expect((await police.last()).text).toContain(
      '议题1由“修好（市公安局牵头，市司法局配合，12月9日前）”改为“修好（市公安局，12月9日前）”',
    );
    const cleared = { decision1_2: '', unit1_2: '-', deadline1_2: '' };
    await lead.press('meetings.publish', { meeting: ID, ...cleared, sure: 'yes' });
    expect((await police.last()).text).toContain('议题1第2条由“巡查”改为“没有决定”');
    const [, dropped] = await rows();
    expect(dropped).toMatchObject({ id: `${ID}-1-2`, state: 'dropped' });
    expect(await task(dropped?.task)).toMatchObject({ state: 'ended' });
    expect((await meeting())?.items).toMatchObject([{ decision: '修好', more: [] }]);
  });

  it('names what does not fit where it stands, and keeps it', async () => {
    await held(1);
    const some = { decision1: '修好', unit1: 'gonganju', partners1: '市司法局、某某局', place: '1' };
    const wrong = await lead.press('meetings.publish', { meeting: ID, ...some });
    expect(wordsOf(wrong.shown.card)).toContain('议题1的配合单位“某某局”请从参会单位里选');
    expect(inputsOf(wrong.shown.card).partners1).toBe('sifaju,某某局');
    const alone = { decision1: '修好', unit1: '-', partners1: 'sifaju', decision1_2: '', unit1_2: 'sifaju' };
    const both = await lead.press('meetings.publish', { meeting: ID, ...alone });
    expect(wordsOf(both.shown.card)).toContain('议题1有配合单位，请选责任单位');
    expect(wordsOf(both.shown.card)).toContain('议题1第2条有责任单位，请写决定');
    const five = Object.fromEntries(
      [1, 2, 3, 4, 5].map((n) => [n === 1 ? 'decision1' : `decision1_${n}`, `第${n}条`]),
    );
    await lead.press('meetings.saveDraft', { meeting: ID, ...five });
    const full = await lead.press('meetings.oneDecision', { meeting: ID, one: '1+' });
    expect(wordsOf(full.shown.card)).toContain('议题1最多5条决定');
    for (const one of ['', '9', '9+', '1_9', '0', '+', '1_2_3', '__proto__']) {
      const none = await lead.press('meetings.oneDecision', { meeting: ID, one });
      expect([one, wordsOf(none.shown.card)]).toEqual([one, expect.stringContaining('请选单独写哪个议题')]);
    }
  });

  it('is chosen, not typed, however many were asked', async () => {
    await held(1);
    await kit.store.transaction(async (tx) => {
      for (let n = 0; n < 41; n++) {
        const unit = `u-${n}`;
        await tx
          .table(unitTable)
          .put({ id: unit, name: `单位${n}`, kind: 'responsible', parent: 'zzb', stars: [] });
        const row = {
          id: `${ID}|${unit}`,
          meeting: ID,
          unit,
          state: 'set',
          startsAt: '',
          answer: 'none',
        } as const;
        await tx.table(invites).put({ ...row, words: '', by: null, present: 'no' });
      }
    });
    const form = await lead.say(`填写纪要 ${ID}`);
    expect(JSON.stringify(form.card)).toContain('"dataset":"meetings.units"');
    const found = await kit.bot.search({
      channel: 'webchat',
      account: 'guo-chengye',
      dataset: 'meetings.units',
      words: '公安',
    });
    expect(found).toEqual([{ title: '市公安局', value: 'gonganju' }]);
    await lead.click('提交纪要', { decision1: '修好', unit1: '单位40' });
    await lead.click('提交纪要');
    expect((await meeting())?.items).toMatchObject([{ unit: 'u-40' }]);
  });

  it('is read from minutes of the version before', async () => {
    await held(1);
    const former = {
      id: '1',
      text: '第1件事',
      about: null,
      decision: '修好',
      unit: 'gonganju',
      deadline: '2026-12-09',
    };
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(meetings).get(ID);
      if (row)
        await tx.table(meetings).put({ ...row, state: 'minuted', version: 1, items: [former] as never });
    });
    expect(wordsOf((await police.say(ID)).card)).toContain('修好（市公安局，12月9日前）');
    expect(wordsOf((await police.last()).card)).toContain('您单位有1件事要办');
  });
});

describe('more than ten items', () => {
  it('go on over pages, forth and back, and nothing is left out', async () => {
    await held(23);
    const first = await lead.say(`填写纪要 ${ID}`);
    expect(first.text).toContain('共23个议题，第1页，共3页');
    expect(titlesOf(first.card)).toEqual(['下一页', '存草稿', '写这一条', '取消']);
    const second = await lead.click('下一页', { decision1: '第一', unit1: 'gonganju', decision10: '第十' });
    expect(Object.keys(inputsOf(second.card))).toContain('decision11');
    expect(titlesOf(second.card)).toEqual(['下一页', '上一页', '存草稿', '写这一条', '取消']);
    const back = await lead.click('上一页', { decision11: '第十一' });
    expect(inputsOf(back.card)).toMatchObject({ decision1: '第一', decision10: '第十' });
    const forth = await lead.click('下一页');
    expect(inputsOf(forth.card)).toMatchObject({ decision11: '第十一' });
    const third = await lead.click('下一页', { unit12: 'sifaju' });
    expect(titlesOf(third.card)).toEqual(['提交纪要', '上一页', '存草稿', '写这一条', '取消']);
    // A unit without a decision on another page: that page comes up.
    const wrong = await lead.click('提交纪要', { decision23: '最后一件' });
    expect(wordsOf(wrong.card)).toContain('议题12有责任单位，请写决定');
    expect(inputsOf(wrong.card)).toMatchObject({ unit12: 'sifaju' });
    await lead.click('下一页', { decision12: '第十二' });
    const look = await lead.click('提交纪要');
    for (const words of ['第一', '第十一', '第十二', '最后一件']) expect(wordsOf(look.card)).toContain(words);
    await lead.click('提交纪要');
    const items = (await meeting())?.items ?? [];
    expect(items).toHaveLength(23);
    expect([0, 9, 10, 11, 22].map((i) => items[i]?.decision)).toEqual([
      '第一',
      '第十',
      '第十一',
      '第十二',
      '最后一件',
    ]);
    const made = await kit.store.read(
      async (tx) => (await tx.table(decisions).find({ where: { meeting: ID }, limit: 50 })).rows,
    );
    expect(made.map(({ unit }) => unit).sort()).toEqual(['gonganju', 'sifaju']);
  });

  it('fits on a card when very many units were asked', async () => {
    const units =
      'zzb,minzhengju,rensheju,nongyeju,xuanchuanbu,jiweijianwei,caizhengju,zhujianju,gonganju,sifaju';
    const agenda = Array.from({ length: 30 }, (_, i) => `${'议'.repeat(110)}${i}`).join('\n');
    const fields = { date: '2026-11-25', time: '15:00', place: '三楼', units, agenda, sure: 'yes' };
    await lead.press('meetings.call', fields);
    kit.time('2026-11-25', '16:00');
    const form = await lead.say(`填写纪要 ${ID}`);
    const long = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`decision${i + 1}`, '决'.repeat(5000)]),
    );
    const wrong = await lead.click('下一页', long, form);
    expect(wrong.refused).toBe(false);
    expect(titlesOf(wrong.card)).toContain('上一页');
  });
});

describe('a decision that is talked about again', () => {
  const decision = async (id: string) => {
    const { state, since, done } =
      (await kit.store.read((tx) => tx.table(decisions).get(id))) ?? ({} as Record<string, undefined>);
    return [state, since, done];
  };
  const decide = (who: Screen, id: string, unit: string) =>
    who.press('meetings.minutes', {
      meeting: id,
      filled: 'yes',
      decision1: '接着修',
      unit1: unit,
      sure: 'yes',
    });
  const call = (who: Screen, agenda: string, star: string) => {
    const fields = {
      date: '2026-12-09',
      time: '15:00',
      place: '三楼',
      units: 'gonganju,qingshan',
      sure: 'yes',
    };
    return who.press('meetings.call', { ...fields, agenda, star });
  };

  it('goes on as one, as old as it is, and comes back when that is taken back', async () => {
    await held(1);
    await decide(lead, ID, 'gonganju');
    kit.time('2026-12-02', '09:00');
    await call(lead, `落实：接着修〔${ID}-1〕`, 'pingan-fazhi');
    kit.time('2026-12-09', '16:00');
    await decide(lead, 'HS-2026-12-01', 'qingshan');
    expect(await decision(`${ID}-1`)).toEqual(['dropped', '2026-11-25', '由 HS-2026-12-01-1 接着办']);
    expect(await decision('HS-2026-12-01-1')).toEqual(['open', '2026-11-25', '']);
    expect(wordsOf((await police.say('待办')).card)).not.toContain('请落实');
    await decide(lead, 'HS-2026-12-01', '');
    expect(await decision(`${ID}-1`)).toEqual(['open', '2026-11-25', '']);
    expect((await decision('HS-2026-12-01-1'))[0]).toBe('dropped');
  });

  it('is not ended by a lead whose decision it is not', async () => {
    await held(1);
    await decide(lead, ID, 'gonganju');
    kit.time('2026-12-02', '09:00');
    const farming = kit.person('chen-qiming');
    await call(farming, `别人定的〔${ID}-1〕`, 'shengtai-yiju');
    kit.time('2026-12-09', '16:00');
    await decide(farming, 'HS-2026-12-01', 'qingshan');
    expect((await decision(`${ID}-1`))[0]).toBe('open');
    expect(await decision('HS-2026-12-01-1')).toEqual(['open', '2026-12-09', '']);
  });
});

it('counts on a draft what does not fit on it', async () => {
  const units = await kit.store.read(
    async (tx) => (await tx.table(unitTable).find({ order: 'name', limit: 13 })).rows,
  );
  await kit.store.transaction(async (tx) => {
    for (const [i, { id: unit }] of [...units, ...units.slice(0, 4)].entries()) {
      const row = {
        meeting: 'HS-2026-10-01',
        star: 'pingan-fazhi',
        lead: 'zhengfawei',
        text: `第${i}件`,
        unit,
        partners: [],
      };
      const day = {
        deadline: `2026-11-${10 + i}`,
        since: '2026-10-20',
        state: 'open' as const,
        done: '',
        task: null,
        claim: null,
        confirms: null,
      };
      await tx.table(decisions).put({ id: `HS-2026-10-01-${i}`, ...row, ...day });
    }
  });
  const month = String(inputsOf((await lead.say('会商 发起')).card).agenda).split('\n');
  expect(month.filter((line) => line.startsWith('落实：第'))).toHaveLength(15);
  expect(month).toContain('落实：以前定的另外2项');
  const push = String(inputsOf((await kit.person('bai-zhiyuan').say('推进会 发起')).card).agenda).split('\n');
  const [first, ...more] = push.filter((line) => line.startsWith('落实：'));
  expect(first).toMatch(/——第\d+件；第\d+件（最早11月\d+日前，已超期）$/);
  expect(more).toHaveLength(12);
  expect(more.at(-1)).toBe('落实：另外1个单位没办完的决定1项');
});

it('makes no new version of a correction that corrects nothing', async () => {
  await held(1);
  await lead.press('meetings.minutes', { meeting: ID, filled: 'yes', decision1: '修好', sure: 'yes' });
  const same = await lead.press('meetings.minutes', {
    meeting: ID,
    filled: 'yes',
    decision1: '修好',
    sure: 'yes',
  });
  expect(same.shown.text).toContain('和上一版一样');
  expect(wordsOf((await lead.say(ID)).card)).toContain('纪要已出');
  const all = await kit.store.read(
    async (tx) => (await tx.table(versions).find({ where: { meeting: ID }, order: 'at', limit: 10 })).rows,
  );
  expect(all).toHaveLength(1);
});

/** A form as the version before handed it out: one operation, and fields that say which of several it is. */
async function formerForm(person: string, op: string, data: Record<string, unknown>): Promise<string> {
  const id = `former-${op}`;
  const row = {
    ...{
      id,
      op,
      person,
      place: `webchat|p:${person}`,
      state: 'open' as const,
      at: '2026-11-20T00:00:00.000Z',
    },
    ...{ text: '一张表', template: 'bot/form', origin: null, result: null },
    data: { title: '一张表', intro: '', fields: [], submit: { title: '提交', op, data }, also: [] },
  };
  await kit.store.transaction((tx) => tx.table(forms).put(row));
  return id;
}
const formState = async (id: string) => (await kit.store.read((tx) => tx.table(forms).get(id)))?.state;

describe('forms of the version before', () => {
  it('still turn pages, keep drafts and publish, and are shut once', async () => {
    await held(12);
    const at = (page: number, filled: string) => ({ meeting: ID, page, filled });
    const turned = await formerForm('guo-chengye', 'meetings.minutes', at(1, 'next'));
    const fields = { ...at(1, 'next'), decision1: '修好', form: turned };
    const { shown } = await lead.press('meetings.minutes', fields);
    expect(Object.keys(inputsOf(shown.card))).toContain('decision11');
    expect((await draft())?.values).toMatchObject({ decision1: '修好' });
    const sent = { ...at(2, 'yes'), decision12: '再议', sure: 'yes', form: turned };
    await lead.press('meetings.minutes', { ...sent, form: undefined });
    expect((await meeting())?.items.map(({ decision }) => decision).filter(Boolean)).toEqual([
      '修好',
      '再议',
    ]);
    expect(await formState(turned)).toBe('shut');
  });

  it('still check in', async () => {
    const township = kit.person('huang-changqing');
    const secretary = kit.person('huang-wenchang');
    const task = { title: '入户走访', standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' };
    await township.press('tasks.assign', { ...task, sure: 'yes' });
    const claims = { task: 'RW-2026-0001', period: 'once', filled: 'yes' };
    const id = await formerForm('huang-wenchang', 'tasks.checkin', claims);
    await secretary.press('tasks.checkin', { ...claims, form: id, amount: '三十六户', words: '' });
    expect(await formState(id)).toBe('shut');
    expect(wordsOf((await secretary.last()).card)).toContain('36户');
  });
});

it('is judged without anything being written', async () => {
  await held(1);
  await kit.store.read(async (tx) => {
    const row = await tx.table(meetings).get(ID);
    if (!row) throw new Error('no meeting');
    const at = new Date('2026-11-25T08:00:00.000Z');
    const world = { tx, now: at, today: '2026-11-25', workdays: createWorkdays() };
    const me = { id: 'guo-chengye', name: '郭承业', unit: row.lead, role: 'head' };
    const wrong = await publish.refine?.({ ...world, me } as unknown as Ctx, { decision1: '' }, row);
    expect(wrong).toEqual([{ field: 'decision1', message: '请至少写一个决定' }]);
  });
});
