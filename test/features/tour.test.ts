/** The tour in somebody's first chat: three presses, then it is over for good. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKit, type Kit } from '../kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

/** The bot comes to this person's chat; the newest message there. */
async function firstChat(account: string) {
  const screen = kit.person(account);
  await kit.bot.chatEvent({ channel: 'webchat', place: screen.place, what: 'added', account });
  return { screen, tour: await screen.last() };
}
const words = (shown: unknown) => JSON.stringify(shown);

it('shows what there is to see, to press and to say, and ends with the third press', async () => {
  const { screen, tour } = await firstChat('cai-zhongyi');
  expect(words(tour)).toContain('第1步，共3步');
  const second = await screen.click('下一步', {}, tour);
  expect(words(second)).toContain('第2步，共3步');
  // The card of the first step, pressed once more, skips none.
  expect(words(await screen.press('members.tourNext', { step: 1 }, tour.id))).toContain('第2步，共3步');
  const third = await screen.click('下一步', {}, second);
  expect(words(third)).toContain('上报 村口路灯坏了');
  const ended = await screen.click('知道了', {}, third);
  expect(words(ended)).toContain('导览看完了');
  // Whatever is pressed on a card that somebody still sees: it is over.
  expect(words(await screen.press('members.tourNext', { step: 1 }, tour.id))).toContain('导览看完了');
});

it('says to each what somebody in that post can say', async () => {
  const sayings = async (person: string) => {
    const { screen, tour } = await firstChat(person);
    return words(await screen.click('下一步', {}, await screen.click('下一步', {}, tour)));
  };
  expect(await sayings('lin-shuai')).toContain('问题 本单位');
  expect(await sayings('chen-qiming')).toContain('会商 发起 下周三下午3点');
});

it('is over at once for who does not want it, also when the bot comes again', async () => {
  const { screen, tour } = await firstChat('hao-haitao');
  expect(words(await screen.click('不看了', {}, tour))).toContain('导览看完了');
  const { place } = screen;
  await kit.bot.chatEvent({ channel: 'webchat', place, what: 'removed', whole: false, reason: '已移出' });
  expect(words((await firstChat('hao-haitao')).tour)).not.toContain('下一步');
});

it('is nobody else’s', async () => {
  const { tour } = await firstChat('bai-zhiyuan');
  const reply = { text: '', card: { subject: { kind: 'tour', id: 'bai-zhiyuan' } } };
  expect(words(tour)).toContain('下一步');
  expect(words(await kit.bot.draw(reply, 'guo-yuxia'))).toContain('这是别人的导览');
});
