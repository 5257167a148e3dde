/** In a city of a thousand branches nothing gives up for its size: forms list some, the rest is found as one types. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sizeOf } from '../../src/lib/text.ts';
import { createKit, inputsOf, type Kit, type Message, wordsOf } from '../kit.ts';

const ROOM = 70_000;
const DEPARTMENTS = ['guo-chengye', 'bai-zhiyuan', 'fang-haoyu'];
let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ large: true });
});
afterEach(() => kit.end());

function fits({ card }: Message): void {
  expect(card).toBeDefined();
  expect(sizeOf(card)).toBeLessThanOrEqual(ROOM);
}

const look = (account: string, dataset: string, words: string, skip = 0) =>
  kit.bot.search({ channel: 'webchat', account, dataset, words, skip });

it('takes a report of a department for any branch, found by typing or written with its township', async () => {
  for (const id of [...DEPARTMENTS, 'c3', 'c3-t4', 'c3-t4-b5']) {
    const form = await kit.person(id).say('上报 村口路灯坏了');
    expect(form.text).toContain('上报问题');
    fits(form);
  }
  const department = kit.person('guo-chengye');
  const found = await look('guo-chengye', 'issues.branches', '九县九镇 九镇九村');
  expect(found).toEqual([{ title: '九镇九村党支部', value: 'c8-t8-b8' }]);
  const said = { star: 'pingan-fazhi', aspect: '物' };
  const picked = await department.click('提交', { ...said, branch: 'c8-t8-b8' });
  expect(wordsOf(picked.card)).toContain('九镇九村党支部');
  await department.say('上报 水管漏了');
  const vague = await department.click('提交', { ...said, branch: '九镇九村' });
  expect(wordsOf(vague.card)).toContain('请选一个支部');
  fits(vague);
  const typed = await department.click('提交', { ...said, branch: '九县九镇 九镇九村' });
  expect(wordsOf(typed.card)).toContain('九镇九村党支部');
});

it('keeps the chosen branch in the form, wherever it stands among the thousand', async () => {
  const department = kit.person('guo-chengye');
  await department.say('上报 村口路灯坏了');
  const again = await department.click('提交', { branch: 'c9-t9-b9', aspect: '物', star: '' });
  expect(inputsOf(again.card)).toMatchObject({ branch: 'c9-t9-b9' });
  expect(JSON.stringify(again.card)).toContain('十镇十村党支部');
  fits(again);
});

it('looks up only what the one who types answers for, as much at a time as the platform shows', async () => {
  const all = await look('guo-chengye', 'issues.branches', '三镇');
  expect(all).toHaveLength(15);
  expect(await look('guo-chengye', 'issues.branches', '三镇', 15)).toHaveLength(15);
  const own = await look('c1', 'issues.branches', '三镇');
  expect(own).toHaveLength(10);
  expect(own.every(({ value }) => value.startsWith('c1-t2-'))).toBe(true);
  expect(await look('c1', 'issues.branches', '')).toHaveLength(15);
  expect(await look('nobody', 'issues.branches', '三镇')).toEqual([]);
});

it('hands a task to all of them, and shows whom it is for', async () => {
  for (const id of ['bai-zhiyuan', 'guo-chengye', 'c3', 'c3-t4']) fits(await kit.person(id).say('下达'));
  const organiser = kit.person('bai-zhiyuan');
  const handed = { title: '入户走访', standard: '35户', due: '2026-11-27' };
  const { card } = await organiser.click('下达', { ...handed, units: 'below:zzb' });
  expect(wordsOf(card)).toContain('1000');
  fits({ id: '', text: '', ...(card && { card }) });
  await organiser.click('下达');
  for (const id of ['bai-zhiyuan', 'c3', 'c3-t4']) {
    const shown = await kit.person(id).say('任务 RW-2026-0001');
    expect(wordsOf(shown.card)).toContain('入户走访');
    fits(shown);
  }
});

it('finds people and units in it', async () => {
  const organiser = kit.person('bai-zhiyuan');
  for (const words of ['交接', '移出', '待办', '审计', '星级']) {
    const { card } = await organiser.say(words);
    if (card) expect(sizeOf(card)).toBeLessThanOrEqual(ROOM);
  }
  expect((await look('bai-zhiyuan', 'members.people', '某三')).length).toBe(15);
  fits(await kit.person('new-1').say('绑定'));
  expect(await look('new-1', 'members.units', '九县九镇 九镇九村')).toHaveLength(1);
  await kit.person('c3-t4-b5').say('上报 村口路灯坏了');
  await kit.person('c3-t4-b5').click('提交', { star: 'pingan-fazhi', aspect: '物' });
  await kit.person('c3-t4').say('受理 WT-2026-0001');
  fits(await kit.person('c3-t4').say('转办 WT-2026-0001'));
});
