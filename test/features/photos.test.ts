/** Photos of issues and check-ins: sent along, into a form or with a command, seen by who may see the record only. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKit, type Kit, type Message, picturesOf, type Screen, wordsOf } from '../kit.ts';
import { pdf, photo } from '../samples.ts';

let kit: Kit;
let township: Screen; // 石桥镇党委, head
let secretary: Screen; // 柳湾村
let neighbour: Screen; // 青石村
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  township = kit.person('huang-changqing');
  [secretary, neighbour] = kit.people('huang-wenchang', 'chen-delin');
});
afterEach(() => kit.end());

/** The photos that a card shows, by their tokens. */
function shownIn({ card }: Message): string[] {
  return picturesOf(card).map((url) => url.split('/').at(-1) ?? '');
}
async function bytesOf(token = ''): Promise<string> {
  const opened = await kit.bot.download(token);
  return typeof opened === 'string' ? opened : Buffer.from(opened.body).toString('latin1');
}
const FIELDS = { star: 'pingan-fazhi', aspect: '物' };
const whole = (n: number) => photo(n).toString('latin1');

describe('photos of an issue', () => {
  it('sent while the form is open go along with it, and are seen by who may see the issue', async () => {
    await secretary.say('上报 村口路灯坏了');
    const { text } = await secretary.send({ '路灯1.jpg': photo(1), '路灯2.jpg': photo(2) });
    expect(text).toBe('照片已放进“上报问题”（共2张），填好点“提交”。');
    const reported = await secretary.click('提交', FIELDS);
    expect(await Promise.all(shownIn(reported).map(bytesOf))).toEqual([whole(1), whole(2)]);
    const seen = await township.say('WT-2026-0001');
    const [first] = shownIn(seen);
    expect(await bytesOf(first)).toBe(whole(1));
    // The neighbour has no card with an address, and one made for the neighbour does not open.
    expect(shownIn(await neighbour.say('WT-2026-0001'))).toEqual([]);
    // A row of the list shows the first one.
    expect(shownIn(await township.say('问题')).length).toBe(1);
    expect(shownIn(await neighbour.say('问题'))).toEqual([]);
  });

  it('come along with the words that call for them, by one message', async () => {
    await secretary.send({ '路灯.jpg': photo(3) }, '上报 村口路灯坏了');
    await secretary.click('提交', FIELDS);
    await township.say('受理 WT-2026-0001');
    const done = await township.send({ '修好了.jpg': photo(4) }, '办结 WT-2026-0001 三盏都换了');
    expect(done.text).toContain('已办结 WT-2026-0001');
    const shown = await secretary.say('WT-2026-0001');
    expect(await Promise.all(shownIn(shown).map(bytesOf))).toEqual([whole(3), whole(4)]);
  });

  it('come along with a sentence that calls nothing, also where a task waits for evidence', async () => {
    const said = { words: '村口路灯坏了三天了，晚上看不见', photo: { '路灯.jpg': photo(9) } };
    const reports = async () => {
      const { card, text } = await secretary.send(said.photo, said.words);
      expect(text + wordsOf(card)).toContain('上报问题');
      const reported = await secretary.click('提交', FIELDS);
      expect(wordsOf(reported.card)).toContain('村口路灯坏了三天了');
      expect(await Promise.all(shownIn(reported).map(bytesOf))).toEqual([whole(9)]);
    };
    await reports();
    const task = { title: '入户走访', standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' };
    await township.press('tasks.assign', { ...task, sure: 'yes' });
    await reports();
    expect((await secretary.send({ '走访.jpg': photo(10) }, '入户走访的照片')).text).toContain(
      '已附到 入户走访',
    );
    expect((await secretary.send({ '下午.jpg': photo(11) }, '昨天下午拍的照片')).text).toContain(
      '已附到 入户走访',
    );
  });

  it('are nobody’s once the form is left, and files that are no photos are not for it', async () => {
    await secretary.say('上报 村口路灯坏了');
    await secretary.send({ '路灯.jpg': photo(5) });
    await secretary.say('取消');
    await secretary.say('上报 水管漏了');
    const refused = await secretary.send({ '说明.pdf': pdf() });
    expect(refused.text).toContain('现在没有哪件事要用它');
    const reported = await secretary.click('提交', FIELDS);
    expect(shownIn(reported)).toEqual([]);
  });

  it('do not go into a form that was opened long ago, nor into somebody else’s', async () => {
    await secretary.say('上报 村口路灯坏了');
    expect((await neighbour.send({ '别处.jpg': photo(6) })).text).toContain('现在没有哪件事要用它');
    await kit.tick('2026-11-20', '11:00');
    expect((await secretary.send({ '路灯.jpg': photo(7) })).text).toContain('现在没有哪件事要用它');
  });

  it('are optional, and at most ten', async () => {
    await secretary.say('上报 村口路灯坏了');
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${n}.jpg`, photo(20 + n)]));
    await secretary.send(many);
    const { text } = await secretary.send({ '再来.jpg': photo(40) });
    expect(text).toContain('最多放 10 个文件');
    expect(shownIn(await secretary.click('提交', FIELDS))).toHaveLength(10);
  });
});

describe('photos of a check-in', () => {
  it('are put into its form and are its evidence', async () => {
    await township.say('下达任务 入户走访');
    await township.click('下达', { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' });
    await township.click('下达');
    await secretary.say('打卡 RW-2026-0001');
    await secretary.send({ '走访.jpg': photo(8) });
    const checkedIn = await secretary.click('提交进展', { amount: '35' });
    expect(wordsOf(checkedIn.card)).toContain('佐证 1个');
    expect(await bytesOf(shownIn(checkedIn)[0])).toBe(whole(8));
    const listed = await secretary.say('佐证 RW-2026-0001');
    expect(await bytesOf(shownIn(listed)[0])).toBe(whole(8));
  });
});
