/** 意见: anybody to the organiser, answered within five working days, seen by nobody of one's own unit or above it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { buttonsOf, createKit, inputsOf, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let organiser: Screen;
const [SECRETARY, LIAISON, ORGANISER] = ['huang-wenchang', 'wang-haiyan', 'bai-zhiyuan'] as const;
const NUMBER = 'YJ-2026-0001';
const COLLEAGUE = 'guo-yuxia';
const WORDS = '每周报表太多，能不能少填几张';

beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20' });
  [secretary, township, organiser] = kit.people(SECRETARY, 'huang-changqing', ORGANISER);
});
afterEach(() => kit.end());

async function give(who: Screen, words = WORDS) {
  await who.say(`意见 ${words}`);
  return who.click('提交');
}
/** Everything that a person sees in the personal chat. */
const seen = async (who: Screen) =>
  (await who.messages()).map(({ text, card }) => `${text} ${card ? JSON.stringify(card) : ''}`).join('\n');

it('takes typed words to the organiser in one press, and the answer back', async () => {
  const form = await secretary.say(`意见 ${WORDS}`);
  expect(inputsOf(form.card).words).toBe(WORDS);
  expect(wordsOf(form.card)).toContain('您的单位和上级看不到');
  const receipt = await secretary.click('提交');
  expect(receipt.text).toContain(NUMBER);
  // Friday the 20th: five working days are over on the next Friday.
  expect(receipt.text).toContain('11月27日前答复');

  const told = await organiser.last();
  expect(told.text).toContain(NUMBER);
  expect(wordsOf(told.card)).toContain(WORDS);
  expect(wordsOf(told.card)).toContain('黄文昌（柳湾村党支部）');
  expect((await organiser.say('待办')).text).toContain('请答复：意见：每周报表太多');
  await organiser.click('答复', {}, told);
  await organiser.click('提交', { words: '下月起合成一张月报' });

  const answered = await secretary.last();
  expect(answered.text).toContain(`市委组织部答复了您的意见 ${NUMBER}`);
  expect(answered.text).toContain('下月起合成一张月报');
  expect(wordsOf((await secretary.say(NUMBER)).card)).toContain('已答复');
  expect(wordsOf((await secretary.last()).card)).not.toContain('白志远');
  expect((await organiser.say('待办')).text).not.toContain(NUMBER);
});

it('is called by its other names, by lines in words, and tells what was said before', async () => {
  for (const word of ['投诉', '建议', '投诉建议']) {
    const form = await secretary.say(`${word} 表太多`);
    expect(inputsOf(form.card).words).toBe('表太多');
  }
  await secretary.say('提交\n意见：通知太多');
  const again = await secretary.say('意见');
  expect(again.text).toContain(`${NUMBER} 待答复（11月27日前）`);
  expect(inputsOf(again.card).words).toBe('');
  expect((await secretary.say('我的意见')).text).toContain('通知太多');
});

it('keeps what was typed when it does not fit, and changes nothing', async () => {
  const long = '长'.repeat(501);
  const refused = await secretary.say(`意见 ${long}`);
  expect(refused.text).toContain('最多500个字');
  expect(inputsOf(refused.card).words).toBe(long);
  await secretary.say('意见');
  expect((await secretary.click('提交', { words: ' ' })).text).toContain('请写意见');
  expect((await organiser.say('意见箱')).text).toContain('待答复0条');
});

it('hides it from the unit and everybody above but the organiser', async () => {
  await give(secretary);
  const colleague = kit.person(LIAISON);
  const county = kit.person('hao-haitao');
  for (const who of [township, colleague, county, kit.person('chen-delin')]) {
    expect((await who.say(NUMBER)).text).toContain('没有找到');
    expect((await who.say(`答复 ${NUMBER} 知道了`)).text).toContain('没有找到');
    expect((await who.say('意见箱')).text).toContain('由市委组织部来看');
    for (const words of ['待办', '我的意见', '投递', '审计', '意见']) await who.say(words);
    // What they typed themselves aside, nothing of it is anywhere.
    expect(await seen(who)).not.toMatch(/报表太多|柳湾/);
  }
  // The ledger of messages counts what a unit caused: not this.
  const rows = await kit.store.read((tx) =>
    tx.table(outbox).count({ from: 'qingshan-shiqiao-liuwan', state: 'sent' }),
  );
  expect(rows).toBe(0);
});

it('says of one that is not theirs what it says of one that there is not', async () => {
  await give(secretary);
  const none = 'YJ-2026-0099';
  for (const words of [NUMBER, `意见 ${NUMBER}`, `${NUMBER} 到哪一步了`, `答复 ${NUMBER} 知道了`]) {
    const theirs = await township.say(words);
    expect(theirs.text).toContain('没有找到');
    const missing = await township.say(words.replace(NUMBER, none));
    expect(missing.text).toBe(theirs.text.replace(NUMBER, none));
  }
  // Each is sent to where its own numbers are.
  expect((await secretary.say(none)).text).toBe(`没有找到“${none}”这条意见。发送“我的意见”看看编号。`);
  expect((await organiser.say(none)).text).toBe(`没有找到“${none}”这条意见。发送“意见箱”看看编号。`);
  expect((await organiser.say('答复')).text).toContain('发送“意见箱”可以看到编号');
});

it('tells nobody else when the organiser or the person cannot be reached', async () => {
  const down = new Set<string>();
  kit.channel.trouble = ({ key }) => (down.has(key) ? new Error('away') : undefined);
  down.add(organiser.place.key);
  await give(secretary);
  down.clear();
  down.add(secretary.place.key);
  await organiser.say(`答复 ${NUMBER} 下月起不用填`);
  const [texts] = await kit.store.read(async (tx) => {
    const { rows } = await tx.table(outbox).find({ where: { state: 'failed' }, order: 'due', limit: 50 });
    return [rows.map(({ reply }) => reply.text)];
  });
  expect(texts?.join('\n')).toContain(`收到一条意见 ${NUMBER}`);
  // Stand-ins of the organiser hear of the number, those of the person nothing at all.
  for (const who of [township, kit.person(LIAISON), kit.in('qingshan-shiqiao', 'huang-changqing')])
    await expect(who.last()).rejects.toThrow('nothing was said');
  expect(await seen(kit.in('zzb', ORGANISER))).not.toMatch(/报表|黄文昌|柳湾/);
  kit.complaints.length = 0;
});

it('is open to people whom nobody knows yet, who find it again once they are known', async () => {
  const stranger = kit.person('new-one');
  await give(stranger, '绑定太麻烦');
  expect((await stranger.last()).text).toContain(NUMBER);
  expect((await stranger.say(NUMBER)).text).toContain('绑定太麻烦');
  expect((await organiser.say(NUMBER)).text).toContain('名单上没有');
  await organiser.say(`答复 ${NUMBER} 正在改`);
  expect((await stranger.last()).text).toContain('正在改');
  await stranger.say('绑定 新来的 柳湾村党支部 联络员');
  await secretary.click('同意');
  expect((await stranger.say('我的意见')).text).toContain('正在改');
});

it('is only for one’s own chat', async () => {
  const group = kit.in('qingshan-shiqiao', SECRETARY);
  for (const words of ['意见 表太多', '我的意见'])
    expect((await group.say(words)).text).toContain('请在和我的单聊里');
  expect((await organiser.say('意见箱')).text).toContain('待答复0条');
});

it('is answered once, by somebody else than who said it', async () => {
  await give(organiser);
  expect((await organiser.say(`答复 ${NUMBER} 好`)).text).toContain('请别的同志来答复');
  expect(buttonsOf((await organiser.say(NUMBER)).card)).toEqual([]);
  const colleague = kit.person(COLLEAGUE);
  expect((await colleague.say(`答复 ${NUMBER} 好`)).text).toContain('已答复');
  expect((await colleague.say(`答复 ${NUMBER} 再答`)).text).toContain('已经答复过了');
});

it('comes to the organiser five times a day from one person, no more', async () => {
  for (let n = 1; n <= 5; n += 1)
    expect((await give(secretary, `第${n}条`)).text).toContain(`YJ-2026-000${n}`);
  expect((await give(secretary, '第6条')).text).toContain('今天已经提过5条');
  kit.time('2026-11-23');
  expect((await give(secretary, '第6条')).text).toContain('YJ-2026-0006');
});

it('reminds the organiser on the working day before, and once after', async () => {
  await kit.tick('2026-11-20', '08:00');
  await give(secretary);
  const reminded: string[] = [];
  for (const day of ['23', '24', '25', '26', '27', '30']) {
    const before = (await organiser.messages()).length;
    await kit.tick(`2026-11-${day}`, '08:30');
    const fresh = (await organiser.messages()).slice(before);
    if (fresh.some(({ card }) => wordsOf(card).includes(NUMBER))) reminded.push(day);
    expect(await seen(secretary)).not.toContain('请答复');
  }
  expect(reminded).toEqual(['26', '30']);
  expect((await organiser.say('意见箱')).card && wordsOf((await organiser.last()).card)).toContain(NUMBER);
  await organiser.say(`答复 ${NUMBER} 好`);
  expect((await organiser.say('意见箱 已答复')).text).toContain(NUMBER);
});
