/** 公开: the same figures on the card, on the page and in the spreadsheet; kept as sums, right on any past quarter. */
import fc from 'fast-check';
import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withDoing } from '../../src/bot/delivery/effects.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { awardStar, endStar, starsHeld } from '../../src/features/branches/index.ts';
import { features } from '../../src/features/index.ts';
import { figures } from '../../src/features/openness/model.ts';
import { LEAST } from '../../src/features/openness/public.ts';
import { reportOf } from '../../src/features/openness/report.ts';
import { figuresOf } from '../../src/features/openness/rollup.ts';
import { type Sum, shield } from '../../src/features/openness/shield.ts';
import { N } from '../../src/features/openness/sources.ts';
import { getUnit, unitsBelow } from '../../src/features/orgs/index.ts';
import { boardDocument } from '../../src/features/page/index.ts';
import { instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { createKit, type Kit, wordsOf } from '../kit.ts';
import { ANYBODY, look, lookAt, sheet } from './board.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const TODAY = '2026-11-23';
const workdays = createLiveWorkdays();
let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ day: TODAY });
});
afterEach(() => kit.end());

let ids = 0;
/** Within one transaction of a day, with what features do when they hear of it. */
const doing = (day: string, body: Parameters<typeof withDoing<void>>[3]) =>
  kit.store.transaction((tx) =>
    withDoing(
      { now: () => instant(day, '09:00'), workdays, newId: () => `o-${++ids}`, listeners },
      tx,
      null,
      body,
    ),
  );
const { listeners = [] } = await import('../../src/features/openness/index.ts').then(
  ({ openness }) => openness,
);
const world = <T>(body: (world: Parameters<typeof figuresOf>[0]) => Promise<T>, day = TODAY) =>
  kit.store.read((tx) => body({ tx, now: instant(day, '09:00'), today: day, workdays }));

const page = (path = '', query = '', anybody = false) => look(kit, path, query, anybody ? ANYBODY : null);

const STORY = [12, 22, 36, 53, 33, 18];

describe('the figures of the demo city', () => {
  it('are those of the story, before and after they were counted, on card, page and spreadsheet', async () => {
    const look = async () => {
      const card = wordsOf((await kit.person('bai-zhiyuan').say('公开')).card);
      const { rows, words } = await page();
      expect(rows('stars').at(-1)).toEqual(['全市合计', '174', ...STORY.map(String)]);
      expect(await sheet(kit, '几颗星')).toEqual(rows('stars'));
      expect(await sheet(kit, '每颗星')).toEqual(rows('holders'));
      expect(card).toContain('没有星12，一星22，二星36，三星53，四星33，五星18');
      for (const said of ['104个（59.8%', '51个（29.3%', '18个（10.3%']) {
        expect(card).toContain(said);
        expect(words).toContain(said);
      }
      for (const [county, five] of [
        ['青山县', '6/55'],
        ['临溪县', '4/41'],
        ['云岭县', '2/30'],
        ['明湖区', '6/48'],
      ] as const) {
        expect(card).toContain(county);
        expect(card).toContain(five);
        const row = rows('stars').find(([name]) => name === county) ?? [];
        expect(`${row.at(-1)}/${row[1]}`).toBe(five);
      }
      expect(card).toContain('产业兴旺星44/113');
      expect(card).toContain('宜业兴业星28/61');
      expect(rows('holders')).toContainEqual(['产业兴旺星', '44', '113', '38.9%']);
      expect(rows('holders')).toContainEqual(['宜业兴业星', '28', '61', '45.9%']);
      for (const whole of ['茶店乡', '城南街道', '新城街道']) {
        expect(card).toContain(whole);
        expect(words).toContain(whole);
      }
      expect(card).toContain('三星成片 3个乡镇（街道）');
    };
    await look();
    await kit.tick(TODAY);
    expect(await kit.store.read((tx) => tx.table(figures).get('zzb|2026-Q4'))).toBeDefined();
    await look();
  });

  it('go down from the city to a branch, and every unit may be looked at', async () => {
    const secretary = kit.person('huang-wenchang');
    expect(wordsOf((await secretary.say('公开')).card)).toContain('公开：石桥镇');
    expect(wordsOf((await secretary.say('公开 明湖区')).card)).toContain('6/48');
    expect(wordsOf((await secretary.say('公开 全市')).card)).toContain('公开：全市');
    await secretary.click('青山县');
    await secretary.click('石桥镇');
    expect(wordsOf((await secretary.last()).card)).toContain('柳湾村');
    expect((await secretary.say('公开 没有这个县')).text).toContain('公开 青山县');
    expect((await page('qingshan')).html).toContain('href="./qingshan-shiqiao?q=2026-Q4"');
    expect((await page('qingshan-shiqiao')).rows('stars')).toHaveLength(10);
    expect(await lookAt(kit, LIUWAN)).toBeUndefined();
  });

  it('follow a star that is given today, and a past quarter follows one that is given late', async () => {
    await kit.tick(TODAY);
    const fives = async (quarter: string) =>
      world(
        async (at) =>
          (await figuresOf(at, await getUnit(at.tx, 'zzb'), quarter))?.numbers[N.holds('chanye-xingwang')],
      );
    expect(await fives('2026-Q4')).toBe(44);
    const before = (await fives('2026-Q3')) ?? 0;
    const given = { branch: LIUWAN, star: 'chanye-xingwang', document: '', by: '市委组织部' };
    await doing(TODAY, (d) => awardStar(d, { ...given, from: '2026-09-01' }));
    await kit.tick(TODAY);
    expect(await fives('2026-Q4')).toBe(45);
    expect(await fives('2026-Q3')).toBe(before + 1);
    await doing(TODAY, (d) => endStar(d, { ...given, to: TODAY, reason: '没有保住' }));
    await kit.tick(TODAY);
    expect(await fives('2026-Q4')).toBe(44);
    expect(await fives('2026-Q3')).toBe(before + 1);
    for (const words of ['2026年第三季度', '第3季度', '全市 三季度', '2026-Q3'])
      expect(wordsOf((await kit.person('bai-zhiyuan').say(`公开 ${words}`)).card), words).toContain(
        '2026年第三季度，数据到9月30日',
      );
  });

  it('are for every quarter what a naive look at every branch on its last day says', async () => {
    await kit.tick(TODAY);
    for (const [quarter, day] of [
      ['2025-Q2', '2025-06-30'],
      ['2025-Q4', '2025-12-31'],
      ['2026-Q2', '2026-06-30'],
      ['2026-Q4', TODAY],
    ] as const) {
      const naive = [0, 0, 0, 0, 0, 0];
      await kit.store.read(async (tx) => {
        for (const { id: county } of (await unitsBelow(tx, 'zzb')).filter(({ kind }) => kind === 'county'))
          for (const { id: township } of await unitsBelow(tx, county))
            for (const branch of await unitsBelow(tx, township)) {
              const held = (await starsHeld(tx, branch, day)).length;
              naive[held] = (naive[held] ?? 0) + 1;
            }
      });
      const found = await world(async (at) => figuresOf(at, await getUnit(at.tx, 'zzb'), quarter));
      expect(naive.map((_, i) => found?.numbers[N.stars(i)])).toEqual(naive);
    }
  });

  it('count issues by colour and by verdict, of the township where they are', async () => {
    const secretary = kit.person('huang-wenchang');
    const township = kit.person('huang-changqing');
    await secretary.say('上报');
    await secretary.click('提交', {
      ...{ title: '村口路灯坏了', aspect: '物', star: 'pingan-fazhi', source: '群众反映', urgency: '一般' },
      branch: LIUWAN,
    });
    await kit.tick(TODAY);
    const row = async () =>
      (await page('qingshan'))
        .rows('issues')
        .find(([name]) => name === '石桥镇')
        ?.slice(1);
    expect(await row()).toEqual(['1', '0', '0', '0', '0', '0', '0', '0', '没有数据']);
    await kit.tick('2026-12-03');
    expect(await row()).toEqual(['1', '0', '0', '1', '0', '0', '0', '0', '没有数据']);
    await kit.tick('2026-12-08');
    expect(await row()).toEqual(['1', '1', '0', '0', '0', '0', '0', '0', '没有数据']);
    await township.say('受理 WT-2026-0001');
    await township.say('办结 WT-2026-0001 已换灯泡');
    await secretary.press('issues.verify', { issue: 'WT-2026-0001', verdict: '满意' });
    await kit.tick('2026-12-08', '10:00');
    expect(await row()).toEqual(['0', '0', '0', '0', '1', '1', '0', '0', '15']);
    expect((await page()).rows('issues').at(-1)?.[5]).toBe('1');
  });

  it('are compared with what the organiser set, and with nothing where nothing was', async () => {
    const organiser = kit.person('bai-zhiyuan');
    expect(wordsOf((await organiser.say('公开')).card)).toContain('没有全省数据');
    await organiser.say('公开设置');
    expect((await organiser.click('保存', { four: '35', province: '9.1', basis: 'unsaid' })).text).toContain(
      '出处',
    );
    await organiser.click('保存', { four: '35', province: '9.1', source: '省通报第3期', basis: 'unsaid' });
    const said = wordsOf((await organiser.say('公开')).card);
    expect(said).toContain('目标35%，还差10个');
    expect(said).toContain('全省9.1%（省通报第3期），高1.2个百分点');
    expect(said).not.toContain('不作为考核依据');
    expect((await kit.person('hao-haitao').say('公开设置')).text).toContain('市委组织部');
  });

  it('cost a page of the city one row a county, however many branches there are', async () => {
    await kit.tick(TODAY);
    let asks = 0;
    await world(async (at) => {
      const table: typeof at.tx.table = (of) => {
        const rows = at.tx.table(of);
        return {
          ...rows,
          get: (id) => {
            asks++;
            return rows.get(id);
          },
          put: rows.put.bind(rows),
          delete: rows.delete.bind(rows),
          count: rows.count.bind(rows),
          countBy: rows.countBy.bind(rows),
          find: (query) => {
            asks++;
            return rows.find(query);
          },
        };
      };
      await reportOf(
        { ...at, tx: { ...at.tx, changed: false, table } },
        await getUnit(at.tx, 'zzb'),
        '2026-Q4',
      );
    });
    expect(asks).toBeLessThan(25);
  });
});

describe('pages that later features add to the board', () => {
  it('are linked from it for people of the programme, and are at their own address', async () => {
    const more: Feature = {
      ...{ name: 'more', tables: [], operations: [] },
      pages: {
        'board/more': {
          title: '更多的',
          make: async () => ({
            name: 'more.html',
            type: 'text/html',
            body: boardDocument('更多', '', h('p', {}, '多')),
          }),
        },
      },
    };
    const other = await createKit({ day: TODAY, features: [...features, more] });
    try {
      const asked = { path: '', query: new URLSearchParams() };
      const html = async (person: null | undefined) =>
        String((await other.bot.page('board', { ...asked, person }))?.body);
      expect(await html(null)).toContain('<a href="board/more">更多的</a>');
      expect(await html(undefined)).not.toContain('更多的');
      expect((await other.bot.page('board/more', { ...asked, person: null }))?.body).toContain('<p>多</p>');
    } finally {
      await other.close();
    }
  });
});

describe('what anybody may see', () => {
  it('is the city with its counties, no number below five, no names', async () => {
    await kit.tick(TODAY);
    const { html, rows, words } = await page('', '', true);
    for (const id of ['stars', 'holders', 'issues', 'weak', 'help', 'tasks'])
      for (const cells of rows(id))
        for (const cell of cells.slice(1)) expect(/^\d+$/.test(cell) && Number(cell) < LEAST, id).toBe(false);
    expect(rows('weak').flat()).toContain('不公布');
    expect(rows('trend')).toEqual([]);
    expect(words).not.toContain('茶店乡');
    expect(rows('stars').at(-1)).toContain('53');
    // Nothing that is hidden stands in a picture either.
    expect(html).not.toContain('云岭县 五星 2');
    for (const path of ['qingshan', 'qingshan-shiqiao', 'qingshan.xlsx', 'qingshan/stars.5', 'zzb.docx'])
      expect(await lookAt(kit, path, '', ANYBODY)).toBeUndefined();
  });

  it('leaves no number below five that can be read or computed', () => {
    const counts = fc.array(fc.array(fc.nat(20), { minLength: 5, maxLength: 5 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(counts, (rows) => {
        const table = rows.map((row) => [row.reduce((sum, n) => sum + n, 0), ...row]);
        const total = (table[0] ?? []).map((_, c) => table.reduce((sum, row) => sum + (row[c] ?? 0), 0));
        const width = total.length;
        const cells = [...table, total].flat();
        const sums: Sum[] = [];
        for (let r = 0; r <= table.length; r++)
          sums.push({ whole: r * width, parts: Array.from({ length: 5 }, (_, i) => [r * width + 1 + i, 1]) });
        for (let c = 0; c < width; c++)
          sums.push({ whole: table.length * width + c, parts: table.map((_, r) => [r * width + c, 1]) });
        // A total of another table that hangs together with this one.
        const weighed = cells.push(total.slice(1).reduce((sum, n, i) => sum + n * i, 0)) - 1;
        sums.push({
          whole: weighed,
          parts: Array.from({ length: 4 }, (_, i) => [table.length * width + 2 + i, i + 1]),
        });
        const hidden = shield(cells, sums, LEAST);
        const unknown = cells.flatMap((_, at) => (hidden[at] ? at : []));
        const matrix = sums.map(({ whole, parts }) =>
          unknown.map((at) => (at === whole ? -1 : 0) + (parts.find(([cell]) => cell === at)?.[1] ?? 0)),
        );
        cells.forEach((n, at) => {
          if (n < LEAST) expect(hidden[at]).toBe(true);
        });
        const rank = rankOf(matrix);
        unknown.forEach((_, i) => {
          // What is known of it by the sums does not fix it.
          expect(rankOf([...matrix, unknown.map((_, j) => (i === j ? 1 : 0))])).toBe(rank + 1);
        });
      }),
      { numRuns: 40 },
    );
  });
});

/** How many rows of a matrix do not follow from the others. */
function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => [...row]);
  let rank = 0;
  for (let c = 0; c < (rows[0]?.length ?? 0); c++) {
    const at = left.findIndex((row, r) => r >= rank && Math.abs(row[c] ?? 0) > 1e-6);
    const row = left[at];
    if (!row) continue;
    left.splice(at, 1);
    left.splice(rank, 0, row);
    for (const other of left.slice(rank + 1)) {
      const by = (other[c] ?? 0) / (row[c] ?? 1);
      for (let i = c; i < other.length; i++) other[i] = (other[i] ?? 0) - by * (row[i] ?? 0);
    }
    rank += 1;
  }
  return rank;
}
