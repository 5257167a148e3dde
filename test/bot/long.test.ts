/** Whatever somebody sends, the answer is one that a platform takes: below 80 KB with its words for clients without cards. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CardJson } from '../../src/bot/cards/adaptive.ts';
import { type Card, listCard } from '../../src/bot/cards/spec.ts';
import { messageOf } from '../../src/channels/teams/send.ts';
import { sizeOf } from '../../src/lib/text.ts';
import {
  buttonsOf,
  createKit,
  inputsOf,
  type Kit,
  type Message,
  renderCard,
  type Screen,
  wordsOf,
} from '../kit.ts';

const MOST = 80_000;
let kit: Kit;
let secretary: Screen;

beforeEach(async () => {
  kit = await createKit();
  secretary = kit.person('huang-wenchang');
});
afterEach(() => kit.close());

/** The whole activity, as it is sent to the platform that repeats the most. */
function bytes({ text, card }: Pick<Message, 'text' | 'card'>): number {
  const made = { text, ...(card && { card: card as unknown as Card }) };
  return sizeOf(messageOf(made, { channelId: 'emulator' }, (shown) => shown as unknown as CardJson));
}

it('takes 20,000 characters into the form, or asks what they mean, with as much of them as it holds', async () => {
  for (const piece of ['路灯又坏了没人修，', '很长', 'word ', '😀']) {
    const words = piece.repeat(20_000 / piece.length);
    const said = await secretary.say(words);
    expect(bytes(said)).toBeLessThan(MOST);
    if (piece.includes('路灯')) expect(wordsOf(said.card)).toContain('详情最多1000个字');
    else await secretary.click('上报');
    const { title } = inputsOf((await secretary.last()).card);
    expect(String(title).length).toBeLessThanOrEqual(100);
    expect(words.startsWith(String(title).replace(/…$/, ''))).toBe(true);
    await secretary.say('取消');
  }
});

it('keeps a form with 28,000 characters in a field sendable, and what fits as it was typed', async () => {
  const long = '路灯坏了'.repeat(7_000);
  await secretary.say('上报 村口路灯坏了');
  const pressed = await secretary.click('提交', { details: long, star: 'pingan-fazhi', aspect: '物' });
  const typed = await secretary.say(`提交\n详情：${long}`);
  const began = await secretary.say(`上报 ${long}`);
  for (const said of [pressed, typed, began]) {
    expect(wordsOf(said.card)).toMatch(/(详情|标题)最多/);
    expect(bytes(said)).toBeLessThan(MOST);
  }
  expect(inputsOf(pressed.card)).toMatchObject({ title: '村口路灯坏了' });
  for (const said of ['报进展', '任务', '问题', '办结', '移出', '审计', '意见'].map(
    (word) => `${word} ${long}`,
  ))
    expect(bytes(await secretary.say(said))).toBeLessThan(MOST);
});

it('shows a long history newest first, the older part on demand', async () => {
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
  for (let i = 1; i <= 30; i += 1) {
    kit.time('2026-11-20', `10:${String(i).padStart(2, '0')}`);
    await secretary.say(`补充情况 WT-2026-0001 第${i}次${'又来看过，'.repeat(98)}`.slice(0, 510));
  }
  const seen: number[] = [];
  let page = await secretary.say('查看历史 WT-2026-0001');
  for (;;) {
    expect(bytes(page)).toBeLessThan(MOST);
    seen.push(...[...wordsOf(page.card).matchAll(/第(\d+)次/g)].map(([, n]) => Number(n)));
    if (!page.card || !buttonsOf(page.card).some(({ title }) => title === '更早的')) break;
    page = await secretary.click('更早的', {}, page);
  }
  expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => 30 - i));
  expect(wordsOf(page.card)).toContain('上报');
});

it('says less in words, then of each text, and then shows fewer rows and says how many more there are', () => {
  const row = { title: '很长'.repeat(200), mark: '', sub: '', tone: 'default' as const, op: null, data: {} };
  const list = (rows: number) =>
    listCard(
      '长',
      '',
      Array.from({ length: rows }, () => row),
      [],
    );
  const kept = renderCard(list(30));
  expect(JSON.stringify(kept).includes(row.title)).toBe(true);
  for (const card of [kept, renderCard(list(100))]) expect(sizeOf(card)).toBeLessThanOrEqual(70_000);
  const some = renderCard(list(5_000));
  expect(sizeOf(some)).toBeLessThanOrEqual(70_000);
  expect(wordsOf(some)).toMatch(/还有4\d{3}条/);
});
