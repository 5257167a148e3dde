/** Evidence of check-ins: sent in personal chat, seen by few, removable until reviewed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttonsOf, createKit, type Kit, type Message, type Screen, titlesOf, wordsOf } from '../kit.ts';
import { exe, pdf, photo, xlsx } from '../samples.ts';

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

/** 石桥镇 hands out to all its branches. */
async function handOut(title = '入户走访', fields: Record<string, unknown> = {}) {
  await township.say(`下达任务 ${title}`);
  await township.click('下达', {
    standard: '35户',
    units: 'below:qingshan-shiqiao',
    due: '2026-11-27',
    ...fields,
  });
  await township.click('下达');
}

const titles = ({ card }: Message) => titlesOf(card);
/** The addresses that a card opens. */
function urlsOf({ card }: Message): string[] {
  const { fallbackText: _, ...shown } = (card ?? {}) as Record<string, unknown>;
  const found = JSON.stringify(shown).matchAll(/https:\/\/kit\.example\/d\/([\w-]+)/g);
  // A photo is shown, opened and downloaded by one address.
  return [...new Set([...found].map(([, token = '']) => token))];
}
const download = (token = '') => kit.bot.download(token);

describe('evidence', () => {
  it('goes to the only open check-in, before or after it is said', async () => {
    await handOut();
    const early = await secretary.send({ '现场.jpg': photo(1) });
    expect(early.text).toBe('已附到 入户走访：现场.jpg。还没报进展，请接着报进展。');
    expect(wordsOf(early.card)).toContain('佐证 1个');
    await secretary.say('打卡 入户走访 35户');
    const late = await secretary.send({ '签到表.pdf': pdf(), '台账.xlsx': xlsx() });
    expect(late.text).toBe('已附到 入户走访：签到表.pdf、台账.xlsx。');
    expect(wordsOf(late.card)).toContain('3个');
    expect(wordsOf(late.card)).toContain('加佐证 签到表.pdf、台账.xlsx');
  });

  it('comes with the check-in itself', async () => {
    await handOut();
    const { text, card } = await secretary.send({ '现场.jpg': photo() }, '报进展 入户走访 35户');
    expect(text).toBe('已报进展：入户走访 35户。说错了点“撤销”。\n已附到 入户走访：现场.jpg。');
    expect(wordsOf(card)).toContain('35户');
  });

  it('is asked for when several are open, and goes where evidence is wanted, or where the words say', async () => {
    await handOut('入户走访');
    await handOut('主题党日', { standard: '1次' });
    const asked = await secretary.send({ 'a.jpg': photo(1) });
    expect(asked.text).toMatch(/^这个文件附到哪一项？点一下。/);
    const row = asked.card && buttonsOf(asked.card).find(({ data }) => data.task === 'RW-2026-0002');
    const done = await secretary.press(row?.op ?? '', row?.data ?? {}, asked.id);
    expect(done.shown.text).toBe('已附到 主题党日：a.jpg。还没报进展，请接着报进展。');
    expect((await secretary.press(row?.op ?? '', row?.data ?? {})).shown.text).toMatch(/已经用过/);
    expect((await secretary.send({ 'b.jpg': photo(2) }, '入户走访的照片')).text).toContain(
      '已附到 入户走访：b.jpg',
    );
    await handOut('环境整治', { standard: '3处', evidence: '要给县里看前后对比' });
    expect((await secretary.send({ 'c.jpg': photo(3) })).text).toContain('已附到 环境整治：c.jpg');
  });

  it('is shown to the issuer’s side and the unit itself, by links that end', async () => {
    await handOut();
    await secretary.say('打卡 入户走访 35户');
    await secretary.send({ '现场.jpg': photo() });
    const [mine] = urlsOf(await secretary.last());
    expect(await download(mine)).toMatchObject({ name: '现场.jpg', type: 'image/jpeg' });

    await township.say('查看明细 RW-2026-0001');
    const checkin = 'RW-2026-0001|once|qingshan-shiqiao-liuwan';
    await township.press('tasks.sheet', { checkin }, (await township.last()).id);
    const sheet = await township.last();
    expect(titles(sheet)).toContain('看佐证');
    const [theirs] = urlsOf(sheet);
    expect(await download(theirs)).toMatchObject({ name: '现场.jpg' });
    kit.time('2026-11-22', '00:00');
    expect([await download(mine), await download(theirs)]).toEqual(['expired', 'expired']);
  });

  it('is nobody else’s, whatever they claim', async () => {
    await handOut();
    await secretary.say('打卡 入户走访 35户');
    await secretary.send({ '现场.jpg': photo() });
    const checkin = 'RW-2026-0001|once|qingshan-shiqiao-liuwan';
    const refused = '佐证由填报的单位和下达的单位（石桥镇党委）查看，填报的单位来改。';
    for (const who of [neighbour, kit.person('hao-haitao'), kit.person('du-hongbin')]) {
      for (const op of ['tasks.proofs', 'tasks.proof', 'tasks.unproof'])
        expect((await who.press(op, { checkin })).shown.text).toBe(refused);
    }
    expect((await township.press('tasks.unproof', { checkin, file: 'x' })).shown.text).toBe(refused);
    // A link that was given while the person was of the unit opens nothing once the file is gone from there.
    const [link] = urlsOf(await secretary.last());
    await secretary.say('移除佐证 RW-2026-0001 现场.jpg');
    await secretary.click('移除');
    expect(await download(link)).toBe('refused');
  });

  it('is listed, opened and removed by buttons and by words, until it is reviewed', async () => {
    await handOut();
    await secretary.say('打卡 入户走访 35户');
    await secretary.send({ 'a.jpg': photo(1), 'b.jpg': photo(2), 'c.jpg': photo(3) });
    const list = await secretary.say('佐证 RW-2026-0001');
    expect(list.text).toBe('佐证：柳湾村党支部 入户走访，3个，点一下打开。\na.jpg\nb.jpg\nc.jpg');
    await secretary.say('打开佐证 RW-2026-0001 b.jpg');
    expect(urlsOf(await secretary.last())).toHaveLength(1);
    await secretary.click('移除');
    const gone = await secretary.click('移除');
    expect(gone.text).toMatch(/^已移除 b\.jpg。/);
    expect((await secretary.say('移除佐证 RW-2026-0001 c.jpg')).text).toContain('c.jpg：移除后要用得重新发');
    expect((await secretary.click('移除')).text).toMatch(/^已移除 c\.jpg。[\s\S]*\na\.jpg$/);
    expect((await secretary.say('移除佐证 RW-2026-0001 c.jpg')).text).toMatch(/^没有找到这个文件/);
    await township.say('通过 RW-2026-0001 柳湾村');
    const passed = '已经审核通过，佐证不能再改。有变化请联系石桥镇党委。';
    expect((await secretary.say('移除佐证 RW-2026-0001 a.jpg')).text).toBe(passed);
    await secretary.say('打开佐证 RW-2026-0001 a.jpg');
    expect(titles(await secretary.last())).not.toContain('移除');
    expect((await secretary.send({ 'd.jpg': photo(4) })).text).toMatch(/^文件收到了，可现在没有哪件事要用它/);
  });

  it('is at most ten files, and none that is not what it says', async () => {
    await handOut();
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${n}.jpg`, photo(n)]));
    await secretary.send(many);
    expect((await secretary.send({ 'more.jpg': photo(11) })).text).toBe(
      '一条记录最多放 10 个文件，请先移除几个。',
    );
    expect((await secretary.send({ 'virus.jpg': exe() })).text).toMatch(/^“virus\.jpg”没有收/);
  });

  it('is optional, and says why it is wanted where it is', async () => {
    await handOut('入户走访');
    expect(wordsOf((await secretary.say('打卡 入户走访 35户')).card)).not.toContain('佐证');
    await handOut('环境整治', { standard: '3处', evidence: '要给县里看前后对比' });
    const { card } = await secretary.say('打卡 环境整治 3处');
    expect(wordsOf(card)).toContain('请发照片或文件：要给县里看前后对比');
  });
});
