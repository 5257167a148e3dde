/** Whatever is past its day says so in one way and comes first: in 待办, in digests, and in words. */
import { expect, it } from 'vitest';
import { createKit, type Message, wordsOf } from '../kit.ts';

it('all that is late is marked alike and comes first, in 待办 and in what reminds of it', async () => {
  const kit = await createKit({ day: '2026-11-16' }); // a Monday
  const [organiser, township, secretary] = kit.people('bai-zhiyuan', 'huang-changqing', 'huang-wenchang');
  for (const [title, due] of [
    ['入户走访', '2026-11-18'],
    ['年终总结', '2026-12-18'],
  ]) {
    await organiser.say(`下达任务 ${title}`);
    await organiser.click('下达', { units: 'qingshan-shiqiao', more: '柳湾村', due });
    await organiser.click('下达');
  }
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物', urgency: '紧急' });
  await secretary.say('意见 表太多');
  await secretary.click('提交');
  for (const time of ['08:00', '08:30', '08:31']) await kit.tick('2026-11-24', time);

  const rows = ({ card }: Message) =>
    ((card?.body ?? []) as { items?: { inlines?: { text: string; highlight?: true }[] }[] }[]).flatMap(
      ({ items }) => {
        const said = items?.[0]?.inlines ?? [];
        return said.length > 0
          ? [[said[1]?.text, said.some(({ text, highlight }) => highlight && text === ' 超期 ')] as const]
          : [];
      },
    );
  const digest = await organiser.last();
  expect(rows(digest)).toContainEqual(['意见 YJ-2026-0001', true]);
  expect(digest.text).toContain('意见 YJ-2026-0001（超期 · 11月23日前，超期1个工作日）');

  kit.time('2026-12-01');
  const waiting = await township.say('待办');
  expect(rows(waiting)).toEqual([
    ['入户走访', true],
    ['村口路灯坏了', true],
    ['年终总结', false],
    ['2026年第四季度研判', false],
  ]);
  expect(waiting.text).toMatch(/入户走访（超期 · RW-2026-0001 · 11月18日前，超期9个工作日）/);
  expect(wordsOf(waiting.card)).toMatch(/WT-2026-0001 · 11月\d+日前，红 超期\d个工作日/);
  expect(wordsOf(waiting.card)).toMatch(/RW-2026-0002 · 12月18日前，还剩13个工作日/);
  expect(rows(await organiser.say('待办')).filter(([title]) => title === '意见：表太多')).toEqual([
    ['意见：表太多', true],
  ]);

  await kit.close();
});
