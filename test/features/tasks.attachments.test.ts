/** Attachments of a task: given along or later by who gives the task out, opened by whoever may see it and nobody else. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tasks } from '../../src/features/tasks/model.ts';
import {
  bindGroup,
  createKit,
  type Kit,
  type Message,
  picturesOf,
  type Screen,
  titlesOf,
  wordsOf,
} from '../kit.ts';
import { pdf, photo } from '../samples.ts';

let kit: Kit;
let township: Screen; // 石桥镇党委, head
let secretary: Screen; // 柳湾村
let stranger: Screen; // another township
const ID = 'RW-2026-0001';
const FIELDS = { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' };
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  [township, secretary, stranger] = kit.people('huang-changqing', 'huang-wenchang', 'lin-shuai');
});
afterEach(() => kit.end());

const tokensIn = ({ card }: Message): string[] => [
  ...new Set([...JSON.stringify(card).matchAll(/\/d\/([\w-]+)/g)].map(([, token = '']) => token)),
];
async function bytesOf(token = ''): Promise<string> {
  const opened = await kit.bot.download(token);
  return typeof opened === 'string' ? opened : Buffer.from(opened.body).toString('latin1');
}
const titles = ({ card }: Message) => titlesOf(card);

it('go along with the task, of every kind, and each unit opens them from the card', async () => {
  await bindGroup(kit, 'qingshan-shiqiao-liuwan');
  await township.say('下达任务 入户走访');
  const put = await township.send({ '走访表.pdf': pdf(), '样子.jpg': photo(1) });
  expect(put.text).toBe('文件已放进“下达任务”（共2个），填好点“下达”。');
  expect(wordsOf((await township.messages()).at(-2)?.card)).toContain('走访表.pdf');
  const look = await township.click('下达', FIELDS);
  expect(wordsOf(look.card)).toContain('2个：走访表.pdf、样子.jpg');
  await township.click('下达');
  const told = await secretary.last();
  expect(told.text).toContain('前报进展。有2个附件，打开任务就能看。');
  expect(wordsOf(told.card)).toContain('2个：走访表.pdf、样子.jpg');
  const listed = await secretary.click('附件', {}, told);
  expect(titles(listed)).toEqual(expect.arrayContaining(['走访表.pdf', '样子.jpg', '看任务']));
  expect(titles(listed)).not.toContain('加附件');
  expect(picturesOf(listed.card)).toHaveLength(1);
  const opened = await secretary.click('走访表.pdf');
  expect(titles(opened)).toEqual(['附件']);
  expect(await bytesOf(tokensIn(opened)[0])).toBe(pdf().toString('latin1'));
  // From the group's card, too: what comes is the presser's alone.
  const group = kit.in('qingshan-shiqiao-liuwan', 'huang-wenchang');
  expect(tokensIn(await group.last())).toEqual([]);
  expect(titles(await group.click('附件'))).toContain('走访表.pdf');
});

it('are added and taken out later, by the issuer alone, until the task is over', async () => {
  await township.press('tasks.assign', { title: '入户走访', ...FIELDS, sure: 'yes' });
  const card = await township.say(ID);
  await township.click('加附件', {}, card);
  expect(wordsOf((await township.click('加上')).card)).toContain('请先把文件发到这个聊天里');
  await township.send({ '走访表.pdf': pdf() });
  const added = await township.click('加上');
  expect(added.text).toContain('已加上走访表.pdf，各单位打开任务就能看到。');
  expect(wordsOf((await secretary.say(ID)).card)).toContain('1个：走访表.pdf');
  const [token = ''] = tokensIn(await secretary.say(`打开附件 ${ID} 走访表.pdf`));
  expect(await bytesOf(token)).toBe(pdf().toString('latin1'));
  const refused = await secretary.say(`加附件 ${ID}`);
  expect(refused.text).toContain('加附件由下达的单位（石桥镇党委）来做');
  expect((await secretary.say(`移除附件 ${ID} 走访表.pdf`)).text).toContain('由下达的单位');
  expect((await stranger.say(`附件 ${ID}`)).text).toContain('与您的单位无关');
  await township.say(`移除附件 ${ID} 走访表.pdf`);
  await township.click('移除附件');
  expect(await bytesOf(token)).toBe('refused');
  expect((await township.say(`打开附件 ${ID} 走访表.pdf`)).text).toContain('没有找到这个附件');
  await township.say(`结束任务 ${ID}`);
  await township.click('结束任务');
  expect((await township.say(`加附件 ${ID}`)).text).toContain('已结束');
});

it('are nobody’s who may not see the task, also by a link that was made before', async () => {
  const county = kit.person('hao-haitao');
  await county.say('下达任务 台账更新');
  await county.send({ '台账.pdf': pdf() });
  await county.click('下达', { units: 'qingshan-shiqiao', due: '2026-11-27' });
  await county.click('下达');
  const [token] = tokensIn(await township.say(`打开附件 ${ID} 台账.pdf`));
  expect(await bytesOf(token)).toBe(pdf().toString('latin1'));
  expect((await secretary.say(`打开附件 ${ID} 台账.pdf`)).text).toContain('与您的单位无关');
  await kit.store.transaction(async (tx) => {
    const row = await tx.table(tasks).get(ID);
    if (row) await tx.table(tasks).put({ ...row, scope: { ...row.scope, units: ['qingshan-maicang'] } });
  });
  expect(await bytesOf(token)).not.toBe(pdf().toString('latin1'));
});
