/**
 * Who sees no buttons types them. Every card that any story shows is looked at by test/typed-everywhere.ts; here is what
 * comes of it.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRouter } from '../../src/bot/turn/router.ts';
import { isCommand } from '../../src/bot/turn/shown.ts';
import { analysisRights } from '../../src/features/analysis/index.ts';
import { features } from '../../src/features/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { checkins, tasks } from '../../src/features/tasks/model.ts';
import { createKit, inputsOf, type Kit, picturesOf, type Screen, wordsOf } from '../kit.ts';
import { photo } from '../samples.ts';

let kit: Kit;
let township: Screen;
let secretary: Screen;
beforeEach(async () => {
  kit = await createKit();
  [township, secretary] = kit.people('huang-changqing', 'huang-wenchang');
});
afterEach(() => kit.end());

const checkedIn = () =>
  kit.store.read((tx) => tx.table(checkins).get('RW-2026-0001|once|qingshan-shiqiao-liuwan'));
const fallback = async (screen: Screen) => String((await screen.last()).card?.fallbackText);

it('a task goes all its way by typed words, its last look too', async () => {
  await township.say('下达任务 入户走访');
  expect(await fallback(township)).toMatch(
    /哪些单位：（写序号或名字，可以选几个）\n可选：1 石桥镇党委下面全部支部／2 /,
  );
  await township.say('下达\n标准：35户\n哪些单位：1\n截止日期：12月10日');
  expect(await fallback(township)).toContain('可以打字：下达、再改改');
  await township.say('再改改');
  await township.say('下达\n截止日期：12月11日');
  expect((await township.say('确认')).text).toContain('已下达，编号 RW-2026-0001');
  expect(await kit.store.read((tx) => tx.table(tasks).get('RW-2026-0001'))).toMatchObject({
    ...{ day: '2026-12-11', scope: { below: ['qingshan-shiqiao'] } },
  });

  await secretary.say('报进展 入户走访 12户');
  await township.say('查看明细 RW-2026-0001');
  expect(await fallback(township)).toMatch(/\n1\. 未报：/);
  await township.say('下一页');
  const [, place] = /\n(\d+)\. .*柳湾村党支部/.exec(await fallback(township)) ?? [];
  await township.say(`第${place}条`);
  expect(wordsOf((await township.last()).card)).toMatch(/柳湾村党支部.*12户/);
});

it('what was decided by a press is not decided again by words', async () => {
  await township.say('下达任务 入户走访');
  await township.say('下达\n标准：35户\n哪些单位：1\n截止日期：12月10日');
  await township.click('下达');
  await township.say('确认');
  expect(await kit.store.read((tx) => tx.table(tasks).get('RW-2026-0002'))).toBeUndefined();
  await township.say('下达');
  expect(await fallback(township)).toContain('任务名称：');
  expect(await kit.store.read((tx) => tx.table(tasks).get('RW-2026-0002'))).toBeUndefined();
});

it('the numbers of rows open them, titles press buttons, and commands stay what they are', async () => {
  for (const title of ['村口路灯坏了', '水管漏了']) {
    await secretary.say(`上报 ${title}`);
    await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
  }
  await township.say('问题');
  expect(await fallback(township)).toMatch(/\n1\. .*\n2\. (?:.*\n)+打“1”打开第1条/);
  await township.say('2');
  const shown = wordsOf((await township.last()).card);
  await township.say('9');
  expect((await township.last()).text).not.toBe(shown);
  // Who types a command alone is told how to type it, whatever was shown last.
  const asked = await township.say('受理');
  expect(asked.text).toContain('例如：受理 WT-2026-0001');
  expect(await kit.store.read((tx) => tx.table(issues).count({ state: 'pending' }))).toBe(2);

  await secretary.say('撤回 WT-2026-0001');
  await secretary.say('撤回');
  expect(await kit.store.read((tx) => tx.table(issues).count({ state: 'pending' }))).toBe(1);
  // An hour later nobody looks at that card any more.
  await township.say('问题');
  kit.time('2026-11-20', '10:01');
  expect(wordsOf((await township.say('1')).card)).not.toContain('水管漏了');
});

it('words that are the name of something of every object are words like any other', async () => {
  await secretary.say('上报 constructor');
  await secretary.click('提交', { star: 'pingan-fazhi', aspect: '物' });
  for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'])
    for (const command of ['问题', '任务', '审核', '典型']) await township.say(`${command} ${name}`);
  await township.say('问题 constructor');
  expect(await fallback(township)).toContain('WT-2026-0001');
});

it('what has no command of its own is pressed by its title', () => {
  const router = createRouter(features);
  const without = features.flatMap(({ operations }) => operations).filter(({ words }) => !words);
  expect(without.length).toBeGreaterThan(10);
  const pressed = (title: string, op: string) => !isCommand(router.byText(title), { op, data: { of: 'x' } });
  for (const { right } of without)
    expect([right.name, pressed(right.title, right.name)]).toEqual([right.name, true]);
  expect(without.map(({ right }) => right.name)).toContain(analysisRights.show.name);
});

it('a command takes the lines of its form behind it, as if the form were open', async () => {
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交');
  await township.say('受理 WT-2026-0001');
  await township.say('办结 WT-2026-0001 换了两盏\n情况：还有一盏等配件');
  expect(await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'))).toMatchObject({
    result: '换了两盏\n情况：还有一盏等配件',
  });
  await secretary.say('不满意退回 WT-2026-0001\n原因：还有一盏');
  await township.send(
    { '修好了.jpg': photo(4) },
    '办结 WT-2026-0001\n怎么解决的：三盏都换了\n灯杆也扶正了\n佐证：台账12号',
  );
  expect(await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'))).toMatchObject({
    ...{ state: 'verifying', result: '三盏都换了\n灯杆也扶正了' },
  });
  expect(picturesOf((await secretary.say('WT-2026-0001')).card)).toHaveLength(1);

  const handed =
    '下达任务\n任务名称：入户走访\n标准：35户\n哪些单位：石桥镇党委下面全部支部\n截止日期：12月10日';
  expect(wordsOf((await township.say(handed)).card)).toContain('发给9个单位，请再看一眼');
  await township.say('确认');
  await secretary.say('提交进展\n完成：12户\n情况：一组\n二组\n困难：缺人手');
  expect(await checkedIn()).toMatchObject({ amount: 12, words: '一组\n二组', difficulty: '缺人手' });
  await secretary.say('报进展 入户走访 13户 已覆盖三组，有困难：路不通');
  expect(await checkedIn()).toMatchObject({ amount: 13, words: '已覆盖三组', difficulty: '路不通' });
  await secretary.say('报进展 入户走访 14户 困难群众都走到了');
  expect(await checkedIn()).toMatchObject({ amount: 14, words: '困难群众都走到了', difficulty: '' });

  const called =
    '发起会商\n日期：12月3日\n几点：下午3点\n地点：三楼\n议题：防火\n路灯\n参加单位：市司法局，市教育局';
  const look = wordsOf((await kit.person('zhu-yueqin').say(called)).card);
  expect(look).toMatch(/12月3日 周四 15:00，三楼.*市司法局、市教育局.*议题1.*防火.*议题2.*路灯/s);
  const opinion = await secretary.say('意见\n意见：少填表');
  expect(inputsOf(opinion.card)).toEqual({ words: '少填表' });
});
