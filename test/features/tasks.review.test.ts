/** The head who reviews 174 check-ins: several at once, with photos seen and what is missing marked, counted in presses. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkins } from '../../src/features/tasks/model.ts';
import { createKit, type Kit, type Message, picturesOf, type Screen, titlesOf, wordsOf } from '../kit.ts';
import { photo } from '../samples.ts';

interface Member {
  readonly id: string;
  readonly unit: string;
  readonly role: string;
}
const demo = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../data/demo/${file}`, import.meta.url), 'utf8'));
const secretaries = (demo('members.json') as Member[]).filter(({ role }) => role === 'secretary');

let kit: Kit;
let township: Screen; // 石桥镇党委, head
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  township = kit.person('huang-changqing');
});
afterEach(() => kit.end());

async function handOut(issuer: Screen, fields: Record<string, unknown>) {
  await issuer.say('下达任务 环境整治');
  await issuer.click('下达', { standard: '3处', due: '2026-11-27', ...fields });
  await issuer.click('下达');
}

const waiting = () =>
  kit.store.read((tx) => tx.table(checkins).count({ round: 'RW-2026-0001|once', state: 'in' }));
const titles = ({ card }: Message) => titlesOf(card);
/** The names of the rows that can be ticked, as a client sends them. */
const ticksOf = ({ card }: Message) => [
  ...new Set([...JSON.stringify(card).matchAll(/"id":"(tick:[^"]+)"/g)].map(([, id = '']) => id)),
];
const VILLAGES = ['huang-wenchang', 'chen-delin'] as const; // 柳湾村, 青石村
const reported = async (people: readonly string[]) => {
  for (const id of people) await kit.person(id).say('报进展 环境整治 3处');
};
const township9 = { units: 'below:qingshan-shiqiao', evidence: '要看前后对比' };

describe('174 check-ins', () => {
  it('are reviewed in some thirty presses, the next one with one, a photo seen with none', {
    timeout: 60_000,
  }, async () => {
    const organiser = kit.person('bai-zhiyuan');
    await handOut(organiser, { units: 'below:zzb', evidence: '要看前后对比' });
    for (const [n, { id }] of secretaries.entries()) {
      kit.time('2026-11-20', `${10 + Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}`);
      const screen = kit.person(id);
      if (n % 9 === 0) await screen.send({ '整治后.jpg': photo(n) }, '报进展 环境整治 3处');
      else await screen.say('报进展 环境整治 3处');
    }
    expect([secretaries.length, await waiting()]).toEqual([174, 174]);

    let presses = 0;
    let shown = await organiser.say('待办');
    const press = async (title: string, ...more: [Record<string, unknown>?]) => {
      presses += 1 + Object.keys(more[0] ?? {}).filter((key) => key.startsWith('tick:')).length;
      shown = await organiser.click(title, ...more);
      return shown;
    };
    await press('环境整治');
    expect(wordsOf(shown.card)).toContain('174份等您审核。');
    // The photos that were sent are there, and what lacks evidence says so, without a press.
    expect(picturesOf(shown.card)).toHaveLength(2);
    expect(wordsOf(shown.card).match(/缺佐证/g)).toHaveLength(8);
    expect(titles(shown).filter((title) => !title.includes('党'))).toEqual([
      '缺佐证',
      '有照片',
      '按乡镇',
      '通过选中的',
      '通过本页10份',
      '下一页',
      '全部通过',
      '回到任务',
    ]);

    await press('有照片');
    expect(picturesOf(shown.card)).toHaveLength(10);
    await press('通过本页10份');
    expect(wordsOf(shown.card)).toMatch(/已通过10份。\n164份等您审核。\n这里是有照片的。/);
    expect(picturesOf(shown.card)).toHaveLength(10);

    // One by one: the next comes with one press, its photo with it.
    await press(titles(shown)[3] ?? '');
    expect(picturesOf(shown.card)).toHaveLength(1);
    const before = presses;
    await press('通过并看下一份');
    expect(presses - before).toBe(1);
    expect(shown.text).toContain('还有163份');
    await press('退回');
    await press('退回', { reason: '照片看不清，请重拍' });
    await press('回到审核');
    expect(wordsOf(shown.card)).toContain('162份等您审核。');

    await press('有照片');
    await press(
      '通过选中的',
      Object.fromEntries(
        ticksOf(shown)
          .slice(0, 3)
          .map((tick) => [tick, 'true']),
      ),
    );
    expect(wordsOf(shown.card)).toContain('已通过3份。\n159份等您审核。');
    await press('全部待审核');
    // What was left on the page before comes again.
    await press('下一页');
    while ((await waiting()) > 0) {
      const all = titles(shown).find((title) => title.startsWith('通过本页')) ?? '通过选中的';
      await press(all);
    }
    expect(shown.text).toMatch(/^已通过\d+份。都看完了。$/);
    console.info(`a review of 174: ${presses} presses, 20 photos seen without one`);
    expect(presses).toBeLessThanOrEqual(32);
    const passed = await kit.store.read((tx) =>
      tx.table(checkins).count({ round: 'RW-2026-0001|once', state: 'passed' }),
    );
    expect(passed).toBe(173);
  });
});

describe('several at once', () => {
  it('pass where each may, and what could not is named', async () => {
    await handOut(township, township9);
    await reported(VILLAGES);
    const page = await township.say('审核 RW-2026-0001');
    const [liuwan = '', qingshi = ''] = ticksOf(page);
    await expect(township.click('通过选中的', {}, page)).resolves.toMatchObject({
      refused: true,
      text: '请先勾上要通过的，再点“通过选中的”。',
    });
    // Changed and taken back after it was looked at.
    await kit.person('huang-wenchang').say('报进展 环境整治 4处');
    const done = await township.click('通过选中的', { [liuwan]: 'true', [qingshi]: 'true' }, page);
    expect(wordsOf(done.card)).toContain(
      '已通过1份。没有通过的1份：柳湾村党支部刚改过，请再看一遍。\n1份等您审核。',
    );
    const again = await township.click('通过选中的', { [qingshi]: 'true' }, page);
    expect(wordsOf(again.card)).toContain(
      '一份也没有通过。没有通过的1份：青石村党支部：这次进展已通过，不用再审核。',
    );
    expect(await waiting()).toBe(1);
  });

  it('pass in words, and only for the issuer, whatever is claimed', async () => {
    await handOut(township, township9);
    await reported(VILLAGES);
    const page = await township.say('审核');
    expect(page.text).toContain('打字：通过选中的 RW-2026-0001 柳湾村党支部、青石村党支部');
    const forged = { task: 'RW-2026-0001', ticked: 'qingshan-shiqiao-liuwan~1' };
    for (const who of ['huang-wenchang', 'hao-haitao', 'bai-zhiyuan'])
      expect((await kit.person(who).press('tasks.passSome', forged)).shown.text).toMatch(
        /审核由下达的单位（石桥镇党委）来做/,
      );
    expect(await waiting()).toBe(2);
    const said = await township.say('通过 RW-2026-0001 柳湾村、青石村、北庄村、火星村、柳湾村党支部');
    expect(said.text).toMatch(
      /^已通过2份。没有通过的2份：北庄村党支部没有报进展，或者撤销了；“火星村”没有找到这个单位。都看完了。/,
    );
    expect(await waiting()).toBe(0);
  });
});

describe('parts of what waits', () => {
  it('are those without evidence, those with photos and those of a township', async () => {
    const county = kit.person('hao-haitao');
    await handOut(county, { units: 'below:qingshan', evidence: '要看前后对比' });
    const form = await kit.person('huang-wenchang').say('报进展 RW-2026-0001');
    expect(wordsOf(form.card)).toContain('要佐证：要看前后对比。');
    await kit.person('huang-wenchang').say('取消');
    await reported(VILLAGES);
    await kit.person('huang-wenchang').send({ '现场.jpg': photo(1) });
    const names = async (part: string) =>
      titles(await county.say(`审核 RW-2026-0001 ${part}`)).filter((one) => one.includes('村'));
    expect(await names('有照片')).toEqual(['柳湾村党支部']);
    expect(await names('缺佐证')).toEqual(['青石村党支部']);
    expect(await names('石桥镇')).toHaveLength(2);
    expect(await names('茶店乡')).toEqual([]);
    expect((await county.say('审核 RW-2026-0001 火星')).text).toMatch(/没有“火星”这一类/);
    await county.say('审核 RW-2026-0001');
    const townships = await county.click('按乡镇');
    expect(wordsOf(townships.card)).toContain('石桥镇党委 2份');
    expect(titles(await county.click('石桥镇党委'))).toContain('青石村党支部');

    // Taken out again it lacks; and it does not matter that the version before did not say what a check-in has.
    await kit.person('huang-wenchang').say('移除佐证 RW-2026-0001 现场.jpg');
    await kit.person('huang-wenchang').click('移除');
    expect(await names('有照片')).toEqual([]);
    expect(await names('缺佐证')).toHaveLength(2);
    // Where there are none, nothing leads to them.
    expect(titles(await county.say('审核 RW-2026-0001'))).not.toContain('有照片');
    await kit.person('chen-delin').send({ '现场.jpg': photo(2) });
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(checkins).get('RW-2026-0001|once|qingshan-shiqiao-qingshi');
      if (row) await tx.table(checkins).put({ ...row, proof: '' });
    });
    expect(await names('有照片')).toEqual(['青石村党支部']);
    expect(await names('缺佐证')).toEqual(['柳湾村党支部']);
  });

  it('without a wish for evidence nothing lacks it, and everybody is told what concerns them', async () => {
    await handOut(township, { units: 'below:qingshan-shiqiao' });
    expect(titles(await township.say('RW-2026-0001'))).toContain('催办');
    await reported(VILLAGES);
    expect(wordsOf((await township.say('审核')).card)).not.toContain('缺佐证');
    expect((await township.say('审核 RW-2026-0001 缺佐证')).text).toContain('没有要求佐证');
    const sheet = await township.click('柳湾村党支部', {}, await township.say('审核'));
    expect(wordsOf(sheet.card)).toContain('请您审核：通过，或者退回。');
    await township.click('退回');
    const back = await township.click('退回', { reason: '数不对' });
    expect(wordsOf(back.card)).toContain('已退回：数不对。等柳湾村党支部再报。');
    expect(wordsOf((await kit.person('huang-wenchang').last()).card)).toContain(
      '进展退回了：数不对。请您再报一次。',
    );
  });
});
