/** What was handled elsewhere needs no word any more, and nothing reaches the same person twice. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SendError } from '../../src/bot/delivery/channel.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { members } from '../../src/features/members/model.ts';
import { takePost } from '../../src/features/members/posts.ts';
import { buttonsOf, createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let liaison: Screen;
beforeEach(async () => {
  kit = await createKit();
  [secretary, township, liaison] = kit.people('huang-wenchang', 'huang-changqing', 'wang-haiyan');
});
afterEach(() => kit.close());

const away = (...who: readonly string[]) => {
  kit.channel.trouble = ({ key }) =>
    who.some((one) => key.endsWith(`p:${one}`)) ? new SendError('retry', '没连上') : undefined;
};
async function reported(): Promise<void> {
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
}
const toldOf = async (screen: Screen, words: string) =>
  (await screen.messages()).filter(({ text }) => text.includes(words)).length;
const rowsOf = (person: string) =>
  kit.store.read(async (tx) =>
    (await tx.table(outbox).find({ order: 'at', limit: 500 })).rows.filter((row) => row.person === person),
  );

it('is not asked any more of who could not be reached, once a colleague has done it', async () => {
  away('wang-haiyan');
  await reported();
  await kit.bot.pump();
  await township.click('受理');
  away();
  await kit.tick('2026-11-20', '09:30');
  expect(await toldOf(liaison, '请受理')).toBe(0);
  expect(await rowsOf('wang-haiyan')).toMatchObject([{ state: 'void', error: '已经有人办了，不用再说' }]);
  expect(wordsOf((await kit.person('bai-zhiyuan').say('投递')).card)).not.toContain('失败');
});

it('is asked as long as nobody has done it, also of who acts for another unit now', async () => {
  away('wang-haiyan');
  await reported();
  await kit.store.transaction(async (tx) => {
    const row = await tx.table(members).get('wang-haiyan');
    if (!row) throw new Error('there is no such person');
    await takePost(tx, row.id, { unit: 'qingshan-shiqiao', role: 'liaison' });
    await tx.table(members).put({ ...row, unit: 'zhengfawei' });
  });
  away();
  await kit.tick('2026-11-20', '09:30');
  expect(await toldOf(liaison, '请受理')).toBe(1);
});

it('reaches who is of two units of one task once', async () => {
  await kit.store.transaction((tx) =>
    takePost(tx, 'chen-delin', { unit: 'qingshan-shiqiao-liuwan', role: 'liaison' }),
  );
  await township.say('下达任务 入户走访');
  const wanted = { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' };
  await township.click('下达', wanted);
  await township.click('下达');
  await kit.bot.pump();
  const neighbour = kit.person('chen-delin');
  expect(await toldOf(neighbour, '下达任务')).toBe(1);
  await township.say('催办 RW-2026-0001');
  await kit.bot.pump();
  expect(await toldOf(neighbour, '催办：')).toBe(1);
});

it('has a way on where nothing waits', async () => {
  const empty = (await liaison.say('待办')).card;
  expect(wordsOf(empty)).toContain('没有等您办的事');
  await liaison.click('问题');
  expect(wordsOf((await liaison.last()).card)).toContain('问题');
  expect(empty && buttonsOf(empty).map(({ title }) => title)).toEqual(['问题', '下达任务', '帮助']);
});
