/** Branches: their stars as dated rows, who may look, and profiles from an .xlsx. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import {
  awardStar,
  awardsOf,
  endStar,
  profiles,
  starsHeld,
  starsLost,
} from '../../src/features/branches/index.ts';
import { getUnit, units } from '../../src/features/orgs/index.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { createKit, type Kit, wordsOf } from '../kit.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
type Cell = string | number | null;
const xlsx = async (rows: readonly (readonly Cell[])[]) =>
  new Uint8Array(
    await writeXlsx(
      rows.map((row) =>
        row.map((value) =>
          value === null ? null : typeof value === 'number' ? { value, type: Number } : { value },
        ),
      ),
    ).toBuffer(),
  );

let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
});
afterEach(() => kit.end());

const workdays = createLiveWorkdays();
let ids = 0;
/** Within one transaction of some day. */
const doing = (day: string, body: Parameters<typeof withDoing<void>>[3]) =>
  kit.store.transaction((tx) =>
    withDoing(
      { now: () => instant(day, '09:00'), workdays, newId: () => `b-${++ids}`, listeners: [] },
      tx,
      null,
      body,
    ),
  );

describe('stars', () => {
  it('are given and taken on a day, and every day before still says what it said', async () => {
    const given = {
      branch: LIUWAN,
      star: 'chanye-xingwang',
      document: '示党建〔2026〕20号',
      by: '市委组织部',
    };
    await doing('2026-11-20', (d) => awardStar(d, { ...given, from: '2026-11-20' }));
    const card = await kit.person('huang-wenchang').say('支部');
    expect(wordsOf(card.card)).toContain('4星支部');
    expect(wordsOf(card.card)).toContain('11月20日起（示党建〔2026〕20号）');
    await doing('2026-11-23', (d) =>
      endStar(d, { ...given, to: '2026-11-23', reason: '没有保住', document: '示党建〔2026〕21号' }),
    );
    await kit.store.read(async (tx) => {
      const branch = await getUnit(tx, LIUWAN);
      expect(branch.stars).not.toContain('chanye-xingwang');
      expect(await starsHeld(tx, branch, '2026-11-19')).toHaveLength(3);
      expect(await starsHeld(tx, branch, '2026-11-22')).toHaveLength(4);
      expect(await starsHeld(tx, branch, '2026-11-23')).toHaveLength(3);
      expect((await starsLost(tx, branch, '2026-01-01', '2026-11-23')).map(({ star }) => star)).toEqual([
        'chanye-xingwang',
      ]);
    });
  });

  it('are refused to who cannot hold them, twice, on a day to come, and taken from nobody', async () => {
    const given = { branch: LIUWAN, document: '', by: '' };
    const give = (star: string, from: string) =>
      doing('2026-11-23', (d) => awardStar(d, { ...given, star, from }));
    await expect(give('yiye-xingye', '2026-11-01')).rejects.toThrow('没有创建宜业兴业星');
    await expect(give('pingan-fazhi', '2026-11-01')).rejects.toThrow('已经有平安法治星');
    await expect(give('chanye-xingwang', '2026-11-24')).rejects.toThrow('不能在今天以后');
    const take = doing('2026-11-23', (d) =>
      endStar(d, { ...given, star: 'chanye-xingwang', to: '2026-11-23', reason: '' }),
    );
    await expect(take).rejects.toThrow('现在没有这颗星');
  });

  it('are on any day what a naive replay of all that was done says, and the unit’s row is what it holds today', async () => {
    const stars = ['zhibu-guoying', 'chanye-xingwang', 'shengtai-yiju'];
    const branch = 'qingshan-shiqiao-daqiaotou';
    const start = '2027-01-01';
    const acts = fc.array(
      fc.record({ star: fc.constantFrom(...stars), after: fc.integer({ min: 1, max: 40 }) }),
      {
        maxLength: 12,
      },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(acts, async (all) => {
        let day = addDays(start, 600 * round++);
        const first = await kit.store.read(async (tx) => (await getUnit(tx, branch)).stars);
        const states: (readonly [string, ReadonlySet<string>])[] = [[day, new Set(first)]];
        let now = new Set(first);
        for (const { star, after } of all) {
          day = addDays(day, after);
          const at = day;
          const base = { branch, star, document: '', by: '' };
          const had = now.has(star);
          await doing(at, (d) =>
            had ? endStar(d, { ...base, to: at, reason: '' }) : awardStar(d, { ...base, from: at }),
          );
          now = new Set(now);
          if (had) now.delete(star);
          else now.add(star);
          states.push([at, now]);
        }
        await kit.store.read(async (tx) => {
          const unit = await getUnit(tx, branch);
          expect(new Set(unit.stars)).toEqual(now);
          for (const [i, [from, held]] of states.entries()) {
            const until = states[i + 1]?.[0] ?? addDays(from, 30);
            for (const on of [from, addDays(until, -1)])
              expect(new Set(await starsHeld(tx, unit, on))).toEqual(held);
          }
        });
      }),
      { numRuns: 15 },
    );
  });

  it('of a city that has no dated ones yet are those of its list, since before anybody wrote', async () => {
    await kit.close();
    kit = await createKit({ day: '2026-11-23', large: true });
    await kit.store.read(async (tx) => {
      const branch = await getUnit(tx, 'c0-t0-b0');
      expect((await awardsOf(tx, branch)).map(({ from }) => from)).toEqual(['', '']);
      expect(await starsHeld(tx, branch, '2020-01-01')).toEqual(branch.stars);
    });
    const given = { branch: 'c0-t0-b0', document: '', by: '' };
    await doing('2026-11-23', (d) =>
      endStar(d, { ...given, star: 'zhibu-guoying', to: '2026-11-23', reason: '' }),
    );
    await kit.store.read(async (tx) => {
      const branch = await getUnit(tx, 'c0-t0-b0');
      expect(branch.stars).toEqual(['chanye-xingwang']);
      expect(await starsHeld(tx, branch, '2026-11-22')).toEqual(['chanye-xingwang', 'zhibu-guoying']);
    });
  });

  it('of the demo city are 12, 22, 36, 53, 33 and 18 branches with none to five', async () => {
    const counts = [0, 0, 0, 0, 0, 0];
    await kit.store.read(async (tx) => {
      const where = { kind: ['village', 'community'] as const };
      for (const unit of (await tx.table(units).find({ where, order: 'name', limit: 1000 })).rows) {
        const held = (await starsHeld(tx, unit, '2026-11-23')).length;
        expect(held).toBe(unit.stars.length);
        counts[held] = (counts[held] ?? 0) + 1;
      }
    });
    expect(counts).toEqual([12, 22, 36, 53, 33, 18]);
  });
});

describe('支部', () => {
  it('shows a branch to itself, to those above and to departments, and is not there for others', async () => {
    for (const who of ['huang-wenchang', 'huang-changqing', 'hao-haitao', 'guo-chengye', 'bai-zhiyuan'])
      expect(wordsOf((await kit.person(who).say('支部 柳湾村')).card), who).toContain('柳湾村党支部');
    const words = [];
    for (const [who, branch] of [
      ['chen-delin', '柳湾村'],
      ['chen-delin', '大桥头村'],
      ['chen-delin', '天上村'],
      ['wang-caifeng', '柳湾村'],
    ] as const)
      words.push((await kit.person(who).say(`支部 ${branch}`)).text);
    expect(new Set(words).size).toBe(1);
    expect(words[0]).toContain('没有找到');
  });

  it('lists those below, level by level', async () => {
    const county = kit.person('hao-haitao');
    expect(wordsOf((await county.say('支部')).card)).toContain('石桥镇党委');
    const township = await kit.person('huang-changqing').say('支部');
    // In words too, with nothing in brackets where there is nothing to say.
    expect(township.text).toContain('3星支部');
    for (const { text } of [township, await kit.person('luo-lei').say('支部')])
      expect(text).not.toContain('（）');
    expect(wordsOf(township.card)).toContain('共9个');
    expect(wordsOf(township.card)).toContain('3星支部');
    const more = await kit.person('huang-changqing').click('下一页');
    expect(more.refused).toBe(false);
  });

  it('says 没有数据 where nothing is known', async () => {
    await kit.store.transaction(async (tx) => {
      const known = await tx.table(profiles).get(LIUWAN);
      if (known) await tx.table(profiles).delete(known);
    });
    expect(wordsOf((await kit.person('huang-wenchang').say('支部')).card)).toContain('没有数据');
  });
});

describe('导入支部', () => {
  const HEAD = ['支部', '所属乡镇', '经度', '纬度', '主导产业', '户数', '2025年集体收入（元）', '来源'];
  const profile = (id: string) => kit.store.read((tx) => tx.table(profiles).get(id));

  it('says first what would change, and changes it at a press', async () => {
    const county = kit.person('hao-haitao');
    const before = await profile(LIUWAN);
    const file = await xlsx([
      ['青山县支部档案', null, null, null, null, null, null, null],
      HEAD,
      ['柳湾村党支部', '石桥镇', 113.5, 33.1, '茶叶种植、乡村旅游', 640, 312000, '县审计局'],
      ['青石村党支部', '', null, null, '炼油', null, null, null],
      ['锦绣社区党支部', '', null, null, null, 3, null, null],
      ['大桥头村党支部', '石桥镇', 113.5, null, null, null, null, null],
      ['柳湾村党支部', '石桥镇', null, null, null, 1, null, null],
    ]);
    const shown = await county.send({ '档案.xlsx': file });
    const words = wordsOf(shown.card);
    expect(words).toContain('更新1个支部，不变0个；有问题4行');
    expect(words).toContain('第4行 青石村党支部：没有“炼油”这类产业');
    expect(words).toContain('第6行 大桥头村党支部：经度和纬度要一起写');
    expect(words).toContain('第7行 柳湾村党支部：和第3行是同一个支部');
    expect(await profile(LIUWAN)).toEqual(before);
    await county.click('导入');
    expect(await profile(LIUWAN)).toMatchObject({
      lng: 113.5,
      industries: ['tea', 'tourism'],
      households: 640,
      income: [
        { year: 2025, amount: 31.2, source: '县审计局' },
        { year: 2024, amount: 25.6 },
      ],
      on: '2026-11-23',
      by: 'qingshan',
    });
    expect((await county.say('确认导入支部')).text).toContain('已经导入过');
    expect(wordsOf((await county.send({ '档案.xlsx': file })).card)).toContain('更新0个支部，不变1个');
  });

  it('takes a whole city in parts, tells when it is done, and is nobody else’s to do', async () => {
    await kit.close();
    kit = await createKit({ day: '2026-11-23', large: true });
    const organiser = kit.person('bai-zhiyuan');
    const rows = await kit.store.read(async (tx) => {
      const where = { kind: ['village', 'community'] as const };
      const all = (await tx.table(units).find({ where, order: 'name', limit: 450 })).rows;
      return all.map(({ id }, i) => [id, 113 + i / 1000, 33, '粮食种植', 100 + i]);
    });
    const file = await xlsx([['支部', '经度', '纬度', '产业', '户数'], ...rows]);
    await organiser.send({ '全市.xlsx': file });
    await kit.tick('2026-11-23', '09:01');
    expect(wordsOf((await organiser.last()).card)).toContain('更新450个支部');
    await organiser.click('导入');
    await kit.tick('2026-11-23', '09:02');
    expect(wordsOf((await organiser.last()).card)).toContain('更新450个支部');
    expect(await kit.store.read((tx) => tx.table(profiles).count())).toBe(450);
    expect((await kit.person('c0-t0').say('导入支部')).text).toContain('由县区或市委组织部');
  });
});
