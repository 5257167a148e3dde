/** A sentence behind 下达任务 or 会商发起: what it says clearly stands in the form, for who looks at it and sends it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tasks } from '../../src/features/tasks/model.ts';
import { createKit, inputsOf, type Kit, wordsOf } from '../kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit({ day: '2026-11-20' }); // a Friday
});
afterAll(() => kit.end());

const units: { id: string; kind: string; parent: string | null }[] = JSON.parse(
  readFileSync(new URL('../../data/demo/units.json', import.meta.url), 'utf8'),
);
const below = (parent: string, kind: string) =>
  units.filter((unit) => unit.parent === parent && unit.kind === kind).map(({ id }) => id);
const villages = below('qingshan-shiqiao', 'village');
const liuwan = 'qingshan-shiqiao-liuwan';
const qingshi = 'qingshan-shiqiao-qingshi';

interface Read {
  readonly title: string;
  readonly details?: string;
  readonly standard?: string;
  readonly due?: string;
  readonly rhythm?: string;
  readonly units?: readonly string[];
  readonly more?: string;
}

const ofTownship: readonly (readonly [string, Read])[] = [
  [
    '各村12月10日前入户走访500户',
    { title: '入户走访', standard: '500户', due: '2026-12-10', units: villages },
  ],
  [
    '请各支部于11月底前完成台账更新1次',
    { title: '台账更新', standard: '1次', due: '2026-11-30', units: ['below:qingshan-shiqiao'] },
  ],
  [
    '柳湾村、青石村下周五前报送防火台账',
    { title: '报送防火台账', due: '2026-11-27', units: [liuwan, qingshi] },
  ],
  [
    '入户走访不少于３００户，12月10日前完成，重点看独居老人',
    { title: '入户走访', details: '重点看独居老人', standard: '不少于３００户', due: '2026-12-10' },
  ],
  [
    '各村每月25日前走访困难群众二十户',
    { title: '走访困难群众', standard: '二十户', due: '2026-11-25', rhythm: 'month', units: villages },
  ],
  ['慰问500户困难群众', { title: '慰问500户困难群众', standard: '500户' }],
  ['柳湾村的路灯检修', { title: '柳湾村的路灯检修' }],
  ['第一批整改3个问题、2家企业', { title: '第一批整改3个问题、2家企业' }],
  ['学习12月4日讲话精神', { title: '学习12月4日讲话精神' }],
  ['11月1日前报台账', { title: '11月1日前报台账' }],
  ['三会一课每户200元', { title: '三会一课每户200元' }],
  ['各村', { title: '各村' }],
  ['500户', { title: '500户', standard: '500户' }],
];
const ofCounty: readonly (readonly [string, Read])[] = [
  [
    '12月1日前，各乡镇更新台账2次',
    { title: '更新台账', standard: '2次', due: '2026-12-01', units: below('qingshan', 'township') },
  ],
  ['通知柳湾村要整修广场', { title: '整修广场', more: '柳湾村党支部' }],
  ['林西县排查燃气', { title: '林西县排查燃气' }],
];

describe('下达任务', () => {
  it.each([
    ['huang-changqing', ofTownship],
    ['hao-haitao', ofCounty],
  ])('of %s reads who, how much and until when, and leaves the rest as it was said', async (who, all) => {
    const issuer = kit.person(who);
    for (const [said, read] of all) {
      const found = inputsOf((await issuer.say(`下达任务 ${said}`)).card);
      const { units: ticked = [], ...fields } = read;
      const empty = { details: '', standard: '', due: '', rhythm: 'once', more: '' };
      expect([said, found]).toEqual([said, expect.objectContaining({ ...empty, ...fields })]);
      expect([said, String(found.units).split(',').filter(Boolean).sort()]).toEqual([
        said,
        [...ticked].sort(),
      ]);
    }
  });

  it('is handed out once who said it has looked at the form', async () => {
    const township = kit.person('huang-changqing');
    const form = await township.say('下达任务 各村12月10日前入户走访500户');
    expect(wordsOf(form.card)).toContain('按您的话填好了');
    const task = () => kit.store.read((tx) => tx.table(tasks).get('RW-2026-0001'));
    expect(await task()).toBeUndefined();
    await township.click('下达');
    await township.click('下达');
    expect(await task()).toMatchObject({
      ...{ title: '入户走访', standard: '500户', target: 500, measure: '户', day: '2026-12-10' },
      scope: { below: [], units: expect.arrayContaining(villages) },
    });
  });
});

it('会商发起 reads the place and what is to be talked about, too', async () => {
  const lead = kit.person('guo-chengye');
  const form = await lead.say('会商发起 下周三下午3点在政法委三楼会议室开会，商量冬季防火怎么分片；夜间巡逻');
  expect(inputsOf(form.card)).toMatchObject({
    ...{ date: '2026-11-25', time: '15:00', place: '政法委三楼会议室' },
    agenda: expect.stringMatching(/^冬季防火怎么分片\n夜间巡逻(?:\n|$)/),
  });
});

it('提议题 takes the star in front of a colon, and offers the one that the words name', async () => {
  const lead = kit.person('luo-lei');
  expect((await lead.say('提议题 平安法治星：冬季防火怎么分片')).text).toContain('平安法治星');
  const secretary = kit.person('huang-wenchang');
  expect(inputsOf((await secretary.say('提议题 怎么让平安法治星的支部多起来')).card)).toMatchObject({
    star: 'pingan-fazhi',
  });
});
